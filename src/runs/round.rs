//! A round of a run: a request that starts or continues the run, and its response.

use super::follower::RunFollower;
use super::options::FollowMode;
use super::output::RunOutput;
use crate::api::objects::Run;
use crate::app::Call;
use anyhow::Result;

impl RunFollower<'_> {
    /// Sends a request that starts or continues the run. Returns the run in the state that the response shows.
    pub(super) async fn round(&mut self, call: Call, output: &mut RunOutput) -> Result<Run> {
        self.schedule.restart();
        self.prepare(&call).await?;
        let call = call.until(self.deadline);
        if self.options.mode == FollowMode::Stream {
            return self.stream(call, output).await;
        }
        let ids = call.ids.clone();
        let reply = self.app.call(call).await?;
        self.schedule.set_server_pause(reply.poll_after);
        Ok(self.update(reply.value, &ids))
    }
}
