//! Searches bytes that arrive piece by piece.

use super::find::{AFTER, BEFORE, IdFinder, Match};

/// The bytes that are kept as context between two pieces.
#[derive(Debug, Default)]
pub(super) struct Window {
    bytes: Vec<u8>,
    /// The position up to which the bytes were searched.
    done: usize,
}

impl Window {
    /// Adds a piece and returns the matches whose context is complete. The last piece may be empty.
    pub(super) fn push(&mut self, finder: &IdFinder, piece: &[u8], is_last: bool) -> Vec<Match> {
        self.bytes.extend_from_slice(piece);
        let end = self.bytes.len();
        let to = if is_last { end } else { end.saturating_sub(AFTER).max(self.done) };
        let found = finder.find(&self.bytes, self.done, to);
        let passed = to.saturating_sub(BEFORE);
        self.bytes.drain(..passed);
        self.done = to - passed;
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_once_wherever_the_pieces_meet() {
        const ID: &str = "thread_AbCdEfGhIjKlMnOpQrSt1234";
        let text = format!("{:400}\"{ID}\"{:1500}", "", "");
        for length in [1, 7, 64, 1000] {
            let (finder, mut window) = (IdFinder::new(&[]), Window::default());
            let mut found: Vec<Match> =
                text.as_bytes().chunks(length).flat_map(|piece| window.push(&finder, piece, false)).collect();
            found.extend(window.push(&finder, b"", true));
            assert_eq!(found.iter().map(|found| found.id.as_str()).collect::<Vec<_>>(), [ID], "pieces of {length}");
        }
    }
}
