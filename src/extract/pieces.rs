//! Divides extracted text into pieces of bounded size.

use super::failure::ExtractionFailure;

/// The maximum size of a piece, in bytes.
pub const PIECE: usize = 64 << 10;

/// Collects extracted text and passes it on in pieces of at most [`PIECE`] bytes, which end at character boundaries.
pub(super) struct Pieces<'a> {
    emit: &'a mut dyn FnMut(String) -> Result<(), ExtractionFailure>,
    piece: String,
    limit: u64,
    /// The remaining bytes of the limit.
    remaining: u64,
    has_text: bool,
}

impl<'a> Pieces<'a> {
    /// Creates a collector. `emit` receives each piece; its failure ends the extraction. `limit` is the maximum size of
    /// the text in bytes.
    pub(super) fn new(limit: u64, emit: &'a mut dyn FnMut(String) -> Result<(), ExtractionFailure>) -> Self {
        Self { emit, piece: String::new(), limit, remaining: limit, has_text: false }
    }

    /// Appends text.
    ///
    /// # Errors
    /// Returns an error if the text exceeds the limit, or a piece cannot be passed on.
    pub(super) fn push(&mut self, mut text: &str) -> Result<(), ExtractionFailure> {
        self.remaining = self.remaining.checked_sub(text.len() as u64).ok_or_else(|| {
            ExtractionFailure::invalid(format!("The text of the file exceeds the limit of {} MiB.", self.limit >> 20))
        })?;
        self.has_text = self.has_text || text.contains(|letter: char| !letter.is_whitespace());
        while self.piece.len() + text.len() >= PIECE {
            let cut = text.floor_char_boundary(PIECE.saturating_sub(self.piece.len()));
            let (head, tail) = text.split_at(cut);
            self.piece.push_str(head);
            text = tail;
            (self.emit)(std::mem::take(&mut self.piece))?;
        }
        self.piece.push_str(text);
        Ok(())
    }

    /// Passes the last piece on.
    ///
    /// # Errors
    /// Returns an error if there was no text but white space, with `empty` as the message.
    pub(super) fn finish(self, empty: &str) -> Result<(), ExtractionFailure> {
        if !self.has_text {
            return Err(ExtractionFailure::invalid(empty));
        }
        if self.piece.is_empty() { Ok(()) } else { (self.emit)(self.piece) }
    }
}
