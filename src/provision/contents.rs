//! Changes to the contents of an object, such as the files of a vector store: additions first, then removals.

use super::live::{LiveObject, read_contents};
use super::planned::PlannedObject;
use crate::api::PathArgs;
use crate::api::vector_stores::OfVectorStore;
use crate::app::{App, Call, IfMissing, Payload};
use crate::exit::{FAILED, Failure};
use crate::indexing::{IndexingOptions, Target, add_and_wait, wait_silently};
use crate::manifest::{Contents, Resource, ResourceKind};
use anyhow::Result;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::time::Duration;

/// The maximum number of IDs in one request. Older versions of the API accept no more.
const BATCH: usize = 500;

/// The limits of the wait for indexing. The time counts from the last progress.
const WAIT: IndexingOptions = IndexingOptions { timeout: Duration::from_secs(600), interval: None };

/// The difference between the contents of an object in the manifest and at the backend.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    add: Vec<String>,
    /// Contents that the backend could not process, and that are added once more.
    again: Vec<String>,
    remove: Vec<String>,
    /// Contents that an earlier apply added and that the backend is still processing.
    pending: Vec<String>,
}

impl Change {
    /// Returns the change for an object. The change is empty if the manifest does not list the contents.
    pub(super) fn of(object: &PlannedObject, resource: &Resource) -> Self {
        let Some(contents) = resource.kind.contents.filter(|_| resource.lists_contents()) else {
            return Self::default();
        };
        let wanted = ids(object.wanted.get(contents.member));
        let live = object.live.as_ref();
        let present = ids(live.and_then(|live| live.members.get(contents.member)));
        let failed: BTreeSet<&str> = live.into_iter().flat_map(|live| &live.failed).map(String::as_str).collect();
        let pending: BTreeSet<&str> = live.into_iter().flat_map(|live| &live.pending).map(String::as_str).collect();
        Self {
            add: texts(wanted.difference(&present)),
            again: texts(wanted.intersection(&failed)),
            remove: texts(present.union(&failed).filter(|id| !wanted.contains(*id))),
            pending: texts(wanted.intersection(&pending)),
        }
    }

    /// Returns `true` if nothing changes, and nothing is still being processed.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Changes the contents of the object with this ID. Removes nothing before everything is added and indexed.
    pub(super) async fn apply(&self, app: &App, resource: &Resource, id: &str) -> Result<()> {
        let Some(contents) = resource.kind.contents else { return Ok(()) };
        for item in &self.again {
            remove(app, contents, id, item).await?;
        }
        for items in self.add.chunks(BATCH) {
            let options = contents.options.iter().filter_map(|name| resource.members.get_key_value(*name));
            let mut body: Map<String, Value> = options.map(|(name, value)| (name.clone(), value.clone())).collect();
            body.insert(contents.member.to_owned(), items.into());
            let call = Call::to(contents.add, &[id], Map::new(), Payload::Json(body))?;
            add_and_wait(app, call, WAIT).await?;
        }
        self.wait(app, resource.kind, id).await?;
        for item in &self.remove {
            remove(app, contents, id, item).await?;
        }
        Ok(())
    }

    /// Waits for contents that an earlier apply added and that are still being processed.
    ///
    /// # Errors
    /// Returns an error if a request fails, at the deadline, and if the backend could not process some of the contents.
    pub(super) async fn wait(&self, app: &App, kind: &ResourceKind, id: &str) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let live = processed(app, kind, id).await?;
        let missing: Vec<&str> =
            self.pending.iter().filter(|item| !live.has_processed(item)).map(String::as_str).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!("{} of {id} could not be indexed", missing.join(", "));
        let hint = "run the same command again to add the files once more";
        Err(Failure::new(FAILED, message).hinted(hint).into())
    }
}

/// Waits until everything that an object contains has been processed, and reads its contents again.
///
/// # Errors
/// Returns an error if a request fails, or at the deadline.
async fn processed(app: &App, kind: &ResourceKind, id: &str) -> Result<LiveObject> {
    let target = Target::Store(OfVectorStore::from_texts(&[id])?);
    wait_silently(app, &target, WAIT).await.1?;
    let mut live = LiveObject { id: id.to_owned(), ..LiveObject::default() };
    read_contents(app, kind, &mut live).await?;
    Ok(live)
}

async fn remove(app: &App, contents: &Contents, id: &str, item: &str) -> Result<()> {
    let call = Call::to(contents.remove, &[id, item], Map::new(), Payload::None)?;
    app.or_missing(app.call(call).await.map(drop), IfMissing::Ignore)
}

fn texts<'a>(ids: impl Iterator<Item = &'a &'a str>) -> Vec<String> {
    ids.map(|id| (*id).to_owned()).collect()
}

fn ids(list: Option<&Value>) -> BTreeSet<&str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}
