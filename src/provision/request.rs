//! The bodies of the requests that create and update a provisioned object.

use super::live::LiveObject;
use super::planned::PlannedObject;
use crate::manifest::{DIGEST, KEY, Marker, Resource, digest, matches_pattern};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Returns the body of the request that creates an object. `finished` is `false` if its contents are added later.
pub(super) fn creation(object: &PlannedObject, resource: &Resource, finished: bool) -> Map<String, Value> {
    let mut body = resource.members.clone();
    body.retain(|name, _| !resource.kind.is_beside(name));
    let marker = Marker::new(&object.wanted);
    let marker = if finished { marker } else { marker.unfinished() };
    body.insert("metadata".to_owned(), metadata(object, resource, &marker));
    body
}

/// Returns the body of the request that updates an object: the members that differ, and the metadata. `finished` is
/// `false` if its contents are changed later.
pub(super) fn update(object: &PlannedObject, resource: &Resource, finished: bool) -> Map<String, Value> {
    let top = |path: &str| path.split(['.', '[']).next().unwrap_or_default().to_owned();
    let changed: BTreeSet<String> = object.differences.iter().map(|difference| top(&difference.path)).collect();
    let live = |name: &str| object.live.as_ref()?.members.get(name);
    let mut body = Map::new();
    for name in changed.into_iter().filter(|name| name != "metadata" && !resource.kind.is_beside(name)) {
        let Some(member) = resource.kind.member(&name) else { continue };
        let mut value = member.changed(resource.members.get(&name), live(&name));
        if let Some(live) = live(&name) {
            let below = |path: &str| Some(path.strip_prefix(&name)?.strip_prefix('.')?.to_owned());
            resource
                .ignore
                .iter()
                .filter_map(|path| below(path))
                .for_each(|path| keep_ignored(&mut value, live, &path));
        }
        body.insert(name, value);
    }
    let birth = object.live.as_ref().and_then(LiveObject::marker).map(|marker| marker.birth);
    let marker = Marker::new(&object.wanted);
    let marker = Marker { birth: birth.unwrap_or(marker.birth), ..marker };
    let marker = if finished { marker } else { marker.unfinished() };
    body.insert("metadata".to_owned(), metadata(object, resource, &marker));
    body
}

/// Copies the members at an ignored path from the backend, so that an update does not change them. The last step of the
/// path can be a pattern that ends in `*`.
fn keep_ignored(value: &mut Value, live: &Value, path: &str) {
    let (Some(members), Some(live)) = (value.as_object_mut(), live.as_object()) else { return };
    match path.split_once('.') {
        Some((step, rest)) => {
            if let (Some(value), Some(live)) = (members.get_mut(step), live.get(step)) {
                keep_ignored(value, live, rest);
            }
        }
        None => {
            let kept = live.iter().filter(|(name, value)| !value.is_null() && matches_pattern(name, path));
            members.extend(kept.map(|(name, value)| (name.clone(), value.clone())));
        }
    }
}

/// Returns the body of the request that records in the marker how the backend stored the object.
pub(super) fn marking(
    object: &PlannedObject,
    resource: &Resource,
    marker: Marker,
    kept: &Map<String, Value>,
) -> Map<String, Value> {
    let marker = Marker { kept: digest(&resource.form(kept)), ..marker };
    Map::from_iter([("metadata".to_owned(), metadata(object, resource, &marker))])
}

/// Returns the complete metadata for a request. An update replaces all pairs, so the pairs that the manifest ignores
/// are repeated.
fn metadata(object: &PlannedObject, resource: &Resource, marker: &Marker) -> Value {
    let mut pairs = Map::new();
    if let Some(Value::Object(live)) = object.live.as_ref().and_then(|live| live.members.get("metadata")) {
        let ignored = |key: &str| {
            resource.ignore.iter().any(|path| match path.strip_prefix("metadata.") {
                Some(pattern) => matches_pattern(key, pattern),
                None => path == "metadata",
            })
        };
        pairs.extend(live.iter().filter(|(key, _)| ignored(key)).map(|(key, value)| (key.clone(), value.clone())));
    }
    if let Some(Value::Object(given)) = resource.members.get("metadata") {
        pairs.extend(given.clone());
    }
    pairs.insert(KEY.to_owned(), object.key.clone().into());
    let marker = Marker { is_protected: resource.protect, ..marker.clone() };
    pairs.insert(DIGEST.to_owned(), marker.text().into());
    Value::Object(pairs)
}
