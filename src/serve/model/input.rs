//! The input of a model for one round of a run. The module must not depend on the store, from which the input is
//! loaded.

use crate::api::objects::{JsonObject, OpenEnum, Role, Tool, ToolType};
use crate::serve::model::search::{FILE_SEARCH, Passage, SearchTool};
use crate::serve::model::words::count_words;
use serde_json::Value;

/// The input of a model for one round.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct ModelInput {
    /// The model of the run.
    pub(in crate::serve) model: String,
    pub(in crate::serve) assistant: AssistantInfo,
    pub(in crate::serve) instructions: String,
    pub(in crate::serve) tools: Vec<Tool>,
    /// The tool `file_search`, if the run has it and may use it. The server executes its calls.
    pub(in crate::serve) search: Option<SearchTool>,
    pub(in crate::serve) choice: ToolChoice,
    /// `true` if the model may make several tool calls in one round.
    pub(in crate::serve) parallel: bool,
    /// This member of the run and the next two have the values of the run object (docs/protocol/objects.md#run), or
    /// null if they are not set.
    pub(in crate::serve) response_format: Value,
    pub(in crate::serve) temperature: Value,
    pub(in crate::serve) top_p: Value,
    /// The messages of the thread that are not from this run, oldest first.
    pub(in crate::serve) messages: Vec<InputMessage>,
    /// The past rounds of this run. All their tool calls have outputs.
    pub(in crate::serve) rounds: Vec<PastRound>,
    /// `true` if old messages may be left out of a prompt that is too long (`truncation_strategy` `auto`).
    pub(in crate::serve) may_leave_out: bool,
    /// The number of prompt tokens that the run may still use, or `None` if there is no limit.
    pub(in crate::serve) prompt_left: Option<i64>,
    /// The number of completion tokens that the run may still use, or `None` if there is no limit.
    pub(in crate::serve) completion_left: Option<i64>,
}

/// The assistant of a run. The name is empty unless [`InputNeeds::assistant_name`] is set.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct AssistantInfo {
    pub(in crate::serve) id: String,
    pub(in crate::serve) name: String,
}

/// The optional parts of the input that a model needs. The other ones are not loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::serve) struct InputNeeds {
    /// The content of image files.
    pub(in crate::serve) images: bool,
    pub(in crate::serve) assistant_name: bool,
}

impl ModelInput {
    /// Returns the names of the functions of the run.
    pub(in crate::serve) fn functions(&self) -> impl Iterator<Item = &str> {
        self.tools.iter().filter_map(Tool::function_name)
    }

    /// Returns `true` if the model may call `file_search`: there are vector stores to search, or the tool choice
    /// requires a search.
    pub(in crate::serve) fn offers_search(&self) -> bool {
        self.search.is_some_and(|search| search.has_stores || self.requires_search())
    }

    /// Returns `true` if the tool choice of the run is `file_search`.
    pub(in crate::serve) fn requires_search(&self) -> bool {
        self.choice == ToolChoice::Tool(FILE_SEARCH.to_owned())
    }

    /// Returns the tool that the tool choice names, if the run cannot use it.
    pub(in crate::serve) fn unusable_tool(&self) -> Option<&str> {
        match &self.choice {
            ToolChoice::Tool(tool) if tool != FILE_SEARCH || self.search.is_none() => Some(tool),
            _ => None,
        }
    }

    /// Returns the passages that the searches of this run have found so far.
    pub(in crate::serve) fn passages(&self) -> impl Iterator<Item = &Passage> {
        self.calls().filter_map(|call| call.passages.as_ref()).flatten()
    }

    /// Returns the tool calls of this run so far. All of them have outputs.
    pub(in crate::serve) fn calls(&self) -> impl Iterator<Item = &CompletedCall> {
        self.rounds.iter().flat_map(|round| &round.calls)
    }

    /// Returns the number of words in the instructions and the messages.
    pub(in crate::serve) fn count_words(&self) -> i64 {
        count_words(&self.instructions) + self.messages.iter().map(|message| count_words(&message.text())).sum::<i64>()
    }

    /// Returns the text of the last user message.
    pub(in crate::serve) fn last_user_text(&self) -> Option<String> {
        self.messages.iter().rfind(|message| message.role == Role::User.name()).map(InputMessage::text)
    }
}

/// A message of the thread.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct InputMessage {
    pub(in crate::serve) role: String,
    pub(in crate::serve) parts: Vec<MessagePart>,
}

impl InputMessage {
    /// Returns the text of the message.
    pub(in crate::serve) fn text(&self) -> String {
        let texts = self.parts.iter().filter_map(|part| match part {
            MessagePart::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }
}

/// A content part of a message (docs/protocol/objects.md#message).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) enum MessagePart {
    Text(String),
    Refusal(String),
    /// An image as a URL. An image file becomes a `data:` URL if the model needs images.
    Image {
        url: String,
        detail: Option<String>,
    },
    /// The ID of an image file that was not loaded.
    ImageFile(String),
    /// The reason why an image is not available.
    Unavailable(String),
}

/// A past round of the run, with the outputs of its tool calls.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct PastRound {
    /// The text before the tool calls.
    pub(in crate::serve) text: String,
    pub(in crate::serve) calls: Vec<CompletedCall>,
}

/// A tool call with its output.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct CompletedCall {
    pub(in crate::serve) id: String,
    pub(in crate::serve) name: String,
    pub(in crate::serve) arguments: String,
    pub(in crate::serve) output: String,
    /// The passages that a search found. `None` if the call is not a search.
    pub(in crate::serve) passages: Option<Vec<Passage>>,
}

/// The tool choice of the run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::serve) enum ToolChoice {
    None,
    #[default]
    Auto,
    Required,
    Function(String),
    /// A tool that is not a function.
    Tool(String),
}

impl ToolChoice {
    /// Reads the `tool_choice` of a run, which is a string or an object.
    pub(in crate::serve) fn of(value: Option<&Value>) -> Self {
        if let Some(object) = value.and_then(Tool::from_value_ref) {
            return match (object.kind().text(), object.function_name()) {
                (Some(kind), name) if kind == ToolType::Function.name() => {
                    Self::Function(name.unwrap_or_default().to_owned())
                }
                (Some(tool), _) => Self::Tool(tool.to_owned()),
                (None, _) => Self::Auto,
            };
        }
        match value.and_then(Value::as_str) {
            Some("none") => Self::None,
            Some("required") => Self::Required,
            _ => Self::Auto,
        }
    }
}
