//! The progress of an upload in parts, which the ledger keeps with the row of the upload.

use super::source::LargeFile;
use crate::api::Kind;
use crate::app::App;
use crate::json;
use crate::ledger::{ObjectKey, RowQuery, StateFilter};
use anyhow::Result;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// The member of the stored upload that holds the progress.
const MEMBER: &str = "asst_parts";

/// The number of uploads that are searched for one to continue.
const SEARCHED: usize = 1_000;

/// An upload that began, and the parts that were sent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct UploadProgress {
    pub(super) key: ObjectKey,
    /// The upload as the backend returned it.
    object: Map<String, Value>,
    place: String,
    size: u64,
    modified: i64,
    pub(super) part_size: u64,
    /// The time in seconds since 1970 at which the upload expires, by the clock of this machine.
    pub(super) expires_at: i64,
    /// The members of the request that created the upload.
    request: Value,
    pub(super) parts: Vec<SentPart>,
}

/// A part that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SentPart {
    /// The position of the part in the file, from 0.
    pub(super) index: usize,
    pub(super) id: String,
    /// The CRC-32 of the bytes that were sent.
    pub(super) crc32: u32,
}

impl UploadProgress {
    /// Returns the progress of an upload that was just created.
    pub(super) fn begin(
        key: ObjectKey,
        file: &LargeFile,
        part_size: u64,
        expires_at: i64,
        request: &Map<String, Value>,
        object: &Value,
    ) -> Self {
        Self {
            key,
            object: object.as_object().cloned().unwrap_or_default(),
            place: file.place(),
            size: file.size,
            modified: file.modified,
            part_size,
            expires_at,
            request: request.clone().into(),
            parts: Vec::new(),
        }
    }

    /// Writes the progress to the ledger.
    pub(super) async fn save(&self, app: &App) -> Result<()> {
        let parts: Vec<Value> =
            self.parts.iter().map(|part| json!({ "index": part.index, "id": part.id, "crc32": part.crc32 })).collect();
        let mut raw = self.object.clone();
        raw.insert(
            MEMBER.to_owned(),
            json!({
                "path": self.place, "size": self.size, "modified": self.modified, "part_size": self.part_size,
                "expires_at": self.expires_at, "request": self.request, "parts": parts,
            }),
        );
        app.record_raw(&self.key, &raw.into()).await
    }

    /// Returns the newest upload of a file that is neither completed nor cancelled.
    pub(super) async fn find(app: &App, origin: &str, file: &LargeFile) -> Result<Option<Self>> {
        let filter = RowQuery {
            origin: Some(origin.to_owned()),
            kind: Some(Kind::Upload),
            states: StateFilter::Present,
            ..RowQuery::default()
        };
        let rows = app.ledger()?.rows(&filter, None, SEARCHED).await?;
        let read = |row: crate::ledger::Row| Self::read(row.key(), json::stored(row.raw?).ok()?);
        Ok(rows.into_iter().filter_map(read).find(|progress| progress.place == file.place()))
    }

    fn read(key: ObjectKey, raw: Value) -> Option<Self> {
        let Value::Object(mut object) = raw else { return None };
        let stored = object.shift_remove(MEMBER)?;
        let part = |part: &Value| {
            Some(SentPart {
                index: usize::try_from(part.get("index")?.as_u64()?).ok()?,
                id: part.get("id")?.as_str()?.to_owned(),
                crc32: u32::try_from(part.get("crc32")?.as_u64()?).ok()?,
            })
        };
        Some(Self {
            key,
            object,
            place: stored.get("path")?.as_str()?.to_owned(),
            size: stored.get("size")?.as_u64()?,
            modified: stored.get("modified")?.as_i64()?,
            part_size: stored.get("part_size")?.as_u64().filter(|size| *size > 0)?,
            expires_at: stored.get("expires_at")?.as_i64()?,
            request: stored.get("request")?.clone(),
            parts: stored.get("parts")?.as_array()?.iter().map(part).collect::<Option<_>>()?,
        })
    }

    /// Returns `true` if the file is still the one of the upload, as far as its size and its time show.
    pub(super) fn is_of(&self, file: &LargeFile) -> bool {
        self.size == file.size && self.modified == file.modified
    }

    /// Returns `true` if a request would create the same upload.
    pub(super) fn has_request(&self, request: &Map<String, Value>) -> bool {
        self.request.as_object() == Some(request)
    }

    /// Returns the offset and the length of a part.
    pub(super) fn range(&self, index: usize) -> (u64, u64) {
        let offset = (index as u64).saturating_mul(self.part_size);
        (offset, self.part_size.min(self.size.saturating_sub(offset)))
    }

    /// Returns the number of parts.
    pub(super) fn count(&self) -> usize {
        usize::try_from(self.size.div_ceil(self.part_size)).unwrap_or(usize::MAX)
    }

    /// Returns the positions of the parts that were not sent yet.
    pub(super) fn missing(&self) -> Vec<usize> {
        let sent: HashSet<usize> = self.parts.iter().map(|part| part.index).collect();
        (0..self.count()).filter(|index| !sent.contains(index)).collect()
    }

    /// Returns the number of bytes that were sent.
    pub(super) fn sent_bytes(&self) -> u64 {
        self.parts.iter().map(|part| self.range(part.index).1).sum()
    }

    /// Returns the IDs of the parts in the order of their bytes.
    pub(super) fn part_ids(&self) -> Vec<Value> {
        let mut parts: Vec<&SentPart> = self.parts.iter().collect();
        parts.sort_by_key(|part| part.index);
        parts.into_iter().map(|part| part.id.as_str().into()).collect()
    }
}
