//! The evidence about a thread, fetched from the backend step by step, as the verdict requires it.

use super::facts::{Active, Evidence, Facts, Messages, Runs};
use super::lists::Unread;
use super::verdict::{Verdict, judge, spared};
use super::{Candidate, PruneRule, Pruner};
use crate::api::messages::ListMessages;
use crate::api::paging::{MessagePaging, Paging};
use crate::api::parts::OfThread;
use crate::api::runs::{ListRuns, has_ended};
use crate::api::threads::GetThread;
use crate::api::{Kind, Nothing, PathArgs};
use crate::app::{Absence, Call, redact};
use crate::client::{ClientError, Complete, Payload, id_of};
use crate::exit;
use anyhow::Result;
use serde_json::Value;

impl Pruner<'_> {
    /// Fetches the evidence that the verdict on a thread requires, and no more. Returns `None` if the thread is gone.
    pub(super) async fn prove(&self, candidate: &Candidate, rule: &PruneRule) -> Result<Option<(Verdict, Facts)>> {
        let row = &candidate.row;
        let mut facts = Facts {
            id: row.id.clone(),
            source: Some(row.source),
            ci_job: row.ci_job.clone(),
            active_at: row.active_at,
            was_used: row.messages.is_some_and(|count| count > 0) || row.assistant.is_some(),
            recorded: row.metadata.clone().unwrap_or_default(),
            ..Facts::default()
        };
        if let Some(verdict) = spared(&facts, &rule.conditions, &self.holds, self.now) {
            return Ok(Some((verdict, Facts { created_at: row.created_at, ..facts })));
        }
        let Ok(path) = OfThread::from_texts(&[&row.id]) else {
            return Ok(Some((doubt("its id cannot be asked for", exit::DONE), facts)));
        };
        let thread = match self.ask(&Call::of::<GetThread>(&path, &Nothing {}, Payload::None)).await {
            Ok(reply) if reply.id().as_deref() == Some(&row.id) => reply.value,
            Ok(_) => return Ok(Some((doubt("the answer is another object", exit::FAILED), facts))),
            Err(error) => return Ok(self.missing(&row.id, &error).map(|verdict| (verdict, facts))),
        };
        self.trust.found();
        facts.created_at = created(&thread);
        facts.metadata = redact::metadata(&thread).unwrap_or_default();
        loop {
            match judge(&facts, &rule.conditions, &self.holds, self.now) {
                Verdict::Wanting(evidence) => {
                    if let Err(error) = self.fetch(&path, evidence, &mut facts).await {
                        return Ok(Some((doubt(&error.to_string(), exit::code_of(&error)), facts)));
                    }
                }
                verdict => return Ok(Some((verdict, facts))),
            }
        }
    }

    /// Returns the verdict for a thread that could not be fetched, or `None` if it is gone.
    fn missing(&self, id: &str, error: &ClientError) -> Option<Verdict> {
        match self.trust.absence(Kind::Thread, id, error) {
            Some(Absence::Gone) => None,
            Some(Absence::Doubtful) => Some(doubt("not there, but this backend may not be the one", exit::FAILED)),
            None => Some(doubt(&error.to_string(), exit::code_of(error))),
        }
    }

    async fn fetch(&self, path: &OfThread, evidence: Evidence, facts: &mut Facts) -> Result<(), ClientError> {
        match evidence {
            Evidence::Runs => facts.runs = Some(self.runs_of(path).await?),
            Evidence::Messages => facts.messages = Some(self.messages_of(path).await?),
            Evidence::Assistant(id) => {
                let found = match self.assistants.known(&id) {
                    Some(found) => found,
                    None => self.assistant(&id).await,
                };
                facts.assistants.insert(id, found);
            }
        }
        Ok(())
    }

    /// Reads all runs of a thread.
    async fn runs_of(&self, path: &OfThread) -> Result<Runs, ClientError> {
        let call = Call::of::<ListRuns>(path, &Paging::default(), Payload::None);
        let mut runs = Runs::default();
        let read = self.read_whole(&call, |run| add(&mut runs, run, path.thread_id.as_str())).await;
        runs.doubt = runs.doubt.take().or(doubted(read, "its runs")?);
        Ok(runs)
    }

    /// Reads all messages of a thread. Requesting only the newest one would rely on the server to sort correctly.
    async fn messages_of(&self, path: &OfThread) -> Result<Messages, ClientError> {
        let call = Call::of::<ListMessages>(path, &MessagePaging::default(), Payload::None);
        let mut messages = Messages::default();
        let read = self.read_whole(&call, |message| look(&mut messages, message, path.thread_id.as_str())).await;
        messages.doubt = messages.doubt.take().or(doubted(read, "its messages")?);
        Ok(messages)
    }
}

/// Returns the reason why a list is not valid as evidence, if there is one.
fn doubted(read: Result<Complete, Unread>, list: &str) -> Result<Option<String>, ClientError> {
    match read {
        Ok(Complete { .. }) => Ok(None),
        Err(Unread::Failed(error)) => Err(error),
        Err(unproven) => Ok(Some(unproven.told(list).0)),
    }
}

/// Returns the creation time, in seconds since 1970. Times before the protocol existed are ignored, because some
/// servers send zero.
pub(super) fn created(object: &Value) -> Option<i64> {
    const EARLIEST: i64 = 1_577_836_800; // 2020
    redact::time(object, "created_at").filter(|time| *time >= EARLIEST)
}

fn doubt(reason: &str, code: u8) -> Verdict {
    Verdict::Unknown { reason: reason.to_owned(), code }
}

/// Returns `true` if the object names another thread as its own.
fn is_of_another(object: &Value, thread: &str) -> bool {
    object["thread_id"].as_str().is_some_and(|own| !own.is_empty() && own != thread)
}

/// Adds a message to the evidence.
fn look(messages: &mut Messages, message: &Value, thread: &str) {
    messages.any = true;
    match created(message) {
        Some(time) => messages.newest = messages.newest.max(Some(time)),
        None => messages.doubt = Some("a message of it has no time".to_owned()),
    }
    if is_of_another(message, thread) {
        messages.doubt = Some("its messages are those of another thread".to_owned());
    }
}

/// Adds a run to the evidence.
fn add(runs: &mut Runs, run: &Value, thread: &str) {
    runs.count += 1;
    if is_of_another(run, thread) {
        runs.doubt = Some("its runs are those of another thread".to_owned());
    }
    let (id, created) = (id_of(run).unwrap_or_default(), created(run));
    if created.is_none() {
        runs.doubt = Some(format!("its run {id} has no time"));
    }
    match run["assistant_id"].as_str().filter(|id| !id.is_empty()) {
        Some(assistant) => {
            if runs.newest_assistant.is_none() || created > runs.newest {
                runs.newest_assistant = Some(assistant.to_owned());
            }
            runs.assistants.insert(assistant.to_owned());
        }
        None => runs.doubt = Some(format!("its run {id} names no assistant")),
    }
    runs.newest = runs.newest.max(created);
    if !has_ended(run) {
        let status = run["status"].as_str().unwrap_or("in an unknown state").to_owned();
        // A run without a time may have started just now.
        runs.active.push(Active { id, status, created_at: created.unwrap_or(i64::MAX) });
    }
}
