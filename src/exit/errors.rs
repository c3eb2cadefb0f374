//! The error types of commands. Each type stands for an exit code, or has a field for it. The other modules of this
//! crate have error types of their own, which `report` converts.

use super::TERMINATED;
use crate::client::ClientError;

/// An error in the arguments or in other input of the user, detected before any request. The exit code is 2.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Usage {
    pub message: String,
    pub hint: Option<String>,
}

impl Usage {
    /// Creates the error without a hint.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    /// Creates the error with a hint.
    pub fn hinted(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: Some(hint.into()) }
    }
}

/// The error of a failed request: the attempted operation, the cause, and a hint.
#[derive(Debug, thiserror::Error)]
#[error("could not {tried}")]
pub struct CallFailed {
    /// The operation in words, such as `delete thread thread_abc`.
    pub tried: String,
    pub source: ClientError,
    pub hint: Option<String>,
}

/// The error of a list that may be incomplete, although no request failed. The items that the backend sent are valid.
#[derive(Debug, thiserror::Error)]
#[error("could not {tried} completely")]
pub struct IncompleteList {
    /// The operation in words, such as `list assistants`.
    pub tried: String,
    /// The reason why items may be missing.
    pub reason: String,
}

/// The error of a request that failed a check before it was sent. The hint names the flags that set the rejected
/// member.
#[derive(Debug, thiserror::Error)]
#[error("{source}")]
pub struct NotSent {
    pub source: crate::api::check::InvalidRequest,
    pub hint: Option<String>,
}

/// The error of a request that was not sent, because no version of the backend's interface has the endpoint or the
/// member.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct NotOffered {
    pub message: String,
    /// The alternative to use.
    pub hint: String,
}

/// An error that was already reported. Carries only the exit code.
#[derive(Debug, thiserror::Error)]
#[error("exit code {0}")]
pub struct AlreadyReported(pub u8);

/// Any other failure: its exit code, the causes, and a hint.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    pub code: u8,
    pub message: String,
    /// The causes, the most general one first, or the problems, each in one text.
    pub causes: Vec<String>,
    pub hint: Option<String>,
}

impl Failure {
    /// Creates the error without causes and without a hint.
    pub fn new(code: u8, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), causes: Vec::new(), hint: None }
    }

    /// Sets the hint.
    #[must_use]
    pub fn hinted(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// The error of a request that may have created an object, although its response does not show one.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct OutcomeUncertain {
    pub message: String,
    /// A hint on how to find out whether the object exists.
    pub hint: String,
}

/// Adds a hint to the failure of a request, unless it has one.
pub fn with_hint(mut error: anyhow::Error, hint: impl FnOnce(&ClientError) -> Option<String>) -> anyhow::Error {
    if let Some(failed) = error.downcast_mut::<CallFailed>()
        && failed.hint.is_none()
    {
        failed.hint = hint(&failed.source);
    }
    error
}

/// A run that has ended with a status other than `completed`, or whose time limit has passed.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct RunEnded {
    pub code: u8,
    pub message: String,
    /// The reason that the server gave.
    pub cause: Option<String>,
    /// The `code` of the run's `last_error`.
    pub server_code: Option<String>,
    pub hint: Option<String>,
}

/// The error of a command that was stopped by a signal.
#[derive(Debug, thiserror::Error)]
#[error("{}{}", if *.code == TERMINATED { "terminated" } else { "interrupted" }, .done.as_ref().map(|done| format!("; {done}")).unwrap_or_default())]
pub struct Stopped {
    pub code: u8,
    /// A summary of the completed work.
    pub done: Option<String>,
    /// A hint on how to continue.
    pub hint: Option<String>,
}
