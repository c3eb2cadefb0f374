//! Files (docs/protocol/objects.md#file).

use super::object::object;
use super::{Open, OpenEnum};

object! {
    /// A file.
    FileObject {
        id: &str,
        object: &str,
        /// The size in bytes.
        bytes: i64,
        /// The time of creation in seconds since 1970.
        created_at: f64,
        expires_at: f64,
        filename: &str,
        purpose: Open<'_, FilePurpose>,
        status: Open<'_, FileStatus>,
        status_details: &str,
    }
}

/// The purpose of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilePurpose {
    Assistants,
    AssistantsOutput,
    Batch,
    BatchOutput,
    FineTune,
    FineTuneResults,
    Vision,
    UserData,
}

impl OpenEnum for FilePurpose {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Assistants, "assistants"),
        (Self::AssistantsOutput, "assistants_output"),
        (Self::Batch, "batch"),
        (Self::BatchOutput, "batch_output"),
        (Self::FineTune, "fine-tune"),
        (Self::FineTuneResults, "fine-tune-results"),
        (Self::Vision, "vision"),
        (Self::UserData, "user_data"),
    ];
}

/// The status of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileStatus {
    Uploaded,
    Processed,
    Error,
}

impl OpenEnum for FileStatus {
    const VALUES: &'static [(Self, &'static str)] =
        &[(Self::Uploaded, "uploaded"), (Self::Processed, "processed"), (Self::Error, "error")];
}
