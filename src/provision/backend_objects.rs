//! Reads the objects of a backend that a plan needs, once for the plan.

use super::live::{Live, LiveObject, claimed, files, live_objects, read_contents};
use super::usage::{is_not_offered, references_to};
use crate::app::{App, Call, Payload};
use crate::exit::Usage;
use crate::json;
use crate::manifest::{
    ASSISTANTS, Adoption, FILES, Identity, KINDS, Manifest, Move, Reference, Resource, ResourceKind, reference_list,
};
use anyhow::Result;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The objects of a project and environment at a backend.
pub(super) struct BackendObjects {
    live: BTreeMap<&'static str, Live>,
    /// Files that the manifest no longer has, and to which objects of the project refer. An apply deletes them if
    /// nothing else refers to them.
    pub(super) old_files: Vec<LiveObject>,
}

impl BackendObjects {
    /// Reads the assistants, and the objects of each kind that the manifest has. With `all`, reads the objects of every
    /// kind, so that a deletion finds all of them.
    ///
    /// # Errors
    /// Returns an error if a list could not be read completely.
    pub(super) async fn read(app: &App, manifest: &Manifest, all: bool) -> Result<Self> {
        let mut backend = Self { live: BTreeMap::new(), old_files: Vec::new() };
        let mut backend_files = Vec::new();
        for kind in KINDS {
            let is_used = **kind == ASSISTANTS || manifest.of_kind(kind).next().is_some();
            if !is_used && !all {
                continue;
            }
            let read = match kind.identity {
                Identity::Metadata => live_objects(app, kind, manifest).await,
                Identity::Content => files(app, kind, manifest).await.map(|files| {
                    backend_files = files;
                    Live::new()
                }),
            };
            match read {
                Ok(live) => drop(backend.live.insert(kind.section, live)),
                // A backend that does not offer the kind has no objects of the kind.
                Err(error) if !is_used && is_not_offered(&error) => {}
                Err(error) => return Err(error),
            }
        }
        backend.rename(manifest);
        backend.adopt(app, manifest).await?;
        backend.read_contents(app, manifest, all).await?;
        backend.claim_files(manifest, backend_files, all);
        Ok(backend)
    }

    /// Applies the moves of the manifest: gives each moved object its new identity. Skips a move if another object
    /// already has the new identity.
    fn rename(&mut self, manifest: &Manifest) {
        for Move { kind, from, to } in &manifest.moved {
            let Some(live) = self.live.get_mut(kind.section) else { continue };
            let to = manifest.key(to);
            if !live.contains_key(&to)
                && let Some(objects) = live.remove(&manifest.key(from))
            {
                live.insert(to, objects);
            }
        }
    }

    /// Reads each object under `adopt`, and gives it the identity of its entry in the manifest.
    async fn adopt(&mut self, app: &App, manifest: &Manifest) -> Result<()> {
        for Adoption { kind, to, id, place } in &manifest.adopt {
            let key = manifest.key(to);
            let live = self.live.entry(kind.section).or_default();
            let present = live.get(&key).map_or(&[][..], Vec::as_slice);
            if present.iter().any(|live| live.id == *id) {
                continue;
            }
            let refused = |message: String, hint: &str| Err(Usage::hinted(format!("{place}: {message}"), hint).into());
            if let Some(other) = present.first() {
                let message = format!("{id} cannot be adopted as {key}: {} has this identity already", other.id);
                return refused(message, "remove the entry under `adopt`, or delete one of the two objects");
            }
            let response = app.call(Call::to(kind.get, &[id], Map::new(), Payload::None)?).await?;
            let Some(object) = LiveObject::new(json::into_object(response.value)?) else { continue };
            if let Some(owner) = object.key() {
                let message = format!("{id} belongs to {owner}, so {key} cannot adopt it");
                return refused(message, "remove its metadata keys `asst_key` and `asst_digest` first");
            }
            live.insert(key, vec![object]);
        }
        Ok(())
    }

