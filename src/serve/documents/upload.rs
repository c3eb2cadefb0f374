//! Builds new uploads and their parts (docs/protocol/uploads.md#object).

use crate::api::Kind;
use crate::api::objects::{JsonObject, OpenEnum, Upload, UploadPart, UploadStatus};
use crate::serve::ids;
use serde_json::json;

/// The number of seconds until an upload expires (docs/protocol/uploads.md#rules).
const LIFETIME: i64 = 60 * 60;

/// Returns a new upload of a file with this size in bytes.
pub(in crate::serve) fn create(filename: &str, purpose: &str, bytes: i64) -> Upload {
    let now = ids::now();
    Upload::from_literal(json!({
        "id": ids::new(Kind::Upload),
        "object": "upload",
        "bytes": bytes,
        "created_at": now,
        "filename": filename,
        "purpose": purpose,
        "status": UploadStatus::Pending.name(),
        "expires_at": now.saturating_add(LIFETIME),
        "file": null,
    }))
}

/// Returns a new part of an upload.
pub(in crate::serve) fn part(upload: &str) -> UploadPart {
    UploadPart::from_literal(json!({
        "id": ids::new(Kind::UploadPart),
        "object": "upload.part",
        "created_at": ids::now(),
        "upload_id": upload,
    }))
}

/// Returns the status of an upload. A pending upload whose expiry time has passed counts as expired, even before the
/// engine changes its status.
pub(in crate::serve) fn status(upload: &Upload) -> &str {
    let expired = upload.member::<i64>("expires_at").valid().is_some_and(|time| time <= ids::now());
    match upload.status().text() {
        Some(status) if status == UploadStatus::Pending.name() && expired => UploadStatus::Expired.name(),
        status => status.unwrap_or_default(),
    }
}
