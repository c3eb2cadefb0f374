//! The requests of an upload in parts: create, send the parts, complete.

use super::advance;
use super::checksums::{self, Checksums};
use super::progress::{SentPart, UploadProgress};
use super::source::LargeFile;
use crate::api::objects::{FileObject, JsonObject};
use crate::api::uploads::{AddUploadPart, CancelUpload, CompleteUpload, CreateUpload, OfUpload};
use crate::api::{Endpoint, Kind, Nothing, PathArgs};
use crate::app::{App, Call, Payload, Work};
use crate::client::{ClientError, id_of};
use crate::env::clock;
use crate::exit::{self, CallFailed, FAILED, Failure, NOT_FOUND, OutcomeUncertain, REFUSED, Usage};
use crate::http;
use crate::ledger::ObjectKey;
use crate::ui::{Progress, Unit};
use anyhow::{Context, Result, anyhow};
use futures_util::stream::{self, StreamExt};
use serde_json::{Map, Value};
use std::pin::pin;
use std::sync::PoisonError;

/// The lifetime of an upload in seconds, if the backend does not state it (docs/protocol/uploads.md#rules).
const LIFETIME: i64 = 3_600;

const RESUME: &str = "run the same command again with --resume to send what is missing";

/// The options of an upload in parts.
#[derive(Debug, Clone, Copy)]
pub struct PartOptions {
    pub part_size: u64,
    /// Continue the unfinished upload of the file in the ledger.
    pub resume: bool,
    /// Count the parts for the message of an interrupted command.
    pub counts_parts: bool,
}

/// Prints the request that would create the upload.
///
/// # Errors
/// Returns an error if the request is not valid.
pub fn dry_run(app: &App, file: &LargeFile, members: &Map<String, Value>, options: PartOptions) -> Result<()> {
    app.dry(&create(&request(file, members)))?;
    let count = file.size.div_ceil(options.part_size);
    app.ui().note(&format!("then {count} parts follow, and the request that completes the upload"));
    Ok(())
}

/// Uploads a file in parts. Returns the file as the backend shows it.
///
/// # Errors
/// Returns an error if a request fails after its retries, or if the file changes in the meantime.
pub async fn upload_in_parts(
    app: &App,
    file: &LargeFile,
    members: &Map<String, Value>,
    options: PartOptions,
) -> Result<Value> {
    let request = request(file, members);
    app.check(&create(&request))?;
    let mut found = if options.resume { unfinished(app, file, &request).await? } else { None };
    let mut has_expired = false;
    loop {
        let progress = match found.take() {
            Some(progress) => progress,
            None => begin(app, file, &request, options.part_size).await?,
        };
        let mut upload = PartUpload { app, file, progress, counts_parts: options.counts_parts };
        match upload.finish().await {
            // A new upload begins if the backend refuses a request after the expiry. The second time is an error.
            Err(error) if upload.was_refused_as_expired(&error) && !has_expired => {
                has_expired = true;
                app.ui().note(&format!("upload {} has expired; starting a new one", upload.progress.key.id));
            }
            result => return result,
        }
    }
}

/// Returns the body of the request that creates the upload.
fn request(file: &LargeFile, members: &Map<String, Value>) -> Map<String, Value> {
    let mut body = members.clone();
    body.insert("filename".to_owned(), file.name.as_str().into());
    body.insert("bytes".to_owned(), file.size.into());
    body.insert("mime_type".to_owned(), http::mime_type_of(&file.name).into());
    body
}

fn create(request: &Map<String, Value>) -> Call {
    Call::of::<CreateUpload>(&Nothing {}, &Nothing {}, Payload::Json(request.clone()))
}

/// Returns the unfinished upload of a file, or `None` with a note if a new one must begin.
async fn unfinished(app: &App, file: &LargeFile, request: &Map<String, Value>) -> Result<Option<UploadProgress>> {
    if app.ledger_if_any()?.is_none() {
        return Err(Usage::hinted("--resume needs the ledger", "remove --no-ledger").into());
    }
    let origin = app.origin().await?.to_owned();
    let Some(progress) = UploadProgress::find(app, &origin, file).await? else {
        app.ui().note(&format!("the ledger has no unfinished upload of {}; starting a new one", file.name));
        return Ok(None);
    };
    let id = &progress.key.id;
    if clock::now() >= progress.expires_at {
        app.ui().note(&format!("upload {id} has expired; starting a new one"));
        return Ok(None);
    }
    if !progress.is_of(file) {
        let message = format!("{} has changed since upload {id} began", file.name);
        let hint = format!("upload it without --resume; `asst uploads cancel {id}` cancels the other upload");
        return Err(Failure::new(FAILED, message).hinted(hint).into());
    }
    if !progress.has_request(request) {
        app.ui().note(&format!("upload {id} has another name, purpose, or expiry; starting a new one"));
        return Ok(None);
    }
    let (sent, count) = (progress.parts.len(), progress.count());
    app.ui().note(&format!("continuing upload {id}: {sent} of {count} parts were sent"));
    Ok(Some(progress))
}

