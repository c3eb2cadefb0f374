//! The tool calls for which a run waits, and the check of which ones may be answered. Must not perform I/O.

use super::Failure;
use super::find::is_function_name;
use serde_json::Value;

/// The tool calls for which a run waits.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) thread: String,
    pub(super) run: String,
    pub(super) calls: Vec<Call>,
    /// The names of the functions among the run's tools.
    functions: Vec<String>,
}

/// A tool call of a function.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: String,
    pub(super) name: String,
    /// The arguments as the model wrote them, which need not be valid JSON.
    pub(super) arguments: String,
}

/// The maximum length of a name in output, in characters. No longer name can be that of a function.
const SHOWN: usize = 64;

impl Call {
    /// Returns the name for output. A name that is too long is truncated.
    pub(super) fn shown(&self) -> String {
        self.name.chars().take(SHOWN).collect()
    }
}

impl Pending {
    /// Reads the pending tool calls of a run.
    ///
    /// # Errors
    /// Returns the reason why outputs could not be submitted: a call has no ID.
    pub(super) fn read(run: &Value) -> Result<Self, String> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let calls = run["required_action"]["submit_tool_outputs"]["tool_calls"].as_array();
        let calls = calls.into_iter().flatten().map(|call| {
            let function = &call["function"];
            let arguments = match &function["arguments"] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                // Some servers send the arguments as a JSON value instead of a string.
                other => other.to_string(),
            };
            Some(Call { id: text(&call["id"])?, name: text(&function["name"]).unwrap_or_default(), arguments })
        });
        let calls = calls.collect::<Option<_>>().ok_or("it waits for the output of a call that has no id")?;
        let tools = run["tools"].as_array().into_iter().flatten();
        Ok(Self {
            thread: text(&run["thread_id"]).unwrap_or_default(),
            run: text(&run["id"]).unwrap_or_default(),
            calls,
            functions: tools.filter_map(|tool| text(&tool["function"]["name"])).collect(),
        })
    }

    /// Returns the reason to reject a call before a handler is looked up, or `None` if it is acceptable.
    pub(super) fn refuses(&self, call: &Call) -> Option<Failure> {
        if !is_function_name(&call.name) {
            return Some(Failure::NoName);
        }
        (!self.functions.contains(&call.name)).then_some(Failure::NotOffered)
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

    #[test]
    fn arguments_stay_as_they_are() {
        let read = |arguments: Value| {
            Pending::read(&run(&json!([call(&json!("a"), &arguments)]))).unwrap().calls.remove(0).arguments
        };
        assert_eq!(read(json!("{\"x\": 1.50,")), "{\"x\": 1.50,");
        assert_eq!(read(json!({"x": 1})), "{\"x\":1}");
        assert_eq!(read(json!(null)), "");
    }

    #[test]
    fn only_functions_among_the_tools_are_answered() {
        let refused = |name: &str| {
            let pending = Pending::read(&run(&json!([call(&json!(name), &json!(""))]))).unwrap();
            pending.refuses(&pending.calls[0])
        };
        assert_eq!(refused("a"), None);
        assert_eq!(refused("b"), Some(Failure::NotOffered));
        for name in ["", "../a", "a b", "a/b", ".", "ä", "a\n", &"a".repeat(65)] {
            assert_eq!(refused(name), Some(Failure::NoName), "{name:?}");
        }
    }

    #[test]
    fn a_run_that_tells_no_tools_offers_none_and_no_calls_is_nothing_to_do() {
        let mut bare = run(&json!([call(&json!("a"), &json!(""))]));
        bare["tools"] = Value::Null;
        let pending = Pending::read(&bare).unwrap();
        assert_eq!(pending.refuses(&pending.calls[0]), Some(Failure::NotOffered));
        assert!(Pending::read(&json!({"id": "run_1"})).unwrap().calls.is_empty());
        assert!(Pending::read(&run(&json!([{"function": {"name": "a"}}]))).is_err());
    }
}
