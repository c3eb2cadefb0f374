//! A follower of one run: compares the store with the events that were already sent.

use super::events::{self, Events};
use super::open_round::{Open, What, rest_of_calls, rest_of_message};
use crate::api::{Dialect, Kind};
use crate::serve::error::Refused;
use crate::serve::lifecycle::{Ending, Live};
use crate::serve::pubsub::{Draft, News, Part};
use crate::serve::run_error::Failure;
use crate::serve::store::{Status, Store, Stored};
use serde_json::{Value, json};
use std::sync::Arc;

/// The failure that is reported for an unfinished round when another worker claims the run and repeats the round.
const TAKEN_OVER: &str = "Whoever worked on the run was lost, and somebody else does this round anew.";

/// The sender of the events of one run.
#[derive(Debug)]
pub(in crate::serve) struct Follower {
    store: Arc<Store>,
    thread: String,
    pub(super) run: String,
    pub(super) events: Events,
    /// The status in the last event of the run.
    told: Status,
    /// The run when the store was last read.
    live: Option<Live>,
    /// The version of the run up to which all events were sent.
    seen: Option<i64>,
    /// The position of the last step whose events were sent.
    since: i64,
    open: Option<Open>,
    /// The round whose final events were sent. Late output of it is ignored.
    closed: Option<Arc<Draft>>,
    pub(super) ended: bool,
}

impl Follower {
    /// Follows a run that was just queued. The events of its steps were sent up to position `since`.
    pub(in crate::serve) fn new(store: Arc<Store>, dialect: Dialect, thread: &str, run: &str, since: i64) -> Self {
        Self {
            store,
            thread: thread.to_owned(),
            run: run.to_owned(),
            events: Events::new(dialect),
            told: Status::Queued,
            live: None,
            seen: None,
            since,
            open: None,
            closed: None,
            ended: false,
        }
    }

    /// Sends an event about an object that the request itself created or changed.
    pub(in crate::serve) fn tell(&mut self, event: &str, object: &Value) {
        match event.strip_prefix("thread.run.step.") {
            Some(what) => self.events.step(what, object),
            None => self.events.add(event, object),
        }
    }

    /// Handles a notification.
    pub(super) async fn hear(&mut self, news: News) -> Result<(), Refused> {
        match news {
            News::InProgress => self.begin().await,
            News::Changed => self.look().await,
            News::Said(draft, part) => self.say(draft, part).await,
        }
    }

    /// Reports that the run is in progress, and no later events: notifications about those are still pending.
    async fn begin(&mut self) -> Result<(), Refused> {
        if self.told == Status::Queued && !self.ended {
            let Some(live) = self.load().await? else { return self.look().await };
            self.in_progress(&live);
            self.live = Some(live);
        }
        Ok(())
    }

    async fn say(&mut self, draft: Arc<Draft>, part: Part) -> Result<(), Refused> {
        let is = |other: Option<&Arc<Draft>>| other.is_some_and(|other| Arc::ptr_eq(other, &draft));
        let opens = !is(self.open.as_ref().map(|open| &open.draft));
        if self.ended || is(self.closed.as_ref()) {
            return Ok(());
        }
        self.begin().await?; // Another process may have started the run.
        let Some(live) = &self.live else { return Ok(()) };
        if opens {
            if let Some(open) = self.open.take() {
                open.break_off(&mut self.events, live, &Ending::Failed(Failure::server(TAKEN_OVER)));
            }
            self.open = Some(Open::begin(&mut self.events, live, draft, &part));
        }
        if let Some(open) = &mut self.open {
            open.tell(&mut self.events, part);
        }
        Ok(())
    }

    /// Checks the store for changes. Returns `true` if there were any.
    pub(super) async fn poll(&mut self) -> Result<bool, Refused> {
        let version = self.store.version(&self.run).await?;
        if version.is_some() && version == self.seen {
            return Ok(false);
        }
        self.look().await?;
        Ok(true)
    }

    /// Loads the run with the status from its document. The row is read after the document and may be newer.
    async fn load(&self) -> Result<Option<Live>, Refused> {
        let live = Live::load(&self.store, &self.thread, &self.run).await?;
        Ok(live.map(|mut live| {
            let status = live.run.doc.get("status").and_then(Value::as_str).and_then(Status::named);
            live.row.status = status.unwrap_or(live.row.status);
            live
        }))
    }

    /// Sends the events for everything in the store that was not sent yet.
    async fn look(&mut self) -> Result<(), Refused> {
        if self.ended {
            return Ok(());
        }
        // Read the run before its steps. All steps on which the state of the run depends are then among those read.
        let Some(live) = self.load().await? else {
            self.fail(&Refused::missing(Kind::Run, &self.run));
            return Ok(());
        };
        let steps = self.store.since(Kind::Step, &self.run, self.since).await?;
        self.progress(&live, &steps);
        for step in steps {
            self.since = step.n;
            self.step(&live, step).await?;
            if self.ended {
                return Ok(());
            }
        }
        self.status(&live);
        self.seen = Some(live.run.version);
        self.live = Some(live);
        Ok(())
    }

