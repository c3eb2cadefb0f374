//! The models that produce the responses of assistants. A model receives the input of one round and returns its result.
//! Must not depend on the store.

mod context;
pub(super) mod echo;
mod openai;
mod round;
mod script;
mod token_sink;

pub(super) use context::{Assistant, Called, Choice, Part, Past, Said, Turn, Wants};
pub use openai::{Asking, Chat, Names};
pub(super) use round::{Call, Cut, Reply, Round};
pub use script::Script;
pub(super) use token_sink::{Piece, Speech};

use std::sync::Arc;

/// The model of a server, which is used for all its assistants. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub enum Model {
    /// Repeats the last user message and executes the command lines in it.
    #[default]
    Echo,
    /// Returns the responses that a script file defines.
    Script(Arc<Script>),
    /// Sends requests to a chat completions endpoint.
    Chat(Arc<Chat>),
}

impl Model {
    /// Returns the model with this name: `echo`, `script:FILE` or `openai:URL`. `asking` applies only to the last.
    ///
    /// # Errors
    /// Returns an error if the name is unknown, the file cannot be read, or the URL is not usable.
    pub fn named(text: &str, asking: Asking) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "echo" => Ok(Self::Echo),
            Some(("script", path)) if !path.is_empty() => Ok(Self::Script(Arc::new(Script::read(path)?))),
            Some(("openai", url)) => Ok(Self::Chat(Arc::new(Chat::new(url, asking)?))),
            _ => Err(format!("there is no model `{text}`; there are echo, script:FILE, openai:URL")),
        }
    }

    /// Returns the result of the next round. The model may publish parts of it to `speech` in advance. These must form
    /// the start of the result.
    pub(super) async fn round(&self, turn: &Turn, speech: &Speech) -> Round {
        match self {
            Self::Echo => echo::speak(turn, speech).await,
            Self::Script(script) => script.speak(turn, speech).await,
            Self::Chat(chat) => chat.speak(turn, speech).await,
        }
    }

    /// Returns the maximum number of messages of a thread that the model reads, counted from the newest. A limit keeps
    /// the cost of a run independent of the length of its thread.
    pub(super) const fn reach(&self) -> i64 {
        match self {
            Self::Echo | Self::Script(_) => echo::REACH,
            // No limit: the endpoint responds with an error if the prompt exceeds its context.
            Self::Chat(_) => i64::MAX,
        }
    }

    /// Returns the optional input that the model needs.
    pub(super) fn wants(&self) -> Wants {
        match self {
            Self::Echo => Wants::default(),
            Self::Script(script) => script.wants(),
            Self::Chat(_) => Chat::wants(),
        }
    }

    /// Returns `true` if the model will not produce a result for this input.
    pub(super) fn is_stuck(&self, turn: &Turn) -> bool {
        match self {
            Self::Echo => matches!(echo::plan(turn).round.reply, Reply::Stuck),
            Self::Script(_) | Self::Chat(_) => false,
        }
    }
}
