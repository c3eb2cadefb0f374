//! The search for IDs in all objects that a prune reads.
//!
//! An object can refer to another in an undocumented member, in a text, in a key, or by a number. An ID therefore
//! counts as unreferenced only if it occurs nowhere.

use aho_corasick::AhoCorasick;
use anyhow::{Context, Result};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

/// The minimum length of an ID that is found even within a longer word. A shorter ID, such as the number of a database
/// row, can be a part of a word by accident, so it is found only as a separate word.
const MIN_UNIQUE_LENGTH: usize = 12;

/// The IDs to search for, and the objects that mention them.
#[derive(Debug)]
pub(super) struct Mentions {
    ids: Vec<String>,
    /// The index of each ID in `ids`.
    indices: HashMap<String, usize>,
    automaton: AhoCorasick,
    /// The names of the objects that mention each ID, by the index of the ID.
    objects: RefCell<HashMap<usize, BTreeSet<String>>>,
    /// `true` if all objects that mention an ID are kept. Otherwise, only the first one is.
    keeps_all: bool,
}

impl Mentions {
    /// Creates a search for these IDs.
    ///
    /// # Errors
    /// Returns an error if there are too many IDs.
    pub(super) fn of(ids: Vec<String>) -> Result<Self> {
        let automaton = AhoCorasick::new(&ids).context("could not prepare the search for references")?;
        let indices = ids.iter().cloned().enumerate().map(|(index, id)| (id, index)).collect();
        Ok(Self { ids, indices, automaton, objects: RefCell::default(), keeps_all: false })
    }

    /// Creates a search for these IDs that records every object that mentions one of them.
    ///
    /// # Errors
    /// Returns an error if there are too many IDs.
    pub(super) fn with_all_referrers(ids: Vec<String>) -> Result<Self> {
        Ok(Self { keeps_all: true, ..Self::of(ids)? })
    }

    /// Returns the names of the objects that mention an ID.
    pub(super) fn referrers(&self, id: &str) -> BTreeSet<String> {
        self.indices.get(id).and_then(|index| self.objects.borrow().get(index).cloned()).unwrap_or_default()
    }

    /// Removes all mentions. To be called before the objects are read again.
    pub(super) fn forget(&self) {
        self.objects.borrow_mut().clear();
    }

    /// Returns the name of the first object that mentions an ID, if there is one.
    pub(super) fn first_mention(&self, id: &str) -> Option<String> {
        self.objects.borrow().get(self.indices.get(id)?)?.first().cloned()
    }

    /// Records all IDs that an object mentions, including its keys and numbers. `name` returns the name of the object.
    pub(super) fn add(&self, object: &Value, name: &dyn Fn() -> String) {
        match object {
            Value::Object(members) => members.iter().for_each(|(key, value)| {
                self.add_text(key, name);
                self.add(value, name);
            }),
            Value::Array(items) => items.iter().for_each(|item| self.add(item, name)),
            Value::String(text) => self.add_text(text, name),
            Value::Number(number) => self.add_number(&number.to_string(), name),
            Value::Bool(_) | Value::Null => {}
        }
    }

    fn add_text(&self, text: &str, name: &dyn Fn() -> String) {
        self.search(text, name);
        if text.contains('%') {
            self.search(&percent_decode_str(text).decode_utf8_lossy(), name);
        }
    }

    fn search(&self, text: &str, name: &dyn Fn() -> String) {
        for found in self.automaton.find_overlapping_iter(text) {
            let index = found.pattern().as_usize();
            let is_unique = self.ids.get(index).is_some_and(|id| id.len() >= MIN_UNIQUE_LENGTH);
            if is_unique || is_word(text, found.start(), found.end()) {
                self.record(index, name);
            }
        }
    }

    fn record(&self, index: usize, name: &dyn Fn() -> String) {
        let mut objects = self.objects.borrow_mut();
        let names = objects.entry(index).or_default();
        if self.keeps_all || names.is_empty() {
            names.insert(name());
        }
    }

    /// Records a mention if an ID equals the number as written, or the number as an integer.
    fn add_number(&self, text: &str, name: &dyn Fn() -> String) {
        let integer = text.parse::<f64>().ok().filter(|value| value.fract() == 0.0).map(|value| format!("{value:.0}"));
        for text in [Some(text), integer.as_deref()].into_iter().flatten() {
            if let Some(index) = self.indices.get(text) {
                self.record(*index, name);
            }
        }
    }
}

/// Returns `true` if no letter or digit adjoins the range `start..end`. A preceding escape sequence, such as `\n` or
/// `\u000a` in JSON text, does not count as a letter.
fn is_word(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = (text.get(..start).unwrap_or_default(), text.get(end..).unwrap_or_default());
    let ends_with_escape = |length: usize, letters: &[u8]| {
        let tail = before.len().checked_sub(length).and_then(|at| before.as_bytes().get(at..));
        matches!(tail, Some([b'\\', letter, ..]) if letters.contains(letter))
    };
    let is_escape = ends_with_escape(2, b"nrtbf") || ends_with_escape(4, b"x") || ends_with_escape(6, b"u");
    (is_escape || !before.ends_with(char::is_alphanumeric)) && !after.starts_with(char::is_alphanumeric)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    const FILE: &str = "file-abcdefgh";

    fn is_mentioned(id: &str, object: &Value) -> bool {
        let mentions = Mentions::of(vec!["other".to_owned(), id.to_owned()]).unwrap();
        mentions.add(object, &|| "x".to_owned());
        mentions.first_mention(id).is_some()
    }

    #[test]
    fn mentions_are_found_in_any_member_key_and_text() {
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
            assert!(is_mentioned(FILE, &object), "{object}");
        }
        assert!(!is_mentioned(FILE, &json!({ "file_id": "file-abcdefgi", "n": 1, "none": null })));
    }

    #[test]
    fn short_ids_count_only_as_separate_words() {
        for object in [
            json!({ "file_id": 7 }),
            json!({ "file_ids": [6, 7] }),
            json!({ "file_id": 7.0 }),
            json!({ "file_ids": "6,7,8" }),
            json!({ "text": "\\n7" }),
            json!({ "url": "/files/7" }),
            json!({ "7": true }),
        ] {
            assert!(is_mentioned("7", &object), "{object}");
        }
        for object in [json!({ "created_at": 1_700_000_007 }), json!({ "text": "17 x7 77" }), json!({ "t": 0.7 })] {
            assert!(!is_mentioned("7", &object), "{object}");
        }
    }

    #[test]
    fn overlapping_ids_are_all_found() {
        let mentions = Mentions::of(vec!["file-1".into(), "file-1-2".into(), "1-2".into()]).unwrap();
        mentions.add(&json!("file-1-2"), &|| "x".to_owned());
        assert!(["file-1", "file-1-2", "1-2"].iter().all(|id| mentions.first_mention(id).is_some()));
        assert!(Mentions::of(Vec::new()).unwrap().first_mention("a").is_none());
    }
}
