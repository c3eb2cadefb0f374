//! The limits of the parts of a document, and the failures of documents that are damaged or exceed a limit.

use crate::extract::failure::ExtractionFailure;
use std::fmt;
use std::io::BufRead;

/// The maximum size of a part, in bytes after decompression.
pub(super) const PART: u64 = 64 << 20;
/// The maximum size of all parts together. A part that is read twice counts twice.
pub(super) const ALL_PARTS: u64 = 256 << 20;
/// The maximum ratio of the size of a part to its compressed size. Smaller parts than [`SMALL`] may exceed it.
pub(super) const RATIO: u64 = 200;
pub(super) const SMALL: u64 = 1 << 20;
/// The maximum size of one tag or one text, in bytes. The parser holds it in memory.
pub(super) const TOKEN: u64 = 8 << 20;

/// A reader that limits the bytes that a parser may read for one token.
pub(super) trait Bounded: BufRead {
    /// Begins the next token.
    fn next_token(&mut self);

    /// Returns the limit that was exceeded, if this is why a read failed.
    fn exceeded(&self) -> Option<Limit>;
}

/// A limit that a document exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    Part,
    AllParts,
    Ratio,
    Token,
    Depth,
}

impl fmt::Display for Limit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part => write!(out, "a part has more than {} MiB after decompression", PART >> 20),
            Self::AllParts => write!(out, "its parts have more than {} MiB after decompression", ALL_PARTS >> 20),
            Self::Ratio => write!(out, "a part is more than {RATIO} times its compressed size"),
            Self::Token => write!(out, "a text in it has more than {} MiB", TOKEN >> 20),
            Self::Depth => out.write_str("its elements are nested too deep"),
        }
    }
}

impl From<Limit> for ExtractionFailure {
    fn from(limit: Limit) -> Self {
        Self::invalid(format!("The document exceeds a limit: {limit}."))
    }
}

/// Returns the failure for a document whose structure is wrong.
pub(super) fn damaged(why: impl fmt::Display) -> ExtractionFailure {
    ExtractionFailure::invalid(format!("The document is damaged: {why}."))
}
