//! One run in the hands of a worker: read its state, do what comes next, commit, until nothing is left to do.
//!
//! Each round of the model is one batch (message, step and status together), so that a worker that dies leaves either
//! all of a round or nothing of it.

use super::Engine;
use crate::api::Kind;
use crate::serve::error::Refused;
use crate::serve::lifecycle::{Ending, Live, contended, expire, usage};
use crate::serve::model::{Call, Called, Choice, Reply, Round, Said, Speech, Turn};
use crate::serve::store::{Batch, New, Outcome, Status, TRIES};
use crate::serve::{ids, messages, steps};
use serde_json::{Map, Value, json};
use std::time::Duration;
use tokio::sync::Notify;

impl Engine {
    /// Works on a run until it ends, waits for its caller, or is somebody else's.
    pub(super) async fn work(&self, id: &str, changed: &Notify) -> Result<(), Refused> {
        let mut lost = 0;
        while lost < TRIES {
            let Some(mut live) = self.mine(id).await? else { return Ok(()) };
            if live.row.is_due() {
                return expire(&self.store, live.row).await;
            }
            let batch = match live.row.status {
                Status::Queued => {
                    let batch = self.batch(&live);
                    live.move_to(batch, Status::InProgress)
                }
                Status::Cancelling => {
                    let batch = self.batch(&live);
                    live.end(&self.store, batch, &Ending::Cancelled).await?
                }
                Status::InProgress => {
                    if let Some(round) = self.ask(&live, changed).await?
                        && self.keep(id, round).await? == Outcome::Done
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

    /// Fails a run that cannot be worked on.
    pub(super) async fn give_up(&self, id: &str) -> Result<(), Refused> {
        for _ in 0..TRIES {
            let Some(mut live) = self.mine(id).await? else { return Ok(()) };
            if live.row.status.is_terminal() {
                return Ok(());
            }
            let batch = self.batch(&live);
            let ending = Ending::Failed("Sorry, something went wrong.".to_owned());
            let batch = live.end(&self.store, batch, &ending).await?;
            if self.store.commit(batch).await? == Outcome::Done {
                return Ok(());
            }
        }
        Err(contended())
    }

    /// Reads a run, if this process still has it.
    async fn mine(&self, id: &str) -> Result<Option<Live>, Refused> {
        let Some(row) = self.store.run(id).await? else { return Ok(None) };
        let live = Live::load(&self.store, &row.thread, id).await?;
        Ok(live.filter(|live| live.row.lease.as_deref() == Some(&self.lease)))
    }

    fn batch(&self, live: &Live) -> Batch {
        live.batch().leased(&live.run.id, &self.lease)
    }

    /// Asks the model; `None` when the run changed or ran out of time meanwhile.
    async fn ask(&self, live: &Live, changed: &Notify) -> Result<Option<Round>, Refused> {
        let turn = self.turn(live).await?;
        if self.model.is_stuck(&turn) {
            self.mark_stuck(&live.run.id);
        }
        let left = Duration::from_secs(live.row.expires_at.saturating_sub(ids::now()).max(1).unsigned_abs());
        let (speech, _) = Speech::new();
        Ok(tokio::select! {
            round = self.model.round(&turn, &speech) => Some(round),
            () = changed.notified() => None,
            () = tokio::time::sleep(left) => None,
        })
    }

    /// Commits what the model said. A change that does not concern it (new metadata) does not make it be asked again.
    async fn keep(&self, id: &str, round: Round) -> Result<Outcome, Refused> {
        for _ in 0..TRIES {
            let Some(mut live) = self.mine(id).await? else { return Ok(Outcome::Lost) };
            if live.row.status != Status::InProgress || live.row.is_due() {
                return Ok(Outcome::Lost);
            }
            let batch = self.take(&mut live, round.clone()).await?;
            if self.store.commit(batch).await? == Outcome::Done {
                return Ok(Outcome::Done);
            }
        }
        Err(contended())
    }

    /// Gathers what the model sees.
    async fn turn(&self, live: &Live) -> Result<Turn, Refused> {
        let doc = &live.run.doc;
        let mut said = self.store.all(Kind::Message, &live.row.thread).await?;
        if let Some(last) = doc["truncation_strategy"]["last_messages"].as_u64() {
            said.drain(..said.len().saturating_sub(usize::try_from(last).unwrap_or(usize::MAX)));
        }
        let messages = said.iter().map(|message| Said {
            role: message.doc["role"].as_str().unwrap_or_default().to_owned(),
            text: messages::text(&message.doc),
        });
        let calls = self.store.all(Kind::Step, &live.run.id).await?;
        let calls = calls.iter().filter_map(|step| step.doc["step_details"]["tool_calls"].as_array()).flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let calls = calls.map(|call| &call["function"]);
        let calls = calls.map(|call| Called { name: text(&call["name"]), output: text(&call["output"]) });
        Ok(Turn {
            instructions: text(&doc["instructions"]),
            tools: doc["tools"].as_array().cloned().unwrap_or_default(),
            choice: Choice::of(&doc["tool_choice"]),
            parallel: doc["parallel_tool_calls"].as_bool().unwrap_or(true),
            messages: messages.collect(),
            calls: calls.collect(),
        })
    }

    /// Turns what the model said into one batch.
    async fn take(&self, live: &mut Live, round: Round) -> Result<Batch, Refused> {
        let budget = |name: &str| live.run.doc.get(name).and_then(Value::as_i64).unwrap_or(i64::MAX);
        let (prompts, completions) = (budget("max_prompt_tokens"), budget("max_completion_tokens"));
        let left = completions.saturating_sub(live.row.completion_tokens).max(0);
        live.row.prompt_tokens = live.row.prompt_tokens.saturating_add(round.prompt_tokens);
        let batch = self.batch(live);
        if live.row.prompt_tokens > prompts {
            return live.end(&self.store, batch, &Ending::Incomplete("max_prompt_tokens")).await;
        }
        let spent = round.completion_tokens.min(left);
        live.row.completion_tokens += spent;
        let cost = usage(round.prompt_tokens, spent);
        let broken_off = Ending::Incomplete("max_completion_tokens");
        let (batch, ending) = match round.reply {
            Reply::Calls(calls) if round.completion_tokens <= left => return Ok(require(live, batch, calls, &cost)),
            Reply::Calls(_) => (batch, broken_off),
            Reply::Message(text) if round.completion_tokens <= left => {
                (say(live, batch, &text, None, cost), Ending::Completed)
            }
            Reply::Message(text) | Reply::Incomplete(text) => {
                (say(live, batch, first_words(&text, left), Some("max_tokens"), cost), broken_off)
            }
            Reply::Failed(message) => (batch, Ending::Failed(message)),
            Reply::Stuck => (batch, Ending::Failed("The model did not answer.".to_owned())),
        };
        live.end(&self.store, batch, &ending).await
    }
}

/// Adds a message and the step that made it.
fn say(live: &Live, batch: Batch, text: &str, broken_off: Option<&str>, cost: Value) -> Batch {
    let (message, step) = (ids::new(Kind::Message), ids::new(Kind::Step));
    let content = json!([{ "type": "text", "text": { "value": text, "annotations": [] } }]);
    let assistant = live.run.doc["assistant_id"].clone();
    let mut doc = messages::document(&message, &live.row.thread, "assistant", content);
    doc["assistant_id"] = assistant;
    doc["run_id"] = live.run.id.as_str().into();
    if let Some(reason) = broken_off {
        doc["status"] = "incomplete".into();
        doc["incomplete_details"] = json!({ "reason": reason });
        doc["incomplete_at"] = doc["completed_at"].take();
    }
    let details = json!({ "type": "message_creation", "message_creation": { "message_id": message } });
    let mut made = steps::document(&step, live, details);
    made["status"] = "completed".into();
    made["completed_at"] = ids::now().into();
    made["usage"] = cost;
    let (thread, run) = (live.row.thread.as_str(), live.run.id.as_str());
    let below = |kind, id, parent, label, doc| New { kind, id, parent, thread: Some(thread), label, doc };
    batch.insert(below(Kind::Message, &message, thread, Some(run), &doc)).insert(below(
        Kind::Step,
        &step,
        run,
        None,
        &made,
    ))
}

/// Adds the step of calls, and lets the run wait for their outputs.
fn require(live: &mut Live, batch: Batch, calls: Vec<Call>, cost: &Value) -> Batch {
    let calls: Vec<Map<String, Value>> = (calls.into_iter())
        .map(|Call { name, arguments }| {
            let function = json!({ "name": name, "arguments": arguments });
            let id = ids::with_prefix("call_");
            Map::from_iter([
                ("id".into(), id.into()),
                ("type".into(), "function".into()),
                ("function".into(), function),
            ])
        })
        .collect();
    let asked: Vec<Value> = calls.iter().cloned().map(Value::Object).collect();
    let mut waiting = asked.clone();
    for call in &mut waiting {
        call["function"]["output"] = Value::Null;
    }
    let step = ids::new(Kind::Step);
    let doc = steps::document(&step, live, json!({ "type": "tool_calls", "tool_calls": waiting }));
    let (thread, cost) = (live.row.thread.clone(), cost.to_string());
    // The cost of an open step is not told yet; it waits in the label.
    let new =
        New { kind: Kind::Step, id: &step, parent: &live.run.id, thread: Some(&thread), label: Some(&cost), doc: &doc };
    let batch = batch.insert(new);
    live.require(batch, asked)
}

/// Cuts a text behind so many words.
fn first_words(text: &str, most: i64) -> &str {
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
