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

use super::Later;
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
    List(Later<List>),
    /// Import IDs from files and pipes
    ///
    /// Imported rows are listed in the order of the input, unless more than 10,000 are imported at once.
    Import(Later<import::Import>),
    /// Find IDs in logs, dumps and archives, and import them
    Scan(Later<scan::Scan>),
    /// Import everything that the backend can list
    Sync(Later<sync::Sync>),
    /// Check the objects in the ledger against the backend, and record which are live and which are gone
    Verify(Later<verify::Verify>),
    /// List what asst deleted: user, time and request
    Events(Later<events::Events>),
    /// Copy a ledger into another, such as a local file into a shared database
    Copy(Later<copy::Copy>),
    /// Remove rows from the ledger without changing the backend
    Forget(Later<forget::Forget>),
    /// Count the rows of the ledger
    Stats(Later<stats::Stats>),
    /// Find what needs a decision: open intents, spill files, foreign IDs, overdue runs, a damaged ledger
    Doctor(Later<doctor::Doctor>),
    /// Record the outcome of an open intent
    Settle(Later<Settle>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(Later(list)) => list.run(app),
            Self::Import(Later(import)) => import.run(app),
            Self::Scan(Later(scan)) => scan.run(app),
            Self::Sync(Later(sync)) => sync.run(app),
            Self::Verify(Later(verify)) => verify.run(app),
            Self::Events(Later(events)) => events.run(app),
            Self::Copy(Later(copy)) => copy.run(app),
            Self::Forget(Later(forget)) => forget.run(app),
            Self::Stats(Later(stats)) => stats.run(app),
            Self::Doctor(Later(doctor)) => doctor.run(app),
            Self::Settle(Later(settle)) => settle.run(app),
        }
    }
}

/// The arguments of the row list.
#[derive(Debug, clap::Args)]
pub struct List {
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

impl List {
    fn run(self, app: &App) -> Result<()> {
        let records = app.records()?;
        let mut filter = self.filter.filter(app)?;
        filter.kind = self.kind.as_deref().map(crate::intake::kind).transpose()?;
        if rows::show(app, &records, ROWS, &filter, self.limit)? == 0 {
            self.filter.doubt(app);
        }
        Ok(())
    }
}

/// The outcome of an intent.
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
