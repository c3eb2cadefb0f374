//! The receiver of the terms that the scanner finds.

/// A receiver of terms, in the order of the text.
pub(super) trait Sink {
    /// Takes an ASCII word in any case.
    fn ascii(&mut self, word: &str);
    /// Takes a folded word or part of an identifier, or the only letter of a run.
    fn term(&mut self, term: &str, is_letter: bool);
    /// Takes two neighbouring letters of a run.
    fn pair(&mut self, first: &str, second: &str);
    /// Takes a whole identifier after its parts.
    fn whole(&mut self, term: &str);
    /// Takes the last letter of a run of at least two.
    fn tail(&mut self, letter: &str);
    /// Takes the end of a phrase.
    fn end_phrase(&mut self);
}
