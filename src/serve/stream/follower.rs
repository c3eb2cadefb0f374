//! One run followed: what the store has of it, and what was told of it so far.

use super::events::{self, Events};
use super::told::{Open, What, rest_of_calls, rest_of_message};
use crate::api::{Dialect, Kind};
use crate::serve::error::Refused;
use crate::serve::lifecycle::{Ending, Live};
use crate::serve::news::{Draft, News, Part};
use crate::serve::store::{Status, Store, Stored};
use serde_json::{Value, json};
use std::sync::Arc;

/// What a run's next worker says of the round that the one before it left unfinished.
const TAKEN_OVER: &str = "Whoever worked on the run was lost, and somebody else does this round anew.";

/// Tells what happens to a run.
#[derive(Debug)]
pub(in crate::serve) struct Follower {
    store: Arc<Store>,
    thread: String,
    pub(super) run: String,
    pub(super) events: Events,
    /// The status that was told last.
    told: Status,
    /// The run as it was when the store was looked at last.
    live: Option<Live>,
    /// The version of the run up to which everything was told.
    seen: Option<i64>,
    /// The place of the last step that was told.
    since: i64,
    open: Option<Open>,
    /// The round whose end was told; what comes of it late is not told again.
    closed: Option<Arc<Draft>>,
    pub(super) ended: bool,
}

impl Follower {
    /// Follows a run that has just been queued, and whose steps are told up to a place in the order.
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

    /// Tells of an object that the request itself made or changed.
    pub(in crate::serve) fn tell(&mut self, event: &str, object: &Value) {
        match event.strip_prefix("thread.run.step.") {
            Some(what) => self.events.step(what, object),
            None => self.events.add(event, object),
        }
    }

    /// Tells what the news are.
    pub(super) async fn hear(&mut self, news: News) -> Result<(), Refused> {
        match news {
            News::InProgress => self.begin().await,
            News::Changed => self.look().await,
            News::Said(draft, part) => self.say(draft, part).await,
        }
    }

    /// Tells that the run is in progress, and nothing that came after that: the news of it are still to come.
    async fn begin(&mut self) -> Result<(), Refused> {
        if self.told == Status::Queued && !self.ended {
            let Some(live) = Live::load(&self.store, &self.thread, &self.run).await? else { return self.look().await };
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
        self.begin().await?; // Another process may have begun the run.
        let Some(live) = &self.live else { return Ok(()) };
        if opens {
            if let Some(open) = self.open.take() {
                open.break_off(&mut self.events, live, &Ending::Failed(TAKEN_OVER.into()));
            }
            self.open = Some(Open::begin(&mut self.events, live, draft, &part));
        }
        if let Some(open) = &mut self.open {
            open.tell(&mut self.events, part);
        }
        Ok(())
    }

    /// Looks whether the store has something new.
    pub(super) async fn poll(&mut self) -> Result<bool, Refused> {
        let version = self.store.version(&self.run).await?;
        if version.is_some() && version == self.seen {
            return Ok(false);
        }
        self.look().await?;
        Ok(true)
    }

    /// Tells what the store has that was not told.
    async fn look(&mut self) -> Result<(), Refused> {
        if self.ended {
            return Ok(());
        }
        // The run comes first: of what it tells, all steps are there when they are read.
        let Some(live) = Live::load(&self.store, &self.thread, &self.run).await? else {
            return Ok(self.fail(&Refused::missing(Kind::Run, &self.run)));
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

    /// Tells that the run is in progress, and that it is being cancelled, if that was so and was not told.
    fn progress(&mut self, live: &Live, steps: &[Stored]) {
        let has_begun = match live.row.status {
            Status::Queued => false,
            Status::Cancelled | Status::Expired => self.began(live),
            _ => true,
        };
        if self.told == Status::Queued && (has_begun || !steps.is_empty()) {
            self.in_progress(live);
        }
        // A run that waits for its caller is cancelled at once.
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

    /// Tells whether a run that has ended must have been in progress; one that had waited may have ended without.
    fn began(&self, live: &Live) -> bool {
        self.open.is_some() || live.run.doc.get("started_at").is_some_and(Value::is_number) && self.since == 0
    }

    async fn step(&mut self, live: &Live, step: Stored) -> Result<(), Refused> {
        let ours = self.open.take_if(|open| open.step() == step.id);
        if let Some(other) = self.open.take() {
            other.break_off(&mut self.events, live, &Ending::Failed(TAKEN_OVER.into()));
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

    /// Tells the message of a step, and that both are finished.
    async fn message(&mut self, step: &Value, told: Option<What>) -> Result<(), Refused> {
        let id = step["step_details"]["message_creation"]["message_id"].as_str().unwrap_or_default();
        // Somebody may have removed it.
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

    /// Tells that the run waits for outputs; there the stream ends, even where they have come already.
    async fn require(&mut self, live: &Live, calls: &[Value]) -> Result<(), Refused> {
        // The run may be older than its step.
        let newer = match live.row.status {
            Status::RequiresAction => None,
            _ => Live::load(&self.store, &self.thread, &self.run).await?,
        };
        self.events.run("requires_action", &events::waiting(newer.as_ref().unwrap_or(live), calls));
        self.events.done();
        self.ended = true;
        Ok(())
    }

    /// Tells how the run ended, if it did.
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

    /// Tells that the run cannot be followed any more.
    pub(super) fn fail(&mut self, refused: &Refused) {
        let kind = if refused.status.is_server_error() { "server_error" } else { "invalid_request_error" };
        let error = json!({ "message": refused.message, "type": kind, "param": null, "code": refused.code });
        self.events.add("error", &error);
        self.events.done();
        self.ended = true;
    }
}

/// Returns how a run ended, as its open round ends with it.
fn ending(live: &Live) -> Ending {
    let message = || live.run.doc.get("last_error").and_then(|error| error["message"].as_str()).unwrap_or_default();
    match live.row.status {
        Status::Cancelled => Ending::Cancelled,
        Status::Expired => Ending::Expired,
        Status::Incomplete => Ending::Incomplete("max_completion_tokens"),
        _ => Ending::Failed(message().to_owned()),
    }
}
