//! Polling: requests the state of an object until it no longer changes by itself.
//!
//! The same loop polls runs and the files of vector stores. The caller implements [`Polled`], which defines the request
//! and the time limit.

mod schedule;

pub(crate) use schedule::PollSchedule;

use super::App;
use crate::ui::WaitPriority;
use anyhow::Result;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The minimum duration of a wait before the status line shows it.
const STATUS_DELAY: Duration = Duration::from_millis(200);

/// An object whose state is requested again and again.
pub(crate) trait Polled {
    type State;

    /// Returns the time at which the wait began, for the status line.
    fn since(&self) -> std::time::Instant;

    /// Returns the text of the status line.
    fn describe(&self, state: &Self::State) -> String;

    /// Returns the schedule of the polls.
    fn schedule(&mut self) -> &mut PollSchedule;

    /// Returns the time at which the wait ends, or `None` if there is no limit. Progress of the object may extend it.
    fn deadline(&self) -> Option<Instant>;

    /// Returns the error of a wait that has reached its deadline.
    fn timed_out(&self, state: &Self::State) -> anyhow::Error;

    /// Requests the state once. Observes the deadline.
    async fn request(&mut self, state: &Self::State) -> Result<Self::State>;

    /// Returns `true` if the object does not change by itself any more.
    fn has_stopped(&self, state: &Self::State) -> bool;
}

impl App {
    /// Polls an object, after a first pause, until it has stopped. Returns its last state.
    ///
    /// # Errors
    /// Returns an error if a request fails, or the error of the object at its deadline.
    pub(crate) async fn poll<P: Polled>(&self, polled: &mut P, mut state: P::State) -> Result<P::State> {
        let mut status = None;
        loop {
            if polled.since().elapsed() >= STATUS_DELAY {
                let text = polled.describe(&state);
                let begin = || self.waits().begin(WaitPriority::Notable, &text, polled.since());
                status.get_or_insert_with(begin).set_text(&text);
            }
            let pause = tokio::time::sleep(polled.schedule().next_pause(Instant::now()));
            match polled.deadline() {
                Some(deadline) => timeout_at(deadline, pause).await.map_err(|_| polled.timed_out(&state))?,
                None => pause.await,
            }
            state = polled.request(&state).await?;
            if polled.has_stopped(&state) {
                return Ok(state);
            }
        }
    }
}
