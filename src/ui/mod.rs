//! The user interface: streams, colour, width, messages, prompts and progress. Must not depend on the API or on the
//! commands.
//!
//! Data goes to standard output through [`Ui::out`]. Messages about the work go to standard error.

mod messages;
mod progress;
mod prompt;
mod report;
mod sanitize;
mod status_line;
mod streams;
mod terminal;

pub use progress::{Progress, Unit};
pub use prompt::{Answer, CannotAsk, Consent};
pub use report::ErrorReport;
pub use sanitize::{escape_json, is_unsafe, sanitize, sanitize_lines};
pub use status_line::{Rank, Waiting, Waits};
pub use streams::{OutputError, Streams};
pub use terminal::{Color, Facts, Paint, Stream, Surface};

use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, OnceLock};

/// The amount of messages on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verbosity {
    #[default]
    Normal,
    /// Only errors, and messages that must not be suppressed.
    Quiet,
}

/// The format of standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Talk {
    #[default]
    Text,
    /// JSON Lines, for programs.
    JsonLines,
}

/// The settings that the user chose.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    pub verbosity: Verbosity,
    pub color: Color,
    pub talk: Talk,
    pub consent: Consent,
}

/// The user interface.
pub struct Ui {
    settings: Settings,
    facts: Facts,
    streams: Mutex<Streams>,
    /// The format of stderr, if it was set after the creation.
    learned: OnceLock<Talk>,
    /// Created for the first bar, because most commands show none.
    bars: OnceLock<indicatif::MultiProgress>,
    /// `true` if the last line on standard output is incomplete.
    mid_line: AtomicBool,
}

impl Ui {
    /// Creates a user interface from the settings of the user and the facts about the terminal.
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

    /// Returns the user interface of this process.
    pub fn standard(settings: Settings) -> Self {
        Self::new(settings, Facts::gather(), Streams::standard())
    }

    /// Sets the format of stderr for all further messages. Only the first call has an effect.
    pub fn speak(&self, talk: Talk) {
        let _ = self.learned.set(talk);
    }

    /// Returns the format of stderr.
    fn talk(&self) -> Talk {
        self.learned.get().copied().unwrap_or(self.settings.talk)
    }

    /// Returns the kind of standard output, for `view`.
    pub fn surface(&self) -> Surface {
        match self.facts.stdout {
            Stream::Pipe => Surface::Pipe,
            Stream::Terminal => Surface::Terminal {
                width: self.facts.width,
                paint: self.facts.paint(self.settings.color, Stream::Terminal),
            },
        }
    }

    /// Returns the facts about the three streams.
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Returns the settings that the user chose.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }
}

#[cfg(test)]
mod testing {
    //! A user interface on buffers.

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
