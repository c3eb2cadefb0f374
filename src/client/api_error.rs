//! The errors of servers: the envelope of docs/protocol/errors.md#envelope, and the other forms that servers send.

use super::missing;
use crate::api::Kind;
use crate::env::secrets;
use crate::ui::shorten;
use serde_json::Value;

/// The maximum length of a shown error message, in characters.
const LONGEST: usize = 2_000;

/// The error response of a server. Members that the response lacks are `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiError {
    pub status: u16,
    pub message: String,
    pub kind: Option<String>,
    pub code: Option<String>,
    pub param: Option<String>,
    pub request_id: Option<String>,
    /// `true` if the response has the envelope of the protocol: an object `error` with a string `message`.
    pub enveloped: bool,
}

/// The meaning of an error response for the caller, which is more specific than its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiErrorKind {
    NotFound,
    NotPermitted,
    Rejected,
    RateLimit,
    ServerError,
    NotOffered,
    /// The thread has an active run, the run is in another state, or another request changes the conversation. A later
    /// request may succeed.
    Busy,
}

impl ApiError {
    /// Parses an error response of any form: the envelope, `{"detail":…}`, `{"message":…}`, `{"error":"text"}`, plain
    /// text, HTML, or an empty body (docs/protocol/servers.md#what-a-client-must-tolerate).
    pub fn parse(status: u16, body: &[u8], request_id: Option<String>) -> Self {
        let mut refused = Self { status, request_id, ..Self::default() };
        match super::json::read(body) {
            Ok(value) => refused.fill(&value),
            Err(_) => refused.message = plain(&String::from_utf8_lossy(body)),
        }
        if refused.message.is_empty() {
            refused.message = default_message(status).to_owned();
        }
        // Redact before shortening, because a truncated key would not be recognised.
        refused.for_each_text(|text| *text = secrets::hide(text).into_owned());
        refused.message = shorten(&refused.message, LONGEST).into_owned();
        refused
    }

    /// Calls `change` with each text from the server.
    pub(super) fn for_each_text(&mut self, mut change: impl FnMut(&mut String)) {
        change(&mut self.message);
        [&mut self.kind, &mut self.code, &mut self.param, &mut self.request_id].into_iter().flatten().for_each(change);
    }

    fn fill(&mut self, value: &Value) {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let error = match &value["error"] {
            Value::Object(_) => &value["error"],
            _ => value,
        };
        let candidates = [&error["message"], &value["error"], &value["detail"], value];
        self.message = candidates.iter().find_map(|text| text.as_str().map(str::to_owned)).unwrap_or_else(|| {
            let whole = if value["detail"].is_null() { value } else { &value["detail"] };
            if whole.is_null() || *whole == serde_json::json!({}) { String::new() } else { whole.to_string() }
        });
        self.enveloped = value["error"]["message"].is_string();
        self.kind = text(&error["type"]);
        self.code = text(&error["code"]);
        self.param = text(&error["param"]);
    }

    /// Returns the meaning of the error. The status determines it. For 400, 409, and 422, the message distinguishes
    /// [`ApiErrorKind::Busy`] from other rejections.
    pub fn error_kind(&self) -> ApiErrorKind {
        match self.status {
            401 | 403 => ApiErrorKind::NotPermitted,
            404 => ApiErrorKind::NotFound,
            405 | 501 => ApiErrorKind::NotOffered,
            429 => ApiErrorKind::RateLimit,
            500.. => ApiErrorKind::ServerError,
            400 | 409 | 422 if self.is_busy() => ApiErrorKind::Busy,
            _ => ApiErrorKind::Rejected,
        }
    }

    fn is_busy(&self) -> bool {
        const SIGNS: [&str; 5] = [
            "while a run ",
            "already has an active run",
            "Runs in status ",
            "Cannot cancel run with status ",
            "cannot submit tool outputs",
        ];
        // docs/protocol/conversations.md has the code for a conversation that another request changes.
        self.code.as_deref() == Some("conversation_locked") || SIGNS.iter().any(|sign| self.message.contains(sign))
    }

    /// Returns `true` if the account has no quota left. Waiting does not help then.
    pub fn out_of_quota(&self) -> bool {
        let quota = |text: &Option<String>| text.as_deref() == Some("insufficient_quota");
        quota(&self.code) || quota(&self.kind)
    }

    /// Returns `true` if this is a 404 that names a missing object. The server that sent it therefore has the endpoint
    /// (docs/protocol/dialects.md#openai-after-the-shutdown).
    pub fn names_object(&self) -> bool {
        self.missing().is_some()
    }

    /// Returns `true` if this is a 404 that reports exactly this object as missing
    /// (docs/design/bulk.md#when-a-404-is-accepted).
    ///
    /// It must use the envelope and a wording of the protocol, with a matching type and code.
    pub fn reports_missing(&self, kind: Kind, id: &str) -> bool {
        self.missing() == Some((kind, id))
    }

