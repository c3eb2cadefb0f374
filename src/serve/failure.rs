//! Why a run failed, as its `last_error` tells (PROTOCOL.md 4.4).

use serde_json::{Value, json};

/// Why a run failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: Code,
    pub(super) message: String,
}

/// The codes that the protocol knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    ServerError,
    RateLimitExceeded,
    InvalidPrompt,
}

impl Code {
    /// Returns the code as it is told.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ServerError => "server_error",
            Self::RateLimitExceeded => "rate_limit_exceeded",
            Self::InvalidPrompt => "invalid_prompt",
        }
    }

    /// Returns the code that steps tell, which know no invalid prompt (PROTOCOL.md 4.5).
    const fn of_step(self) -> &'static str {
        match self {
            Self::InvalidPrompt => Self::ServerError.name(),
            code => code.name(),
        }
    }
}

impl Failure {
    /// Something went wrong on this side.
    pub(super) fn server(message: impl Into<String>) -> Self {
        Self { code: Code::ServerError, message: message.into() }
    }

    /// What was asked for cannot be answered.
    pub(super) fn prompt(message: impl Into<String>) -> Self {
        Self { code: Code::InvalidPrompt, message: message.into() }
    }

    /// Reads what a run's `last_error` says.
    pub(super) fn of(error: &Value) -> Self {
        let code = match error["code"].as_str() {
            Some("rate_limit_exceeded") => Code::RateLimitExceeded,
            Some("invalid_prompt") => Code::InvalidPrompt,
            _ => Code::ServerError,
        };
        Self { code, message: error["message"].as_str().unwrap_or_default().to_owned() }
    }

    /// Returns the member of a run.
    pub(super) fn of_run(&self) -> Value {
        json!({ "code": self.code.name(), "message": self.message })
    }

    /// Returns the member of a step.
    pub(super) fn of_step(&self) -> Value {
        json!({ "code": self.code.of_step(), "message": self.message })
    }
}
