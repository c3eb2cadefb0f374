//! The result of a tool call.

use super::error::ToolCallError;
use super::output_capture;
use crate::env::process_groups;
use std::process::ExitStatus;

/// The result of a tool call.
#[derive(Debug)]
pub(super) struct ToolCallResult {
    pub(super) output: Result<String, ToolCallError>,
    /// The exit code of the handler, if one ran to its end. It is 128 plus the signal number if a signal ended it.
    pub(super) exit_code: Option<u8>,
}

impl From<ToolCallError> for ToolCallResult {
    fn from(error: ToolCallError) -> Self {
        Self { output: Err(error), exit_code: None }
    }
}

impl ToolCallResult {
    /// Returns the result of a handler, given its exit status and its standard output.
    pub(super) fn of_handler(status: ExitStatus, stdout: Vec<u8>) -> Self {
        let output = match (process_groups::signal(status), status.code()) {
            (Some(signal), _) => Err(ToolCallError::Signal(signal)),
            (None, Some(0)) => output_capture::decode(stdout),
            (None, code) => Err(ToolCallError::ExitCode(code.unwrap_or_default())),
        };
        Self { output, exit_code: Some(process_groups::exit_code(status)) }
    }
}
