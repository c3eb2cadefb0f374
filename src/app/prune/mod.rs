//! Pruning (docs/design/orphans.md, docs/design/bulk.md): candidates come from the ledger, page by page; each is proven
//! at the backend immediately before it is deleted; what is unknown stays.

mod assistants;
mod backup;
mod candidates;
mod clock;
mod deletion;
mod evidence;
mod facts;
mod files;
mod graph;
mod health;
mod lists;
mod mentions;
mod runs;
mod stuck;
mod verdict;

pub use candidates::{Candidate, Rule};
pub use facts::{ActiveRuns, Assistants, Hold, Wanted};
pub use files::{Files, Part};

use super::{App, Call, Session, Stopping, Trust};
use crate::api::Kind;
use crate::client::{ClientError, Page, Reply, Walk};
use crate::exit::{DONE, Told};
use crate::ui::Unit;
use anyhow::Result;
use futures_util::{Stream, StreamExt};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::path::PathBuf;

/// Whether anything is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Say what would go.
    Look,
    Delete,
}

/// What is asked for, beside the rules.
#[derive(Debug, Clone)]
pub struct Plan {
    pub deed: Deed,
    pub holds: Vec<Hold>,
    /// At most so many go.
    pub max: Option<u64>,
    /// The folder of the export that each is in before it goes.
    pub backup: Option<PathBuf>,
}

/// What became of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It would go.
    Found,
    Deleted,
    /// A run, which cannot be deleted.
    Cancelled,
    AlreadyGone,
    InUse,
    Unknown,
    Failed,
}

impl Fate {
    /// Every fate, in the order in which a summary tells them.
    pub const ALL: [Self; 7] =
        [Self::Found, Self::Deleted, Self::Cancelled, Self::AlreadyGone, Self::InUse, Self::Unknown, Self::Failed];

    /// Returns the words for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Found => "would go",
            Self::Deleted => "deleted",
            Self::Cancelled => "cancelled",
            Self::AlreadyGone => "already gone",
            Self::InUse => "in use",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }
}

/// An object that was looked at, and what became of it.
#[derive(Debug, Clone)]
pub struct Pruned {
    pub candidate: Candidate,
    pub fate: Fate,
    pub verdict: &'static str,
    pub reason: String,
    /// The code of what failed, if anything did.
    pub code: u8,
    /// As the backend says it, in seconds since 1970.
    pub created_at: Option<i64>,
    /// The rule under which it was looked at.
    pub rule: Option<String>,
}

/// A pruning under way.
pub struct Pruner<'a> {
    app: &'a App,
    session: &'a Session,
    stopping: &'a Stopping,
    deed: Deed,
    holds: Vec<Hold>,
    max: Option<u64>,
    /// How many went, or are going.
    taken: Cell<u64>,
    /// Those that would go, as hashes: several rules may mean the same.
    found: RefCell<HashSet<u64>>,
    trust: Trust,
    health: health::Health,
    /// What may help against the failure that came last.
    hint: RefCell<Option<String>>,
    assistants: assistants::Assistants,
    backup: Option<backup::Backup<'a>>,
    /// Requests so far; a list has one for each page.
    asked: Cell<u64>,
    /// Whether it was said that the clock cannot be checked.
    timeless: Cell<bool>,
    /// When it began: what happens meanwhile is younger than any grace.
    now: i64,
}

impl App {
    /// Begins a pruning.
    pub async fn pruner<'a>(&'a self, plan: Plan, stopping: &'a Stopping) -> Result<Pruner<'a>> {
        if let Some(ledger) = self.ledger_if_any()? {
            // An entry that waits in a spill file may say that something is in use.
            ledger.require_complete().await??;
        }
        let backup = match &plan.backup {
            Some(folder) if plan.deed == Deed::Delete => Some(backup::Backup::begin(self, folder, stopping).await?),
            _ => None,
        };
        Ok(Pruner {
            app: self,
            session: self.session().await?,
            stopping,
            deed: plan.deed,
            holds: plan.holds,
            max: plan.max,
            taken: Cell::new(0),
            found: RefCell::default(),
            trust: Trust::default(),
            health: health::Health::default(),
            hint: RefCell::default(),
            assistants: assistants::Assistants::default(),
            backup,
            asked: Cell::default(),
            timeless: Cell::default(),
            now: crate::env::clock::now(),
        })
    }
}

