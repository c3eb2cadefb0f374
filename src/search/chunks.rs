//! Chunking: a text as overlapping pieces of a limited number of estimated tokens.
//!
//! A chunk ends at the best border in its last quarter: before a heading, or at the end of a paragraph, a sentence, a
//! line, or a word. The next chunk begins at the best border in the first half of the overlap. No chunk begins or ends
//! within a character as a reader sees it (a grapheme cluster), unless that is longer than a chunk.

use super::borders::{Border, Borders};
use super::tokens::{Estimator, PLAIN_WORD, TOKEN};
use std::collections::VecDeque;
use unicode_segmentation::GraphemeCursor;

/// The largest size of a chunk in bytes. Only unusual texts reach it, such as long runs of spaces.
pub const MAX_CHUNK_BYTES: usize = 64 << 10;

/// The largest number of spaces that are scanned at once.
const MAX_SPACES: usize = 16;

/// The largest number of places that are tried for a border. Each check can read the whole chunk.
const MAX_CHECKS: usize = 64;

/// The sizes of chunks, in estimated tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkingStrategy {
    max: u32,
    overlap: u32,
}

/// A chunking strategy outside the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChunkingError {
    /// The chunk size is outside 100 to 4096.
    #[error("expected a chunk size of 100 to 4096 tokens, got {0}")]
    Size(u32),
    /// The overlap is more than half of the chunk size.
    #[error("expected an overlap of at most half the chunk size ({}), got {overlap}", max / 2)]
    Overlap {
        /// The chunk size.
        max: u32,
        /// The overlap that was given.
        overlap: u32,
    },
}

impl Default for ChunkingStrategy {
    /// Returns the strategy `auto`: 800 tokens with an overlap of 400.
    fn default() -> Self {
        Self { max: 800, overlap: 400 }
    }
}

impl ChunkingStrategy {
    /// Returns a static strategy. `max` is the chunk size, and `overlap` the largest number of tokens that two
    /// neighbouring chunks share.
    ///
    /// # Errors
    /// Returns an error if the chunk size is outside 100 to 4096, or the overlap is more than half of it.
    pub fn new(max: u32, overlap: u32) -> Result<Self, ChunkingError> {
        match (100..=4096).contains(&max) {
            false => Err(ChunkingError::Size(max)),
            true if overlap > max / 2 => Err(ChunkingError::Overlap { max, overlap }),
            true => Ok(Self { max, overlap }),
        }
    }
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// The offset of its first byte in the text.
    pub start: u64,
    /// Its text, exactly as in the whole text.
    pub text: String,
    /// Its estimated number of tokens, rounded up.
    pub tokens: u32,
}

/// A place in the text, with the estimated number of tokens before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Place {
    byte: u64,
    tokens: u64,
}

/// Cuts a text into chunks while it arrives. Holds the text of one chunk and what was pushed since.
///
/// All chunks together cover the text, except for stretches that contain only white space.
#[derive(Debug)]
pub struct Chunker {
    strategy: ChunkingStrategy,
    /// Text that may still be part of a chunk. It begins at the byte `base` of the text.
    buffer: String,
    base: u64,
    is_finished: bool,
    /// The start of the next chunk, and the end of the last one.
    start: Place,
    last_end: u64,
    /// The end of what was scanned.
    scanned: Place,
    borders: VecDeque<(Place, Border)>,
    finder: Borders,
    estimator: Estimator,
}

impl Chunker {
    /// Creates a chunker at the start of a text.
    pub fn new(strategy: ChunkingStrategy) -> Self {
        Self {
            strategy,
            buffer: String::new(),
            base: 0,
            is_finished: false,
            start: Place::default(),
            last_end: 0,
            scanned: Place::default(),
            borders: VecDeque::new(),
            finder: Borders::default(),
            estimator: Estimator::default(),
        }
    }

    /// Appends a piece of the text. Call [`Chunker::next_chunk`] until it returns `None` before the next piece, or the
    /// buffer grows.
    pub fn push(&mut self, piece: &str) {
        let used = usize::try_from(self.start.byte.saturating_sub(self.base)).unwrap_or(0);
        self.buffer.drain(..used.min(self.buffer.len()));
        self.base = self.start.byte;
        self.buffer.push_str(piece);
    }

    /// Marks the end of the text, so that [`Chunker::next_chunk`] returns the rest.
    pub fn finish(&mut self) {
        self.is_finished = true;
    }

    /// Returns the next chunk, or `None` if more text is needed or the text has ended.
    pub fn next_chunk(&mut self) -> Option<Chunk> {
        loop {
            let end = match self.scan() {
                Some(limit) => self.cut(limit),
                None if self.is_finished && self.scanned.byte > self.last_end => self.scanned,
                None => return None,
            };
            let chunk = self.take(end);
            self.start = if end == self.scanned { end } else { self.next_start(end) };
            self.last_end = end.byte;
            let start = self.start.byte;
            while self.borders.front().is_some_and(|(place, _)| place.byte < start) {
                self.borders.pop_front();
            }
            if chunk.is_some() {
                return chunk;
            }
        }
    }

