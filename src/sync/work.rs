//! The work of a sync that adds to a vector store: uploads, batches, and changes of attributes.

use super::attach::{self, Attachment, BatchResult, FileBatch, LARGEST_BATCH};
use super::engine::replaced;
use super::journal::{Journal, OpenUpload};
use super::options::SyncOptions;
use super::outcome::{SyncAction, SyncResult};
use super::plan::{Plan, Removal, RemovalReason};
use super::recover::recover;
use super::references::is_not_found;
use super::report::Reporter;
use super::source::Source;
use super::store::{self, FileStatus, Identity, StoreFile, path_of};
use super::upload::{Uploaded, upload};
use crate::api::Nothing;
use crate::api::files::{GetFile, OfFile};
use crate::api::vector_stores::{DeleteVectorStoreFile, GetVectorStoreFile, OfVectorStoreFile, UpdateVectorStoreFile};
use crate::app::{App, Call, Stopping, Work as Counted};
use crate::client::Payload;
use crate::env::clock;
use crate::exit::{self, NOT_PERMITTED, RUN_TIMEOUT};
use crate::indexing::{IndexingOptions, Target, wait_silently};
use anyhow::{Result, anyhow};
use futures_util::stream::{self, StreamExt};
use serde_json::{Map, Value};
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::pin::pin;

/// The number of failed uploads in a row after which no further one is started.
const MOST_FAILURES: u32 = 10;

/// The number of times that a file is attached again whose index failed for a reason that may pass.
const RETRIES: usize = 2;

/// The maximum difference in seconds between the clocks of this machine and of the backend.
const CLOCK_TOLERANCE: i64 = 300;

/// The work in progress.
pub(super) struct Work<'a> {
    app: &'a App,
    options: &'a SyncOptions,
    stopping: &'a Stopping,
    journal: &'a Journal<'a>,
    reporter: &'a Reporter<'a>,
    source: &'a Source,
    since: i64,
    /// The positions of files that replace others.
    replaced: HashSet<usize>,
    /// How each file came to be attached.
    actions: HashMap<usize, SyncAction>,
    queue: Vec<Attachment>,
    batches: Vec<FileBatch>,
    /// The hashes of the files that this sync attached and that are indexed, by position.
    indexed: HashMap<usize, super::content::Hash>,
    /// Uploads without a response.
    unknown: Vec<(usize, OpenUpload)>,
}

impl<'a> Work<'a> {
    pub(super) fn new(
        app: &'a App,
        options: &'a SyncOptions,
        stopping: &'a Stopping,
        journal: &'a Journal<'a>,
        reporter: &'a Reporter<'a>,
        source: &'a Source,
    ) -> Self {
        Self {
            app,
            options,
            stopping,
            journal,
            reporter,
            source,
            since: clock::now(),
            replaced: HashSet::new(),
            actions: HashMap::new(),
            queue: Vec::new(),
            batches: Vec::new(),
            indexed: HashMap::new(),
            unknown: Vec::new(),
        }
    }

    /// Does everything that adds to the vector store, and waits until it is indexed.
    ///
    /// # Errors
    /// Returns an error if the backend refuses the credential, or if a list cannot be read.
    pub(super) async fn run(&mut self, plan: &Plan) -> Result<()> {
        self.replaced = replaced(plan);
        let total = plan.uploads.len()
            + plan.attachments.len()
            + plan.retries.len()
            + plan.renames.len()
            + plan.updates.len()
            + plan.removals.len();
        let next = "run the same command again to continue".to_owned();
        self.app.tally().begin(Counted { done: "files synced", total: Some(total as u64), next });
        self.change_attributes(plan).await?;
        let lost = self.attachments(plan).await?;
        self.retries(plan).await?;
        let mut uploads: Vec<usize> = lost.into_iter().chain(plan.uploads.iter().copied()).collect();
        for is_last in [false, true] {
            self.uploads(&uploads).await?;
            uploads = self.recovered(is_last).await?;
        }
        self.flush().await?;
        self.finish_batches().await?;
        self.finish_pending(plan).await
    }

