//! A registry of the credentials that this process has used, so that no message repeats one. A server may return a
//! credential that it received: in an error, in a request ID, or in a URL.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

/// The text that replaces a credential.
pub const REDACTED: &str = "[redacted]";

/// The minimum length of a registered text in bytes. Shorter texts occur in ordinary words.
const SHORTEST: usize = 8;

/// The registered credentials, longest first, because one may be a part of another.
static KNOWN: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// Registers a credential in its plain, JSON-escaped and percent-encoded form.
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

/// The length from which a credential is also searched inside other text. A shorter one must be the whole text.
const SEARCHED_FROM: usize = 20;

/// Returns `true` if a text contains a credential: as the whole text, or as a part that is too long to be a
/// coincidence.
pub(super) fn contains(text: &str, secret: &str) -> bool {
    let inside = secret.len() >= SEARCHED_FROM && text.contains(secret);
    inside || secret.len() >= SHORTEST && text.trim() == secret
}

/// Returns `true` if a text contains a registered credential.
pub(super) fn contains_registered(text: &str) -> bool {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    known.iter().any(|secret| contains(text, secret))
}

/// Returns the text with every registered credential replaced by [`REDACTED`].
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
    fn a_credential_is_found_where_it_is_no_coincidence() {
        let long = "sk-0123456789-0123456789";
        for text in [long.to_owned(), format!(" {long}\n"), format!("-H 'Authorization: Bearer {long}'")] {
            assert!(contains(&text, long), "{text}");
        }
        assert!(contains("sk-01234", "sk-01234") && !contains("/opt/sk-01234/bin", "sk-01234"));
        assert!(!contains("ollama", "ollama") && !contains("", long));
    }

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
