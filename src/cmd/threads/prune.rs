//! `asst threads prune`: deletes threads that are proven to be unused (docs/design/orphans.md#threads).

use crate::app::{App, DryRun, TableSpec};
use crate::cmd::prune::{LedgerPruneFlags, PruneJob, Prunes, ThreadConditions, applicable_rules};
use crate::exit::Usage;
use crate::prune::{
    ActiveRunPolicy, AssistantCondition, PruneCandidate, PruneOutcome, PruneRule, PrunedObject, Pruner,
};
use crate::view::{Col, Members};
use anyhow::Result;
use std::path::PathBuf;

/// The selection of threads to prune, and the steps before each deletion.
#[derive(Debug, clap::Args)]
pub struct PruneThreads {
    /// Select all threads that are proven orphaned (no other filter needed)
    #[arg(long, help_heading = "Filters")]
    orphaned: bool,
    /// Only threads without messages and runs
    #[arg(long, help_heading = "Filters")]
    empty: bool,
    /// Include threads whose assistants still exist; the other filters and the grace period then decide
    #[arg(long, conflicts_with = "orphaned")]
    any_assistant: bool,
    /// Cancel runs that have been active for longer than the grace period, instead of keeping their threads
    #[arg(long)]
    cancel_runs: bool,
    /// Export each thread to DIR before it is deleted
    #[arg(long, value_name = "DIR")]
    backup: Option<PathBuf>,
    /// Take rules and holds from a retention file
    #[arg(long, value_name = "PATH", conflicts_with_all = ["orphaned", "empty", "any_assistant", "source", "grace",
        "assistant", "metadata", "older_than", "newer_than", "idle", "ci_job", "id_prefix"])]
    policy: Option<PathBuf>,
    #[command(flatten)]
    flags: LedgerPruneFlags,
}

/// The hint if all threads are in use.
const HINT: &str = "--dry-run shows why each thread is kept; --any-assistant leaves the decision to the other filters and \
the grace period";
/// The hint of a dry run, whose output has the reasons already.
const DRY_RUN_HINT: &str = "--any-assistant leaves the decision to the other filters and the grace period";

const TABLE: TableSpec = TableSpec {
    noun: "threads",
    columns: &[
        Col::id("id"),
        Col::text("verdict", "verdict"),
        Col::text("result", "result"),
        Col::time("created", "created_at"),
        Col::text("reason", "reason"),
    ],
    members: Members::These("id verdict result created_at active_at source rule reason"),
};

/// All threads, as a selection for a [`PruneJob`].
struct Threads;

impl Prunes for Threads {
    async fn prune(
        &self,
        pruner: &Pruner<'_>,
        rule: &PruneRule,
        found: Option<Vec<PruneCandidate>>,
        each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        match found {
            Some(found) => pruner.threads_again(rule, found, each).await,
            None => pruner.threads(rule, each).await,
        }
    }
}

impl PruneThreads {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let active = if self.cancel_runs { ActiveRunPolicy::Cancel } else { ActiveRunPolicy::Keep };
        let filters = self.orphaned || self.empty || self.flags.has_filter();
        if !filters && self.any_assistant {
            return Err(Usage::new("--any-assistant selects nothing by itself; pass another filter").into());
        }
        let thread_conditions = ThreadConditions {
            empty: self.empty,
            assistants: if self.any_assistant { AssistantCondition::Any } else { AssistantCondition::Missing },
            active,
        };
        let hint = match app.options().dry_run {
            DryRun::Off => HINT,
            _ => DRY_RUN_HINT,
        };
        let own = filters.then(|| self.flags.rule(thread_conditions));
        let (rules, holds) = applicable_rules(app, self.policy.as_ref(), own, active)?;
        let job = PruneJob {
            table: TABLE,
            noun: "threads",
            verb: "delete",
            goal: PruneOutcome::Deleted,
            rules,
            holds,
            max: self.flags.limits.max,
            backup: self.backup,
            hint: (!self.any_assistant).then_some(hint),
            leftovers: None,
        };
        job.run(app, &Threads)
    }
}
