//! Uploads and their parts (docs/protocol/uploads.md).

use super::object::object;
use super::{FileObject, Open, OpenEnum};

object! {
    /// An upload.
    Upload {
        id: &str,
        object: &str,
        /// The time of creation in seconds since 1970.
        created_at: f64,
        filename: &str,
        /// The size of the whole file in bytes.
        bytes: i64,
        purpose: &str,
        status: Open<'_, UploadStatus>,
        expires_at: f64,
        /// The file, once the upload is complete.
        file: &FileObject,
    }
}

object! {
    /// A part of an upload.
    UploadPart {
        id: &str,
        object: &str,
        /// The time of creation in seconds since 1970.
        created_at: f64,
        upload_id: &str,
    }
}

/// The status of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadStatus {
    Pending,
    Completed,
    Cancelled,
    Expired,
}

impl OpenEnum for UploadStatus {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Pending, "pending"),
        (Self::Completed, "completed"),
        (Self::Cancelled, "cancelled"),
        (Self::Expired, "expired"),
    ];
}
