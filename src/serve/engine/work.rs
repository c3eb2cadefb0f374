//! The worker of one run: it reads the state, executes the next step and commits, until nothing is left to do.
//!
//! Each round of the model is one batch of message, step and status. If a worker dies, the store has either the whole
//! round or none of it.

use super::Engine;
use super::partial_output::Heard;
use crate::api::Kind;
use crate::serve::error::Refused;
use crate::serve::fault::Stuck;
use crate::serve::lifecycle::{Ending, Live, contended, usage};
use crate::serve::model::{Call, Cut, Reply, Round, Speech};
use crate::serve::pubsub::News;
use crate::serve::run_error::Failure;
use crate::serve::store::{Batch, New, Outcome, Status, TRIES};
use crate::serve::{ids, messages, steps};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::Notify;

/// The pause before another attempt to reach a store that is unavailable.
const AWAY: Duration = Duration::from_millis(250);

impl Engine {
    /// Works on a run until it ends, requires tool outputs, or is claimed by another process.
    pub(super) async fn work(&self, id: &str, changed: &Notify) -> Result<(), Refused> {
        let mut lost = 0;
        let mut heard = Heard::new(0);
        while lost < TRIES {
            let Some(mut live) = self.mine(id).await? else { return Ok(()) };
            let batch = self.batch(&live);
            if live.row.is_due() {
                let batch = keep_heard(&live, batch, &heard, &Ending::Expired);
                let batch = live.end(&self.store, batch, &Ending::Expired).await?;
                match self.store.commit(batch).await? {
                    Outcome::Done => return Ok(()),
                    Outcome::Lost => lost += 1,
                }
                continue;
            }
            if self.is_held(&live) {
                self.mark_stuck(id);
                wait(&live, changed).await;
                continue;
            }
            let batch = match live.row.status {
                Status::Queued => live.move_to(batch, Status::InProgress),
                Status::Cancelling => {
                    let batch = keep_heard(&live, batch, &heard, &Ending::Cancelled);
                    live.end(&self.store, batch, &Ending::Cancelled).await?
                }
                Status::InProgress => {
                    heard = Heard::new(words_left(&live));
                    if let Some(round) = self.ask(&live, changed, &mut heard).await?
                        && self.keep(id, round, &mut heard).await? == Outcome::Done
                    {
                        return Ok(());
                    }
                    continue;
                }
                _ => return Ok(()),
            };
            let goes_on = live.run.doc["status"] == Status::InProgress.name();
            match self.store.commit(batch).await? {
                Outcome::Done if goes_on => {}
                Outcome::Done => return Ok(()),
                Outcome::Lost => lost += 1,
            }
        }
        Err(contended())
    }

    /// Returns `true` if a fault holds the run in its status.
    fn is_held(&self, live: &Live) -> bool {
        let Some(faults) = &self.faults else { return false };
        let status = match live.row.status {
            Status::Queued => Stuck::Queued,
            Status::InProgress => Stuck::InProgress,
            Status::Cancelling => Stuck::Cancelling,
            _ => return false,
        };
        faults.holds(&live.run.id, status)
    }

    /// Fails a run that cannot be processed.
    pub(super) async fn give_up(&self, id: &str) -> Result<(), Refused> {
        for _ in 0..TRIES {
            let Some(mut live) = self.mine(id).await? else { return Ok(()) };
            if live.row.status.is_terminal() {
                return Ok(());
            }
            let batch = self.batch(&live);
            let ending = Ending::Failed(Failure::server("Sorry, something went wrong."));
            let batch = live.end(&self.store, batch, &ending).await?;
            if self.store.commit(batch).await? == Outcome::Done {
                return Ok(());
            }
        }
        Err(contended())
    }

    /// Loads a run. Returns `None` if this process no longer holds its lease.
    async fn mine(&self, id: &str) -> Result<Option<Live>, Refused> {
        let Some(row) = self.store.run(id).await? else { return Ok(None) };
        let live = Live::load(&self.store, &row.thread, id).await?;
        Ok(live.filter(|live| live.row.lease.as_deref() == Some(&self.lease)))
    }

    fn batch(&self, live: &Live) -> Batch {
        live.batch().leased(&live.run.id, &self.lease)
    }

