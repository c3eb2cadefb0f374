//! Assistants and tools (docs/protocol/objects.md#assistant).

use super::object::object;
use super::{List, Open, OpenEnum};
use serde_json::{Map, Value};

object! {
    /// An assistant.
    Assistant {
        id: &str,
        object: &str,
        /// The time of creation in seconds since 1970.
        created_at: f64,
        name: &str,
        description: &str,
        model: &str,
        instructions: &str,
        tools: List<'_, &Tool>,
        tool_resources: &ToolResources,
        metadata: &Map<String, Value>,
        temperature: f64,
        top_p: f64,
        /// The text `auto` or an object.
        response_format: &Value,
    }
}

object! {
    /// A tool of an assistant or a run.
    Tool {
        /// The type of the tool.
        kind ("type"): Open<'_, ToolType>,
        /// The function of a tool of type `function`.
        function: &FunctionDefinition,
        /// The options of a tool of type `file_search`.
        file_search: &Map<String, Value>,
    }
}

impl Tool {
    /// Returns the name of the function of a tool of type `function`.
    pub fn function_name(&self) -> Option<&str> {
        self.function().valid()?.name().valid()
    }
}

object! {
    /// A function that the model can call.
    FunctionDefinition {
        name: &str,
        description: &str,
        /// The parameters as a JSON Schema.
        parameters: &Map<String, Value>,
        strict: bool,
    }
}

object! {
    /// The files and vector stores of the tools of an assistant or a thread.
    ToolResources {
        code_interpreter: &CodeInterpreterResources,
        file_search: &FileSearchResources,
    }
}

impl ToolResources {
    /// Returns the IDs of the files of `code_interpreter`.
    pub fn file_ids(&self) -> List<'_, &str> {
        self.code_interpreter().valid().map(|resources| resources.file_ids().or_default()).unwrap_or_default()
    }

    /// Returns the IDs of the vector stores of `file_search`.
    pub fn vector_store_ids(&self) -> List<'_, &str> {
        self.file_search().valid().map(|resources| resources.vector_store_ids().or_default()).unwrap_or_default()
    }
}

object! {
    /// The files of `code_interpreter`.
    CodeInterpreterResources {
        file_ids: List<'_, &str>,
    }
}

object! {
    /// The vector stores of `file_search`.
    FileSearchResources {
        vector_store_ids: List<'_, &str>,
    }
}

/// A type of tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolType {
    CodeInterpreter,
    FileSearch,
    Function,
}

impl OpenEnum for ToolType {
    const VALUES: &'static [(Self, &'static str)] =
        &[(Self::CodeInterpreter, "code_interpreter"), (Self::FileSearch, "file_search"), (Self::Function, "function")];
}
