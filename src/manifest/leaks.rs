//! Finds credentials in a manifest. Everyone who can use the backend could read them in instructions and metadata.

use serde_json::{Map, Value};

/// The prefixes of known credentials, each with the minimum length of the credential.
const BEGINNINGS: &[(&str, usize)] = &[
    ("sk-", 24),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghs_", 30),
    ("github_pat_", 30),
    ("glpat-", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("AKIA", 20),
    ("AIza", 35),
];

/// Returns the path of the first value that contains what looks like a credential.
pub(super) fn leak(members: &Map<String, Value>) -> Option<String> {
    members.iter().find_map(|(name, value)| within(value, name))
}

/// Returns `true` if a value contains what looks like a credential.
pub fn has_credential(value: &Value) -> bool {
    within(value, "").is_some()
}

fn within(value: &Value, path: &str) -> Option<String> {
    match value {
        Value::String(text) => looks_like_key(text).then(|| path.to_owned()),
        Value::Array(items) => items.iter().enumerate().find_map(|(n, item)| within(item, &format!("{path}[{n}]"))),
        Value::Object(members) => members.iter().find_map(|(name, value)| within(value, &format!("{path}.{name}"))),
        _ => None,
    }
}

/// The minimum length of any credential.
const SHORTEST: usize = 20;

/// Returns `true` if a text contains a word with the form of a key or of a signed token.
fn looks_like_key(text: &str) -> bool {
    let in_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let words = text.as_bytes().split(|byte| !in_word(byte)).filter(|word| word.len() >= SHORTEST);
    words.filter_map(|word| std::str::from_utf8(word).ok()).any(|word| {
        let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
        let begins = |(beginning, length): &(&str, usize)| word.starts_with(beginning) && word.len() >= *length;
        has_digit && BEGINNINGS.iter().any(begins) || is_token(word)
    })
}

/// Returns `true` for three parts in Base64, the first of which is a JSON object.
fn is_token(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    matches!(parts.as_slice(), [header, payload, signature]
        if header.starts_with("eyJ") && payload.starts_with("eyJ") && header.len() >= 10 && signature.len() >= 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_and_words_are_not() {
        for (text, expected) in [
            ("sk-proj-abcdefghij0123456789", true),
            ("Use the key sk-abcdefghijklmnopqrst012345, please.", true),
            ("ghp_abcdefghijklmnopqrstuvwxyz0123", true),
            ("AKIAABCDEFGHIJKLMN12", true),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlc2lnbmF0dXJl", true),
            ("sk-learn is a library", false),
            ("sk-a-long-word-without-any-number", false),
            ("eyJ", false),
            ("asst_abc123 file-abc123 vs_abc123", false),
        ] {
            assert_eq!(looks_like_key(text), expected, "{text}");
        }
    }
}
