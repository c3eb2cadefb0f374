//! The restore of the objects of an archive.
//!
//! Each object is created once. If the response to a request is lost, the object is looked up, or its contents are listed
//! and compared with the archive, before anything is sent again.

use super::additions::SourceObject;
use super::compare;
use super::files::{FileMode, FileTargets, NeededFiles};
use super::known_files::KnownFiles;
use super::loss::Losses;
use super::map::{CreateRequest, ObjectKind, RestoreMap, VerifyResult};
use super::options::{ChosenConversion, Conversion};
use super::outgoing::Outgoing;
use super::recover;
use super::render;
use super::target::{IN_PROGRESS, Target};
use crate::api::Kind;
use crate::app::{App, Call, DryRun, Session, Stopping};
use crate::archive::ArchiveReader;
use crate::client::ApiResponse;
use crate::env::clock;
use crate::exit::{self, BUSY, CallFailed, FAILED, Failure, NOT_FOUND, UNKNOWN, Usage};
use crate::ui::counted;
use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

/// The number of attempts of a request that another request to the same object blocks, and the pause after the first.
/// The pause doubles after each attempt.
const LOCKED_ATTEMPTS: u32 = 6;
const LOCKED_PAUSE: Duration = Duration::from_millis(500);
/// The number of times that the contents of an object are compared without a new message in between, because the response
/// to a request was lost.
const COMPARISONS: u32 = 3;

/// The outcome of the restore of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RestoreOutcome {
    Restored,
    /// An interrupted restore was completed, or messages that are new in the archive were added.
    Continued,
    Unchanged,
    /// The command was asked to stop before the object was complete.
    Stopped,
    /// This is a dry run.
    Planned,
}

impl RestoreOutcome {
    /// Returns the name for output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Restored => "restored",
            Self::Continued => "continued",
            Self::Unchanged => "unchanged",
            Self::Stopped => "stopped",
            Self::Planned => "planned",
        }
    }
}

/// An object with the outcome of its restore.
#[derive(Debug, Clone)]
pub struct RestoredObject {
    pub id: String,
    pub kind: ObjectKind,
    pub conversion: Conversion,
    pub outcome: RestoreOutcome,
    pub new_id: Option<String>,
    pub losses: Losses,
}

/// A restore in progress.
pub struct Restorer<'a> {
    app: &'a App,
    session: Option<&'a Session>,
    archive: &'a ArchiveReader,
    map: RefCell<RestoreMap>,
    files: FileTargets<'a>,
    conversion: ChosenConversion,
    stopping: &'a Stopping,
}

impl<'a> Restorer<'a> {
    /// Prepares a restore. In a dry run, nothing is sent and nothing written.
    ///
    /// # Errors
    /// Returns an error if the backend cannot be used, if it is the one from which the archive was exported, or if
    /// another process restores the archive at the same backend.
    pub async fn open(
        app: &'a App,
        archive: &'a ArchiveReader,
        conversion: ChosenConversion,
        (mode, given): (FileMode, BTreeMap<String, String>),
        stopping: &'a Stopping,
    ) -> Result<Self> {
        let files = FileTargets::new(app, archive, mode, given);
        let (session, map) = if app.options().dry_run == DryRun::Off {
            let session = app.session().await?;
            check_origin(archive, &session.origin)?;
            (Some(session), RestoreMap::open(archive, &session.origin)?)
        } else if let Some(origin) = app.origin_if_any()? {
            check_origin(archive, &origin)?;
            (None, RestoreMap::read(archive, &origin)?)
        } else {
            (None, RestoreMap::default())
        };
        Ok(Self { app, session, archive, map: RefCell::new(map), files, conversion, stopping })
    }

    /// Returns the number of objects to restore at once.
    pub fn concurrency(&self) -> usize {
        self.session.map_or(1, |session| session.concurrency)
    }

    /// Flushes the map to disk.
    ///
    /// # Errors
    /// Returns an error if the disk does not accept it.
    pub fn sync(&self) -> Result<()> {
        Ok(self.map.borrow().sync()?)
    }

