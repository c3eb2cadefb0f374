//! The verdict on one object: a comparison of the manifest, the backend, and the digests of the last write.

use crate::manifest::{Marker, digest};
use serde_json::{Map, Value};

/// The action of a plan for one object. Some actions change nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The backend lacks the object.
    Create,
    /// The manifest changed since the last apply.
    Update,
    /// The object changed at the backend since the last apply, and the manifest did not.
    Drifted,
    /// The object changed at the backend, and the manifest changed too.
    Conflict,
    /// The object cannot be changed. A new object will be created, and the old one deleted.
    Replace,
    Unchanged,
    /// Interrupted or concurrent applies created several objects. All but the oldest will be deleted.
    Duplicate,
    /// Several objects have the same identity. At least one of them is a copy, or has changed since asst created it.
    Ambiguous,
    /// The object is no longer in the manifest, and will be deleted.
    Delete,
    /// The object is no longer in the manifest, and stays.
    Orphaned,
}

impl Action {
    /// Every action, in the order of a summary.
    pub const ALL: [Self; 10] = [
        Self::Create,
        Self::Update,
        Self::Replace,
        Self::Drifted,
        Self::Conflict,
        Self::Delete,
        Self::Duplicate,
        Self::Ambiguous,
        Self::Orphaned,
        Self::Unchanged,
    ];

    /// Returns the name in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Drifted => "drifted",
            Self::Conflict => "conflict",
            Self::Replace => "replace",
            Self::Unchanged => "unchanged",
            Self::Duplicate => "duplicate",
            Self::Ambiguous => "ambiguous",
            Self::Delete => "delete",
            Self::Orphaned => "orphaned",
        }
    }

    /// Returns `true` if the backend may have changed since the last apply. An object that does not exist counts: without a
    /// state file, nothing shows whether it was deleted or never created.
    pub const fn is_drift(self) -> bool {
        matches!(self, Self::Drifted | Self::Conflict | Self::Create | Self::Duplicate | Self::Ambiguous)
    }

    /// Returns `true` if manifest and backend differ.
    pub const fn is_difference(self) -> bool {
        !matches!(self, Self::Unchanged | Self::Orphaned)
    }
}

/// Compares an object with the manifest. Returns the action with its reason (docs/provisioning.md#verdicts).
pub(super) fn verdict(
    wanted: &Map<String, Value>,
    live: &Map<String, Value>,
    marker: Option<&Marker>,
) -> (Action, &'static str) {
    if marker.is_some_and(Marker::is_unfinished) {
        return (Action::Update, "an apply did not finish, or is still running");
    }
    if wanted == live {
        return (Action::Unchanged, "as in the manifest");
    }
    let Some(marker) = marker else {
        return (Action::Update, "differs from the manifest; nothing shows which side changed");
    };
    match (marker.wanted == digest(wanted), marker.kept == digest(live)) {
        (true, true) => (Action::Unchanged, "as in the manifest, with the changes that the backend made"),
        (false, true) => (Action::Update, "changed in the manifest"),
        (true, false) => (Action::Drifted, "changed at the backend"),
        (false, false) => (Action::Conflict, "changed in the manifest and at the backend"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_combination_of_changes_has_its_verdict() {
        let form = |model: &str| json!({ "model": model }).as_object().unwrap().clone();
        let marker = |wanted: &str, kept: &str| Marker {
            wanted: digest(&form(wanted)),
            kept: digest(&form(kept)),
            birth: "b".into(),
            is_protected: false,
        };
        for (wanted, live, marker, expected) in [
            ("a", "a", Some(marker("a", "a").unfinished()), Action::Update),
            ("a", "b", Some(marker("a", "a").unfinished()), Action::Update),
            ("a", "a", Some(marker("x", "x")), Action::Unchanged),
            ("a", "a", None, Action::Unchanged),
            ("b", "a", Some(marker("a", "a")), Action::Update),
            ("a", "b", Some(marker("a", "a")), Action::Drifted),
            ("b", "c", Some(marker("a", "a")), Action::Conflict),
            ("b", "a", None, Action::Update),
            // The backend changed a member when it stored the last write.
            ("a", "b", Some(marker("a", "b")), Action::Unchanged),
            ("c", "b", Some(marker("a", "b")), Action::Update),
            ("a", "c", Some(marker("a", "b")), Action::Drifted),
        ] {
            let (action, _) = verdict(&form(wanted), &form(live), marker.as_ref());
            assert_eq!(action, expected, "wanted {wanted}, live {live}, last write {marker:?}");
        }
    }
}
