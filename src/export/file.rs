//! Export of the files that other objects reference. Each is fetched once, with its content if the backend allows the
//! download.

use super::exporter::{ExportMode, Exporter, is_gone};
use crate::api::files::{FileContent, GetFile, OfFile};
use crate::api::{Kind, Nothing};
use crate::app::Call;
use crate::archive::{ArchiveError, AtomicFile, FileDigest, FileEntry, FileState, names, write_file};
use crate::client::{ClientError, Payload};
use crate::exit::CallFailed;
use anyhow::Result;
use futures_util::{StreamExt, TryStreamExt};
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

/// The maximum number of attempts for a download that breaks off.
const MAX_ATTEMPTS: u32 = 3;

impl Exporter<'_> {
    /// Fetches files. Returns `false` if the command was asked to stop before the last one.
    ///
    /// # Errors
    /// Returns an error if the archive cannot be written. A failed request is reported and added to the manifest.
    pub async fn files(&self, ids: impl IntoIterator<Item = String>) -> Result<bool> {
        let files = futures_util::stream::iter(ids).map(async |id| self.file(&id).await);
        let files = files.buffer_unordered(self.session.concurrency);
        files.try_fold(true, async |all_done, is_done| Ok(all_done && is_done)).await
    }

    /// Fetches a file unless it was fetched before. Returns `false` if the command was asked to stop.
    ///
    /// Several objects can reference the same file. All of them wait until the first one has fetched it, so that none is
    /// recorded as complete before.
    async fn file(&self, id: &str) -> Result<bool> {
        let fetched = Rc::clone(self.files.borrow_mut().entry(id.to_owned()).or_default());
        fetched.get_or_try_init(|| self.file_once(id)).await.copied()
    }

    /// Fetches a file. Returns `false` if the command was asked to stop.
    ///
    /// A failure is reported and added to the manifest, but the object that references the file does not fail.
    async fn file_once(&self, id: &str) -> Result<bool> {
        if self.mode == ExportMode::Incremental && self.archive.borrow().has_file(id) {
            return Ok(true);
        }
        // The requests for a file follow each other, so one permit is enough. A stop is noticed after the wait for it.
        let _permit = self.request_permits.acquire().await;
        if self.stopping.is_set() {
            return Ok(false);
        }
        match self.fetch_file(id).await {
            Ok(entry) => {
                self.downloaded.set(self.downloaded.get() + u64::from(entry.state == FileState::Saved));
                self.archive.borrow_mut().add_file(id, entry)?;
            }
            Err(error) => self.add_failure("file", Some(id), error)?,
        }
        Ok(true)
    }

    /// Requests a file and its content. The caller holds a permit.
    async fn fetch_file(&self, id: &str) -> Result<FileEntry> {
        let path = OfFile { file_id: id.parse()? };
        let folder = self.archive.borrow().layout().file(id)?;
        let mut entry =
            FileEntry { state: FileState::Saved, reason: None, exported_at: self.now.clone(), parts: BTreeMap::new() };
        let without_content = |entry: FileEntry, state, error: &anyhow::Error| {
            let reason = error.downcast_ref::<CallFailed>().map(|failed| failed.source.causes().join(": "));
            FileEntry { state, reason, ..entry }
        };
        let reply = match self.get_with_permit::<GetFile>(&path).await {
            Err(error) if is_gone(&error, Kind::File, id) => {
                return Ok(without_content(entry, FileState::Gone, &error));
            }
            reply => reply?,
        };
        self.archive.borrow().create_folder(&folder)?;
        let object = write_file(&folder.join(names::FILE), &reply.text, None);
        entry.parts.insert(names::FILE.to_owned(), object.map_err(ArchiveError::at(&folder))?);
        match self.content(&path, &folder.join(names::CONTENT)).await {
            Ok(digest) => drop(entry.parts.insert(names::CONTENT.to_owned(), digest)),
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
