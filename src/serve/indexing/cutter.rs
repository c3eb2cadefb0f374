//! Cutting of a text, which arrives in pieces, into passages. The module uses neither async code nor the store.

use crate::search::chunks::{Chunk, Chunker, ChunkingError, ChunkingStrategy};
use crate::search::terms::analyse;
use crate::serve::store::{Chunking, IndexingTotals, NewPassage};

/// The size in bytes of the texts of passages that are written in one transaction. It is small, because other requests
/// wait for the transaction.
const TRANSACTION_BYTES: usize = 256 << 10;

/// A text that is cut into passages, with their search terms.
#[derive(Debug)]
pub(super) struct Cutter {
    chunker: Chunker,
    /// `true` if the terms are written as `tsvector` literals for PostgreSQL.
    as_vectors: bool,
    /// The passages that were not returned yet.
    ready: Vec<NewPassage>,
    ready_bytes: usize,
    totals: IndexingTotals,
}

impl Cutter {
    /// Creates a cutter at the start of a text.
    ///
    /// # Errors
    /// Returns an error if the sizes are outside the limits.
    pub(super) fn new(chunking: Chunking, as_vectors: bool) -> Result<Self, ChunkingError> {
        let size = |tokens: i64| u32::try_from(tokens).unwrap_or(u32::MAX);
        let strategy = ChunkingStrategy::new(size(chunking.size), size(chunking.overlap))?;
        let (ready, totals) = (Vec::new(), IndexingTotals::default());
        Ok(Self { chunker: Chunker::new(strategy), as_vectors, ready, ready_bytes: 0, totals })
    }

    /// Adds a piece of the text, or `None` for its end. Returns passages once there are enough for a transaction, and
    /// at the end. Otherwise returns an empty list.
    pub(super) fn push(&mut self, piece: Option<&str>) -> Vec<NewPassage> {
        match piece {
            // PostgreSQL cannot store NUL characters, and both engines must store the same text.
            Some(piece) if piece.contains('\0') => self.chunker.push(&piece.replace('\0', "\u{fffd}")),
            Some(piece) => self.chunker.push(piece),
            None => self.chunker.finish(),
        }
        while let Some(chunk) = self.chunker.next_chunk() {
            self.add(chunk);
        }
        if piece.is_some() && self.ready_bytes < TRANSACTION_BYTES {
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
        assert!(batches.iter().all(|batch| size(batch) < TRANSACTION_BYTES + 60_000));
        let totals = cutter.totals();
        assert_eq!(totals.chunks, batches.iter().map(Vec::len).sum::<usize>() as i64);
        assert_eq!(totals.terms, 40_000 * 5);
    }

    #[test]
    fn nul_characters_are_replaced_and_invalid_sizes_rejected() {
        let mut cutter = Cutter::new(Chunking::default(), true).unwrap();
        cutter.push(Some("a\0b"));
        let passages = cutter.push(None);
        assert_eq!(passages[0].text, "a\u{fffd}b");
        assert_eq!(passages[0].terms, "'a':1 'b':2");
        assert!(Cutter::new(Chunking { size: 50, overlap: 0 }, false).is_err());
    }
}
