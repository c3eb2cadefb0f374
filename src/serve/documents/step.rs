//! Builds new run steps, and converts stored steps to the form of responses.

use crate::api::objects::{FileSearchCall, JsonObject, OpenEnum, Run, RunStep, StepStatus, StepType, ToolType};
use crate::json;
use crate::serve::ids::RoundIds;
use serde_json::{Value, json};

/// Returns the step of a round that creates a message, with the status `in_progress`.
pub(in crate::serve) fn of_message(run: &Run, ids: &RoundIds) -> RunStep {
    let kind = StepType::MessageCreation.name();
    open(&ids.message_step, run, ids, kind, json!({ "type": kind, "message_creation": { "message_id": ids.message } }))
}

/// Returns the step of a round with tool calls, with the status `in_progress`.
pub(in crate::serve) fn of_tool_calls(run: &Run, ids: &RoundIds, calls: Vec<Value>) -> RunStep {
    let kind = StepType::ToolCalls.name();
    open(&ids.tool_calls_step, run, ids, kind, json!({ "type": kind, "tool_calls": calls }))
}

/// The member of a stored search that contains its query. The protocol has no such member, so it is removed from
/// responses.
const QUERY: &str = "query";

/// The value of `include[]` that adds the passages to the results of searches.
const CONTENT: &str = "step_details.tool_calls[*].file_search.results[*].content";

/// Returns a `file_search` call in its stored form.
pub(in crate::serve) fn search_call(id: &str, query: &str, ranking_options: &Value, results: Vec<Value>) -> Value {
    let kind = ToolType::FileSearch.name();
    json!({ "id": id, "type": kind, kind: { QUERY: query, "ranking_options": ranking_options, "results": results } })
}

/// Returns a result of a `file_search` call in its stored form.
pub(in crate::serve) fn search_result(file: &str, filename: &str, score: f64, text: &str) -> Value {
    let content = json!([{ "type": "text", "text": text }]);
    json!({ "file_id": file, "file_name": filename, "score": score, "content": content })
}

/// Returns the query of a stored search.
pub(in crate::serve) fn search_query(search: &FileSearchCall) -> &str {
    search.member(QUERY).or_default()
}

/// Returns `true` if a request includes the passages in the results of searches.
pub(in crate::serve) fn includes_content(include: Option<&Vec<String>>) -> bool {
    include.is_some_and(|include| include.iter().any(|field| field == CONTENT))
}

/// Returns a stored step in the form of responses. The queries of searches are removed, and the passages too unless
/// `with_content` is set.
pub(in crate::serve) fn in_response(step: &RunStep, with_content: bool) -> RunStep {
    let mut step = step.clone();
    let searches = step.tool_calls_mut().filter_map(|call| call.as_map_mut().get_mut(ToolType::FileSearch.name()));
    for search in searches.filter_map(Value::as_object_mut) {
        search.shift_remove(QUERY);
        let results = search.get_mut("results").and_then(Value::as_array_mut).filter(|_| !with_content);
        for result in results.into_iter().flatten().filter_map(Value::as_object_mut) {
            result.shift_remove("content");
        }
    }
    step
}

/// Converts the JSON text of a stored step to the form of responses, like [`in_response`]. A step without searches is
/// returned unchanged.
pub(in crate::serve) fn text_in_response(step: String, with_content: bool) -> Result<String, json::Error> {
    if !step.contains("\"file_search\"") {
        return Ok(step);
    }
    let stored = RunStep::from_map(json::stored(step).and_then(json::into_object)?);
    Ok(in_response(&stored, with_content).to_json())
}

/// Returns a step with the status `in_progress`.
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
