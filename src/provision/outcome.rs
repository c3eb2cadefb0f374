//! The outcome of an apply for each object.

use crate::manifest::ResourceKind;
use serde_json::Value;

/// The treatment of objects that changed at the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum DriftPolicy {
    /// Ask on a terminal; elsewhere, change nothing and exit with code 9
    Ask,
    /// Change nothing and exit with code 9
    Fail,
    /// Leave these objects as they are
    Keep,
    /// Overwrite them with the manifest, after a snapshot
    Overwrite,
}

/// The outcome of an apply for one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Created,
    Updated,
    Replaced,
    Deleted,
    Unchanged,
    Kept,
    Failed,
    /// Not attempted, because an object on which it depends failed.
    Skipped,
}

impl Outcome {
    /// Returns the name in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Replaced => "replaced",
            Self::Deleted => "deleted",
            Self::Unchanged => "unchanged",
            Self::Kept => "kept",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// The result of an apply for one object.
#[derive(Debug, Clone)]
pub struct Applied {
    pub kind: &'static ResourceKind,
    pub key: String,
    pub name: String,
    pub id: Option<String>,
    pub outcome: Outcome,
}

impl Applied {
    /// Returns the JSON form.
    pub fn to_json(&self) -> Value {
        serde_json::json!({ "key": self.key, "kind": self.kind.kind().name(), "id": self.id, "outcome": self.outcome.name() })
    }
}
