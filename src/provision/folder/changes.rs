//! The changes of a sync in a plan: one for each path, with counts and differences.

use super::MAX_PATHS;
use crate::manifest::Difference;
use crate::sync::{SyncAction, SyncItem};
use serde_json::Value;
use std::collections::BTreeMap;

/// The change that a sync makes at one path of the vector store. A file without a path is listed by its ID.
pub(super) struct PathChange {
    /// The ID of the file that the vector store has at the path before the sync.
    before: Option<String>,
    /// The action after which the vector store has a file at the path, if there is one.
    after: Option<SyncAction>,
}

/// Returns the changes by path. A new version and the removal of the old one are one change.
pub(super) fn by_path(changes: &[SyncItem]) -> BTreeMap<String, PathChange> {
    let mut all: BTreeMap<String, PathChange> = BTreeMap::new();
    for item in changes {
        let path = item.path.clone().or_else(|| item.file_id.clone()).unwrap_or_default();
        let change = all.entry(path).or_insert(PathChange { before: None, after: None });
        let is_removal = matches!(item.action, SyncAction::Remove | SyncAction::Clean);
        // If several files are removed at one path, the first of them is shown.
        change.before = change.before.take().or_else(|| item.file_id.clone());
        if !is_removal {
            change.after = Some(item.action);
        }
    }
    all
}

impl PathChange {
    fn words(&self) -> &'static str {
        match self.after {
            Some(SyncAction::Add | SyncAction::Attach) if self.before.is_none() => "added",
            Some(SyncAction::Add | SyncAction::Replace) => "replaced",
            Some(SyncAction::Attach) => "attached",
            Some(SyncAction::Retry) => "indexed again",
            Some(SyncAction::Rename) => "renamed",
            Some(_) => "updated",
            None => "removed",
        }
    }
}

/// Returns the number of files by change, such as `1 added, 2 removed`.
pub(super) fn counts(changed: &BTreeMap<String, PathChange>) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    changed.values().for_each(|change| *counts.entry(change.words()).or_default() += 1);
    let counts: Vec<String> = counts.into_iter().map(|(words, count)| format!("{count} {words}")).collect();
    counts.join(", ")
}

pub(super) fn differences(changed: &BTreeMap<String, PathChange>) -> Vec<Difference> {
    let one = |(path, change): (&String, &PathChange)| Difference {
        path: format!("sync[{path}]"),
        before: change.before.clone().map_or(Value::Null, Value::from),
        after: if change.after.is_some() { change.words().into() } else { Value::Null },
    };
    let mut found: Vec<Difference> = changed.iter().take(MAX_PATHS).map(one).collect();
    let more = changed.len().saturating_sub(MAX_PATHS) as u64;
    found.extend((more > 0).then(|| Difference {
        path: "sync".to_owned(),
        before: Value::Null,
        after: format!("{more} further files").into(),
    }));
    found
}
