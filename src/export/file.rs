//! Export of the files that threads reference. Each is fetched once, with its content if the backend allows the
//! download.

use super::{ExportMode, Exporter, is_gone};
use crate::api::files::{FileContent, GetFile, OfFile};
use crate::api::{Kind, Nothing};
use crate::app::Call;
use crate::archive::{ArchiveError, Draft, FileEntry, FileState, Part, put};
use crate::client::{ClientError, Payload};
use crate::exit::CallFailed;
use anyhow::Result;
use std::collections::BTreeMap;
use std::path::Path;

/// The maximum number of attempts for a download that breaks off.
const ATTEMPTS: u32 = 3;

impl Exporter<'_> {
    /// Fetches files that no other object of this export references.
    pub async fn files(&self, ids: Vec<String>) -> Result<()> {
        for id in ids {
            if !self.over() {
                self.file(&id).await?;
            }
        }
        Ok(())
    }

    /// Fetches a file unless it was fetched before. A failure is reported and noted, but the thread that references the
    /// file does not fail.
    pub(super) async fn file(&self, id: &str) -> Result<()> {
        if !self.files.borrow_mut().insert(id.to_owned()) {
            return Ok(());
        }
        if self.mode == ExportMode::Incremental && self.folder.borrow().has_file(id) {
            return Ok(());
        }
        match self.fetch(id).await {
            Ok(entry) => {
                self.saved.set(self.saved.get() + u64::from(entry.state == FileState::Saved));
                Ok(self.folder.borrow_mut().note_file(id, entry)?)
            }
            Err(error) => self.failed("file", Some(id), error),
        }
    }

    async fn fetch(&self, id: &str) -> Result<FileEntry> {
        let path = OfFile { file_id: id.parse()? };
        let folder = self.folder.borrow().layout().file(id)?;
        let mut entry =
            FileEntry { state: FileState::Saved, reason: None, exported_at: self.now.clone(), parts: BTreeMap::new() };
        let without = |entry: FileEntry, state, error: &anyhow::Error| {
            let said = error.downcast_ref::<CallFailed>().map(|failed| failed.source.causes().join(": "));
            FileEntry { state, reason: said, ..entry }
        };
        let reply = match self.get::<GetFile>(&path).await {
            Err(error) if is_gone(&error, Kind::File, id) => return Ok(without(entry, FileState::Gone, &error)),
            reply => reply?,
        };
        self.folder.borrow().make(&folder)?;
        let object = put(&folder.join("file.json"), &reply.text, None);
        entry.parts.insert("file.json".to_owned(), object.map_err(ArchiveError::at(&folder))?);
        match self.content(&path, &folder.join("content")).await {
            Ok(part) => drop(entry.parts.insert("content".to_owned(), part)),
            Err(error) if is_gone(&error, Kind::File, id) => return Ok(without(entry, FileState::Gone, &error)),
            Err(error) if is_kept_back(&error) => return Ok(without(entry, FileState::NotDownloadable, &error)),
            Err(error) => return Err(error),
        }
        Ok(entry)
    }

    /// Downloads the content through a temporary file. Retries up to [`ATTEMPTS`] times if the connection breaks off.
    async fn content(&self, path: &OfFile, target: &Path) -> Result<Part> {
        let call = Call::of::<FileContent>(path, &Nothing {}, Payload::None);
        let mut attempt = 1;
        loop {
            match self.download(&call, target).await? {
                Ok(part) => return Ok(part),
                Err(ClientError::Unreachable(_)) if attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(self.app.explain(&call, error).await.into()),
            }
        }
    }

    async fn download(&self, call: &Call, target: &Path) -> Result<Result<Part, ClientError>, ArchiveError> {
        let download = match self.session.download(call).await {
            Ok(download) => download,
            Err(error) => return Ok(Err(error)),
        };
        let wrong = ArchiveError::at(target);
        let mut draft = Draft::new(target).map_err(&wrong)?;
        match download.write_to(&mut draft, |_| {}).await {
            Ok(_) => Ok(Ok(draft.keep().map_err(&wrong)?)),
            // An error while writing the local file is not an error of the backend.
            Err(ClientError::File(reason)) => Err(wrong(std::io::Error::other(reason))),
            Err(error) => Ok(Err(error)),
        }
    }
}

/// Returns `true` if the backend refuses the download of such files.
///
/// This applies to files with purpose `assistants` and `user_data` (docs/protocol/endpoints.md#files), and to all files
/// of a backend without downloads.
fn is_kept_back(error: &anyhow::Error) -> bool {
    let source = error.downcast_ref::<CallFailed>().map(|failed| &failed.source);
    source.is_some_and(|source| match source {
        ClientError::NotOffered(_) => true,
        ClientError::Api(refused) if matches!(refused.status, 400 | 403 | 422) => {
            let message = refused.message.to_ascii_lowercase();
            message.contains("allowed to download") || message.contains("purpose")
        }
        _ => false,
    })
}
