//! Builds new files.

use crate::api::Kind;
use crate::api::objects::{FileObject, FileStatus, JsonObject, OpenEnum};
use crate::serve::ids;
use serde_json::json;

/// Returns a new file of this size in bytes. `lifetime` is the number of seconds until it expires.
pub(in crate::serve) fn create(name: &str, purpose: &str, bytes: u64, lifetime: Option<i64>) -> FileObject {
    let now = ids::now();
    let mut file = FileObject::from_literal(json!({
        "id": ids::new(Kind::File),
        "object": "file",
        "bytes": bytes,
        "created_at": now,
        "filename": name,
        "purpose": purpose,
        "status": FileStatus::Processed.name(),
    }));
    // A file that does not expire has no such member (docs/protocol/objects.md#file).
    if let Some(lifetime) = lifetime {
        file.set("expires_at", now.saturating_add(lifetime));
    }
    file
}
