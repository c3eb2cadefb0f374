//! Pruning (docs/design/orphans.md, docs/design/bulk.md).
//!
//! Candidates come from the ledger, page by page. Each is proven at the backend immediately before it is deleted. An
//! object with an unknown verdict is kept.

mod assistants;
mod backend_health;
mod backup;
mod candidates;
mod clock;
mod deletion;
mod evidence;
mod facts;
mod file_references;
mod files;
mod lists;
mod mentions;
mod runs;
mod stuck;
mod verdict;

pub use candidates::{Candidate, PruneRule};
pub use facts::{ActiveRuns, Assistants, Conditions, RetentionHold};
pub use files::{FileSelection, GraphPart};

use crate::api::Kind;
use crate::app::{App, Call, Session, Stopping, Trust};
use crate::client::{ClientError, Page, Paginator, Reply};
use crate::exit::{AlreadyReported, DONE};
use crate::ui::Unit;
use anyhow::Result;
use futures_util::{Stream, StreamExt};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::path::PathBuf;

/// Whether objects are deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PruneMode {
    /// Only report the objects that would be deleted.
    Report,
    Delete,
}

/// The options of a prune, apart from its rules.
#[derive(Debug, Clone)]
pub struct PruneOptions {
    pub mode: PruneMode,
    pub holds: Vec<RetentionHold>,
    /// The maximum number of objects to delete.
    pub max: Option<u64>,
    /// The archive to which each object is exported before its deletion.
    pub backup: Option<PathBuf>,
}

/// The outcome for one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PruneOutcome {
    /// The object would be deleted.
    Selected,
    Deleted,
    /// A run, which can be cancelled but not deleted.
    Cancelled,
    AlreadyGone,
    InUse,
    Unknown,
    Failed,
}

impl PruneOutcome {
    /// All outcomes, in the order of the summary.
    pub const ALL: [Self; 7] =
        [Self::Selected, Self::Deleted, Self::Cancelled, Self::AlreadyGone, Self::InUse, Self::Unknown, Self::Failed];

    /// Returns the name of the outcome.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Selected => "would go",
            Self::Deleted => "deleted",
            Self::Cancelled => "cancelled",
            Self::AlreadyGone => "already gone",
            Self::InUse => "in use",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }
}

/// An object that was examined, and its outcome.
#[derive(Debug, Clone)]
pub struct PrunedObject {
    pub candidate: Candidate,
    pub outcome: PruneOutcome,
    pub verdict: &'static str,
    pub reason: String,
    /// The exit code of the failure, or [`DONE`].
    pub code: u8,
    /// The creation time that the backend gave, in seconds since 1970.
    pub created_at: Option<i64>,
    /// The name of the rule under which the object was examined.
    pub rule: Option<String>,
}

/// A prune in progress.
pub struct Pruner<'a> {
    app: &'a App,
    session: &'a Session,
    stopping: &'a Stopping,
    mode: PruneMode,
    holds: Vec<RetentionHold>,
    max: Option<u64>,
    /// The number of objects that were deleted or are being deleted.
    taken: Cell<u64>,
    /// The objects that would be deleted, as hashes, because several rules may select the same object.
    found: RefCell<HashSet<u64>>,
    trust: Trust,
    health: backend_health::Health,
    /// A hint for the most recent failure.
    hint: RefCell<Option<String>>,
    assistants: assistants::Assistants,
    backup: Option<backup::Backup<'a>>,
    /// The number of requests so far. A list takes one request for each page.
    asked: Cell<u64>,
    /// `true` once the warning about the unchecked clock was shown.
    timeless: Cell<bool>,
    /// The start time of the prune. Everything that happens later is within any grace period.
    now: i64,
}

impl<'a> Pruner<'a> {
    /// Starts a prune.
    ///
    /// # Errors
    /// Returns an error if entries of the ledger wait in a spill file, if there is no session, or if the archive of
    /// `options.backup` cannot be opened.
    pub async fn new(app: &'a App, options: PruneOptions, stopping: &'a Stopping) -> Result<Self> {
        if let Some(ledger) = app.ledger_if_any()? {
            // An entry in a spill file may be evidence that an object is in use.
            ledger.require_complete().await??;
        }
        let backup = match &options.backup {
            Some(folder) if options.mode == PruneMode::Delete => {
                Some(backup::Backup::begin(app, folder, stopping).await?)
            }
            _ => None,
        };
        Ok(Self {
            app,
            session: app.session().await?,
            stopping,
            mode: options.mode,
            holds: options.holds,
            max: options.max,
            taken: Cell::new(0),
            found: RefCell::default(),
            trust: Trust::default(),
            health: backend_health::Health::default(),
            hint: RefCell::default(),
            assistants: assistants::Assistants::default(),
            backup,
            asked: Cell::default(),
            timeless: Cell::default(),
            now: crate::env::clock::now(),
        })
    }

