//! `asst restore`: creates the threads and conversations of an archive at another backend.

mod file_map;
mod select;
mod verify;

use crate::app::{App, Cardinality, Outcomes, StdoutState, Stopping, TableSpec, Work};
use crate::archive::ArchiveReader;
use crate::exit::{
    self, AlreadyReported, DIFFERENT, DONE, FAILED, NOT_OFFERED, NOT_PERMITTED, RATE_LIMITED, UNREACHABLE, Usage,
};
use crate::restore::{
    ChosenConversion, CitationMode, FileMode, ImageMode, ObjectKind, RestoreOutcome, RestoredObject, Restorer,
    TargetForm, ToolCallMode,
};
use crate::ui::{OutputError, Unit, counted};
use crate::view::{CellKind, Col, Members, Printer};
use anyhow::{Context, Result};
use futures_util::StreamExt;
use select::RestorePart;
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The failures after which further requests would fail too.
const FATAL: [u8; 4] = [NOT_PERMITTED, NOT_OFFERED, RATE_LIMITED, UNREACHABLE];

/// A restore, or the verification of one.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Restore {
    #[command(subcommand)]
    verify: Option<Command>,
    #[command(flatten)]
    what: Restoring,
}

/// The operations on restored objects.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Compare restored threads and conversations with the archive
    ///
    /// Lists the messages or items of each restored object, and compares them with the archive in order. Writes the
    /// results into the archive.
    Verify(verify::Verify),
}

/// The arguments of a restore.
#[derive(Debug, clap::Args)]
struct Restoring {
    /// Folder of the archive
    #[arg(required = true)]
    archive: Option<PathBuf>,
    /// IDs of threads and conversations in the archive; - reads them from standard input [default: all]
    #[arg(value_name = "ID", conflicts_with = "kind")]
    ids: Vec<String>,
    /// Profile of the backend that receives the objects [default: the selected profile]
    #[arg(long, value_name = "PROFILE", conflicts_with_all = ["profile", "local"])]
    to: Option<String>,
    /// Form in which threads are restored; a thread that was restored before keeps its form [default: conversations at
    /// OpenAI, threads elsewhere]
    #[arg(long = "as", value_name = "FORM", value_enum)]
    form: Option<TargetForm>,
    /// Kinds to restore, comma-separated [default: both]
    #[arg(long, value_enum, value_delimiter = ',')]
    kind: Vec<RestorePart>,
    /// Treatment of the files to which messages refer
    #[arg(long, value_enum, default_value = "upload")]
    files: FileMode,
    /// File with the IDs that files already have at the target: OLD_ID NEW_ID on each line
    #[arg(long, value_name = "PATH|-")]
    file_map: Option<String>,
    /// Treatment of citations in texts
    #[arg(long, value_enum, default_value = "keep")]
    citations: CitationMode,
    /// Treatment of images
    #[arg(long, value_enum, default_value = "link")]
    images: ImageMode,
    /// Treatment of function calls and their outputs [default: pairs in conversations, drop in threads]
    #[arg(long, value_enum)]
    tool_calls: Option<ToolCallMode>,
    /// Exit with code 9 if anything is changed or lost
    #[arg(long)]
    exit_code: bool,
    #[arg(long, help = crate::cmd::request::ALLOW_EMPTY)]
    allow_empty: bool,
}

const TABLE: TableSpec = TableSpec {
    noun: "restore",
    columns: &[
        Col::id("id"),
        Col::text("result", "result"),
        Col::new("new_id", "new_id", CellKind::Id),
        Col::count("messages", "messages"),
        Col::text("lost", "lost"),
    ],
    members: Members::These("id kind as result new_id messages lost losses"),
};

impl Restore {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self.verify {
            Some(Command::Verify(verify)) => at_target(app, verify.to.as_deref(), |target| verify.run(target)),
            None => at_target(app, self.what.to.as_deref(), |target| self.what.run(target)),
        }
    }
}

/// Calls `work` with the backend that receives the objects.
fn at_target(app: &App, profile: Option<&str>, work: impl FnOnce(&App) -> Result<()>) -> Result<()> {
    let Some(profile) = profile else { return work(app) };
    let target = app.beside(Some(profile))?;
    let result = work(&target);
    let closed = target.close(&result);
    result.and(closed)
}

impl Restoring {
    fn run(&self, app: &App) -> Result<()> {
        let root = self.archive.as_deref().context(Usage::new("expected the folder of the archive"))?;
        if self.files == FileMode::Skip && self.file_map.is_some() {
            return Err(Usage::new("--file-map has no effect with --files skip; remove one of them").into());
        }
        let given = self.file_map.as_deref().map(file_map::read).transpose()?.unwrap_or_default();
        let archive = ArchiveReader::open(root)?;
        let objects = select::objects(app, &archive, &self.ids, self.allow_empty, &self.kind)?;
        let conversion = self.conversion(app, &objects)?;
        let gap = select::gap(&archive).filter(|_| self.ids.is_empty());
        if let Some(gap) = &gap {
            app.ui().warn(gap);
        }
        let stopping = Stopping::default();
        let next = "run the same command again to continue";
        app.wait_for_end(&stopping, next, async {
            let restorer = Restorer::open(app, &archive, conversion, (self.files, given), &stopping).await?;
            let work = RestoreRun { app, restorer, root, stopping: &stopping };
            let (outcomes, has_losses) = work.all(objects, gap.is_some()).await?;
            outcomes.result()?;
            if self.exit_code && has_losses { Err(AlreadyReported(DIFFERENT).into()) } else { Ok(()) }
        })
    }

