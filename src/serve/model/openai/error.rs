//! Errors of a model endpoint: whether a retry can help, and the error that the run reports.

use super::request::RequestForm;
use crate::http::{HeaderMap, TransportError};
use crate::json;
use crate::serve::model::ModelInput;
use crate::serve::model::failure::{RunFailure, RunFailureCode};
use serde_json::Value;
use std::time::Duration;

/// The maximum number of characters of an endpoint's message that error messages repeat.
const EXCERPT: usize = 500;
/// The longest pause that is accepted from an endpoint. After a longer one, too little would be left of the time of the
/// run.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// An error of a model endpoint.
#[derive(Debug)]
pub(super) enum EndpointError {
    Transport(TransportError),
    /// The endpoint rejected the request.
    Status {
        status: u16,
        code: String,
        message: String,
        /// The pause that the endpoint requested.
        wait: Option<Duration>,
    },
    /// The endpoint reported an error within the stream.
    InStream {
        code: String,
        message: String,
    },
    /// The endpoint sent an empty response.
    Empty,
    /// The response is not a completion, with the reason.
    Malformed(String),
}

impl EndpointError {
    /// Returns the error for a response with an error status.
    pub(super) fn status(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()?.parse::<f64>().ok());
        let seconds = text("retry-after-ms").map(|ms| ms / 1_000.0).or_else(|| text("retry-after"));
        let wait = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let (code, message) = match json::read(body) {
            Ok(value) => code_and_message(value.get("error").unwrap_or(&value)),
            Err(_) => (String::new(), excerpt(body)),
        };
        Self::Status { status, code, message, wait }
    }

    /// Returns the error for the `error` member of an event.
    pub(super) fn in_stream(error: &Value) -> Self {
        let (code, message) = code_and_message(error);
        Self::InStream { code, message }
    }

    /// Returns the error for a successful response that contains no completion.
    pub(super) fn not_a_completion(body: &[u8]) -> Self {
        Self::Malformed(format!("expected a completion, got {}", excerpt(body)))
    }

    /// Returns the pause before the next attempt, or `None` if a retry cannot help. `attempts` is the number of
    /// attempts so far.
    pub(super) fn pause(&self, attempts: u32) -> Option<Duration> {
        let usual = Duration::from_millis(500).saturating_mul(1 << attempts.min(6));
        match self {
            Self::Transport(TransportError::Timeout { .. }) => None, // The request has already used its time.
            Self::Transport(error) => error.is_transient().then_some(usual),
            Self::Status { code, .. } if code == "insufficient_quota" => None,
            Self::Status { status: 408 | 409 | 429 | 500 | 502..=504 | 529, wait, .. } => {
                Some(wait.unwrap_or(usual)).filter(|wait| *wait <= LONGEST_PAUSE)
            }
            Self::Empty => Some(usual),
            Self::Status { .. } | Self::InStream { .. } | Self::Malformed(_) => None,
        }
    }

    /// Changes the form of the request if the endpoint does not support it, or if the prompt exceeds the context of the
    /// model. Returns `true` if the form changed.
    pub(super) fn adapt(&self, form: &mut RequestForm, input: &ModelInput) -> bool {
        let Self::Status { status: 400 | 413 | 422, code, message, .. } = self else { return false };
        let before = form.clone();
        let names = |member: &str| message.contains(member) || code.contains(member);
        let last = input.messages.len().saturating_sub(1);
        let too_long = code == "context_length_exceeded" || message.contains("context length");
        if too_long && input.may_leave_out && form.left_out < last {
            form.left_out += (last - form.left_out).div_ceil(2);
        } else if names("stream_options") {
            form.no_stream_options = true;
        } else if names("parallel_tool_calls") {
            form.no_parallel = true;
        } else if names("max_completion_tokens") {
            form.legacy_budget = true;
        }
        *form != before
    }

    /// Returns the error message for a request to an embeddings endpoint.
    pub(super) fn embedding_problem(&self) -> String {
        match self {
            Self::Transport(error) => format!("the request to the embeddings endpoint failed: {error}"),
            Self::Malformed(reason) => format!("the response of the embeddings endpoint is invalid: {reason}"),
            Self::Empty => "the embeddings endpoint sent an empty response".to_owned(),
            Self::InStream { message, .. } => with_details("the embeddings endpoint failed", message),
            Self::Status { status, message, .. } => {
                with_details(&format!("the embeddings endpoint failed (status {status})"), message)
            }
        }
    }

    /// Returns the failure of the run.
    pub(super) fn failure(&self) -> RunFailure {
        match self {
            Self::Transport(error) => RunFailure::server(format!("The request to the model endpoint failed: {error}.")),
            Self::Empty => RunFailure::server("The model endpoint sent an empty response."),
            Self::Malformed(reason) => {
                RunFailure::server(format!("The response of the model endpoint is invalid: {reason}."))
            }
            Self::InStream { code, message } => {
                let code = if is_limit(code) { RunFailureCode::RateLimitExceeded } else { RunFailureCode::ServerError };
                let problem = "The model endpoint reported an error within its response";
                RunFailure { code, message: with_details(problem, message) }
            }
            Self::Status { status, message, .. } => {
                let (code, problem) = match status {
                    401 | 403 => (RunFailureCode::ServerError, "denied access; check --model-key-env"),
                    404 => (RunFailureCode::ServerError, "does not have this model or path"),
                    429 => (RunFailureCode::RateLimitExceeded, "received too many requests"),
                    400 | 413 | 422 => (RunFailureCode::InvalidPrompt, "rejected the request"),
                    _ => (RunFailureCode::ServerError, "failed"),
                };
                let problem = format!("The model endpoint {problem} (status {status})");
                RunFailure { code, message: with_details(&problem, message) }
            }
        }
    }
}

fn with_details(problem: &str, details: &str) -> String {
    if details.is_empty() { problem.to_owned() } else { format!("{problem}: {details}") }
}

/// Returns `true` if an error code is that of a rate limit or a quota.
fn is_limit(code: &str) -> bool {
    ["rate_limit_exceeded", "429", "insufficient_quota"].contains(&code)
}

/// Returns the code and the message of an error object. Endpoints use several forms of it.
fn code_and_message(error: &Value) -> (String, String) {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let code = [&error["code"], &error["type"]].map(text).into_iter().find(|text| !text.is_empty());
    let message = [error, &error["message"], &error["detail"], &error["error"]].map(text);
    let message = message.into_iter().find(|text| !text.is_empty()).unwrap_or_else(|| match error {
        Value::Null => String::new(),
        value => value.to_string(),
    });
    (code.unwrap_or_default(), excerpt(message.as_bytes()))
}

/// Returns the beginning of a text on one line. If the text is an HTML page, returns a description instead.
fn excerpt(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(&text[..text.len().min(4 * EXCERPT)]);
    let text = text.trim();
    if text.starts_with('<') {
        return "an HTML page".to_owned();
    }
    let line: String = text.chars().map(|char| if char.is_control() { ' ' } else { char }).take(EXCERPT).collect();
    if line.chars().count() < text.chars().count() { format!("{line}…") } else { line }
}
