//! Files (docs/protocol/endpoints.md#files). An upload is a multipart request. [`FileSpec`] has its parts except the
//! bytes of the file.

use super::details::Foundry;
use super::endpoint::{Body, Nothing, endpoints, paths};
use super::objects::FileObject;
use super::paging::FilePaging;
use super::response::{Content, Deleted, Made, One, Page};
use super::rules::{Schema, optional};
use super::schemas::FILE_EXPIRY;
use serde::{Deserialize, Serialize};

paths! {
    /// The path of a file.
    OfFile(
        /// ID of the file
        file_id: FileId
    );
}

/// The expiry of a file, relative to its creation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpiresAfter {
    /// The time from which the seconds count. The protocol allows only `created_at`.
    pub anchor: String,
    /// The lifetime in seconds, 3,600 to 2,592,000.
    pub seconds: i64,
}

impl std::str::FromStr for ExpiresAfter {
    type Err = String;
    /// Parses a number of seconds, or a number followed by `s`, `m`, `h` or `d`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (number, unit) = match text.char_indices().next_back() {
            Some((at, unit)) if unit.is_ascii_alphabetic() => (&text[..at], unit),
            _ => (text, 's'),
        };
        let factor = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return Err(format!("expected the unit s, m, h or d, got `{unit}`")),
        };
        match number.parse::<i64>().ok().and_then(|number| number.checked_mul(factor)) {
            Some(seconds) => Ok(Self { anchor: "created_at".into(), seconds }),
            None => Err("expected seconds, or a number with s, m, h or d".into()),
        }
    }
}

/// The members of an upload, besides the file's bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct FileSpec {
    /// Purpose of the file: assistants, batch, fine-tune, vision, user_data, evals [default: assistants]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Delete the file automatically after 1 hour to 30 days: a number of seconds, or 12h, 30d
    #[arg(long, value_name = "DURATION")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<ExpiresAfter>,
}

impl Body for FileSpec {
    const DEFAULTS: &'static [(&'static str, &'static str)] = &[("purpose", "assistants")];
}

endpoints! {
    ListFiles = "listFiles" "list files":
        Read Get "/files" Nothing(), FilePaging, Nothing => Page<FileObject> {
            foundry: Foundry { lacks: &["limit", "order", "after"], is_one_page: true, ..Foundry::SAME },
            limit_error: Some("limit must be between 1 and 10000."),
        };
    UploadFile = "createFile" "upload file":
        Once Post "/files" Nothing(), Nothing, FileSpec => Made<FileObject> {
            members: &[FILE_EXPIRY],
            foundry: Foundry {
                lacks: &["expires_after"],
                adds: &[optional("filename", Schema::TEXT)],
                ..Foundry::SAME
            },
        };
    GetFile = "retrieveFile" "get file": Read Get "/files/{file_id}" OfFile(file_id), Nothing, Nothing => One<FileObject>;
    DeleteFile = "deleteFile" "delete file":
        Repeatable Delete "/files/{file_id}" OfFile(file_id), Nothing, Nothing => Deleted<FileObject>;
    FileContent = "downloadFile" "download file":
        Read Get "/files/{file_id}/content" OfFile(file_id), Nothing, Nothing => Content<FileObject>;
}
