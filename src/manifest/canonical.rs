//! The canonical form of an object, by which a wanted and a live object are compared (docs/manifest.md#comparison).
//!
//! Servers fill in defaults, add members over time, and change the order of lists. None of this is a difference. The
//! same function computes the form of both sides, from the record of the kind.

use super::kinds::{OwnedMember, ResourceKind};
use serde_json::{Map, Value};

/// Returns the canonical form of an object: its owned members without defaults, in a fixed order.
///
/// `ignore` contains the paths of members that are left out. The last step of a path may end in `*`.
pub fn canonical(kind: &ResourceKind, members: &Map<String, Value>, ignore: &[String]) -> Map<String, Value> {
    let normal = |member: &OwnedMember| (member.normal)(members.get(member.name).unwrap_or(&Value::Null));
    let mut form: Map<String, Value> =
        kind.members.iter().map(|member| (member.name.to_owned(), normal(member))).collect();
    ignore.iter().for_each(|path| remove(&mut form, path));
    form.retain(|_, value| !is_empty(value));
    sorted(form)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Removes the members at a path such as `metadata.app_*`.
fn remove(form: &mut Map<String, Value>, path: &str) {
    match path.split_once('.') {
        Some((name, rest)) => {
            if let Some(Value::Object(inner)) = form.get_mut(name) {
                remove(inner, rest);
            }
        }
        None => form.retain(|name, _| !matches_pattern(name, path)),
    }
}

/// Returns `true` if the name of a member matches a pattern: the exact name, or a prefix followed by `*`.
pub fn matches_pattern(name: &str, pattern: &str) -> bool {
    pattern.strip_suffix('*').map_or(name == pattern, |beginning| name.starts_with(beginning))
}

/// Returns the members in the order of their names, on every level.
pub(super) fn sorted(mut members: Map<String, Value>) -> Map<String, Value> {
    members.values_mut().for_each(Value::sort_all_objects);
    members.sort_keys();
    members
}
