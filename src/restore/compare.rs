//! Comparison of the contents of a restored object with what was or will be sent.

use super::additions::Additions;
use super::fingerprint::{Fingerprint, fingerprint};
use super::target::Target;
use crate::app::App;
use crate::archive::ArchiveError;
use crate::exit::IncompleteList;
use anyhow::Result;
use serde_json::Value;

/// The result of a comparison, as numbers of messages or items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Comparison {
    /// How many are equal from the start.
    pub(super) equal: usize,
    /// How many the target has.
    pub(super) present: usize,
    /// How many the restore sends in all.
    pub(super) expected: usize,
}

impl Comparison {
    /// Returns `true` if the target has nothing but the first of the expected messages or items.
    pub(super) const fn is_prefix(&self) -> bool {
        self.equal == self.present
    }
}

/// Lists the messages or items of an object, oldest first, as fingerprints.
///
/// # Errors
/// Returns an error if the list cannot be read completely.
pub(super) async fn present(app: &App, target: Target, id: &str) -> Result<Vec<Fingerprint>> {
    let call = target.list(id)?;
    let tried = format!("list the contents of {id}");
    let mut pages = app.pages(call, None)?.proving();
    let (mut found, mut first, mut last) = (Vec::new(), None, None);
    while let Some(items) = pages.next().await? {
        for object in items.iter().filter_map(Value::as_object) {
            let created = object.get("created_at").and_then(Value::as_f64);
            first = first.or(created);
            last = created.or(last);
            found.push(fingerprint(object));
        }
    }
    if let Err(reason) = pages.complete() {
        return Err(IncompleteList { tried, reason }.into());
    }
    // Some servers ignore the order of the request.
    if first > last {
        found.reverse();
    }
    Ok(found)
}

/// Compares what the target has with what a restore sends.
///
/// # Errors
/// Returns an error if the archive cannot be read.
pub(super) fn compare(present: &[Fingerprint], additions: Additions<'_>) -> Result<Comparison, ArchiveError> {
    let (mut equal, mut expected) = (0, 0);
    for addition in additions {
        for item in addition?.items {
            if equal == expected && present.get(expected) == Some(&fingerprint(&item)) {
                equal += 1;
            }
            expected += 1;
        }
    }
    Ok(Comparison { equal, present: present.len(), expected })
}
