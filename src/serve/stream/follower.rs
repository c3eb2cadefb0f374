//! The follower of one run. It compares the run in the store with the events that were already sent, and sends the
//! missing ones.

use super::earlier::{begun_message, begun_step, has_functions, run_in, run_that_waits};
use super::events::Events;
use super::open_round::{OpenRound, SentOutput, send_rest_of_calls, send_rest_of_message};
use crate::api::objects::{
    List, Message, MessageStatus, OpenEnum, Run, RunStatus, RunStep, StepStatus, StepType, Thread, ToolCall,
};
use crate::api::{Dialect, Kind};
use crate::serve::engine::lifecycle::{RunEnding, RunState};
use crate::serve::error::ErrorResponse;
use crate::serve::ids::RoundIds;
use crate::serve::model::RunFailure;
use crate::serve::pubsub::{Notification, OutputDelta};
use crate::serve::store::{Store, Stored};
use std::sync::Arc;

/// The failure that is reported for an unfinished round when another worker claims the run and repeats the round.
const TAKEN_OVER: &str = "The process that executed the run ended. Another process repeats this round.";

/// The state of a stream: the events of one run that were sent so far.
#[derive(Debug)]
pub(in crate::serve) struct Follower {
    store: Arc<Store>,
    thread: String,
    pub(super) run: String,
    pub(super) events: Events,
    /// The status in the last event of the run.
    sent_status: RunStatus,
    /// The run in the state in which it was last read.
    state: Option<RunState>,
    /// The version of the run up to which all events were sent.
    sent_version: Option<i64>,
    /// The position of the last step whose events were sent.
    sent_step: i64,
    /// The round whose output is sent before the round is in the store.
    open: Option<OpenRound>,
    /// The round whose final events were sent. Late output of it is ignored.
    closed: Option<Arc<RoundIds>>,
    /// `true` after the last event of the stream.
    pub(super) ended: bool,
}

impl Follower {
    /// Creates a follower of a run that was just queued. Events of steps up to the position `sent_step` are not sent.
    pub(in crate::serve) fn new(store: Arc<Store>, dialect: Dialect, thread: &str, run: &str, sent_step: i64) -> Self {
        Self {
            store,
            thread: thread.to_owned(),
            run: run.to_owned(),
            events: Events::new(dialect),
            sent_status: RunStatus::Queued,
            state: None,
            sent_version: None,
            sent_step,
            open: None,
            closed: None,
            ended: false,
        }
    }

    /// Sets whether search results contain the passages.
    pub(in crate::serve) fn include_content(&mut self, with_content: bool) {
        self.events.with_content = with_content;
    }

    /// Sends the event of a thread that the request has created.
    pub(in crate::serve) fn send_created_thread(&mut self, thread: &Thread) {
        self.events.created_thread(thread);
    }

    /// Sends an event of a run that the request has created or changed.
    pub(in crate::serve) fn send_run(&mut self, state: &str, run: &Run) {
        self.events.run(state, run);
    }

    /// Sends an event of a step that the request has changed.
    pub(in crate::serve) fn send_step(&mut self, state: &str, step: &RunStep) {
        self.events.step(state, step);
    }

    /// Handles a notification.
    pub(super) async fn notified(&mut self, notification: Notification) -> Result<(), ErrorResponse> {
        match notification {
            Notification::Started => self.started().await,
            Notification::Changed => self.send_changes().await,
            Notification::Output(ids, delta) => self.send_output(ids, delta).await,
        }
    }

    /// Sends the event that the run is in progress. Sends no later events, because notifications about them are still
    /// pending.
    async fn started(&mut self) -> Result<(), ErrorResponse> {
        if self.sent_status == RunStatus::Queued && !self.ended {
            let Some(state) = self.load().await? else { return self.send_changes().await };
            self.send_in_progress(&state);
            self.state = Some(state);
        }
        Ok(())
    }

