//! The members of an object that the check of its request rejects, each with its place in the manifest.

use super::kinds::ResourceKind;
use super::source::{Source, locate};
use crate::api::Dialect;
use crate::api::check::{self, InvalidRequest, Rules, UNKNOWN};
use crate::config::nearest;
use crate::env::yaml::{MemberName, NodeKind, YamlNode};
use serde_json::{Map, Value};

/// Reports each rejected member. A check ends at the first one, so the others are checked without it.
pub(super) fn check(
    source: &mut Source,
    dialect: Dialect,
    kind: &ResourceKind,
    object: (&YamlNode, &MemberName),
    mut body: Map<String, Value>,
) {
    let mut removed = Vec::new();
    while let Err(refusal) = check::body_of(kind.create, &body, Rules::incoming(dialect)) {
        let rejected = rejected_member(&refusal.param);
        // A member that is required is missing now.
        if removed.contains(&rejected) {
            return;
        }
        report(source, kind, object, refusal);
        let found = match rejected.split_once('.') {
            Some((top, key)) => body.get_mut(top).and_then(Value::as_object_mut).and_then(|pairs| pairs.remove(key)),
            None => body.remove(&rejected),
        };
        if found.is_none() {
            return;
        }
        removed.push(rejected);
    }
}

/// Reports a member that the check of the request rejected, with its place.
pub(super) fn report(
    source: &mut Source,
    kind: &ResourceKind,
    (root, name): (&YamlNode, &MemberName),
    refusal: InvalidRequest,
) {
    let top = refusal.param.split(['.', '[']).next().unwrap_or_default().to_owned();
    let key = match &root.kind {
        NodeKind::Mapping(members) => members.iter().find(|(key, _)| key.name == top).map(|(key, _)| key.at),
        _ => None,
    };
    let hint = if refusal.code == UNKNOWN && refusal.param == top { nearest(&top, kind.known_members()) } else { None };
    let at = if refusal.param == top && refusal.code == UNKNOWN {
        key.unwrap_or(name.at)
    } else {
        locate(root, &refusal.param).at
    };
    source.hinted(at, refusal.message, hint.map(|known| format!("did you mean `{known}`?")));
}

/// Returns the part of a request that a rejected parameter concerns: a metadata pair, or else a whole member.
fn rejected_member(param: &str) -> String {
    let top = param.split(['.', '[']).next().unwrap_or_default();
    let part = if top == "metadata" { param } else { top };
    part.to_owned()
}
