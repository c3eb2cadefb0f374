//! What answers for an assistant. A model sees one turn of a run and says what comes next; it must not know the store.

pub(super) mod echo;
mod round;
mod speech;
mod turn;

pub(super) use round::{Call, Cut, Reply, Round};
pub(super) use speech::{Piece, Speech};
pub(super) use turn::{Assistant, Called, Choice, Part, Past, Said, Turn, Wants};

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

    /// Returns how many of the newest messages of a thread the model looks at, at most: what a run costs does not grow with
    /// its thread.
    pub(super) const fn reach(&self) -> i64 {
        match self {
            Self::Echo => echo::REACH,
        }
    }

    /// Tells what the model wants to see beside the run's own words.
    pub(super) fn wants(&self) -> Wants {
        match self {
            Self::Echo => Wants::default(),
        }
    }

    /// Tells whether the model will not answer this turn by itself.
    pub(super) fn is_stuck(&self, turn: &Turn) -> bool {
        match self {
            Self::Echo => matches!(echo::plan(turn).round.reply, Reply::Stuck),
        }
    }
}
