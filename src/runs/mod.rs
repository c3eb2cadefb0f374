//! Following runs (docs/protocol/runs.md#states-and-transitions): create, stream or poll, and submit tool outputs,
//! round after round, until they have ended.
//!
//! One loop serves streaming, polling and all ways to answer tool calls.

mod citations;
mod interrupt;
mod messages;
mod outcome;
mod output;
mod poll;
mod show;
mod stream;
mod text;
mod tool_calls;

pub use interrupt::OnInterrupt;
pub use show::{ShownResult, follow, follow_all};
pub use tool_calls::ActionResponse;

use crate::api::runs::{GetRun, OfRun, has_ended};
use crate::api::{Nothing, PathArgs};
use crate::app::{App, Call};
use crate::client::{ClientError, Payload};
use crate::exit::CallFailed;
use crate::http::{Sent, TransportError};
use crate::ui::WaitPriority;
use anyhow::{Context, Result, anyhow};
use interrupt::Watch;
use outcome::wait_hint;
use output::Voice;
use poll::Poller;
use serde_json::{Map, Value, json};
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use tool_calls::Acted;

/// How long to wait for a run before its status is shown on a terminal.
const UNSAID: Duration = Duration::from_millis(200);

/// The options for following a run.
#[derive(Debug, Clone, Copy)]
pub struct FollowOptions {
    pub mode: FollowMode,
    /// The time limit for the whole run. `None` means no limit.
    pub timeout: Option<Duration>,
    /// The time between two polls. It overrides the interval of the server and the growing default.
    pub interval: Option<Duration>,
    pub on_interrupt: OnInterrupt,
}

/// The mode to observe a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowMode {
    /// Requests that start or continue the run return a stream of events.
    Stream,
    /// The run is requested repeatedly.
    Poll,
}

/// The starting point for following a run.
#[derive(Debug, Clone)]
pub enum RunStart {
    /// A request that creates a run or lets it continue.
    Request(Box<Call>),
    /// A run that exists.
    Existing(OfRun),
}

/// A function that answers the tool calls of a run that requires action. It receives the run as the server returned it.
pub type ActionHandler<'a> = dyn FnMut(Value) -> Pin<Box<dyn Future<Output = Result<ActionResponse>> + 'a>> + 'a;

/// A function that answers the tool calls of several runs concurrently.
pub type SharedActionHandler<'a> = dyn Fn(Value) -> Pin<Box<dyn Future<Output = Result<ActionResponse>> + 'a>> + 'a;

/// Answers no tool call. The caller then reports the required action.
pub fn leave_waiting(_: Value) -> Pin<Box<dyn Future<Output = Result<ActionResponse>>>> {
    Box::pin(async { Ok(ActionResponse::Stop) })
}

/// A run that is being followed.
struct Following<'a> {
    app: &'a App,
    options: FollowOptions,
    /// The status of the run, for the handling of an interrupt.
    watch: &'a Watch,
    deadline: Option<Instant>,
    begun: std::time::Instant,
    polls: Poller,
    /// `true` if all events of the run so far came from streams that ended without an error.
    streamed: bool,
    /// The reason for the end of the run, if this program decided to end it.
    why: Option<String>,
    /// `true` if this program has cancelled the run. Its tool calls are then ignored.
    given_up: bool,
}

impl<'a> Following<'a> {
    fn new(app: &'a App, options: FollowOptions, watch: &'a Watch) -> Self {
        let deadline = options.timeout.map(|timeout| Instant::now() + timeout);
        let streamed = options.mode == FollowMode::Stream;
        let (begun, polls) = (std::time::Instant::now(), Poller::new(options.interval));
        Self { app, options, watch, deadline, begun, polls, streamed, why: None, given_up: false }
    }

    /// Follows a run until it has ended, or until it requires an action that `answers` does not take. Returns its last
    /// state.
    async fn follow(&mut self, begin: RunStart, voice: &mut Voice, answers: &mut ActionHandler<'_>) -> Result<Value> {
        let mut run = match begin {
            RunStart::Request(call) => {
                known_before(&call).iter().for_each(|run| self.watch.know(run));
                self.round(*call, voice).await?
            }
            RunStart::Existing(path) => {
                self.watch.know(&named_by(&path));
                self.streamed = false;
                self.look(&path).await?
            }
        };
        while !has_ended(&run) {
            run = if run["status"] == "requires_action" && !self.given_up {
                voice.give_up()?;
                outcome::tell_calls(self.app, &run);
                match self.act(run, voice, answers).await? {
                    Acted::On(run) => run,
                    Acted::Left(run) => return Ok(run),
                }
            } else {
                self.streamed = false;
                self.poll(run).await?
            };
        }
        Ok(run)
    }

