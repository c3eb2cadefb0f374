//! The failures of an extraction, with the error codes of a vector store file
//! (docs/protocol/vector_stores.md#objects).

use std::fmt;

/// The code of `last_error` of a vector store file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureCode {
    /// The server could not do its work. A later attempt may succeed.
    ServerError,
    /// The type of the file is not supported.
    UnsupportedFile,
    /// The file is damaged, encrypted, empty, or beyond a limit.
    InvalidFile,
}

impl FailureCode {
    /// Returns the code as the protocol spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServerError => "server_error",
            Self::UnsupportedFile => "unsupported_file",
            Self::InvalidFile => "invalid_file",
        }
    }
}

/// The reason why a file has no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtractionFailure {
    pub code: FailureCode,
    /// The message for the client.
    pub message: String,
    /// Details for the log of the server, such as the message of a parser. Not for the client.
    pub detail: Option<String>,
}

impl ExtractionFailure {
    /// Returns a failure with the code `invalid_file`.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self { code: FailureCode::InvalidFile, message: message.into(), detail: None }
    }

    /// Returns a failure with the code `unsupported_file`.
    pub(super) fn unsupported(message: impl Into<String>) -> Self {
        Self { code: FailureCode::UnsupportedFile, message: message.into(), detail: None }
    }

    /// Returns a failure with the code `server_error`. The details stay in the log.
    pub(super) fn server(detail: impl fmt::Display) -> Self {
        let message = "The server could not read the file. Try again.".to_owned();
        Self { code: FailureCode::ServerError, message, detail: Some(detail.to_string()) }
    }

    /// Returns the failure with details for the log.
    pub(super) fn with_detail(self, detail: impl fmt::Display) -> Self {
        Self { detail: Some(detail.to_string()), ..self }
    }
}

impl fmt::Display for ExtractionFailure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for ExtractionFailure {}
