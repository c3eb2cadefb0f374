//! The handling of a run that requires action: an action handler answers its tool calls, and the outputs are submitted.
//!
//! The run is polled while the handler works, because it may end before the outputs are ready.

use super::follower::RunFollower;
use super::options::{ActionFuture, ActionHandler, ActionResponse, FollowMode};
use super::output::RunOutput;
use super::run::path_of;
use crate::api::Nothing;
use crate::api::objects::Run;
use crate::api::runs::{CancelRun, SubmitToolOutputs};
use crate::app::Call;
use crate::client::Payload;
use crate::env::clock;
use crate::exit::{CallFailed, RunEnded};
use anyhow::Result;
use serde_json::{Map, Value};
use std::time::Duration;
use tokio::time::timeout;

/// The state of a run after its required action was handled.
pub(super) enum AfterAction {
    /// The run continues or has ended.
    Continues(Run),
    /// The run still requires action, and this command does nothing further about it.
    Left(Run),
}

/// The interval at which a run is polled while its calls are answered. Another client may cancel the run or answer its
/// calls in the meantime.
const INTERVAL: Duration = Duration::from_secs(5);

/// The polling interval around the run's expiry. It is short because the clocks of client and server differ.
const INTERVAL_AT_EXPIRY: Duration = Duration::from_secs(1);

/// The reason for the end of a run that ended while its tool calls were being answered.
const ENDED_BEFORE: &str = "it ended before its tool calls were answered";

impl RunFollower<'_> {
    /// Calls the handler for a run, and submits outputs, cancels the run, or leaves it waiting, as the handler decides.
    pub(super) async fn handle_action(
        &mut self,
        run: Run,
        output: &mut RunOutput,
        handler: &mut ActionHandler<'_>,
    ) -> Result<AfterAction> {
        let response = match self.wait_for_response(&run, handler(run.clone())).await? {
            Ok(response) => response,
            Err(changed) => return Ok(AfterAction::Continues(changed)),
        };
        match response {
            ActionResponse::Leave { reason } => {
                self.local_reason = reason.or(self.local_reason.take());
                Ok(AfterAction::Left(run))
            }
            ActionResponse::Submit(body) => {
                let submitted = self.round(self.submission(&run, body)?, output).await;
                self.unless_changed(&run, submitted).await
            }
            ActionResponse::Cancel { reason } => {
                self.local_reason = Some(reason);
                self.is_cancelled = true;
                let call = Call::of::<CancelRun>(&path_of(&run)?, &Nothing {}, Payload::None);
                let ids = call.ids.clone();
                let cancelled = self.app.call(call).await.map(|reply| self.update(reply.value, &ids));
                self.unless_changed(&run, cancelled).await
            }
        }
    }

    /// Waits for the response of the handler. If the run no longer requires the outputs, returns the run in its new
    /// state as the inner error.
    async fn wait_for_response(
        &mut self,
        run: &Run,
        mut response: ActionFuture<'_>,
    ) -> Result<Result<ActionResponse, Run>> {
        // A run without valid IDs cannot be polled.
        let Ok(path) = path_of(run) else { return Ok(Ok(response.await)) };
        loop {
            let until_next_poll = poll_interval(run, clock::now_millis());
            let waited = async { Ok(timeout(until_next_poll, &mut response).await) };
            if let Ok(response) = self.before_deadline(run, waited).await? {
                return Ok(Ok(response));
            }
            let requested = tokio::select! {
                response = &mut response => return Ok(Ok(response)),
                requested = self.request_run(&path) => requested,
            };
            match requested {
                Ok(now) if requires_same_calls(run, &now) => {}
                Ok(now) => {
                    self.is_streamed = false;
                    self.local_reason = now.has_ended().then(|| ENDED_BEFORE.to_owned());
                    return Ok(Err(now));
                }
                Err(error) if error.is::<RunEnded>() => return Err(error),
                // A failed poll is ignored, because the outputs may be ready before the next one.
                Err(_) => {}
            }
        }
    }

    /// Returns the run after a request. If the request was rejected, returns the run if it has changed in the meantime,
    /// and the error otherwise.
    async fn unless_changed(&mut self, run: &Run, result: Result<Run>) -> Result<AfterAction> {
        let error = match result {
            Ok(run) => return Ok(AfterAction::Continues(run)),
            Err(error) if !error.is::<CallFailed>() => return Err(error),
            Err(error) => error,
        };
        match self.request_run(&path_of(run)?).await {
            Ok(now) if !requires_same_calls(run, &now) => {
                self.is_streamed = false;
                if self.local_reason.is_none() && now.has_ended() {
                    self.local_reason = Some(ENDED_BEFORE.to_owned());
                }
                Ok(AfterAction::Continues(now))
            }
            _ => Err(error),
        }
    }

    /// Returns the request that submits the tool outputs in `body`.
    fn submission(&self, run: &Run, mut body: Map<String, Value>) -> Result<Call> {
        if self.options.mode == FollowMode::Stream {
            body.insert("stream".to_owned(), true.into());
        }
        Ok(Call::of::<SubmitToolOutputs>(&path_of(run)?, &Nothing {}, Payload::Json(body)))
    }
}

/// Returns `true` if the run still waits for the outputs of the same calls.
fn requires_same_calls(before: &Run, now: &Run) -> bool {
    fn ids(run: &Run) -> impl Iterator<Item = Option<&str>> {
        run.pending_tool_calls().valid().map(|call| call.id().valid())
    }
    now.requires_action() && ids(before).eq(ids(now))
}

/// Returns the time until the next poll while calls are answered. `now` is in milliseconds since 1970.
fn poll_interval(run: &Run, now: i64) -> Duration {
    let Some(expires_at) = run.expires_at().valid() else { return INTERVAL };
    let left = expires_at - now as f64 / 1_000.0;
    if (-10.0..=0.0).contains(&left) {
        return INTERVAL_AT_EXPIRY;
    }
    // If the run expires before the next poll is due, the poll happens a quarter of a second after the expiry.
    Duration::try_from_secs_f64(left).map_or(INTERVAL, |left| (left + INTERVAL_AT_EXPIRY / 4).min(INTERVAL))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::api::objects::JsonObject;
    use serde_json::json;

    fn run(value: Value) -> Run {
        Run::from_map(value.as_object().unwrap().clone())
    }

    #[test]
    fn run_is_polled_at_its_expiry_and_every_five_seconds() {
        let interval = |at: f64| poll_interval(&run(json!({ "expires_at": at })), 1_000_000).as_millis();
        assert_eq!(interval(1_600.0), 5_000);
        assert_eq!(interval(1_002.0), 2_250);
        assert_eq!(interval(999.0), 1_000);
        assert_eq!(interval(900.0), 5_000);
        assert_eq!((interval(f64::MAX), poll_interval(&Run::default(), 0)), (5_000, INTERVAL));
    }

    #[test]
    fn same_calls_have_the_same_ids() {
        let waiting = |status: &str, id: &str| {
            let calls = json!([{ "id": id }]);
            run(json!({ "status": status, "required_action": { "submit_tool_outputs": { "tool_calls": calls } } }))
        };
        let before = waiting("requires_action", "call_1");
        assert!(requires_same_calls(&before, &before.clone()));
        for now in [
            waiting("requires_action", "call_2"),
            waiting("expired", "call_1"),
            run(json!({ "status": "requires_action" })),
            run(json!({ "status": "queued" })),
        ] {
            assert!(!requires_same_calls(&before, &now), "{now:?}");
        }
    }
}
