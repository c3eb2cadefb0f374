//! Runs as people use them (docs/protocol/runs.md#states-and-transitions): begun, streamed or polled, given the outputs
//! they wait for, round after round, until they have ended. One loop serves streaming, waiting and whoever answers
//! calls.

mod action;
mod answer;
mod cite;
mod ended;
mod interrupt;
mod poll;
mod show;
mod stream;
mod text;
mod voice;

pub use action::Next;
pub use interrupt::OnInterrupt;
pub use show::Wanted;

use super::{App, Call};
use crate::api::runs::{GetRun, OfRun, has_ended};
use crate::api::{Nothing, PathArgs};
use crate::client::{ClientError, Payload};
use crate::exit::{CallFailed, RunEnded};
use crate::http::{Sent, TransportError};
use crate::ui::Rank;
use action::Acted;
use anyhow::{Context, Result, anyhow};
use ended::wait_hint;
use interrupt::Watch;
use poll::Poller;
use serde_json::{Map, Value, json};
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use voice::Voice;

/// How long a run is waited for before its status is shown on a terminal.
const UNSAID: Duration = Duration::from_millis(200);

/// How a run is followed.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub way: Way,
    /// How long is waited in all; for ever without.
    pub timeout: Option<Duration>,
    /// The time between two polls, in place of the server's or of growing ones.
    pub interval: Option<Duration>,
    pub on_interrupt: OnInterrupt,
}

/// How it becomes known what a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Each request that lets it go on is answered with a stream of events.
    Stream,
    /// It is asked for again and again.
    Poll,
}

/// What a run is followed from.
#[derive(Debug, Clone)]
pub enum Begin {
    /// A call that makes a run, or lets one go on.
    Call(Box<Call>),
    /// A run that is under way.
    Known(OfRun),
}

/// Answers the calls of a run that requires action; it is handed the run as the server has it.
pub type Answerer<'a> = dyn FnMut(Value) -> Pin<Box<dyn Future<Output = Result<Next>> + 'a>> + 'a;

/// The same for several runs at once.
pub type SharedAnswerer<'a> = dyn Fn(Value) -> Pin<Box<dyn Future<Output = Result<Next>> + 'a>> + 'a;

/// Answers nothing: whoever waits is told what is wanted.
pub fn nobody(_: Value) -> Pin<Box<dyn Future<Output = Result<Next>>>> {
    Box::pin(async { Ok(Next::Stop) })
}

/// A run that is being followed.
struct Following<'a> {
    app: &'a App,
    plan: Plan,
    /// What an interrupt finds here.
    watch: &'a Watch,
    deadline: Option<Instant>,
    begun: std::time::Instant,
    polls: Poller,
    /// Whether all that the run said so far came in streams that ended well.
    streamed: bool,
    /// Why the run ends as it does, where that was decided here.
    why: Option<String>,
    /// Whether the run was cancelled here: its calls are answered no more.
    given_up: bool,
}

impl<'a> Following<'a> {
    fn new(app: &'a App, plan: Plan, watch: &'a Watch) -> Self {
        let deadline = plan.timeout.map(|timeout| Instant::now() + timeout);
        let streamed = plan.way == Way::Stream;
        let (begun, polls) = (std::time::Instant::now(), Poller::new(plan.interval));
        Self { app, plan, watch, deadline, begun, polls, streamed, why: None, given_up: false }
    }

