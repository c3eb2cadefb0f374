//! Export of the files that other objects reference. Each is fetched once, with its content if the backend allows the
//! download.

use super::exporter::{ExportMode, Exporter, is_gone};
use crate::api::files::{FileContent, GetFile, OfFile};
use crate::api::{Kind, Nothing};
use crate::app::Call;
use crate::archive::{ArchiveError, AtomicFile, FileDigest, FileEntry, FileState, write_file};
use crate::client::{ClientError, Payload};
use crate::exit::CallFailed;
use anyhow::Result;
use futures_util::{StreamExt, TryStreamExt};
use std::collections::BTreeMap;
use std::path::Path;

/// The maximum number of attempts for a download that breaks off.
const MAX_ATTEMPTS: u32 = 3;

impl Exporter<'_> {
    /// Fetches files, whether or not an object of this export references them.
    ///
    /// # Errors
    /// Returns an error if the archive cannot be written. A failed request is reported and added to the manifest.
    pub async fn files(&self, ids: Vec<String>) -> Result<()> {
        let ids = futures_util::stream::iter(ids).take_while(|_| std::future::ready(!self.stopping.is_set()));
        let files = ids.map(async |id| self.file(&id).await);
        files.buffer_unordered(self.session.concurrency).try_collect().await
    }

    /// Fetches a file unless it was fetched before. A failure is reported and added to the manifest, but the thread
    /// that references the file does not fail.
    pub(super) async fn file(&self, id: &str) -> Result<()> {
        if !self.files.borrow_mut().insert(id.to_owned()) {
            return Ok(());
        }
        if self.mode == ExportMode::Incremental && self.archive.borrow().has_file(id) {
            return Ok(());
        }
        match self.fetch_file(id).await {
            Ok(entry) => {
                self.downloaded.set(self.downloaded.get() + u64::from(entry.state == FileState::Saved));
                Ok(self.archive.borrow_mut().add_file(id, entry)?)
            }
            Err(error) => self.add_failure("file", Some(id), error),
        }
    }

    async fn fetch_file(&self, id: &str) -> Result<FileEntry> {
        let path = OfFile { file_id: id.parse()? };
        let folder = self.archive.borrow().layout().file(id)?;
        let mut entry =
            FileEntry { state: FileState::Saved, reason: None, exported_at: self.now.clone(), parts: BTreeMap::new() };
        let without_content = |entry: FileEntry, state, error: &anyhow::Error| {
            let reason = error.downcast_ref::<CallFailed>().map(|failed| failed.source.causes().join(": "));
            FileEntry { state, reason, ..entry }
        };
        let reply = match self.get::<GetFile>(&path).await {
            Err(error) if is_gone(&error, Kind::File, id) => {
                return Ok(without_content(entry, FileState::Gone, &error));
            }
            reply => reply?,
        };
        self.archive.borrow().create_folder(&folder)?;
        let object = write_file(&folder.join("file.json"), &reply.text, None);
        entry.parts.insert("file.json".to_owned(), object.map_err(ArchiveError::at(&folder))?);
        match self.content(&path, &folder.join("content")).await {
            Ok(digest) => drop(entry.parts.insert("content".to_owned(), digest)),
            Err(error) if is_gone(&error, Kind::File, id) => {
                return Ok(without_content(entry, FileState::Gone, &error));
            }
            Err(error) if is_not_downloadable(&error) => {
                return Ok(without_content(entry, FileState::NotDownloadable, &error));
            }
            Err(error) => return Err(error),
        }
        Ok(entry)
    }

    /// Downloads the content through a temporary file. Makes up to [`MAX_ATTEMPTS`] attempts if the connection breaks
    /// off.
    async fn content(&self, path: &OfFile, target: &Path) -> Result<FileDigest> {
        let call = Call::of::<FileContent>(path, &Nothing {}, Payload::None);
        let mut attempt = 1;
        loop {
            match self.download(&call, target).await? {
                Ok(digest) => return Ok(digest),
                Err(ClientError::Unreachable(_)) if attempt < MAX_ATTEMPTS => attempt += 1,
                Err(error) => return Err(self.app.explain(&call, error).await.into()),
            }
        }
    }

    async fn download(&self, call: &Call, target: &Path) -> Result<Result<FileDigest, ClientError>, ArchiveError> {
        let download = match self.session.download(call).await {
            Ok(download) => download,
            Err(error) => return Ok(Err(error)),
        };
        let at_target = ArchiveError::at(target);
        let mut file = AtomicFile::create(target).map_err(&at_target)?;
        match download.write_to(&mut file, |_| {}).await {
            Ok(_) => Ok(Ok(file.commit().map_err(&at_target)?)),
            // An error while writing the local file is not an error of the backend.
            Err(ClientError::File(reason)) => Err(at_target(std::io::Error::other(reason))),
            Err(error) => Ok(Err(error)),
        }
    }
}

/// Returns `true` if the backend refuses the download of such files.
///
/// This applies to files with purpose `assistants` and `user_data` (docs/protocol/endpoints.md#files), and to all files
/// of a backend without downloads.
fn is_not_downloadable(error: &anyhow::Error) -> bool {
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
