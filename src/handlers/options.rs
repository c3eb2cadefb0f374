//! The options of the handlers.

use super::programs::NamedHandler;
use std::path::PathBuf;
use std::time::Duration;

/// The default time limit of a handler.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// The action for a tool call that has no output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum OnError {
    /// Submit a text with the error as the output
    #[default]
    Submit,
    /// Cancel the run
    Cancel,
    /// Leave the run waiting
    Fail,
}

/// The options of the handlers.
#[derive(Debug, Clone, Default)]
pub struct HandlerOptions {
    /// The functions for which a flag names a program, each with its program.
    pub named: Vec<NamedHandler>,
    /// A folder of programs. Each has the name of its function.
    pub folder: Option<PathBuf>,
    /// A log whose outputs are replayed instead of running programs.
    pub replay: Option<PathBuf>,
    /// The time limit of one handler. Defaults to [`DEFAULT_TIMEOUT`].
    pub timeout: Option<Duration>,
    pub on_error: OnError,
    /// The log to which each tool call is appended.
    pub log: Option<PathBuf>,
}
