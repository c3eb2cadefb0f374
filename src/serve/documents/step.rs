//! New run steps.

use crate::api::objects::{JsonObject, OpenEnum, Run, RunStep, StepStatus, StepType};
use crate::serve::ids::RoundIds;
use serde_json::{Value, json};

/// Returns the open step of a round that creates a message.
pub(in crate::serve) fn of_message(run: &Run, ids: &RoundIds) -> RunStep {
    let kind = StepType::MessageCreation.name();
    open(&ids.message_step, run, ids, kind, json!({ "type": kind, "message_creation": { "message_id": ids.message } }))
}

/// Returns the open step of a round with tool calls.
pub(in crate::serve) fn of_tool_calls(run: &Run, ids: &RoundIds, calls: Vec<Value>) -> RunStep {
    let kind = StepType::ToolCalls.name();
    open(&ids.tool_calls_step, run, ids, kind, json!({ "type": kind, "tool_calls": calls }))
}

fn open(id: &str, run: &Run, ids: &RoundIds, kind: &str, details: Value) -> RunStep {
    RunStep::from_literal(json!({
        "id": id,
        "object": "thread.run.step",
        "created_at": ids.created_at,
        "assistant_id": run.assistant_id().valid(),
        "thread_id": run.thread_id().valid(),
        "run_id": run.id().valid(),
        "type": kind,
        "status": StepStatus::InProgress.name(),
        "cancelled_at": null,
        "completed_at": null,
        "expired_at": null,
        "failed_at": null,
        "last_error": null,
        "step_details": details,
        "usage": null,
        "metadata": {},
    }))
}
