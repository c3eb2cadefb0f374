//! The input of a model for one round of a run. Must not depend on its source.

use serde_json::Value;

/// A run from the point of view of its model.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct Turn {
    /// The model of the run.
    pub(in crate::serve) model: String,
    pub(in crate::serve) assistant: Assistant,
    pub(in crate::serve) instructions: String,
    /// The tools of the run, as complete objects.
    pub(in crate::serve) tools: Vec<Value>,
    pub(in crate::serve) choice: Choice,
    pub(in crate::serve) parallel: bool,
    /// These values as the run has them (docs/protocol/objects.md#run), null if not set.
    pub(in crate::serve) response_format: Value,
    pub(in crate::serve) temperature: Value,
    pub(in crate::serve) top_p: Value,
    /// The messages of the thread that are not from this run, oldest first.
    pub(in crate::serve) messages: Vec<Said>,
    /// The past rounds of this run. All their tool calls have outputs.
    pub(in crate::serve) rounds: Vec<Past>,
    /// `true` if messages may be left out of a prompt that is too long (`truncation_strategy` `auto`).
    pub(in crate::serve) shortens: bool,
    /// The tokens that the run may still use, or `None` if there is no limit.
    pub(in crate::serve) prompt_left: Option<i64>,
    pub(in crate::serve) completion_left: Option<i64>,
}

/// The assistant of a run. The name is loaded only if [`Wants`] asks for it.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct Assistant {
    pub(in crate::serve) id: String,
    pub(in crate::serve) name: String,
}

/// The optional input of a model. Input that it does not need is not loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::serve) struct Wants {
    /// The content of image files.
    pub(in crate::serve) images: bool,
    /// The name of the assistant.
    pub(in crate::serve) assistant: bool,
}

impl Turn {
    /// Returns the names of the functions of the run.
    pub(in crate::serve) fn functions(&self) -> impl Iterator<Item = &str> {
        self.tools.iter().filter_map(|tool| tool["function"]["name"].as_str())
    }

    /// Returns the tool calls of this run so far. All of them have outputs.
    pub(in crate::serve) fn calls(&self) -> impl Iterator<Item = &Called> {
        self.rounds.iter().flat_map(|round| &round.calls)
    }

    /// Returns the text of the last user message.
    pub(in crate::serve) fn last_user_text(&self) -> Option<String> {
        self.messages.iter().rfind(|said| said.role == "user").map(Said::text)
    }
}

/// A message of the thread.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct Said {
    pub(in crate::serve) role: String,
    pub(in crate::serve) parts: Vec<Part>,
}

impl Said {
    /// Returns the text of the message.
    pub(in crate::serve) fn text(&self) -> String {
        let texts = self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }
}

/// A content part of a message (docs/protocol/objects.md#message).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) enum Part {
    Text(String),
    Refusal(String),
    /// An image as a URL. An image file becomes a `data:` URL if the model needs images.
    Image {
        url: String,
        detail: Option<String>,
    },
    /// The ID of an image file that was not loaded.
    File(String),
    /// The reason why an image is not available.
    Lost(String),
}

/// A past round of the run, with the outputs of its tool calls.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct Past {
    /// The text before the tool calls.
    pub(in crate::serve) text: String,
    pub(in crate::serve) calls: Vec<Called>,
}

/// A tool call with its output.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct Called {
    pub(in crate::serve) id: String,
    pub(in crate::serve) name: String,
    pub(in crate::serve) arguments: String,
    pub(in crate::serve) output: String,
}

/// The tool choice of the run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::serve) enum Choice {
    None,
    #[default]
    Auto,
    Required,
    Function(String),
    /// A tool that is not a function.
    Tool(String),
}

impl Choice {
    /// Parses the `tool_choice` of a run.
    pub(in crate::serve) fn of(value: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match (value.as_str(), value["type"].as_str()) {
            (Some("none"), _) => Self::None,
            (Some("required"), _) => Self::Required,
            (_, Some("function")) => Self::Function(text(&value["function"]["name"])),
            (_, Some(tool)) => Self::Tool(tool.to_owned()),
            _ => Self::Auto,
        }
    }
}
