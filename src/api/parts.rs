//! Request members that several nouns share.

use super::args::{self, Pair};
use super::endpoint::{Body, paths};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

paths! {
    /// The path of a thread.
    OfThread(
        /// ID of the thread
        thread_id: ThreadId
    );
}

/// Returns the texts as user messages, followed by the complete messages. Returns `None` if there are neither.
pub(super) fn with_texts(texts: &[String], whole: Option<Vec<Value>>) -> Option<Vec<Value>> {
    if texts.is_empty() {
        return whole;
    }
    let texts = texts.iter().map(|text| json!({ "role": "user", "content": text }));
    Some(texts.chain(whole.unwrap_or_default()).collect())
}

/// The members of a message or run that an update can change.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct MetadataChange {
    /// Metadata pair (repeatable, at most 16); replaces all existing pairs
    #[arg(long, value_name = "KEY=VALUE")]
    #[serde(with = "args::pairs", skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Vec<Pair>>,
}
impl Body for MetadataChange {}

/// The members that both ways to start a run share.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct RunOptions {
    /// Override the assistant's model
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Override the assistant's instructions
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Read the instructions from a file
    #[arg(long, value_name = "PATH|-", conflicts_with = "instructions", value_parser = args::text_file)]
    #[serde(skip)]
    pub instructions_file: Option<String>,
    /// Override the assistant's tools: code_interpreter, file_search, JSON or @path (repeatable, at most 20)
    #[arg(long = "tool", value_name = "KEYWORD|JSON|@path", value_parser = args::tool)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Value>>,
    /// Metadata pair (repeatable, at most 16)
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
    /// Maximum number of prompt tokens for the whole run, at least 256
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_prompt_tokens: Option<i64>,
    /// Maximum number of completion tokens for the whole run, at least 256
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_completion_tokens: Option<i64>,
    /// Truncation of the thread before the run: auto, last_messages:N, JSON or @path
    #[arg(long, value_name = "KEYWORD|JSON|@path", value_parser = args::truncation_strategy)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncation_strategy: Option<Value>,
    /// Tool choice: none, auto, required, function:NAME, JSON or @path
    #[arg(long, value_name = "KEYWORD|JSON|@path", value_parser = args::tool_choice)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<Value>,
    /// Allow several function calls at once: true, false
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel_tool_calls: Option<bool>,
    /// Response format: auto, text, json_object, JSON or @path
    #[arg(long, value_name = "KEYWORD|JSON|@path", value_parser = args::response_format)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_format: Option<Value>,
    /// Stream the run: true, false
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
}

impl RunOptions {
    pub(super) fn fold(mut self) -> Self {
        self.instructions = self.instructions.or(self.instructions_file.take());
        self
    }
}