    /// Sends output of the model that is not in the store yet. `ids` identifies the round.
    async fn send_output(&mut self, ids: Arc<RoundIds>, delta: OutputDelta) -> Result<(), ErrorResponse> {
        let is = |other: Option<&Arc<RoundIds>>| other.is_some_and(|other| Arc::ptr_eq(other, &ids));
        let is_new = !is(self.open.as_ref().map(|open| &open.ids));
        if self.ended || is(self.closed.as_ref()) {
            return Ok(());
        }
        self.started().await?; // Another process may have started the run.
        if is_new {
            self.send_earlier_rounds(&ids).await?;
        }
        let Some(state) = self.state.as_ref().filter(|_| !self.ended) else { return Ok(()) };
        let run = &state.run.object;
        if is_new {
            if let Some(open) = self.open.take() {
                open.abort(&mut self.events, run, &RunEnding::Failed(RunFailure::server(TAKEN_OVER)));
            }
            self.open = Some(OpenRound::begin(&mut self.events, run, ids, &delta));
        }
        if let Some(open) = &mut self.open {
            open.send(&mut self.events, delta);
        }
        Ok(())
    }

    /// Sends the events of the rounds before this one, which are already in the store.
    async fn send_earlier_rounds(&mut self, ids: &RoundIds) -> Result<(), ErrorResponse> {
        let Some(state) = self.state.take() else { return Ok(()) };
        for step in self.store.since::<RunStep>(&self.run, self.sent_step).await? {
            if self.ended || [&ids.message_step, &ids.tool_calls_step].contains(&&step.id) {
                break;
            }
            self.sent_step = step.position;
            self.send_new_step(&state, step).await?;
        }
        self.state = Some(state);
        Ok(())
    }

    /// Checks the store for changes. Returns `true` if there were any.
    pub(super) async fn poll(&mut self) -> Result<bool, ErrorResponse> {
        let version = self.store.version(&self.run).await?;
        if version.is_some() && version == self.sent_version {
            return Ok(false);
        }
        self.send_changes().await?;
        Ok(true)
    }

    /// Loads the run. The row is read after the object and may be newer, so the status is taken from the object.
    async fn load(&self) -> Result<Option<RunState>, ErrorResponse> {
        let state = RunState::load(&self.store, &self.thread, &self.run).await?;
        Ok(state.map(|mut state| {
            state.row.status = state.run.object.status().known().unwrap_or(state.row.status);
            state
        }))
    }

    /// Sends the events for everything in the store that was not sent yet.
    async fn send_changes(&mut self) -> Result<(), ErrorResponse> {
        if self.ended {
            return Ok(());
        }
        // Read the run before its steps. All steps on which the state of the run depends are then among those read.
        let Some(state) = self.load().await? else {
            self.fail(&ErrorResponse::not_found(Kind::Run, &self.run));
            return Ok(());
        };
        let steps = self.store.since::<RunStep>(&self.run, self.sent_step).await?;
        self.send_progress(&state, &steps);
        for step in steps {
            self.sent_step = step.position;
            self.send_new_step(&state, step).await?;
            if self.ended {
                return Ok(());
            }
        }
        self.send_end(&state);
        self.sent_version = Some(state.run.version);
        self.state = Some(state);
        Ok(())
    }

    /// Sends the events of the statuses `in_progress` and `cancelling`, if the run had them between two reads of the
    /// store.
    fn send_progress(&mut self, state: &RunState, steps: &[Stored<RunStep>]) {
        let has_begun = match state.row.status {
            RunStatus::Queued => false,
            RunStatus::Cancelled | RunStatus::Expired => self.has_begun(state),
            _ => true,
        };
        if self.sent_status == RunStatus::Queued && (has_begun || !steps.is_empty()) {
            self.send_in_progress(state);
        }
        // A run that waited for tool outputs was cancelled without the status `cancelling`.
        let waited = steps.iter().any(|step| has_functions(&step.object));
        let cancelled = matches!(state.row.status, RunStatus::Cancelling | RunStatus::Cancelled);
        if cancelled && !waited && self.sent_status == RunStatus::InProgress {
            self.events.run(RunStatus::Cancelling.name(), &run_in(state, RunStatus::Cancelling));
            self.sent_status = RunStatus::Cancelling;
        }
    }

    fn send_in_progress(&mut self, state: &RunState) {
        self.events.run(RunStatus::InProgress.name(), &run_in(state, RunStatus::InProgress));
        self.sent_status = RunStatus::InProgress;
    }

