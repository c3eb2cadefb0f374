//! A run that requires action: its calls are answered, and it is looked at meanwhile, for it may end before the outputs are
//! there.

use super::{Answerer, Following, Voice, has_ended, path_of};
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

/// What is done where a run waits for the outputs of its calls.
#[derive(Debug)]
pub enum Next {
    /// These are submitted: the members of the request, `tool_outputs` among them.
    Submit(Map<String, Value>),
    /// The run is left as it is, which ends the command with code 24.
    Stop,
    /// The same, for this reason.
    Leave(String),
    /// The run is cancelled, for this reason.
    Cancel(String),
}

/// What became of a run that required action.
pub(super) enum Acted {
    /// It goes on, or has ended.
    On(Value),
    /// Nobody does more about it.
    Left(Value),
}

/// How often a run is looked at while its calls are answered: it may have been cancelled, or answered by somebody else.
const GLANCE: Duration = Duration::from_secs(5);

/// The same around the time at which it expires. Clocks differ a little.
const SOON: Duration = Duration::from_secs(1);

impl Following<'_> {
    /// Has the calls of a run answered.
    pub(super) async fn act(&mut self, run: Value, voice: &mut Voice, answers: &mut Answerer<'_>) -> Result<Acted> {
        let next = match self.answered(&run, answers(run.clone())).await? {
            Ok(next) => next,
            Err(now) => return Ok(Acted::On(now)),
        };
        Ok(match next {
            Next::Stop => Acted::Left(run),
            Next::Leave(why) => {
                self.why = Some(why);
                Acted::Left(run)
            }
            Next::Submit(body) => match self.round(self.submission(&run, body)?, voice).await {
                Ok(run) => Acted::On(run),
                Err(error) => Acted::On(self.overtaken(&run, error).await?),
            },
            Next::Cancel(why) => {
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

    /// Waits for answers, as long as the run waits for them; else returns the run as it is.
    async fn answered<'w>(
        &mut self,
        run: &Value,
        mut work: Pin<Box<dyn Future<Output = Result<Next>> + 'w>>,
    ) -> Result<Result<Next, Value>> {
        // Of what cannot be looked at, the answers decide.
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
                // The outputs may be there before the backend is again.
                Err(_) => {}
            }
        }
    }

    /// Looks at a run of which a request was not accepted: it may have gone on without it. Else the failure stands.
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
        if self.plan.way == super::Way::Stream {
            body.insert("stream".to_owned(), true.into());
        }
        Ok(Call::of::<SubmitToolOutputs>(&path_of(run)?, &Nothing {}, Payload::Json(body)))
    }

    /// Says how the run ended, and why, where that is known here.
    pub(super) fn verdict(&self, run: &Value) -> Result<(), RunEnded> {
        RunEnded::of(run).map_err(|ended| RunEnded { cause: self.why.clone().or(ended.cause), ..ended })
    }
}

/// Tells whether a run waits for the outputs of the same calls as before.
fn is_same_question(before: &Value, now: &Value) -> bool {
    let ids = |run: &Value| -> Vec<Value> {
        let calls = run["required_action"]["submit_tool_outputs"]["tool_calls"].as_array();
        calls.into_iter().flatten().map(|call| call["id"].clone()).collect()
    };
    now["status"] == "requires_action" && ids(before) == ids(now)
}

/// Returns how long a run is left alone while its calls are answered, `now` being in milliseconds since 1970.
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
