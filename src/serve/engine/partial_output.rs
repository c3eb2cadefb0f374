//! The partial output of a round: published to followers of the run, and stored if the round is interrupted.

use crate::serve::ids;
use crate::serve::model::Piece;
use crate::serve::pubsub::{Draft, Part};
use std::sync::Arc;

/// The output of the model in the current round so far.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) draft: Arc<Draft>,
    pub(super) text: String,
    /// The IDs of the tool calls, in order.
    calls: Vec<String>,
    budget: Budget,
}

impl Heard {
    /// Starts a round whose text is limited to `most` words.
    pub(super) fn new(most: i64) -> Self {
        Self { draft: Draft::new(), text: String::new(), calls: Vec::new(), budget: Budget::of(most) }
    }

    /// Adds a piece of output. Returns the part of it that is certain to be kept.
    pub(super) fn take(&mut self, piece: Piece) -> Option<Part> {
        match piece {
            Piece::Text(text) => {
                let text = self.budget.take(text);
                self.text.push_str(&text);
                (!text.is_empty()).then_some(Part::Text(text))
            }
            Piece::Call { index, name } => Some(Part::Call { index, id: self.call(index), name }),
            Piece::Arguments { index, text } => Some(Part::Arguments { index, text }),
        }
    }

    /// Returns the ID of the tool call with this index.
    pub(super) fn call(&mut self, index: usize) -> String {
        while self.calls.len() <= index {
            self.calls.push(ids::with_prefix("call_"));
        }
        self.calls[index].clone()
    }
}

/// A filter that ends a text after a number of words. It also drops the white space at the end.
#[derive(Debug)]
struct Budget {
    left: i64,
    in_word: bool,
    /// White space that is kept only if another word follows.
    held: String,
}

impl Budget {
    fn of(words: i64) -> Self {
        Self { left: words, in_word: false, held: String::new() }
    }

    fn take(&mut self, text: String) -> String {
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
    use super::super::work::first_words;
    use super::Budget;

    #[test]
    fn what_was_told_begins_what_is_kept() {
        let text = " one\ntwö  three four ";
        for most in 0..6 {
            for size in 1..8 {
                let chars: Vec<char> = text.chars().collect();
                let mut budget = Budget::of(most);
                let told: String = chars.chunks(size).map(|piece| budget.take(piece.iter().collect())).collect();
                let kept = first_words(text, most);
                assert_eq!(told.trim_end(), kept.trim_end(), "{most} words, pieces of {size}");
                assert!(kept.starts_with(&told));
            }
        }
        assert_eq!(Budget::of(i64::MAX).take("a ".into()), "a ");
    }
}