    /// Reads the contents of each object whose contents the manifest lists. With `all`, reads the contents of every
    /// object.
    async fn read_contents(&mut self, app: &App, manifest: &Manifest, all: bool) -> Result<()> {
        let concurrency = app.session().await?.concurrency;
        for kind in KINDS.iter().filter(|kind| kind.contents.is_some()) {
            let stated: BTreeSet<String> = manifest
                .of_kind(kind)
                .filter(|resource| resource.lists_contents())
                .map(|resource| manifest.key(&resource.name))
                .collect();
            let Some(live) = self.live.get_mut(kind.section) else { continue };
            let objects = live.iter_mut().filter(|(key, _)| all || stated.contains(*key));
            let reads: Vec<_> = objects.flat_map(|(_, live)| live).map(|live| read_contents(app, kind, live)).collect();
            stream::iter(reads).buffer_unordered(concurrency).try_collect::<()>().await?;
        }
        Ok(())
    }

    /// Assigns the files of the backend to the files of the manifest. Each remaining file becomes an old file if a list
    /// of the project refers to it now, and will not after the apply. An old file is deleted unless another object
    /// refers to it.
    fn claim_files(&mut self, manifest: &Manifest, files: Vec<LiveObject>, all: bool) {
        if files.is_empty() {
            return;
        }
        let (claimed, mut others) = claimed(files, &FILES, manifest);
        let mut referred = BTreeSet::new();
        for (kind, reference) in references_to(&FILES) {
            referred.extend(self.owned_ids(kind, reference, manifest, all));
        }
        for (kind, reference) in references_to(&FILES) {
            let lists = manifest.of_kind(kind).filter_map(|resource| reference_list(&resource.members, reference));
            for id in lists.flatten().filter_map(Value::as_str) {
                referred.remove(id);
            }
        }
        others.retain(|file| referred.contains(&file.id));
        self.live.insert(FILES.section, claimed);
        self.old_files = others;
    }

    /// Returns the IDs that the live objects of `kind` have in the list `reference`. Reads the list of an object only
    /// if the manifest owns the list, or if the object will be deleted.
    fn owned_ids(
        &self,
        kind: &ResourceKind,
        reference: &Reference,
        manifest: &Manifest,
        all: bool,
    ) -> BTreeSet<String> {
        let resources: BTreeMap<String, &Arc<Resource>> =
            manifest.of_kind(kind).map(|resource| (manifest.key(&resource.name), resource)).collect();
        let mut found = BTreeSet::new();
        let live = self.live.get(kind.section).into_iter().flatten();
        for (key, live) in live.flat_map(|(key, live)| live.iter().map(move |live| (key, live))) {
            let is_deleted = all && !live.marker().is_some_and(|marker| marker.is_protected);
            let members = match resources.get(key) {
                Some(resource) => resource.form(&live.members),
                None if is_deleted => live.members.clone(),
                None => continue,
            };
            let ids = reference_list(&members, reference).into_iter().flatten();
            found.extend(ids.filter_map(Value::as_str).map(str::to_owned));
        }
        found
    }

    /// Removes the objects with the identity `key`, and returns them.
    pub(super) fn take(&mut self, kind: &ResourceKind, key: &str) -> Vec<LiveObject> {
        self.live.get_mut(kind.section).and_then(|live| live.remove(key)).unwrap_or_default()
    }

    /// Removes and returns the objects of a kind that no `take` has returned, with their identities. For files, these are
    /// the old files.
    pub(super) fn left_over(&mut self, kind: &ResourceKind, manifest: &Manifest) -> Vec<(String, LiveObject)> {
        match kind.identity {
            Identity::Metadata => self.everything(kind, manifest),
            Identity::Content => with_keys(std::mem::take(&mut self.old_files), manifest),
        }
    }

    /// Removes all objects of a kind, and returns them with their identities. For files, these include the old files.
    pub(super) fn everything(&mut self, kind: &ResourceKind, manifest: &Manifest) -> Vec<(String, LiveObject)> {
        let live = self.live.remove(kind.section).unwrap_or_default();
        let mut all: Vec<(String, LiveObject)> =
            live.into_iter().flat_map(|(key, live)| live.into_iter().map(move |live| (key.clone(), live))).collect();
        if kind.identity == Identity::Content {
            all.extend(with_keys(std::mem::take(&mut self.old_files), manifest));
        }
        all
    }
}

/// Returns each file with its identity, which contains its name on disk.
fn with_keys(files: Vec<LiveObject>, manifest: &Manifest) -> Vec<(String, LiveObject)> {
    files.into_iter().filter_map(|file| Some((manifest.key(&file.name_on_disk()?), file))).collect()
}