    fn path(&self, position: usize) -> &'a str {
        self.source.files.get(position).map_or("", |file| file.path.as_str())
    }

    fn report(&self, position: usize, result: SyncResult, id: &str, reason: Option<&str>) -> Result<()> {
        let action = self.actions.get(&position).copied().unwrap_or(SyncAction::Add);
        self.reporter.item(Some(self.path(position)), action, result, Some(id), reason)
    }

    /// Changes the paths and the attributes of files that stay.
    async fn change_attributes(&self, plan: &Plan) -> Result<()> {
        let renames = plan.renames.iter().map(|(position, id, old)| (*position, id, Some(old)));
        let updates = plan.updates.iter().map(|(position, id)| (*position, id, None));
        let all: Vec<(usize, &String, Option<&String>)> = renames.chain(updates).collect();
        let concurrency = self.app.session().await?.concurrency;
        let changes = stream::iter(all).map(async |(position, id, old)| {
            let changed = if self.stopping.is_set() { Ok(()) } else { self.change(position, id).await };
            (position, id, old, changed)
        });
        let mut changes = pin!(changes.buffer_unordered(concurrency));
        while let Some((position, id, old, changed)) = changes.next().await {
            let action = if old.is_some() { SyncAction::Rename } else { SyncAction::Update };
            let reason = old.map(|old| format!("was {old}"));
            match changed {
                Ok(()) => {
                    let path = Some(self.path(position));
                    self.reporter.item(path, action, SyncResult::Done, Some(id), reason.as_deref())?;
                }
                Err(error) => self.reporter.failed(self.path(position), action, Some(id), &error)?,
            }
        }
        Ok(())
    }

    async fn change(&self, position: usize, id: &str) -> Result<()> {
        let Some(file) = self.source.files.get(position) else { return Ok(()) };
        let path: OfVectorStoreFile = path_of(&[self.options.store.vector_store_id.as_str(), id])?;
        if attach::has_attributes(self.app) {
            // An update replaces all attributes, and others may have added some.
            let known = self.app.call(Call::of::<GetVectorStoreFile>(&path, &Nothing {}, Payload::None)).await?.value;
            let mut all = known.get("attributes").and_then(Value::as_object).cloned().unwrap_or_default();
            all.extend(attach::attributes(self.options, &file.path, &file.hash));
            let body = Map::from_iter([("attributes".to_owned(), Value::Object(all))]);
            let call = Call::of::<UpdateVectorStoreFile>(&path, &Nothing {}, Payload::Json(body));
            self.app.call(call).await?;
        }
        let identity = Identity { path: file.path.clone(), hash: file.hash };
        self.journal.record(&[(id.to_owned(), identity)]).await
    }

    /// Queues the files that an interrupted sync uploaded. Returns the positions of those that do not exist any more.
    async fn attachments(&mut self, plan: &Plan) -> Result<Vec<usize>> {
        let (app, concurrency) = (self.app, self.app.session().await?.concurrency);
        let checks = stream::iter(plan.attachments.clone()).map(async |(position, id)| {
            let call = Call::of::<GetFile>(&path_of::<OfFile>(&[&id])?, &Nothing {}, Payload::None);
            match app.call(call).await {
                Ok(_) => Ok((position, Some(id))),
                Err(error) if is_not_found(&error) => Ok((position, None)),
                Err(error) => Err(error),
            }
        });
        let checks: Vec<Result<(usize, Option<String>)>> = checks.buffer_unordered(concurrency).collect().await;
        let mut lost = Vec::new();
        for check in checks {
            match check? {
                (position, Some(id)) => self.enqueue(position, id, None, SyncAction::Attach).await?,
                (position, None) => lost.push(position),
            }
        }
        Ok(lost)
    }

    /// Detaches the files whose index failed, and queues them again.
    async fn retries(&mut self, plan: &Plan) -> Result<()> {
        for (position, id) in &plan.retries {
            match detach(self.app, self.options, id).await {
                Ok(()) => self.enqueue(*position, id.clone(), None, SyncAction::Retry).await?,
                Err(error) => self.reporter.failed(self.path(*position), SyncAction::Retry, Some(id), &error)?,
            }
        }
        Ok(())
    }

    async fn enqueue(
        &mut self,
        position: usize,
        id: String,
        hash: Option<super::content::Hash>,
        action: SyncAction,
    ) -> Result<()> {
        let Some(hash) = hash.or(self.source.files.get(position).map(|file| file.hash)) else { return Ok(()) };
        self.actions.insert(position, action);
        self.queue.push(Attachment { position, id, hash });
        if self.queue.len() >= LARGEST_BATCH { self.flush().await } else { Ok(()) }
    }

    /// Attaches the queued files.
    async fn flush(&mut self) -> Result<()> {
        let queue = std::mem::take(&mut self.queue);
        if queue.is_empty() {
            return Ok(());
        }
        match attach::attach(self.app, self.options, queue.clone(), &self.source.files).await {
            Ok(batches) => self.batches.extend(batches),
            Err(error) => {
                let report = exit::report(&error).unwrap_or_default();
                self.app.ui().error(&report);
                for file in queue {
                    self.report(file.position, SyncResult::Failed, &file.id, Some(&report.reason()))?;
                }
            }
        }
        Ok(())
    }

    /// Uploads files, several at once.
    async fn uploads(&mut self, positions: &[usize]) -> Result<()> {
        let (app, journal, source) = (self.app, self.journal, self.source);
        let (concurrency, stopping) = (app.session().await?.concurrency, self.stopping);
        let failures = Cell::new(0);
        let may_start = |_: &usize| std::future::ready(!stopping.is_set() && failures.get() < MOST_FAILURES);
        let files = stream::iter(positions.iter().copied()).take_while(may_start);
        let uploads = files.filter_map(async |position| Some((position, source.files.get(position)?)));
        let uploads = uploads.map(|(position, file)| {
            Box::pin(async move {
                app.tally().start();
                (position, upload(app, journal, file).await)
            })
        });
        let mut uploads = pin!(uploads.buffer_unordered(concurrency));
        let mut started = 0_usize;
        while let Some((position, outcome)) = uploads.next().await {
            started += 1;
            let action = if self.replaced.contains(&position) { SyncAction::Replace } else { SyncAction::Add };
            match outcome? {
                Uploaded::Done { id, hash } => {
                    failures.set(0);
                    self.enqueue(position, id, Some(hash), action).await?;
                }
                Uploaded::Skipped(reason) => {
                    let path = Some(self.path(position));
                    self.reporter.item(path, SyncAction::Skip, SyncResult::Failed, None, Some(&reason))?;
                }
                Uploaded::Unknown(open) => {
                    failures.set(failures.get() + 1);
                    self.unknown.push((position, open));
                }
                Uploaded::Failed(error) => {
                    failures.set(failures.get() + 1);
                    self.reporter.failed(self.path(position), action, None, &error)?;
                    if exit::report(&error).is_some_and(|report| report.exit_code == NOT_PERMITTED) {
                        failures.set(MOST_FAILURES);
                    }
                }
            }
        }
        if started < positions.len() && !stopping.is_set() {
            let left = positions.len() - started;
            let text = format!("stopping: {MOST_FAILURES} uploads in a row failed; {left} files were not sent");
            self.app.ui().warn(&text);
            self.reporter.count(|summary| summary.failed += left as u64);
        }
        Ok(())
    }

    /// Looks for the files of uploads without a response, and queues them. Returns the positions of the other files,
    /// which can be sent again. The last time, these are reported as failed.
    async fn recovered(&mut self, is_last: bool) -> Result<Vec<usize>> {
        let unknown = std::mem::take(&mut self.unknown);
        if unknown.is_empty() {
            return Ok(Vec::new());
        }
        // The ledger has the intents, which must be closed.
        let mut open = self.journal.open_uploads().await?;
        open.retain(|open| unknown.iter().any(|(_, own)| own.identity == open.identity));
        for (_, own) in &unknown {
            if !open.iter().any(|open| open.identity == own.identity) {
                open.push(own.clone());
            }
        }
        let used: HashSet<&str> = self.queue.iter().map(|file| file.id.as_str()).collect();
        let found = recover(self.app, self.journal, open, |id| used.contains(id)).await?;
        let mut found: HashMap<String, (String, Identity)> =
            found.into_iter().map(|(open, id)| (open.identity.path.clone(), (id, open.identity))).collect();
        let mut missing = Vec::new();
        for (position, own) in unknown {
            match found.remove(&own.identity.path) {
                Some((id, identity)) => {
                    let replaces = self.replaced.contains(&position);
                    let action = if replaces { SyncAction::Replace } else { SyncAction::Add };
                    self.enqueue(position, id, Some(identity.hash), action).await?;
                }
                None if is_last => {
                    let error = anyhow!("could not upload {}: the backend does not respond", own.identity.path);
                    self.reporter.failed(&own.identity.path, SyncAction::Add, None, &error)?;
                }
                None => missing.push(position),
            }
        }
        Ok(missing)
    }

    fn waiting(&self) -> IndexingOptions {
        IndexingOptions { timeout: self.options.timeout, interval: None }
    }

    /// Waits until all batches are indexed. Files whose index failed for a reason that may pass are attached again.
    async fn finish_batches(&mut self) -> Result<()> {
        for attempt in 0..=RETRIES {
            let mut again = Vec::new();
            for batch in std::mem::take(&mut self.batches) {
                if self.stopping.is_set() {
                    self.reporter.count(|summary| summary.pending += batch.files.len() as u64);
                    continue;
                }
                let result = batch.finish(self.app, self.waiting()).await?;
                again.extend(self.evaluate(result, attempt == RETRIES)?);
            }
            for file in again {
                match detach(self.app, self.options, &file.id).await {
                    Ok(()) => self.queue.push(file),
                    Err(error) => {
                        let path = self.path(file.position);
                        self.reporter.failed(path, SyncAction::Retry, Some(&file.id), &error)?;
                    }
                }
            }
            self.flush().await?;
        }
        Ok(())
    }

    /// Reports the outcome of a batch. Returns the files to attach again.
    fn evaluate(&mut self, result: BatchResult, is_last: bool) -> Result<Vec<Attachment>> {
        let mut again = Vec::new();
        if let Some(error) = result.error {
            let report = exit::report(&error).unwrap_or_default();
            let is_timeout = report.exit_code == RUN_TIMEOUT;
            let outcome = if is_timeout { SyncResult::Pending } else { SyncResult::Failed };
            let reason = if is_timeout { "the index is still in progress".to_owned() } else { report.reason() };
            if !is_timeout {
                self.app.ui().error(&report);
            }
            for file in result.files {
                self.report(file.position, outcome, &file.id, Some(&reason))?;
            }
            return Ok(again);
        }
        for file in result.files {
            match result.failures.get(&file.id) {
                None => {
                    self.indexed.insert(file.position, file.hash);
                    self.report(file.position, SyncResult::Done, &file.id, None)?;
                }
                Some(failure) if failure.status == FileStatus::Failed && !is_last => again.push(file),
                Some(failure) => {
                    let (path, reason) = (self.path(file.position), failure.reason.as_str());
                    let error = anyhow!("{path} was not indexed: {reason}");
                    let action = self.actions.get(&file.position).copied().unwrap_or(SyncAction::Add);
                    self.reporter.failed(path, action, Some(&file.id), &error)?;
                }
            }
        }
        Ok(again)
    }

    /// Waits until the files of an earlier sync are indexed.
    async fn finish_pending(&self, plan: &Plan) -> Result<()> {
        if plan.pending.is_empty() || self.stopping.is_set() {
            return Ok(());
        }
        let target = Target::Store(self.options.store.clone());
        let (_, waited) = wait_silently(self.app, &target, self.waiting()).await;
        if let Err(error) = waited
            && exit::report(&error).is_none_or(|report| report.exit_code != RUN_TIMEOUT)
        {
            return Err(error);
        }
        let listed = store::list(self.app, &self.options.store, &[]).await?;
        for position in &plan.pending {
            let Some(file) = self.source.files.get(*position) else { continue };
            let is_it = |stored: &&StoreFile| {
                let identity = stored.identity.as_ref();
                identity.is_some_and(|identity| identity.path == file.path && identity.hash == file.hash)
            };
            let best = listed.iter().filter(is_it).min_by_key(|stored| stored.status);
            let Some(best) = best else { continue };
            let (path, id) = (Some(file.path.as_str()), Some(best.id.as_str()));
            match best.status {
                FileStatus::Completed => self.reporter.count(|summary| summary.unchanged += 1),
                FileStatus::Pending => {
                    let reason = Some("the index is still in progress");
                    self.reporter.item(path, SyncAction::Attach, SyncResult::Pending, id, reason)?;
                }
                FileStatus::Failed | FileStatus::Unusable => {
                    let error = anyhow!("{} was not indexed; run the same command again", file.path);
                    self.reporter.failed(&file.path, SyncAction::Attach, id, &error)?;
                }
            }
        }
        Ok(())
    }

    /// Returns the files that may leave the vector store: those of the plan, and copies that another sync added
    /// meanwhile. Returns none if something was not indexed.
    pub(super) async fn removals(&self, plan: &Plan) -> Result<Vec<Removal>> {
        let mut removals = plan.removals.clone();
        if !self.indexed.is_empty() && !self.stopping.is_set() {
            removals.extend(self.copies().await?);
        }
        let unusable: HashSet<usize> = plan.unusable.iter().map(|(position, _)| *position).collect();
        let is_clean = self.reporter.is_clean() && self.source.unreadable.is_empty() && !self.stopping.is_set();
        let mut allowed = Vec::new();
        for removal in removals {
            let reason = match removal.reason {
                _ if !is_clean => "it stays until all files are indexed",
                RemovalReason::Replaced(position) if unusable.contains(&position) => "the new version is not indexed",
                _ => {
                    allowed.push(removal);
                    continue;
                }
            };
            let path = removal.identity.as_ref().map(|identity| identity.path.as_str());
            self.reporter.item(path, SyncAction::Keep, SyncResult::Skipped, Some(&removal.id), Some(reason))?;
        }
        Ok(allowed)
    }

    /// Returns the superfluous copies of files that this sync attached. Every sync decides alike which copy stays.
    async fn copies(&self) -> Result<Vec<Removal>> {
        let since = self.since.saturating_sub(CLOCK_TOLERANCE);
        let recent = store::list_since(self.app, &self.options.store, &[], since).await?;
        let mut by_path: HashMap<&str, Vec<&StoreFile>> = HashMap::new();
        for file in &recent {
            let Some(identity) = &file.identity else { continue };
            let position = self.source.position(&identity.path);
            if position.and_then(|position| self.indexed.get(&position)) == Some(&identity.hash) {
                by_path.entry(&identity.path).or_default().push(file);
            }
        }
        let mut copies = Vec::new();
        for files in by_path.values_mut() {
            files.sort_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
            copies.extend(files.iter().skip(1).map(|file| Removal {
                id: file.id.clone(),
                identity: file.identity.clone(),
                reason: RemovalReason::Duplicate,
            }));
        }
        Ok(copies)
    }
}

/// Detaches a file. A file that is not attached is a success.
pub(super) async fn detach(app: &App, options: &SyncOptions, id: &str) -> Result<()> {
    let path: OfVectorStoreFile = path_of(&[options.store.vector_store_id.as_str(), id])?;
    match app.call(Call::of::<DeleteVectorStoreFile>(&path, &Nothing {}, Payload::None)).await {
        Ok(_) => Ok(()),
        Err(error) if is_not_found(&error) => Ok(()),
        Err(error) => Err(error),
    }
}