    /// Restores one object, or continues its restore. In a dry run, only counts what would be lost.
    ///
    /// # Errors
    /// Returns an error if the archive does not have the object or is damaged, or if a request fails.
    pub async fn object(&self, kind: ObjectKind, id: &str) -> Result<RestoredObject> {
        let source = SourceObject::read(self.archive, kind, id)?;
        let noun = kind.kind().words();
        let source = source.ok_or_else(|| Failure::new(NOT_FOUND, format!("the archive has no {noun} {id}")))?;
        let state = self.map.borrow().object(kind, id);
        // A restore that has begun continues in its own form, because the messages that are there were sent in it.
        let requested = state.requested.map(|request| request.conversion);
        let begun = state.created.as_ref().map(|created| created.conversion).or(requested);
        let conversion = begun.unwrap_or_else(|| source.conversion(self.conversion));
        let (losses, needed) = self.plan(&source, &conversion, &state.files)?;
        let restored =
            |outcome, new_id| RestoredObject { id: id.to_owned(), kind, conversion, outcome, new_id, losses };
        let known_id = || state.created.as_ref().map(|created| created.new_id.clone());
        let contents = source.digest(&conversion);
        if state.complete.as_deref() == Some(contents.as_str()) {
            return Ok(restored(RestoreOutcome::Unchanged, known_id()));
        }
        let Some(session) = self.session else { return Ok(restored(RestoreOutcome::Planned, known_id())) };
        let new_files = self.files.resolve(&self.map, needed).await?;
        if !new_files.is_empty() {
            self.map.borrow_mut().add_used_files(kind, id, &new_files)?;
        }
        let mut files = state.files.clone();
        files.add(new_files);
        let sequence =
            Sequence { source: &source, target: Target::of(&conversion), conversion: &conversion, files: &files };
        let existing = match (known_id(), state.requested) {
            (None, Some(request)) => {
                let metadata = sequence.members()["metadata"].as_object().cloned().unwrap_or_default();
                recover::find(self.app, session, &source, sequence.target, request.at, &metadata).await?
            }
            (new_id, _) => new_id,
        };
        let (new_id, sent, outcome) = match existing {
            Some(new_id) => match self.continued(&sequence, &new_id).await? {
                Some(sent) => (new_id, sent, RestoreOutcome::Continued),
                // The map no longer has the object, so the restore begins again.
                None => return Box::pin(self.object(kind, id)).await,
            },
            None => {
                let (new_id, sent) = self.create(&sequence).await?;
                (new_id, sent, RestoreOutcome::Restored)
            }
        };
        if !self.add_rest(&sequence, &new_id, sent).await? {
            return Ok(restored(RestoreOutcome::Stopped, Some(new_id)));
        }
        self.map.borrow_mut().add_complete(kind, id, &contents)?;
        Ok(restored(outcome, Some(new_id)))
    }

    /// Counts what the restore of an object loses, and returns the files that it needs.
    fn plan(
        &self,
        source: &SourceObject,
        conversion: &Conversion,
        known: &KnownFiles,
    ) -> Result<(Losses, NeededFiles)> {
        let map = self.map.borrow();
        let files = self.files.plan(&map, known);
        let (_, mut losses) = render::object_members(source.kind, &source.id, source.object(), conversion, &files);
        for addition in source.additions(conversion, &files)? {
            losses += addition?.losses;
        }
        Ok((losses, files.needed()))
    }

    /// Returns the number of messages or items that an existing object has. If the target no longer has the object,
    /// removes it from the map and returns `None`.
    async fn continued(&self, sequence: &Sequence<'_>, new_id: &str) -> Result<Option<usize>> {
        let Sequence { source, target, conversion, .. } = sequence;
        match self.present(sequence, new_id).await {
            Err(error) if target.is_gone(&error, new_id) => {
                let now = render::time_text(clock::now()).unwrap_or_default();
                self.map.borrow_mut().add_verified(source.kind, &source.id, &now, VerifyResult::Gone)?;
                Ok(None)
            }
            sent => {
                let sent = sent?;
                self.map.borrow_mut().add_created(source.kind, &source.id, new_id, **conversion)?;
                Ok(Some(sent))
            }
        }
    }

    /// Creates the object at the target with its first messages or items. Returns its ID and their number.
    async fn create(&self, sequence: &Sequence<'_>) -> Result<(String, usize)> {
        let Sequence { source, target, conversion, .. } = *sequence;
        let first = sequence.outgoing(0)?.next_batch(target.first_limit())?;
        let sent = first.len();
        let call = target.create(first.into_iter().map(Value::Object).collect(), sequence.members());
        self.app.check(&call)?;
        let request = CreateRequest { at: clock::now(), conversion: *conversion };
        self.map.borrow_mut().add_request(source.kind, &source.id, request)?;
        let note = BTreeMap::from([("restored_from".to_owned(), source.id.clone())]);
        let response = match self.send(call.noted(note)).await {
            Err(error) if !is_unknown(&error) => {
                self.map.borrow_mut().add_refused(source.kind, &source.id)?;
                return Err(sequence.with_hint_on_files(error));
            }
            response => response?,
        };
        let noun = target.kind().words();
        let new_id =
            response.id().with_context(|| format!("the response to the request for a new {noun} has no ID"))?;
        self.map.borrow_mut().add_created(source.kind, &source.id, &new_id, *conversion)?;
        Ok((new_id, sent))
    }

