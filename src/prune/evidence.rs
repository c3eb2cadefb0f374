//! The evidence about a thread. It is requested from the backend step by step, and only as far as the verdict needs it.

use super::facts::{ActiveRun, Evidence, MessageSummary, RunSummary, ThreadFacts};
use super::lists::{ListError, unexpected_type};
use super::pruner::Pruner;
use super::rule::{PruneCandidate, PruneRule};
use super::verdict::{Verdict, judge, judge_ledger};
use crate::api::messages::ListMessages;
use crate::api::objects::{JsonObject, Run};
use crate::api::paging::{MessagePaging, Paging};
use crate::api::parts::OfThread;
use crate::api::runs::ListRuns;
use crate::api::threads::GetThread;
use crate::api::{Kind, Nothing, PathArgs};
use crate::app::{Call, NotFoundMeaning, redact};
use crate::client::{ClientError, Complete, Payload, id_of};
use crate::exit;
use anyhow::Result;
use serde_json::Value;

impl Pruner<'_> {
    /// Fetches the evidence that the verdict on a thread needs. Returns the verdict and the facts, or `None` if the
    /// thread is gone.
    pub(super) async fn prove(
        &self,
        candidate: &PruneCandidate,
        rule: &PruneRule,
    ) -> Result<Option<(Verdict, ThreadFacts)>> {
        let row = &candidate.row;
        let mut facts = ThreadFacts {
            id: row.id.clone(),
            source: Some(row.source),
            ci_jobs: candidate.ci_jobs.clone(),
            active_at: row.active_at,
            was_used: row.messages.is_some_and(|count| count > 0) || row.assistant.is_some(),
            recorded_metadata: row.metadata.clone().unwrap_or_default(),
            ..ThreadFacts::default()
        };
        if let Some(verdict) = judge_ledger(&facts, &rule.conditions, &self.holds, self.now) {
            return Ok(Some((verdict, ThreadFacts { created_at: row.created_at, ..facts })));
        }
        let Ok(path) = OfThread::from_texts(&[&row.id]) else {
            return Ok(Some((unknown("its ID is not valid in a request", exit::DONE), facts)));
        };
        let thread = match self.send(&Call::of::<GetThread>(&path, &Nothing {}, Payload::None)).await {
            Ok(reply) if reply.id().as_deref() != Some(&row.id) => {
                return Ok(Some((unknown("the backend returned an object with another ID", exit::FAILED), facts)));
            }
            Ok(reply) => reply.value,
            Err(error) => return Ok(self.verdict_on_error(&row.id, &error).map(|verdict| (verdict, facts))),
        };
        if let Some(found) = unexpected_type(Kind::Thread, &thread) {
            let reason = format!("expected an object of type thread, got {found}");
            return Ok(Some((unknown(&reason, exit::FAILED), facts)));
        }
        self.not_found_policy.reset();
        facts.created_at = creation_time(&thread);
        facts.metadata = redact::metadata(&thread).unwrap_or_default();
        loop {
            match judge(&facts, &rule.conditions, &self.holds, self.now) {
                Verdict::NeedsEvidence(evidence) => {
                    if let Err(error) = self.fetch(&path, evidence, &mut facts).await {
                        return Ok(Some((unknown(&error.to_string(), exit::code_of(&error)), facts)));
                    }
                }
                verdict => return Ok(Some((verdict, facts))),
            }
        }
    }

    /// Returns the verdict on a thread whose request failed, or `None` if the thread is gone.
    fn verdict_on_error(&self, id: &str, error: &ClientError) -> Option<Verdict> {
        match self.not_found_policy.meaning_of(Kind::Thread, id, error) {
            Some(NotFoundMeaning::Gone) => None,
            Some(NotFoundMeaning::Doubtful) => {
                Some(unknown("the backend returned a 404 that does not name it", exit::FAILED))
            }
            None => Some(unknown(&error.to_string(), exit::code_of(error))),
        }
    }

    /// Requests one kind of evidence and adds it to the facts.
    async fn fetch(&self, path: &OfThread, evidence: Evidence, facts: &mut ThreadFacts) -> Result<(), ClientError> {
        match evidence {
            Evidence::Runs => facts.runs = Some(self.summarize_runs(path).await?),
            Evidence::Messages => facts.messages = Some(self.summarize_messages(path).await?),
            Evidence::Assistant(id) => {
                let status = self.assistant_status(&id).await;
                facts.assistants.insert(id, status);
            }
        }
        Ok(())
    }

    /// Reads all runs of a thread.
    async fn summarize_runs(&self, path: &OfThread) -> Result<RunSummary, ClientError> {
        let call = Call::of::<ListRuns>(path, &Paging::default(), Payload::None);
        let mut runs = RunSummary::default();
        let read = self.read_complete(&call, |run| add_run(&mut runs, run, path.thread_id.as_str())).await;
        runs.doubt = runs.doubt.take().or(list_doubt(read, "its runs")?);
        Ok(runs)
    }

    /// Reads all messages of a thread. A request for only the newest one would rely on the order of the server.
    async fn summarize_messages(&self, path: &OfThread) -> Result<MessageSummary, ClientError> {
        let call = Call::of::<ListMessages>(path, &MessagePaging::default(), Payload::None);
        let mut messages = MessageSummary::default();
        let add = |message: &Value| add_message(&mut messages, message, path.thread_id.as_str());
        let read = self.read_complete(&call, add).await;
        messages.doubt = messages.doubt.take().or(list_doubt(read, "its messages")?);
        Ok(messages)
    }
}

