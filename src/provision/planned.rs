//! The part of a plan that concerns one object: its differences from the manifest.

use super::live::LiveObject;
use super::verdict::{Action, verdict};
use crate::manifest::{
    Content, Difference, FolderSync, KEY, Manifest, Resource, ResourceKind, ResourceName, differences, digest,
};
use crate::sync::SyncPreview;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// The text that a plan shows instead of an ID that does not exist before the apply.
const UNKNOWN_ID: &str = "(known after apply)";

/// The reason for an update that changes nothing but the protection.
pub(super) const PROTECTION_CHANGED: &str = "the protection changed in the manifest";

/// The IDs of the objects of a manifest. Objects that do not exist yet have no entry.
pub(super) type Ids = BTreeMap<ResourceName, String>;

/// The part of a plan that concerns one object.
#[derive(Debug, Clone)]
pub struct PlannedObject {
    pub kind: &'static ResourceKind,
    /// The identity of the object.
    pub key: String,
    pub action: Action,
    pub reason: String,
    /// The IDs at the backend. More than one if the identity is ambiguous.
    pub ids: Vec<String>,
    /// The differences: from the values at the backend to those in the manifest.
    pub differences: Vec<Difference>,
    pub(super) resource: Option<Arc<Resource>>,
    pub(super) live: Option<LiveObject>,
    /// The duplicates of `live`: younger objects with the same identity, which an interrupted or a concurrent apply
    /// created.
    pub(super) duplicates: Vec<LiveObject>,
    /// Older files, or expired vector stores, that the object replaces. They are deleted last, when nothing refers to them.
    pub(super) replaced: Vec<LiveObject>,
    /// Notes about older objects that stay, because another object refers to them.
    pub(super) kept: Vec<String>,
    /// The IDs of the expired objects that the object replaces, including those that stay.
    pub(super) predecessors: Vec<String>,
    /// The canonical form of the resource, with the IDs of the objects to which it refers.
    pub(super) wanted: Map<String, Value>,
    /// The changes that a sync of the folders would make.
    pub(super) folder: Option<SyncPreview>,
    /// `true` if the object would be deleted, but is protected or used.
    pub(super) is_kept: bool,
    /// `true` if nothing but the folders differs.
    pub(super) only_folder_differs: bool,
}

impl PlannedObject {
    /// Creates the plan of an object without differences and without IDs.
    fn new(kind: &'static ResourceKind, key: String, action: Action, reason: &str) -> Self {
        Self {
            kind,
            key,
            action,
            reason: reason.to_owned(),
            ids: Vec::new(),
            differences: Vec::new(),
            resource: None,
            live: None,
            duplicates: Vec::new(),
            replaced: Vec::new(),
            kept: Vec::new(),
            predecessors: Vec::new(),
            wanted: Map::new(),
            folder: None,
            is_kept: false,
            only_folder_differs: false,
        }
    }

    /// Returns the name in the manifest.
    pub fn name(&self) -> &str {
        self.key.splitn(3, '/').nth(2).unwrap_or_default()
    }

    /// Returns the object with its references replaced by these IDs, and with the differences that result from this.
    pub(super) fn resolved(&self, ids: &Ids) -> Cow<'_, Self> {
        let id = |name: &ResourceName| ids.get(name).cloned().unwrap_or_default();
        let Some(Cow::Owned(resource)) = self.resource.as_ref().map(|resource| resource.resolved(id)) else {
            return Cow::Borrowed(self);
        };
        let wanted = resource.form(&resource.members);
        let live = self.live.as_ref().map(|live| resource.form(&live.members)).unwrap_or_default();
        let (differences, resource) = (differences(&live, &wanted), Some(Arc::new(resource)));
        Cow::Owned(Self { wanted, differences, resource, ..self.clone() })
    }

    /// Returns `true` if a sync has to change the files of the object, or to wait for their index.
    pub(super) fn folder_is_unfinished(&self) -> bool {
        self.folder.as_ref().is_some_and(|folder| !folder.changes.is_empty() || folder.indexing > 0)
    }

    /// Returns the section and the name in the manifest.
    pub(super) fn id(&self) -> ResourceName {
        (self.kind.section, self.name().to_owned())
    }

    /// Returns the objects of the manifest to which this one refers.
    pub(super) fn references(&self) -> Vec<ResourceName> {
        self.resource.as_ref().map(|resource| resource.references()).unwrap_or_default()
    }

    /// Returns the objects of the backend that the action deletes, and those with changes that the action overwrites.
    /// `overwrite` is `true` if objects that changed at the backend are overwritten.
    pub(super) fn lost(&self, overwrite: bool) -> impl Iterator<Item = &LiveObject> {
        let is_lost = move |live: &&LiveObject| match self.action {
            Action::Delete => true,
            Action::Drifted | Action::Conflict => overwrite,
            Action::Update => live.marker().is_none(),
            _ => false,
        };
        self.live.iter().filter(is_lost).chain(&self.replaced)
    }

    /// Returns the digests of the canonical forms of the manifest and of the backend. They do not cover members that
    /// change by themselves.
    pub(super) fn digests(&self) -> (Option<String>, Option<String>) {
        let live = self.live.as_ref().map(|live| match &self.resource {
            Some(resource) => digest(&resource.form(&live.members)),
            None => {
                let owned = self.kind.member_names().chain(["metadata"]);
                let member = |name: &str| Some((name.to_owned(), live.members.get(name)?.clone()));
                digest(&owned.filter_map(member).collect())
            }
        });
        ((!self.wanted.is_empty()).then(|| digest(&self.wanted)), live)
    }

    /// Returns the JSON form.
    pub fn to_json(&self) -> Value {
        let members = self.differences.iter().map(Difference::to_json);
        json!({
            "key": self.key,
            "kind": self.kind.kind().name(),
            "action": self.action.name(),
            "reason": self.reason,
            "id": self.ids.first(),
            "ids": self.ids,
            "members": members.collect::<Vec<_>>(),
        })
    }
}

