//! The cancellation of a run, and the wait for its end.

use super::pruner::Pruner;
use crate::api::objects::{JsonObject, Run};
use crate::api::runs::{CancelRun, GetRun, OfRun};
use crate::api::{Nothing, PathArgs};
use crate::app::Call;
use crate::app::cleanup::{CANCEL_PAUSE, CANCEL_TIMEOUT};
use crate::client::{ClientError, Payload};
use crate::exit::{self, BUSY, FAILED};
use tokio::time::Instant;

impl Pruner<'_> {
    /// Cancels a run and waits at most [`CANCEL_TIMEOUT`] until it has ended. Returns its last status.
    ///
    /// # Errors
    /// Returns a message and an exit code if the run could not be cancelled or has not ended in time.
    pub(super) async fn cancel_run(&self, thread: &str, run: &str) -> Result<String, (String, u8)> {
        let Ok(path) = OfRun::from_texts(&[thread, run]) else {
            return Err((format!("the ID of run {run} is not valid in a request"), FAILED));
        };
        let failed = |error: ClientError| (format!("could not cancel run {run}: {error}"), exit::code_of(&error));
        // The request is not recorded, because a cancellation by a prune must not change the time of the last use of
        // the thread.
        let cancelled = self.send(&Call::of::<CancelRun>(&path, &Nothing {}, Payload::None)).await;
        // The backend rejects the cancellation of a run that has ended in the meantime.
        if let Err(error) = cancelled
            && exit::code_of(&error) != BUSY
        {
            return Err(failed(error));
        }
        let start = Instant::now();
        loop {
            let reply = match self.send(&Call::of::<GetRun>(&path, &Nothing {}, Payload::None)).await {
                Ok(reply) => reply,
                Err(error) => return Err(failed(error)),
            };
            let status = reply.text("status").unwrap_or("in an unknown state").to_owned();
            if Run::from_value_ref(&reply.value).is_some_and(Run::has_ended) {
                return Ok(status);
            }
            if start.elapsed() >= CANCEL_TIMEOUT || self.stopping.is_set() {
                return Err((format!("run {run} is still {status} after its cancellation"), BUSY));
            }
            tokio::time::sleep(CANCEL_PAUSE).await;
        }
    }
}
