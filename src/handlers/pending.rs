//! The tool calls for which a run waits, and the check whether a call may be answered. Performs no I/O.

use super::error::ToolCallError;
use super::programs::is_function_name;
use crate::api::objects::{FunctionCall, JsonObject, Run, ToolCall};
use crate::json;
use crate::ui::shorten;
use serde_json::Value;

/// The maximum length of a name in messages, in characters. A valid function name is not longer.
const MAX_SHOWN_NAME: usize = 64;

/// The tool calls for which a run waits.
#[derive(Debug)]
pub(super) struct PendingCalls {
    pub(super) thread: String,
    pub(super) run: String,
    pub(super) calls: Vec<PendingCall>,
    /// The names of the functions among the run's tools.
    functions: Vec<String>,
}

/// A call of a function for which a run waits.
#[derive(Debug)]
pub(super) struct PendingCall {
    pub(super) id: String,
    pub(super) name: String,
    /// The arguments as the model wrote them, which need not be valid JSON.
    pub(super) arguments: String,
}

impl PendingCall {
    /// Reads a tool call. Returns `None` if it has no ID.
    fn read(call: &ToolCall) -> Option<Self> {
        let function = call.function().valid();
        Some(Self {
            id: call.id().valid()?.to_owned(),
            name: function.map(|function| function.name().or_default().to_owned()).unwrap_or_default(),
            arguments: function.map(arguments).unwrap_or_default(),
        })
    }

    /// Returns the name for messages, shortened if it is too long for the name of a function.
    pub(super) fn shown_name(&self) -> String {
        shorten(&self.name, MAX_SHOWN_NAME).into_owned()
    }
}

/// Returns the arguments of a call. Some servers send them as a JSON value instead of a string.
fn arguments(function: &FunctionCall) -> String {
    let value: Option<&Value> = function.member("arguments").valid();
    value.map(|value| json::unquoted(value).into_owned()).unwrap_or_default()
}

impl PendingCalls {
    /// Reads the pending tool calls of a run.
    ///
    /// # Errors
    /// Returns an error if a call has no ID, because its output could not be submitted.
    pub(super) fn read(run: &Run) -> Result<Self, String> {
        let calls = run.pending_tool_calls().fields().map(|call| PendingCall::read(call.valid()?));
        let calls = calls.collect::<Option<_>>().ok_or("the run waits for the output of a tool call without an ID")?;
        let tools = run.tools().or_default().valid();
        let functions = tools.filter_map(|tool| tool.function().valid()?.name().valid());
        Ok(Self {
            thread: run.thread_id().or_default().to_owned(),
            run: run.id().or_default().to_owned(),
            calls,
            functions: functions.map(str::to_owned).collect(),
        })
    }

    /// Returns the reason why no handler may answer a call: its name is not valid, or is not among the tools of the
    /// run. Returns `None` if a handler may answer it.
    pub(super) fn rejection(&self, call: &PendingCall) -> Option<ToolCallError> {
        if !is_function_name(&call.name) {
            return Some(ToolCallError::InvalidName);
        }
        (!self.functions.contains(&call.name)).then_some(ToolCallError::NotATool)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(calls: &Value) -> Value {
        json!({"id": "run_1", "thread_id": "thread_1",
            "tools": [{"type": "file_search"}, {"type": "function", "function": {"name": "a"}}],
            "required_action": {"submit_tool_outputs": {"tool_calls": calls}}})
    }

    fn call(name: &Value, arguments: &Value) -> Value {
        json!({"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}})
    }

    fn read(run: &Value) -> Result<PendingCalls, String> {
        PendingCalls::read(Run::from_value_ref(run).unwrap())
    }

    #[test]
    fn arguments_are_unchanged() {
        let arguments_of =
            |arguments: Value| read(&run(&json!([call(&json!("a"), &arguments)]))).unwrap().calls.remove(0).arguments;
        assert_eq!(arguments_of(json!("{\"x\": 1.50,")), "{\"x\": 1.50,");
        assert_eq!(arguments_of(json!({"x": 1})), "{\"x\":1}");
        assert_eq!(arguments_of(json!(null)), "");
    }

    #[test]
    fn only_functions_among_the_tools_are_accepted() {
        let rejection = |name: &str| {
            let pending = read(&run(&json!([call(&json!(name), &json!(""))]))).unwrap();
            pending.rejection(&pending.calls[0])
        };
        assert_eq!(rejection("a"), None);
        assert_eq!(rejection("b"), Some(ToolCallError::NotATool));
        for name in ["", "../a", "a b", "a/b", ".", "ä", "a\n", &"a".repeat(65)] {
            assert_eq!(rejection(name), Some(ToolCallError::InvalidName), "{name:?}");
        }
    }

    #[test]
    fn run_without_tools_or_calls_is_accepted_and_a_call_without_id_is_not() {
        let mut bare = run(&json!([call(&json!("a"), &json!(""))]));
        bare["tools"] = Value::Null;
        let pending = read(&bare).unwrap();
        assert_eq!(pending.rejection(&pending.calls[0]), Some(ToolCallError::NotATool));
        assert!(read(&json!({"id": "run_1"})).unwrap().calls.is_empty());
        assert!(read(&run(&json!([{"function": {"name": "a"}}]))).is_err());
        assert!(read(&run(&json!([7]))).is_err());
    }
}
