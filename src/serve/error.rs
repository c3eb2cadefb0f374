//! Rejected requests: one error type, which is sent in the protocol's envelope (docs/protocol/errors.md).
//!
//! Internal errors are reported to the operator of the server and never sent to a caller.

use crate::api::{Kind, check::Refusal};
use crate::db::DbError;
use axum::{
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use serde_json::json;

/// The maximum number of characters of a message or param in a response. Both may repeat input of the caller.
const SHOWN: usize = 2_000;

/// An error that rejects a request.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) message: String,
    pub(super) code: Option<&'static str>,
    pub(super) param: Option<String>,
    /// The number of seconds after which a retry may succeed.
    retry_after: Option<u16>,
    /// The internal error to report.
    report: Option<String>,
}

/// The internal error of a response. It travels in the response's extensions from the handler to the envelope.
#[derive(Debug, Clone)]
pub(super) struct Report(pub(super) String);

impl Refused {
    /// Returns an error with a status code and a message.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), code: None, param: None, retry_after: None, report: None }
    }

    /// Returns an error without a message, like that of a service after its shutdown
    /// (docs/protocol/dialects.md#openai-after-the-shutdown).
    pub(super) fn wordless(status: StatusCode) -> Self {
        Self::new(status, "")
    }

    /// Returns an error with status code 400.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// Sets the error code.
    pub(super) fn code(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    /// Sets the name of the member that caused the error.
    pub(super) fn param(self, param: impl Into<String>) -> Self {
        Self { param: Some(param.into()), ..self }
    }

    /// Sets the number of seconds after which a retry may succeed.
    pub(super) fn retry_after(self, seconds: u16) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Returns the error for a request body that stopped arriving.
    pub(super) fn stalled() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "The body of your request did not come in time.")
    }

    /// Returns the error for a missing object, in the wording of its kind.
    pub(super) fn missing(kind: Kind, id: &str) -> Self {
        let message = match kind {
            Kind::File => format!("No such File object: {id}"),
            kind => format!("No {} found with id '{id}'.", kind.name().replace('_', " ")),
        };
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// Returns `true` if a retry may succeed: the store is busy, or its server is unavailable.
    pub(super) fn passes(&self) -> bool {
        self.status == StatusCode::SERVICE_UNAVAILABLE
    }

    /// Returns the text to report.
    pub(super) fn told(self) -> String {
        self.report.unwrap_or(self.message)
    }

    /// Returns an internal error. The caller does not receive `report`.
    pub(super) fn internal(report: impl Into<String>) -> Self {
        let report = Some(report.into());
        Self { report, ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error") }
    }
}

impl From<Refusal> for Refused {
    fn from(Refusal { message, code, param }: Refusal) -> Self {
        Self::bad(message).code(code).param(param)
    }
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        let report = format!("the store: {error}");
        match error {
            DbError::Busy | DbError::Unreachable(_) => Self {
                report: Some(report),
                ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "The store is busy, please try again later.")
            },
            _ => Self::internal(report),
        }
    }
}

impl From<std::io::Error> for Refused {
    fn from(error: std::io::Error) -> Self {
        Self::internal(format!("the folder of the files: {error}"))
    }
}

impl From<crate::json::Error> for Refused {
    fn from(error: crate::json::Error) -> Self {
        Self::internal(format!("a stored document: {error}"))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        if self.message.is_empty() {
            return self.status.into_response();
        }
        let kind = if self.status.is_server_error() { "server_error" } else { "invalid_request_error" };
        let (message, param) = (cut(self.message), self.param.map(cut));
        let error = json!({ "message": message, "type": kind, "param": param, "code": self.code });
        let mut response = (self.status, json!({ "error": error }).to_string()).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        if let Some(report) = self.report {
            response.extensions_mut().insert(Report(report));
        }
        response
    }
}

fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(SHOWN) {
        text.truncate(end);
        text.push('…');
    }
    text
}
