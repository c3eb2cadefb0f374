//! The output of a prune command: one object per line on stdout, and failures and the counts on stderr.

use crate::api::Kind;
use crate::app::{App, Cardinality, StdoutState, TableSpec};
use crate::exit;
use crate::exit::DONE;
use crate::prune::{PruneMode, PruneOutcome, PrunedObject};
use crate::view::Printer;
use anyhow::Result;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The output of a prune in progress, with the counts of the outcomes so far.
pub(in crate::cmd) struct PruneOutput {
    /// `None` if objects are counted and not printed.
    printer: Option<Printer>,
    stdout: StdoutState,
    mode: PruneMode,
    /// The outcome of an object that was pruned successfully: deleted or cancelled.
    goal: PruneOutcome,
    counts: BTreeMap<PruneOutcome, u64>,
    /// The exit codes of all outcomes.
    codes: BTreeSet<u8>,
}

impl PruneOutput {
    /// Starts the output. A report prints all examined objects. A deletion prints only the objects that are gone
    /// afterwards.
    pub(super) fn new(app: &App, table: TableSpec, mode: PruneMode, goal: PruneOutcome) -> Result<Self> {
        let printer = Some(app.printer(table, Cardinality::Many)?);
        let (counts, codes) = (BTreeMap::new(), BTreeSet::new());
        Ok(Self { printer, stdout: StdoutState::Open, mode, goal, counts, codes })
    }

    /// Starts an output that counts objects without printing them, for the pass before a confirmation.
    pub(super) fn silent(app: &App, table: TableSpec, goal: PruneOutcome) -> Result<Self> {
        Ok(Self { printer: None, ..Self::new(app, table, PruneMode::Report, goal)? })
    }

    /// Counts an object and prints its outcome.
    pub(super) fn add(&mut self, app: &App, pruned: &PrunedObject) -> Result<()> {
        *self.counts.entry(pruned.outcome).or_default() += 1;
        match pruned.outcome {
            outcome if outcome == self.goal => app.tally().done(),
            PruneOutcome::Failed => app.tally().failed(),
            _ => {}
        }
        self.codes.insert(pruned.code);
        if pruned.outcome == PruneOutcome::Unknown && pruned.code != DONE && self.mode == PruneMode::Delete {
            let (kind, id) = (pruned.candidate.kind(), pruned.candidate.id());
            app.ui().warn(&format!("{kind} {id} is kept: {}", pruned.reason));
        }
        let is_shown = match self.mode {
            PruneMode::Report => true,
            PruneMode::Delete => {
                matches!(pruned.outcome, PruneOutcome::Deleted | PruneOutcome::Cancelled | PruneOutcome::AlreadyGone)
            }
        };
        if let (true, Some(printer)) = (is_shown, &mut self.printer) {
            self.stdout.out(app.ui(), &printer.item(&item(pruned, self.mode))?)?;
        }
        Ok(())
    }

    /// Prints the counts.
    pub(super) fn print_counts(&self, app: &App) {
        let count = |outcome: PruneOutcome| self.counts.get(&outcome).copied().unwrap_or_default();
        let is_listed = |outcome: &PruneOutcome| match outcome {
            PruneOutcome::Selected => self.mode == PruneMode::Report,
            PruneOutcome::Deleted | PruneOutcome::Cancelled => self.mode == PruneMode::Delete && *outcome == self.goal,
            PruneOutcome::Failed => self.mode == PruneMode::Delete,
            PruneOutcome::AlreadyGone | PruneOutcome::InUse | PruneOutcome::Unknown => true,
        };
        let outcomes = || PruneOutcome::ALL.into_iter().filter(is_listed);
        let parts: Vec<String> = outcomes().map(|outcome| format!("{} {}", count(outcome), outcome.name())).collect();
        let value: Map<String, Value> =
            outcomes().map(|outcome| (outcome.name().replace(' ', "_"), count(outcome).into())).collect();
        app.ui().summary(&parts.join(", "), &value.into());
    }

    /// Ends the output with the counts. Returns an error with the combined exit code, unless all outcomes are
    /// successes.
    ///
    /// Prints `hint` if objects are in use and none was pruned, and `leftovers` if an object was deleted.
    pub(super) fn end(mut self, app: &App, hint: Option<&str>, leftovers: Option<&str>) -> Result<()> {
        if let Some(printer) = &mut self.printer {
            self.stdout.out(app.ui(), &printer.end()?)?;
            app.warn_unknown_columns(printer);
        }
        self.print_counts(app);
        let has_pruned = [PruneOutcome::Selected, PruneOutcome::Deleted, PruneOutcome::Cancelled]
            .iter()
            .any(|outcome| self.counts.contains_key(outcome));
        if let Some(hint) = hint.filter(|_| !has_pruned && self.counts.contains_key(&PruneOutcome::InUse)) {
            app.ui().hint(hint);
        }
        if let Some(leftovers) = leftovers.filter(|_| self.counts.contains_key(&PruneOutcome::Deleted)) {
            app.ui().hint(leftovers);
        }
        match exit::combined(self.codes) {
            DONE => Ok(()),
            code => Err(exit::AlreadyReported(code).into()),
        }
    }
}

/// Returns an object with its outcome as JSON.
fn item(pruned: &PrunedObject, mode: PruneMode) -> Value {
    let stays = mode == PruneMode::Report && matches!(pruned.outcome, PruneOutcome::InUse | PruneOutcome::Unknown);
    let mut item = json!({
        "id": pruned.candidate.id(),
        "kind": pruned.candidate.kind().name(),
        "verdict": pruned.verdict,
        "result": if stays { "stays" } else { pruned.outcome.name() },
        "created_at": pruned.created_at,
        "active_at": pruned.candidate.active_at(),
        "source": pruned.candidate.source().name(),
        "rule": pruned.rule,
        "reason": pruned.reason,
    });
    // The members that only one kind has.
    match pruned.candidate.kind() {
        Kind::VectorStore => item["name"] = pruned.candidate.name().into(),
        Kind::File => item["filename"] = pruned.candidate.name().into(),
        _ => item["parent"] = pruned.candidate.parent().into(),
    }
    item
}
