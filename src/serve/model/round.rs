//! What a model answers with.

use crate::serve::failure::Failure;

/// A function call that a model makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) struct Call {
    pub(in crate::serve) name: String,
    /// Meant to be JSON; models do not always keep that.
    pub(in crate::serve) arguments: String,
}

/// What a model says in one round, and what it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) struct Round {
    pub(in crate::serve) reply: Reply,
    pub(in crate::serve) prompt_tokens: i64,
    pub(in crate::serve) completion_tokens: i64,
}

impl Round {
    /// Returns a round that failed and cost nothing.
    pub(in crate::serve) fn failed(failure: Failure) -> Self {
        Self { reply: Reply::Failed(failure), prompt_tokens: 0, completion_tokens: 0 }
    }
}

/// What a model says in one round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) enum Reply {
    Message(String),
    /// The model will not answer, and says why.
    Refusal(String),
    /// Calls that are made side by side. What was told before them is a message of its own.
    Calls(Vec<Call>),
    /// The text broke off.
    Incomplete(String, Cut),
    Failed(Failure),
    /// Nothing will ever be said.
    Stuck,
}

/// Why a text broke off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::serve) enum Cut {
    /// The prompt was too long.
    Prompt,
    /// The answer was.
    Completion,
    /// The model's provider let no more of it pass.
    Filter,
}

impl Cut {
    /// Returns the reason that a run tells (PROTOCOL.md 4.4). The filter's is known of messages only, and still the truth.
    pub(in crate::serve) const fn of_run(self) -> &'static str {
        match self {
            Self::Prompt => "max_prompt_tokens",
            Self::Completion => "max_completion_tokens",
            Self::Filter => "content_filter",
        }
    }

    /// Returns the reason that a message tells (PROTOCOL.md 4.3).
    pub(in crate::serve) const fn of_message(self) -> &'static str {
        match self {
            Self::Prompt | Self::Completion => "max_tokens",
            Self::Filter => "content_filter",
        }
    }
}
