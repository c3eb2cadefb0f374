//! The result of a session of `asst record`: a summary line and a report file.

use crate::app::{CleanupOutcomes, ObjectRef, RecordingResult, RemovalOutcome};
use crate::exit::Usage;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

/// The objects of a session, by their state at the end. Each object is JSON with the members `kind` and `id`.
pub(super) struct SessionReport {
    session: String,
    /// The exit code of the program, or `None` for the cleanup of an earlier session.
    exit_code: Option<u8>,
    created: Vec<Value>,
    /// The deleted objects. The member `by` is `command`, `cleanup`, or the kind of the parent that was deleted.
    deleted: Vec<Value>,
    /// The objects that still exist.
    left: Vec<Value>,
    /// The objects whose deletion failed, with the member `reason`.
    failed: Vec<Value>,
    /// The IDs of the intents whose outcome is unknown.
    open: Vec<String>,
}

impl SessionReport {
    /// Combines the recorded objects with the result of the cleanup. Runs and file batches count as deleted if
    /// their thread or vector store is deleted.
    pub(super) fn new(
        session: &str,
        exit_code: Option<u8>,
        result: &RecordingResult,
        cleaned: &CleanupOutcomes,
    ) -> Self {
        let item = |(kind, id): &ObjectRef| json!({ "kind": kind.name(), "id": id });
        let deleted_by = |object: &ObjectRef, by: &str| {
            let mut item = item(object);
            item["by"] = by.into();
            item
        };
        let outcomes: HashMap<&ObjectRef, &RemovalOutcome> =
            cleaned.iter().map(|(object, removed)| (object, removed)).collect();
        let mut report = Self {
            session: session.to_owned(),
            exit_code,
            created: result.created.iter().map(item).collect(),
            deleted: result.deleted.iter().map(|object| deleted_by(object, "command")).collect(),
            left: Vec::new(),
            failed: Vec::new(),
            open: result.open.clone(),
        };
        let is_deleted = |object: &ObjectRef| {
            let deleted = matches!(outcomes.get(object), Some(RemovalOutcome::Deleted | RemovalOutcome::Gone));
            deleted || result.deleted.contains(object)
        };
        for object in result.left() {
            let parent = object.0.parent().and_then(|(kind, _)| Some((kind, result.parents.get(&object.1)?.clone())));
            if let Some(parent) = parent.filter(is_deleted) {
                report.deleted.push(deleted_by(&object, parent.0.name()));
                continue;
            }
            match outcomes.get(&object) {
                Some(RemovalOutcome::Deleted | RemovalOutcome::Gone) => {
                    report.deleted.push(deleted_by(&object, "cleanup"))
                }
                Some(RemovalOutcome::Failed { reason, .. }) => {
                    let mut item = item(&object);
                    report.left.push(item.clone());
                    item["reason"] = reason.as_str().into();
                    report.failed.push(item);
                }
                None => report.left.push(item(&object)),
            }
        }
        report
    }

    /// Returns the counts as JSON.
    pub(super) fn counts(&self) -> Value {
        json!({
            "session": self.session,
            "created": self.created.len(),
            "deleted": self.deleted.len(),
            "left": self.left.len(),
            "failed": self.failed.len(),
            "open": self.open.len(),
        })
    }

    /// Returns the counts as a line of text.
    pub(super) fn line(&self) -> String {
        let mut line = format!(
            "session {}: {} created, {} deleted, {} left",
            self.session,
            self.created.len(),
            self.deleted.len(),
            self.left.len()
        );
        for (count, what) in [(self.failed.len(), "could not be deleted"), (self.open.len(), "of unknown outcome")] {
            if count > 0 {
                line.push_str(&format!(", {count} {what}"));
            }
        }
        line
    }

    /// Writes the report. The file appears only when it is complete.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let report = json!({
            "session": self.session,
            "exit_code": self.exit_code,
            "created": self.created,
            "deleted": self.deleted,
            "left": self.left,
            "failed": self.failed,
            "open_intents": self.open,
        });
        let text = format!("{}\n", serde_json::to_string_pretty(&report).unwrap_or_default());
        let save = || {
            if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
                // Renaming a temporary file to the path would replace a device or a pipe, so it is written directly.
                return std::fs::write(path, &text);
            }
            let mut file = tempfile::NamedTempFile::new_in(folder(path))?;
            file.write_all(text.as_bytes())?;
            file.persist(path).map(drop).map_err(|error| error.error)
        };
        save().with_context(|| format!("could not write the report {}", path.display()))
    }
}

/// Checks that the path can name a report file. The check happens before the program runs.
pub(super) fn check(path: &Path) -> Result<(), Usage> {
    let folder = folder(path);
    if path.is_dir() || !folder.is_dir() {
        let why =
            if path.is_dir() { "it is a folder".into() } else { format!("there is no folder {}", folder.display()) };
        return Err(Usage::new(format!("--report {}: {why}", path.display())));
    }
    Ok(())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
