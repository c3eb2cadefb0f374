//! `asst ledger`: the commands that maintain the ledger.

mod copy;
mod doctor;
mod events;
mod forget;
mod import;
mod scan;
mod stats;
mod sync;
mod verify;

use super::LazyCommand;
use super::rows::{self, RowFilter};
use crate::app::records::SettleResult;
use crate::app::{App, TableSpec};
use crate::env::clock;
use crate::exit::Usage;
use crate::view::{CellKind, Col};
use anyhow::Result;

/// Operations on the ledger.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the rows of the ledger, of every kind
    #[command(visible_alias = "ls")]
    List(LazyCommand<ListRows>),
    /// Import IDs from files and pipes
    ///
    /// Imported rows are listed in the order of the input, unless more than 10,000 are imported at once.
    Import(LazyCommand<import::Import>),
    /// Find IDs in logs, dumps and archives, and import them
    Scan(LazyCommand<scan::Scan>),
    /// Import everything that the backend can list
    Sync(LazyCommand<sync::SyncLedger>),
    /// Check the objects in the ledger against the backend, and record which are live and which are gone
    Verify(LazyCommand<verify::VerifyRows>),
    /// List what asst deleted: user, time and request
    Events(LazyCommand<events::ListEvents>),
    /// Copy a ledger into another, such as a local file into a shared database
    Copy(LazyCommand<copy::Copy>),
    /// Remove rows from the ledger without changing the backend
    Forget(LazyCommand<forget::Forget>),
    /// Count the rows of the ledger
    Stats(LazyCommand<stats::Stats>),
    /// Find problems that need a decision: open intents, spill files, foreign IDs, overdue runs, a damaged ledger
    Doctor(LazyCommand<doctor::Doctor>),
    /// Record the outcome of an open intent
    Settle(LazyCommand<Settle>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(LazyCommand(list)) => list.run(app),
            Self::Import(LazyCommand(import)) => import.run(app),
            Self::Scan(LazyCommand(scan)) => scan.run(app),
            Self::Sync(LazyCommand(sync)) => sync.run(app),
            Self::Verify(LazyCommand(verify)) => verify.run(app),
            Self::Events(LazyCommand(events)) => events.run(app),
            Self::Copy(LazyCommand(copy)) => copy.run(app),
            Self::Forget(LazyCommand(forget)) => forget.run(app),
            Self::Stats(LazyCommand(stats)) => stats.run(app),
            Self::Doctor(LazyCommand(doctor)) => doctor.run(app),
            Self::Settle(LazyCommand(settle)) => settle.run(app),
        }
    }
}

/// The arguments of `asst ledger list`.
#[derive(Debug, clap::Args)]
pub struct ListRows {
    /// Only objects of this kind: assistant, thread, run, file, vector_store, conversation
    #[arg(long, help_heading = "Filters")]
    kind: Option<String>,
    /// List at most N rows [default: all]
    #[arg(long, value_name = "N", value_parser = crate::config::parse_positive::<u64>)]
    limit: Option<u64>,
    #[command(flatten)]
    filter: RowFilter,
}

const ROWS: TableSpec = TableSpec {
    noun: "ledger",
    columns: &[
        Col::id("id"),
        Col::text("kind", "kind"),
        Col::text("state", "state"),
        Col::time("created", "created_at"),
        Col::text("name", "name"),
        Col::new("parent", "parent", CellKind::Id),
        Col::text("source", "source"),
        Col::text("origin", "origin"),
    ],
    members: rows::MEMBERS,
};

impl ListRows {
    fn run(self, app: &App) -> Result<()> {
        let records = app.records()?;
        let mut filter = self.filter.filter(app)?;
        filter.kind = self.kind.as_deref().map(crate::intake::kind).transpose()?;
        if rows::show(app, &records, ROWS, &filter, self.limit)?.count == 0 {
            self.filter.warn_if_given_a_name(app);
        }
        Ok(())
    }
}

/// The arguments of `asst ledger settle`: an intent and its outcome.
#[derive(Debug, clap::Args)]
pub struct Settle {
    /// ID of the open intent
    intent: String,
    /// ID of the object that the request created
    #[arg(required_unless_present = "none")]
    id: Option<String>,
    /// Record that the request created nothing
    #[arg(long, conflicts_with = "id")]
    none: bool,
}

impl Settle {
    fn run(self, app: &App) -> Result<()> {
        let records = app.records()?;
        if let Some(id) = &self.id {
            crate::api::ids::check(id)?;
        }
        match records.settle(&self.intent, self.id.as_deref(), clock::now())? {
            SettleResult::Done(done) => match self.id {
                Some(id) => app.ui().note(&format!("{} {id} is recorded", done.intent.kind)),
                None => app.ui().note("settled: nothing was created"),
            },
            SettleResult::NoSuchIntent => {
                let hint = "run `asst ledger doctor` to list the open intents";
                return Err(Usage::hinted(format!("no intent `{}` in the ledger", self.intent), hint).into());
            }
            SettleResult::AlreadySettled(_) => app.ui().note("the intent was already settled; nothing was changed"),
        }
        Ok(())
    }
}
