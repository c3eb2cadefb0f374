//! The common part of all prune commands: rules from flags or a retention file, one confirmation, and the output.

mod rules;
mod show;

pub(super) use rules::{Common, GRACE, Sifter, no_filter, obeyed, sources};

use show::Told;

use crate::app::{App, DryRun, Sheet, Stopping, Work};
use crate::exit::{self, FAILED, Usage};
use crate::prune::{Candidate, Deed, Fate, Hold, Plan, Pruned, Pruner, Rule};
use crate::ui::Confirmation;
use anyhow::Result;
use std::path::PathBuf;

const NEXT: &str = "what is in flight is finished; the same command goes on with what is left";

/// The parameters of a prune command, for any kind of object.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) sheet: Sheet,
    /// The noun in the confirmation, such as `threads`.
    pub(super) noun: &'static str,
    /// The verb in the confirmation, such as `delete`.
    pub(super) verb: &'static str,
    /// The fate of a pruned object.
    pub(super) goal: Fate,
    pub(super) rules: Vec<Rule>,
    pub(super) holds: Vec<Hold>,
    pub(super) max: Option<u64>,
    pub(super) backup: Option<PathBuf>,
    /// A hint for the case that nothing can be pruned.
    pub(super) hint: Option<&'static str>,
}

/// The operations to prune objects of one kind: all that match a rule, or those that were found before.
pub(super) trait Prunes {
    async fn by_rule(&self, pruner: &Pruner<'_>, rule: &Rule, each: impl FnMut(Pruned) -> Result<()>) -> Result<()>;
    async fn again(
        &self,
        pruner: &Pruner<'_>,
        rule: &Rule,
        found: Vec<Candidate>,
        each: impl FnMut(Pruned) -> Result<()>,
    ) -> Result<()>;
}

impl Job {
    /// Finds the objects, asks for confirmation once, and deletes them. A dry run only finds them.
    pub(super) fn run(self, app: &App, kind: &impl Prunes) -> Result<()> {
        app.ledger()?;
        app.check_sheet(self.sheet)?;
        if app.options().dry_run != DryRun::Off {
            return self.pass(app, Deed::Look, async |pruner, told| self.all(kind, pruner, told).await);
        }
        if !app.ui().can_confirm() {
            let message = format!("nobody can be asked whether to {} {}", self.verb, self.noun);
            return Err(Usage::hinted(message, "--yes answers; --dry-run shows what would go, and why").into());
        }
        if app.ui().settings().consent == crate::ui::Consent::Given {
            return self.pass(app, Deed::Delete, async |pruner, told| self.all(kind, pruner, told).await);
        }
        let Some(found) = self.look(app, kind)? else { return Ok(()) };
        self.pass(app, Deed::Delete, async |pruner, told| {
            for (rule, found) in self.rules.iter().zip(found) {
                kind.again(pruner, rule, found, |pruned| told.tell(app, &pruned)).await?;
            }
            Ok(())
        })
    }

    async fn all(&self, kind: &impl Prunes, pruner: &Pruner<'_>, told: &mut Told) -> Result<()> {
        for rule in &self.rules {
            kind.by_rule(pruner, rule, |pruned| told.tell(pruner.app(), &pruned)).await?;
        }
        Ok(())
    }

    fn plan(&self, deed: Deed) -> Plan {
        Plan { deed, holds: self.holds.clone(), max: self.max, backup: self.backup.clone() }
    }

    /// Runs one pass over all objects and prints the counts.
    fn pass(&self, app: &App, deed: Deed, work: impl AsyncFnOnce(&Pruner<'_>, &mut Told) -> Result<()>) -> Result<()> {
        let stopping = Stopping::default();
        app.wait_for_end(&stopping, NEXT, async {
            let pruner = Pruner::new(app, self.plan(deed), &stopping).await?;
            let mut told = Told::new(app, self.sheet, deed, self.goal)?;
            if deed == Deed::Delete {
                let next = "run the same command again for the rest".to_owned();
                app.tally().begin(Work { done: self.goal.name(), total: None, next });
            }
            let done = work(&pruner, &mut told).await;
            // The progress ends here, because the summary prints the final counts.
            app.tally().end();
            let ended = pruner.end();
            let result = told.end(app, self.hint);
            done.and(ended).and(result)
        })
    }

    /// Finds the objects to prune by rule, and asks for confirmation. Returns `None` if there are none.
    fn look(&self, app: &App, kind: &impl Prunes) -> Result<Option<Vec<Vec<Candidate>>>> {
        let stopping = Stopping::default();
        let mut told = Told::silent(app, self.sheet, self.goal)?;
        let found = app.wait_for_end(&stopping, "nothing was changed", async {
            let pruner = Pruner::new(app, self.plan(Deed::Look), &stopping).await?;
            let mut found = Vec::new();
            for rule in &self.rules {
                let mut of_rule = Vec::new();
                let each = |pruned: Pruned| {
                    told.tell(app, &pruned)?;
                    if pruned.fate == Fate::Found {
                        of_rule.push(pruned.candidate);
                    }
                    Ok(())
                };
                kind.by_rule(&pruner, rule, each).await?;
                found.push(of_rule);
            }
            pruner.end()?;
            Ok(found)
        })?;
        let count = found.iter().map(Vec::len).sum::<usize>() as u64;
        if count == 0 {
            return told.end(app, self.hint).map(|()| None);
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
