//! Output of a downloaded file to standard output.

use crate::exit::Usage;
use crate::ui::{OutputError, OutputTarget, Ui};
use anyhow::Result;
use std::io::{self, Write};

/// A writer of a downloaded file to standard output.
///
/// A pipe receives the bytes unchanged. A terminal receives only text, without control characters. The writer keeps the
/// cause of its first failure, because [`io::Error`] cannot carry it.
pub(super) struct DownloadOutput<'a> {
    ui: &'a Ui,
    is_terminal: bool,
    /// The bytes of an incomplete UTF-8 character at the end of the last chunk. Used on a terminal only.
    incomplete: Vec<u8>,
    failed: Option<WriteFailure>,
}

/// The cause of a failed write.
enum WriteFailure {
    /// Standard output was closed or cannot be written.
    Output(OutputError),
    /// The file is not text, and standard output is a terminal.
    Binary,
}

impl<'a> DownloadOutput<'a> {
    pub(super) fn new(ui: &'a Ui) -> Self {
        let is_terminal = matches!(ui.output_target(), OutputTarget::Terminal { .. });
        Self { ui, is_terminal, incomplete: Vec::new(), failed: None }
    }

    /// Ends the output. Returns an error if a write failed, or if the file ends with an incomplete character.
    pub(super) fn end(self) -> Result<()> {
        match self.failed {
            Some(WriteFailure::Output(error)) => Err(error.into()),
            None if self.incomplete.is_empty() => Ok(()),
            Some(WriteFailure::Binary) | None => {
                let message = "the file is not text, so it is not written to a terminal";
                Err(Usage::hinted(message, "pass --to PATH or -O to save it").into())
            }
        }
    }

    fn write_chunk(&mut self, bytes: &[u8]) -> Result<(), WriteFailure> {
        if !self.is_terminal {
            return self.ui.out_bytes(bytes).map_err(WriteFailure::Output);
        }
        let mut pending = std::mem::take(&mut self.incomplete);
        pending.extend_from_slice(bytes);
        let (text, rest) = whole_characters(&pending).ok_or(WriteFailure::Binary)?;
        self.incomplete = rest.to_vec();
        self.ui.out_lines(text).map_err(WriteFailure::Output)
    }
}

impl Write for DownloadOutput<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_chunk(bytes).map_err(|failed| {
            self.failed = Some(failed);
            io::Error::from(io::ErrorKind::BrokenPipe)
        })?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Splits bytes into complete characters and an incomplete last one. Returns `None` if the bytes are not text.
fn whole_characters(bytes: &[u8]) -> Option<(&str, &[u8])> {
    if bytes.contains(&0) {
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some((text, &[])),
        Err(error) if error.error_len().is_none() => {
            let (text, rest) = bytes.split_at(error.valid_up_to());
            Some((std::str::from_utf8(text).ok()?, rest))
        }
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incomplete_last_character_is_split_off_and_binary_data_is_refused() {
        assert_eq!(whole_characters("aé".as_bytes()), Some(("aé", &[][..])));
        assert_eq!(whole_characters(b"a\xc3"), Some(("a", &[0xc3][..])));
        for bytes in [&b"a\xff"[..], b"a\0", b"\xc3a", b"\x89PNG"] {
            assert_eq!(whole_characters(bytes), None, "{bytes:?}");
        }
    }
}
