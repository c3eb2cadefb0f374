//! The output of a round that is not complete yet. It is published to followers of the run, and stored if the round is
//! interrupted.

use crate::serve::ids::{self, RoundIds};
use crate::serve::model::{FILE_SEARCH, ModelDelta, ModelInput, Passage};
use crate::serve::pubsub::OutputDelta;
use std::sync::Arc;

/// The output of the model in the current round so far.
#[derive(Debug)]
pub(super) struct PartialOutput {
    pub(super) ids: Arc<RoundIds>,
    pub(super) text: String,
    /// The IDs of the tool calls, by index.
    calls: Vec<String>,
    limit: WordLimit,
    /// `true` if the server executes calls of `file_search`. Otherwise they are calls of a function of the run.
    searches: bool,
    /// The indices of the tool calls that are searches of the server.
    search_calls: Vec<usize>,
    /// The passages that the text may cite.
    pub(super) passages: Vec<Passage>,
}

impl PartialOutput {
    /// Starts a round whose text has at most `max_words` words.
    pub(super) fn new(max_words: i64) -> Self {
        Self {
            ids: RoundIds::new(),
            text: String::new(),
            calls: Vec::new(),
            limit: WordLimit::new(max_words),
            searches: false,
            search_calls: Vec::new(),
            passages: Vec::new(),
        }
    }

    /// Takes from the input of the model whether it may search, and the passages that it may cite.
    pub(super) fn set_input(&mut self, input: &ModelInput) {
        self.searches = input.search.is_some();
        self.passages = input.passages().cloned().collect();
    }

    /// Adds output. Returns the part to publish, which is without the words beyond the limit, and without white space
    /// that may be at the end.
    pub(super) fn push(&mut self, delta: ModelDelta) -> Option<OutputDelta> {
        match delta {
            ModelDelta::Text(text) => {
                let text = self.limit.push(text);
                self.text.push_str(&text);
                (!text.is_empty()).then_some(OutputDelta::Text(text))
            }
            ModelDelta::Call { index, name } if self.searches && name == FILE_SEARCH => {
                self.search_calls.push(index);
                Some(OutputDelta::Search { index, id: self.call_id(index) })
            }
            ModelDelta::Arguments { index, .. } if self.search_calls.contains(&index) => None,
            ModelDelta::Call { index, name } => Some(OutputDelta::Call { index, id: self.call_id(index), name }),
            ModelDelta::Arguments { index, text } => Some(OutputDelta::Arguments { index, text }),
        }
    }

    /// Returns the ID of the tool call with this index. Creates missing IDs.
    pub(super) fn call_id(&mut self, index: usize) -> String {
        while self.calls.len() <= index {
            self.calls.push(ids::with_prefix("call_"));
        }
        self.calls.get(index).cloned().unwrap_or_default() // The loop has added it.
    }
}

/// Returns the first `max_words` words of a text.
pub(super) fn first_words(text: &str, max_words: i64) -> &str {
    let mut words = text.split_whitespace();
    let Some(next) = words.nth(usize::try_from(max_words).unwrap_or(usize::MAX)) else { return text };
    let end = next.as_ptr().addr() - text.as_ptr().addr();
    text.get(..end).unwrap_or(text).trim_end()
}

/// A filter that cuts a text, which arrives in parts, after a number of words. It drops the white space at the end.
#[derive(Debug)]
struct WordLimit {
    /// The number of words that may still begin. `i64::MAX` means no limit.
    left: i64,
    in_word: bool,
    /// White space that is kept only if another word follows.
    held: String,
}

impl WordLimit {
    fn new(words: i64) -> Self {
        Self { left: words, in_word: false, held: String::new() }
    }

    /// Adds a part of the text. Returns the part to keep, with the white space before it.
    fn push(&mut self, text: String) -> String {
        if self.left == i64::MAX {
            return text;
        }
        let mut kept = String::with_capacity(text.len());
        for char in text.chars() {
            if char.is_whitespace() {
                self.in_word = false;
                self.held.push(char);
                continue;
            }
            if !self.in_word && self.left > 0 {
                self.left -= 1;
                self.in_word = true;
            }
            if self.in_word {
                kept.push_str(&self.held);
                self.held.clear();
                kept.push(char);
            } else {
                self.left = 0; // The limit is reached: everything from here on is dropped.
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::{WordLimit, first_words};

    #[test]
    fn published_text_is_the_start_of_the_stored_text() {
        let text = " one\ntwö  three four ";
        for max_words in 0..6 {
            for size in 1..8 {
                let chars: Vec<char> = text.chars().collect();
                let mut limit = WordLimit::new(max_words);
                let sent: String = chars.chunks(size).map(|piece| limit.push(piece.iter().collect())).collect();
                let kept = first_words(text, max_words);
                assert_eq!(sent.trim_end(), kept.trim_end(), "{max_words} words, pieces of {size}");
                assert!(kept.starts_with(&sent), "{max_words} words, pieces of {size}");
            }
        }
        assert_eq!(WordLimit::new(i64::MAX).push("a ".into()), "a ");
    }

    #[test]
    fn a_text_is_cut_after_a_word() {
        for (max_words, expected) in
            [(0, ""), (1, " one"), (2, " one\ntwö"), (3, " one\ntwö three "), (9, " one\ntwö three ")]
        {
            assert_eq!(first_words(" one\ntwö three ", max_words), expected, "{max_words}");
        }
    }
}
