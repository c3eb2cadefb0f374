//! `asst export`: writes an archive of the objects of a backend, as a backup before a deletion or the backend's
//! retirement.

mod choose;
mod parts;
mod verify;

use super::rows::RowFilter;
use crate::app::{App, Cardinality, Stopping, TableSpec};
use crate::exit::Usage;
use crate::export::{ExportMode, Exporter};
use crate::view::{Col, Members};
use anyhow::{Context, Result};
use clap::ValueEnum;
use parts::Target;
use std::path::PathBuf;

const NEXT: &str = "run the same command again to continue";

/// An export, or the verification of one.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Export {
    #[command(subcommand)]
    verify: Option<Command>,
    #[command(flatten)]
    what: Exporting,
}

/// The operations on an existing archive.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Verify an archive
    ///
    /// Checks every file against the manifest. With --remote, also checks the IDs of messages, runs, steps, files of
    /// vector stores, and conversation items against the backend.
    Verify(verify::Verify),
}

/// The kinds of objects to export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExportPart {
    /// Threads with their messages, runs, run steps and files
    Threads,
    /// Conversations with their items
    Conversations,
    /// The vector stores that the backend lists, with the lists of their files, and the files
    VectorStores,
    /// The list of assistants, and the files that they name
    Assistants,
    /// The list of files
    Files,
    /// The uploads in the ledger
    Uploads,
}

/// The arguments of an export.
#[derive(Debug, clap::Args)]
struct Exporting {
    /// Folder of the archive; an existing archive is updated
    #[arg(required = true)]
    dir: Option<PathBuf>,
    /// IDs of the threads to export, or of conversations or vector stores with --kind; - reads them from standard input
    /// [default: the threads and conversations of the profile's origin in the ledger, and the backend's lists]
    // The name selects the IDs that a completion offers.
    #[arg(value_name = "THREAD_ID", conflicts_with_all = ["remote", "state", "source", "assistant", "metadata",
        "older_than", "newer_than", "idle", "ci_job", "id_prefix", "origin", "all_origins"])]
    ids: Vec<String>,
    /// Kinds to export, comma-separated. With IDs, their kind: conversations, vector-stores or threads; threads can be
    /// combined with kinds that are exported as lists [default: threads if IDs are given, else all kinds]
    #[arg(long, value_enum, value_delimiter = ',')]
    kind: Vec<ExportPart>,
    /// Also export the threads and conversations that the backend lists, if it has such lists
    #[arg(long)]
    remote: bool,
    #[arg(long, help = crate::cmd::request::ALLOW_EMPTY)]
    allow_empty: bool,
    /// Fetch all objects again, not only new ones
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    filter: RowFilter,
}

const TABLE: TableSpec = TableSpec {
    noun: "export",
    columns: &[
        Col::id("id"),
        Col::text("result", "result"),
        Col::count("messages", "messages"),
        Col::count("runs", "runs"),
        Col::count("steps", "steps"),
    ],
    members: Members::These("id result messages runs steps"),
};

impl Export {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self.verify {
            Some(Command::Verify(verify)) => verify.run(app),
            None => self.what.run(app),
        }
    }
}

impl Exporting {
    fn run(self, app: &App) -> Result<()> {
        let dir = self.dir.clone().context(Usage::new("expected the folder of the archive"))?;
        let selection = self.selection()?;
        let given = choose::given(app, selection.given, &self.ids, self.allow_empty)?;
        if choose::dry(app, &selection, given.as_deref())? {
            return Ok(());
        }
        let stopping = Stopping::default();
        let printer = app.printer(TABLE, Cardinality::Many)?;
        app.wait_for_end(&stopping, NEXT, async {
            let mode = if self.full { ExportMode::Full } else { ExportMode::Incremental };
            let export = Exporter::open(app, &dir, mode, &stopping).await?;
            if selection.names_files() {
                export.files(export.failed_files()).await?;
            }
            parts::export(app, &self, &selection, given, Target { export: &export, dir: &dir, printer }).await?;
            export.end()
        })
    }
}
