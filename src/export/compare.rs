//! Comparison of an archive with its backend: the IDs that only the archive has, and the IDs that only the backend has.

use super::exporter::is_gone;
use crate::api::Kind;
use crate::api::messages::ListMessages;
use crate::api::paging::{MessagePaging, Paging, StepPaging};
use crate::api::parts::OfThread;
use crate::api::runs::{ListRuns, OfRun};
use crate::api::steps::ListSteps;
use crate::app::{App, Call, Outcomes, Stopping};
use crate::archive::{ArchiveError, ArchiveManifest, ArchivePaths, ids_in};
use crate::client::Payload;
use crate::exit::{self, DONE, Usage};
use crate::ui::{OutputError, Unit};
use anyhow::Result;
use futures_util::StreamExt;
use std::collections::BTreeSet;
use std::path::Path;

/// The side that has an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Archive,
    Backend,
}

/// An object that only one side has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmatchedObject {
    pub kind: &'static str,
    pub id: String,
    pub thread: String,
    pub only: Side,
}

/// Compares the threads of an archive with those of the backend, and passes each difference to `each`.
///
/// Threads that were already gone at the time of the export are not requested.
///
/// # Errors
/// Returns an error before any request if the archive belongs to another origin. A thread that cannot be requested is
/// reported, and its exit code is part of the returned outcomes.
pub async fn compare(
    app: &App,
    root: &Path,
    manifest: &ArchiveManifest,
    stopping: &Stopping,
    mut each: impl FnMut(UnmatchedObject) -> Result<()>,
) -> Result<Outcomes> {
    let session = app.session().await?;
    if manifest.origin != session.origin {
        let (expected, found) = (&session.origin, &manifest.origin);
        let message = format!("{}: expected an archive of {expected}, found an archive of {found}", root.display());
        return Err(Usage::hinted(message, "select the profile of that origin").into());
    }
    let layout = ArchivePaths::new(root);
    let present = manifest.threads.iter().filter(|(_, entry)| entry.gone_at.is_none()).map(|(id, _)| id);
    let bar = app.ui().progress("threads", Unit::Items, Some(manifest.threads.len() as u64));
    let ids = futures_util::stream::iter(present).take_while(|_| std::future::ready(!stopping.is_set()));
    let comparisons = ids.map(|id| compare_thread(app, &layout, id)).buffered(session.concurrency);
    let mut comparisons = std::pin::pin!(comparisons);
    let mut outcomes = Outcomes::default();
    while let Some(result) = comparisons.next().await {
        bar.tick(1);
        match result {
            Ok(differences) => {
                outcomes.add(DONE);
                differences.into_iter().try_for_each(&mut each)?;
            }
            Err(error) => {
                let Some(report) = exit::report(&error) else { return Err(OutputError::Closed.into()) };
                app.ui().error(&report);
                outcomes.add(report.exit_code);
            }
        }
    }
    bar.finish();
    Ok(outcomes)
}

async fn compare_thread(app: &App, layout: &ArchivePaths, id: &str) -> Result<Vec<UnmatchedObject>> {
    let path = OfThread { thread_id: id.parse()? };
    let folder = layout.thread(id)?;
    let archived_ids = |name: &str| {
        let path = folder.join(name);
        match ids_in(&path) {
            // The verification of the files has already reported a missing one.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeSet::new()),
            ids => ids.map_err(ArchiveError::at(&path)),
        }
    };
    let difference =
        |kind, id: &str, only| UnmatchedObject { kind, id: id.to_owned(), thread: path.thread_id.to_string(), only };
    let query = MessagePaging::default();
    let messages = match ids_of(app, Call::of::<ListMessages>(&path, &query, Payload::None)).await {
        Err(error) if is_gone(&error, Kind::Thread, id) => return Ok(vec![difference("thread", id, Side::Archive)]),
        messages => messages?,
    };
    let runs = ids_of(app, Call::of::<ListRuns>(&path, &Paging::default(), Payload::None)).await?;
    let mut steps = BTreeSet::new();
    for run in &runs {
        let Ok(run_id) = run.parse() else { continue };
        let run = OfRun { thread_id: path.thread_id.clone(), run_id };
        steps.extend(ids_of(app, Call::of::<ListSteps>(&run, &StepPaging::default(), Payload::None)).await?);
    }
    let mut found = Vec::new();
    for (kind, name, listed) in
        [("message", "messages.jsonl", messages), ("run", "runs.jsonl", runs), ("step", "steps.jsonl", steps)]
    {
        let archived = archived_ids(name)?;
        found.extend(listed.difference(&archived).map(|id| difference(kind, id, Side::Backend)));
        found.extend(archived.difference(&listed).map(|id| difference(kind, id, Side::Archive)));
    }
    Ok(found)
}

async fn ids_of(app: &App, call: Call) -> Result<BTreeSet<String>> {
    Ok(app.pages(call, None)?.ids().await?.into_iter().collect())
}
