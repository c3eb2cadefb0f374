//! The credentials that this process has used, so that no message repeats one. A server may send back what it was sent:
//! in an error, in a request ID, in a URL.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

/// Text that stands in the place of a credential.
pub const REDACTED: &str = "[redacted]";

/// Shorter texts are not looked for: they occur in ordinary words.
const SHORTEST: usize = 8;

/// The credentials, the longest first: one may be a part of another.
static KNOWN: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// Registers a credential, in the forms in which it can turn up.
pub fn add(text: &str) {
    let json = serde_json::Value::from(text).to_string();
    let json = json.get(1..json.len() - 1).unwrap_or_default();
    let encoded = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    for form in [text, json, &encoded] {
        if form.len() >= SHORTEST && !known.iter().any(|known| known == form) {
            known.push(form.to_owned());
        }
    }
    known.sort_by_key(|form| std::cmp::Reverse(form.len()));
}

/// Returns a text without the credentials that are registered.
pub fn hide(text: &str) -> Cow<'_, str> {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    known.iter().fold(Cow::Borrowed(text), |text, secret| {
        if text.contains(secret.as_str()) { Cow::Owned(text.replace(secret.as_str(), REDACTED)) } else { text }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registered_credential_is_hidden_in_every_form() {
        add("sk-of/the\"registry-test");
        add("short");
        assert_eq!(hide("key sk-of/the\"registry-test."), "key [redacted].");
        assert_eq!(hide(r#"{"key":"sk-of/the\"registry-test"}"#), r#"{"key":"[redacted]"}"#);
        assert_eq!(hide("?key=sk%2Dof%2Fthe%22registry%2Dtest&a"), "?key=[redacted]&a");
        assert!(matches!(hide("a short text"), Cow::Borrowed("a short text")));
    }
}
