//! Uploads single files. The stored hash is always the hash of the bytes that were sent.

use super::content::{Content, ContentReader, Hash, ReadResult};
use super::journal::{Journal, OpenUpload};
use super::source::{CHANGING, SourceFile, defect};
use super::store::{Identity, path_of};
use crate::api::Nothing;
use crate::api::files::{DeleteFile, OfFile, UploadFile};
use crate::app::{App, Call};
use crate::client::{Payload, id_of};
use crate::env::{clock, limits};
use crate::exit::{self, UNKNOWN};
use crate::http::{self, UploadSource};
use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// The size up to which a file is held in memory while it is sent.
const IN_MEMORY: u64 = 256 << 10;

/// The outcome of an upload.
#[derive(Debug)]
pub(super) enum Uploaded {
    /// The file exists. `hash` is the hash of its content, which may be newer than the content that was scanned.
    Done { id: String, hash: Hash },
    /// The file is left out, for this reason.
    Skipped(String),
    /// It is unknown whether the file exists.
    Unknown(OpenUpload),
    /// The upload failed. The error is not reported yet.
    Failed(anyhow::Error),
}

/// Uploads a file. If the file changes meanwhile, reads and sends it once more.
///
/// # Errors
/// Returns an error only for a failure that makes further uploads pointless.
pub(super) async fn upload(app: &App, journal: &Journal<'_>, file: &SourceFile) -> Result<Uploaded> {
    let mut file = file.clone();
    for _ in 0..2 {
        let (source, sent) = match opened(&mut file) {
            Ok(Some(opened)) => opened,
            Ok(None) => return Ok(Uploaded::Skipped(CHANGING.to_owned())),
            Err(error) => return Ok(Uploaded::Failed(could_not_read(&file, error))),
        };
        if let Some(reason) = sent.defect {
            return Ok(Uploaded::Skipped(reason.to_owned()));
        }
        let since = clock::now();
        let outcome = match call(app, journal, &file, source).await {
            Ok(id) => id,
            Err(error) => return Ok(failed(error, &file, since)),
        };
        if sent.hash().is_none_or(|hash| hash == file.hash) {
            return Ok(Uploaded::Done { id: outcome, hash: file.hash });
        }
        // The file on the backend is neither the old nor the new version.
        journal.release(std::slice::from_ref(&outcome)).await?;
        let call = Call::of::<DeleteFile>(&path_of::<OfFile>(&[&outcome])?, &Nothing {}, Payload::None);
        if let Err(error) = app.call(call).await {
            let path = &file.path;
            let message = format!("{path} changed while it was sent; file {outcome} with mixed content remains");
            return Ok(Uploaded::Failed(error.context(message)));
        }
        match read_again(&file.location).await {
            Ok(ReadResult::Read(content)) => (file.hash, file.size) = (content.hash, content.size),
            Ok(ReadResult::Changing) => break,
            Err(error) => return Ok(Uploaded::Failed(could_not_read(&file, error))),
        }
    }
    Ok(Uploaded::Skipped(CHANGING.to_owned()))
}

async fn call(app: &App, journal: &Journal<'_>, file: &SourceFile, source: UploadSource) -> Result<String> {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    let form = http::upload(&[("purpose", "assistants")], "file", name, source, None)
        .with_context(|| format!("could not read {}", file.path))?;
    let call = Call::of::<UploadFile>(&Nothing {}, &Nothing {}, Payload::Form(form)).noted(journal.note(file));
    let response = app.call(call).await.with_context(|| format!("could not upload {}", file.path))?;
    id_of(&response.value).with_context(|| format!("{}: the response has no ID", file.path))
}

fn failed(error: anyhow::Error, file: &SourceFile, since: i64) -> Uploaded {
    if exit::report(&error).is_some_and(|report| report.exit_code == UNKNOWN) {
        let identity = Identity { path: file.path.clone(), hash: file.hash };
        return Uploaded::Unknown(OpenUpload { intent: None, identity, size: file.size, since });
    }
    Uploaded::Failed(error)
}

fn could_not_read(file: &SourceFile, error: io::Error) -> anyhow::Error {
    anyhow!(error).context(format!("could not read {}", file.path))
}

/// The hash of the bytes that are sent, and the reason why a vector store cannot index them, if there is one.
struct SentContent {
    /// The hash of a large file. It is set when the file was sent completely.
    streamed: Option<Arc<Mutex<Option<Hash>>>>,
    defect: Option<&'static str>,
}

impl SentContent {
    fn hash(&self) -> Option<Hash> {
        *self.streamed.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens a file for sending. Reads a small file at once, and updates its hash and size. Returns `None` if the file
/// changed during each attempt to read it.
fn opened(file: &mut SourceFile) -> io::Result<Option<(UploadSource, SentContent)>> {
    if file.size > IN_MEMORY {
        let (source, hash) = streamed(file.location.clone(), file.size);
        return Ok(Some((source, SentContent { streamed: Some(hash), defect: None })));
    }
    let ReadResult::Read(content) = ContentReader::new().read(&file.location)? else { return Ok(None) };
    if content.size > IN_MEMORY {
        (file.hash, file.size) = (content.hash, content.size);
        let (source, hash) = streamed(file.location.clone(), file.size);
        return Ok(Some((source, SentContent { streamed: Some(hash), defect: defect(&content) })));
    }
    let mut bytes = Vec::new();
    File::open(&file.location)?.take(IN_MEMORY + 1).read_to_end(&mut bytes)?;
    let hash: Hash = Sha256::digest(&bytes).into();
    if hash != content.hash {
        return Ok(None);
    }
    (file.hash, file.size) = (hash, content.size);
    let defect = defect(&Content { hash, ..content });
    Ok(Some((UploadSource::Bytes(Bytes::from(bytes)), SentContent { streamed: None, defect })))
}

/// Returns a source that streams a large file, and the cell that receives the hash of the bytes that were sent.
fn streamed(path: PathBuf, length: u64) -> (UploadSource, Arc<Mutex<Option<Hash>>>) {
    let hash = Arc::new(Mutex::new(None));
    let result = Arc::clone(&hash);
    let open = move || {
        let file = File::open(&path)?;
        let reader = HashingReader { file, left: length, hash: Sha256::new(), result: Arc::clone(&result) };
        Ok(Box::new(reader) as Box<dyn Read + Send>)
    };
    (UploadSource::Opened { length, open: Arc::new(open) }, hash)
}

/// A reader that computes the hash of the bytes that are read through it.
struct HashingReader {
    file: File,
    left: u64,
    hash: Sha256,
    result: Arc<Mutex<Option<Hash>>>,
}

impl Read for HashingReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.file.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.hash.update(buffer.get(..read).unwrap_or_default());
        self.left -= read as u64;
        if self.left == 0 && most > 0 {
            *self.result.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.hash.clone().finalize().into());
        }
        Ok(read)
    }
}

/// Reads a large file again, on a thread, so that signals are handled in the meantime.
async fn read_again(path: &std::path::Path) -> io::Result<ReadResult> {
    let (send, receive) = tokio::sync::oneshot::channel();
    let path = path.to_owned();
    limits::detach(move || send.send(ContentReader::new().read(&path))).map_err(io::Error::other)?;
    receive.await.map_err(io::Error::other)?
}