    /// Follows a run until it has ended, or requires an action that nobody takes; returns it as it is then.
    async fn follow(&mut self, begin: Begin, voice: &mut Voice, answers: &mut Answerer<'_>) -> Result<Value> {
        let mut run = match begin {
            Begin::Call(call) => {
                known_before(&call).iter().for_each(|run| self.watch.know(run));
                self.round(*call, voice).await?
            }
            Begin::Known(path) => {
                self.watch.know(&named_by(&path));
                self.streamed = false;
                self.look(&path).await?
            }
        };
        while !has_ended(&run) {
            run = if run["status"] == "requires_action" && !self.given_up {
                voice.give_up()?;
                self.app.tell_calls(&run);
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

    /// Makes a call that lets the run go on, and returns the run as far as its answer tells.
    async fn round(&mut self, call: Call, voice: &mut Voice) -> Result<Value> {
        self.polls.begin_again();
        self.ready(&call).await?;
        let call = call.until(self.deadline);
        if self.plan.way == Way::Stream {
            return self.stream(call, voice).await;
        }
        let ids = call.ids.clone();
        let reply = self.app.call(call).await?;
        self.polls.heard(reply.poll_after);
        Ok(self.know(reply.value, &ids))
    }

    /// Has everything ready that a call needs, such as a credential; nothing is sent meanwhile.
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

    /// Asks for the run until something has become of it.
    async fn poll(&mut self, mut run: Value) -> Result<Value> {
        let path = path_of(&run)?;
        let mut waiting = None;
        loop {
            if self.begun.elapsed() >= UNSAID {
                let text = self.watch.described();
                let begin = || self.app.waits().begin(Rank::Notable, &text, self.begun);
                waiting.get_or_insert_with(begin).say(&text);
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

    /// Asks once how a run is.
    async fn look(&mut self, path: &OfRun) -> Result<Value> {
        self.polls.polled(Instant::now());
        let call = Call::of::<GetRun>(path, &Nothing {}, Payload::None);
        let reply = self.by_deadline(&named_by(path), self.app.call(call.clone())).await?;
        if !reply.value["status"].is_string() {
            // What does not tell how it is would be asked for ever.
            let reason = "it has no status".to_owned();
            let error = ClientError::Answer { reason, request_id: reply.request_id };
            return Err(self.app.explain(&call, error).await.into());
        }
        self.polls.heard(reply.poll_after);
        Ok(self.know(reply.value, &call.ids))
    }

    /// Waits for work until the time is over.
    async fn by_deadline<T>(&self, run: &Value, work: impl Future<Output = Result<T>>) -> Result<T> {
        let Some(deadline) = self.deadline else { return work.await };
        match timeout_at(deadline, work).await {
            Ok(done) => done,
            Err(_) => Err(RunEnded::late(run, self.plan.timeout.unwrap_or_default()).into()),
        }
    }

    /// Takes a run as a server describes it, and completes who it is from the path where the server does not say.
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

/// Tells whether nothing more becomes of a run by itself.
fn stands(run: &Value) -> bool {
    has_ended(run) || run["status"] == "requires_action"
}

/// Completes a failure to ask for a run by how to go on with it.
fn resumable(mut error: anyhow::Error, run: &Value) -> anyhow::Error {
    if let Some(failed) = error.downcast_mut::<CallFailed>()
        && failed.hint.is_none()
    {
        failed.hint = wait_hint(run);
    }
    error
}

/// Returns the path of a run that a server described.
fn path_of(run: &Value) -> Result<OfRun> {
    let id = |member: &str| run[member].as_str().map(str::to_owned);
    let (thread, id) =
        id("thread_id").zip(id("id")).context("the answer does not say which run of which thread it is")?;
    // Not the error itself, which is about input.
    OfRun::from_texts(&[&thread, &id]).map_err(|why| anyhow!("the answer names a run that cannot be asked for: {why}"))
}

/// Returns what is known of a run by its path.
fn named_by(path: &OfRun) -> Value {
    json!({ "id": path.run_id.as_str(), "thread_id": path.thread_id.as_str() })
}

/// Returns what is known of a run before anything was heard of it: the ids in the path of a call that goes to one.
fn known_before(call: &Call) -> Option<Value> {
    match call.ids.as_slice() {
        [thread, run] => Some(json!({ "id": run, "thread_id": thread })),
        _ => None,
    }
}

/// Tells whether a request asks for a stream.
pub fn asks_for_stream(body: &Map<String, Value>) -> bool {
    body.get("stream") == Some(&Value::Bool(true))
}

/// Tells whether a call may be answered with a stream.
pub(super) fn may_stream(call: &Call) -> bool {
    use crate::api::{Endpoint, runs::CreateRun, runs::SubmitToolOutputs, threads::CreateThreadAndRun};
    let specs = [CreateRun::SPEC, CreateThreadAndRun::SPEC, SubmitToolOutputs::SPEC];
    specs.iter().any(|spec| spec.operation == call.spec.operation)
}
