//! Redaction of secrets, and escaping of control characters for the terminal.

use crate::env::secrets::{self, REDACTED};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// The minimum length of a secret. Shorter values are not keys, and replacing them would only garble the text.
const SHORTEST_SECRET: usize = 6;

/// Returns `true` if a header must be hidden: it is marked as sensitive, or its name indicates a secret.
pub fn is_secret(name: &HeaderName, value: &HeaderValue) -> bool {
    value.is_sensitive() || names_secret(name.as_str())
}

/// Returns `true` if the name of a header indicates that it carries a secret.
pub fn names_secret(name: &str) -> bool {
    const WORDS: [&str; 7] = ["auth", "key", "token", "secret", "cookie", "password", "signature"];
    // The tokens of `x-ratelimit-remaining-tokens` are units of text, not secrets.
    let name = name.to_ascii_lowercase();
    !name.starts_with("x-ratelimit-") && WORDS.iter().any(|word| name.contains(word))
}

/// The secrets of one request, which are hidden in texts, headers and bytes.
#[derive(Clone, Default)]
pub struct Redactor {
    secrets: Vec<String>,
}

impl Redactor {
    /// Collects the secrets from the headers of a request.
    pub fn new(headers: &HeaderMap) -> Self {
        Self::of(headers, is_secret)
    }

    /// Collects only the headers that are marked as sensitive. The other headers belong to the calling program.
    pub fn of_marked(headers: &HeaderMap) -> Self {
        Self::of(headers, |_, value| value.is_sensitive())
    }

    fn of(headers: &HeaderMap, is_secret: impl Fn(&HeaderName, &HeaderValue) -> bool) -> Self {
        let mut secrets = Vec::new();
        for (name, value) in headers {
            let Some(text) = value.to_str().ok().filter(|_| is_secret(name, value)) else { continue };
            let key = text.split_once(' ').map_or(text, |(_, key)| key).trim();
            for form in [text.to_owned(), key.to_owned(), utf8_percent_encode(key, NON_ALPHANUMERIC).to_string()] {
                if form.len() >= SHORTEST_SECRET && !secrets.contains(&form) {
                    secrets.push(form);
                }
            }
        }
        // The longest first, because a secret may contain a shorter one.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self { secrets }
    }

    /// Returns the text with all secrets replaced.
    pub fn text(&self, text: &str) -> String {
        let text = secrets::hide(text).into_owned();
        self.secrets.iter().fold(text, |text, secret| text.replace(secret.as_str(), REDACTED))
    }

    /// Overwrites the secrets in `bytes`. The length stays the same.
    pub fn mask(&self, bytes: &mut [u8]) {
        for secret in &self.secrets {
            let found: Vec<usize> = memchr::memmem::find_iter(bytes, secret.as_bytes()).collect();
            for at in found {
                bytes[at..at + secret.len()].fill(b'*');
            }
        }
    }

    /// Hides the secrets in the values of response headers.
    pub fn redact_headers(&self, headers: &mut HeaderMap) {
        for value in headers.values_mut() {
            let shown = |secret: &String| memchr::memmem::find(value.as_bytes(), secret.as_bytes()).is_some();
            if self.secrets.iter().any(shown) {
                let text = self.text(&String::from_utf8_lossy(value.as_bytes()));
                *value = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(REDACTED));
            }
        }
    }

    /// Returns the headers with all secrets replaced, in the order of the request.
    pub fn headers(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        let shown = |name: &HeaderName, value: &HeaderValue| match is_secret(name, value) {
            true => REDACTED.to_owned(),
            false => self.text(&String::from_utf8_lossy(value.as_bytes())),
        };
        headers.iter().map(|(name, value)| (name.to_string(), shown(name, value))).collect()
    }
}

/// Escapes control and bidirectional characters as `\u{…}`, so that they have no effect on a terminal.
pub fn escape_controls(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        let bidi =
            matches!(letter, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        match letter {
            '\t' => escaped.push(letter),
            _ if letter.is_control() || bidi => escaped.extend(letter.escape_unicode()),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_hidden_in_headers_bodies_and_urls() {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_static("Bearer sk-a/b+secret"));
        headers.insert("accept", HeaderValue::from_static("*/*"));
        headers.insert("x-ratelimit-remaining-tokens", HeaderValue::from_static("9"));
        let mut team = HeaderValue::from_static("ada-lovelace");
        team.set_sensitive(true);
        headers.insert("x-team", team);
        let redactor = Redactor::new(&headers);
        assert_eq!(redactor.text("key sk-a/b+secret is wrong"), "key [redacted] is wrong");
        assert_eq!(redactor.text("?key=sk%2Da%2Fb%2Bsecret"), "?key=[redacted]");
        let shown = redactor.headers(&headers);
        assert_eq!(shown.iter().filter(|(_, value)| value == REDACTED).count(), 2);
        assert!(shown.contains(&("accept".to_owned(), "*/*".to_owned())));
    }

    #[test]
    fn secrets_in_a_response_are_masked() {
        let mut headers = HeaderMap::new();
        let mut key = HeaderValue::from_static("Bearer sk-a-secret");
        key.set_sensitive(true);
        headers.insert("authorization", key);
        headers.insert("x-api-key", HeaderValue::from_static("the-callers-own"));
        let redactor = Redactor::of_marked(&headers);
        let mut body = *b"bad key sk-a-secret, the-callers-own, sk-a-secret";
        redactor.mask(&mut body);
        assert_eq!(&body, b"bad key ***********, the-callers-own, ***********");
        let mut answer = HeaderMap::new();
        answer.insert("x-request-id", HeaderValue::from_static("req-sk-a-secret-1"));
        redactor.redact_headers(&mut answer);
        assert_eq!(answer["x-request-id"], "req-[redacted]-1");
    }

    #[test]
    fn control_and_bidirectional_characters_are_escaped() {
        assert_eq!(escape_controls("a\u{1b}[2Jb\u{202e}c\u{9b}\td"), "a\\u{1b}[2Jb\\u{202e}c\\u{9b}\td");
    }
}
