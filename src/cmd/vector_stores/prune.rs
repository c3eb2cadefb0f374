//! `asst vector-stores prune`: deletes unused vector stores (docs/design/orphans.md#vector-stores).

use crate::app::records::RowQuery;
use crate::app::{App, TableSpec};
use crate::cmd::prune::{GRACE, Job, Prunes, no_filter};
use crate::cmd::rows::seconds;
use crate::config::Age;
use crate::prune::{Candidate, Conditions, GraphPart, PruneOutcome, PruneRule, PrunedObject, Pruner, StoreSelection};
use crate::view::{Col, Members};
use anyhow::Result;
use std::cell::Cell;

/// The examples of the long help.
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
    /// Only vector stores that no assistant and no thread names; for backends that list both
    #[arg(long, help_heading = "Filters")]
    unattached: bool,
    /// Only vector stores created longer ago than DURATION: 12h, 30d
    #[arg(long, value_name = "DURATION", help_heading = "Filters")]
    older_than: Option<Age>,
    /// Keep vector stores created or used more recently than DURATION [default: 30d]
    #[arg(long, value_name = "DURATION")]
    grace: Option<Age>,
    /// Prune at most N vector stores
    #[arg(long, value_name = "N", value_parser = crate::config::parse_positive::<u64>)]
    max: Option<u64>,
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

/// The pruning of vector stores.
struct Stores {
    selection: StoreSelection,
    deleted: Cell<u64>,
}

impl Stores {
    /// Passes an outcome on, and counts the deletions.
    fn count(&self, pruned: &PrunedObject) {
        self.deleted.set(self.deleted.get() + u64::from(pruned.outcome == PruneOutcome::Deleted));
    }
}

impl Prunes for Stores {
    async fn by_rule(
        &self,
        pruner: &Pruner<'_>,
        rule: &PruneRule,
        mut each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let counted = |pruned: PrunedObject| {
            self.count(&pruned);
            each(pruned)
        };
        pruner.vector_stores(&self.selection, rule, None, counted).await
    }
    async fn again(
        &self,
        pruner: &Pruner<'_>,
        rule: &PruneRule,
        found: Vec<Candidate>,
        mut each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let counted = |pruned: PrunedObject| {
            self.count(&pruned);
            each(pruned)
        };
        pruner.vector_stores(&self.selection, rule, Some(found), counted).await
    }
}

impl PruneVectorStores {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let has_filter = self.expired || self.empty || self.unattached || self.idle.or(self.older_than).is_some();
        if !has_filter {
            return Err(no_filter("--expired, --empty, --idle 90d or --unattached selects vector stores").into());
        }
        let conditions = Conditions {
            grace: self.grace.map_or(GRACE, seconds),
            idle: self.idle.map(seconds),
            older_than: self.older_than.map(seconds),
            ..Conditions::default()
        };
        let job = Job {
            table: TABLE,
            noun: "vector stores",
            verb: "delete",
            goal: PruneOutcome::Deleted,
            rules: vec![PruneRule { name: None, filter: RowQuery::default(), sources: Vec::new(), conditions }],
            holds: Vec::new(),
            max: self.max,
            backup: None,
            hint: None,
        };
        let selection = StoreSelection {
            expired: self.expired,
            empty: self.empty,
            unattached: self.unattached,
            without: self.without,
        };
        let stores = Stores { selection, deleted: Cell::new(0) };
        let result = job.run(app, &stores);
        if stores.deleted.get() > 0 && !self.empty {
            app.ui().hint(LEFTOVERS);
        }
        result
    }
}

/// Deleting a vector store does not delete its files (docs/protocol/vector_stores.md#endpoints).
const LEFTOVERS: &str = "the files of deleted vector stores remain; `asst files prune --unreferenced --dry-run` shows \
    those that nothing names";
