//! What has been heard of a round so far: told on to those who follow the run, and kept where the round is cut short.

use crate::serve::ids;
use crate::serve::model::Piece;
use crate::serve::news::{Draft, Part};
use std::sync::Arc;

/// What a model has said so far in one round.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) draft: Arc<Draft>,
    pub(super) text: String,
    /// The ids of the calls, in their order.
    calls: Vec<String>,
    budget: Budget,
}

impl Heard {
    /// Begins a round of which so many words will be kept at most.
    pub(super) fn new(most: i64) -> Self {
        Self { draft: Draft::new(), text: String::new(), calls: Vec::new(), budget: Budget::of(most) }
    }

    /// Takes a piece, and returns what of it is certain to be kept.
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

    /// Returns the id of a call.
    pub(super) fn call(&mut self, index: usize) -> String {
        while self.calls.len() <= index {
            self.calls.push(ids::with_prefix("call_"));
        }
        self.calls[index].clone()
    }
}

/// The words of a text that will be cut behind so many of them, and loses the spaces at its end with that.
#[derive(Debug)]
struct Budget {
    left: i64,
    in_word: bool,
    /// Spaces that are kept if a word follows.
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
                self.left = 0; // From here on nothing is kept.
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
