//! The reason why a run failed, which is its `last_error` (docs/protocol/objects.md#run).

use serde_json::{Value, json};

/// The reason why a run failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: Code,
    pub(super) message: String,
}

/// The error codes of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    ServerError,
    RateLimitExceeded,
    InvalidPrompt,
}

impl Code {
    /// Returns the code in its API form.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ServerError => "server_error",
            Self::RateLimitExceeded => "rate_limit_exceeded",
            Self::InvalidPrompt => "invalid_prompt",
        }
    }

    /// Returns the code for a step. Steps have no `invalid_prompt` (docs/protocol/objects.md#run-step).
    const fn of_step(self) -> &'static str {
        match self {
            Self::InvalidPrompt => Self::ServerError.name(),
            code => code.name(),
        }
    }
}

impl Failure {
    /// Returns a failure of the server or the model.
    pub(super) fn server(message: impl Into<String>) -> Self {
        Self { code: Code::ServerError, message: message.into() }
    }

    /// Returns a failure that is caused by an unusable request.
    pub(super) fn prompt(message: impl Into<String>) -> Self {
        Self { code: Code::InvalidPrompt, message: message.into() }
    }

    /// Parses the `last_error` of a run.
    pub(super) fn of(error: &Value) -> Self {
        let code = match error["code"].as_str() {
            Some("rate_limit_exceeded") => Code::RateLimitExceeded,
            Some("invalid_prompt") => Code::InvalidPrompt,
            _ => Code::ServerError,
        };
        Self { code, message: error["message"].as_str().unwrap_or_default().to_owned() }
    }

    /// Returns the `last_error` of a run.
    pub(super) fn of_run(&self) -> Value {
        json!({ "code": self.code.name(), "message": self.message })
    }

    /// Returns the `last_error` of a step.
    pub(super) fn of_step(&self) -> Value {
        json!({ "code": self.code.of_step(), "message": self.message })
    }
}
