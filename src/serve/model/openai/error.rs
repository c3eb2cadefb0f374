//! Errors of a model endpoint: whether a retry can help, and the error that the run reports.

use super::request::Form;
use crate::http::{HeaderMap, TransportError};
use crate::json;
use crate::serve::model::Turn;
use crate::serve::run_error::{Code, Failure};
use serde_json::Value;
use std::time::Duration;

/// The maximum number of characters of an endpoint's message that are repeated.
const SHOWN: usize = 500;
/// The longest pause that an endpoint may request. A longer one would use up too much of the run's time.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// An error of a model endpoint.
#[derive(Debug)]
pub(super) enum Trouble {
    Transport(TransportError),
    /// The endpoint rejected the request.
    Refused {
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
    Nothing,
    /// The response is not a completion, with the reason.
    Nonsense(String),
}

impl Trouble {
    /// Returns the error for a response with an error status.
    pub(super) fn refused(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()?.parse::<f64>().ok());
        let seconds = text("retry-after-ms").map(|ms| ms / 1_000.0).or_else(|| text("retry-after"));
        let wait = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let (code, message) = match json::read(body) {
            Ok(value) => words_of(value.get("error").unwrap_or(&value)),
            Err(_) => (String::new(), shown(body)),
        };
        Self::Refused { status, code, message, wait }
    }

    /// Returns the error for the `error` member of an event.
    pub(super) fn in_stream(error: &Value) -> Self {
        let (code, message) = words_of(error);
        Self::InStream { code, message }
    }

    /// Returns the error for a successful response that contains no completion.
    pub(super) fn no_answer(body: &[u8]) -> Self {
        Self::Nonsense(format!("it answered with no completion: {}", shown(body)))
    }

    /// Returns the pause before the next attempt after `made` attempts, or `None` if a retry cannot help.
    pub(super) fn pause(&self, made: u32) -> Option<Duration> {
        let usual = Duration::from_millis(500).saturating_mul(1 << made.min(6));
        match self {
            Self::Transport(TransportError::Timeout { .. }) => None, // The request has already used its time.
            Self::Transport(error) => error.is_transient().then_some(usual),
            Self::Refused { code, .. } if code == "insufficient_quota" => None,
            Self::Refused { status: 408 | 409 | 429 | 500 | 502..=504 | 529, wait, .. } => {
                Some(wait.unwrap_or(usual)).filter(|wait| *wait <= LONGEST_PAUSE)
            }
            Self::Nothing => Some(usual),
            Self::Refused { .. } | Self::InStream { .. } | Self::Nonsense(_) => None,
        }
    }

    /// Changes the form of the request if the endpoint does not support it or has no room for so many messages. Returns
    /// `true` if the form changed.
    pub(super) fn asks_otherwise(&self, form: &mut Form, turn: &Turn) -> bool {
        let Self::Refused { status: 400 | 413 | 422, code, message, .. } = self else { return false };
        let before = form.clone();
        let names = |member: &str| message.contains(member) || code.contains(member);
        let last = turn.messages.len().saturating_sub(1);
        let too_long = code == "context_length_exceeded" || message.contains("context length");
        if too_long && turn.shortens && form.left_out < last {
            form.left_out += (last - form.left_out).div_ceil(2);
        } else if names("stream_options") {
            form.no_stream_options = true;
        } else if names("parallel_tool_calls") {
            form.no_parallel = true;
        } else if names("max_completion_tokens") {
            form.old_budget = true;
        }
        *form != before
    }

    /// Returns the error that the run reports.
    pub(super) fn failure(&self) -> Failure {
        let said = |message: &str| if message.is_empty() { String::new() } else { format!(": {message}") };
        match self {
            Self::Transport(error) => Failure::server(format!("The model's endpoint could not be asked: {error}.")),
            Self::Nothing => Failure::server("The model's endpoint answered with nothing."),
            Self::Nonsense(why) => Failure::server(format!("The model's endpoint cannot be understood: {why}.")),
            Self::InStream { code, message } => {
                let text = format!("The model's endpoint failed while it answered{}", said(message));
                Failure {
                    code: if is_limit(code) { Code::RateLimitExceeded } else { Code::ServerError },
                    message: text,
                }
            }
            Self::Refused { status, message, .. } => {
                let (code, what) = match status {
                    401 | 403 => (Code::ServerError, "does not take the key that --model-key-env names, or its lack"),
                    404 => (Code::ServerError, "knows no such model or path"),
                    429 => (Code::RateLimitExceeded, "has had too many requests"),
                    400 | 413 | 422 => (Code::InvalidPrompt, "refused the request"),
                    _ => (Code::ServerError, "failed"),
                };
                Failure { code, message: format!("The model's endpoint {what} ({status}){}", said(message)) }
            }
        }
    }
}

fn is_limit(code: &str) -> bool {
    ["rate_limit_exceeded", "429", "insufficient_quota"].contains(&code)
}

/// Returns the code and the message of an error, in any of its forms.
fn words_of(error: &Value) -> (String, String) {
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
    (code.unwrap_or_default(), shown(message.as_bytes()))
}

/// Returns the beginning of a text on one line. An HTML page is replaced by a description.
fn shown(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(&text[..text.len().min(4 * SHOWN)]);
    let text = text.trim();
    if text.starts_with('<') {
        return "a page of HTML".to_owned();
    }
    let line: String = text.chars().map(|char| if char.is_control() { ' ' } else { char }).take(SHOWN).collect();
    if line.chars().count() < text.chars().count() { format!("{line}…") } else { line }
}
