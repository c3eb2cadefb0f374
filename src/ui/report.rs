//! The report of an error, and its form as text and as JSON (docs/design/exit_codes.md).

use super::sanitize_lines;
use serde::Serialize;
use serde_json::{Value, json};

/// All details of an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorReport {
    pub exit_code: u8,
    /// A word for programs, such as `usage`, `not_found` or `rate_limited`.
    pub kind: String,
    pub message: String,
    pub causes: Vec<String>,
    pub hint: Option<String>,
    pub status: Option<u16>,
    /// The members `type`, `code` and `param` of the error that the server returned.
    pub r#type: Option<String>,
    pub code: Option<String>,
    pub param: Option<String>,
    pub request_id: Option<String>,
    /// `true` if the same command may succeed later.
    pub retryable: bool,
}

/// The members of an error in JSON, in their order.
#[derive(Serialize)]
struct ErrorMembers<'a> {
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
    /// Returns the first line: the message, and the details from the server in parentheses.
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

    /// Returns the message and the causes in one line, separated by colons.
    pub fn reason(&self) -> String {
        std::iter::once(&self.message).chain(&self.causes).cloned().collect::<Vec<_>>().join(": ")
    }

    /// Returns the JSON object for programs. It has no member for the causes, so they are appended to the message.
    pub fn to_json(&self) -> Value {
        let message = self.reason();
        json!({"error": ErrorMembers {
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

    /// Returns the lines of the text form, each with its label. Control characters are removed.
    pub(super) fn lines(&self) -> Vec<(ReportLine, String)> {
        let safe = |text: &str| sanitize_lines(text).into_owned();
        let mut lines = vec![(ReportLine::Error, safe(&self.headline()))];
        lines.extend(self.causes.iter().map(|cause| (ReportLine::Cause, safe(cause))));
        lines.extend(self.hint.iter().map(|hint| (ReportLine::Hint, safe(hint))));
        lines
    }
}

/// A part of an error report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReportLine {
    Error,
    Cause,
    Hint,
}
