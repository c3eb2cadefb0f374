//! Decides which objects an apply deletes: those that new objects have replaced, and those that nothing uses.

use super::folder;
use super::planned::{PROTECTION_CHANGED, PlannedObject, changes_protection};
use super::usage::{User, Users, references_to};
use super::verdict::Action;
use crate::app::App;
use crate::manifest::{KINDS, Resource, ResourceKind, reference_list};
use anyhow::Result;
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

/// Keeps an old object if an object that this apply does not change refers to it: removes the deletion from the plan.
/// The apply would not delete it, so every later plan would show its deletion again.
///
/// # Errors
/// Returns an error if a list may be incomplete.
pub(super) async fn leave_out_used(app: &App, objects: &mut [PlannedObject]) -> Result<()> {
    for kind in KINDS.iter().copied() {
        let has_old = |object: &PlannedObject| object.kind == kind && !object.replaced.is_empty();
        if !objects.iter().any(has_old) {
            continue;
        }
        let users = Users::read(app, kind).await?;
        let releases = Releases::of(objects);
        let mut used: HashMap<String, &User> = HashMap::new();
        for old in objects.iter().filter(|object| object.kind == kind).flat_map(|object| &object.replaced) {
            if let Some(user) = users.all(&old.id).iter().find(|user| !releases.releases(user, kind, &old.id)) {
                used.insert(old.id.clone(), user);
            }
        }
        for object in objects.iter_mut().filter(|object| has_old(object)) {
            object.keep_used(&used);
        }
    }
    Ok(())
}

/// Marks the deletions that an apply would not do, because something refers to the object that the apply neither deletes
/// nor changes.
///
/// # Errors
/// Returns an error if a list may be incomplete.
pub(super) async fn keep_used_deletions(app: &App, objects: &mut [PlannedObject]) -> Result<()> {
    // An object that stays keeps those to which it refers, so the kinds that refer to others come first.
    for kind in KINDS.iter().copied().rev().filter(|kind| kind.is_referred_to()) {
        let is_deleted = |object: &PlannedObject| object.kind == kind && object.action == Action::Delete;
        if !objects.iter().any(is_deleted) {
            continue;
        }
        let users = Users::read(app, kind).await?;
        let releases = Releases::of(objects);
        let user_of = |object: &PlannedObject| {
            let id = &object.live.as_ref().filter(|_| is_deleted(object))?.id;
            users.all(id).iter().find(|user| !releases.releases(user, kind, id)).map(ToString::to_string)
        };
        let kept: Vec<Option<String>> = objects.iter().map(user_of).collect();
        for (object, user) in objects.iter_mut().zip(kept) {
            if let Some(user) = user {
                object.action = Action::Orphaned;
                object.reason = format!("{user} refers to it");
                object.is_kept = true;
                object.differences.clear();
            }
        }
    }
    Ok(())
}

impl PlannedObject {
    /// Removes the old objects that are in use from `replaced`, and adds a note about each of them to `kept`. `used`
    /// contains one user for each of them.
    fn keep_used(&mut self, used: &HashMap<String, &User>) {
        let found = self.replaced.iter().filter_map(|old| used.get_key_value(&old.id));
        self.kept = found.map(|(id, user)| user.keeps(id, &self.key)).collect();
        let Some((id, user)) = self.replaced.iter().find_map(|old| used.get_key_value(&old.id)) else {
            return self.add_deletion_to_reason();
        };
        let reason = format!("{id} stays, because {user} refers to it");
        self.replaced.retain(|old| !used.contains_key(&old.id));
        self.ids.retain(|id| !used.contains_key(id));
        match (&self.live, &self.resource, self.action) {
            // No old object is deleted, but the files or the protection of the current object may differ.
            (Some(live), Some(resource), Action::Replace) if self.replaced.is_empty() => {
                (self.action, self.reason) = if changes_protection(live, resource) {
                    (Action::Update, format!("{PROTECTION_CHANGED}; {reason}"))
                } else if let Some(changes) = self.folder.as_ref().and_then(folder::reason) {
                    self.only_folder_differs = true;
                    (Action::Update, format!("{changes}; {reason}"))
                } else {
                    (Action::Unchanged, format!("as in the manifest; {reason}"))
                };
            }
            _ => {
                self.reason = format!("{}; {reason}", self.reason);
                self.add_deletion_to_reason();
            }
        }
    }

    /// Appends a remark to the reason: the expired object will be deleted. `Replace` needs no remark, because it implies
    /// the deletion.
    fn add_deletion_to_reason(&mut self) {
        if !self.replaced.is_empty() && self.action != Action::Replace {
            self.reason = format!("{}; the expired vector store will be deleted", self.reason);
        }
    }
}

/// The objects that an apply deletes or changes, and that therefore may no longer refer to an old object.
struct Releases<'a> {
    /// The objects that are deleted.
    deleted: HashSet<&'a str>,
    changed: HashMap<&'a str, ChangedObject<'a>>,
}

/// An object that the apply changes.
struct ChangedObject<'a> {
    resource: &'a Resource,
    /// The members as the backend has them.
    live: &'a Map<String, Value>,
    /// The canonical form that the apply writes.
    wanted: &'a Map<String, Value>,
}

impl<'a> Releases<'a> {
    fn of(objects: &'a [PlannedObject]) -> Self {
        let (mut deleted, mut changed) = (HashSet::new(), HashMap::new());
        for object in objects {
            deleted.extend(object.duplicates.iter().chain(&object.replaced).map(|old| old.id.as_str()));
            match (object.action, &object.live, &object.resource) {
                (Action::Delete, Some(live), _) => drop(deleted.insert(live.id.as_str())),
                (Action::Update | Action::Drifted | Action::Conflict | Action::Replace, Some(live), Some(resource)) => {
                    let (live, id) = (&live.members, live.id.as_str());
                    changed.insert(id, ChangedObject { resource, live, wanted: &object.wanted });
                }
                _ => {}
            }
        }
        Self { deleted, changed }
    }

    /// Returns `true` if the apply deletes the user, or removes the ID from its lists.
    fn releases(&self, user: &User, kind: &ResourceKind, id: &str) -> bool {
        if self.deleted.contains(user.id.as_str()) {
            return true;
        }
        let Some(ChangedObject { resource, live, wanted }) = self.changed.get(user.id.as_str()) else { return false };
        let live = resource.form(live);
        let mut lists = references_to(kind).filter(|(of, _)| *of == resource.kind).map(|(_, reference)| reference);
        lists.all(|reference| {
            let has = |members| reference_list(members, reference).into_iter().flatten().any(|item| item == id);
            // The canonical form has only the lists that the manifest owns.
            has(&live) && !has(wanted)
        })
    }
}
