//! The limits of the worker that reads a document.

use std::path::PathBuf;
use std::time::Duration;

/// The limits on reading one document. They do not apply to plain text and HTML, which are read in constant memory.
#[derive(Debug, Clone)]
pub struct ExtractionLimits {
    /// The time for the whole document.
    pub time: Duration,
    /// The address space of the worker, in bytes.
    pub memory: u64,
    /// The size of the text, in bytes.
    pub text: u64,
    /// The executable of the worker, or `None` for this program.
    pub worker: Option<PathBuf>,
}

impl Default for ExtractionLimits {
    fn default() -> Self {
        Self { time: Duration::from_secs(30), memory: 512 << 20, text: 16 << 20, worker: None }
    }
}
