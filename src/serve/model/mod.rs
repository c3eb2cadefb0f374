//! What answers for an assistant. A model sees one turn of a run and says what comes next; it must not know the store.

pub(super) mod echo;
mod openai;
mod round;
mod script;
mod speech;
mod turn;

pub use openai::{Asking, Chat, Names};
pub(super) use round::{Call, Cut, Reply, Round};
pub use script::Script;
pub(super) use speech::{Piece, Speech};
pub(super) use turn::{Assistant, Called, Choice, Part, Past, Said, Turn, Wants};

use std::sync::Arc;

/// Which model stands behind every assistant of a server; cheap to clone.
#[derive(Debug, Clone, Default)]
pub enum Model {
    /// Repeats the last user message, and obeys the command lines in it.
    #[default]
    Echo,
    /// Says what a file says.
    Script(Arc<Script>),
    /// Asks an endpoint of chat completions.
    Chat(Arc<Chat>),
}

impl Model {
    /// Returns the model of a name: `echo`, `script:FILE` or `openai:URL`, the last asked in this way.
    ///
    /// # Errors
    /// Where there is no such model, the file cannot be read, or the URL cannot be asked.
    pub fn named(text: &str, asking: Asking) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "echo" => Ok(Self::Echo),
            Some(("script", path)) if !path.is_empty() => Ok(Self::Script(Arc::new(Script::read(path)?))),
            Some(("openai", url)) => Ok(Self::Chat(Arc::new(Chat::new(url, asking)?))),
            _ => Err(format!("there is no model `{text}`; there are echo, script:FILE, openai:URL")),
        }
    }

    /// Returns what comes next. While it speaks it may tell what it says; what it told must begin what it returns.
    pub(super) async fn round(&self, turn: &Turn, speech: &Speech) -> Round {
        match self {
            Self::Echo => echo::speak(turn, speech).await,
            Self::Script(script) => script.speak(turn, speech).await,
            Self::Chat(chat) => chat.speak(turn, speech).await,
        }
    }

    /// Returns how many of the newest messages of a thread the model looks at, at most: what a run costs does not grow with
    /// its thread.
    pub(super) const fn reach(&self) -> i64 {
        match self {
            Self::Echo | Self::Script(_) => echo::REACH,
            // What its context has no room for, it says itself.
            Self::Chat(_) => i64::MAX,
        }
    }

    /// Tells what the model wants to see beside the run's own words.
    pub(super) fn wants(&self) -> Wants {
        match self {
            Self::Echo => Wants::default(),
            Self::Script(script) => script.wants(),
            Self::Chat(_) => Chat::wants(),
        }
    }

    /// Tells whether the model will not answer this turn by itself.
    pub(super) fn is_stuck(&self, turn: &Turn) -> bool {
        match self {
            Self::Echo => matches!(echo::plan(turn).round.reply, Reply::Stuck),
            Self::Script(_) | Self::Chat(_) => false,
        }
    }
}
