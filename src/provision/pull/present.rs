//! The parts of an existing manifest that a pull would lose, because it writes only what the backend has.

use super::{Chosen, PullOptions};
use crate::env::input;
use crate::exit::Usage;
use crate::manifest::KINDS;
use anyhow::Result;
use serde_json::Value;
use std::path::Path;

/// The keys that a pull does not write.
const LOST: [&str; 4] = ["vars", "env", "defaults", "moved"];

/// Checks that a pull loses no part of the manifest that it overwrites, besides objects that the backend lacks.
///
/// # Errors
/// Returns an error that names the parts, or if the backend has no object at all and the manifest has some.
pub(super) fn check(options: &PullOptions, path: &Path, chosen: &[Chosen]) -> Result<()> {
    // A file that is no manifest has no such parts.
    let Ok(root) = input::read_nodes(path) else { return Ok(()) };
    let root = root.into_value();
    let objects = KINDS.iter().filter(|kind| has_entries(root.get(kind.section))).count();
    if chosen.is_empty() && objects > 0 {
        let message = format!(
            "the backend has no object to pull, and {} has objects; it would be overwritten with an empty manifest",
            path.display()
        );
        let hint = "check --profile, --project and --env, or pass --into for another folder";
        return Err(Usage::hinted(message, hint).into());
    }
    let lost = lost(options, &root, chosen);
    if lost.is_empty() {
        return Ok(());
    }
    let message = format!("{} has parts that a pull does not write: {}", path.display(), lost.join(", "));
    let hint = "pass --into for another folder; `asst pull --drift` writes only what changed at the backend";
    Err(Usage::hinted(message, hint).into())
}

/// Returns the parts that a pull would lose.
fn lost(options: &PullOptions, root: &Value, chosen: &[Chosen]) -> Vec<String> {
    let keys = LOST.iter().filter(|key| has_entries(root.get(**key)));
    let mut lost: Vec<String> = keys.map(|key| format!("`{key}`")).collect();
    let environments = root.get("environments").and_then(Value::as_object);
    for (name, overlay) in environments.into_iter().flatten() {
        match *name == options.environment {
            false => lost.push(format!("the environment `{name}`")),
            true if has_entries(Some(overlay)) => lost.push(format!("the overlay of the environment `{name}`")),
            true => {}
        }
    }
    // An entry for a pulled object is written again, or is no longer necessary.
    let is_pulled = |entry: &Value| {
        let is_of_this = entry.get("env").is_none_or(|env| *env == options.environment.as_str());
        is_of_this && chosen.iter().any(|one| entry.get("to").is_some_and(|to| *to == one.path().as_str()))
    };
    let adopted = root.get("adopt").and_then(Value::as_array);
    if adopted.is_some_and(|entries| !entries.iter().all(is_pulled)) {
        lost.push("`adopt`".to_owned());
    }
    lost
}

fn has_entries(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Object(members)) => !members.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        _ => false,
    }
}
