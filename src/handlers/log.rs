//! The log of tool calls, in JSON Lines. Entries are only appended, and only this user can read the file. `replay.rs`
//! reads a log again.

use super::pending::{PendingCall, PendingCalls};
use super::result::ToolCallResult;
use super::unusable_file::{LOG_ROLE, unusable};
use crate::env::clock;
use crate::exit::Usage;
use crate::ui::Ui;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A tool call and its result. Either `output` or `error` is present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LogEntry {
    /// The time of the result.
    #[serde(default)]
    pub(super) time: String,
    #[serde(default)]
    pub(super) thread_id: String,
    #[serde(default)]
    pub(super) run_id: String,
    #[serde(default)]
    pub(super) call_id: String,
    pub(super) name: String,
    pub(super) arguments: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) output: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(default)]
    pub(super) duration_ms: u64,
    /// The exit code of the handler, if one ran to its end. It is 128 plus the signal number if a signal ended it.
    #[serde(default)]
    pub(super) exit_code: Option<u8>,
}

impl crate::json::Closed<'_> for LogEntry {}

impl LogEntry {
    /// Creates the entry of a tool call that took `duration`.
    pub(super) fn new(pending: &PendingCalls, call: &PendingCall, result: &ToolCallResult, duration: Duration) -> Self {
        let now = jiff::Timestamp::from_millisecond(clock::now_millis());
        Self {
            time: now.map(|time| time.to_string()).unwrap_or_default(),
            thread_id: pending.thread.clone(),
            run_id: pending.run.clone(),
            call_id: call.id.clone(),
            name: call.name.clone(),
            arguments: call.arguments.clone(),
            output: result.output.as_ref().ok().cloned(),
            error: result.output.as_ref().err().map(ToString::to_string),
            duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            exit_code: result.exit_code,
        }
    }
}

/// A log that is open for appending.
pub(super) struct CallLog {
    path: PathBuf,
    file: File,
    ui: Arc<Ui>,
    has_failed: AtomicBool,
}

impl CallLog {
    /// Opens a log for appending, and creates it if it is missing.
    ///
    /// # Errors
    /// Returns an error if the file cannot be opened.
    pub(super) fn open(path: PathBuf, ui: Arc<Ui>) -> Result<Self, Usage> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|error| unusable(&path, LOG_ROLE, error))?;
        Ok(Self { path, file, ui, has_failed: AtomicBool::new(false) })
    }

    /// Appends an entry without buffering. A write error does not stop the run. Only the first one is printed.
    pub(super) fn append(&self, entry: &LogEntry) {
        let mut line = serde_json::to_string(entry).unwrap_or_default();
        line.push('\n');
        if let Err(error) = (&self.file).write_all(line.as_bytes())
            && !self.has_failed.swap(true, Ordering::Relaxed)
        {
            self.ui.warn_always(&format!("could not write to the log {}: {error}", self.path.display()));
        }
    }
}
