//! `asst runs prune`: cancels stuck runs (docs/design/orphans.md#runs).

use crate::api::args::{self, Pair};
use crate::app::records::RowQuery;
use crate::app::{App, TableSpec};
use crate::cmd::prune::{PruneJob, PruneLimits, Prunes, no_filter, permitted_sources};
use crate::config::{Age, SourceCondition};
use crate::prune::{Conditions, PruneCandidate, PruneOutcome, PruneRule, PrunedObject, Pruner};
use crate::view::{CellKind, Col, Members};
use anyhow::Result;

/// The selection of runs to prune.
#[derive(Debug, clap::Args)]
pub struct PruneRuns {
    /// Select all runs that are proven stuck (no other filter needed)
    #[arg(long, help_heading = "Filters")]
    stuck: bool,
    /// Only runs of this assistant
    #[arg(long, value_name = "ID", value_parser = args::filter, help_heading = "Filters")]
    assistant: Option<String>,
    /// Only runs with this metadata pair (repeatable)
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Filters")]
    metadata: Vec<Pair>,
    /// Only runs created longer ago than DURATION: 12h, 30d
    #[arg(long, value_name = "DURATION", help_heading = "Filters")]
    older_than: Option<Age>,
    /// Only runs that this CI job created, or on threads that it created
    #[arg(long, value_name = "JOB", value_parser = args::filter, help_heading = "Filters")]
    ci_job: Option<String>,
    /// Only runs with this source in the ledger, or on threads with it [default: created and recorded]
    #[arg(long, value_enum, help_heading = "Filters")]
    source: Option<SourceCondition>,
    #[command(flatten)]
    limits: PruneLimits,
}

const TABLE: TableSpec = TableSpec {
    noun: "runs",
    columns: &[
        Col::id("id"),
        Col::new("thread", "parent", CellKind::Id),
        Col::text("verdict", "verdict"),
        Col::text("result", "result"),
        Col::time("created", "created_at"),
        Col::text("reason", "reason"),
    ],
    members: Members::These("id parent verdict result created_at source reason"),
};

/// All runs, as a selection for a [`PruneJob`].
struct Runs;

impl Prunes for Runs {
    async fn prune(
        &self,
        pruner: &Pruner<'_>,
        rule: &PruneRule,
        found: Option<Vec<PruneCandidate>>,
        each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        match found {
            Some(found) => pruner.runs_again(rule, found, each).await,
            None => pruner.runs(rule, each).await,
        }
    }
}

impl PruneRuns {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let filters_rows = self.source.is_some_and(|source| source != SourceCondition::Any) || self.ci_job.is_some();
        let filters_runs = self.assistant.is_some() || !self.metadata.is_empty() || self.older_than.is_some();
        if !(self.stuck || filters_rows || filters_runs) {
            return Err(no_filter("pass --stuck to select all runs that are proven to be stuck").into());
        }
        let conditions = Conditions {
            metadata: self.metadata.into_iter().map(|pair| (pair.key, pair.value)).collect(),
            assistant: self.assistant,
            ..self.limits.conditions(self.older_than)
        };
        let filter = RowQuery { ci_job: self.ci_job, ..RowQuery::default() };
        let rule = PruneRule { name: None, filter, sources: permitted_sources(self.source), conditions };
        let job = PruneJob {
            table: TABLE,
            noun: "runs",
            verb: "cancel",
            goal: PruneOutcome::Cancelled,
            rules: vec![rule],
            holds: Vec::new(),
            max: self.limits.max,
            backup: None,
            hint: None,
            leftovers: None,
        };
        job.run(app, &Runs)
    }
}
