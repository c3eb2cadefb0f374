//! Assistants (docs/protocol/endpoints.md#assistants).

use super::args::{self, Pair};
use super::details::Foundry;
use super::endpoint::{Body, Nothing, endpoints, paths};
use super::objects::Assistant;
use super::paging::Paging;
use super::response::{Deleted, Made, One, Page};
use super::schemas::{METADATA, NEW_TOOL_RESOURCES, RESPONSE_FORMAT, TOOL_RESOURCES, TOOLS, foundry};
use serde::{Deserialize, Serialize};
use serde_json::Value;

paths! {
    /// The path of an assistant.
    OfAssistant(
        /// ID of the assistant
        assistant_id: AssistantId
    );
}

/// The members of an assistant.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct AssistantSpec {
    /// Model to use (on Azure: the deployment name)
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Name of the assistant, at most 256 characters
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Description of the assistant, at most 512 characters
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Instructions for the model, at most 256000 characters
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Read the instructions from a file
    #[arg(long, value_name = "PATH|-", conflicts_with = "instructions", value_parser = args::text_file)]
    #[serde(skip)]
    pub instructions_file: Option<String>,
    /// Reasoning effort of the model: none, minimal, low, medium, high, xhigh, max
    #[arg(long, value_name = "EFFORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_effort: Option<String>,
    /// Tool to enable: code_interpreter, file_search, JSON or @path (repeatable); an update replaces all tools
    #[arg(long = "tool", value_name = "KEYWORD|JSON|@path", value_parser = args::tool)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Value>>,
    /// Files and vector stores for the tools
    #[arg(long, value_name = "JSON|@path", value_parser = args::object)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_resources: Option<Value>,
    /// Metadata pair (repeatable, at most 16); an update replaces all pairs
    #[arg(long, value_name = "KEY=VALUE")]
    #[serde(with = "args::pairs", skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Vec<Pair>>,
    /// Sampling temperature, 0 to 2
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Nucleus sampling probability, 0 to 1
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Response format: auto, text, json_object, JSON or @path
    #[arg(long, value_name = "KEYWORD|JSON|@path", value_parser = args::response_format)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_format: Option<Value>,
}

impl Body for AssistantSpec {
    fn fold(mut self) -> Self {
        self.instructions = self.instructions.or(self.instructions_file.take());
        self
    }
}

const FOUNDRY: Foundry = Foundry {
    lacks: &["reasoning_effort"],
    members: &[foundry::TOOLS, foundry::TOOL_RESOURCES],
    preview: &[foundry::PREVIEW_TOOLS, foundry::PREVIEW_TOOL_RESOURCES],
    ..Foundry::SAME
};

endpoints! {
    ListAssistants = "listAssistants" "list assistants":
        Read Get "/assistants" Nothing(), Paging, Nothing => Page<Assistant>;
    CreateAssistant = "createAssistant" "create assistant":
        Once Post "/assistants" Nothing(), Nothing, AssistantSpec => Made<Assistant> {
            members: &[TOOLS, NEW_TOOL_RESOURCES, METADATA, RESPONSE_FORMAT],
            foundry: FOUNDRY,
        };
    GetAssistant = "getAssistant" "get assistant":
        Read Get "/assistants/{assistant_id}" OfAssistant(assistant_id), Nothing, Nothing => One<Assistant>;
    UpdateAssistant = "modifyAssistant" "update assistant":
        Repeatable Post "/assistants/{assistant_id}" OfAssistant(assistant_id), Nothing, AssistantSpec => One<Assistant> {
            members: &[TOOLS, TOOL_RESOURCES, METADATA, RESPONSE_FORMAT],
            foundry: FOUNDRY,
        };
    DeleteAssistant = "deleteAssistant" "delete assistant":
        Repeatable Delete "/assistants/{assistant_id}" OfAssistant(assistant_id), Nothing, Nothing => Deleted<Assistant>;
}
