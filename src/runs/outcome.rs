//! The outcome of a run, as an exit code and a message (docs/design/exit_codes.md).

use super::describe::{describe_run, wait_hint};
use crate::api::objects::{Run, RunStatus, ToolCall};
use crate::exit::{
    FAILED, RUN_CANCELLED, RUN_EXPIRED, RUN_FAILED, RUN_INCOMPLETE, RUN_REQUIRES_ACTION, RUN_TIMEOUT, RunEnded,
};
use std::time::Duration;

/// Returns the outcome of a run that is no longer followed. Only a completed run is a success.
pub(super) fn of(run: &Run) -> Result<(), RunEnded> {
    let ended = |code, how: &str| RunEnded { message: format!("{} {how}", describe_run(run)), ..with_code(code) };
    Err(match run.status().known() {
        Some(RunStatus::Completed) => return Ok(()),
        Some(RunStatus::Failed) => {
            let error = run.last_error().valid();
            let code = error.and_then(|error| non_empty(error.code().valid()));
            let message = error.and_then(|error| non_empty(error.message().valid()));
            RunEnded { cause: message.or_else(|| code.clone()), server_code: code, ..ended(RUN_FAILED, "failed") }
        }
        Some(RunStatus::Incomplete) => {
            let details = run.incomplete_details().valid();
            let cause = details.and_then(|details| non_empty(details.reason().valid()));
            RunEnded { cause, ..ended(RUN_INCOMPLETE, "is incomplete") }
        }
        Some(RunStatus::Expired) => ended(RUN_EXPIRED, "expired"),
        Some(RunStatus::Cancelled) => ended(RUN_CANCELLED, "was cancelled"),
        Some(RunStatus::RequiresAction) => RunEnded {
            cause: Some(required_outputs(run)),
            hint: submit_hint(run),
            ..ended(RUN_REQUIRES_ACTION, "requires action")
        },
        Some(RunStatus::Queued | RunStatus::InProgress | RunStatus::Cancelling) | None => {
            ended(FAILED, &format!("is `{}`", run.status().text().unwrap_or_default()))
        }
    })
}

/// Returns the error for a run that continues after the timeout.
pub(super) fn timed_out(run: &Run, timeout: Duration) -> RunEnded {
    let message = format!("{} has not ended after {} s", describe_run(run), timeout.as_secs_f64());
    RunEnded { message, hint: wait_hint(run), ..with_code(RUN_TIMEOUT) }
}

/// Returns an outcome with an exit code and no text.
fn with_code(code: u8) -> RunEnded {
    RunEnded { code, message: String::new(), cause: None, server_code: None, hint: None }
}

fn non_empty(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Returns the reason why the run requires action: the tool calls for whose outputs it waits.
fn required_outputs(run: &Run) -> String {
    let describe = |call: &ToolCall| {
        let function = call.function().valid().and_then(|function| function.name().valid());
        let name = function.or_else(|| call.kind().text()).unwrap_or("unknown tool");
        format!("{name} ({})", call.id().valid().unwrap_or("no ID"))
    };
    let calls: Vec<String> = run.pending_tool_calls().valid().map(describe).collect();
    match calls.as_slice() {
        [] => "it waits for the outputs of unknown tool calls".to_owned(),
        calls => format!("it waits for the outputs of {}", calls.join(", ")),
    }
}

/// Returns a hint with the command that submits the outputs.
fn submit_hint(run: &Run) -> Option<String> {
    let ids = run.pending_tool_calls().valid().filter_map(|call| call.id().valid());
    let flags: String = ids.map(|id| format!(" --tool-output {id}=TEXT")).collect();
    let (thread, id) = run.thread_id().valid().zip(run.id().valid())?;
    (!flags.is_empty()).then(|| format!("`asst runs submit-tool-outputs {thread} {id}{flags}` submits them"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::api::objects::JsonObject;
    use serde_json::{Value, json};

    fn outcome(run: &Value) -> Result<(), RunEnded> {
        of(Run::from_value_ref(run).unwrap())
    }

    #[test]
    fn each_status_has_its_code() {
        let code = |status| outcome(&json!({"id": "run_1", "status": status})).map_err(|ended| ended.code);
        assert_eq!(code("completed"), Ok(()));
        for (status, expected) in [
            ("failed", 20),
            ("incomplete", 21),
            ("expired", 22),
            ("cancelled", 23),
            ("requires_action", 24),
            ("paused", FAILED),
        ] {
            assert_eq!(code(status), Err(expected), "{status}");
        }
        assert_eq!(timed_out(&Run::default(), Duration::from_millis(1_500)).code, 25);
    }

    #[test]
    fn failed_run_has_its_cause_and_waiting_run_its_tool_calls() {
        let failed = outcome(&json!({"id": "run_1", "thread_id": "thread_1", "status": "failed",
            "last_error": {"code": "server_error", "message": "no luck"}}));
        let failed = failed.unwrap_err();
        assert_eq!(failed.message, "run run_1 of thread_1 failed");
        assert_eq!((failed.cause.as_deref(), failed.server_code.as_deref()), (Some("no luck"), Some("server_error")));
        let calls = json!([{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]);
        let waiting = outcome(&json!({"id": "run_1", "thread_id": "thread_1", "status": "requires_action",
            "required_action": {"submit_tool_outputs": {"tool_calls": calls}}}));
        let waiting = waiting.unwrap_err();
        assert_eq!(waiting.cause.as_deref(), Some("it waits for the outputs of f (call_1)"));
        let hint = "`asst runs submit-tool-outputs thread_1 run_1 --tool-output call_1=TEXT` submits them";
        assert_eq!(waiting.hint.as_deref(), Some(hint));
        let unknown = outcome(&json!({"status": "requires_action", "required_action": null})).unwrap_err();
        assert_eq!(unknown.cause.as_deref(), Some("it waits for the outputs of unknown tool calls"));
    }
}
