//! A lenient reader for the JSON of any server.
//!
//! It repairs some errors that a strict parser rejects. A response that cannot be read may be the only source of a new
//! ID.

use crate::json::{self, Error};
use serde_json::Value;

/// Parses the body of a response. The error is the reason, as the end of a sentence about the response.
pub(super) fn read(body: &[u8]) -> Result<Value, String> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let limit_error = |error: &Error| format!("its JSON exceeds a limit: {}", error.message());
    let error = match json::read(body) {
        Ok(value) => return Ok(value),
        Err(error) if error.is_limit() => return Err(limit_error(&error)),
        Err(error) if error.is_eof() => return Err(format!("its JSON is incomplete ({error})")),
        Err(error) => error,
    };
    json::read(repaired(&String::from_utf8_lossy(body))).map_err(|again| match again.is_limit() {
        true => limit_error(&again),
        false => format!("it is not JSON ({error})"),
    })
}

/// Returns the ID of an object. Some servers write it as a number.
pub fn id_of(object: &Value) -> Option<String> {
    match object.get("id")? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// Replaces unpaired surrogates and escapes raw control characters within strings.
fn repaired(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_text = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '\\' if in_text => escape(rest, &mut out),
            c if in_text && c < ' ' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
                c.len_utf8()
            }
            c => {
                in_text ^= c == '"';
                out.push(c);
                c.len_utf8()
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

/// Copies the escape sequence at the start of `text`, repaired, and returns its length in bytes.
fn escape(text: &str, out: &mut String) -> usize {
    const PAIR: usize = 12;
    let unit = |from: usize| {
        let digits = text.get(from..from + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let taken = match (unit(0), unit(6)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => PAIR,
        (Some(0xd800..=0xdfff), _) => {
            out.push_str("\\ufffd");
            return PAIR / 2;
        }
        _ => 1 + text.chars().nth(1).map_or(0, char::len_utf8),
    };
    out.push_str(text.get(..taken).unwrap_or_default());
    taken
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn json_with_repairable_errors_is_read() {
        let table: [(&[u8], Value); 7] = [
            (b"\xef\xbb\xbf{\"a\":1}", json!({"a": 1})),
            (
                br#"{"a":"x\ud800y","b":"\ude00","c":"\ud83d\ude00"}"#,
                json!({"a": "x\u{fffd}y", "b": "\u{fffd}", "c": "😀"}),
            ),
            (br#"{"a":"\ud800\ud83d\ude00"}"#, json!({"a": "\u{fffd}😀"})),
            (br#"["\\ud800", "\"\ud800"]"#, json!(["\\ud800", "\"\u{fffd}"])),
            (b"[\"a\xff\"]", json!(["a\u{fffd}"])),
            (b"[\"a\nb\0\"]", json!(["a\nb\0"])),
            (br#"{"a":1,"a":2}"#, json!({"a": 2})),
        ];
        for (body, expected) in table {
            assert_eq!(read(body).unwrap(), expected, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn unreadable_json_gives_the_reason() {
        let deep = "[".repeat(100_000);
        let many = format!("[0{}]", ",0".repeat(json::JsonLimits::READ.values));
        for (body, expected) in [
            (deep.as_str(), "nested too deep"),
            (&many, "more than 250000 values"),
            ("<html>", "not JSON"),
            ("{\"id\":", "incomplete"),
            ("{\"a\":\"\\", "incomplete"),
            ("{} {}", "not JSON"),
        ] {
            let error = read(body.as_bytes()).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_input_causes_a_panic(body in prop::collection::vec(any::<u8>(), 0..60), text in r#"(\\u[dD][89a-f][0-9a-f]{2}|\\|"|é|[\[{,:]){0,12}"#) {
            let _ = read(&body);
            let _ = read(text.as_bytes());
        }

        #[test]
        fn valid_json_is_not_changed(text in r"(\PC|\pC|[\x00-\x1f]){0,20}") {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(repaired(&json), json);
        }
    }
}