    /// Returns the form of the restored objects.
    fn conversion(&self, app: &App, objects: &[(ObjectKind, String)]) -> Result<ChosenConversion> {
        let form = match self.form {
            Some(form) => form,
            None if app.profile_if_any()?.is_some_and(|profile| profile.is_openai_itself()) => {
                TargetForm::Conversations
            }
            None => TargetForm::Threads,
        };
        let Self { citations, images, tool_calls, .. } = *self;
        let has_threads = form == TargetForm::Threads && objects.iter().any(|(kind, _)| *kind == ObjectKind::Thread);
        if has_threads && tool_calls == Some(ToolCallMode::Pairs) {
            let message = "--tool-calls pairs needs conversations, because a thread cannot take function calls";
            return Err(Usage::hinted(message, "pass --as conversations, or --tool-calls text").into());
        }
        Ok(ChosenConversion { form, citations, images, tool_calls })
    }
}

/// The restore of all selected objects.
struct RestoreRun<'a> {
    app: &'a App,
    restorer: Restorer<'a>,
    root: &'a Path,
    stopping: &'a Stopping,
}

impl RestoreRun<'_> {
    /// Restores the objects, several at once, and prints each. Returns the outcomes, and `true` if anything was changed or
    /// lost. `has_gap` is `true` if the archive may lack objects.
    async fn all(&self, objects: Vec<(ObjectKind, String)>, has_gap: bool) -> Result<(Outcomes, bool)> {
        let Self { app, restorer, .. } = self;
        let asked = objects.len() as u64;
        let mut printer = app.printer(TABLE, Cardinality::Many)?;
        let mut shown = StdoutState::Open;
        let mut outcomes = Outcomes::default();
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        let mut with_losses = 0;
        let next = "run the same command again for the rest".to_owned();
        app.tally().begin(Work { done: "restored", total: Some(asked), next });
        let bar = app.ui().progress("objects", Unit::Items, Some(asked));
        let is_over = Cell::new(false);
        let objects = futures_util::stream::iter(objects)
            .take_while(|_| std::future::ready(!self.stopping.is_set() && !is_over.get()));
        let restores = objects.map(async |(kind, id)| (restorer.object(kind, &id).await, id));
        let mut restores = std::pin::pin!(restores.buffer_unordered(restorer.concurrency()));
        while let Some((result, id)) = restores.next().await {
            bar.tick(1);
            match result {
                Ok(restored) if restored.outcome == RestoreOutcome::Stopped => {}
                Ok(restored) => {
                    app.tally().done();
                    outcomes.add(DONE);
                    *counts.entry(restored.outcome.name()).or_default() += 1;
                    with_losses += u64::from(restored.losses.any());
                    shown.out(app.ui(), &printer.item(&item(&restored))?)?;
                }
                Err(error) => {
                    let Some(mut report) = exit::report(&error) else { return Err(OutputError::Closed.into()) };
                    report.message = format!("{id}: {}", report.message);
                    app.tally().failed();
                    app.ui().error(&report);
                    outcomes.add(report.exit_code);
                    if FATAL.contains(&report.exit_code) && !is_over.replace(true) {
                        app.ui().warn("no further object is restored, because the next request would fail too");
                    }
                }
            }
        }
        bar.finish();
        restorer.sync()?;
        app.tally().end();
        self.finish(&mut printer, &mut shown)?;
        if has_gap {
            outcomes.add(FAILED);
        }
        self.summarize(asked, &counts, with_losses);
        Ok((outcomes, with_losses > 0))
    }

    fn finish(&self, printer: &mut Printer, shown: &mut StdoutState) -> Result<()> {
        shown.out(self.app.ui(), &printer.end()?)?;
        self.app.warn_unknown_columns(printer);
        Ok(())
    }

    fn summarize(&self, asked: u64, counts: &BTreeMap<&str, u64>, with_losses: u64) {
        let done: u64 = counts.values().sum();
        let (objects, root) = (counted(asked, "object"), self.root.display());
        let mut text = format!("{done} of {objects} of {root}{}", in_parentheses(counts));
        if with_losses > 0 {
            text += &format!("; {} not kept completely, see the column `lost`", counted(with_losses, "object"));
        }
        let summary = json!({ "asked": asked, "done": done, "outcomes": counts, "with_losses": with_losses });
        self.app.ui().summary(&text, &summary);
    }
}

/// Returns the counts by their names, such as ` (2 restored, 1 unchanged)`. Without counts, the text is empty.
fn in_parentheses(counts: &BTreeMap<impl std::fmt::Display, u64>) -> String {
    let counts = counts.iter().map(|(name, count)| format!("{count} {name}")).collect::<Vec<_>>().join(", ");
    if counts.is_empty() { counts } else { format!(" ({counts})") }
}

fn item(restored: &RestoredObject) -> Value {
    json!({
        "id": restored.id,
        "kind": restored.kind,
        "as": restored.conversion.form,
        "result": restored.outcome.name(),
        "new_id": restored.new_id,
        "messages": restored.losses.messages,
        "lost": restored.losses.texts().join(", "),
        "losses": restored.losses,
    })
}
