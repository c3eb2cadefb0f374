//! Builds new runs, and the token usage of runs and run steps.

use super::members::default_value;
use crate::api::Kind;
use crate::api::objects::{Assistant, JsonObject, OpenEnum, Run, RunStatus, TruncationType};
use crate::json;
use crate::serve::ids;
use serde_json::{Map, Value, json};

/// Returns the run that a request creates. The settings of the assistant are copied, so later changes to it have no
/// effect. `created_at` and `expires_at` are in seconds since 1970.
pub(in crate::serve) fn create(
    thread: &str,
    [created_at, expires_at]: [i64; 2],
    request: &Map<String, Value>,
    assistant: &Assistant,
) -> Run {
    let given = |name: &str| request.get(name).filter(|value| !value.is_null()).cloned();
    let copied = |name: &str| {
        let copy = || assistant.as_map().get(name).cloned().unwrap_or_else(|| default_value(name));
        given(name).unwrap_or_else(copy)
    };
    Run::from_literal(json!({
        "id": ids::new(Kind::Run),
        "object": "thread.run",
        "created_at": created_at,
        "assistant_id": request.get("assistant_id"),
        "thread_id": thread,
        "status": RunStatus::Queued.name(),
        "started_at": null,
        "expires_at": expires_at,
        "cancelled_at": null,
        "failed_at": null,
        "completed_at": null,
        "required_action": null,
        "last_error": null,
        "model": copied("model"),
        "instructions": instructions(&copied("instructions"), given("additional_instructions").as_ref()),
        "tools": copied("tools"),
        "metadata": given("metadata").unwrap_or_else(|| json!({})),
        "temperature": copied("temperature"),
        "top_p": copied("top_p"),
        "max_completion_tokens": given("max_completion_tokens"),
        "max_prompt_tokens": given("max_prompt_tokens"),
        "truncation_strategy": given("truncation_strategy")
            .unwrap_or_else(|| json!({ "type": TruncationType::Auto.name(), "last_messages": null })),
        "incomplete_details": null,
        "usage": null,
        "response_format": copied("response_format"),
        "tool_choice": given("tool_choice").unwrap_or_else(|| "auto".into()),
        "parallel_tool_calls": given("parallel_tool_calls").unwrap_or(Value::Bool(true)),
    }))
}

/// Returns the instructions of a run: those of the assistant, followed by the additional instructions of the request.
fn instructions(of_assistant: &Value, additional: Option<&Value>) -> String {
    let texts = [of_assistant.as_str(), additional.and_then(Value::as_str)];
    let texts: Vec<&str> = texts.into_iter().flatten().filter(|text| !text.is_empty()).collect();
    texts.join("\n")
}

/// Returns the IDs of the vector stores in the `tool_resources` of a request, or `None` if it does not set them.
fn search_stores(object: &Map<String, Value>) -> Option<Vec<String>> {
    let ids = object.get("tool_resources")?.get("file_search")?.get("vector_store_ids")?.as_array()?;
    Some(ids.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// Returns the label of the run that a request creates: a JSON array of the vector stores that replace those of the
/// assistant. They are in the label because the run object of the protocol has no member for them.
pub(in crate::serve) fn label(request: &Map<String, Value>) -> Option<String> {
    search_stores(request).map(|stores| Value::from(stores).to_string())
}

/// Reads the vector stores from the label of a run.
pub(in crate::serve) fn search_stores_of_label(label: Option<&str>) -> Option<Vec<String>> {
    let stores = json::stored(label?).ok()?;
    Some(stores.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// Returns the `usage` of a run or a run step. The sum saturates, because a model endpoint may report any number.
pub(in crate::serve) fn usage(prompt: i64, completion: i64) -> Value {
    json!({ "prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt.saturating_add(completion) })
}

/// Returns the `required_action` of a run that waits for the outputs of these tool calls.
pub(in crate::serve) fn submit_tool_outputs(tool_calls: Vec<Value>) -> Value {
    json!({ "type": "submit_tool_outputs", "submit_tool_outputs": { "tool_calls": tool_calls } })
}