impl<'a> Pruner<'a> {
    /// Looks for threads by a rule among the rows of the ledger, and deletes them if that is the deed. Each is handed
    /// on with what became of it.
    pub async fn threads(&self, rule: &Rule, mut each: impl FnMut(Pruned) -> Result<()>) -> Result<()> {
        let one = async |thread| Ok(self.handle(thread, rule).await?.into_iter().collect());
        self.work(self.rows(rule, Kind::Thread), one, &mut each).await
    }

    /// Does the same with threads that were found before, and are proven anew.
    pub async fn threads_again(
        &self,
        rule: &Rule,
        found: Vec<Candidate>,
        mut each: impl FnMut(Pruned) -> Result<()>,
    ) -> Result<()> {
        let one = async |thread| Ok(self.handle(thread, rule).await?.into_iter().collect());
        self.work(futures_util::stream::iter(found).map(Ok), one, &mut each).await
    }

    /// Does the work on candidates, several at once, and hands on what became of them.
    async fn work(
        &self,
        candidates: impl Stream<Item = Result<Candidate>>,
        one: impl AsyncFn(Candidate) -> Result<Vec<Pruned>>,
        each: &mut impl FnMut(Pruned) -> Result<()>,
    ) -> Result<()> {
        let bar = self.app.ui.progress("looked at", Unit::Items, None);
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

    /// Returns what the command works with.
    pub fn app(&self) -> &'a App {
        self.app
    }

    /// Tells whether nothing more is to be begun.
    fn is_over(&self) -> bool {
        let enough = self.max.is_some_and(|max| self.taken.get() >= max);
        let lost = self.trust.is_lost() || self.health.is_lost().is_some();
        self.stopping.is_set() || enough || lost || self.skew().is_some()
    }

    /// Returns what the pruning comes to beside the fates of single objects.
    ///
    /// # Errors
    /// Where it was given up, because the backend is not the one, or does not answer.
    pub fn end(self) -> Result<()> {
        let skew = self.skew();
        if let Some(backup) = self.backup {
            // What could not be exported was not deleted, and has its code.
            backup.end().or_else(|error| if error.is::<Told>() { Ok(()) } else { Err(error) })?;
        }
        if let Some(hint) = self.hint.take() {
            self.app.ui.hint(&hint);
        }
        if let Some(skew) = skew {
            return Err(clock::differs(skew));
        }
        if self.trust.is_lost() {
            return Err(Trust::lost(&self.session.origin));
        }
        match self.health.is_lost() {
            Some(code) if code != DONE => {
                self.app.ui.warn("stopping: ten in a row could not be asked for; the same command goes on from here");
                Err(Told(code).into())
            }
            _ => Ok(()),
        }
    }

    /// Sends what only reads, or cancels. Success is not recorded: there may be millions of them. Ids have been read as
    /// such; that their prefix is another's is no mistake of typing here.
    async fn ask(&self, call: &Call) -> Result<Reply, ClientError> {
        let (request, mut wait) = (call.request(), health::Wait::new());
        loop {
            self.asked.set(self.asked.get() + 1);
            match self.session.client.send(&request).await {
                Err(error) if self.goes_on(&mut wait, &error).await => {}
                answer => return self.noted(answer),
            }
        }
    }

    /// Returns the next page of a list.
    async fn next_page(&self, walk: &mut Walk) -> Result<Option<Page>, ClientError> {
        let mut wait = health::Wait::new();
        loop {
            self.asked.set(self.asked.get() + 1);
            match walk.next(&self.session.client).await {
                Err(error) if self.goes_on(&mut wait, &error).await => {}
                answer => return self.noted(answer),
            }
        }
    }

    async fn goes_on(&self, wait: &mut health::Wait, error: &ClientError) -> bool {
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