    /// Returns the number of messages or items that the target has.
    ///
    /// # Errors
    /// Returns an error if it has others than those that this restore sends.
    async fn present(&self, sequence: &Sequence<'_>, new_id: &str) -> Result<usize> {
        let Sequence { source, target, conversion, files } = *sequence;
        let present = compare::present(self.app, target, new_id).await?;
        let comparison = compare::compare(&present, source.additions(conversion, files)?)?;
        // Further messages after the last one do no harm, because nothing has to be added.
        if comparison.is_prefix() || comparison.equal == comparison.expected {
            return Ok(comparison.equal);
        }
        let message = format!(
            "{} {new_id} differs from the archive after {}; nothing was added",
            target.kind().words(),
            counted(comparison.equal as u64, target.part_noun())
        );
        let hint = "the target has messages that the archive lacks; `asst restore verify` compares both";
        Err(Failure::new(FAILED, message).hinted(hint).into())
    }

    /// Adds the messages or items after the first `sent`. Returns `false` if the command was asked to stop.
    async fn add_rest(&self, sequence: &Sequence<'_>, new_id: &str, mut sent: usize) -> Result<bool> {
        let mut comparisons = 0;
        loop {
            let error = match self.add_from(sequence, new_id, sent).await {
                Err(error) if is_unknown(&error) && comparisons < COMPARISONS => error,
                result => return result,
            };
            // The request may still be in progress. What it added must be visible before anything is sent again.
            self.app.ui().warn(&format!("{error:#}; comparing the contents of {new_id} with the archive"));
            tokio::time::sleep(IN_PROGRESS).await;
            let present = self.present(sequence, new_id).await?;
            comparisons = if present > sent { 0 } else { comparisons + 1 };
            sent = present;
        }
    }

    async fn add_from(&self, sequence: &Sequence<'_>, new_id: &str, sent: usize) -> Result<bool> {
        let target = sequence.target;
        let mut outgoing = sequence.outgoing(sent)?;
        loop {
            let batch = outgoing.next_batch(target.add_limit())?;
            if batch.is_empty() {
                return Ok(true);
            }
            if self.stopping.is_set() {
                return Ok(false);
            }
            self.send(target.add(new_id, batch)?).await.map_err(|error| sequence.with_hint_on_files(error))?;
        }
    }

    /// Sends a request. If another request to the same object blocks it, sends it again after a pause.
    async fn send(&self, call: Call) -> Result<ApiResponse> {
        let mut pause = LOCKED_PAUSE;
        for _ in 1..LOCKED_ATTEMPTS {
            match self.app.call(call.clone()).await {
                Err(error) if exit::report(&error).is_some_and(|report| report.exit_code == BUSY) => {
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                result => return result,
            }
        }
        self.app.call(call).await
    }
}

/// Checks that an archive is not restored at the backend from which it was exported.
pub(super) fn check_origin(archive: &ArchiveReader, origin: &str) -> Result<(), Usage> {
    if archive.manifest().origin != origin {
        return Ok(());
    }
    let root = archive.layout().root().display();
    Err(Usage::hinted(
        format!("{root}: the archive was exported from {origin}, which still has these objects"),
        "name the profile of another backend with --to",
    ))
}

/// The messages or items of an object, in the form of the target.
struct Sequence<'a> {
    source: &'a SourceObject,
    target: Target,
    conversion: &'a Conversion,
    files: &'a KnownFiles,
}

impl Sequence<'_> {
    /// Returns the members of the request that creates the object.
    fn members(&self) -> Map<String, Value> {
        let Self { source, conversion, files, .. } = *self;
        render::object_members(source.kind, &source.id, source.object(), conversion, files).0
    }

    /// Adds a hint to the error of a request if the target no longer has a file that was uploaded or given.
    fn with_hint_on_files(&self, error: anyhow::Error) -> anyhow::Error {
        let failed = match error.downcast::<CallFailed>() {
            Ok(failed) => failed,
            Err(error) => return error,
        };
        let mut new_ids = self.files.new_ids.values().flat_map(BTreeMap::values).flatten();
        let missing = new_ids.find(|id| failed.source.reports_missing(Kind::File, id));
        let hint = missing
            .map(|id| format!("the target no longer has file {id}; upload it and pass its new ID with --file-map"));
        CallFailed { hint: hint.or(failed.hint), ..failed }.into()
    }

    /// Starts reading what is sent after the first `sent` messages or items.
    fn outgoing(&self, sent: usize) -> Result<Outgoing<'_>> {
        Ok(Outgoing::new(self.source.additions(self.conversion, self.files)?, sent))
    }
}

/// Returns `true` if it is unknown whether the request took effect.
fn is_unknown(error: &anyhow::Error) -> bool {
    exit::report(error).is_some_and(|report| report.exit_code == UNKNOWN)
}
