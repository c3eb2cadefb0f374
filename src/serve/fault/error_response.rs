//! The error response that a fault injects: its status code, headers and body.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::time::Duration;

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit-requests");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining-requests");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset-requests");
const RETRY_AFTER_MS: HeaderName = HeaderName::from_static("retry-after-ms");

/// An error response to inject.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct InjectedError {
    pub(super) status: u16,
    /// `true` if the request is executed before the error is sent.
    pub(super) after_commit: bool,
    pub(super) retry_after: Option<Duration>,
    pub(super) code: Option<String>,
    pub(super) message: String,
    pub(super) form: BodyFormat,
}

/// The format of the body. Gateways send other formats than the API (docs/protocol/errors.md#envelope).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyFormat {
    Json,
    Html,
    Text,
    Empty,
}

impl InjectedError {
    /// Returns an error with the default code and message of the protocol (docs/protocol/errors.md#known-errors).
    pub(super) fn new(status: u16, after_commit: bool) -> Self {
        let (code, message) = match status {
            429 => {
                let message = "You've exceeded the rate limit, please slow down and try again later.";
                (Some("rate_limit_exceeded"), message)
            }
            500.. => (None, "The server had an error while processing your request."),
            _ => (None, "This error was injected by --fault."),
        };
        let (code, message) = (code.map(str::to_owned), message.to_owned());
        Self { status, after_commit, retry_after: None, code, message, form: BodyFormat::Json }
    }

    /// Builds the response.
    pub(super) fn response(&self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (kind, body) = match self.form {
            BodyFormat::Json => ("application/json", self.envelope()),
            BodyFormat::Html => ("text/html", format!("<html><body><h1>{status}</h1></body></html>")),
            BodyFormat::Text => ("text/plain", self.message.clone()),
            BodyFormat::Empty => ("", String::new()),
        };
        let mut response = (status, Body::from(body)).into_response();
        let headers = response.headers_mut();
        if !kind.is_empty() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if let Some(wait) = self.retry_after {
            // The header `Retry-After` supports only whole seconds.
            headers.insert(header::RETRY_AFTER, (wait.as_millis().div_ceil(1_000) as u64).into());
            if wait.subsec_millis() > 0 {
                headers.insert(RETRY_AFTER_MS, u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).into());
            }
        }
        if self.status == 429 {
            let reset = format!("{}ms", self.retry_after.unwrap_or_default().as_millis());
            headers.insert(LIMIT, HeaderValue::from_static("60"));
            headers.insert(REMAINING, HeaderValue::from_static("0"));
            headers.extend(HeaderValue::try_from(reset).map(|reset| (RESET, reset)));
        }
        response
    }

    fn envelope(&self) -> String {
        let kind = if self.status >= 500 { "server_error" } else { "invalid_request_error" };
        json!({ "error": { "message": self.message, "type": kind, "param": null, "code": self.code } }).to_string()
    }
}
