//! The common part of all prune commands: rules from flags or a retention file, one confirmation, and the output.

mod rules;
mod show;

pub(super) use rules::{Common, Limits, ThreadConditions, no_filter, obeyed, sources};

use show::PruneOutput;

use crate::app::{App, DryRun, Stopping, TableSpec, Work};
use crate::exit::{self, FAILED, Usage};
use crate::prune::{Candidate, PruneMode, PruneOptions, PruneOutcome, PruneRule, PrunedObject, Pruner, RetentionHold};
use crate::ui::Confirmation;
use anyhow::Result;
use std::path::PathBuf;

const NEXT: &str = "completing the requests in flight; run the same command again for the rest";

/// The parameters of a prune command, for any kind of object.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) table: TableSpec,
    /// The noun in the confirmation, such as `threads`.
    pub(super) noun: &'static str,
    /// The verb in the confirmation, such as `delete`.
    pub(super) verb: &'static str,
    /// The outcome of a pruned object.
    pub(super) goal: PruneOutcome,
    pub(super) rules: Vec<PruneRule>,
    pub(super) holds: Vec<RetentionHold>,
    pub(super) max: Option<u64>,
    pub(super) backup: Option<PathBuf>,
    /// A hint for the case that nothing can be pruned.
    pub(super) hint: Option<&'static str>,
    /// A hint for the case that something was deleted, about what remains.
    pub(super) leftovers: Option<&'static str>,
}

/// The operation to prune objects of one kind: those that were found before, or all that match a rule.
pub(super) trait Prunes {
    async fn prune(
        &self,
        pruner: &Pruner<'_>,
        rule: &PruneRule,
        found: Option<Vec<Candidate>>,
        each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()>;
}

impl Job {
    /// Returns the job that deletes what one rule selects, without holds and without a backup.
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
            return self.pass(app, PruneMode::Report, async |pruner, told| self.all(kind, pruner, told).await);
        }
        if !app.ui().can_confirm() {
            let message = format!("cannot ask whether to {} {}: there is no terminal", self.verb, self.noun);
            return Err(
                Usage::hinted(message, "pass --yes to confirm; --dry-run shows the objects, with reasons").into()
            );
        }
        if app.ui().settings().consent == crate::ui::Consent::Given {
            return self.pass(app, PruneMode::Delete, async |pruner, told| self.all(kind, pruner, told).await);
        }
        let Some(found) = self.look(app, kind)? else { return Ok(()) };
        self.pass(app, PruneMode::Delete, async |pruner, told| {
            for (rule, found) in self.rules.iter().zip(found) {
                kind.prune(pruner, rule, Some(found), |pruned| told.tell(app, &pruned)).await?;
            }
            Ok(())
        })
    }

    async fn all(&self, kind: &impl Prunes, pruner: &Pruner<'_>, told: &mut PruneOutput) -> Result<()> {
        for rule in &self.rules {
            kind.prune(pruner, rule, None, |pruned| told.tell(pruner.app(), &pruned)).await?;
        }
        Ok(())
    }

    fn options(&self, mode: PruneMode) -> PruneOptions {
        PruneOptions { mode, holds: self.holds.clone(), max: self.max, backup: self.backup.clone() }
    }

    /// Runs one pass over all objects and prints the counts.
    fn pass(
        &self,
        app: &App,
        mode: PruneMode,
        work: impl AsyncFnOnce(&Pruner<'_>, &mut PruneOutput) -> Result<()>,
    ) -> Result<()> {
        let stopping = Stopping::default();
        app.wait_for_end(&stopping, NEXT, async {
            let pruner = Pruner::new(app, self.options(mode), &stopping).await?;
            let mut told = PruneOutput::new(app, self.table, mode, self.goal)?;
            if mode == PruneMode::Delete {
                let next = "run the same command again for the rest".to_owned();
                app.tally().begin(Work { done: self.goal.name(), total: None, next });
            }
            let done = work(&pruner, &mut told).await;
            // The progress ends here, because the summary prints the final counts.
            app.tally().end();
            let ended = pruner.end();
            let result = told.end(app, self.hint, self.leftovers);
            done.and(ended).and(result)
        })
    }

    /// Finds the objects to prune by rule, and asks for confirmation. Returns `None` if there are none.
    fn look(&self, app: &App, kind: &impl Prunes) -> Result<Option<Vec<Vec<Candidate>>>> {
        let stopping = Stopping::default();
        let mut told = PruneOutput::silent(app, self.table, self.goal)?;
        let found = app.wait_for_end(&stopping, "nothing was changed", async {
            let pruner = Pruner::new(app, self.options(PruneMode::Report), &stopping).await?;
            let mut found = Vec::new();
            for rule in &self.rules {
                let mut of_rule = Vec::new();
                let each = |pruned: PrunedObject| {
                    told.tell(app, &pruned)?;
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
            return told.end(app, self.hint, None).map(|()| None);
        }
        told.say(app);
        match app.ui().confirm(&format!("{} these {}?", self.verb, self.noun), count)? {
            Confirmation::Yes => Ok(Some(found)),
            Confirmation::No => {
                app.ui().note("nothing was changed");
                Err(exit::AlreadyReported(FAILED).into())
            }
        }
    }
}
