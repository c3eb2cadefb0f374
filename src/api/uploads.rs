//! Uploads, which assemble a large file from parts (docs/protocol/uploads.md).

use super::details::{AlsoCreated, End, Foundry};
use super::endpoint::{Body, Nothing, endpoints, paths};
use super::files::ExpiresAfter;
use super::kind::Kind;
use super::objects::{Upload, UploadPart};
use super::response::{Made, One};
use super::rules::{Schema, optional};
use super::schemas::FILE_EXPIRY;
use serde::{Deserialize, Serialize};

paths! {
    /// The path of an upload.
    OfUpload(
        /// ID of the upload
        upload_id: UploadId
    );
}

/// The members of a new upload. They describe the whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct UploadSpec {
    /// Name of the file
    #[arg(long, value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Purpose of the file: assistants, batch, fine-tune, vision [default: assistants]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Size of the whole file in bytes, at most 8 GB
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<i64>,
    /// MIME type of the file, such as text/plain
    #[arg(long, value_name = "TYPE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Delete the file automatically after 1 hour to 30 days: a number of seconds, or 12h, 30d
    #[arg(long, value_name = "DURATION")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<ExpiresAfter>,
}

impl Body for UploadSpec {
    const DEFAULTS: &'static [(&'static str, &'static str)] = &[("purpose", "assistants")];
}

/// The members of the request that completes an upload.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct UploadCompletion {
    /// IDs of the parts in the order of their bytes (repeatable or comma-separated)
    #[arg(long, value_name = "PART_ID", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_ids: Option<Vec<String>>,
    /// MD5 checksum of the whole file, for the server to verify
    #[arg(long, value_name = "HEX")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub md5: Option<String>,
}
impl Body for UploadCompletion {}

const FOUNDRY: Foundry = Foundry::never("`asst files upload` sends files of up to 512 MB in one request");

endpoints! {
    CreateUpload = "createUpload" "create upload":
        Once Post "/uploads" Nothing(), Nothing, UploadSpec => Made<Upload> {
            members: &[FILE_EXPIRY],
            foundry: FOUNDRY,
        };
    AddUploadPart = "addUploadPart" "add upload part":
        Once Post "/uploads/{upload_id}/parts" OfUpload(upload_id), Nothing, Nothing => Made<UploadPart> {
            foundry: FOUNDRY,
        };
    CompleteUpload = "completeUpload" "complete upload":
        Once Post "/uploads/{upload_id}/complete" OfUpload(upload_id), Nothing, UploadCompletion => One<Upload> {
            members: &[optional("part_ids", Schema::list(&Schema::TEXT))],
            foundry: FOUNDRY,
            also_creates: &[AlsoCreated { kind: Kind::File, member: "file", described_by: None }],
            ends: Some(End::Completed),
        };
    CancelUpload = "cancelUpload" "cancel upload":
        Repeatable Post "/uploads/{upload_id}/cancel" OfUpload(upload_id), Nothing, Nothing => One<Upload> {
            foundry: FOUNDRY,
            ends: Some(End::Cancelled),
        };
}