    /// Sends a request that lets the run continue, and returns the run as far as the response describes it.
    async fn round(&mut self, call: Call, voice: &mut Voice) -> Result<Value> {
        self.polls.begin_again();
        self.ready(&call).await?;
        let call = call.until(self.deadline);
        if self.options.mode == FollowMode::Stream {
            return self.stream(call, voice).await;
        }
        let ids = call.ids.clone();
        let reply = self.app.call(call).await?;
        self.polls.heard(reply.poll_after);
        Ok(self.know(reply.value, &ids))
    }

    /// Prepares everything that a request needs, such as a credential, without sending it.
    async fn ready(&self, call: &Call) -> Result<()> {
        let Some(deadline) = self.deadline else { return Ok(()) };
        match timeout_at(deadline, self.app.session()).await {
            Ok(session) => session.map(drop),
            Err(_) => {
                let late = ClientError::Unreachable(TransportError::Deadline { sent: Sent::No });
                Err(self.app.explain(call, late).await.into())
            }
        }
    }

    /// Polls the run until it has ended or requires action.
    async fn poll(&mut self, mut run: Value) -> Result<Value> {
        let path = path_of(&run)?;
        let mut waiting = None;
        loop {
            if self.begun.elapsed() >= UNSAID {
                let text = self.watch.described();
                let begin = || self.app.waits().begin(WaitPriority::Notable, &text, self.begun);
                waiting.get_or_insert_with(begin).set_text(&text);
            }
            let pause = self.polls.pause(Instant::now());
            let waited = async {
                tokio::time::sleep(pause).await;
                Ok(())
            };
            self.by_deadline(&run, waited).await?;
            run = self.look(&path).await.map_err(|error| resumable(error, &run))?;
            if stands(&run) {
                return Ok(run);
            }
        }
    }

    /// Requests the run once.
    async fn look(&mut self, path: &OfRun) -> Result<Value> {
        self.polls.polled(Instant::now());
        let call = Call::of::<GetRun>(path, &Nothing {}, Payload::None);
        let reply = self.by_deadline(&named_by(path), self.app.call(call.clone())).await?;
        if !reply.value["status"].is_string() {
            // Without a status, the run would be polled forever.
            let reason = "it has no status".to_owned();
            let error = ClientError::InvalidResponse { reason, request_id: reply.request_id };
            return Err(self.app.explain(&call, error).await.into());
        }
        self.polls.heard(reply.poll_after);
        Ok(self.know(reply.value, &call.ids))
    }

    /// Waits for `work` until the deadline.
    async fn by_deadline<T>(&self, run: &Value, work: impl Future<Output = Result<T>>) -> Result<T> {
        let Some(deadline) = self.deadline else { return work.await };
        match timeout_at(deadline, work).await {
            Ok(done) => done,
            Err(_) => Err(outcome::timed_out(run, self.options.timeout.unwrap_or_default()).into()),
        }
    }

    /// Stores a run that a server returned. Adds the IDs from the path if the server left them out.
    fn know(&self, mut run: Value, ids: &[String]) -> Value {
        for (member, id) in ["thread_id", "id"].into_iter().zip(ids) {
            if run.is_object() && !run[member].is_string() {
                run[member] = id.as_str().into();
            }
        }
        self.watch.know(&run);
        run
    }
}

/// Returns `true` if the run does not change any more by itself.
fn stands(run: &Value) -> bool {
    has_ended(run) || run["status"] == "requires_action"
}

/// Adds a hint on how to resume to the failure of a poll.
fn resumable(mut error: anyhow::Error, run: &Value) -> anyhow::Error {
    if let Some(failed) = error.downcast_mut::<CallFailed>()
        && failed.hint.is_none()
    {
        failed.hint = wait_hint(run);
    }
    error
}

/// Returns the path of a run that a server returned.
fn path_of(run: &Value) -> Result<OfRun> {
    let id = |member: &str| run[member].as_str().map(str::to_owned);
    let (thread, id) =
        id("thread_id").zip(id("id")).context("the answer does not say which run of which thread it is")?;
    // The error itself is worded for user input, so it is wrapped.
    OfRun::from_texts(&[&thread, &id]).map_err(|why| anyhow!("the answer names a run that cannot be asked for: {why}"))
}

/// Returns a run with only the IDs of its path.
fn named_by(path: &OfRun) -> Value {
    json!({ "id": path.run_id.as_str(), "thread_id": path.thread_id.as_str() })
}

/// Returns a run with the IDs in the path of a request that refers to a run, before any response.
fn known_before(call: &Call) -> Option<Value> {
    match call.ids.as_slice() {
        [thread, run] => Some(json!({ "id": run, "thread_id": thread })),
        _ => None,
    }
}

/// Returns `true` if a request asks for a stream.
pub fn requests_stream(body: &Map<String, Value>) -> bool {
    body.get("stream") == Some(&Value::Bool(true))
}
