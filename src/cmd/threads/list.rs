//! `asst threads list`: lists threads from the ledger, because the protocol has no endpoint for such a list. With
//! `--remote`, the command requests the list of a backend that has the endpoint.

use crate::api::paging::Paging;
use crate::api::threads::ListThreads as Remote;
use crate::api::{Backend, Kind, Nothing};
use crate::app::{App, Call, Payload, TableSpec};
use crate::cmd::columns;
use crate::cmd::crud::print_list;
use crate::cmd::rows::{self, RowFilter, ShownRows};
use crate::env::clock;
use crate::exit::Usage;
use crate::view::{CellKind, Col};
use anyhow::Result;

/// The arguments of the thread list.
#[derive(Debug, clap::Args)]
pub struct ListThreads {
    /// List at most N threads [default: all]
    #[arg(long, value_name = "N", value_parser = crate::config::parse_positive::<u64>)]
    limit: Option<u64>,
    /// List the threads of the backend, if it can (Azure AI Foundry, the embedded server), and record them
    #[arg(long, conflicts_with_all = ["orphaned", "state", "source", "assistant", "metadata", "older_than", "newer_than",
        "idle", "ci_job", "id_prefix", "origin", "all_origins"])]
    remote: bool,
    /// Only threads that the ledger shows as unused: all their runs are of deleted assistants, or they have neither
    /// messages nor runs and have been idle for 30 days
    #[arg(long, help_heading = "Filters")]
    orphaned: bool,
    #[command(flatten)]
    filter: RowFilter,
}

const TABLE: TableSpec = TableSpec {
    noun: "threads",
    columns: &[
        Col::id("id"),
        Col::text("state", "state"),
        Col::time("created", "created_at"),
        Col::time("active", "active_at"),
        // The ledger does not see messages of runs and other programs, so the total number is unknown.
        Col::count("sent", "messages"),
        Col::new("assistant", "assistant", CellKind::Id),
        Col::text("assistant name", "assistant_name"),
        Col::text("source", "source"),
        Col::text("made by", "made_by"),
    ],
    members: rows::MEMBERS,
};

impl ListThreads {
    pub(super) fn run(self, app: &App) -> Result<()> {
        if self.remote {
            return self.remote(app);
        }
        let records = app.records()?;
        let mut filter = self.filter.filter(app)?;
        filter.kind = Some(Kind::Thread);
        filter.orphaned_at = self.orphaned.then(clock::now);
        if self.orphaned || filter.idle_since.is_some() {
            // These filters are correct only for a complete ledger, and their output is passed to commands that delete.
            records.require_complete()?;
        }
        let shown = rows::show(app, &records, TABLE, &filter, self.limit)?;
        let checked = records.checked_at(filter.origin.as_deref(), Kind::Thread)?;
        if shown.count == 0 {
            self.filter.warn_if_given_a_name(app);
        }
        let lists = app.profile_if_any()?.map(|profile| profile.backend.lists_threads());
        let shown = ShownRows { is_filtered: self.orphaned || self.filter.is_set(), ..shown };
        rows::summarize(app, shown, "threads", filter.origin.as_deref(), checked, lists);
        Ok(())
    }

    /// Lists the threads of the backend, and records each before it is printed.
    fn remote(self, app: &App) -> Result<()> {
        if app.profile()?.backend == Backend::OpenAi {
            let hint = "`asst threads list` shows the threads in the ledger";
            return Err(Usage::hinted("OpenAI does not list threads", hint).into());
        }
        print_list(
            app,
            columns::THREADS,
            Call::of::<Remote>(&Nothing {}, &Paging::default(), Payload::None),
            self.limit,
        )
    }
}
