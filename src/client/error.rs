//! Why a call failed, with what can be said and done about it.

use super::refusal::Refused;
use crate::api::Kind;
use crate::api::check::Refusal;
use crate::api::stream::Broken;
use crate::http::TransportError;
use std::time::Duration;

/// A call that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server answered and refused.
    #[error("{}", .0.message)]
    Refused(Box<Refused>),
    /// The backend does not have this at all (docs/design/exit_codes.md, code 11).
    #[error("{}", .0.message)]
    NotOffered(Box<Refused>),
    /// The server asks for a longer wait than there is patience for; where it asked another request, it refused none.
    #[error("the server asks to wait {} s, which is longer than {} s", wait.as_secs(), patience.as_secs())]
    TooLong { wait: Duration, patience: Duration, refused: Option<Box<Refused>> },
    /// No whole answer came, and nothing was done, or doing it again would change nothing.
    #[error(transparent)]
    Unreachable(TransportError),
    /// A create, an upload or submitted outputs may or may not have been done.
    #[error("it may have been done, and was not repeated")]
    Unknown(Box<ClientError>),
    /// The answer says success, but is not what the protocol has.
    #[error("the answer is not what the protocol has: {reason}")]
    Answer { reason: String, request_id: Option<String> },
    /// A stream of events said that it broke.
    #[error("{}", .0.message)]
    Broken(Box<Broken>),
    /// A deletion was answered without `deleted: true`.
    #[error("the server did not say that it is deleted: {answer}")]
    NotDeleted { answer: String },
    /// Refused before the call, in the API's words.
    #[error(transparent)]
    Request(#[from] Refusal),
    /// A file here could not be read or written.
    #[error("{0}")]
    File(String),
}

impl ClientError {
    /// Returns what the server said, where it said anything.
    pub fn refused(&self) -> Option<&Refused> {
        match self {
            Self::Refused(refused) | Self::NotOffered(refused) => Some(refused),
            Self::TooLong { refused, .. } => refused.as_deref(),
            Self::Unknown(cause) => cause.refused(),
            _ => None,
        }
    }

    /// Returns what a stream said of its end, where it said anything.
    pub fn broken(&self) -> Option<&Broken> {
        match self {
            Self::Broken(broken) => Some(broken),
            Self::Unknown(cause) => cause.broken(),
            _ => None,
        }
    }

    /// Returns the reasons, the nearest first.
    pub fn causes(&self) -> Vec<String> {
        match self {
            Self::Unknown(cause) => std::iter::once(self.to_string()).chain(cause.causes()).collect(),
            Self::TooLong { refused, .. } => {
                std::iter::once(self.to_string()).chain(refused.iter().map(|refused| refused.message.clone())).collect()
            }
            _ => vec![self.to_string()],
        }
    }

    /// Returns what may help, as far as the client knows.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unreachable(error) => error.hint().map(str::to_owned),
            Self::Unknown(_) => {
                Some("`asst ledger doctor` lists what is open; do not repeat the command before".into())
            }
            Self::TooLong { .. } => Some("--max-wait allows a longer wait".into()),
            Self::Answer { .. } => {
                Some("does the base URL of the profile lead to the API? `asst profiles show` tells it".into())
            }
            _ => None,
        }
    }

    /// Returns `true` if the server said of this very object that it is missing.
    pub fn misses(&self, kind: Kind, id: &str) -> bool {
        matches!(self, Self::Refused(refused) if refused.misses(kind, id))
    }

    /// Tells whether the object, and not just anything, was not found.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(refused) if refused.status == 404)
    }
}
