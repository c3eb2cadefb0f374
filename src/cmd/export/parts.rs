//! The parts of an export: which are exported, in which order, and what is printed about each.

use super::choose::{Selection, unlisted};
use super::{ExportPart, Exporting};
use crate::api::Kind;
use crate::app::{App, StdoutState, Work};
use crate::archive::Container;
use crate::export::{ExportOutcome, ExportedThread, Exporter, IdSource, OutcomeCounts};
use crate::ui::counted;
use crate::view::Printer;
use anyhow::Result;
use serde_json::{Value, json};
use std::path::Path;

/// The archive, and the printer of its threads.
pub(super) struct Target<'a> {
    pub(super) export: &'a Exporter<'a>,
    pub(super) dir: &'a Path,
    pub(super) printer: Printer,
}

/// Exports the selected parts. `given` has the IDs of the command line.
pub(super) async fn export(
    app: &App,
    arguments: &Exporting,
    selection: &Selection,
    given: Option<Vec<String>>,
    target: Target<'_>,
) -> Result<()> {
    let Target { export, dir, printer } = target;
    let (need, given) = (selection.need, given.map(unlisted));
    if selection.has(ExportPart::Threads) {
        let ids = match &given {
            Some(ids) => ids.clone(),
            None => arguments.threads(app, export, need).await?,
        };
        threads(app, export, ids, dir, printer).await?;
    }
    if selection.has(ExportPart::Conversations) {
        let ids = match &given {
            Some(ids) => ids.clone(),
            None => arguments.conversations(app, export, need).await?,
        };
        containers(app, export, Container::Conversation, ids, dir).await?;
    }
    if selection.has(ExportPart::VectorStores) {
        let ids = match given {
            Some(ids) => ids,
            None => export.vector_store_list(need).await?,
        };
        containers(app, export, Container::VectorStore, ids, dir).await?;
    }
    if selection.has(ExportPart::Assistants) {
        export.assistants(need).await?;
    }
    if selection.has(ExportPart::Files) {
        export.file_list(need).await?;
    }
    if selection.has(ExportPart::Uploads) {
        export.uploads(need).await?;
    }
    Ok(())
}

/// Exports threads, prints each as it is finished, and prints the counts at the end.
async fn threads(
    app: &App,
    export: &Exporter<'_>,
    ids: Vec<(String, IdSource)>,
    dir: &Path,
    mut printer: Printer,
) -> Result<()> {
    let asked = ids.len() as u64;
    let mut shown = StdoutState::Open;
    let mut counts = OutcomeCounts::new();
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
    summarize(app, export, Kind::Thread, asked, &counts, dir);
    Ok(())
}

/// Exports vector stores or conversations, and prints the counts at the end. There is no line for each, because the
/// lines of stdout are threads.
async fn containers(
    app: &App,
    export: &Exporter<'_>,
    container: Container,
    ids: Vec<(String, IdSource)>,
    dir: &Path,
) -> Result<()> {
    let asked = ids.len() as u64;
    let counts = export.containers(container, ids).await?;
    if asked > 0 {
        summarize(app, export, container.kind(), asked, &counts, dir);
    }
    Ok(())
}

/// Prints the counts of the objects of a kind. The counts of files and failures are those of the whole export so far.
fn summarize(app: &App, export: &Exporter<'_>, kind: Kind, asked: u64, counts: &OutcomeCounts, dir: &Path) {
    let outcomes = [ExportOutcome::New, ExportOutcome::Updated, ExportOutcome::Unchanged, ExportOutcome::Gone]
        .map(ExportOutcome::name);
    let outcomes = outcomes.iter().filter_map(|name| Some(format!("{} {name}", counts.get(name)?)));
    let outcomes = outcomes.collect::<Vec<_>>().join(", ");
    let done: u64 = counts.values().sum();
    let (files, unfetched) = (export.downloaded(), export.unfetched());
    let outcomes = if outcomes.is_empty() { outcomes } else { format!(" ({outcomes})") };
    let objects = counted(asked, kind.words());
    let mut text = format!("{done} of {objects}{outcomes} and {} in {}", counted(files, "new file"), dir.display());
    if unfetched > 0 {
        text += &format!("; {unfetched} could not be fetched, see `failed` in its manifest.json");
    }
    let summary = json!({
        "kind": kind.name(), "asked": asked, "done": done, "outcomes": counts, "files": files, "unfetched": unfetched,
    });
    app.ui().summary(&text, &summary);
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