/// Plans an object of the manifest. `claimants` are the objects of the backend that have its identity.
pub(super) fn planned(key: String, resource: &Arc<Resource>, claimants: Vec<LiveObject>, ids: &Ids) -> PlannedObject {
    let (mut expired, claimants): (Vec<_>, Vec<_>) = claimants.into_iter().partition(LiveObject::is_expired);
    let missing: Vec<String> = resource
        .references()
        .into_iter()
        .filter(|name| !ids.contains_key(name))
        .map(|(section, name)| format!("{section}.{name}"))
        .collect();
    let resolved = resource.resolved(|name| ids.get(name).cloned().unwrap_or_else(|| unknown_id(name)));
    let wanted = resource.form(&resolved.members);
    let mut planned = PlannedObject {
        ids: claimants.iter().chain(&expired).map(|live| live.id.clone()).collect(),
        resource: Some(Arc::clone(resource)),
        wanted,
        ..PlannedObject::new(resource.kind, key, Action::Create, "does not exist")
    };
    if claimants.len() > 1 && !are_duplicates(&claimants, resource) {
        planned.action = Action::Ambiguous;
        planned.reason = format!(
            "several objects have this identity; delete all but one, or remove the metadata key {KEY} from them"
        );
        return planned;
    }
    let mut claimants = claimants.into_iter();
    planned.predecessors = expired.iter().map(|old| old.id.clone()).collect();
    if resource.protect {
        expired.clear();
    }
    let Some(live) = claimants.next() else {
        if !planned.ids.is_empty() {
            (planned.action, planned.reason) =
                (Action::Replace, "has expired; a new vector store replaces it".to_owned());
        }
        planned.replaced = expired;
        planned.differences = differences(&Map::new(), &planned.wanted);
        return planned;
    };
    planned.replaced = expired;
    planned.duplicates = claimants.collect();
    let form = resource.form(&live.members);
    let (action, reason) = match verdict(&planned.wanted, &form, live.marker().as_ref()) {
        (Action::Conflict, _) if has_only_synced_contents(&live, resource, &form) => {
            (Action::Update, "changed in the manifest")
        }
        found => found,
    };
    (planned.action, planned.reason) = match action {
        Action::Unchanged if !planned.duplicates.is_empty() => {
            (Action::Duplicate, "was created several times; all but the oldest will be deleted".to_owned())
        }
        Action::Unchanged if live.key() != Some(&planned.key) => {
            let from = live.key().map(|key| format!("moved from {key}"));
            (Action::Update, from.unwrap_or_else(|| "is adopted".to_owned()))
        }
        Action::Unchanged if !planned.replaced.is_empty() => {
            (Action::Replace, "the expired vector store will be deleted".to_owned())
        }
        Action::Unchanged if changes_protection(&live, resource) => (Action::Update, PROTECTION_CHANGED.to_owned()),
        // The marker cannot show which side changed, because the IDs of the missing objects are not known any more.
        Action::Conflict if !missing.is_empty() => {
            (Action::Conflict, format!("changed at the backend, which lacks {}", missing.join(", ")))
        }
        action if !missing.is_empty() => (action, "refers to objects that do not exist yet".to_owned()),
        action => (action, reason.to_owned()),
    };
    if action != Action::Unchanged {
        planned.differences = differences(&form, &planned.wanted);
    }
    if changes_protection(&live, resource) {
        let (before, after) = (Value::from(!resource.protect), Value::from(resource.protect));
        planned.differences.push(Difference { path: "lifecycle.protect".to_owned(), before, after });
    }
    planned.live = Some(live);
    planned
}

