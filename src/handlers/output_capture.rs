//! Capture of the output of a handler. Stdout is the tool output and has a size limit. Stderr is printed line by line.

use super::error::ToolCallError;
use crate::env::text::without_bom;
use tokio::io::{AsyncRead, AsyncReadExt};

/// The maximum size of an output, in bytes.
const MAX_OUTPUT: usize = 1 << 20;

/// The maximum length of a line of stderr that is printed, in bytes.
const MAX_LINE: usize = 2_000;
/// The maximum total of stderr that is printed, in bytes.
const MAX_STDERR: usize = 1 << 20;

/// The size of the buffer for one read, in bytes.
const CHUNK: usize = 16 * 1024;

/// Reads stdout until its end and appends it to `output`.
///
/// # Errors
/// Returns an error if the size exceeds the limit, or if the pipe cannot be read.
pub(super) async fn read_stdout(mut from: impl AsyncRead + Unpin, output: &mut Vec<u8>) -> Result<(), ToolCallError> {
    let mut chunk = vec![0; CHUNK];
    loop {
        match from.read(&mut chunk).await {
            Ok(0) => return Ok(()),
            Ok(length) => output.extend_from_slice(chunk.get(..length).unwrap_or_default()),
            Err(error) => return Err(ToolCallError::Io(error.to_string())),
        }
        if output.len() > MAX_OUTPUT {
            return Err(ToolCallError::OutputTooLong);
        }
    }
}

/// Decodes an output as UTF-8 and removes a byte order mark and one trailing line break.
///
/// # Errors
/// Returns an error if the output is not UTF-8.
pub(super) fn decode(output: Vec<u8>) -> Result<String, ToolCallError> {
    let invalid = |error: std::string::FromUtf8Error| ToolCallError::InvalidUtf8(error.utf8_error().valid_up_to());
    let mut text = without_bom(String::from_utf8(output).map_err(invalid)?);
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

/// Reads stderr until its end and passes each line to `print`.
pub(super) async fn read_stderr(mut from: impl AsyncRead + Unpin, print: &dyn Fn(&str)) {
    let (mut lines, mut chunk) = (LineSplitter::default(), vec![0; CHUNK]);
    while let Ok(length @ 1..) = from.read(&mut chunk).await {
        lines.push(chunk.get(..length).unwrap_or_default(), print);
    }
    lines.end_line(print);
}

/// A splitter for lines that arrive in chunks.
#[derive(Default)]
struct LineSplitter {
    /// The current line, without its line break.
    line: Vec<u8>,
    /// The number of bytes of all lines so far.
    printed: usize,
}

impl LineSplitter {
    fn push(&mut self, chunk: &[u8], print: &dyn Fn(&str)) {
        for part in chunk.split_inclusive(|byte| *byte == b'\n') {
            let text = part.strip_suffix(b"\n").unwrap_or(part);
            let space = MAX_LINE.saturating_sub(self.line.len());
            self.line.extend(text.iter().take(space));
            if part.len() > text.len() {
                self.end_line(print);
            }
        }
    }

    /// Prints the current line, unless the total limit is exceeded.
    fn end_line(&mut self, print: &dyn Fn(&str)) {
        let line = std::mem::take(&mut self.line);
        let before = self.printed;
        self.printed += line.len() + usize::from(!line.is_empty());
        if !line.is_empty() && before < MAX_STDERR {
            print(String::from_utf8_lossy(&line).trim_end());
            if self.printed >= MAX_STDERR {
                print("(further output is not shown)");
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    fn printed(chunks: &[&[u8]]) -> Vec<String> {
        let printed = RefCell::new(Vec::new());
        let print = |line: &str| printed.borrow_mut().push(line.to_owned());
        let mut lines = LineSplitter::default();
        chunks.iter().for_each(|chunk| lines.push(chunk, &print));
        lines.end_line(&print);
        printed.into_inner()
    }

    #[test]
    fn one_trailing_line_break_is_removed() {
        for (output, expected) in
            [("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), ("a", "a"), ("", ""), ("\n", ""), ("\u{feff}a\n", "a")]
        {
            assert_eq!(decode(output.into()).unwrap(), expected, "{output:?}");
        }
        assert_eq!(decode(b"ab\xff".to_vec()), Err(ToolCallError::InvalidUtf8(2)));
    }

    #[test]
    fn lines_are_joined_across_chunks() {
        assert_eq!(printed(&[b"a", b"b\nc\n\n", "\u{fc}".as_bytes(), b"\xffd"]), ["ab", "c", "\u{fc}\u{fffd}d"]);
        assert_eq!(printed(&[&[b'x'; 5_000], b"\ny\n"]), [&"x".repeat(MAX_LINE), "y"]);
    }

    #[test]
    fn stderr_is_printed_up_to_its_limit() {
        let line = [&[b'x'; 999][..], b"\n"].concat();
        let chunks = vec![line.as_slice(); 3_000];
        let lines = printed(&chunks);
        assert_eq!(lines.len(), MAX_STDERR.div_ceil(1_000) + 1);
        assert_eq!(lines.last().unwrap(), "(further output is not shown)");
    }
}
