//! Following of runs until they have ended (docs/protocol/runs.md#states-and-transitions).
//!
//! `follow.rs` has the loop, which is the same for streaming and polling. A round is a request that starts or continues
//! the run (`round.rs`, `stream.rs`). The run is then polled until it ends or requires action (`follower.rs`). If it
//! requires action, the loop submits tool outputs (`tool_calls.rs`), which begins the next round. `output.rs` shows the
//! progress, and `interrupt.rs` handles Ctrl-C.

mod citations;
mod describe;
mod event_output;
mod follow;
mod followed_runs;
mod follower;
mod interrupt;
mod messages;
mod options;
mod outcome;
mod output;
mod round;
mod run;
mod stream;
mod text_output;
mod tool_calls;

pub use follow::{follow, follow_all};
pub use options::{
    ActionFuture, ActionResponse, FollowMode, FollowOptions, OnInterrupt, RunStart, ShownResult, leave_waiting,
    requests_stream,
};