/// Returns the reason if a list is not valid as evidence. Returns an error if the list could not be read.
fn list_doubt(read: Result<Complete, ListError>, list: &str) -> Result<Option<String>, ClientError> {
    match read {
        Ok(Complete { .. }) => Ok(None),
        Err(ListError::Failed(error)) => Err(error),
        Err(not_proven) => Ok(Some(not_proven.reason_and_code(list).0)),
    }
}

/// Returns the creation time, in seconds since 1970. Times before 2020 are ignored, because some servers send zero.
pub(super) fn creation_time(object: &Value) -> Option<i64> {
    const EARLIEST: i64 = 1_577_836_800; // 2020
    redact::time(object, "created_at").filter(|time| *time >= EARLIEST)
}

fn unknown(reason: &str, code: u8) -> Verdict {
    Verdict::Unknown { reason: reason.to_owned(), code }
}

/// Returns `true` if the member `thread_id` of an object names another thread.
fn is_of_other_thread(object: &Value, thread: &str) -> bool {
    object["thread_id"].as_str().is_some_and(|own| !own.is_empty() && own != thread)
}

/// Adds a message to the summary.
fn add_message(messages: &mut MessageSummary, message: &Value, thread: &str) {
    messages.any = true;
    match creation_time(message) {
        Some(time) => messages.newest = messages.newest.max(Some(time)),
        None => messages.doubt = Some("the backend returned a message without a creation time".to_owned()),
    }
    if is_of_other_thread(message, thread) {
        messages.doubt = Some("the backend returned messages of another thread".to_owned());
    }
}

/// Adds a run to the summary.
fn add_run(runs: &mut RunSummary, value: &Value, thread: &str) {
    runs.count += 1;
    if is_of_other_thread(value, thread) {
        runs.doubt = Some("the backend returned runs of another thread".to_owned());
    }
    let (id, created) = (id_of(value).unwrap_or_default(), creation_time(value));
    if created.is_none() {
        runs.doubt = Some(format!("the backend returned no creation time for run {id}"));
    }
    let run = Run::from_value_ref(value);
    match run.and_then(|run| run.assistant_id().valid()).filter(|id| !id.is_empty()) {
        Some(assistant) => {
            if runs.newest_assistant.is_none() || created > runs.newest {
                runs.newest_assistant = Some(assistant.to_owned());
            }
            runs.assistants.insert(assistant.to_owned());
        }
        None => runs.doubt = Some(format!("the backend returned no assistant for run {id}")),
    }
    runs.newest = runs.newest.max(created);
    if !run.is_some_and(Run::has_ended) {
        let status = run.and_then(|run| run.status().text()).unwrap_or("in an unknown state").to_owned();
        // Without a creation time, the run counts as new.
        runs.active.push(ActiveRun { id, status, created_at: created.unwrap_or(i64::MAX) });
    }
}
