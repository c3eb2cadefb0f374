//! Conversations and their items (docs/protocol/conversations.md#objects).

use super::object::object;
use super::{List, Open, OpenEnum};
use serde_json::{Map, Value};

object! {
    /// A conversation.
    Conversation {
        id: &str,
        object: &str,
        /// The time of creation in seconds since 1970.
        created_at: f64,
        metadata: &Map<String, Value>,
    }
}

object! {
    /// An item of a conversation. There are about thirty types of items, and the protocol adds more. The accessors are
    /// for messages, function calls, and their outputs. An item of any other type is kept as it is.
    ConversationItem {
        id: &str,
        kind ("type"): Open<'_, ItemType>,
        status: Open<'_, ItemStatus>,
        /// The author of a message.
        role: &str,
        /// The parts of a message. A request can have a text instead.
        content: List<'_, &ItemContent>,
        /// The phase of a message of the assistant.
        phase: &str,
        /// The ID that connects a function call with its output.
        call_id: &str,
        /// The name of the called function.
        name: &str,
        /// The arguments of a function call as the model wrote them.
        arguments: &str,
        /// The output of a function call, a text or a list of parts.
        output: &Value,
    }
}

object! {
    /// A part of a message of a conversation.
    ItemContent {
        kind ("type"): Open<'_, ItemContentType>,
        text: &str,
        annotations: List<'_, &Map<String, Value>>,
        logprobs: List<'_, &Map<String, Value>>,
        refusal: &str,
        image_url: &str,
        file_id: &str,
        detail: &str,
        filename: &str,
        file_data: &str,
        file_url: &str,
        prompt_cache_breakpoint: &Map<String, Value>,
    }
}

/// A type of conversation item that the accessors of [`ConversationItem`] read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemType {
    Message,
    FunctionCall,
    FunctionCallOutput,
    /// A reference to an item by its ID, which only requests contain.
    ItemReference,
}

impl OpenEnum for ItemType {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Message, "message"),
        (Self::FunctionCall, "function_call"),
        (Self::FunctionCallOutput, "function_call_output"),
        (Self::ItemReference, "item_reference"),
    ];
}

/// The status of a conversation item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemStatus {
    InProgress,
    Completed,
    Incomplete,
}

impl OpenEnum for ItemStatus {
    const VALUES: &'static [(Self, &'static str)] =
        &[(Self::InProgress, "in_progress"), (Self::Completed, "completed"), (Self::Incomplete, "incomplete")];
}

/// A type of part of a message of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemContentType {
    InputText,
    OutputText,
    Refusal,
    InputImage,
    InputFile,
    SummaryText,
    ReasoningText,
    Text,
    ComputerScreenshot,
}

impl OpenEnum for ItemContentType {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::InputText, "input_text"),
        (Self::OutputText, "output_text"),
        (Self::Refusal, "refusal"),
        (Self::InputImage, "input_image"),
        (Self::InputFile, "input_file"),
        (Self::SummaryText, "summary_text"),
        (Self::ReasoningText, "reasoning_text"),
        (Self::Text, "text"),
        (Self::ComputerScreenshot, "computer_screenshot"),
    ];
}
