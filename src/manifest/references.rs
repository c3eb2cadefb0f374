//! References from one object of a manifest to another: `{ref: vector_stores.handbook}` in a list of IDs
//! (docs/manifest.md#references).

use super::Resource;
use super::kinds::{Reference, ResourceKind};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// The key of a reference.
pub(super) const REF: &str = "ref";

/// An object of a manifest: its section and its name.
pub type ResourceName = (&'static str, String);

/// Returns the target of a reference, or `None` for any other value.
pub(super) fn target(value: &Value) -> Option<&str> {
    let members = value.as_object().filter(|members| members.len() == 1)?;
    members.get(REF)?.as_str()
}

/// Returns the list at the path of a reference.
pub fn list<'a>(members: &'a Map<String, Value>, reference: &Reference) -> Option<&'a Vec<Value>> {
    let mut steps = reference.path.split('.');
    let first = members.get(steps.next()?)?;
    steps.try_fold(first, |value, step| value.get(step))?.as_array()
}

/// Returns a reference to an object of the manifest.
pub(super) fn reference_to(section: &str, name: &str) -> Value {
    json!({ REF: format!("{section}.{name}") })
}

/// Replaces the IDs in the lists of an object by references. `name_of` receives a section and an ID, and returns the
/// name of the object in the manifest, or `None` to leave the ID.
pub fn refer(
    kind: &ResourceKind,
    members: &mut Map<String, Value>,
    name_of: impl Fn(&'static str, &str) -> Option<String>,
) {
    for reference in kind.references {
        for item in list_mut(members, reference).into_iter().flatten() {
            if let Some(name) = item.as_str().and_then(|id| name_of(reference.section, id)) {
                *item = reference_to(reference.section, &name);
            }
        }
    }
}

/// Removes the IDs that `keep` rejects from the lists of an object that refer to a section. Returns `true` if it removed
/// any.
pub fn retain(
    kind: &ResourceKind,
    members: &mut Map<String, Value>,
    section: &str,
    keep: impl Fn(&str) -> bool,
) -> bool {
    let mut has_removed = false;
    for reference in kind.references.iter().filter(|reference| reference.section == section) {
        let Some(list) = list_mut(members, reference) else { continue };
        let before = list.len();
        list.retain(|item| item.as_str().is_none_or(&keep));
        has_removed |= list.len() < before;
    }
    has_removed
}

/// Returns the list at the path of a reference, as mutable.
fn list_mut<'a>(members: &'a mut Map<String, Value>, reference: &Reference) -> Option<&'a mut Vec<Value>> {
    let mut steps = reference.path.split('.');
    let first = members.get_mut(steps.next()?)?;
    steps.try_fold(first, |value, step| value.get_mut(step))?.as_array_mut()
}

/// Returns the members with each reference replaced by the IDs that `ids` returns for the name of its target.
pub(super) fn replaced(
    kind: &ResourceKind,
    members: &Map<String, Value>,
    ids: impl Fn(&'static str, &str) -> Vec<Value>,
) -> Map<String, Value> {
    let mut members = members.clone();
    for reference in kind.references {
        let Some(list) = list_mut(&mut members, reference) else { continue };
        let replaced = std::mem::take(list).into_iter().flat_map(|item| match name_of(&item, reference) {
            Some(name) => ids(reference.section, name),
            None => vec![item],
        });
        *list = replaced.collect();
    }
    members
}

/// Returns the name to which an item refers, or `None` if the item is not a reference to the right section.
fn name_of<'a>(item: &'a Value, reference: &Reference) -> Option<&'a str> {
    let (section, name) = target(item)?.split_once('.')?;
    (section == reference.section).then_some(name)
}

impl Resource {
    /// Returns the section and the name in the manifest.
    pub fn id(&self) -> ResourceName {
        (self.kind.section, self.name.clone())
    }

    /// Returns the objects to which this object refers.
    pub fn references(&self) -> Vec<ResourceName> {
        let lists =
            self.kind.references.iter().filter_map(|reference| Some((reference, list(&self.members, reference)?)));
        let found = lists.flat_map(|(reference, list)| {
            list.iter().filter_map(|item| Some((reference.section, name_of(item, reference)?.to_owned())))
        });
        found.collect()
    }

    /// Returns the resource with each reference replaced by an ID. `id` returns the ID of an object.
    #[must_use]
    pub fn resolved(&self, id: impl Fn(&ResourceName) -> String) -> Cow<'_, Self> {
        if self.references().is_empty() {
            return Cow::Borrowed(self);
        }
        let ids = |section, name: &str| vec![Value::from(id(&(section, name.to_owned())))];
        Cow::Owned(Self { members: replaced(self.kind, &self.members, ids), ..self.clone() })
    }
}
