//! Handling of a run that requires action.
//!
//! While its tool calls are answered, the run is polled, because it may end before the outputs are ready.

use super::{ActionHandler, Following, Voice, has_ended, outcome, path_of};
use crate::api::Nothing;
use crate::api::runs::{CancelRun, SubmitToolOutputs};
use crate::app::Call;
use crate::client::Payload;
use crate::env::clock;
use crate::exit::{CallFailed, RunEnded};
use anyhow::Result;
use serde_json::{Map, Value};
use std::pin::Pin;
use std::time::Duration;
use tokio::time::timeout;

/// The next step for a run that waits for tool outputs.
#[derive(Debug)]
pub enum ActionResponse {
    /// Submit outputs: the members of the request, including `tool_outputs`.
    Submit(Map<String, Value>),
    /// Leave the run as it is. The command ends with exit code 24.
    Stop,
    /// Leave the run as it is, for this reason.
    Leave(String),
    /// Cancel the run, for this reason.
    Cancel(String),
}

/// The state of a run after its required action was handled.
pub(super) enum Acted {
    /// The run continues or has ended.
    On(Value),
    /// Nothing further is done about the run.
    Left(Value),
}

/// The interval at which a run is polled while its calls are answered. It may have been cancelled or answered by
/// another client.
const GLANCE: Duration = Duration::from_secs(5);

/// The polling interval around the run's expiry. It is short because the clocks of client and server differ.
const SOON: Duration = Duration::from_secs(1);

impl Following<'_> {
    /// Obtains outputs for the calls of a run, and acts on them.
    pub(super) async fn act(
        &mut self,
        run: Value,
        voice: &mut Voice,
        answers: &mut ActionHandler<'_>,
    ) -> Result<Acted> {
        let next = match self.answered(&run, answers(run.clone())).await? {
            Ok(next) => next,
            Err(now) => return Ok(Acted::On(now)),
        };
        Ok(match next {
            ActionResponse::Stop => Acted::Left(run),
            ActionResponse::Leave(why) => {
                self.why = Some(why);
                Acted::Left(run)
            }
            ActionResponse::Submit(body) => match self.round(self.submission(&run, body)?, voice).await {
                Ok(run) => Acted::On(run),
                Err(error) => Acted::On(self.overtaken(&run, error).await?),
            },
            ActionResponse::Cancel(why) => {
                self.why = Some(why);
                self.given_up = true;
                let call = Call::of::<CancelRun>(&path_of(&run)?, &Nothing {}, Payload::None);
                let ids = call.ids.clone();
                match self.app.call(call).await {
                    Ok(reply) => Acted::On(self.know(reply.value, &ids)),
                    Err(error) => Acted::On(self.overtaken(&run, error).await?),
                }
            }
        })
    }

    /// Waits for the outputs while the run still requires them. Otherwise returns the run in its new state.
    async fn answered<'w>(
        &mut self,
        run: &Value,
        mut work: Pin<Box<dyn Future<Output = Result<ActionResponse>> + 'w>>,
    ) -> Result<Result<ActionResponse, Value>> {
        // Without a valid path the run cannot be polled, so only the outputs decide.
        let Ok(path) = path_of(run) else { return work.await.map(Ok) };
        loop {
            let undisturbed = async { Ok(timeout(glance(run, clock::now_millis()), &mut work).await) };
            if let Ok(next) = self.by_deadline(run, undisturbed).await? {
                return next.map(Ok);
            }
            let seen = tokio::select! {
                next = &mut work => return next.map(Ok),
                seen = self.look(&path) => seen,
            };
            match seen {
                Ok(now) if is_same_question(run, &now) => {}
                Ok(now) => {
                    self.streamed = false;
                    self.why = has_ended(&now).then(|| "its calls were not answered by then".to_owned());
                    return Ok(Err(now));
                }
                Err(error) if error.is::<RunEnded>() => return Err(error),
                // The outputs may be ready before the backend is available again, so the error is ignored.
                Err(_) => {}
            }
        }
    }

    /// Handles a rejected request. Returns the run if it has moved on in the meantime, and the error otherwise.
    async fn overtaken(&mut self, run: &Value, error: anyhow::Error) -> Result<Value> {
        if !error.is::<CallFailed>() {
            return Err(error);
        }
        match self.look(&path_of(run)?).await {
            Ok(now) if !is_same_question(run, &now) => {
                self.streamed = false;
                if self.why.is_none() && has_ended(&now) {
                    self.why = Some("its calls were not answered by then".to_owned());
                }
                Ok(now)
            }
            _ => Err(error),
        }
    }

    fn submission(&self, run: &Value, mut body: Map<String, Value>) -> Result<Call> {
        if self.options.mode == super::FollowMode::Stream {
            body.insert("stream".to_owned(), true.into());
        }
        Ok(Call::of::<SubmitToolOutputs>(&path_of(run)?, &Nothing {}, Payload::Json(body)))
    }

    /// Returns the final result of a run, with the local reason if there is one.
    pub(super) fn verdict(&self, run: &Value) -> Result<(), RunEnded> {
        outcome::of(run).map_err(|ended| RunEnded { cause: self.why.clone().or(ended.cause), ..ended })
    }
}

/// Returns `true` if the run still waits for the outputs of the same calls.
fn is_same_question(before: &Value, now: &Value) -> bool {
    let ids = |run: &Value| -> Vec<Value> {
        let calls = run["required_action"]["submit_tool_outputs"]["tool_calls"].as_array();
        calls.into_iter().flatten().map(|call| call["id"].clone()).collect()
    };
    now["status"] == "requires_action" && ids(before) == ids(now)
}

/// Returns the time until the next poll while calls are answered. `now` is in milliseconds since 1970.
fn glance(run: &Value, now: i64) -> Duration {
    let Some(expires) = run["expires_at"].as_f64() else { return GLANCE };
    let left = expires - now as f64 / 1_000.0;
    if (-10.0..=0.0).contains(&left) {
        return SOON;
    }
    Duration::try_from_secs_f64(left).map_or(GLANCE, |left| (left + SOON / 4).min(GLANCE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_run_is_looked_at_when_it_expires_and_now_and_then() {
        let run = |at: f64| json!({ "expires_at": at });
        let look = |at: f64| glance(&run(at), 1_000_000).as_millis();
        assert_eq!(look(1_600.0), 5_000);
        assert_eq!(look(1_002.0), 2_250);
        assert_eq!(look(999.0), 1_000);
        assert_eq!(look(900.0), 5_000);
        assert_eq!((look(f64::MAX), glance(&json!({}), 0)), (5_000, GLANCE));
    }

    #[test]
    fn the_same_question_is_about_the_same_calls() {
        let run = |status: &str, id: &str| {
            let calls = json!([{ "id": id }]);
            json!({ "status": status, "required_action": { "submit_tool_outputs": { "tool_calls": calls } } })
        };
        let before = run("requires_action", "call_1");
        assert!(is_same_question(&before, &before.clone()));
        for now in [run("requires_action", "call_2"), run("expired", "call_1"), json!({ "status": "queued" })] {
            assert!(!is_same_question(&before, &now), "{now}");
        }
    }
}