    /// Runs the model for one round and publishes its output. Returns `None` if the run changes or expires in the
    /// meantime.
    async fn ask(&self, live: &Live, changed: &Notify, heard: &mut Heard) -> Result<Option<Round>, Refused> {
        let turn = self.turn(live).await?;
        if self.model.is_stuck(&turn) {
            self.mark_stuck(&live.run.id);
        }
        let left = time_left(live);
        let (speech, mut pieces) = Speech::new();
        let mut tell = |piece| {
            if let Some(part) = heard.take(piece) {
                self.store.news.tell(&live.run.id, || News::Said(heard.draft.clone(), part.clone()));
            }
        };
        let (round, late) = (self.model.round(&turn, &speech), tokio::time::sleep(left));
        tokio::pin!(round, late);
        let round = loop {
            tokio::select! {
                round = &mut round => break Some(round),
                Some(piece) = pieces.recv() => tell(piece),
                () = changed.notified() => break None,
                () = &mut late => break None,
            }
        };
        while let Ok(piece) = pieces.try_recv() {
            tell(piece);
        }
        Ok(round)
    }

    /// Commits the result of a round, and retries as long as the store is unavailable. Running the model again would be
    /// more expensive.
    async fn keep(&self, id: &str, round: Round, heard: &mut Heard) -> Result<Outcome, Refused> {
        loop {
            match self.try_to_keep(id, &round, heard).await {
                Err(refused) if refused.passes() => tokio::time::sleep(AWAY).await,
                kept => return kept,
            }
        }
    }

    /// Commits the result of a round. If an unrelated change of the run, such as new metadata, prevents it, the commit
    /// is retried with the same result.
    async fn try_to_keep(&self, id: &str, round: &Round, heard: &mut Heard) -> Result<Outcome, Refused> {
        for _ in 0..TRIES {
            let Some(mut live) = self.mine(id).await? else { return Ok(Outcome::Lost) };
            if live.row.status != Status::InProgress || live.row.is_due() {
                return Ok(Outcome::Lost);
            }
            let batch = self.take(&mut live, round.clone(), heard).await?;
            if self.store.commit(batch).await? == Outcome::Done {
                return Ok(Outcome::Done);
            }
        }
        Err(contended())
    }

    /// Builds the batch for the result of a round.
    async fn take(&self, live: &mut Live, round: Round, heard: &mut Heard) -> Result<Batch, Refused> {
        let (prompts, left) = (budget(live, "max_prompt_tokens"), words_left(live));
        live.row.prompt_tokens = live.row.prompt_tokens.saturating_add(round.prompt_tokens);
        let batch = self.batch(live);
        if live.row.prompt_tokens > prompts {
            let (batch, ending) = stop(live, batch, heard, Cut::Prompt, usage(round.prompt_tokens, 0));
            return live.end(&self.store, batch, &ending).await;
        }
        let spent = round.completion_tokens.min(left);
        live.row.completion_tokens = live.row.completion_tokens.saturating_add(spent);
        let cost = usage(round.prompt_tokens, spent);
        let (batch, ending) = match round.reply {
            Reply::Calls(calls) if round.completion_tokens <= left => {
                // The text before the tool calls becomes its own message.
                let batch =
                    if heard.text.is_empty() { batch } else { say(live, batch, heard, &heard.text, None, Value::Null) };
                return Ok(require(live, batch, heard, calls, &cost));
            }
            Reply::Calls(_) => stop(live, batch, heard, Cut::Completion, cost),
            Reply::Message(text) if round.completion_tokens <= left => {
                (say(live, batch, heard, &text, None, cost), Ending::Completed)
            }
            Reply::Refusal(text) => (refuse(live, batch, heard, &text, cost), Ending::Completed),
            Reply::Message(text) => cut(live, batch, heard, first_words(&text, left), Cut::Completion, cost),
            Reply::Incomplete(text, why) => cut(live, batch, heard, first_words(&text, left), why, cost),
            Reply::Failed(failure) => {
                let ending = Ending::Failed(failure);
                (keep_heard(live, batch, heard, &ending), ending)
            }
            Reply::Stuck => (batch, Ending::Failed(Failure::server("The model did not answer."))),
        };
        live.end(&self.store, batch, &ending).await
    }
}

/// Waits until a run changes or expires.
async fn wait(live: &Live, changed: &Notify) {
    let _ = tokio::time::timeout(time_left(live), changed.notified()).await; // The caller checks the run in both cases.
}

fn time_left(live: &Live) -> Duration {
    Duration::from_secs(live.row.expires_at.saturating_sub(ids::now()).max(1).unsigned_abs())
}

/// Returns the token budget with this name, or `i64::MAX` if there is none.
fn budget(live: &Live, name: &str) -> i64 {
    live.run.doc.get(name).and_then(Value::as_i64).unwrap_or(i64::MAX)
}

/// Returns the number of completion tokens that the run may still use, or `i64::MAX` if there is no limit.
fn words_left(live: &Live) -> i64 {
    match budget(live, "max_completion_tokens") {
        i64::MAX => i64::MAX,
        most => most.saturating_sub(live.row.completion_tokens).max(0),
    }
}