/// Plans a file of the manifest. Removes the older versions of the file from `old`. `keeps_old` is `true` if the older
/// versions are protected.
pub(super) fn planned_file(
    key: String,
    resource: &Arc<Resource>,
    keeps_old: bool,
    claimants: Vec<LiveObject>,
    old: &mut Vec<LiveObject>,
) -> PlannedObject {
    let wanted = resource.form(&resource.members);
    let name = resource.content.as_ref().map(Content::name);
    let purpose = resource.members.get("purpose");
    let mut claimants = claimants.into_iter();
    let live = claimants.next();
    // Any of several equal files could be used. Every machine chooses the oldest one.
    let mut replaced: Vec<LiveObject> = claimants.collect();
    let (of_this, rest): (Vec<_>, Vec<_>) = std::mem::take(old)
        .into_iter()
        .partition(|file: &LiveObject| file.name_on_disk() == name && file.members.get("purpose") == purpose);
    *old = rest;
    let before = of_this.iter().next_back().map(|file: &LiveObject| resource.form(&file.members)).unwrap_or_default();
    replaced.extend(of_this);
    let is_new = replaced.is_empty();
    if keeps_old {
        replaced.clear();
    }
    let (action, reason) = match &live {
        Some(_) if replaced.is_empty() => (Action::Unchanged, "as in the manifest"),
        Some(_) => (Action::Replace, "older files will be deleted"),
        None if is_new => (Action::Create, "does not exist"),
        None if keeps_old => (Action::Replace, "changed in the manifest; the older file is protected and stays"),
        None => (Action::Replace, "changed in the manifest"),
    };
    let ids = live.iter().chain(&replaced).map(|file| file.id.clone()).collect();
    let differences = if live.is_some() { Vec::new() } else { differences(&before, &wanted) };
    PlannedObject {
        ids,
        differences,
        resource: Some(Arc::clone(resource)),
        live,
        replaced,
        wanted,
        ..PlannedObject::new(resource.kind, key, action, reason)
    }
}

/// Returns `true` if the object differs from the last write only by contents that a sync added. The last write did not
/// own them, so they are not a change at the backend.
fn has_only_synced_contents(live: &LiveObject, resource: &Resource, form: &Map<String, Value>) -> bool {
    let Some(contents) = resource.kind.contents else { return false };
    let mut rest = form.clone();
    let Some(Value::Array(items)) = rest.shift_remove(contents.member) else { return false };
    let is_synced = |item: &Value| item.as_str().is_some_and(|id| live.synced.iter().any(|known| known == id));
    items.iter().all(is_synced) && live.marker().is_some_and(|marker| marker.kept == digest(&rest))
}

/// Returns the text for an ID that is not known yet. It contains the name, so that the texts of one list differ.
fn unknown_id((section, name): &ResourceName) -> String {
    format!("{UNKNOWN_ID} {section}.{name}")
}

/// Returns `true` if the protection in the marker of an object differs from the protection in the manifest.
pub(super) fn changes_protection(live: &LiveObject, resource: &Resource) -> bool {
    live.marker().is_some_and(|marker| marker.is_protected != resource.protect)
}

/// Returns `true` if each object was created by a request of asst and has not changed since. Interrupted or concurrent
/// applies leave such objects. A copy that a user made is no duplicate: it has the birth mark of its original.
fn are_duplicates(claimants: &[LiveObject], resource: &Resource) -> bool {
    let mut births = HashSet::new();
    claimants.iter().all(|live| {
        let Some(marker) = live.marker() else { return false };
        let is_unchanged = marker.is_unfinished() || marker.kept == digest(&resource.form(&live.members));
        is_unchanged && births.insert(marker.birth)
    })
}

/// Returns the `sync` of the vector store that has this identity in the manifest, if there is one.
pub(super) fn sync_of<'a>(manifest: &'a Manifest, kind: &ResourceKind, key: &str) -> Option<&'a FolderSync> {
    manifest.of_kind(kind).find(|resource| manifest.key(&resource.name) == key)?.sync.as_ref()
}

/// Returns the files that are deleted together with a vector store: those that its sync uploaded. Returns none if
/// `keep_files` is set, or if the vector store is no longer in the manifest, because its `keep_files` is then unknown.
pub(super) fn deleted_with<'a>(
    manifest: &Manifest,
    kind: &ResourceKind,
    key: &str,
    live: &'a LiveObject,
) -> &'a [String] {
    match sync_of(manifest, kind, key) {
        Some(sync) if !sync.is_set("keep_files") => &live.synced,
        _ => &[],
    }
}

/// Plans an object of the project and environment that is not in the manifest.
pub(super) fn left_over(kind: &'static ResourceKind, key: &str, live: LiveObject, prune: bool) -> PlannedObject {
    let is_protected = live.marker().is_some_and(|marker| marker.is_protected);
    let (action, reason) = match prune {
        _ if is_protected => (Action::Orphaned, "no longer in the manifest, and protected"),
        true if !live.synced.is_empty() => (Action::Delete, "no longer in the manifest; the files of its `sync` stay"),
        true => (Action::Delete, "no longer in the manifest"),
        false => (Action::Orphaned, "no longer in the manifest; --prune deletes it"),
    };
    PlannedObject {
        ids: vec![live.id.clone()],
        live: Some(live),
        is_kept: prune && is_protected,
        ..PlannedObject::new(kind, key.to_owned(), action, reason)
    }
}
