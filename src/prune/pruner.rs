//! The pruner: the state of a prune, its requests, and the conditions that stop it.

use super::backend_health::{BackendHealth, MAX_FAILURES, OutageWait};
use super::backup::Backup;
use super::clock_check::{ClockCheck, check_clock, clock_error, unreadable_error};
use super::conditions::RetentionHold;
use super::facts::AssistantStatus;
use super::options::{PruneMode, PruneOptions};
use super::outcome::PrunedObject;
use super::rule::PruneCandidate;
use super::slots::{Slot, Slots};
use crate::app::{App, Call, NotFoundPolicy, Session, Stopping};
use crate::client::{ApiResponse, ClientError, Complete, Page, Paginator};
use crate::exit::{AlreadyReported, BUSY, DONE};
use crate::ui::Unit;
use anyhow::Result;
use futures_util::{Stream, StreamExt};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use tokio::sync::OnceCell;

/// A prune in progress. Its methods for each kind of object are in the files of the kinds, such as `threads.rs`.
pub struct Pruner<'a> {
    pub(super) app: &'a App,
    pub(super) session: &'a Session,
    pub(super) stopping: &'a Stopping,
    pub(super) mode: PruneMode,
    pub(super) holds: Vec<RetentionHold>,
    slots: Slots,
    pub(super) not_found_policy: NotFoundPolicy,
    pub(super) health: BackendHealth,
    /// The hint for the most recent failure, which is printed at the end.
    pub(super) hint: RefCell<Option<String>>,
    /// The assistants whose status is known. An assistant with an unknown status is requested again when it is needed.
    pub(super) assistants: RefCell<HashMap<String, AssistantStatus>>,
    /// The list of all assistants, which is read when it is first needed.
    pub(super) assistant_list: OnceCell<AssistantList>,
    pub(super) backup: Option<Backup<'a>>,
    /// The number of requests so far. A list takes one request for each page.
    pub(super) requests: Cell<u64>,
    /// `true` once the warning about the unchecked clock was shown.
    has_warned_of_clock: Cell<bool>,
    /// The start time of the prune, to which all ages refer. Later activity is therefore within every grace period.
    pub(super) now: i64,
}

