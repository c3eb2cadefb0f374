//! The failure of a run, which becomes its `last_error` (docs/protocol/objects.md#run).

use crate::api::objects::LastError;
use serde_json::{Value, json};

/// The reason why a run failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) struct RunFailure {
    pub(in crate::serve) code: RunFailureCode,
    pub(in crate::serve) message: String,
}

/// The codes of a run's `last_error` in the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::serve) enum RunFailureCode {
    ServerError,
    RateLimitExceeded,
    InvalidPrompt,
}

impl RunFailureCode {
    /// Returns the code in its API form.
    const fn name(self) -> &'static str {
        match self {
            Self::ServerError => "server_error",
            Self::RateLimitExceeded => "rate_limit_exceeded",
            Self::InvalidPrompt => "invalid_prompt",
        }
    }

    /// Returns the code for the `last_error` of a step, which cannot be `invalid_prompt`
    /// (docs/protocol/objects.md#run-step).
    const fn of_step(self) -> &'static str {
        match self {
            Self::InvalidPrompt => Self::ServerError.name(),
            code => code.name(),
        }
    }
}

impl RunFailure {
    /// Returns a failure of the server or the model.
    pub(in crate::serve) fn server(message: impl Into<String>) -> Self {
        Self { code: RunFailureCode::ServerError, message: message.into() }
    }

    /// Returns a failure with the code `invalid_prompt`: the run requires something that is impossible.
    pub(in crate::serve) fn prompt(message: impl Into<String>) -> Self {
        Self { code: RunFailureCode::InvalidPrompt, message: message.into() }
    }

    /// Reads the `last_error` of a run. A missing error becomes a server error without a message.
    pub(in crate::serve) fn of(error: Option<&LastError>) -> Self {
        let code = match error.and_then(|error| error.code().valid()) {
            Some("rate_limit_exceeded") => RunFailureCode::RateLimitExceeded,
            Some("invalid_prompt") => RunFailureCode::InvalidPrompt,
            _ => RunFailureCode::ServerError,
        };
        let message = error.and_then(|error| error.message().valid()).unwrap_or_default();
        Self { code, message: message.to_owned() }
    }

    /// Returns the `last_error` of a run.
    pub(in crate::serve) fn of_run(&self) -> Value {
        json!({ "code": self.code.name(), "message": self.message })
    }

    /// Returns the `last_error` of a step.
    pub(in crate::serve) fn of_step(&self) -> Value {
        json!({ "code": self.code.of_step(), "message": self.message })
    }
}
