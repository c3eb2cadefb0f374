//! The outcome of a run, as an exit code and a message (docs/design/exit_codes.md).

use super::text;
use crate::app::App;
use crate::exit::{
    FAILED, RUN_CANCELLED, RUN_EXPIRED, RUN_FAILED, RUN_INCOMPLETE, RUN_REQUIRES_ACTION, RUN_TIMEOUT, RunEnded,
};
use serde_json::Value;
use std::time::Duration;

/// Returns the outcome of a run that is no longer followed. Only a completed run is a success.
pub(super) fn of(run: &Value) -> Result<(), RunEnded> {
    let ended = |code, how: &str| RunEnded { message: format!("{} {how}", named(run)), ..with_code(code) };
    let error = &run["last_error"];
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let reason = text(&run["incomplete_details"]["reason"]);
    Err(match run["status"].as_str().unwrap_or_default() {
        "completed" => return Ok(()),
        "failed" => RunEnded {
            cause: text(&error["message"]).or_else(|| text(&error["code"])),
            server_code: text(&error["code"]),
            ..ended(RUN_FAILED, "failed")
        },
        "incomplete" => RunEnded { cause: reason, ..ended(RUN_INCOMPLETE, "is incomplete") },
        "expired" => ended(RUN_EXPIRED, "expired"),
        "cancelled" => ended(RUN_CANCELLED, "was cancelled"),
        "requires_action" => RunEnded {
            cause: Some(requirement(run)),
            hint: submit_hint(run),
            ..ended(RUN_REQUIRES_ACTION, "requires action")
        },
        status => ended(FAILED, &format!("is `{status}`")),
    })
}

/// Returns the error for a run that continues after the timeout.
pub(super) fn timed_out(run: &Value, after: Duration) -> RunEnded {
    let message = format!("{} is still going after {}", named(run), seconds(after));
    RunEnded { message, hint: wait_hint(run), ..with_code(RUN_TIMEOUT) }
}

fn with_code(code: u8) -> RunEnded {
    RunEnded { code, message: String::new(), cause: None, server_code: None, hint: None }
}

/// Reports the calls for which a run waits, one per line.
pub(super) fn tell_calls(app: &App, run: &Value) {
    for call in calls(run) {
        app.ui().note(&format!("{} [{}]", text::call(call), call["id"].as_str().unwrap_or("no id")));
    }
}

/// Returns a description of a run and its thread.
pub(super) fn named(run: &Value) -> String {
    match (run["id"].as_str(), run["thread_id"].as_str()) {
        (Some(id), Some(thread)) => format!("run {id} of {thread}"),
        (Some(id), None) => format!("run {id}"),
        _ => "the run".to_owned(),
    }
}

/// Returns a hint with the command that waits for the run.
pub(super) fn wait_hint(run: &Value) -> Option<String> {
    Some(format!("`asst runs wait {} {}` waits for it", run["thread_id"].as_str()?, run["id"].as_str()?))
}

fn calls(run: &Value) -> &[Value] {
    run["required_action"]["submit_tool_outputs"]["tool_calls"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn requirement(run: &Value) -> String {
    let names: Vec<String> = calls(run)
        .iter()
        .map(|call| {
            let name = call["function"]["name"].as_str().or(call["type"].as_str()).unwrap_or("a call");
            format!("{name} ({})", call["id"].as_str().unwrap_or("no id"))
        })
        .collect();
    match names.as_slice() {
        [] => "it does not say which outputs it waits for".to_owned(),
        names => format!("it waits for the outputs of {}", names.join(", ")),
    }
}

fn submit_hint(run: &Value) -> Option<String> {
    let flags: String =
        calls(run).iter().filter_map(|call| Some(format!(" --tool-output {}=TEXT", call["id"].as_str()?))).collect();
    let (thread, id) = (run["thread_id"].as_str()?, run["id"].as_str()?);
    (!flags.is_empty()).then(|| format!("`asst runs submit-tool-outputs {thread} {id}{flags}` gives them"))
}

fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    format!("{seconds} s")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_status_has_its_code() {
        let code = |status| of(&json!({"id": "run_1", "status": status})).map_err(|ended| ended.code);
        assert_eq!(code("completed"), Ok(()));
        for (status, expected) in
            [("failed", 20), ("incomplete", 21), ("expired", 22), ("cancelled", 23), ("requires_action", 24)]
        {
            assert_eq!(code(status), Err(expected), "{status}");
        }
        assert_eq!(timed_out(&json!({}), Duration::from_millis(1_500)).code, 25);
    }

    #[test]
    fn a_failure_says_why_and_a_waiting_run_what_for() {
        let failed = of(&json!({"id": "run_1", "thread_id": "thread_1", "status": "failed",
            "last_error": {"code": "server_error", "message": "no luck"}}));
        let failed = failed.unwrap_err();
        assert_eq!(failed.message, "run run_1 of thread_1 failed");
        assert_eq!((failed.cause.as_deref(), failed.server_code.as_deref()), (Some("no luck"), Some("server_error")));
        let calls = json!([{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]);
        let waiting = of(&json!({"id": "run_1", "thread_id": "thread_1", "status": "requires_action",
            "required_action": {"submit_tool_outputs": {"tool_calls": calls}}}));
        let waiting = waiting.unwrap_err();
        assert_eq!(waiting.cause.as_deref(), Some("it waits for the outputs of f (call_1)"));
        let hint = "`asst runs submit-tool-outputs thread_1 run_1 --tool-output call_1=TEXT` gives them";
        assert_eq!(waiting.hint.as_deref(), Some(hint));
        let odd = of(&json!({"status": "requires_action", "required_action": null})).unwrap_err();
        assert_eq!(odd.cause.as_deref(), Some("it does not say which outputs it waits for"));
    }
}
