//! What a request is refused with: one type, shown as the protocol's envelope (docs/protocol/errors.md).
//!
//! What went wrong inside is reported to whoever runs the server and never shown.

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

/// Most characters of a message or param that are shown: both may repeat what the caller sent.
const SHOWN: usize = 2_000;

/// A refused request.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) message: String,
    pub(super) code: Option<&'static str>,
    pub(super) param: Option<String>,
    /// After how many seconds the same may succeed.
    retry_after: Option<u16>,
    /// What went wrong inside.
    report: Option<String>,
}

/// What is reported of an answer; it travels from the handler to the envelope beside the response.
#[derive(Debug, Clone)]
pub(super) struct Report(pub(super) String);

impl Refused {
    /// Refuses with a status and a message.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), code: None, param: None, retry_after: None, report: None }
    }

    /// Refuses without a word, as what was switched off does (docs/protocol/dialects.md#openai-after-the-shutdown).
    pub(super) fn wordless(status: StatusCode) -> Self {
        Self::new(status, "")
    }

    /// Refuses with 400.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// Adds the code.
    pub(super) fn code(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    /// Adds the member that is at fault.
    pub(super) fn param(self, param: impl Into<String>) -> Self {
        Self { param: Some(param.into()), ..self }
    }

    /// Adds after how many seconds the same may succeed.
    pub(super) fn retry_after(self, seconds: u16) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Nothing more came of the request's body.
    pub(super) fn stalled() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "The body of your request did not come in time.")
    }

    /// There is no such object, in the words of its kind.
    pub(super) fn missing(kind: Kind, id: &str) -> Self {
        let message = match kind {
            Kind::File => format!("No such File object: {id}"),
            kind => format!("No {} found with id '{id}'.", kind.name().replace('_', " ")),
        };
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// Tells whether the same may succeed later: the store is busy, or its server away.
    pub(super) fn passes(&self) -> bool {
        self.status == StatusCode::SERVICE_UNAVAILABLE
    }

    /// Returns what is reported of it.
    pub(super) fn told(self) -> String {
        self.report.unwrap_or(self.message)
    }

    /// Something failed inside.
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
