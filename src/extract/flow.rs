//! Writes extracted text as lines, with separators between paragraphs, blocks, and the cells of tables.

use super::failure::ExtractionFailure;
use super::pieces::Pieces;

/// Writes text with the separators between its parts. A separator is written when text follows it, and the strongest
/// one wins, so that there are no empty lines at the beginning and no trailing spaces.
pub(super) struct Flow<'p, 'e> {
    pieces: &'p mut Pieces<'e>,
    gap: Gap,
    /// The number of cells that begin before the next text.
    cells: usize,
    /// `true` if nothing was written in the current row of a table.
    at_row_start: bool,
    is_empty: bool,
}

/// The separator before the next text, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
    Blank,
}

impl<'p, 'e> Flow<'p, 'e> {
    /// Creates a writer at the beginning of a text.
    pub(super) fn new(pieces: &'p mut Pieces<'e>) -> Self {
        Self { pieces, gap: Gap::None, cells: 0, at_row_start: false, is_empty: true }
    }

    /// Writes text as it is.
    pub(super) fn text(&mut self, text: &str) -> Result<(), ExtractionFailure> {
        if text.is_empty() {
            return Ok(());
        }
        match std::mem::replace(&mut self.gap, Gap::None) {
            _ if self.is_empty => {}
            Gap::None => {}
            Gap::Space => self.pieces.push(" ")?,
            Gap::Line => self.pieces.push("\n")?,
            Gap::Blank => self.pieces.push("\n\n")?,
        }
        for _ in 0..std::mem::take(&mut self.cells) {
            self.pieces.push("\t")?;
        }
        self.at_row_start = false;
        self.is_empty = false;
        self.pieces.push(text)
    }

    /// Writes the words of a text, with one space for each run of white space, as a browser does.
    pub(super) fn words(&mut self, text: &str) -> Result<(), ExtractionFailure> {
        for word in text.split_inclusive(is_space) {
            let bare = word.trim_end_matches(is_space);
            self.text(bare)?;
            if bare.len() < word.len() {
                self.space();
            }
        }
        Ok(())
    }

    /// Separates the next text by a space.
    pub(super) fn space(&mut self) {
        self.at_least(Gap::Space);
    }

    /// Begins a new line.
    pub(super) fn line(&mut self) {
        self.at_least(Gap::Line);
    }

    /// Begins a new line after a blank one.
    pub(super) fn blank(&mut self) {
        self.at_least(Gap::Blank);
    }

    /// Begins a new row of a table. Empty cells at the end of the row before are dropped.
    pub(super) fn row(&mut self) {
        self.cells = 0;
        self.gap = self.gap.max(Gap::Line);
        self.at_row_start = true;
    }

    /// Ends a row of a table.
    pub(super) fn end_row(&mut self) {
        self.cells = 0;
        self.at_row_start = false;
        self.gap = Gap::Line;
    }

    /// Begins a further cell of a row.
    pub(super) fn cell(&mut self) {
        if !self.at_row_start {
            // The end of a paragraph in the cell before does not end the row.
            self.gap = Gap::None;
        }
        self.cells += 1;
    }

    /// Makes the separator at least as strong as `gap`. Has no effect at the beginning of a cell or row.
    fn at_least(&mut self, gap: Gap) {
        if self.cells == 0 && !self.at_row_start {
            self.gap = self.gap.max(gap);
        }
    }
}

/// Returns `true` for the characters that HTML collapses, and for the no-break space.
pub(super) fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r' | '\x0C' | '\u{A0}')
}
