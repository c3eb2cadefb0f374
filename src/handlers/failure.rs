//! The reasons why a call has no output. A model may read the messages, so they contain no handler output and no local
//! path.

use std::time::Duration;

/// The reason why a call has no output.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    #[error("this is not the name of a function")]
    NoName,
    #[error("it is not among the tools of the run")]
    NotOffered,
    #[error("there is no handler for it")]
    Unknown,
    #[error("its handler could not be started ({0})")]
    NotStarted(String),
    #[error("its handler ended with exit code {0}")]
    Exit(i32),
    #[error("its handler was ended by signal {0}")]
    Signal(i32),
    #[error("its handler did not end within {} s", .0.as_secs_f64())]
    Late(Duration),
    #[error("its handler printed more than 1 MiB")]
    TooLong,
    #[error("its handler printed what is not UTF-8, at byte {0}")]
    NotText(usize),
    #[error("its handler was lost ({0})")]
    Lost(String),
    #[error("nothing is recorded for these arguments")]
    NotRecorded,
    /// A failure that was replayed from a log.
    #[error("{0}")]
    Recorded(String),
}
