//! The common part of all prune commands.
//!
//! A command builds a [`PruneJob`], with rules from its flags or from a retention file (`rules.rs`). [`PruneJob::run`]
//! finds the objects, asks for confirmation once, deletes them, and prints the results (`show.rs`). The type of the
//! objects is a parameter ([`Prunes`]).

mod rules;
mod show;

pub(super) use rules::{
    LedgerPruneFlags, PruneLimits, ThreadConditions, applicable_rules, no_filter, permitted_sources,
};

use show::PruneOutput;

use crate::app::{App, DryRun, Stopping, TableSpec, Work};
use crate::exit::{self, FAILED, Usage};
use crate::prune::{
    PruneCandidate, PruneMode, PruneOptions, PruneOutcome, PruneRule, PrunedObject, Pruner, RetentionHold,
};
use crate::ui::Confirmation;
use anyhow::Result;
use std::path::PathBuf;

/// The message that is printed when a signal stops a prune.
const STOPPING_NOTE: &str = "completing the requests in flight; run the same command again for the rest";

/// A prune of objects of any kind: what is pruned, and how it is reported.
#[derive(Debug)]
pub(super) struct PruneJob {
    pub(super) table: TableSpec,
    /// The noun in the confirmation, such as `threads`.
    pub(super) noun: &'static str,
    /// The verb in the confirmation, such as `delete`.
    pub(super) verb: &'static str,
    /// The outcome of an object that was pruned successfully: deleted or cancelled.
    pub(super) goal: PruneOutcome,
    pub(super) rules: Vec<PruneRule>,
    pub(super) holds: Vec<RetentionHold>,
    /// The maximum number of objects to prune. `None` means no limit.
    pub(super) max: Option<u64>,
    /// The folder of the archive to which each thread is exported before its deletion.
    pub(super) backup: Option<PathBuf>,
    /// The hint that is printed if objects are in use and none can be pruned.
    pub(super) hint: Option<&'static str>,
    /// The hint that is printed if objects were deleted. It is about the objects that remain.
    pub(super) leftovers: Option<&'static str>,
}

/// The selection of objects of one kind, which a [`Pruner`] can examine and prune.
pub(super) trait Prunes {
    /// Examines objects and prunes them in the mode of the pruner. Passes each object with its outcome to `each`.
    ///
    /// `found` has the objects that an earlier call selected and the user confirmed. If it is `None`, all objects that
    /// match the rule are examined.
    async fn prune(
        &self,
        pruner: &Pruner<'_>,
        rule: &PruneRule,
        found: Option<Vec<PruneCandidate>>,
        each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()>;
}

impl PruneJob {
    /// Returns a job that deletes the objects of one rule, without holds and without a backup.
    pub(super) fn deletion(table: TableSpec, noun: &'static str, rule: PruneRule, max: Option<u64>) -> Self {
        Self {
            table,
            noun,
            verb: "delete",
            goal: PruneOutcome::Deleted,
            rules: vec![rule],
            holds: Vec::new(),
            max,
            backup: None,
            hint: None,
            leftovers: None,
        }
    }

    /// Finds the objects, asks for confirmation once, and deletes them. A dry run only finds them.
    pub(super) fn run(self, app: &App, kind: &impl Prunes) -> Result<()> {
        app.records()?;
        app.check_output(self.table)?;
        if app.options().dry_run != DryRun::Off {
            return self.run_pass(app, PruneMode::Report, async |pruner, output| {
                self.prune_by_rules(kind, pruner, output).await
            });
        }
        if !app.ui().can_confirm() {
            let message = format!("cannot ask whether to {} {}: there is no terminal", self.verb, self.noun);
            return Err(
                Usage::hinted(message, "pass --yes to confirm; --dry-run shows the objects, with reasons").into()
            );
        }
        if app.ui().settings().consent == crate::ui::Consent::Given {
            return self.run_pass(app, PruneMode::Delete, async |pruner, output| {
                self.prune_by_rules(kind, pruner, output).await
            });
        }
        let Some(found) = self.find_and_confirm(app, kind)? else { return Ok(()) };
        self.run_pass(app, PruneMode::Delete, async |pruner, output| {
            for (rule, found) in self.rules.iter().zip(found) {
                kind.prune(pruner, rule, Some(found), |pruned| output.add(app, &pruned)).await?;
            }
            Ok(())
        })
    }

    /// Prunes the objects that match the rules, one rule after the other.
    async fn prune_by_rules(&self, kind: &impl Prunes, pruner: &Pruner<'_>, output: &mut PruneOutput) -> Result<()> {
        for rule in &self.rules {
            kind.prune(pruner, rule, None, |pruned| output.add(pruner.app(), &pruned)).await?;
        }
        Ok(())
    }

    fn options(&self, mode: PruneMode) -> PruneOptions {
        PruneOptions { mode, holds: self.holds.clone(), max: self.max, backup: self.backup.clone() }
    }

    /// Runs `work` with a pruner and an output in the given mode, and prints the counts at the end.
    fn run_pass(
        &self,
        app: &App,
        mode: PruneMode,
        work: impl AsyncFnOnce(&Pruner<'_>, &mut PruneOutput) -> Result<()>,
    ) -> Result<()> {
        let stopping = Stopping::default();
        app.wait_for_end(&stopping, STOPPING_NOTE, async {
            let pruner = Pruner::new(app, self.options(mode), &stopping).await?;
            let mut output = PruneOutput::new(app, self.table, mode, self.goal)?;
            if mode == PruneMode::Delete {
                let next = "run the same command again for the rest".to_owned();
                app.tally().begin(Work { done: self.goal.name(), total: None, next });
            }
            let worked = work(&pruner, &mut output).await;
            // The tally ends here, because the summary prints the final counts.
            app.tally().end();
            let ended = pruner.end();
            let printed = output.end(app, self.hint, self.leftovers);
            worked.and(ended).and(printed)
        })
    }

    /// Finds the objects to prune and asks for confirmation. Returns the objects of each rule, in the order of the
    /// rules, or `None` if there are no objects.
    ///
    /// # Errors
    /// Returns an error if the objects cannot be found, or if the answer is no.
    fn find_and_confirm(&self, app: &App, kind: &impl Prunes) -> Result<Option<Vec<Vec<PruneCandidate>>>> {
        let stopping = Stopping::default();
        let mut output = PruneOutput::silent(app, self.table, self.goal)?;
        let found = app.wait_for_end(&stopping, "nothing was changed", async {
            let pruner = Pruner::new(app, self.options(PruneMode::Report), &stopping).await?;
            let mut found = Vec::new();
            for rule in &self.rules {
                let mut of_rule = Vec::new();
                let each = |pruned: PrunedObject| {
                    output.add(app, &pruned)?;
                    if pruned.outcome == PruneOutcome::Selected {
                        of_rule.push(pruned.candidate);
                    }
                    Ok(())
                };
                kind.prune(&pruner, rule, None, each).await?;
                found.push(of_rule);
            }
            pruner.end()?;
            Ok(found)
        })?;
        let count = found.iter().map(Vec::len).sum::<usize>() as u64;
        if count == 0 {
            return output.end(app, self.hint, None).map(|()| None);
        }
        output.print_counts(app);
        match app.ui().confirm(&format!("{} these {}?", self.verb, self.noun), count)? {
            Confirmation::Yes => Ok(Some(found)),
            Confirmation::No => {
                app.ui().note("nothing was changed");
                Err(exit::AlreadyReported(FAILED).into())
            }
        }
    }
}
