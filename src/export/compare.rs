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
use crate::archive::{ArchiveError, ArchiveManifest, ArchivePaths, Container, ids_in, names};
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

impl UnmatchedObject {
    /// Returns an object that only the archive has, because the backend no longer has it or its list.
    fn gone(kind: Kind, id: &str) -> Self {
        Self { kind: kind.name(), id: id.to_owned(), parent: id.to_owned(), only: Side::Archive }
    }
}

/// Compares the threads, vector stores and conversations of an archive with the backend, and passes each
/// difference to `each`.
///
/// Objects that were already gone at the time of the export are not requested.
///
/// # Errors
/// Returns an error before any request if the archive belongs to another origin, and later if `each` fails. An object
/// that cannot be requested is reported, and its exit code is part of the returned outcomes.
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
    match compare_thread_lists(app, layout, id).await {
        Err(error) if is_gone(&error, Kind::Thread, id) => Ok(vec![UnmatchedObject::gone(Kind::Thread, id)]),
        found => found,
    }
}

/// Compares the lists of a thread. The backend may delete the thread between two requests.
async fn compare_thread_lists(app: &App, layout: &ArchivePaths, id: &str) -> Result<Vec<UnmatchedObject>> {
    let path = OfThread { thread_id: id.parse()? };
    let folder = layout.thread(id)?;
    let messages = ids_of(app, Call::of::<ListMessages>(&path, &MessagePaging::default(), Payload::None)).await?;
    let runs = ids_of(app, Call::of::<ListRuns>(&path, &Paging::default(), Payload::None)).await?;
    let mut steps = BTreeSet::new();
    for run in &runs {
        let Ok(run_id) = run.parse() else { continue };
        let run = OfRun { thread_id: path.thread_id.clone(), run_id };
        steps.extend(ids_of(app, Call::of::<ListSteps>(&run, &StepPaging::default(), Payload::None)).await?);
    }
    let mut found = Vec::new();
    for (kind, name, listed) in
        [(Kind::Message, names::MESSAGES, messages), (Kind::Run, names::RUNS, runs), (Kind::Step, names::STEPS, steps)]
    {
        found.extend(unmatched(kind, id, &listed, &archived_ids(&folder.join(name))?));
    }
    Ok(found)
}

async fn compare_container(
    app: &App,
    layout: &ArchivePaths,
    container: Container,
    id: &str,
) -> Result<Vec<UnmatchedObject>> {
    let (item, call) = match container {
        Container::VectorStore => {
            let path = OfVectorStore { vector_store_id: id.parse()? };
            let call = Call::of::<ListVectorStoreFiles>(&path, &StoreFilePaging::default(), Payload::None);
            (Kind::VectorStoreFile, call)
        }
        Container::Conversation => {
            let path = OfConversation { conversation_id: id.parse()? };
            let call = Call::of::<ListConversationItems>(&path, &ItemPaging::default(), Payload::None);
            (Kind::ConversationItem, call)
        }
    };
    let listed = match ids_of(app, call).await {
        Err(error) if is_gone(&error, container.kind(), id) => {
            return Ok(vec![UnmatchedObject::gone(container.kind(), id)]);
        }
        listed => listed?,
    };
    let archived = archived_ids(&layout.container(container, id)?.join(container.items_file()))?;
    Ok(unmatched(item, id, &listed, &archived))
}

/// Returns the objects of a kind that only the backend has, then those that only the archive has.
fn unmatched(kind: Kind, parent: &str, listed: &BTreeSet<String>, archived: &BTreeSet<String>) -> Vec<UnmatchedObject> {
    let object =
        |id: &String, only| UnmatchedObject { kind: kind.name(), id: id.clone(), parent: parent.to_owned(), only };
    let only_listed = listed.difference(archived).map(|id| object(id, Side::Backend));
    only_listed.chain(archived.difference(listed).map(|id| object(id, Side::Archive))).collect()
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
