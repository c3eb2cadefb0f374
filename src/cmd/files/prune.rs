//! `asst files prune`: deletes files without references (docs/design/orphans.md#files).

use crate::api::args;
use crate::app::{App, TableSpec};
use crate::cmd::prune::{PruneJob, PruneLimits, Prunes, no_filter};
use crate::config::Age;
use crate::exit::Usage;
use crate::prune::{FileSelection, GraphPart, PruneCandidate, PruneRule, PrunedObject, Pruner};
use crate::view::{Col, Members};
use anyhow::Result;

/// The selection of files to prune.
#[derive(Debug, clap::Args)]
pub struct PruneFiles {
    /// Select all files without references (no other filter needed)
    #[arg(long, help_heading = "Filters")]
    unreferenced: bool,
    /// Only files created longer ago than DURATION: 12h, 30d
    #[arg(long, value_name = "DURATION", help_heading = "Filters")]
    older_than: Option<Age>,
    /// Only files with this purpose; files with purpose user_data are never unreferenced
    #[arg(long, default_value = "assistants", value_parser = args::filter)]
    purpose: String,
    #[command(flatten)]
    limits: PruneLimits,
    /// Skip a part of the reference graph that this backend does not have (repeatable)
    #[arg(long, value_enum, value_name = "PART")]
    without: Vec<GraphPart>,
}

const TABLE: TableSpec = TableSpec {
    noun: "files",
    columns: &[
        Col::id("id"),
        Col::text("filename", "filename"),
        Col::text("verdict", "verdict"),
        Col::text("result", "result"),
        Col::time("created", "created_at"),
        Col::text("reason", "reason"),
    ],
    members: Members::These("id filename verdict result created_at reason"),
};

impl Prunes for FileSelection {
    async fn prune(
        &self,
        pruner: &Pruner<'_>,
        rule: &PruneRule,
        found: Option<Vec<PruneCandidate>>,
        each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        pruner.files(self, rule, found, each).await
    }
}

impl PruneFiles {
    pub(super) fn run(self, app: &App) -> Result<()> {
        if !self.unreferenced && self.older_than.is_none() {
            return Err(no_filter("pass --unreferenced to select all files without a reference").into());
        }
        if self.purpose == "user_data" {
            let message = "files of purpose user_data are used by requests that the backend does not store, so their \
            references cannot be found";
            return Err(Usage::hinted(message, "delete them by ID with `asst files delete`").into());
        }
        let rule = PruneRule::of(self.limits.conditions(self.older_than));
        let job = PruneJob::deletion(TABLE, "files", rule, self.limits.max);
        job.run(app, &FileSelection { purpose: self.purpose, without: self.without })
    }
}
