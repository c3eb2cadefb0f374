//! The user interface: streams, colour, width, messages, prompts, and progress. It does not depend on the API or on the
//! commands.
//!
//! Data goes to standard output through [`Ui::out`]. Messages about the work go to standard error.

mod count;
mod marked;
mod messages;
mod progress;
mod prompt;
mod report;
mod sanitize;
mod shorten;
mod status_line;
mod streams;
mod terminal;

pub use count::counted;
pub use marked::{MarkedLine, Tone};
pub use progress::{Progress, Unit};
pub use prompt::{CannotAsk, Confirmation, Consent};
pub use report::ErrorReport;
pub use sanitize::{escape_json, escape_line, is_unsafe, sanitize, sanitize_lines};
pub use shorten::{shorten, shorten_middle};
pub use status_line::{StatusLine, WaitPriority};
pub use streams::{OutputError, Streams};
pub use terminal::{ColorChoice, Coloring, OutputTarget, StreamKind, TerminalInfo};

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
pub enum MessageFormat {
    #[default]
    Text,
    /// JSON Lines, for programs.
    JsonLines,
}

/// The settings that the user chose.
#[derive(Debug, Clone, Copy, Default)]
pub struct UiSettings {
    pub verbosity: Verbosity,
    pub color: ColorChoice,
    pub message_format: MessageFormat,
    pub consent: Consent,
}

/// The user interface.
pub struct Ui {
    settings: UiSettings,
    terminal: TerminalInfo,
    streams: Mutex<Streams>,
    /// The format of stderr, if it was set after the creation. It overrides the setting.
    format_override: OnceLock<MessageFormat>,
    /// The progress bars. Created for the first bar, because most commands show none.
    bars: OnceLock<indicatif::MultiProgress>,
    /// `true` if the last line on standard output is incomplete.
    line_is_open: AtomicBool,
}

impl Ui {
    /// Creates a user interface from the settings of the user, the properties of the streams, and the streams.
    pub fn new(settings: UiSettings, terminal: TerminalInfo, streams: Streams) -> Self {
        Self {
            settings,
            terminal,
            streams: Mutex::new(streams),
            format_override: OnceLock::new(),
            bars: OnceLock::new(),
            line_is_open: AtomicBool::new(false),
        }
    }

    /// Returns the user interface of this process.
    pub fn standard(settings: UiSettings) -> Self {
        Self::new(settings, TerminalInfo::detect(), Streams::standard())
    }

    /// Sets the format of stderr for all further messages. Only the first call has an effect.
    pub fn set_message_format(&self, format: MessageFormat) {
        let _ = self.format_override.set(format);
    }

    /// Returns the format of stderr.
    fn message_format(&self) -> MessageFormat {
        self.format_override.get().copied().unwrap_or(self.settings.message_format)
    }

    /// Returns the properties of standard output that determine its format: whether it is a terminal, its width, and
    /// its colour.
    pub fn output_target(&self) -> OutputTarget {
        match self.terminal.stdout {
            StreamKind::Pipe => OutputTarget::Pipe,
            StreamKind::Terminal => OutputTarget::Terminal {
                width: self.terminal.width,
                paint: self.terminal.coloring(self.settings.color, StreamKind::Terminal),
            },
        }
    }

    /// Returns the properties of the standard streams.
    pub const fn terminal(&self) -> &TerminalInfo {
        &self.terminal
    }

    /// Returns the settings that the user chose.
    pub const fn settings(&self) -> &UiSettings {
        &self.settings
    }
}

#[cfg(test)]
mod testing {
    //! A user interface for tests. It writes to buffers.

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

    pub(super) fn ui(settings: UiSettings, facts: TerminalInfo, input: &'static str) -> (Ui, Buffer, Buffer) {
        let (out, err) = (Buffer::default(), Buffer::default());
        let streams = Streams::new(Cursor::new(input), out.clone(), err.clone());
        (Ui::new(settings, facts, streams), out, err)
    }
}
