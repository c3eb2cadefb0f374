//! The state of following one run: its options, its time limit, and the schedule of its polls.

use super::describe::wait_hint;
use super::followed_runs::FollowedRuns;
use super::options::{FollowMode, FollowOptions};
use super::outcome;
use super::run::{has_stopped, path_of, run_at_path, run_in_response};
use crate::api::Nothing;
use crate::api::objects::Run;
use crate::api::runs::{GetRun, OfRun};
use crate::app::polling::{PollSchedule, Polled};
use crate::app::{App, Call};
use crate::client::{ClientError, Payload};
use crate::exit::{CallFailed, RunEnded};
use crate::http::{Sent, TransportError};
use anyhow::Result;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

/// The state of following one run.
pub(super) struct RunFollower<'a> {
    pub(super) app: &'a App,
    pub(super) options: FollowOptions,
    pub(super) runs: &'a FollowedRuns,
    pub(super) deadline: Option<Instant>,
    start: std::time::Instant,
    pub(super) schedule: PollSchedule,
    /// `true` as long as the output received all events of the run, from streams that ended without an error.
    pub(super) is_streamed: bool,
    /// The reason for the end of the run that this program knows, such as a failed handler. It takes precedence over
    /// the reason that the server states.
    pub(super) local_reason: Option<String>,
    /// `true` if this program has cancelled the run. Its tool calls are then no longer answered.
    pub(super) is_cancelled: bool,
}

impl<'a> RunFollower<'a> {
    pub(super) fn new(app: &'a App, options: FollowOptions, runs: &'a FollowedRuns) -> Self {
        Self {
            app,
            options,
            runs,
            deadline: options.timeout.map(|timeout| Instant::now() + timeout),
            start: std::time::Instant::now(),
            schedule: PollSchedule::new(options.interval),
            is_streamed: options.mode == FollowMode::Stream,
            local_reason: None,
            is_cancelled: false,
        }
    }

    /// Polls the run until it has ended or requires action.
    pub(super) async fn poll(&mut self, run: Run) -> Result<Run> {
        let (app, path) = (self.app, path_of(&run)?);
        app.poll(&mut PolledRun { follower: self, path }, run).await
    }

    /// Requests the run once.
    pub(super) async fn request_run(&mut self, path: &OfRun) -> Result<Run> {
        self.schedule.polled(Instant::now());
        let call = Call::of::<GetRun>(path, &Nothing {}, Payload::None);
        let reply = self.before_deadline(&run_at_path(path), self.app.call(call.clone())).await?;
        let run = run_in_response(reply.value, &call.ids);
        if run.status().valid().is_none() {
            // Without a status, the run would be polled forever.
            let reason = "it has no status".to_owned();
            let error = ClientError::InvalidResponse { reason, request_id: reply.request_id };
            return Err(self.app.explain(&call, error).await.into());
        }
        self.schedule.set_server_pause(reply.poll_after);
        self.runs.update(&run);
        Ok(run)
    }

    /// Returns the run in a response, and stores its state for the status line. `ids` are the IDs of the path.
    pub(super) fn update(&self, value: Value, ids: &[String]) -> Run {
        let run = run_in_response(value, ids);
        self.runs.update(&run);
        run
    }

    /// Runs `work` until the deadline, and then returns the error of a run that continues.
    pub(super) async fn before_deadline<T>(&self, run: &Run, work: impl Future<Output = Result<T>>) -> Result<T> {
        let Some(deadline) = self.deadline else { return work.await };
        match timeout_at(deadline, work).await {
            Ok(done) => done,
            Err(_) => Err(self.timed_out(run)),
        }
    }

    fn timed_out(&self, run: &Run) -> anyhow::Error {
        outcome::timed_out(run, self.options.timeout.unwrap_or_default()).into()
    }

    /// Opens the session before a request, with the deadline as the time limit. A slow credential command is then
    /// reported as a request that was not sent.
    pub(super) async fn prepare(&self, call: &Call) -> Result<()> {
        let Some(deadline) = self.deadline else { return Ok(()) };
        match timeout_at(deadline, self.app.session()).await {
            Ok(session) => session.map(drop),
            Err(_) => {
                let late = ClientError::Unreachable(TransportError::Deadline { sent: Sent::No });
                Err(self.app.explain(call, late).await.into())
            }
        }
    }

    /// Returns the outcome of the run, with the local reason if there is one.
    pub(super) fn outcome(&self, run: &Run) -> Result<(), RunEnded> {
        outcome::of(run).map_err(|ended| RunEnded { cause: self.local_reason.clone().or(ended.cause), ..ended })
    }
}

/// A run that is polled.
struct PolledRun<'f, 'a> {
    follower: &'f mut RunFollower<'a>,
    path: OfRun,
}

impl Polled for PolledRun<'_, '_> {
    type State = Run;

    fn since(&self) -> std::time::Instant {
        self.follower.start
    }

    fn describe(&self, _: &Run) -> String {
        self.follower.runs.describe()
    }

    fn schedule(&mut self) -> &mut PollSchedule {
        &mut self.follower.schedule
    }

    fn deadline(&self) -> Option<Instant> {
        self.follower.deadline
    }

    fn timed_out(&self, run: &Run) -> anyhow::Error {
        self.follower.timed_out(run)
    }

    async fn request(&mut self, run: &Run) -> Result<Run> {
        self.follower.request_run(&self.path).await.map_err(|error| with_wait_hint(error, run))
    }

    fn has_stopped(&self, run: &Run) -> bool {
        has_stopped(run)
    }
}

/// Adds a hint on how to resume to the failure of a poll.
fn with_wait_hint(mut error: anyhow::Error, run: &Run) -> anyhow::Error {
    if let Some(failed) = error.downcast_mut::<CallFailed>()
        && failed.hint.is_none()
    {
        failed.hint = wait_hint(run);
    }
    error
}