    /// Scans until the chunk is too long. Returns the end of the longest possible chunk, or `None` if the text ends
    /// before.
    fn scan(&mut self) -> Option<Place> {
        let max = Place {
            byte: self.start.byte + MAX_CHUNK_BYTES as u64,
            tokens: self.start.tokens + u64::from(self.strategy.max) * u64::from(TOKEN),
        };
        let mut rest = text_from(&self.buffer, self.base, self.scanned.byte);
        while let Some(first) = rest.chars().next() {
            let before = self.scanned;
            let word = if first.is_ascii_alphabetic() { plain_word(rest) } else { "" };
            let (length, border, weight) = if first == ' ' {
                let count = rest.bytes().take(MAX_SPACES).take_while(|byte| *byte == b' ').count();
                self.finder.skip_spaces();
                (count, None, (0..count).map(|_| self.estimator.weight(first)).sum())
            } else if let Some(weight) = self.estimator.plain_word(word) {
                (word.len(), self.finder.before_plain_word(word.len()), weight)
            } else {
                (first.len_utf8(), self.finder.before(first), self.estimator.weight(first))
            };
            if let Some(border) = border {
                self.borders.push_back((before, border));
            }
            self.scanned.byte += length as u64;
            self.scanned.tokens += u64::from(weight);
            if self.scanned.tokens > max.tokens || self.scanned.byte > max.byte {
                return Some(before);
            }
            rest = rest.get(length..).unwrap_or_default();
        }
        None
    }

    /// Returns the best end of a chunk up to `limit`.
    fn cut(&self, limit: Place) -> Place {
        let last_quarter = self.start.tokens + u64::from(self.strategy.max) * u64::from(TOKEN) * 3 / 4;
        let mut best: Option<(Place, Border)> = None;
        let mut checks = 0;
        for (place, border) in self.borders.iter().rev().filter(|(place, _)| place.byte <= limit.byte) {
            let is_late = place.tokens >= last_quarter;
            if place.byte <= self.last_end.max(self.start.byte) || (best.is_some() && !is_late) || checks > MAX_CHECKS {
                break;
            }
            if best.is_none_or(|(_, best)| *border > best) {
                checks += 1;
                if self.is_grapheme_boundary(*place) {
                    best = Some((*place, *border));
                }
            }
        }
        best.map_or(limit, |(place, _)| place)
    }

    /// Returns the start of the chunk after one that ends here.
    fn next_start(&self, end: Place) -> Place {
        let overlap = u64::from(self.strategy.overlap) * u64::from(TOKEN);
        let earliest = Place {
            byte: self.start.byte.max(end.byte.saturating_sub(MAX_CHUNK_BYTES as u64 / 2)),
            tokens: end.tokens.saturating_sub(overlap),
        };
        let middle = end.tokens.saturating_sub(overlap / 2);
        let mut best: Option<(Place, Border)> = None;
        let mut checks = 0;
        for (place, border) in &self.borders {
            if place.byte <= earliest.byte || place.tokens < earliest.tokens {
                continue;
            }
            if place.byte >= end.byte || (best.is_some() && place.tokens > middle) || checks > MAX_CHECKS {
                break;
            }
            if best.is_none_or(|(_, best)| *border > best) {
                checks += 1;
                if self.is_grapheme_boundary(*place) {
                    best = Some((*place, *border));
                }
            }
        }
        best.map_or(end, |(place, _)| place)
    }

    /// Returns `true` if no grapheme cluster extends over this place.
    fn is_grapheme_boundary(&self, place: Place) -> bool {
        let text = text_from(&self.buffer, self.base, self.start.byte);
        let offset = usize::try_from(place.byte.saturating_sub(self.start.byte)).unwrap_or(0);
        let bytes = text.as_bytes();
        let is_ascii = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii);
        if is_ascii(offset.checked_sub(1)) && is_ascii(Some(offset)) {
            // A border never separates the two characters of a line end.
            return true;
        }
        GraphemeCursor::new(offset, text.len(), true).is_boundary(text, 0).unwrap_or(true)
    }

    /// Returns the chunk from the start to `end`, or `None` if everything after the last chunk is white space.
    fn take(&self, end: Place) -> Option<Chunk> {
        let to = |from: u64| {
            let length = usize::try_from(end.byte.saturating_sub(from)).unwrap_or(0);
            text_from(&self.buffer, self.base, from).get(..length).unwrap_or_default()
        };
        if to(self.start.byte.max(self.last_end)).trim().is_empty() {
            return None;
        }
        let tokens = end.tokens.saturating_sub(self.start.tokens).div_ceil(u64::from(TOKEN));
        Some(Chunk {
            start: self.start.byte,
            text: to(self.start.byte).to_owned(),
            tokens: u32::try_from(tokens).unwrap_or(u32::MAX),
        })
    }
}

/// Returns the text of the buffer from this byte of the whole text.
fn text_from(buffer: &str, base: u64, byte: u64) -> &str {
    usize::try_from(byte.saturating_sub(base)).ok().and_then(|at| buffer.get(at..)).unwrap_or_default()
}

/// Returns the word of ASCII letters at the start of the text, or an empty text if it is long or other letters follow.
fn plain_word(text: &str) -> &str {
    let bytes = text.as_bytes();
    let length = bytes.iter().take(PLAIN_WORD + 1).take_while(|byte| byte.is_ascii_alphabetic()).count();
    match bytes.get(length) {
        Some(next) if length <= PLAIN_WORD && next.is_ascii() => text.get(..length).unwrap_or_default(),
        _ => "",
    }
}

/// Returns the chunks of a text.
pub fn chunks(text: &str, strategy: ChunkingStrategy) -> Vec<Chunk> {
    let mut chunker = Chunker::new(strategy);
    chunker.push(text);
    chunker.finish();
    std::iter::from_fn(|| chunker.next_chunk()).collect()
}

#[cfg(test)]
#[path = "chunks_tests.rs"]
mod tests;
