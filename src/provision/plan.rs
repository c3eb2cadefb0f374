//! The plan: for each object of the manifest and the backend, the action and the differences.

use super::backend_objects::BackendObjects;
use super::folder;
use super::planned::{Ids, PlannedObject, deleted_with, left_over, planned, planned_file};
use super::replaced;
use super::verdict::Action;
use crate::app::App;
use crate::manifest::{Content, Difference, Identity, KINDS, Manifest, Resource, ResourceName};
use crate::ui::counted;
use anyhow::Result;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The version of the JSON form of a plan.
const FORMAT: u64 = 1;

/// The choices of a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanOptions {
    /// The names of the objects to plan. The objects to which they refer are planned too. Empty means all objects.
    pub targets: Vec<String>,
    /// `true` if objects that are no longer in the manifest will be deleted.
    pub prune: bool,
    /// `true` if the files of synced folders are not compared. A saved plan does not store this choice.
    pub ignores_folders: bool,
}

/// A plan for one environment.
#[derive(Debug)]
pub struct Plan {
    pub manifest: Manifest,
    /// The backend to which the plan applies.
    pub origin: String,
    pub objects: Vec<PlannedObject>,
    /// The number of objects that were compared, also of those that [`Plan::drift_only`] removed.
    pub compared: usize,
    /// `true` if the plan was compared with a saved plan and equals it. The apply then changes nothing that the saved
    /// plan does not contain.
    pub is_saved: bool,
    /// The IDs of all objects of the manifest that exist, including objects that are not part of the plan.
    pub(super) ids: Ids,
}

/// Reads the backend and compares it with the manifest. Changes nothing.
///
/// # Errors
/// Returns an error if a list of the backend could not be read completely, or if a folder cannot be opened.
pub async fn plan(app: &App, manifest: Manifest, options: &PlanOptions) -> Result<Plan> {
    let targets = with_dependencies(&manifest, &options.targets);
    let is_meant = |resource: &Resource| targets.as_ref().is_none_or(|targets| targets.contains(&resource.id()));
    if !options.ignores_folders {
        folder::check_folders(app, &manifest, is_meant)?;
    }
    let origin = app.origin().await?.to_owned();
    let mut backend = BackendObjects::read(app, &manifest, options.prune).await?;
    let (mut objects, mut ids) = (Vec::new(), Ids::new());
    for kind in KINDS.iter().copied() {
        for resource in manifest.of_kind(kind) {
            let key = manifest.key(&resource.name);
            let claimants = backend.take(kind, &key);
            let mut planned = match kind.identity {
                Identity::Metadata => planned(key, resource, claimants, &ids),
                Identity::Content => {
                    let keeps_old = manifest.protects_versions_of(resource);
                    planned_file(key, resource, keeps_old, claimants, &mut backend.old_files)
                }
            };
            if let Some(live) = &planned.live {
                ids.insert(resource.id(), live.id.clone());
            }
            if is_meant(resource) {
                if !options.ignores_folders {
                    folder::compare(app, &mut planned).await?;
                }
                objects.push(planned);
            }
        }
        if targets.is_none() {
            for (key, live) in backend.left_over(kind, &manifest) {
                objects.push(left_over(kind, &key, live, options.prune));
            }
        }
    }
    replaced::leave_out_used(app, &mut objects).await?;
    if options.prune {
        replaced::keep_used_deletions(app, &mut objects).await?;
    }
    Ok(Plan { manifest, origin, compared: objects.len(), objects, is_saved: false, ids })
}

/// Returns the objects with these names and all objects to which they refer, or `None` if no name is given.
fn with_dependencies(manifest: &Manifest, names: &[String]) -> Option<BTreeSet<ResourceName>> {
    if names.is_empty() {
        return None;
    }
    let mut found = BTreeSet::new();
    // A resource refers only to resources before it, so one pass from the end finds all dependencies.
    for resource in manifest.resources.iter().rev() {
        if names.iter().any(|name| resource.is_named(name)) || found.contains(&resource.id()) {
            found.insert(resource.id());
            found.extend(resource.references());
        }
    }
    Some(found)
}

/// Reads the backend and plans the deletion of every object of the manifest's project and environment. Protected objects
/// stay.
///
/// # Errors
/// Returns an error if a list of the backend could not be read completely.
pub async fn destruction(app: &App, manifest: Manifest) -> Result<Plan> {
    let origin = app.origin().await?.to_owned();
    let mut backend = BackendObjects::read(app, &manifest, true).await?;
    let mut objects = Vec::new();
    for kind in KINDS.iter().copied() {
        let protected: BTreeSet<String> = manifest
            .of_kind(kind)
            .filter(|resource| resource.protect)
            // The identity of an older version of a file is its name on disk, not its name in the manifest.
            .flat_map(|resource| [Some(resource.name.clone()), resource.content.as_ref().map(Content::name)])
            .flatten()
            .map(|name| manifest.key(&name))
            .collect();
        for (key, live) in backend.everything(kind, &manifest) {
            // An object under `adopt` belongs to the project only after an apply has given it the identity.
            if kind.identity == Identity::Metadata && live.key().is_none() {
                continue;
            }
            let (action, reason) = if protected.contains(&key) {
                (Action::Orphaned, "protected by the manifest")
            } else if live.marker().is_some_and(|marker| marker.is_protected) {
                (Action::Orphaned, "protected by the last apply")
            } else {
                (Action::Delete, "belongs to the project and environment")
            };
            let files = deleted_with(&manifest, kind, &key, &live).len() as u64;
            let is_kept = action == Action::Orphaned;
            let reason = reason.to_owned();
            let mut object = PlannedObject { action, reason, is_kept, ..left_over(kind, &key, live, true) };
            if action == Action::Delete && files > 0 {
                let before = counted(files, "file").into();
                object.differences.push(Difference { path: "sync".to_owned(), before, after: Value::Null });
            }
            objects.push(object);
        }
    }
    replaced::keep_used_deletions(app, &mut objects).await?;
    Ok(Plan { manifest, origin, compared: objects.len(), objects, is_saved: false, ids: Ids::new() })
}

impl Plan {
    /// Returns the number of objects with an action.
    pub fn count(&self, action: Action) -> usize {
        self.objects.iter().filter(|object| object.action == action).count()
    }

    /// Returns the actions that occur in the plan, each with the number of its objects.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let counts = Action::ALL.into_iter().map(|action| (action.name(), self.count(action)));
        counts.filter(|(_, count)| *count > 0)
    }

    /// Keeps only the objects that changed at the backend, and those that the backend lacks or has several times.
    #[must_use]
    pub fn drift_only(mut self) -> Self {
        self.objects.retain(|object| object.action.is_drift());
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