    /// Reports that the run is in progress or is being cancelled, if this was skipped.
    fn progress(&mut self, live: &Live, steps: &[Stored]) {
        let has_begun = match live.row.status {
            Status::Queued => false,
            Status::Cancelled | Status::Expired => self.began(live),
            _ => true,
        };
        if self.told == Status::Queued && (has_begun || !steps.is_empty()) {
            self.in_progress(live);
        }
        // A run that waits for tool outputs is cancelled without the status `cancelling`.
        let waited = steps.iter().any(|step| step.doc.get("type").is_some_and(|kind| kind == "tool_calls"));
        let cancelled = matches!(live.row.status, Status::Cancelling | Status::Cancelled);
        if cancelled && !waited && self.told == Status::InProgress {
            self.events.run("cancelling", &events::run_as(live, Status::Cancelling));
            self.told = Status::Cancelling;
        }
    }

    fn in_progress(&mut self, live: &Live) {
        self.events.run("in_progress", &events::run_as(live, Status::InProgress));
        self.told = Status::InProgress;
    }

    /// Returns `true` if a run that has ended was certainly in progress since the last event. A run that was waiting
    /// can end without that.
    fn began(&self, live: &Live) -> bool {
        self.open.is_some() || live.run.doc.get("started_at").is_some_and(Value::is_number) && self.since == 0
    }

    async fn step(&mut self, live: &Live, step: Stored) -> Result<(), Refused> {
        let ours = self.open.take_if(|open| open.step() == step.id);
        if let Some(other) = self.open.take() {
            other.break_off(&mut self.events, live, &Ending::Failed(Failure::server(TAKEN_OVER)));
        }
        let told = ours.map(|open| {
            self.closed = Some(open.draft);
            open.what
        });
        let doc = Value::Object(step.doc);
        if told.is_none() {
            let begun = events::begun(&doc);
            self.events.step("created", &begun);
            self.events.step("in_progress", &begun);
        }
        let Some(calls) = doc["step_details"]["tool_calls"].as_array() else {
            return self.message(&doc, told).await;
        };
        let told = if let Some(What::Calls(told)) = told { told } else { Vec::new() };
        rest_of_calls(&mut self.events, &step.id, calls, &told);
        self.require(live, calls).await
    }

    /// Reports the message of a step, and the completion of both.
    async fn message(&mut self, step: &Value, told: Option<What>) -> Result<(), Refused> {
        let id = step["step_details"]["message_creation"]["message_id"].as_str().unwrap_or_default();
        // The message may have been deleted.
        if let Some(message) = self.store.load(Kind::Message, &self.thread, id).await? {
            let message = Value::Object(message.doc);
            let text = if let Some(What::Message(text)) = &told { text.as_str() } else { "" };
            if told.is_none() {
                let begun = events::begun(&message);
                self.events.message("created", &begun);
                self.events.message("in_progress", &begun);
            }
            rest_of_message(&mut self.events, &message, text);
            self.events.message(message["status"].as_str().unwrap_or("completed"), &message);
        }
        self.events.step(step["status"].as_str().unwrap_or("completed"), step);
        Ok(())
    }

    /// Reports that the run waits for tool outputs, which ends the stream even if outputs have arrived in the meantime.
    async fn require(&mut self, live: &Live, calls: &[Value]) -> Result<(), Refused> {
        // The run may have been read before its step was stored.
        let newer = match live.row.status {
            Status::RequiresAction => None,
            _ => self.load().await?,
        };
        self.events.run("requires_action", &events::waiting(newer.as_ref().unwrap_or(live), calls));
        self.events.done();
        self.ended = true;
        Ok(())
    }

    /// Sends the final event of the run if it has ended.
    fn status(&mut self, live: &Live) {
        let status = live.row.status;
        if !status.is_terminal() {
            return;
        }
        let ending = ending(live);
        if let Some(open) = self.open.take() {
            open.break_off(&mut self.events, live, &ending);
        }
        self.events.run(status.name(), &Value::Object(live.run.doc.clone()));
        self.events.done();
        self.ended = true;
    }

    /// Reports that the run can no longer be followed.
    pub(super) fn fail(&mut self, refused: &Refused) {
        let kind = if refused.status.is_server_error() { "server_error" } else { "invalid_request_error" };
        let error = json!({ "message": refused.message, "type": kind, "param": null, "code": refused.code });
        self.events.add("error", &error);
        self.events.done();
        self.ended = true;
    }
}

/// Returns the ending of the run that also applies to its open round.
fn ending(live: &Live) -> Ending {
    match live.row.status {
        Status::Cancelled => Ending::Cancelled,
        Status::Expired => Ending::Expired,
        Status::Incomplete => Ending::Incomplete("max_completion_tokens"),
        _ => Ending::Failed(Failure::of(live.run.doc.get("last_error").unwrap_or(&Value::Null))),
    }
}
