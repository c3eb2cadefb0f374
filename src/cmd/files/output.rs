//! A download to standard output.

use crate::exit::Usage;
use crate::ui::{OutputError, OutputTarget, Ui};
use anyhow::Result;
use std::io::{self, Write};

/// A writer to standard output that keeps the cause of a failure.
///
/// A pipe receives the bytes unchanged. A terminal receives only text, without control characters.
pub(super) struct Out<'a> {
    ui: &'a Ui,
    terminal: bool,
    /// The first bytes of an incomplete character.
    cut: Vec<u8>,
    failed: Option<Failed>,
}

enum Failed {
    Closed(OutputError),
    Binary,
}

impl<'a> Out<'a> {
    pub(super) fn new(ui: &'a Ui) -> Self {
        let terminal = matches!(ui.output_target(), OutputTarget::Terminal { .. });
        Self { ui, terminal, cut: Vec::new(), failed: None }
    }

    /// Returns an error if something could not be written.
    pub(super) fn end(self) -> Result<()> {
        match self.failed {
            Some(Failed::Closed(error)) => Err(error.into()),
            None if self.cut.is_empty() => Ok(()),
            Some(Failed::Binary) | None => {
                let message = "the file is not text, so it is not written to a terminal";
                Err(Usage::hinted(message, "pass --to PATH or -O to save it").into())
            }
        }
    }

    fn show(&mut self, bytes: &[u8]) -> Result<(), Failed> {
        if !self.terminal {
            return self.ui.out_bytes(bytes).map_err(Failed::Closed);
        }
        let mut all = std::mem::take(&mut self.cut);
        all.extend_from_slice(bytes);
        let (text, rest) = whole_characters(&all).ok_or(Failed::Binary)?;
        self.cut = rest.to_vec();
        self.ui.out_lines(text).map_err(Failed::Closed)
    }
}

impl Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.show(bytes).map_err(|failed| {
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
    fn text_may_be_cut_within_a_character_and_bytes_are_no_text() {
        assert_eq!(whole_characters("aé".as_bytes()), Some(("aé", &[][..])));
        assert_eq!(whole_characters(b"a\xc3"), Some(("a", &[0xc3][..])));
        for bytes in [&b"a\xff"[..], b"a\0", b"\xc3a", b"\x89PNG"] {
            assert_eq!(whole_characters(bytes), None, "{bytes:?}");
        }
    }
}
