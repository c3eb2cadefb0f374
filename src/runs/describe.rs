//! Descriptions of runs and tool calls for messages.

use crate::api::objects::{Run, ToolCall};
use crate::ui::{Ui, shorten};

/// The maximum length of names, arguments and outputs in a description, in characters.
const MAX_TEXT: usize = 200;

/// Returns a description of a run with its ID and its thread, such as `run run_1 of thread_1`.
pub(super) fn describe_run(run: &Run) -> String {
    match (run.id().valid(), run.thread_id().valid()) {
        (Some(id), Some(thread)) => format!("run {id} of {thread}"),
        (Some(id), None) => format!("run {id}"),
        _ => "the run".to_owned(),
    }
}

/// Returns a hint with the command that waits for the run.
pub(super) fn wait_hint(run: &Run) -> Option<String> {
    Some(format!("`asst runs wait {} {}` waits for it", run.thread_id().valid()?, run.id().valid()?))
}

/// Returns the status of a run in words.
pub(super) fn status_text(run: &Run) -> Option<String> {
    run.status().text().map(|status| status.replace('_', " "))
}

/// Returns a description of a tool call in one line, such as `get_weather({"city":"Rome"}) = 21`.
pub(super) fn describe_tool_call(call: &ToolCall) -> String {
    let function = call.function().valid();
    if let Some((function, name)) = function.and_then(|function| Some((function, function.name().valid()?))) {
        let output = function.output().valid().map(|output| format!(" = {}", one_line(output))).unwrap_or_default();
        return format!("{}({}){output}", one_line(name), one_line(function.arguments().or_default()));
    }
    if let Some(input) = call.code_interpreter().valid().and_then(|call| call.input().valid()) {
        return format!("code_interpreter: {}", one_line(input));
    }
    if let Some(results) = call.file_search().valid().and_then(|call| call.results().valid()) {
        return format!("file_search: {} results", results.values().len());
    }
    one_line(call.kind().text().unwrap_or("unknown tool"))
}

/// Prints the tool calls for which a run waits, one per line.
pub(super) fn report_tool_calls(ui: &Ui, run: &Run) {
    for call in run.pending_tool_calls().valid() {
        ui.note(&format!("{} [{}]", describe_tool_call(call), call.id().valid().unwrap_or("no ID")));
    }
}

/// Returns a text on one line, shortened to [`MAX_TEXT`].
fn one_line(text: &str) -> String {
    shorten(&text.split_whitespace().collect::<Vec<_>>().join(" "), MAX_TEXT).into_owned()
}