/// The result of listing all assistants.
#[derive(Debug)]
pub(super) enum AssistantList {
    /// The IDs of all assistants, with the proof that the list is complete.
    Complete(HashSet<String>, Complete),
    /// The backend has no list of assistants.
    NotOffered,
    /// The list is not valid as evidence.
    Invalid { reason: String, code: u8 },
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
            Some(folder) if options.mode == PruneMode::Delete => Some(Backup::open(app, folder, stopping).await?),
            _ => None,
        };
        Ok(Self {
            app,
            session: app.session().await?,
            stopping,
            mode: options.mode,
            holds: options.holds,
            slots: Slots::new(options.mode, options.max),
            not_found_policy: NotFoundPolicy::default(),
            health: BackendHealth::default(),
            hint: RefCell::default(),
            assistants: RefCell::default(),
            assistant_list: OnceCell::default(),
            backup,
            requests: Cell::default(),
            has_warned_of_clock: Cell::default(),
            now: crate::env::clock::now(),
        })
    }

    /// Returns the context of the command.
    pub fn app(&self) -> &'a App {
        self.app
    }

    /// Ends the prune. Returns its result, apart from the outcomes of single objects.
    ///
    /// # Errors
    /// Returns an error if the prune was stopped before its end: the backend is the wrong one, does not respond, or its
    /// clock differs.
    pub fn end(self) -> Result<()> {
        let clock = check_clock(self.app, self.session);
        if let Some(backup) = self.backup {
            // The outcomes of threads that could not be exported already have an exit code, so that error is ignored
            // here.
            backup.end().or_else(|error| if error.is::<AlreadyReported>() { Ok(()) } else { Err(error) })?;
        }
        if let Some(hint) = self.hint.take() {
            self.app.ui().hint(&hint);
        }
        match clock {
            ClockCheck::Differs(skew) => return Err(clock_error(skew)),
            ClockCheck::Unreadable => return Err(unreadable_error()),
            ClockCheck::Agrees | ClockCheck::Unknown => {}
        }
        if self.not_found_policy.is_exceeded() {
            return Err(NotFoundPolicy::exceeded(&self.session.origin));
        }
        match self.health.lost() {
            Some(code) if code != DONE => {
                let text =
                    format!("stopping: {MAX_FAILURES} objects in a row failed; run the same command again to continue");
                self.app.ui().warn(&text);
                Err(AlreadyReported(code).into())
            }
            _ => Ok(()),
        }
    }

    /// Calls `prune` for several candidates concurrently, and passes the outcomes to `each`. Stops when no further work
    /// may be started.
    pub(super) async fn process(
        &self,
        candidates: impl Stream<Item = Result<PruneCandidate>>,
        prune: impl AsyncFn(PruneCandidate) -> Result<Vec<PrunedObject>>,
        each: &mut impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let bar = self.app.ui().progress("checked", Unit::Items, None);
        let candidates = candidates.take_while(|_| std::future::ready(!self.is_over()));
        let results = candidates.map(async |candidate| prune(candidate?).await);
        let mut results = std::pin::pin!(results.buffer_unordered(self.session.concurrency));
        while let Some(pruned) = results.next().await {
            bar.tick(1);
            for pruned in pruned? {
                each(pruned)?;
            }
        }
        bar.finish();
        Ok(())
    }

    /// Returns `true` if no further work may be started.
    pub(super) fn is_over(&self) -> bool {
        let is_lost = self.not_found_policy.is_exceeded() || self.health.lost().is_some();
        self.stopping.is_set() || self.slots.are_used_up() || is_lost || self.clock_differs()
    }

    /// Returns `true` if even a deletion that was already decided must not be sent.
    pub(super) fn must_stop(&self) -> bool {
        self.stopping.is_set() || self.clock_differs()
    }

    /// Returns `true` if the clocks differ too much to compute ages.
    pub(super) fn clock_differs(&self) -> bool {
        matches!(check_clock(self.app, self.session), ClockCheck::Differs(_) | ClockCheck::Unreadable)
    }

    /// Reserves a slot within the limit of `--max`. Returns `None` if no further work may be started.
    pub(super) fn reserve_slot(&self, id: &str) -> Option<Slot<'_>> {
        if self.is_over() { None } else { self.slots.reserve(id) }
    }

    /// Counts the failure for an object. Too many failures in a row stop the command.
    pub(super) fn count_failure(&self, code: u8) {
        if code != DONE && code != BUSY {
            self.health.record_failure(code);
        }
    }

    /// Sends a request that reads an object or cancels a run. The response is not recorded in the ledger, because a
    /// prune may send millions of requests. The IDs are not checked, because they come from the ledger or the backend.
    pub(super) async fn send(&self, call: &Call) -> Result<ApiResponse, ClientError> {
        let mut wait = OutageWait::new();
        loop {
            self.requests.set(self.requests.get() + 1);
            match self.session.send_unrecorded(call).await {
                Err(error) if self.may_retry(&mut wait, &error).await => {}
                response => return self.observe(response),
            }
        }
    }

    /// Returns the next page of a list.
    pub(super) async fn next_page(&self, pages: &mut Paginator) -> Result<Option<Page>, ClientError> {
        let mut wait = OutageWait::new();
        loop {
            self.requests.set(self.requests.get() + 1);
            match self.session.next_page(pages).await {
                Err(error) if self.may_retry(&mut wait, &error).await => {}
                response => return self.observe(response),
            }
        }
    }

    /// Waits for the end of an outage, and returns `true` if the request may be repeated.
    pub(super) async fn may_retry(&self, wait: &mut OutageWait, error: &ClientError) -> bool {
        !self.stopping.is_set() && self.health.wait_for_retry(wait, error).await
    }

    /// Records that the backend is available or the hint of an error, and checks its clock.
    fn observe<T>(&self, response: Result<T, ClientError>) -> Result<T, ClientError> {
        if check_clock(self.app, self.session) == ClockCheck::Unknown && !self.has_warned_of_clock.replace(true) {
            self.app.ui().warn("the backend sends no `Date` header, so the clock of this machine was not checked");
        }
        match &response {
            Err(error) if !error.is_not_found() => {
                let hint = self.app.hint(error).or_else(|| error.hint());
                self.hint.replace(hint);
            }
            _ => self.health.record_response(),
        }
        response
    }
}
