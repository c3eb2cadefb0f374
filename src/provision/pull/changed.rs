//! An object that changed at the backend, and the edit that writes its new values into the manifest.

use crate::manifest::{MemberEdit, ObjectEdit, Resource, ResourceName, canonical, reference_list, stated};
use crate::provision::plan::Plan;
use crate::provision::planned::PlannedObject;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// An object that changed at the backend.
pub(super) struct Changed<'a> {
    pub(super) resource: &'a Resource,
    /// The canonical form of the object at the backend.
    pub(super) form: Map<String, Value>,
    pub(super) live: &'a Map<String, Value>,
    pub(super) edit: ObjectEdit,
}

impl<'a> Changed<'a> {
    /// Compares an object with the manifest. Returns `None` if no member that a manifest can set changed.
    pub(super) fn new(plan: &'a Plan, object: &'a PlannedObject) -> Option<Self> {
        let (resource, live) = (object.resource.as_ref()?, &object.live.as_ref()?.members);
        let form = resource.form(live);
        let top = |path: &str| path.split(['.', '[']).next().unwrap_or_default().to_owned();
        let changed: BTreeSet<String> = object.differences.iter().map(|difference| top(&difference.path)).collect();
        let name_of = |section: &'static str, id: &str| {
            let found = plan.ids.iter().find(|((known, _), known_id)| *known == section && *known_id == id);
            let known = found.map(|((_, name), _)| name.clone());
            // An apply will replace the file. Until then, the object refers to the older version.
            let is_older = |object: &&PlannedObject| {
                object.kind.section == section && object.replaced.iter().any(|older| older.id == id)
            };
            known.or_else(|| plan.objects.iter().find(is_older).map(|object| object.name().to_owned()))
        };
        let mut stated = stated(resource.kind, live, &resource.ignore, name_of);
        keep_ignored(resource, &mut stated);
        let owned = resource.kind.member_names().filter(|name| changed.contains(*name));
        let members = owned.map(|name| MemberEdit {
            member: name.to_owned(),
            value: stated.get(name).cloned(),
            explicit: default_of(live.get(name).unwrap_or(&Value::Null)),
        });
        let edit = ObjectEdit { kind: resource.kind, name: resource.name.clone(), members: members.collect() };
        (!edit.members.is_empty()).then_some(Self { resource, form, live, edit })
    }

    /// Returns the path in the manifest.
    pub(super) fn path(&self) -> String {
        format!("{}.{}", self.resource.kind.section, self.resource.name)
    }

    /// Returns the ID for a reference of the object to `name`. If an apply will replace the target, this is the ID of
    /// the older version to which the object refers now.
    pub(super) fn id_of(&self, plan: &Plan, name: &ResourceName) -> String {
        if let Some(id) = plan.ids.get(name).filter(|id| self.refers_to(id)) {
            return id.clone();
        }
        let target = plan.objects.iter().find(|object| object.id() == *name);
        let older = target.and_then(|target| target.replaced.iter().find(|older| self.refers_to(&older.id)));
        older.map(|older| older.id.clone()).or_else(|| plan.ids.get(name).cloned()).unwrap_or_default()
    }

    fn refers_to(&self, id: &str) -> bool {
        let lists = self.resource.kind.references.iter().filter_map(|reference| reference_list(self.live, reference));
        lists.flatten().any(|found| found == id)
    }
}

/// Adds the metadata pairs that the manifest sets, and that `lifecycle.ignore` contains. The manifest only sets their
/// first values, so it does not take over later values from the backend.
fn keep_ignored(resource: &Resource, stated: &mut Map<String, Value>) {
    let form = |ignore: &[String]| match canonical(resource.kind, &resource.members, ignore).remove("metadata") {
        Some(Value::Object(pairs)) => pairs,
        _ => Map::new(),
    };
    let (all, owned) = (form(&[]), form(&resource.ignore));
    let kept: Map<String, Value> = all.into_iter().filter(|(name, _)| !owned.contains_key(name)).collect();
    if kept.is_empty() {
        return;
    }
    let pairs = stated.entry("metadata").or_insert_with(|| Value::Object(Map::new()));
    if let Some(pairs) = pairs.as_object_mut() {
        pairs.extend(kept);
    }
}

/// Returns the value that sets a member to its default explicitly, for a member with this value at the backend.
fn default_of(live: &Value) -> Value {
    match live {
        Value::Array(_) => Value::Array(Vec::new()),
        Value::Object(_) => Value::Object(Map::new()),
        other => other.clone(),
    }
}
