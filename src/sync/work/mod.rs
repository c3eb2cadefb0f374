//! The part of a sync that adds to a vector store: changes of attributes, uploads, and batches.

mod indexing;
mod removals;
mod uploads;

use crate::api::Nothing;
use crate::api::files::{GetFile, OfFile};
use crate::api::vector_stores::{DeleteVectorStoreFile, GetVectorStoreFile, OfVectorStoreFile, UpdateVectorStoreFile};
use crate::app::{App, Call, Stopping, Work as Counted};
use crate::client::Payload;
use crate::env::clock;
use crate::exit;
use crate::sync::attach::{self, Attachment, FileBatch, LARGEST_BATCH};
use crate::sync::content::Hash;
use crate::sync::journal::{Journal, OpenUpload};
use crate::sync::options::SyncOptions;
use crate::sync::outcome::{SyncAction, SyncResult};
use crate::sync::plan::Plan;
use crate::sync::references::is_not_found;
use crate::sync::report::Reporter;
use crate::sync::source::Source;
use crate::sync::store::{Identity, path_of};
use anyhow::Result;
use futures_util::stream::{self, StreamExt};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use std::pin::pin;

/// The work in progress.
pub(super) struct Work<'a> {
    app: &'a App,
    options: &'a SyncOptions,
    stopping: &'a Stopping,
    journal: &'a Journal<'a>,
    reporter: &'a Reporter<'a>,
    source: &'a Source,
    since: i64,
    /// The positions of files that replace an older version.
    replaced: HashSet<usize>,
    /// The action that led to the attachment of each file, by position.
    actions: HashMap<usize, SyncAction>,
    queue: Vec<Attachment>,
    batches: Vec<FileBatch>,
    /// The hashes of the files that this sync attached and that are indexed, by position.
    indexed: HashMap<usize, Hash>,
    /// Uploads without a response.
    unknown: Vec<(usize, OpenUpload)>,
    /// The IDs of the files that the vector store had at the start.
    known: HashSet<&'a str>,
}

impl<'a> Work<'a> {
    pub(super) fn new(
        app: &'a App,
        options: &'a SyncOptions,
        stopping: &'a Stopping,
        journal: &'a Journal<'a>,
        reporter: &'a Reporter<'a>,
        source: &'a Source,
        known: HashSet<&'a str>,
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
            known,
        }
    }

    /// Uploads, attaches and updates files, and waits until they are indexed.
    ///
    /// # Errors
    /// Returns an error if the backend refuses the credential, or if a list cannot be read.
    pub(super) async fn run(&mut self, plan: &Plan) -> Result<()> {
        self.replaced = plan.replaced();
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
            // An update replaces all attributes, and attributes that other programs added must stay.
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

    /// Queues the files that an interrupted sync uploaded. Returns the positions of the files that do not exist any
    /// more.
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

    /// Detaches the files whose indexing failed, and queues them again.
    async fn retries(&mut self, plan: &Plan) -> Result<()> {
        for (position, id) in &plan.retries {
            match detach(self.app, self.options, id).await {
                Ok(()) => self.enqueue(*position, id.clone(), None, SyncAction::Retry).await?,
                Err(error) => self.reporter.failed(self.path(*position), SyncAction::Retry, Some(id), &error)?,
            }
        }
        Ok(())
    }

    async fn enqueue(&mut self, position: usize, id: String, hash: Option<Hash>, action: SyncAction) -> Result<()> {
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
}

/// Detaches a file. Succeeds if the file is not attached.
pub(super) async fn detach(app: &App, options: &SyncOptions, id: &str) -> Result<()> {
    let path: OfVectorStoreFile = path_of(&[options.store.vector_store_id.as_str(), id])?;
    match app.call(Call::of::<DeleteVectorStoreFile>(&path, &Nothing {}, Payload::None)).await {
        Ok(_) => Ok(()),
        Err(error) if is_not_found(&error) => Ok(()),
        Err(error) => Err(error),
    }
}
