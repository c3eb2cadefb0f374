//! The search for mentions of IDs in everything that was read.
//!
//! A reference can be an undocumented member, a text, a key, or a number. Only an ID that occurs nowhere counts as
//! unreferenced.

use aho_corasick::AhoCorasick;
use anyhow::{Context, Result};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;

/// The minimum length of an ID that counts even within a longer word, because it cannot occur by accident. Shorter IDs,
/// such as the numbers of a database, count only as separate words.
const LONG: usize = 12;

/// The IDs to search for, and the objects that mention them.
#[derive(Debug)]
pub(super) struct Mentions {
    ids: Vec<String>,
    place: HashMap<String, usize>,
    automaton: AhoCorasick,
    /// The first object that mentions each ID, by the index of the ID.
    by: RefCell<HashMap<usize, String>>,
}

impl Mentions {
    /// Creates a search for these IDs.
    pub(super) fn of(ids: Vec<String>) -> Result<Self> {
        let automaton = AhoCorasick::new(&ids).context("could not prepare the search for the IDs of files")?;
        let place = ids.iter().cloned().enumerate().map(|(at, id)| (id, at)).collect();
        Ok(Self { ids, place, automaton, by: RefCell::default() })
    }

    /// Returns the first object that mentions an ID, if there is one.
    pub(super) fn by(&self, id: &str) -> Option<String> {
        self.by.borrow().get(self.place.get(id)?).cloned()
    }

    /// Records all IDs that an object mentions, including its keys and numbers. `of` returns the name of the object.
    pub(super) fn note(&self, object: &Value, of: &dyn Fn() -> String) {
        match object {
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                self.note_text(name, of);
                self.note(value, of);
            }),
            Value::Array(items) => items.iter().for_each(|item| self.note(item, of)),
            Value::String(text) => self.note_text(text, of),
            Value::Number(number) => self.note_number(&number.to_string(), of),
            Value::Bool(_) | Value::Null => {}
        }
    }

    fn note_text(&self, text: &str, of: &dyn Fn() -> String) {
        self.search(text, of);
        if text.contains('%') {
            self.search(&percent_decode_str(text).decode_utf8_lossy(), of);
        }
    }

    fn search(&self, text: &str, of: &dyn Fn() -> String) {
        for found in self.automaton.find_overlapping_iter(text) {
            let at = found.pattern().as_usize();
            if self.ids[at].len() >= LONG || stands_alone(text, found.start(), found.end()) {
                self.by.borrow_mut().entry(at).or_insert_with(of);
            }
        }
    }

    /// Records an ID that equals the number as written, or its value as an integer.
    fn note_number(&self, text: &str, of: &dyn Fn() -> String) {
        let whole = text.parse::<f64>().ok().filter(|value| value.fract() == 0.0).map(|value| format!("{value:.0}"));
        for text in [Some(text), whole.as_deref()].into_iter().flatten() {
            if let Some(at) = self.place.get(text) {
                self.by.borrow_mut().entry(*at).or_insert_with(of);
            }
        }
    }
}

/// Returns `true` if no letter or digit adjoins the range `start..end`. A preceding escape sequence (`
/// `, `\u000a`) is not a letter.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = (&text[..start], &text[end..]);
    let tail = before.as_bytes();
    let escaped = |length: usize, letters: &[u8]| {
        tail.len() >= length && tail[tail.len() - length] == b'\\' && letters.contains(&tail[tail.len() - length + 1])
    };
    let touches = before.ends_with(|c: char| c.is_alphanumeric());
    (!touches || escaped(2, b"nrtbf") || escaped(4, b"x") || escaped(6, b"u"))
        && !after.starts_with(|c: char| c.is_alphanumeric())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    const FILE: &str = "file-abcdefgh";

    fn mentioned(id: &str, object: &Value) -> bool {
        let mentions = Mentions::of(vec!["other".to_owned(), id.to_owned()]).unwrap();
        mentions.note(object, &|| "x".to_owned());
        mentions.by(id).is_some()
    }

    #[test]
    fn an_id_is_mentioned_wherever_it_stands() {
        for object in [
            json!(FILE),
            json!({ "file_id": FILE }),
            json!({ "file_ids": FILE }),
            json!({ "file_ids": [{ "id": FILE }] }),
            json!({ "files": { FILE: {} } }),
            json!({ "file": { "id": FILE } }),
            json!({ "metadata": { "source": FILE } }),
            json!({ "metadata": { FILE: "1" } }),
            json!({ "instructions": format!("Read {FILE}, then answer.") }),
            json!({ "arguments": format!("{{\"path\":\"\\n{FILE}\\u000a\"}}") }),
            json!({ "url": format!("sandbox:/mnt/{FILE}.txt") }),
            json!({ "url": "https://x/?f%3Dfile%2Dabcdefgh%26x" }),
            json!({ "data_sources": [{ "uri": format!("azureml://{FILE}") }] }),
            json!([[[{ "deep": [format!("x{FILE}y")] }]]]),
        ] {
            assert!(mentioned(FILE, &object), "{object}");
        }
        assert!(!mentioned(FILE, &json!({ "file_id": "file-abcdefgi", "n": 1, "none": null })));
    }

    #[test]
    fn short_ids_stand_alone() {
        for object in [
            json!({ "file_id": 7 }),
            json!({ "file_ids": [6, 7] }),
            json!({ "file_id": 7.0 }),
            json!({ "file_ids": "6,7,8" }),
            json!({ "text": "\\n7" }),
            json!({ "url": "/files/7" }),
            json!({ "7": true }),
        ] {
            assert!(mentioned("7", &object), "{object}");
        }
        for object in [json!({ "created_at": 1_700_000_007 }), json!({ "text": "17 x7 77" }), json!({ "t": 0.7 })] {
            assert!(!mentioned("7", &object), "{object}");
        }
    }

    #[test]
    fn ids_within_ids_are_all_found() {
        let mentions = Mentions::of(vec!["file-1".into(), "file-1-2".into(), "1-2".into()]).unwrap();
        mentions.note(&json!("file-1-2"), &|| "x".to_owned());
        assert!(["file-1", "file-1-2", "1-2"].iter().all(|id| mentions.by(id).is_some()));
        assert!(Mentions::of(Vec::new()).unwrap().by("a").is_none());
    }
}
