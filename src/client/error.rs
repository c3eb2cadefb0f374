//! The errors of requests, with their causes and hints.

use super::api_error::ApiError;
use crate::api::Kind;
use crate::api::check::InvalidRequest;
use crate::api::stream::StreamError;
use crate::http::TransportError;
use std::time::Duration;

/// The error of a request that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server refused the request.
    #[error("{}", .0.message)]
    Api(Box<ApiError>),
    /// The backend does not offer the endpoint (docs/design/exit_codes.md, code 11).
    #[error("{}", .0.message)]
    NotOffered(Box<ApiError>),
    /// The server asks for a longer wait than the limit allows. `api_error` is `None` if the wait was requested in
    /// another response.
    #[error("the server asks for a wait of {}, but the limit is {}", seconds(*wait), seconds(*max_wait))]
    WaitTooLong { wait: Duration, max_wait: Duration, api_error: Option<Box<ApiError>> },
    /// No complete response arrived. Either nothing was done, or the request can be repeated without effect.
    #[error(transparent)]
    Unreachable(TransportError),
    /// A create request, an upload or a submission of tool outputs may or may not have been executed.
    #[error("the request may have been executed, so it was not repeated")]
    OutcomeUnknown(Box<ClientError>),
    /// The response has a success status, but not the form that the protocol requires.
    #[error("the response is invalid: {reason}")]
    InvalidResponse { reason: String, request_id: Option<String> },
    /// A stream of events ended with an error event.
    #[error("{}", .0.message)]
    StreamFailed(Box<StreamError>),
    /// The response to a deletion lacks `deleted: true`.
    #[error("the server did not confirm the deletion: {answer}")]
    NotDeleted { answer: String },
    /// The request failed a check before it was sent. The error uses the terms of the API.
    #[error(transparent)]
    InvalidRequest(#[from] InvalidRequest),
    /// A local file could not be read or written.
    #[error("{0}")]
    File(String),
}

/// Formats a duration in seconds, with its fraction, so that two different durations never look equal.
fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

impl ClientError {
    /// Returns the error of the server, if it sent one.
    pub fn api_error(&self) -> Option<&ApiError> {
        match self {
            Self::Api(refused) | Self::NotOffered(refused) => Some(refused),
            Self::WaitTooLong { api_error: refused, .. } => refused.as_deref(),
            Self::OutcomeUnknown(cause) => cause.api_error(),
            _ => None,
        }
    }

    /// Returns the error event of a stream, if there was one.
    pub fn stream_error(&self) -> Option<&StreamError> {
        match self {
            Self::StreamFailed(broken) => Some(broken),
            Self::OutcomeUnknown(cause) => cause.stream_error(),
            _ => None,
        }
    }

    /// Returns the causes, starting with this error.
    pub fn causes(&self) -> Vec<String> {
        match self {
            Self::OutcomeUnknown(cause) => std::iter::once(self.to_string()).chain(cause.causes()).collect(),
            Self::WaitTooLong { api_error: refused, .. } => {
                std::iter::once(self.to_string()).chain(refused.iter().map(|refused| refused.message.clone())).collect()
            }
            _ => vec![self.to_string()],
        }
    }

    /// Returns a hint that depends only on the error.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unreachable(error) => error.hint().map(str::to_owned),
            Self::OutcomeUnknown(_) => Some(
                "run `asst ledger doctor` before you repeat the command: it shows what may have been created".into(),
            ),
            Self::WaitTooLong { .. } => Some("pass --max-wait to allow a longer wait".into()),
            Self::InvalidResponse { .. } => Some("check the base URL of the profile: run `asst profiles show`".into()),
            _ => None,
        }
    }

    /// Returns `true` if the server reported exactly this object as missing.
    pub fn reports_missing(&self, kind: Kind, id: &str) -> bool {
        matches!(self, Self::Api(refused) if refused.reports_missing(kind, id))
    }

    /// Returns `true` if this is one of the documented ways to refuse a list that the backend does not have
    /// (docs/protocol/endpoints.md#lists-that-do-not-exist, docs/protocol/errors.md#known-errors).
    ///
    /// Any other 404 may come from a gateway, a load balancer, or a wrong path, although the backend has the list.
    pub fn refuses_list(&self) -> bool {
        let needs_session_key = |error: &ApiError| error.code.as_deref() == Some("missing_scope");
        let is_unknown_url = |error: &ApiError| error.enveloped && error.message.starts_with("Invalid URL");
        self.api_error().is_some_and(|error| match error.status {
            401 | 403 => needs_session_key(error),
            404 => is_unknown_url(error),
            405 | 501 => true,
            _ => false,
        })
    }

    /// Returns `true` if the server responded with 404. The response need not name the object.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Api(refused) if refused.status == 404)
    }
}
