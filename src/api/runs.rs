//! Runs (docs/protocol/endpoints.md#runs).

use super::args::{self, Pair};
use super::details::{Foundry, Messages};
use super::endpoint::{Body, Nothing, endpoints, paths};
use super::objects::Run;
use super::objects::{self, JsonObject};
use super::paging::{Include, Paging};
use super::parts::{MetadataChange, OfThread, RunOptions, with_texts};
use super::response::{Made, One, Page};
use super::schemas::{
    ADDITIONAL_MESSAGES, METADATA, RESPONSE_FORMAT, TOOL_CHOICE, TOOL_OUTPUTS, TOOLS, TRUNCATION, foundry,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

paths! {
    /// The path of a run in a thread.
    OfRun(
        /// ID of the thread
        thread_id: ThreadId,
        /// ID of the run
        run_id: RunId
    );
}

/// The members of a run request.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct RunSpec {
    /// ID of the assistant to run
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assistant_id: Option<String>,
    /// Reasoning effort of the model: none, minimal, low, medium, high, xhigh, max
    #[arg(long, value_name = "EFFORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_effort: Option<String>,
    /// Instructions to append to the other instructions
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_instructions: Option<String>,
    /// User message to add to the thread before the run (repeatable)
    #[arg(long, value_name = "TEXT")]
    #[serde(skip)]
    pub additional_message: Vec<String>,
    /// Complete message to add to the thread before the run (repeatable)
    #[arg(long = "additional-message-json", value_name = "JSON|@path", value_parser = args::object)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_messages: Option<Vec<Value>>,
    #[command(flatten)]
    #[serde(flatten)]
    pub options: RunOptions,
}

impl Body for RunSpec {
    fn fold(mut self) -> Self {
        self.additional_messages = with_texts(&self.additional_message, self.additional_messages.take());
        self.options = self.options.fold();
        self
    }
}

/// The outputs of all the tool calls for which a run waits.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolOutputs {
    /// Output of a tool call, split at the first = and taken literally (repeatable)
    #[arg(long, value_name = "CALL_ID=TEXT", value_parser = args::tool_output)]
    #[serde(skip)]
    pub tool_output: Vec<Pair>,
    /// Output of a tool call, read from a file (repeatable)
    #[arg(long, value_name = "CALL_ID=PATH", value_parser = args::tool_output_file)]
    #[serde(skip)]
    pub tool_output_file: Vec<Pair>,
    /// The outputs: an array of {tool_call_id, output}
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_outputs: Option<Value>,
    /// All outputs at once: an array of {tool_call_id, output}; the other two flags add to it
    #[arg(long = "tool-outputs", value_name = "JSON|@path", value_parser = args::json)]
    #[serde(skip)]
    pub tool_outputs_json: Option<Value>,
    /// Stream the rest of the run: true, false
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
}

impl Body for ToolOutputs {
    fn fold(mut self) -> Self {
        let single: Vec<Value> = (self.tool_output.drain(..).chain(self.tool_output_file.drain(..)))
            .map(|Pair { key, value }| json!({ "tool_call_id": key, "output": value }))
            .collect();
        self.tool_outputs = match self.tool_outputs_json.take() {
            None if single.is_empty() => None,
            None => Some(single.into()),
            Some(Value::Array(all)) => Some(all.into_iter().chain(single).collect()),
            Some(other) => Some(other),
        };
        self
    }
}

/// Returns `true` if a run has reached a final status (docs/protocol/runs.md#states-and-transitions). An unknown status
/// counts as not final.
pub fn has_ended(run: &Value) -> bool {
    objects::Run::from_value_ref(run).is_some_and(objects::Run::has_ended)
}

endpoints! {
    ListRuns = "listRuns" "list runs":
        Read Get "/threads/{thread_id}/runs" OfThread(thread_id), Paging, Nothing => Page<Run>;
    CreateRun = "createRun" "create run":
        Once Post "/threads/{thread_id}/runs" OfThread(thread_id), Include, RunSpec => Made<Run> {
            members: &[ADDITIONAL_MESSAGES, TOOLS, METADATA, TRUNCATION, TOOL_CHOICE, RESPONSE_FORMAT],
            foundry: Foundry {
                lacks: &["reasoning_effort"],
                adds: &[foundry::TOOL_RESOURCES],
                members: &[foundry::ADDITIONAL_MESSAGES, foundry::TOOLS, foundry::TOOL_CHOICE],
                preview: &[
                    foundry::PREVIEW_TOOLS, foundry::PREVIEW_TOOL_CHOICE, foundry::PREVIEW_TOOL_RESOURCES,
                ],
                ..Foundry::SAME
            },
            messages: Messages::At(&["additional_messages"]),
        };
    GetRun = "getRun" "get run":
        Read Get "/threads/{thread_id}/runs/{run_id}" OfRun(thread_id, run_id), Nothing, Nothing => One<Run>;
    UpdateRun = "modifyRun" "update run":
        Repeatable Post "/threads/{thread_id}/runs/{run_id}"
        OfRun(thread_id, run_id), Nothing, MetadataChange => One<Run> { members: &[METADATA] };
    CancelRun = "cancelRun" "cancel run":
        Repeatable Post "/threads/{thread_id}/runs/{run_id}/cancel"
        OfRun(thread_id, run_id), Nothing, Nothing => One<Run>;
    SubmitToolOutputs = "submitToolOuputsToRun" "submit tool outputs to run":
        Once Post "/threads/{thread_id}/runs/{run_id}/submit_tool_outputs"
        OfRun(thread_id, run_id), Nothing, ToolOutputs => One<Run> {
            members: &[TOOL_OUTPUTS],
            foundry: Foundry { members: &[foundry::TOOL_OUTPUTS], ..Foundry::SAME },
        };
}
