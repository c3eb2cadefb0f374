//! A registry of the credentials that this process has used, so that no message repeats one. A server may return a
//! credential that it received: in an error, in a request ID, or in a URL.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

/// The text that replaces a credential.
pub const REDACTED: &str = "[redacted]";

/// The minimum length of a registered text in bytes. Shorter texts occur in ordinary words.
const SHORTEST: usize = 8;

/// The registered credentials, longest first, because one may be a part of another.
static KNOWN: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// The characters that URL encoders leave unchanged besides letters and digits.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Registers a credential in its plain form, JSON-escaped, percent-encoded, and in Base64.
pub fn add(text: &str) {
    let json = serde_json::Value::from(text).to_string();
    let json = json.get(1..json.len() - 1).unwrap_or_default().to_owned();
    let mut forms = vec![text.to_owned(), json];
    for set in [NON_ALPHANUMERIC, UNRESERVED] {
        let encoded = utf8_percent_encode(text, set).to_string();
        forms.push(lower_case_escapes(&encoded));
        forms.push(encoded);
    }
    forms.extend(base64_forms(text));
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    for form in forms {
        if form.len() >= SHORTEST && !known.contains(&form) {
            known.push(form);
        }
    }
    known.sort_by_key(|form| std::cmp::Reverse(form.len()));
}

/// Returns a percent-encoded text with its hexadecimal digits in lower case.
fn lower_case_escapes(encoded: &str) -> String {
    let mut digits = 0;
    let lower = |c: char| {
        let is_digit = digits > 0;
        digits = if c == '%' { 2 } else { i32::saturating_sub(digits, 1).max(0) };
        if is_digit { c.to_ascii_lowercase() } else { c }
    };
    encoded.chars().map(lower).collect()
}

/// Returns the Base64 forms of a credential inside a longer text, such as `Basic` of a user and a password.
///
/// Base64 encodes groups of three bytes, so the form depends on the number of bytes before the credential. Characters
/// that also depend on the bytes before or after it are left out.
fn base64_forms(text: &str) -> Vec<String> {
    /// The minimum length of a form. Shorter ones occur by chance.
    const SHORTEST_BASE64: usize = 12;
    let mut forms = Vec::new();
    for before in 0..3 {
        let bytes = [&vec![0; before], text.as_bytes()].concat();
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&bytes);
            // The character after the last whole one mixes bits of the next byte.
            let (start, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
            forms.extend(encoded.get(start..end).map(str::to_owned));
        }
    }
    forms.retain(|form| form.len() >= SHORTEST_BASE64);
    forms
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
    fn only_a_long_credential_is_found_inside_other_text() {
        let long = "sk-0123456789-0123456789";
        for text in [long.to_owned(), format!(" {long}\n"), format!("-H 'Authorization: Bearer {long}'")] {
            assert!(contains(&text, long), "{text}");
        }
        assert!(contains("sk-01234", "sk-01234") && !contains("/opt/sk-01234/bin", "sk-01234"));
        assert!(!contains("ollama", "ollama") && !contains("", long));
    }

    #[test]
    fn a_registered_credential_is_hidden_in_base64() {
        let secret = "sk-base64-\u{fb}\u{ff}-0123456789";
        add(secret);
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            for before in ["", "a", "ab", "user:", "organisation"] {
                for after in ["", "z", "zz", ":end"] {
                    let hidden = hide(&engine.encode(format!("{before}{secret}{after}"))).into_owned();
                    assert!(hidden.contains(REDACTED), "{before} {after}: {hidden}");
                    // At most two characters of the credential's own remain at each end.
                    let rest = hidden.replace(REDACTED, "");
                    assert!(rest.len() <= (before.len() + after.len()) * 4 / 3 + 6, "{before} {after}: {hidden}");
                }
            }
        }
        assert!(matches!(hide("c2hvcnQ and unrelated text"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_registered_credential_is_hidden_in_every_form() {
        add("sk-of/the\"registry-test");
        add("short");
        assert_eq!(hide("key sk-of/the\"registry-test."), "key [redacted].");
        assert_eq!(hide(r#"{"key":"sk-of/the\"registry-test"}"#), r#"{"key":"[redacted]"}"#);
        for encoded in
            ["sk%2Dof%2Fthe%22registry%2Dtest", "sk%2dof%2fthe%22registry%2dtest", "sk-of%2Fthe%22registry-test"]
        {
            assert_eq!(hide(&format!("?key={encoded}&a")), "?key=[redacted]&a", "{encoded}");
        }
        assert!(matches!(hide("a short text"), Cow::Borrowed("a short text")));
    }
}