/// Adds the message of a truncated text, and ends the run as incomplete.
fn cut(live: &Live, batch: Batch, heard: &Heard, text: &str, why: Cut, cost: Value) -> (Batch, Ending) {
    (say(live, batch, heard, text, Some(why.of_message()), cost), Ending::Incomplete(why.of_run()))
}

/// Ends a run whose token budget is too small for the result of the round. Text that was already published is kept.
fn stop(live: &Live, batch: Batch, heard: &Heard, why: Cut, cost: Value) -> (Batch, Ending) {
    if heard.text.is_empty() {
        return (batch, Ending::Incomplete(why.of_run()));
    }
    cut(live, batch, heard, &heard.text, why, cost)
}

/// Adds a message that is a refusal, after any text that came before it.
fn refuse(live: &Live, batch: Batch, heard: &Heard, text: &str, cost: Value) -> Batch {
    let mut message = messages::of_run(live, &heard.draft, &heard.text);
    if let Some(content) = message["content"].as_array_mut() {
        content.retain(|_| !heard.text.is_empty());
        content.push(json!({ "type": "refusal", "refusal": text }));
    }
    complete(live, batch, heard, &message, cost)
}

/// Adds a message and its step.
fn say(live: &Live, batch: Batch, heard: &Heard, text: &str, broken_off: Option<&str>, cost: Value) -> Batch {
    let message = messages::of_run(live, &heard.draft, text);
    let message = match broken_off {
        Some(reason) => messages::broken_off(message, reason),
        None => message,
    };
    complete(live, batch, heard, &message, cost)
}

fn complete(live: &Live, batch: Batch, heard: &Heard, message: &Value, cost: Value) -> Batch {
    let mut step = steps::of_message(live, &heard.draft);
    step["status"] = "completed".into();
    step["completed_at"] = ids::now().into();
    step["usage"] = cost;
    insert(live, batch, heard, message, &step)
}

/// Adds the text of an interrupted round, so that the store agrees with what followers have received.
fn keep_heard(live: &Live, batch: Batch, heard: &Heard, ending: &Ending) -> Batch {
    if heard.text.is_empty() {
        return batch;
    }
    let message = messages::broken_off(messages::of_run(live, &heard.draft, &heard.text), ending.reason());
    let mut step = Value::Object(ending.of_step(steps::of_message(live, &heard.draft)));
    step["usage"] = Value::Null;
    insert(live, batch, heard, &message, &step)
}

fn insert(live: &Live, batch: Batch, heard: &Heard, message: &Value, step: &Value) -> Batch {
    let (thread, run, draft) = (live.row.thread.as_str(), live.run.id.as_str(), &heard.draft);
    let below = |kind, id, parent, label, doc| New { kind, id, parent, thread: Some(thread), label, doc };
    let batch = batch.insert(below(Kind::Message, &draft.message, thread, Some(run), message));
    batch.insert(below(Kind::Step, &draft.message_step, run, None, step))
}

/// Adds the step with the tool calls, and lets the run wait for their outputs.
fn require(live: &mut Live, batch: Batch, heard: &mut Heard, calls: Vec<Call>, cost: &Value) -> Batch {
    let asked: Vec<Value> = (calls.into_iter().enumerate())
        .map(|(index, Call { name, arguments })| {
            let function = json!({ "name": name, "arguments": arguments });
            json!({ "id": heard.call(index), "type": "function", "function": function })
        })
        .collect();
    let mut waiting = asked.clone();
    for call in &mut waiting {
        call["function"]["output"] = Value::Null;
    }
    let step = heard.draft.calls_step.as_str();
    let doc = steps::of_calls(live, &heard.draft, waiting);
    let (thread, cost) = (live.row.thread.clone(), cost.to_string());
    // The usage of an open step is not shown yet. It is kept in the label until the step is complete.
    let new =
        New { kind: Kind::Step, id: step, parent: &live.run.id, thread: Some(&thread), label: Some(&cost), doc: &doc };
    let batch = batch.insert(new);
    live.require(batch, asked)
}

/// Returns the first `most` words of a text.
pub(super) fn first_words(text: &str, most: i64) -> &str {
    let mut words = text.split_whitespace();
    match words.nth(usize::try_from(most).unwrap_or(usize::MAX)) {
        Some(next) => text[..next.as_ptr().addr() - text.as_ptr().addr()].trim_end(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::first_words;

    #[test]
    fn a_text_is_cut_behind_a_word() {
        for (most, expected) in
            [(0, ""), (1, " one"), (2, " one\ntwö"), (3, " one\ntwö three "), (9, " one\ntwö three ")]
        {
            assert_eq!(first_words(" one\ntwö three ", most), expected);
        }
    }
}
