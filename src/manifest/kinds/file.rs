//! Files. They have no metadata. Their name at the backend identifies them, because it contains a digest of their
//! content.

use super::{Identity, OwnedMember, ResourceKind};
use crate::api::Endpoint;
use crate::api::files::{DeleteFile, GetFile, ListFiles, UploadFile};
use serde_json::Value;

/// Files.
pub static FILES: ResourceKind = ResourceKind {
    section: "files",
    noun: "file",
    list: ListFiles::SPEC,
    get: GetFile::SPEC,
    create: UploadFile::SPEC,
    update: None,
    delete: DeleteFile::SPEC,
    identity: Identity::Content,
    members: &[OwnedMember::new("filename", Value::clone), OwnedMember::new("purpose", Value::clone)],
    contents: None,
    references: &[],
    refused: &[],
};
