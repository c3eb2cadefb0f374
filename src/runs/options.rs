//! The parameters for following a run.

use crate::api::objects::Run;
use crate::api::runs::OfRun;
use crate::app::Call;
use serde_json::{Map, Value};
use std::pin::Pin;
use std::time::Duration;

/// The options for following a run.
#[derive(Debug, Clone, Copy)]
pub struct FollowOptions {
    pub mode: FollowMode,
    /// The time limit for the whole run. `None` means no limit.
    pub timeout: Option<Duration>,
    /// The time between two polls. It overrides the interval of the server and the growing default.
    pub interval: Option<Duration>,
    pub on_interrupt: OnInterrupt,
}

/// The source of the states of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowMode {
    /// The requests that start or continue the run return a stream of events.
    Stream,
    /// The run is requested again and again.
    Poll,
}

/// The action for a run that has not ended when a signal stops the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnInterrupt {
    /// The user is asked at a terminal. Without a terminal, the run continues.
    #[default]
    Ask,
    /// The run is cancelled.
    Cancel,
}

/// The starting point for following a run.
#[derive(Debug, Clone)]
pub enum RunStart {
    /// A request that creates a run or lets it continue.
    Request(Box<Call>),
    /// A run that exists.
    Existing(OfRun),
}

/// The part of the result that is shown in the formats with all members, such as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownResult {
    /// The run only.
    Run,
    /// The run, with its messages as a member.
    RunWithMessages,
}

/// The decision of a handler about a run that waits for tool outputs.
#[derive(Debug)]
pub enum ActionResponse {
    /// Submit outputs: the members of the request, including `tool_outputs`.
    Submit(Map<String, Value>),
    /// Leave the run waiting. The command ends with exit code 24.
    Leave { reason: Option<String> },
    /// Cancel the run.
    Cancel { reason: String },
}

/// The future of an action handler.
pub type ActionFuture<'a> = Pin<Box<dyn Future<Output = ActionResponse> + 'a>>;

/// A function that answers the tool calls of a run. It receives the run as the server returned it.
pub type ActionHandler<'a> = dyn FnMut(Run) -> ActionFuture<'a> + 'a;

/// A function that answers the tool calls of several runs concurrently.
pub type SharedActionHandler<'a> = dyn Fn(Run) -> ActionFuture<'a> + 'a;

/// An action handler that answers no tool call. The run stays waiting, and the command reports the required action.
pub fn leave_waiting(_: Run) -> ActionFuture<'static> {
    Box::pin(async { ActionResponse::Leave { reason: None } })
}

/// Returns `true` if the body of a request requests a stream.
pub fn requests_stream(body: &Map<String, Value>) -> bool {
    body.get("stream") == Some(&Value::Bool(true))
}
