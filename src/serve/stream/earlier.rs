//! Reconstruction of objects in an earlier state than the stored one. Events that are sent late need the earlier state.

use crate::api::objects::{
    JsonObject, List, Message, MessageStatus, OpenEnum, Run, RunStatus, RunStep, StepStatus, ToolCall, ToolType,
};
use crate::serve::documents::run::submit_tool_outputs;
use crate::serve::engine::lifecycle::RunState;
use serde_json::{Value, json};

/// The members that are null when an object begins.
const LATER_MEMBERS: [&str; 9] = [
    "cancelled_at",
    "completed_at",
    "expired_at",
    "failed_at",
    "incomplete_at",
    "incomplete_details",
    "last_error",
    "required_action",
    "usage",
];

/// Returns a run in the form that it has in another status.
pub(super) fn run_in(state: &RunState, status: RunStatus) -> Run {
    let mut run = state.run.object.clone();
    if state.row.status != status {
        clear_later_members(&mut run);
        run.set_status(status);
        run.set("expires_at", state.row.expires_at);
    }
    run
}

/// Returns a run in the form that it has while it waits for the outputs of the tool calls of a step.
pub(super) fn run_that_waits(state: &RunState, calls: List<'_, &ToolCall>) -> Run {
    let mut run = run_in(state, RunStatus::RequiresAction);
    if run.required_action().is_missing() {
        let calls = calls.valid().filter(|call| call.kind().is(ToolType::Function)).map(|call| {
            let function = call.function().valid();
            let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
            json!({
                "id": call.id().valid(),
                "type": ToolType::Function.name(),
                "function": {
                    "name": text(function.and_then(|function| function.name().valid())),
                    "arguments": text(function.and_then(|function| function.arguments().valid())),
                },
            })
        });
        let action = submit_tool_outputs(calls.collect());
        run.set("required_action", action);
    }
    run
}

/// Returns `true` if a step has function calls, whose outputs the caller submits.
pub(super) fn has_functions(step: &RunStep) -> bool {
    step.tool_calls().valid().any(|call| call.kind().is(ToolType::Function))
}

/// Returns a step in the state in which it began, without tool calls.
pub(super) fn begun_step(step: &RunStep) -> RunStep {
    let mut step = step.clone();
    clear_later_members(&mut step);
    step.set_status(StepStatus::InProgress);
    if let Some(calls) = step.as_map_mut().get_mut("step_details").and_then(|details| details.get_mut("tool_calls")) {
        *calls = json!([]);
    }
    step
}

/// Returns a message in the state in which it began, without content.
pub(super) fn begun_message(message: &Message) -> Message {
    let mut message = message.clone();
    clear_later_members(&mut message);
    message.set_status(MessageStatus::InProgress);
    message.set("content", json!([]));
    message
}

fn clear_later_members(object: &mut impl JsonObject) {
    for name in LATER_MEMBERS {
        if let Some(value) = object.as_map_mut().get_mut(name) {
            *value = Value::Null;
        }
    }
}
