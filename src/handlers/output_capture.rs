//! Capture of a handler's output: stdout, which has a size limit, and stderr, line by line.

use super::Failure;
use crate::env::text::without_bom;
use tokio::io::{AsyncRead, AsyncReadExt};

/// The maximum size of an output, in bytes.
const LONGEST: usize = 1 << 20;

/// The maximum length of a line of stderr that is shown, and the maximum total, both in bytes.
const LONGEST_LINE: usize = 2_000;
const MOST_TALK: usize = 1 << 20;

const PIECE: usize = 16 * 1024;

/// Reads stdout until its end. Fails if the size exceeds the limit.
pub(super) async fn output(mut from: impl AsyncRead + Unpin, output: &mut Vec<u8>) -> Result<(), Failure> {
    let mut piece = vec![0; PIECE];
    loop {
        match from.read(&mut piece).await {
            Ok(0) => return Ok(()),
            Ok(length) => output.extend_from_slice(&piece[..length]),
            Err(error) => return Err(Failure::Lost(error.to_string())),
        }
        if output.len() > LONGEST {
            return Err(Failure::TooLong);
        }
    }
}

/// Decodes an output as UTF-8 and removes a byte order mark and one trailing line break.
pub(super) fn text(output: Vec<u8>) -> Result<String, Failure> {
    let text = String::from_utf8(output).map_err(|error| Failure::NotText(error.utf8_error().valid_up_to()))?;
    let mut text = without_bom(text);
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

/// Reads stderr until its end and passes each line to the callback.
pub(super) async fn talk(mut from: impl AsyncRead + Unpin, heard: &dyn Fn(&str)) {
    let (mut lines, mut piece) = (Lines::default(), vec![0; PIECE]);
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        lines.push(&piece[..length], heard);
    }
    lines.end(heard);
}

/// A splitter for lines that arrive in pieces.
#[derive(Default)]
struct Lines {
    line: Vec<u8>,
    heard: usize,
}

impl Lines {
    fn push(&mut self, piece: &[u8], heard: &dyn Fn(&str)) {
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            let room = LONGEST_LINE.saturating_sub(self.line.len());
            let text = part.strip_suffix(b"\n").unwrap_or(part);
            self.line.extend_from_slice(&text[..text.len().min(room)]);
            if part.len() > text.len() {
                self.end(heard);
            }
        }
    }

    /// Passes the current line on, unless the total limit is exceeded.
    fn end(&mut self, heard: &dyn Fn(&str)) {
        let line = std::mem::take(&mut self.line);
        let before = self.heard;
        self.heard += line.len() + usize::from(!line.is_empty());
        if !line.is_empty() && before < MOST_TALK {
            heard(String::from_utf8_lossy(&line).trim_end());
            if self.heard >= MOST_TALK {
                heard("(more is not shown)");
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    fn lines(pieces: &[&[u8]]) -> Vec<String> {
        let heard = RefCell::new(Vec::new());
        let take = |line: &str| heard.borrow_mut().push(line.to_owned());
        let mut lines = Lines::default();
        pieces.iter().for_each(|piece| lines.push(piece, &take));
        lines.end(&take);
        heard.into_inner()
    }

    #[test]
    fn one_line_break_at_the_end_is_none_of_the_output() {
        for (output, expected) in
            [("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), ("a", "a"), ("", ""), ("\n", ""), ("\u{feff}a\n", "a")]
        {
            assert_eq!(text(output.into()).unwrap(), expected, "{output:?}");
        }
        assert_eq!(text(b"ab\xff".to_vec()), Err(Failure::NotText(2)));
    }

    #[test]
    fn talk_is_heard_by_lines_whatever_the_pieces() {
        assert_eq!(lines(&[b"a", b"b\nc\n\n", "\u{fc}".as_bytes(), b"\xffd"]), ["ab", "c", "\u{fc}\u{fffd}d"]);
        assert_eq!(lines(&[&[b'x'; 5_000], b"\ny\n"]), [&"x".repeat(LONGEST_LINE), "y"]);
    }

    #[test]
    fn endless_talk_is_cut() {
        let line = [&[b'x'; 999][..], b"\n"].concat();
        let pieces = vec![line.as_slice(); 3_000];
        let heard = lines(&pieces);
        assert_eq!(heard.len(), MOST_TALK.div_ceil(1_000) + 1);
        assert_eq!(heard.last().unwrap(), "(more is not shown)");
    }
}
