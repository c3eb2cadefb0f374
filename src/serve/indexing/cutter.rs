//! Passages of a text that arrives in pieces. Needs no async runtime and no store.

use crate::search::chunks::{Chunk, Chunker, ChunkingError, ChunkingStrategy};
use crate::search::terms::analyse;
use crate::serve::store::{Chunking, IndexingTotals, NewPassage};

/// The size of the texts, in bytes, from which passages are written in one transaction. Other requests wait for it.
const BATCH: usize = 256 << 10;

/// Cuts a text into passages and analyses them.
#[derive(Debug)]
pub(super) struct Cutter {
    chunker: Chunker,
    /// `true` if the terms become `tsvector` literals.
    as_vectors: bool,
    ready: Vec<NewPassage>,
    ready_bytes: usize,
    totals: IndexingTotals,
}

impl Cutter {
    /// Creates a cutter at the start of a text.
    ///
    /// # Errors
    /// If the sizes are outside the limits.
    pub(super) fn new(chunking: Chunking, as_vectors: bool) -> Result<Self, ChunkingError> {
        let size = |tokens: i64| u32::try_from(tokens).unwrap_or(u32::MAX);
        let strategy = ChunkingStrategy::new(size(chunking.size), size(chunking.overlap))?;
        let (ready, totals) = (Vec::new(), IndexingTotals::default());
        Ok(Self { chunker: Chunker::new(strategy), as_vectors, ready, ready_bytes: 0, totals })
    }

    /// Adds a piece of the text, or its end. Returns passages if there are enough for a transaction, or the text ended.
    pub(super) fn push(&mut self, piece: Option<&str>) -> Vec<NewPassage> {
        match piece {
            // PostgreSQL cannot store the character, and the texts of both engines must be the same.
            Some(piece) if piece.contains('\0') => self.chunker.push(&piece.replace('\0', "\u{fffd}")),
            Some(piece) => self.chunker.push(piece),
            None => self.chunker.finish(),
        }
        while let Some(chunk) = self.chunker.next_chunk() {
            self.add(chunk);
        }
        if piece.is_some() && self.ready_bytes < BATCH {
            return Vec::new();
        }
        self.ready_bytes = 0;
        std::mem::take(&mut self.ready)
    }

    /// Returns the sums over all passages so far.
    pub(super) fn totals(&self) -> IndexingTotals {
        self.totals
    }

    fn add(&mut self, Chunk { start, text, tokens }: Chunk) {
        let terms = analyse(&text);
        let bytes = text.len() + terms.fts5().len();
        self.totals.chunks += 1;
        self.totals.terms += i64::from(terms.length());
        self.totals.bytes += bytes as i64;
        self.ready_bytes += text.len();
        self.ready.push(NewPassage {
            start: i64::try_from(start).unwrap_or(i64::MAX),
            length: terms.length().into(),
            tokens: tokens.into(),
            terms: if self.as_vectors { terms.tsvector() } else { terms.fts5().to_owned() },
            text,
            embedding: None,
        });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn passages_come_in_batches_and_add_up() {
        let text = "Annual leave is thirty days. ".repeat(40_000);
        let mut cutter = Cutter::new(Chunking { size: 100, overlap: 0 }, false).unwrap();
        let mut batches: Vec<Vec<NewPassage>> = Vec::new();
        for piece in text.as_bytes().chunks(50_000) {
            batches.push(cutter.push(Some(std::str::from_utf8(piece).unwrap())));
        }
        batches.push(cutter.push(None));
        let all: String = batches.iter().flatten().map(|passage| passage.text.as_str()).collect();
        assert!(all == text, "the passages are not the text");
        assert!(batches.iter().filter(|batch| !batch.is_empty()).count() >= 4);
        let size = |batch: &Vec<NewPassage>| batch.iter().map(|passage| passage.text.len()).sum::<usize>();
        assert!(batches.iter().all(|batch| size(batch) < BATCH + 60_000));
        let totals = cutter.totals();
        assert_eq!(totals.chunks, batches.iter().map(Vec::len).sum::<usize>() as i64);
        assert_eq!(totals.terms, 40_000 * 5);
    }

    #[test]
    fn nul_characters_are_replaced_and_wrong_sizes_refused() {
        let mut cutter = Cutter::new(Chunking::default(), true).unwrap();
        cutter.push(Some("a\0b"));
        let passages = cutter.push(None);
        assert_eq!(passages[0].text, "a\u{fffd}b");
        assert_eq!(passages[0].terms, "'a':1 'b':2");
        assert!(Cutter::new(Chunking { size: 50, overlap: 0 }, false).is_err());
    }
}
