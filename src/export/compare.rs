//! Comparison of an archive with its backend: the IDs that only the archive has, and the IDs that only the backend has.

use super::exporter::is_gone;
use crate::api::Kind;
use crate::api::conversations::{ListConversationItems, OfConversation};
use crate::api::messages::ListMessages;
use crate::api::paging::{ItemPaging, MessagePaging, Paging, StepPaging, StoreFilePaging};
use crate::api::parts::OfThread;
use crate::api::runs::{ListRuns, OfRun};
use crate::api::steps::ListSteps;
use crate::api::vector_stores::{ListVectorStoreFiles, OfVectorStore};
use crate::app::{App, Call, Outcomes, Stopping};
use crate::archive::{ArchiveError, ArchiveManifest, ArchivePaths, Container, ids_in};
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
    /// The ID of the thread, vector store or conversation to which the object belongs.
    pub parent: String,
    pub only: Side,
}

/// Compares the threads, vector stores and conversations of an archive with those of the backend, and passes each
/// difference to `each`.
///
/// Objects that were already gone at the time of the export are not requested.
///
/// # Errors
/// Returns an error before any request if the archive belongs to another origin. An object that cannot be requested is
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
    let threads = manifest.threads.iter().filter(|(_, entry)| entry.gone_at.is_none()).map(|(id, _)| (None, id));
    let containers = Container::ALL.into_iter().flat_map(|container| {
        let present = manifest.containers(container).iter().filter(|(_, entry)| entry.gone_at.is_none());
        present.map(move |(id, _)| (Some(container), id))
    });
    let objects: Vec<_> = threads.chain(containers).collect();
    let bar = app.ui().progress("objects", Unit::Items, Some(objects.len() as u64));
    let objects = futures_util::stream::iter(objects).take_while(|_| std::future::ready(!stopping.is_set()));
    let compare_object = async |(container, id): (Option<Container>, &String)| match container {
        None => compare_thread(app, &layout, id).await,
        Some(container) => compare_container(app, &layout, container, id).await,
    };
    let comparisons = objects.map(compare_object).buffered(session.concurrency);
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
    let difference =
        |kind, id: &str, only| UnmatchedObject { kind, id: id.to_owned(), parent: path.thread_id.to_string(), only };
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
        let archived = archived_ids(&folder.join(name))?;
        found.extend(listed.difference(&archived).map(|id| difference(kind, id, Side::Backend)));
        found.extend(archived.difference(&listed).map(|id| difference(kind, id, Side::Archive)));
    }
    Ok(found)
}

async fn compare_container(
    app: &App,
    layout: &ArchivePaths,
    container: Container,
    id: &str,
) -> Result<Vec<UnmatchedObject>> {
    let difference = |kind, item: String, only| UnmatchedObject { kind, id: item, parent: id.to_owned(), only };
    let (object, item, call) = match container {
        Container::VectorStore => {
            let path = OfVectorStore { vector_store_id: id.parse()? };
            let call = Call::of::<ListVectorStoreFiles>(&path, &StoreFilePaging::default(), Payload::None);
            ("vector_store", "vector_store_file", call)
        }
        Container::Conversation => {
            let path = OfConversation { conversation_id: id.parse()? };
            let call = Call::of::<ListConversationItems>(&path, &ItemPaging::default(), Payload::None);
            ("conversation", "conversation_item", call)
        }
    };
    let listed = match ids_of(app, call).await {
        Err(error) if is_gone(&error, container.kind(), id) => {
            return Ok(vec![difference(object, id.to_owned(), Side::Archive)]);
        }
        listed => listed?,
    };
    let archived = archived_ids(&layout.container(container, id)?.join(container.items_file()))?;
    let only_there = listed.difference(&archived).map(|id| difference(item, id.clone(), Side::Backend));
    let only_here = archived.difference(&listed).map(|id| difference(item, id.clone(), Side::Archive));
    Ok(only_there.chain(only_here).collect())
}

fn archived_ids(path: &Path) -> Result<BTreeSet<String>, ArchiveError> {
    match ids_in(path) {
        // The verification of the files has already reported a missing one.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        ids => ids.map_err(ArchiveError::at(path)),
    }
}

async fn ids_of(app: &App, call: Call) -> Result<BTreeSet<String>> {
    Ok(app.pages(call, None)?.ids().await?.into_iter().collect())
}
