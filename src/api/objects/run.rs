//! Runs (docs/protocol/objects.md#run, docs/protocol/runs.md).

use super::object::object;
use super::{JsonObject, List, Open, OpenEnum, Tool, ToolCall};
use serde_json::{Map, Value};

object! {
    /// A run.
    Run {
        id: &str,
        object: &str,
        /// The time of creation in seconds since 1970.
        created_at: f64,
        thread_id: &str,
        assistant_id: &str,
        status: Open<'_, RunStatus>,
        required_action: &RequiredAction,
        last_error: &LastError,
        expires_at: f64,
        started_at: f64,
        cancelled_at: f64,
        failed_at: f64,
        completed_at: f64,
        incomplete_details: &IncompleteDetails,
        model: &str,
        instructions: &str,
        tools: List<'_, &Tool>,
        metadata: &Map<String, Value>,
        usage: &Usage,
        temperature: f64,
        top_p: f64,
        max_prompt_tokens: i64,
        max_completion_tokens: i64,
        truncation_strategy: &TruncationStrategy,
        /// The text `none`, `auto`, or `required`, or an object.
        tool_choice: &Value,
        parallel_tool_calls: bool,
        /// The text `auto` or an object.
        response_format: &Value,
    }
}

impl Run {
    /// Returns `true` if the run has reached a final status. An unknown status counts as not final.
    pub fn has_ended(&self) -> bool {
        self.status().known().is_some_and(RunStatus::is_terminal)
    }

    /// Returns `true` if the run waits for the outputs of tool calls.
    pub fn requires_action(&self) -> bool {
        self.status().is(RunStatus::RequiresAction)
    }

    /// Sets the status.
    pub fn set_status(&mut self, status: RunStatus) {
        self.set("status", status.name());
    }

    /// Returns the tool calls for whose outputs the run waits. The list is empty if the run states none.
    pub fn pending_tool_calls(&self) -> List<'_, &ToolCall> {
        let outputs = self.required_action().valid().and_then(|action| action.submit_tool_outputs().valid());
        outputs.map(|outputs| outputs.tool_calls().or_default()).unwrap_or_default()
    }
}

/// The status of a run (docs/protocol/runs.md#states-and-transitions).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunStatus {
    Queued,
    InProgress,
    RequiresAction,
    Cancelling,
    Cancelled,
    Failed,
    Completed,
    Incomplete,
    Expired,
}

impl OpenEnum for RunStatus {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Queued, "queued"),
        (Self::InProgress, "in_progress"),
        (Self::RequiresAction, "requires_action"),
        (Self::Cancelling, "cancelling"),
        (Self::Cancelled, "cancelled"),
        (Self::Failed, "failed"),
        (Self::Completed, "completed"),
        (Self::Incomplete, "incomplete"),
        (Self::Expired, "expired"),
    ];
}

impl RunStatus {
    /// Returns `true` if the status is final. A run in any other status locks its thread.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Cancelled | Self::Failed | Self::Completed | Self::Incomplete | Self::Expired)
    }

    /// Returns `true` if a cancel request has an effect on the run.
    pub const fn is_cancellable(self) -> bool {
        matches!(self, Self::Queued | Self::InProgress | Self::RequiresAction)
    }
}

object! {
    /// The action for which a run waits.
    RequiredAction {
        /// The type, of which `submit_tool_outputs` is the only documented one.
        kind ("type"): &str,
        submit_tool_outputs: &SubmitToolOutputs,
    }
}

object! {
    /// The outputs for which a run waits.
    SubmitToolOutputs {
        tool_calls: List<'_, &ToolCall>,
    }
}

object! {
    /// The error of a failed run, run step, or file of a vector store.
    LastError {
        code: &str,
        message: &str,
    }
}

object! {
    /// The reason why a run or a message is incomplete.
    IncompleteDetails {
        reason: &str,
    }
}

object! {
    /// The tokens that a run or a run step used.
    Usage {
        prompt_tokens: i64,
        completion_tokens: i64,
        total_tokens: i64,
        /// Details that the document does not have.
        prompt_token_details: &Map<String, Value>,
    }
}

object! {
    /// The part of a thread that the model receives.
    TruncationStrategy {
        kind ("type"): Open<'_, TruncationType>,
        /// The number of messages, if the type is `last_messages`.
        last_messages: i64,
    }
}

/// A type of truncation strategy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TruncationType {
    Auto,
    LastMessages,
}

impl OpenEnum for TruncationType {
    const VALUES: &'static [(Self, &'static str)] = &[(Self::Auto, "auto"), (Self::LastMessages, "last_messages")];
}
