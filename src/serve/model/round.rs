//! The result of one round of a model.

use crate::serve::model::failure::RunFailure;

/// A tool call that the model requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) struct RequestedCall {
    pub(in crate::serve) name: String,
    /// The arguments. They should be JSON, but models do not always comply.
    pub(in crate::serve) arguments: String,
}

/// The result of one round, and the tokens that it used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) struct Round {
    pub(in crate::serve) reply: ModelReply,
    pub(in crate::serve) prompt_tokens: i64,
    pub(in crate::serve) completion_tokens: i64,
}

impl Round {
    /// Returns a failed round that used no tokens.
    pub(in crate::serve) fn failed(failure: RunFailure) -> Self {
        Self { reply: ModelReply::Failed(failure), prompt_tokens: 0, completion_tokens: 0 }
    }
}

/// The output of a model in one round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) enum ModelReply {
    Message(String),
    /// A refusal to respond, with the text of the model.
    Refusal(String),
    /// Parallel tool calls. Text that was published before them becomes its own message.
    Calls(Vec<RequestedCall>),
    /// A text that was cut off.
    Incomplete(String, IncompleteReason),
    Failed(RunFailure),
    /// The model never responds. The run must be cancelled, or it expires.
    Stuck,
}

/// The reason why a text was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::serve) enum IncompleteReason {
    /// The prompt exceeded its budget.
    Prompt,
    /// The completion exceeded its budget.
    Completion,
    /// The provider of the model filtered the rest.
    Filter,
}

impl IncompleteReason {
    /// Returns the reason in the `incomplete_details` of a run (docs/protocol/objects.md#run). The protocol lists
    /// `content_filter` only for messages, but no listed value is correct in this case.
    pub(in crate::serve) const fn of_run(self) -> &'static str {
        match self {
            Self::Prompt => "max_prompt_tokens",
            Self::Completion => "max_completion_tokens",
            Self::Filter => "content_filter",
        }
    }

    /// Returns the reason in the `incomplete_details` of a message (docs/protocol/objects.md#message).
    pub(in crate::serve) const fn of_message(self) -> &'static str {
        match self {
            Self::Prompt | Self::Completion => "max_tokens",
            Self::Filter => "content_filter",
        }
    }
}
