//! How a failure looks, to people and to programs (DESIGN.md 2.4). Knows nothing of where errors come from.

use super::sanitize_lines;
use serde::Serialize;
use serde_json::{Value, json};

/// Everything that is told about a failure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorReport {
    pub exit_code: u8,
    /// A word for programs: `usage`, `not_found`, `rate_limited`.
    pub kind: String,
    pub message: String,
    pub causes: Vec<String>,
    pub hint: Option<String>,
    pub status: Option<u16>,
    /// The server's `type`, `code` and `param`.
    pub r#type: Option<String>,
    pub code: Option<String>,
    pub param: Option<String>,
    pub request_id: Option<String>,
    pub retryable: bool,
}

#[derive(Serialize)]
struct Wire<'a> {
    exit_code: u8,
    kind: &'a str,
    message: String,
    status: Option<u16>,
    r#type: Option<&'a str>,
    code: Option<&'a str>,
    param: Option<&'a str>,
    request_id: Option<&'a str>,
    hint: Option<&'a str>,
    retryable: bool,
}

impl ErrorReport {
    /// Returns the first line: the message and, in parentheses, what the server said of it.
    pub fn headline(&self) -> String {
        let named = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name} {value}"));
        let details: Vec<_> = [
            self.status.map(|status| status.to_string()),
            named("code", &self.code),
            named("param", &self.param),
            named("request id", &self.request_id),
        ]
        .into_iter()
        .flatten()
        .collect();
        match details.as_slice() {
            [] => self.message.clone(),
            details => format!("{} ({})", self.message, details.join(", ")),
        }
    }

    /// Returns message and causes in one line, with colons between them.
    pub fn reason(&self) -> String {
        std::iter::once(&self.message).chain(&self.causes).cloned().collect::<Vec<_>>().join(": ")
    }

    /// Returns the object for programs. It has no member for the causes, so they follow the message after colons.
    pub fn to_json(&self) -> Value {
        let message = self.reason();
        json!({"error": Wire {
            exit_code: self.exit_code,
            kind: &self.kind,
            message,
            status: self.status,
            r#type: self.r#type.as_deref(),
            code: self.code.as_deref(),
            param: self.param.as_deref(),
            request_id: self.request_id.as_deref(),
            hint: self.hint.as_deref(),
            retryable: self.retryable,
        }})
    }

    /// Returns the lines for people as label and text, safe for a terminal.
    pub(super) fn lines(&self) -> Vec<(Part, String)> {
        let safe = |text: &str| sanitize_lines(text).into_owned();
        let mut lines = vec![(Part::Error, safe(&self.headline()))];
        lines.extend(self.causes.iter().map(|cause| (Part::Cause, safe(cause))));
        lines.extend(self.hint.iter().map(|hint| (Part::Hint, safe(hint))));
        lines
    }
}

/// A part of a report as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Error,
    Cause,
    Hint,
}
