//! Following runs (docs/protocol/runs.md#states-and-transitions): create, stream or poll, and submit tool outputs,
//! round after round, until they have ended.
//!
//! One loop serves streaming, polling and all ways to answer tool calls.

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
