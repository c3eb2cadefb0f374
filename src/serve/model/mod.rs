//! What answers for an assistant. A model sees one turn of a run and says what comes next; it must not know the store.

pub(super) mod echo;
mod speech;

pub(super) use speech::{Piece, Speech};

use serde_json::Value;

/// Which model stands behind every assistant of a server; cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Model {
    /// Repeats the last user message, and obeys the command lines in it.
    #[default]
    Echo,
}

impl std::str::FromStr for Model {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "echo" => Ok(Self::Echo),
            _ => Err(format!("there is no model `{text}`; this version has echo")),
        }
    }
}

impl Model {
    /// Returns what comes next. While it speaks it may tell what it says; what it told must begin what it returns.
    pub(super) async fn round(&self, turn: &Turn, speech: &Speech) -> Round {
        match self {
            Self::Echo => echo::speak(turn, speech).await,
        }
    }

    /// Tells whether the model will not answer this turn by itself.
    pub(super) fn is_stuck(&self, turn: &Turn) -> bool {
        match self {
            Self::Echo => matches!(echo::plan(turn).round.reply, Reply::Stuck),
        }
    }
}

/// A run as its model sees it.
#[derive(Debug, Clone, Default)]
pub(super) struct Turn {
    pub(super) instructions: String,
    /// The run's tools, whole.
    pub(super) tools: Vec<Value>,
    pub(super) choice: Choice,
    pub(super) parallel: bool,
    /// The thread, oldest first.
    pub(super) messages: Vec<Said>,
    /// The calls of this run so far, all of them answered.
    pub(super) calls: Vec<Called>,
}

impl Turn {
    /// Returns the names of the functions that may be called.
    pub(super) fn functions(&self) -> impl Iterator<Item = &str> {
        self.tools.iter().filter_map(|tool| tool["function"]["name"].as_str())
    }
}

/// A message of the thread.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) role: String,
    pub(super) text: String,
}

/// A call that was answered.
#[derive(Debug, Clone)]
pub(super) struct Called {
    pub(super) name: String,
    pub(super) output: String,
}

/// Which tool the caller wants called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Choice {
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
    pub(super) fn of(value: &Value) -> Self {
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

/// A function call that a model makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) name: String,
    /// Meant to be JSON; models do not always keep that.
    pub(super) arguments: String,
}

/// What a model says in one round, and what it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Round {
    pub(super) reply: Reply,
    pub(super) prompt_tokens: i64,
    pub(super) completion_tokens: i64,
}

/// What a model says in one round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    Message(String),
    /// Calls that are made side by side.
    Calls(Vec<Call>),
    /// The text broke off.
    Incomplete(String),
    Failed(String),
    /// Nothing will ever be said.
    Stuck,
}