    fn missing(&self) -> Option<(Kind, &str)> {
        let (kind, id) = missing::named(&self.message).filter(|_| self.status == 404 && self.enveloped)?;
        missing::fits(kind, self.kind.as_deref(), self.code.as_deref()).then_some((kind, id))
    }
}

/// Converts plain text or HTML to one line, without tags and with collapsed white space.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut depth = 0_u32;
    let html = text.trim_start().starts_with('<');
    for c in text.chars() {
        match c {
            '<' if html => {
                depth += 1;
                out.push(' ');
            }
            '>' if html => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the message to show for a response without one.
fn default_message(status: u16) -> &'static str {
    match status {
        400 => "bad request",
        401 => "not authenticated",
        403 => "not permitted",
        404 => "not found",
        405 => "method not allowed",
        409 => "conflict",
        413 => "request too large",
        422 => "unprocessable request",
        429 => "rate limit reached",
        501 => "not implemented",
        500.. => "the server failed",
        _ => "the server rejected the request without a reason",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_found_in_every_form_of_error() {
        let table: [(&str, &str); 10] = [
            (r#"{"error":{"message":"No thread","type":"t","param":null,"code":null}}"#, "No thread"),
            (r#"{"detail":"Forbidden"}"#, "Forbidden"),
            (r#"{"detail":[{"loc":["body"],"msg":"field required"}]}"#, r#"[{"loc":["body"],"msg":"field required"}]"#),
            (r#"{"message":"gone","error":"Not Found","statusCode":404}"#, "gone"),
            (r#"{"error":"text"}"#, "text"),
            ("plain words\n", "plain words"),
            ("<html><body><h1>502</h1>Bad  gateway</body></html>", "502 Bad gateway"),
            ("", "not found"),
            ("null", "not found"),
            ("{}", "not found"),
        ];
        for (body, expected) in table {
            assert_eq!(ApiError::parse(404, body.as_bytes(), None).message, expected, "{body}");
        }
    }

    #[test]
    fn a_code_may_be_a_number() {
        let refused = ApiError::parse(400, br#"{"error":{"message":"m","code":400}}"#, Some("req_1".into()));
        assert_eq!(refused.code.as_deref(), Some("400"));
        assert_eq!(refused.request_id.as_deref(), Some("req_1"));
    }

    #[test]
    fn errors_about_locks_and_states_mean_busy() {
        let meaning = |text: &str| {
            let body = serde_json::json!({"error": {"message": text}}).to_string();
            ApiError::parse(400, body.as_bytes(), None).error_kind()
        };
        assert_eq!(meaning("Can't add messages to thread_1 while a run run_1 is active."), ApiErrorKind::Busy);
        assert_eq!(meaning("Thread thread_1 already has an active run run_1."), ApiErrorKind::Busy);
        assert_eq!(meaning("Runs in status \"expired\" do not accept tool outputs."), ApiErrorKind::Busy);
        assert_eq!(meaning("Cannot cancel run with status 'cancelled'."), ApiErrorKind::Busy);
        assert_eq!(meaning("Unknown parameter: 'x'."), ApiErrorKind::Rejected);
    }

    #[test]
    fn only_a_404_that_names_the_object_reports_it_missing() {
        let misses = |status: u16, body: &str| {
            ApiError::parse(status, body.as_bytes(), None).reports_missing(Kind::Thread, "thread_1")
        };
        let error_body = |text: &str| serde_json::json!({"error": {"message": text}}).to_string();
        let right = "No thread found with id 'thread_1'.";
        assert!(misses(404, &error_body(right)));
        assert!(!misses(400, &error_body(right)) && !misses(410, &error_body(right)));
        for text in [
            "No thread found with id 'thread_12'.",
            "No thread found with id 'old-thread_1'.",
            "No assistant found with id 'thread_1'.",
            "No such route: GET /v1/threads/thread_1",
            "Invalid URL (GET /v1/threads/thread_1)",
            "not found",
        ] {
            assert!(!misses(404, &error_body(text)), "{text}");
        }
        for body in [
            format!("\"{right}\""),
            right.to_owned(),
            format!(r#"{{"detail":"{right}"}}"#),
            format!(r#"{{"message":"{right}"}}"#),
            format!(r#"{{"error":"{right}"}}"#),
            format!(r#"[{{"error":{{"message":"{right}"}}}}]"#),
            format!(r#"{{"error":{{"message":"{right}","type":"gateway_error"}}}}"#),
            format!(r#"{{"error":{{"message":"{right}","code":"route_not_found"}}}}"#),
        ] {
            assert!(!misses(404, &body), "{body}");
        }
    }

    #[test]
    fn a_long_error_page_is_shortened() {
        let page = "x".repeat(10_000_000);
        assert!(ApiError::parse(500, page.as_bytes(), None).message.chars().count() <= LONGEST + 1);
    }
}
