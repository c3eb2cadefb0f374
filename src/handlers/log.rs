//! The log of tool calls: JSON Lines, append-only, readable by this user only. `replay` reads it.

use super::calls::{Call, Pending};
use super::{Answered, now, unusable};
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
pub(super) struct Entry {
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
    /// The exit code of the handler, if one ran to its end. 128 plus the signal number if a signal ended it.
    #[serde(default)]
    pub(super) exit_code: Option<u8>,
}

impl crate::json::Closed<'_> for Entry {}

impl Entry {
    pub(super) fn new(pending: &Pending, call: &Call, answered: &Answered, took: Duration) -> Self {
        Self {
            time: now(),
            thread_id: pending.thread.clone(),
            run_id: pending.run.clone(),
            call_id: call.id.clone(),
            name: call.name.clone(),
            arguments: call.arguments.clone(),
            output: answered.output.as_ref().ok().cloned(),
            error: answered.output.as_ref().err().map(ToString::to_string),
            duration_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            exit_code: answered.exit_code,
        }
    }
}

/// An open log.
pub(super) struct Log {
    path: PathBuf,
    file: File,
    ui: Arc<Ui>,
    failed: AtomicBool,
}

impl Log {
    /// Opens a log for appending, and creates it if it is missing.
    pub(super) fn open(path: PathBuf, ui: Arc<Ui>) -> Result<Self, Usage> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|error| unusable(&path, "the log of handlers", error))?;
        Ok(Self { path, file, ui, failed: AtomicBool::new(false) })
    }

    /// Appends an entry without buffering. Only the first write error is printed, and the run goes on.
    pub(super) fn note(&self, entry: &Entry) {
        let mut line = serde_json::to_string(entry).unwrap_or_default();
        line.push('\n');
        if let Err(error) = (&self.file).write_all(line.as_bytes())
            && !self.failed.swap(true, Ordering::Relaxed)
        {
            self.ui.warn_always(&format!("could not write to the log {}: {error}", self.path.display()));
        }
    }
}
