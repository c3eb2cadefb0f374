//! What a model sees: one turn of a run. Must not know where it comes from.

use serde_json::Value;

/// A run as its model sees it.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct Turn {
    /// What the run names as its model.
    pub(in crate::serve) model: String,
    pub(in crate::serve) assistant: Assistant,
    pub(in crate::serve) instructions: String,
    /// The run's tools, whole.
    pub(in crate::serve) tools: Vec<Value>,
    pub(in crate::serve) choice: Choice,
    pub(in crate::serve) parallel: bool,
    /// As the run has them (PROTOCOL.md 4.1, 4.4); null where it says nothing.
    pub(in crate::serve) response_format: Value,
    pub(in crate::serve) temperature: Value,
    pub(in crate::serve) top_p: Value,
    /// The messages of the thread that this run did not make, oldest first.
    pub(in crate::serve) messages: Vec<Said>,
    /// What this run said so far, all calls answered.
    pub(in crate::serve) rounds: Vec<Past>,
    /// Whether messages may be left out where the prompt gets too long (`truncation_strategy` `auto`).
    pub(in crate::serve) shortens: bool,
    /// Tokens that the rest of the run may cost.
    pub(in crate::serve) prompt_left: Option<i64>,
    pub(in crate::serve) completion_left: Option<i64>,
}

/// The assistant of a run, as much as is asked for with [`Wants`].
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct Assistant {
    pub(in crate::serve) id: String,
    pub(in crate::serve) name: String,
}

/// What a model wants to see beside the run's own words: what it does not want is not read for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::serve) struct Wants {
    /// The bytes of images that are files.
    pub(in crate::serve) images: bool,
    /// The assistant's name.
    pub(in crate::serve) assistant: bool,
}

impl Turn {
    /// Returns the names of the functions that may be called.
    pub(in crate::serve) fn functions(&self) -> impl Iterator<Item = &str> {
        self.tools.iter().filter_map(|tool| tool["function"]["name"].as_str())
    }

    /// Returns the calls of this run so far, all of them answered.
    pub(in crate::serve) fn calls(&self) -> impl Iterator<Item = &Called> {
        self.rounds.iter().flat_map(|round| &round.calls)
    }

    /// Returns what the user said last.
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
    /// Returns what the message says in words.
    pub(in crate::serve) fn text(&self) -> String {
        let texts = self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }
}

/// A part of a message (PROTOCOL.md 4.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) enum Part {
    Text(String),
    Refusal(String),
    /// An image by URL; that of a file is a `data:` URL, where the model wants images.
    Image {
        url: String,
        detail: Option<String>,
    },
    /// The image of a file that was not read, with its id.
    File(String),
    /// An image that cannot be had, and why.
    Lost(String),
}

/// What a run said in one round, with the outputs of its calls.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct Past {
    /// What was said before the calls.
    pub(in crate::serve) text: String,
    pub(in crate::serve) calls: Vec<Called>,
}

/// A call that was answered.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct Called {
    pub(in crate::serve) id: String,
    pub(in crate::serve) name: String,
    pub(in crate::serve) arguments: String,
    pub(in crate::serve) output: String,
}

/// Which tool the caller wants called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::serve) enum Choice {
    None,
    #[default]
    Auto,
    Required,
    Function(String),
    /// A tool that is no function.
    Tool(String),
}

impl Choice {
    /// Reads the member of a run.
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
