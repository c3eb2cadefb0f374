//! The error responses of all handlers, in the envelope of the protocol (docs/protocol/errors.md).
//!
//! Internal errors are reported to the operator of the server and never sent to a caller.

use crate::api::{Kind, check::InvalidRequest};
use crate::db::DbError;
use crate::serve::store::StoreError;
use axum::{
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use serde_json::json;

/// The maximum number of characters of `message` and of `param` in a response. Both can contain input of the caller.
const MAX_CHARS: usize = 2_000;

/// An error response to a request.
#[derive(Debug, Clone)]
pub(super) struct ErrorResponse {
    pub(super) status: StatusCode,
    pub(super) message: String,
    pub(super) code: Option<&'static str>,
    pub(super) param: Option<String>,
    /// The number of seconds after which a retry may succeed.
    retry_after: Option<u16>,
    /// The internal error to report to the operator.
    report: Option<String>,
}

/// The internal error of a response. A handler puts it into the extensions of the response, and the router reports it.
#[derive(Debug, Clone)]
pub(super) struct InternalError(pub(super) String);

impl ErrorResponse {
    /// Returns an error with a status code and a message.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), code: None, param: None, retry_after: None, report: None }
    }

    /// Returns an error without a body, like that of a service after its shutdown
    /// (docs/protocol/dialects.md#openai-after-the-shutdown).
    pub(super) fn empty(status: StatusCode) -> Self {
        Self::new(status, "")
    }

    /// Returns an error with status code 400.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// Returns the error for a missing object. The message depends on the kind of the object.
    pub(super) fn not_found(kind: Kind, id: &str) -> Self {
        let message = match kind {
            Kind::File => format!("No such File object: {id}"),
            kind => format!("No {} found with id '{id}'.", kind.words()),
        };
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// Returns the error for a request body that stopped arriving.
    pub(super) fn body_timeout() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "The request body did not arrive in time.")
    }

    /// Returns the error for a change that failed on every attempt, because other requests changed the same object each
    /// time.
    pub(super) fn contended() -> Self {
        Self::internal("gave up a change because other requests kept changing the same object")
    }

    /// Returns an internal error. The caller does not receive `report`.
    pub(super) fn internal(report: impl Into<String>) -> Self {
        let report = Some(report.into());
        Self { report, ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error") }
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

    /// Returns `true` if a retry may succeed: the store is busy, or its server is unavailable.
    pub(super) fn is_temporary(&self) -> bool {
        self.status == StatusCode::SERVICE_UNAVAILABLE
    }

    /// Returns the `type` member of the error, which depends on the status code.
    pub(super) fn kind(&self) -> &'static str {
        if self.status.is_server_error() { "server_error" } else { "invalid_request_error" }
    }

    /// Returns the text to report to the operator.
    pub(super) fn into_report(self) -> String {
        self.report.unwrap_or(self.message)
    }
}

impl From<InvalidRequest> for ErrorResponse {
    fn from(InvalidRequest { message, code, param }: InvalidRequest) -> Self {
        Self::bad_request(message).code(code).param(param)
    }
}

impl From<DbError> for ErrorResponse {
    fn from(error: DbError) -> Self {
        let report = format!("store: {error}");
        if error.is_temporary() {
            let message = "The store is busy. Please try again later.";
            return Self { report: Some(report), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, message) };
        }
        Self::internal(report)
    }
}

impl From<std::io::Error> for ErrorResponse {
    fn from(error: std::io::Error) -> Self {
        Self::internal(format!("file contents: {error}"))
    }
}

impl From<StoreError> for ErrorResponse {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Db(error) => error.into(),
            StoreError::Files(error) => error.into(),
        }
    }
}

impl From<crate::json::Error> for ErrorResponse {
    fn from(error: crate::json::Error) -> Self {
        Self::internal(format!("stored object: {error}"))
    }
}

impl IntoResponse for ErrorResponse {
    fn into_response(self) -> Response {
        if self.message.is_empty() {
            return self.status.into_response();
        }
        let kind = self.kind();
        let (message, param) = (truncate(self.message), self.param.map(truncate));
        let error = json!({ "message": message, "type": kind, "param": param, "code": self.code });
        let mut response = (self.status, json!({ "error": error }).to_string()).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        if let Some(report) = self.report {
            response.extensions_mut().insert(InternalError(report));
        }
        response
    }
}

fn truncate(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MAX_CHARS) {
        text.truncate(end);
        text.push('…');
    }
    text
}
