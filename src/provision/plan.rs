//! The plan: for each object of the manifest and the backend, the action and the differences.

use super::live::{LiveObject, live_objects};
use super::verdict::{Action, verdict};
use crate::app::App;
use crate::manifest::{ASSISTANTS, Difference, KEY, KINDS, Manifest, Resource, ResourceKind, differences, digest};
use anyhow::Result;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// The version of the JSON form of a plan.
const FORMAT: u64 = 1;

/// The choices of a plan.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// The names of the objects to plan. Empty means all.
    pub targets: Vec<String>,
    /// `true` if objects that are no longer in the manifest will be deleted.
    pub prune: bool,
}

/// A plan for one environment.
#[derive(Debug)]
pub struct Plan {
    pub manifest: Manifest,
    /// The backend to which the plan applies.
    pub origin: String,
    pub objects: Vec<PlannedObject>,
}

/// The part of a plan that concerns one object.
#[derive(Debug)]
pub struct PlannedObject {
    pub kind: &'static ResourceKind,
    /// The identity of the object.
    pub key: String,
    pub action: Action,
    pub reason: String,
    /// The IDs at the backend. More than one if the identity is ambiguous.
    pub ids: Vec<String>,
    /// The differences, from the backend to the manifest.
    pub differences: Vec<Difference>,
    pub(super) resource: Option<Resource>,
    pub(super) live: Option<LiveObject>,
    /// Younger objects that applies created at the same time as `live`.
    pub(super) duplicates: Vec<LiveObject>,
    /// The canonical form of the resource.
    pub(super) wanted: Map<String, Value>,
}

/// Reads the backend and compares it with the manifest. Changes nothing.
///
/// # Errors
/// Returns an error if the list of the backend could not be read as a whole.
pub async fn plan(app: &App, manifest: Manifest, options: &PlanOptions) -> Result<Plan> {
    let origin = app.origin().await?.to_owned();
    let mut objects = Vec::new();
    for kind in kinds(&manifest) {
        let mut live = live_objects(app, kind, &manifest.key_prefix()).await?;
        for resource in manifest.resources.iter().filter(|resource| resource.kind == kind) {
            let key = manifest.key(&resource.name);
            let claimants = live.remove(&key).unwrap_or_default();
            if options.targets.is_empty() || options.targets.contains(&resource.name) {
                objects.push(planned(key, resource, claimants));
            }
        }
        if options.targets.is_empty() {
            for (key, claimants) in live {
                objects.extend(claimants.into_iter().map(|live| left_over(kind, &key, live, options.prune)));
            }
        }
    }
    Ok(Plan { manifest, origin, objects })
}

/// Reads the backend and plans the deletion of every object of the manifest's project and environment. Protected objects
/// stay.
///
/// # Errors
/// Returns an error if the list of the backend could not be read as a whole.
pub async fn destruction(app: &App, manifest: Manifest) -> Result<Plan> {
    let origin = app.origin().await?.to_owned();
    let mut objects = Vec::new();
    for kind in kinds(&manifest) {
        for (key, claimants) in live_objects(app, kind, &manifest.key_prefix()).await? {
            let is_protected =
                |resource: &Resource| resource.kind == kind && resource.protect && manifest.key(&resource.name) == key;
            let (action, reason) = match manifest.resources.iter().any(is_protected) {
                true => (Action::Orphaned, "protected by the manifest"),
                false => (Action::Delete, "belongs to the project and environment"),
            };
            let object =
                |live| PlannedObject { action, reason: reason.to_owned(), ..left_over(kind, &key, live, true) };
            objects.extend(claimants.into_iter().map(object));
        }
    }
    Ok(Plan { manifest, origin, objects })
}

/// Returns the kinds whose lists are read, in the order of dependencies: those of the manifest, and assistants.
fn kinds(manifest: &Manifest) -> impl Iterator<Item = &'static ResourceKind> {
    let is_used = |kind: &ResourceKind| manifest.resources.iter().any(|resource| resource.kind == kind);
    KINDS.iter().copied().filter(move |kind| *kind == &ASSISTANTS || is_used(kind))
}

