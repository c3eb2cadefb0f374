//! The three standard streams behind one lock, so that lines are never interleaved.

use super::{StreamKind, Ui, escape_json, sanitize_lines};
use crate::env::secrets;
use std::io::{self, BufRead, Write};
use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};

/// The error of a write to standard output.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The reader has closed the pipe, as `head` does. This counts as success.
    #[error("standard output was closed")]
    Closed,
    #[error("could not write to standard output")]
    Failed(#[source] io::Error),
}

impl From<io::Error> for OutputError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::Closed } else { Self::Failed(error) }
    }
}

/// Standard input, output and error, or replacements in tests.
pub struct Streams {
    pub(super) input: Box<dyn BufRead + Send>,
    pub(super) out: Box<dyn Write + Send>,
    pub(super) err: Box<dyn Write + Send>,
}

impl Streams {
    /// Creates the streams from any reader and writers.
    pub fn new(
        input: impl BufRead + Send + 'static,
        out: impl Write + Send + 'static,
        err: impl Write + Send + 'static,
    ) -> Self {
        Self { input: Box::new(input), out: Box::new(out), err: Box::new(err) }
    }

    /// Returns the standard streams of this process.
    pub fn standard() -> Self {
        Self::new(io::BufReader::new(io::stdin()), io::stdout(), io::stderr())
    }
}

impl Ui {
    /// Writes a text to standard output and flushes it.
    pub fn out(&self, text: &str) -> Result<(), OutputError> {
        self.out_bytes(text.as_bytes())
    }

    /// Writes JSON to standard output. On a terminal, control characters that JSON allows unescaped are escaped.
    pub fn out_json(&self, json: &str) -> Result<(), OutputError> {
        match self.terminal.stdout {
            StreamKind::Terminal => self.out(&escape_json(json)),
            StreamKind::Pipe => self.out(json),
        }
    }

    /// Writes lines to standard output. On a terminal, all control characters except line feeds and tabs are removed.
    pub fn out_lines(&self, text: &str) -> Result<(), OutputError> {
        match self.terminal.stdout {
            StreamKind::Terminal => self.out(&sanitize_lines(text)),
            StreamKind::Pipe => self.out(text),
        }
    }

    /// Writes bytes to standard output unchanged and flushes them.
    pub fn out_bytes(&self, bytes: &[u8]) -> Result<(), OutputError> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.with_hidden_bars(|| {
            let mut streams = self.streams();
            self.line_is_open.store(!bytes.ends_with(b"\n"), Ordering::Relaxed);
            streams.out.write_all(bytes)?;
            Ok(streams.out.flush()?)
        })
    }

    /// Writes to standard error. Credentials are redacted in every text. A write error is ignored, because there is no
    /// other place to report it.
    pub(super) fn write_err(&self, text: &str) {
        let text = secrets::hide(text);
        self.with_hidden_bars(|| {
            let mut streams = self.streams();
            let _ = streams.err.write_all(text.as_bytes());
            let _ = streams.err.flush();
        });
    }

    /// Locks the streams and ignores poisoning. A panic can leave at most an incomplete line.
    pub(super) fn streams(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{StreamKind, TerminalInfo, UiSettings};

    struct Broken(io::ErrorKind);
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_distinguished_from_a_full_disk() {
        let pipe = StreamKind::Pipe;
        let facts = TerminalInfo { stdin: pipe, stdout: pipe, stderr: pipe, width: 80, environment: None };
        let out =
            |kind| Ui::new(UiSettings::default(), facts, Streams::new(io::empty(), Broken(kind), io::sink())).out("x");
        assert!(matches!(out(io::ErrorKind::BrokenPipe), Err(OutputError::Closed)));
        assert!(matches!(out(io::ErrorKind::StorageFull), Err(OutputError::Failed(_))));
    }
}
