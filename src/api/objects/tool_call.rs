//! Tool calls, as a run waits for their outputs and as run steps contain them (docs/protocol/objects.md#run-step).

use super::object::object;
use super::{JsonObject, List, Open, ToolType};
use serde_json::{Map, Value};

object! {
    /// A tool call.
    ToolCall {
        id: &str,
        /// The type, which is also the name of the member with the details.
        kind ("type"): Open<'_, ToolType>,
        function: &FunctionCall,
        code_interpreter: &CodeInterpreterCall,
        file_search: &FileSearchCall,
    }
}

impl ToolCall {
    /// Returns the function of a call of type `function`, for changes.
    pub fn function_mut(&mut self) -> Option<&mut FunctionCall> {
        self.as_map_mut().get_mut("function")?.as_object_mut().map(FunctionCall::from_map_mut)
    }
}

object! {
    /// A call of a function.
    FunctionCall {
        name: &str,
        /// The arguments as the model wrote them, which need not be valid JSON. Some servers send a JSON value instead.
        arguments: &str,
        /// The output, once it was submitted. Only run steps have it.
        output: &str,
    }
}

object! {
    /// A call of `code_interpreter`.
    CodeInterpreterCall {
        input: &str,
        outputs: List<'_, &CodeInterpreterOutput>,
    }
}

object! {
    /// An output of `code_interpreter`.
    CodeInterpreterOutput {
        /// The type: `logs` or `image`.
        kind ("type"): &str,
        logs: &str,
        image: &OutputImage,
    }
}

object! {
    /// An image that `code_interpreter` created.
    OutputImage {
        file_id: &str,
    }
}

object! {
    /// A call of `file_search`.
    FileSearchCall {
        ranking_options: &Map<String, Value>,
        results: List<'_, &FileSearchResult>,
    }
}

object! {
    /// A result of `file_search`.
    FileSearchResult {
        file_id: &str,
        /// The name of the file. The results of a vector store search call this member `filename`.
        file_name: &str,
        score: f64,
        /// The passages, if the request included them.
        content: List<'_, &Map<String, Value>>,
    }
}
