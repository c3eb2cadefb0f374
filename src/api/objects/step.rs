//! Run steps (docs/protocol/objects.md#run-step).

use super::object::object;
use super::{JsonObject, LastError, List, Open, OpenEnum, ToolCall, Usage};
use serde_json::{Map, Value};

object! {
    /// A run step.
    RunStep {
        id: &str,
        object: &str,
        /// The time of creation in seconds since 1970.
        created_at: f64,
        assistant_id: &str,
        thread_id: &str,
        run_id: &str,
        kind ("type"): Open<'_, StepType>,
        status: Open<'_, StepStatus>,
        step_details: &StepDetails,
        last_error: &LastError,
        /// The time of expiry. The examples of the document have `expires_at` instead.
        expired_at: f64,
        cancelled_at: f64,
        failed_at: f64,
        completed_at: f64,
        metadata: &Map<String, Value>,
        usage: &Usage,
    }
}

impl RunStep {
    /// Sets the status.
    pub fn set_status(&mut self, status: StepStatus) {
        self.set("status", status.name());
    }

    /// Returns the tool calls of a step of type `tool_calls`.
    pub fn tool_calls(&self) -> List<'_, &ToolCall> {
        self.step_details().valid().map(|details| details.tool_calls().or_default()).unwrap_or_default()
    }

    /// Returns the tool calls of a step of type `tool_calls`, for changes.
    pub fn tool_calls_mut(&mut self) -> impl Iterator<Item = &mut ToolCall> {
        let details = self.as_map_mut().get_mut("step_details");
        let calls = details.and_then(|details| details.get_mut("tool_calls")).and_then(Value::as_array_mut);
        calls.into_iter().flatten().filter_map(Value::as_object_mut).map(ToolCall::from_map_mut)
    }

    /// Returns the ID of the message that a step of type `message_creation` creates.
    pub fn message_id(&self) -> Option<&str> {
        self.step_details().valid()?.message_creation().valid()?.message_id().valid()
    }
}

object! {
    /// The details of a run step.
    StepDetails {
        /// The type, which is also the name of the member with the details.
        kind ("type"): Open<'_, StepType>,
        message_creation: &MessageCreation,
        tool_calls: List<'_, &ToolCall>,
    }
}

object! {
    /// The message that a run step creates.
    MessageCreation {
        message_id: &str,
    }
}

/// A type of run step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepType {
    MessageCreation,
    ToolCalls,
}

impl OpenEnum for StepType {
    const VALUES: &'static [(Self, &'static str)] =
        &[(Self::MessageCreation, "message_creation"), (Self::ToolCalls, "tool_calls")];
}

/// The status of a run step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepStatus {
    InProgress,
    Cancelled,
    Failed,
    Completed,
    Expired,
}

impl OpenEnum for StepStatus {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::InProgress, "in_progress"),
        (Self::Cancelled, "cancelled"),
        (Self::Failed, "failed"),
        (Self::Completed, "completed"),
        (Self::Expired, "expired"),
    ];
}
