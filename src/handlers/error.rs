//! The reasons why a tool call has no output. The messages may be submitted to a model, so they contain neither output
//! of a handler nor a local path.

use std::time::Duration;

/// The reason why a tool call has no output.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ToolCallError {
    #[error("its name is not a valid function name")]
    InvalidName,
    #[error("it is not among the tools of the run")]
    NotATool,
    #[error("there is no handler for it")]
    NoHandler,
    #[error("its handler could not be started ({0})")]
    NotStarted(String),
    #[error("its handler ended with exit code {0}")]
    ExitCode(i32),
    #[error("its handler was ended by signal {0}")]
    Signal(i32),
    #[error("its handler did not end within {} s", .0.as_secs_f64())]
    Timeout(Duration),
    #[error("its handler printed more than 1 MiB")]
    OutputTooLong,
    #[error("its handler printed invalid UTF-8 at byte {0}")]
    InvalidUtf8(usize),
    #[error("its handler could not be observed ({0})")]
    Io(String),
    #[error("the log has no call with these arguments")]
    NotInLog,
    /// An error that was replayed from a log.
    #[error("{0}")]
    Replayed(String),
}
