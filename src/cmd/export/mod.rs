//! `asst export`: writes an archive of the objects of a backend, as a backup before a deletion or the backend's
//! retirement.

mod choose;
mod verify;

use super::rows::RowFilter;
use crate::app::{App, Cardinality, StdoutState, Stopping, TableSpec, Work};
use crate::exit::Usage;
use crate::export::{ExportMode, ExportedThread, Exporter, ListNeed, ThreadOutcome};
use crate::ui::counted;
use crate::view::{Col, Members, Printer};
use anyhow::{Context, Result};
use clap::ValueEnum;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
    /// Checks every file against the manifest. With --remote, also checks the IDs of messages, runs and steps against
    /// the backend.
    Verify(verify::Verify),
}

/// The kinds of objects to export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExportPart {
    /// Threads with their messages, runs, steps and files
    Threads,
    /// The list of assistants
    Assistants,
    /// The list of files
    Files,
}

/// The arguments of an export.
#[derive(Debug, clap::Args)]
struct Exporting {
    /// Folder of the archive; an existing archive is updated
    #[arg(required = true)]
    dir: Option<PathBuf>,
    /// IDs of the threads to export; - reads them from standard input [default: the threads of the profile's origin in
    /// the ledger]
    #[arg(value_name = "THREAD_ID", conflicts_with_all = ["remote", "state", "source", "assistant", "metadata",
        "older_than", "newer_than", "idle", "ci_job", "id_prefix", "origin", "all_origins"])]
    ids: Vec<String>,
    /// Kinds to export, comma-separated [default: threads if IDs are given, else everything]
    #[arg(long, value_enum, value_delimiter = ',')]
    kind: Vec<ExportPart>,
    /// Also export the threads that the backend lists (Azure AI Foundry, the embedded server)
    #[arg(long)]
    remote: bool,
    #[arg(long, help = crate::cmd::request::ALLOW_EMPTY)]
    allow_empty: bool,
    /// Fetch everything again instead of only what is new
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
        let dir = self.dir.clone().context(Usage::new("name the folder of the export"))?;
        let given = choose::given(app, &self.ids, self.allow_empty)?;
        if choose::dry(app, given.as_deref())? {
            return Ok(());
        }
        let stopping = Stopping::default();
        let printer = app.printer(TABLE, Cardinality::Many)?;
        app.wait_for_end(&stopping, NEXT, async {
            let mode = if self.full { ExportMode::Full } else { ExportMode::Incremental };
            let export = Exporter::open(app, &dir, mode, &stopping).await?;
            let kinds = self.kinds(given.is_some());
            if kinds.contains(&ExportPart::Threads) {
                let ids = match given {
                    Some(ids) => ids,
                    None => self.chosen(app).await?,
                };
                export.files(export.failed_files()).await?;
                threads(app, &export, ids, &dir, printer).await?;
            }
            let need = if self.kind.is_empty() { ListNeed::Optional } else { ListNeed::Required };
            if kinds.contains(&ExportPart::Assistants) {
                export.assistants(need).await?;
            }
            if kinds.contains(&ExportPart::Files) {
                export.file_list(need).await?;
            }
            export.end()
        })
    }

    fn kinds(&self, ids: bool) -> Vec<ExportPart> {
        match (self.kind.is_empty(), ids) {
            (false, _) => self.kind.clone(),
            (true, true) => vec![ExportPart::Threads],
            (true, false) => ExportPart::value_variants().to_vec(),
        }
    }
}

/// Exports threads, prints each as it is finished, and prints the counts at the end.
async fn threads(app: &App, export: &Exporter<'_>, ids: Vec<String>, dir: &Path, mut printer: Printer) -> Result<()> {
    let asked = ids.len() as u64;
    let mut shown = StdoutState::Open;
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let next = "run the same command again for the rest".to_owned();
    app.tally().begin(Work { done: "threads exported", total: Some(asked), next });
    let show = |exported: &ExportedThread| {
        app.tally().done();
        *counts.entry(exported.outcome.name()).or_default() += 1;
        Ok(shown.out(app.ui(), &printer.item(&item(exported))?)?)
    };
    export.threads(ids, show).await?;
    app.tally().end();
    shown.out(app.ui(), &printer.end()?)?;
    let outcomes = [ThreadOutcome::New, ThreadOutcome::Updated, ThreadOutcome::Unchanged, ThreadOutcome::Gone]
        .map(ThreadOutcome::name);
    let said = outcomes.iter().filter_map(|name| Some(format!("{} {name}", counts.get(name)?)));
    let said = said.collect::<Vec<_>>().join(", ");
    let done: u64 = counts.values().sum();
    let (files, unfetched) = (export.downloaded(), export.unfetched());
    let said = if said.is_empty() { said } else { format!(" ({said})") };
    let mut text =
        format!("{done} of {}{said} and {} in {}", counted(asked, "thread"), counted(files, "new file"), dir.display());
    if unfetched > 0 {
        text += &format!("; {unfetched} could not be fetched, see `failed` in its manifest.json");
    }
    let summary = json!({ "asked": asked, "done": done, "outcomes": counts, "files": files, "unfetched": unfetched });
    app.ui().summary(&text, &summary);
    Ok(())
}

fn item(exported: &ExportedThread) -> Value {
    json!({
        "id": exported.id,
        "result": exported.outcome.name(),
        "messages": exported.messages,
        "runs": exported.runs,
        "steps": exported.steps,
    })
}
