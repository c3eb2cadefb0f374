//! The objects of a backend that refer to a file or vector store, whatever project they belong to.

use super::live::{listed, read_contents};
use crate::app::App;
use crate::exit::{self, NOT_FOUND, NOT_OFFERED};
use crate::manifest::{KINDS, Reference, ResourceKind, reference_list};
use anyhow::Result;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::Value;
use std::collections::HashMap;

/// Returns the lists that can refer to objects of a kind, with the kinds that have them.
pub(super) fn references_to(
    kind: &ResourceKind,
) -> impl Iterator<Item = (&'static ResourceKind, &'static Reference)> + use<> {
    let section = kind.section;
    let all = KINDS.iter().flat_map(|kind| kind.references.iter().map(|reference| (*kind, reference)));
    all.filter(move |(_, reference)| reference.section == section)
}

/// The objects that refer to objects of one kind. Threads and messages cannot be listed.
pub(super) struct Users(HashMap<String, String>);

impl Users {
    /// Reads every list that can refer to objects of a kind.
    ///
    /// # Errors
    /// Returns an error if a list may be incomplete.
    pub(super) async fn read(app: &App, kind: &ResourceKind) -> Result<Self> {
        let concurrency = app.session().await?.concurrency;
        let mut users = HashMap::new();
        for (other, reference) in references_to(kind) {
            let mut objects = match listed(app, other, None).await {
                Err(error) if is_not_offered(&error) => continue,
                objects => objects?,
            };
            let reads: Vec<_> = objects.iter_mut().map(|live| read_contents(app, other, live)).collect();
            stream::iter(reads).buffer_unordered(concurrency).try_collect::<()>().await?;
            for live in objects {
                let ids = reference_list(&live.members, reference).into_iter().flatten().filter_map(Value::as_str);
                for id in ids.chain(live.failed.iter().map(String::as_str)) {
                    users.insert(id.to_owned(), format!("{} {}", other.noun, live.id));
                }
            }
        }
        Ok(Self(users))
    }

    /// Returns the name of an object that refers to the object with this ID.
    pub(super) fn of(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }
}

/// Returns `true` if the backend does not have the list.
pub(super) fn is_not_offered(error: &anyhow::Error) -> bool {
    exit::report(error).is_some_and(|report| [NOT_OFFERED, NOT_FOUND].contains(&report.exit_code))
}
