//! The terminal: streams, colour, width, talk, prompts, progress. Knows neither the API nor what a command does.
//!
//! Data goes to standard output through [`Ui::out`]; everything said about the work goes to standard error.

mod facts;
mod progress;
mod prompt;
mod report;
mod sanitize;
mod streams;
mod talk;
mod waits;

pub use facts::{Color, Facts, Paint, Stream, Surface};
pub use progress::{Progress, Unit};
pub use prompt::{Answer, CannotAsk, Consent};
pub use report::ErrorReport;
pub use sanitize::{escape_json, is_unsafe, sanitize, sanitize_lines};
pub use streams::{OutputError, Streams};
pub use waits::{Rank, Waiting, Waits};

use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, OnceLock};

/// How much is said on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verbosity {
    #[default]
    Normal,
    /// Errors only, and what nothing may silence.
    Quiet,
}

/// The language of standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Talk {
    #[default]
    Text,
    /// One JSON object a line, for programs.
    JsonLines,
}

/// What the user asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    pub verbosity: Verbosity,
    pub color: Color,
    pub talk: Talk,
    pub consent: Consent,
}

/// The terminal as the rest of the program sees it.
pub struct Ui {
    settings: Settings,
    facts: Facts,
    streams: Mutex<Streams>,
    /// The language that was learned of only after the beginning.
    learned: OnceLock<Talk>,
    /// Made with the first bar, since most commands never show one.
    bars: OnceLock<indicatif::MultiProgress>,
    /// Whether the last line on standard output has no end yet.
    mid_line: AtomicBool,
}

impl Ui {
    /// Joins what the user asked for with what the terminal is.
    pub fn new(settings: Settings, facts: Facts, streams: Streams) -> Self {
        Self {
            settings,
            facts,
            streams: Mutex::new(streams),
            learned: OnceLock::new(),
            bars: OnceLock::new(),
            mid_line: AtomicBool::new(false),
        }
    }

    /// Returns the terminal of this process.
    pub fn standard(settings: Settings) -> Self {
        Self::new(settings, Facts::gather(), Streams::standard())
    }

    /// Changes the language of standard error, once, for all that is said from now on.
    pub fn speak(&self, talk: Talk) {
        let _ = self.learned.set(talk);
    }

    /// Returns the language of standard error.
    fn talk(&self) -> Talk {
        self.learned.get().copied().unwrap_or(self.settings.talk)
    }

    /// Tells what standard output is, for `view`.
    pub fn surface(&self) -> Surface {
        match self.facts.stdout {
            Stream::Pipe => Surface::Pipe,
            Stream::Terminal => Surface::Terminal {
                width: self.facts.width,
                paint: self.facts.paint(self.settings.color, Stream::Terminal),
            },
        }
    }

    /// Returns what is known about the three streams.
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Returns what the user asked for.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }
}

#[cfg(test)]
mod testing {
    //! A terminal made of buffers.

    use super::*;
    use std::io::{Cursor, Write};
    use std::sync::Arc;

    #[derive(Clone, Default)]
    pub(super) struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Buffer {
        pub(super) fn text(&self) -> String {
            String::from_utf8_lossy(&self.0.lock().expect("no test panics while writing")).into_owned()
        }
    }

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("no test panics while writing").write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    pub(super) fn ui(settings: Settings, facts: Facts, input: &'static str) -> (Ui, Buffer, Buffer) {
        let (out, err) = (Buffer::default(), Buffer::default());
        let streams = Streams::new(Cursor::new(input), out.clone(), err.clone());
        (Ui::new(settings, facts, streams), out, err)
    }
}