    /// Returns `true` if a run that has ended was certainly in progress since the last event. A run that waited for
    /// tool outputs may have ended without another round.
    fn has_begun(&self, state: &RunState) -> bool {
        self.open.is_some() || state.run.object.started_at().valid().is_some() && self.sent_step == 0
    }

    /// Sends the events of a stored step, as far as they were not sent while its round was open.
    async fn send_new_step(&mut self, state: &RunState, stored: Stored<RunStep>) -> Result<(), ErrorResponse> {
        let step = &stored.object;
        let open = self.open.take_if(|open| open.step_id() == stored.id);
        if let Some(other) = self.open.take() {
            let ending = RunEnding::Failed(RunFailure::server(TAKEN_OVER));
            other.abort(&mut self.events, &state.run.object, &ending);
        }
        let sent = open.map(|open| {
            self.closed = Some(open.ids);
            open.sent
        });
        if sent.is_none() {
            let begun = begun_step(step);
            self.events.step("created", &begun);
            self.events.step("in_progress", &begun);
        }
        if !step.kind().is(StepType::ToolCalls) {
            return self.send_message(step, sent).await;
        }
        let sent = if let Some(SentOutput::ToolCalls(sent)) = sent { sent } else { Vec::new() };
        send_rest_of_calls(&mut self.events, &stored.id, step.tool_calls(), &sent);
        if has_functions(step) {
            return self.send_requires_action(state, step.tool_calls()).await;
        }
        // All calls are searches, which the server has executed, so the run continues.
        self.events.step(step.status().text().unwrap_or(StepStatus::Completed.name()), step);
        Ok(())
    }

    /// Sends the events of the message of a step, and the final event of the step.
    async fn send_message(&mut self, step: &RunStep, sent: Option<SentOutput>) -> Result<(), ErrorResponse> {
        let id = step.message_id().unwrap_or_default();
        // The message may have been deleted.
        if let Some(Stored { object: message, .. }) = self.store.load::<Message>(&self.thread, id).await? {
            let text = if let Some(SentOutput::Message(text)) = &sent { text.as_str() } else { "" };
            if sent.is_none() {
                let begun = begun_message(&message);
                self.events.message("created", &begun);
                self.events.message("in_progress", &begun);
            }
            send_rest_of_message(&mut self.events, &message, text);
            self.events.message(message.status().text().unwrap_or(MessageStatus::Completed.name()), &message);
        }
        self.events.step(step.status().text().unwrap_or(StepStatus::Completed.name()), step);
        Ok(())
    }

    /// Sends the event that the run waits for tool outputs. This ends the stream, even if outputs have arrived in the
    /// meantime.
    async fn send_requires_action(
        &mut self,
        state: &RunState,
        calls: List<'_, &ToolCall>,
    ) -> Result<(), ErrorResponse> {
        // The run may have been read before its step was stored.
        let newer = match state.row.status {
            RunStatus::RequiresAction => None,
            _ => self.load().await?,
        };
        let run = run_that_waits(newer.as_ref().unwrap_or(state), calls);
        self.events.run(RunStatus::RequiresAction.name(), &run);
        self.events.done();
        self.ended = true;
        Ok(())
    }

    /// Sends the final event of the run if it has ended.
    fn send_end(&mut self, state: &RunState) {
        let status = state.row.status;
        if !status.is_terminal() {
            return;
        }
        if let Some(open) = self.open.take() {
            open.abort(&mut self.events, &state.run.object, &ending_of(state));
        }
        self.events.run(status.name(), &state.run.object);
        self.events.done();
        self.ended = true;
    }

    /// Sends an error and ends the stream, because the run can no longer be followed.
    pub(super) fn fail(&mut self, error: &ErrorResponse) {
        self.events.error(error);
        self.events.done();
        self.ended = true;
    }
}

/// Returns the ending of a run, which also applies to its open round.
fn ending_of(state: &RunState) -> RunEnding {
    match state.row.status {
        RunStatus::Cancelled => RunEnding::Cancelled,
        RunStatus::Expired => RunEnding::Expired,
        RunStatus::Incomplete => RunEnding::Incomplete("max_completion_tokens"),
        _ => RunEnding::Failed(RunFailure::of(state.run.object.last_error().valid())),
    }
}
