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

/// From this length on a credential is looked for inside other texts; a shorter one must be all of a text.
const UNMISTAKABLE: usize = 20;

/// Returns `true` if a text repeats a credential: as a whole, or inside where it cannot be there by chance.
pub(super) fn repeats(text: &str, secret: &str) -> bool {
    let inside = secret.len() >= UNMISTAKABLE && text.contains(secret);
    inside || secret.len() >= SHORTEST && text.trim() == secret
}

/// Returns `true` if a text repeats a credential that is registered.
pub(super) fn is_in(text: &str) -> bool {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    known.iter().any(|secret| repeats(text, secret))
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
    fn a_credential_is_found_where_it_is_no_coincidence() {
        let long = "sk-0123456789-0123456789";
        for text in [long.to_owned(), format!(" {long}\n"), format!("-H 'Authorization: Bearer {long}'")] {
            assert!(repeats(&text, long), "{text}");
        }
        assert!(repeats("sk-01234", "sk-01234") && !repeats("/opt/sk-01234/bin", "sk-01234"));
        assert!(!repeats("ollama", "ollama") && !repeats("", long));
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