    /// Examines the threads that a rule selects in the ledger, and deletes them if deletion is requested. Passes each
    /// one with its outcome to `each`.
    pub async fn threads(&self, rule: &PruneRule, mut each: impl FnMut(PrunedObject) -> Result<()>) -> Result<()> {
        let one = async |thread| Ok(self.handle(thread, rule).await?.into_iter().collect());
        self.work(self.rows(rule, Kind::Thread), one, &mut each).await
    }

    /// Examines and deletes threads that were found before. Their verdicts are proven again.
    pub async fn threads_again(
        &self,
        rule: &PruneRule,
        found: Vec<Candidate>,
        mut each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let one = async |thread| Ok(self.handle(thread, rule).await?.into_iter().collect());
        self.work(futures_util::stream::iter(found).map(Ok), one, &mut each).await
    }

    /// Processes several candidates concurrently, and passes the outcomes to `each`.
    async fn work(
        &self,
        candidates: impl Stream<Item = Result<Candidate>>,
        one: impl AsyncFn(Candidate) -> Result<Vec<PrunedObject>>,
        each: &mut impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let bar = self.app.ui().progress("looked at", Unit::Items, None);
        let going = candidates.take_while(|_| std::future::ready(!self.is_over()));
        let work = going.map(async |candidate| one(candidate?).await);
        let mut done = std::pin::pin!(work.buffer_unordered(self.session.concurrency));
        while let Some(pruned) = done.next().await {
            bar.tick(1);
            for pruned in pruned? {
                each(pruned)?;
            }
        }
        bar.finish();
        Ok(())
    }

    /// Returns the context of the command.
    pub fn app(&self) -> &'a App {
        self.app
    }

    /// Returns `true` if no further work may be started.
    fn is_over(&self) -> bool {
        let enough = self.max.is_some_and(|max| self.taken.get() >= max);
        let lost = self.trust.is_lost() || self.health.is_lost().is_some();
        self.stopping.is_set() || enough || lost || self.skew().is_some()
    }

    /// Returns the result of the prune, apart from the outcomes of single objects.
    ///
    /// # Errors
    /// Returns an error if the prune was abandoned, because the backend is the wrong one or does not respond.
    pub fn end(self) -> Result<()> {
        let skew = self.skew();
        if let Some(backup) = self.backup {
            // Threads that could not be exported were not deleted. Their exit codes are already counted.
            backup.end().or_else(|error| if error.is::<AlreadyReported>() { Ok(()) } else { Err(error) })?;
        }
        if let Some(hint) = self.hint.take() {
            self.app.ui().hint(&hint);
        }
        if let Some(skew) = skew {
            return Err(clock::differs(skew));
        }
        if self.trust.is_lost() {
            return Err(Trust::lost(&self.session.origin));
        }
        match self.health.is_lost() {
            Some(code) if code != DONE => {
                self.app.ui().warn("stopping: ten in a row could not be asked for; the same command goes on from here");
                Err(AlreadyReported(code).into())
            }
            _ => Ok(()),
        }
    }

    /// Sends a request that reads or cancels. A success is not recorded, because there may be millions. IDs are not
    /// checked either: they come from the ledger or the backend, not from the user.
    async fn ask(&self, call: &Call) -> Result<Reply, ClientError> {
        let mut wait = backend_health::Wait::new();
        loop {
            self.asked.set(self.asked.get() + 1);
            match self.session.send_unrecorded(call).await {
                Err(error) if self.goes_on(&mut wait, &error).await => {}
                answer => return self.noted(answer),
            }
        }
    }

    /// Returns the next page of a list.
    async fn next_page(&self, walk: &mut Paginator) -> Result<Option<Page>, ClientError> {
        let mut wait = backend_health::Wait::new();
        loop {
            self.asked.set(self.asked.get() + 1);
            match self.session.next_page(walk).await {
                Err(error) if self.goes_on(&mut wait, &error).await => {}
                answer => return self.noted(answer),
            }
        }
    }

    async fn goes_on(&self, wait: &mut backend_health::Wait, error: &ClientError) -> bool {
        !self.stopping.is_set() && self.health.wait(wait, error).await
    }

    fn noted<T>(&self, answer: Result<T, ClientError>) -> Result<T, ClientError> {
        self.note_clock();
        match &answer {
            Err(error) if !error.is_not_found() => {
                let hint = self.app.hint(error).or_else(|| error.hint());
                self.hint.replace(hint);
            }
            _ => self.health.answered(),
        }
        answer
    }
}