/// Creates an upload, and records what is needed to continue it.
async fn begin(app: &App, file: &LargeFile, request: &Map<String, Value>, part_size: u64) -> Result<UploadProgress> {
    file.check_unchanged()?;
    let started = clock::now();
    let upload = app.call(create(request)).await?.value;
    let id = id_of(&upload).context("the response has no ID")?;
    let time = |member| upload.get(member).and_then(Value::as_f64).map(|time| time as i64);
    // The clocks may differ, so the lifetime is added to the local time.
    let lifetime = time("expires_at").zip(time("created_at")).map(|(end, begin)| end.saturating_sub(begin));
    let expires_at = started.saturating_add(lifetime.filter(|seconds| *seconds > 0).unwrap_or(LIFETIME));
    let key = ObjectKey { origin: app.origin().await?.to_owned(), kind: Kind::Upload, id };
    let progress = UploadProgress::begin(key, file, part_size, expires_at, request, &upload);
    progress.save(app).await?;
    Ok(progress)
}

/// An upload in parts.
struct PartUpload<'a> {
    app: &'a App,
    file: &'a LargeFile,
    progress: UploadProgress,
    counts_parts: bool,
}

impl PartUpload<'_> {
    /// Sends the missing parts, and completes the upload. Returns the file. Cancels the upload if the file changed.
    async fn finish(&mut self) -> Result<Value> {
        let sums = checksums::start(self.file, self.progress.part_size)
            .with_context(|| format!("could not read {}", self.file.name))?;
        let bar = self.app.ui().progress(&self.file.name, Unit::Bytes, Some(self.file.size));
        bar.tick(self.progress.sent_bytes());
        let sent = self.send_parts(&bar).await;
        bar.finish();
        let verified = match sent {
            Ok(()) => self.verified(sums).await,
            Err(error) => Err(error),
        };
        match verified {
            Ok(md5) => self.complete(&md5).await,
            Err(error) => {
                // A file that shrank fails the request for its part.
                let changed = self.file.check_unchanged().err().map(anyhow::Error::from);
                let is_changed = changed.is_some() || error.is::<Failure>();
                if is_changed {
                    self.cancel().await;
                }
                Err(changed.unwrap_or_else(|| exit::with_hint(error, |cause| Some(self.next_step(cause)))))
            }
        }
    }

    async fn send_parts(&mut self, bar: &Progress) -> Result<()> {
        let missing = self.progress.missing();
        if self.counts_parts {
            let total = Some(self.progress.count() as u64);
            self.app.tally().begin(Work { done: "parts uploaded", total, next: self.how_to_continue() });
            self.app.tally().add(self.progress.parts.len() as u64);
        }
        let concurrency = self.app.profile()?.concurrency;
        let (app, file) = (self.app, self.file);
        let plan: Vec<_> = missing.into_iter().map(|index| (index, self.progress.range(index))).collect();
        let upload = OfUpload::from_texts(&[&self.progress.key.id])
            .map_err(|error| anyhow!("the response has an invalid ID: {error}"))?;
        let sending = stream::iter(plan).map(|(index, range)| send_part(app, file, &upload, index, range, bar));
        let mut sending = pin!(sending.buffer_unordered(concurrency));
        while let Some(part) = sending.next().await {
            self.progress.parts.push(part?);
            self.progress.save(self.app).await?;
            if self.counts_parts {
                self.app.tally().done();
            }
        }
        Ok(())
    }

    /// Compares the bytes that were sent with the whole file. Returns its MD5.
    async fn verified(&self, sums: tokio::sync::oneshot::Receiver<std::io::Result<Checksums>>) -> Result<String> {
        let sums = sums.await.context("the thread that reads the file has ended")?;
        let sums = sums.with_context(|| format!("could not read {}", self.file.name))?;
        self.file.check_unchanged()?;
        let is_same = |part: &SentPart| sums.parts.get(part.index) == Some(&part.crc32);
        match self.progress.parts.iter().all(is_same) {
            true => Ok(sums.md5),
            false => Err(self.file.changed().into()),
        }
    }

    async fn complete(&self, md5: &str) -> Result<Value> {
        let (id, name) = (&self.progress.key.id, &self.file.name);
        let mut body = Map::new();
        body.insert("part_ids".to_owned(), self.progress.part_ids().into());
        body.insert("md5".to_owned(), md5.into());
        let response = self.app.call(self.call::<CompleteUpload>(Payload::Json(body))?).await;
        let check_hint = || {
            let (bytes, next) = (self.file.size, self.how_to_continue());
            format!("`asst files list` shows whether the file {name} with {bytes} bytes exists; if it does not, {next}")
        };
        let hint = |error: &ClientError| match error {
            ClientError::OutcomeUnknown(_) => Some(check_hint()),
            error => Some(self.next_step(error)),
        };
        let upload = response.map_err(|error| exit::with_hint(error, hint))?.value;
        let Some(file) = upload.get("file").filter(|file| file.is_object()) else {
            let message = format!("upload {id} was completed, but the response does not have its file");
            return Err(OutcomeUncertain { message, hint: check_hint() }.into());
        };
        let assembled = FileObject::from_value_ref(file).and_then(|file| file.bytes().valid());
        if let Some(bytes) = assembled.filter(|bytes| u64::try_from(*bytes).ok() != Some(self.file.size)) {
            let message =
                format!("the backend created a file of {bytes} bytes, but {name} has {} bytes", self.file.size);
            let hint = id_of(file).map(|id| format!("`asst files delete {id}` deletes the wrong file"));
            return Err(Failure { hint, ..Failure::new(FAILED, message) }.into());
        }
        Ok(file.clone())
    }

    /// Returns the command to type after the failure of a request. An upload that the backend refuses cannot be
    /// continued.
    fn next_step(&self, error: &ClientError) -> String {
        let id = &self.progress.key.id;
        match exit::code_of(error) {
            REFUSED | NOT_FOUND => {
                format!("upload the file again without --resume; `asst uploads cancel {id}` cancels this upload")
            }
            _ => self.how_to_continue(),
        }
    }

    /// Returns how to continue the upload. Only the ledger has the parts that were sent.
    fn how_to_continue(&self) -> String {
        let id = &self.progress.key.id;
        match self.app.ledger_if_any() {
            Ok(None) => {
                format!("without the ledger, no command can continue; `asst uploads cancel {id}` cancels the upload")
            }
            _ => RESUME.to_owned(),
        }
    }

    /// Cancels the upload. A failure is ignored, because the error that caused the cancellation is reported.
    async fn cancel(&self) {
        if let Ok(call) = self.call::<CancelUpload>(Payload::None) {
            let _ = self.app.call(call).await;
        }
    }

    fn call<E: Endpoint<Path = OfUpload, Query = Nothing>>(&self, payload: Payload) -> Result<Call> {
        let path = OfUpload::from_texts(&[&self.progress.key.id]);
        // The text of the error assumes that a user entered the ID, so it gets a prefix.
        let path = path.map_err(|error| anyhow!("the response has an invalid ID: {error}"))?;
        Ok(Call::of::<E>(&path, &Nothing {}, payload))
    }

    /// Returns `true` if the backend refused a request after the end of the upload.
    fn was_refused_as_expired(&self, error: &anyhow::Error) -> bool {
        let refused = error.downcast_ref::<CallFailed>().and_then(|failed| failed.source.api_error());
        refused.is_some_and(|error| (400..500).contains(&error.status)) && clock::now() >= self.progress.expires_at
    }
}

/// Sends one part. The client repeats the request if it fails.
async fn send_part(
    app: &App,
    file: &LargeFile,
    upload: &OfUpload,
    index: usize,
    (offset, length): (u64, u64),
    bar: &Progress,
) -> Result<SentPart> {
    file.check_unchanged()?;
    let (source, checksum) = file.part(offset, length);
    let form = http::upload(&[], "data", "part", source, Some(advance(bar)))
        .with_context(|| format!("could not read {}", file.name))?;
    let call = Call::of::<AddUploadPart>(upload, &Nothing {}, Payload::Form(form));
    let part = app.call(call.repeatable()).await?.value;
    let id = id_of(&part).context("the response has no ID")?;
    let crc32 = *checksum.lock().unwrap_or_else(PoisonError::into_inner);
    // A server may respond before it has read the whole part.
    let crc32 = crc32.with_context(|| format!("the backend accepted part {} before it was sent", index + 1))?;
    Ok(SentPart { index, id, crc32 })
}