fn planned(key: String, resource: &Resource, claimants: Vec<LiveObject>) -> PlannedObject {
    let wanted = resource.form(&resource.members);
    let mut planned = PlannedObject {
        kind: resource.kind,
        key,
        action: Action::Create,
        reason: "does not exist".to_owned(),
        ids: claimants.iter().map(|live| live.id.clone()).collect(),
        differences: Vec::new(),
        resource: Some(resource.clone()),
        live: None,
        duplicates: Vec::new(),
        wanted,
    };
    if claimants.len() > 1 && !are_duplicates(&claimants, resource) {
        planned.action = Action::Ambiguous;
        planned.reason = format!(
            "several objects have this identity; delete all but one, or remove the metadata key {KEY} from them"
        );
        return planned;
    }
    let mut claimants = claimants.into_iter();
    let Some(live) = claimants.next() else {
        planned.differences = differences(&Map::new(), &planned.wanted);
        return planned;
    };
    planned.duplicates = claimants.collect();
    let form = resource.form(&live.members);
    let (action, reason) = verdict(&planned.wanted, &form, live.marker().as_ref());
    (planned.action, planned.reason) = match action {
        Action::Unchanged if !planned.duplicates.is_empty() => {
            (Action::Duplicate, "was created several times; all but the oldest will be deleted".to_owned())
        }
        action => (action, reason.to_owned()),
    };
    if action != Action::Unchanged {
        planned.differences = differences(&form, &planned.wanted);
    }
    planned.live = Some(live);
    planned
}

/// Returns `true` if each object was created by a request of asst and has not changed since. An apply that was
/// interrupted, or that ran beside another one, leaves such objects. A copy that somebody made has the birth mark of its
/// original.
fn are_duplicates(claimants: &[LiveObject], resource: &Resource) -> bool {
    let mut births = HashSet::new();
    claimants.iter().all(|live| {
        let Some(marker) = live.marker() else { return false };
        let is_unchanged = marker.kept == digest(&resource.form(&live.members));
        is_unchanged && births.insert(marker.birth)
    })
}

fn left_over(kind: &'static ResourceKind, key: &str, live: LiveObject, prune: bool) -> PlannedObject {
    let (action, reason) = match prune {
        true => (Action::Delete, "no longer in the manifest"),
        false => (Action::Orphaned, "no longer in the manifest; --prune deletes it"),
    };
    PlannedObject {
        kind,
        key: key.to_owned(),
        action,
        reason: reason.to_owned(),
        ids: vec![live.id.clone()],
        differences: Vec::new(),
        resource: None,
        live: Some(live),
        duplicates: Vec::new(),
        wanted: Map::new(),
    }
}

impl PlannedObject {
    /// Returns the name in the manifest.
    pub fn name(&self) -> &str {
        self.key.rsplit('/').next().unwrap_or_default()
    }

    /// Returns `true` if the object has a state that asst did not write and that the action would overwrite or delete.
    pub(super) fn loses_changes(&self) -> bool {
        match self.action {
            Action::Delete | Action::Drifted | Action::Conflict => true,
            Action::Update => self.live.as_ref().is_some_and(|live| live.marker().is_none()),
            _ => false,
        }
    }

    /// Returns the JSON form.
    pub fn to_json(&self) -> Value {
        let members = self.differences.iter().map(
            |difference| json!({ "path": difference.path, "before": difference.before, "after": difference.after }),
        );
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

impl Plan {
    /// Returns the number of objects with an action.
    pub fn count(&self, action: Action) -> usize {
        self.objects.iter().filter(|object| object.action == action).count()
    }

    /// Keeps only the objects that changed at the backend.
    #[must_use]
    pub fn drift_only(mut self) -> Self {
        self.objects.retain(|object| matches!(object.action, Action::Drifted | Action::Conflict));
        self
    }

    /// Returns `true` if manifest and backend differ.
    pub fn has_differences(&self) -> bool {
        self.objects.iter().any(|object| object.action.is_difference())
    }

    /// Returns the JSON form (docs/provisioning.md#json).
    pub fn to_json(&self) -> Value {
        let summary: Map<String, Value> =
            Action::ALL.into_iter().map(|action| (action.name().to_owned(), self.count(action).into())).collect();
        json!({
            "format": FORMAT,
            "project": self.manifest.project,
            "environment": self.manifest.environment,
            "origin": self.origin,
            "summary": summary,
            "objects": self.objects.iter().map(PlannedObject::to_json).collect::<Vec<_>>(),
        })
    }
}
