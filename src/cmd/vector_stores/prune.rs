//! `asst vector-stores prune`: deletes unused vector stores (docs/design/orphans.md#vector-stores).

use crate::app::{App, TableSpec};
use crate::cmd::prune::{PruneJob, PruneLimits, Prunes, no_filter};
use crate::cmd::rows::seconds;
use crate::config::Age;
use crate::prune::{Conditions, GraphPart, PruneCandidate, PruneRule, PrunedObject, Pruner, StoreSelection};
use crate::view::{Col, Members};
use anyhow::Result;

/// The selection of vector stores to prune.
#[derive(Debug, clap::Args)]
pub struct PruneVectorStores {
    /// Only vector stores that have expired
    #[arg(long, help_heading = "Filters")]
    expired: bool,
    /// Only vector stores without files
    #[arg(long, help_heading = "Filters")]
    empty: bool,
    /// Only vector stores whose last use is longer ago than DURATION: 12h, 90d
    #[arg(long, value_name = "DURATION", help_heading = "Filters")]
    idle: Option<Age>,
    /// Only vector stores that no assistant, thread or conversation names; reads all of them again before each deletion
    #[arg(long, help_heading = "Filters")]
    unattached: bool,
    /// Only vector stores created longer ago than DURATION: 12h, 30d
    #[arg(long, value_name = "DURATION", help_heading = "Filters")]
    older_than: Option<Age>,
    #[command(flatten)]
    limits: PruneLimits,
    /// Skip a part of the reference graph that this backend does not have (repeatable)
    #[arg(long, value_enum, value_name = "PART", requires = "unattached")]
    without: Vec<GraphPart>,
}

const TABLE: TableSpec = TableSpec {
    noun: "vector-stores",
    columns: &[
        Col::id("id"),
        Col::text("name", "name"),
        Col::text("verdict", "verdict"),
        Col::text("result", "result"),
        Col::time("created", "created_at"),
        Col::time("active", "active_at"),
        Col::text("reason", "reason"),
    ],
    members: Members::These("id name verdict result created_at active_at reason"),
};

impl Prunes for StoreSelection {
    async fn prune(
        &self,
        pruner: &Pruner<'_>,
        rule: &PruneRule,
        found: Option<Vec<PruneCandidate>>,
        each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        pruner.vector_stores(self, rule, found, each).await
    }
}

impl PruneVectorStores {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let has_filter = self.expired || self.empty || self.unattached || self.idle.or(self.older_than).is_some();
        if !has_filter {
            return Err(no_filter("--expired, --empty, --idle 90d or --unattached selects vector stores").into());
        }
        let conditions = Conditions { idle: self.idle.map(seconds), ..self.limits.conditions(self.older_than) };
        let mut job = PruneJob::deletion(TABLE, "vector stores", PruneRule::of(conditions), self.limits.max);
        job.leftovers = (!self.empty).then_some(LEFTOVERS);
        let selection = StoreSelection {
            expired: self.expired,
            empty: self.empty,
            unattached: self.unattached,
            without: self.without,
        };
        job.run(app, &selection)
    }
}

/// The hint after a deletion. Deleting a vector store does not delete its files
/// (docs/protocol/vector_stores.md#endpoints).
const LEFTOVERS: &str = "the files of deleted vector stores remain; `asst files prune --unreferenced --dry-run` shows \
    those that nothing refers to";
