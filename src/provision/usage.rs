//! Finds the objects of a backend, of any project, that refer to a file or a vector store.

use super::live::{LiveObject, listed, read_contents};
use crate::app::App;
use crate::exit::{self, CallFailed, NOT_FOUND, NOT_OFFERED};
use crate::manifest::{KINDS, Reference, ResourceKind, reference_list};
use anyhow::Result;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;

/// Returns every list of IDs that can refer to objects of `kind`, each with the kind of the objects that have the list.
pub(super) fn references_to(
    kind: &ResourceKind,
) -> impl Iterator<Item = (&'static ResourceKind, &'static Reference)> + use<> {
    let section = kind.section;
    let all = KINDS.iter().flat_map(|kind| kind.references.iter().map(|reference| (*kind, reference)));
    all.filter(move |(_, reference)| reference.section == section)
}

/// An object that refers to another one.
pub(super) struct User {
    noun: &'static str,
    pub(super) id: String,
}

impl User {
    /// Returns the note that the object `id` of the identity `key` stays, because this user refers to it.
    pub(super) fn keeps(&self, id: &str, key: &str) -> String {
        format!("{id} of {key} is kept: {self} refers to it")
    }
}

impl fmt::Display for User {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.noun, self.id)
    }
}

/// The users of the objects of one kind, by the ID to which they refer. Threads and messages are not included, because
/// the API cannot list them.
pub(super) struct Users(HashMap<String, Vec<User>>);

impl Users {
    /// Reads every list that can refer to objects of a kind.
    ///
    /// # Errors
    /// Returns an error if a list may be incomplete.
    pub(super) async fn read(app: &App, kind: &ResourceKind) -> Result<Self> {
        let concurrency = app.session().await?.concurrency;
        let mut users: HashMap<String, Vec<User>> = HashMap::new();
        for (other, reference) in references_to(kind) {
            let mut objects = match listed(app, other, None).await {
                Err(error) if is_not_offered(&error) => continue,
                objects => objects?,
            };
            let reads: Vec<_> = objects.iter_mut().map(|live| read_if_present(app, other, live)).collect();
            stream::iter(reads).buffer_unordered(concurrency).try_collect::<()>().await?;
            for live in objects {
                let ids = reference_list(&live.members, reference).into_iter().flatten().filter_map(Value::as_str);
                for id in ids.chain(live.failed.iter().map(String::as_str)) {
                    users.entry(id.to_owned()).or_default().push(User { noun: other.noun, id: live.id.clone() });
                }
            }
        }
        Ok(Self(users))
    }

    /// Returns the objects that refer to the object with this ID.
    pub(super) fn all(&self, id: &str) -> &[User] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }

    /// Returns one of the objects that refer to the object with this ID.
    pub(super) fn of(&self, id: &str) -> Option<&User> {
        self.all(id).last()
    }
}

/// Reads the contents of an object. Reads nothing if the object was deleted after it was listed.
pub(super) async fn read_if_present(app: &App, kind: &ResourceKind, live: &mut LiveObject) -> Result<()> {
    match read_contents(app, kind, live).await {
        Err(error) if is_gone(&error, kind, &live.id) => Ok(()),
        read => read,
    }
}

/// Returns `true` if the backend reports exactly this object as missing.
pub(super) fn is_gone(error: &anyhow::Error, kind: &ResourceKind, id: &str) -> bool {
    let failed = error.downcast_ref::<CallFailed>();
    failed.is_some_and(|failed| failed.source.reports_missing(kind.kind(), id))
}

/// Returns `true` if the error means that the backend does not offer the list.
pub(super) fn is_not_offered(error: &anyhow::Error) -> bool {
    exit::report(error).is_some_and(|report| [NOT_OFFERED, NOT_FOUND].contains(&report.exit_code))
}
