//! Writes changes that were made at the backend into the manifest (docs/provisioning.md#pull-of-drift).

use super::changed::Changed;
use super::environments::Environments;
use super::refusal::Refusal;
use super::write::{FileOutcome, Written, replace};
use crate::app::{App, DryRun};
use crate::env::text::BOM;
use crate::manifest::{EditedManifest, ObjectEdit, Place, Precision, Problem, ReadOptions};
use crate::provision::plan::Plan;
use crate::provision::planned::PlannedObject;
use crate::provision::verdict::Action;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The result of a pull of drift.
#[derive(Debug)]
pub struct PulledDrift {
    /// The changed files.
    pub written: Vec<Written>,
    /// The number of objects that changed on both sides and were left alone.
    pub conflicts: usize,
}

/// Writes the members that changed at the backend into the manifest of a plan. `read` are the options with which the
/// manifest was read. With `force`, also writes the members of objects that changed on both sides.
///
/// # Errors
/// Returns an error with the values of the members if a change has no place in the manifest. Nothing is written in this
/// case.
pub fn pull_drift(app: &App, plan: &Plan, read: ReadOptions<'_>, force: bool) -> Result<PulledDrift> {
    let of = |action: Action| plan.objects.iter().filter(move |object| object.action == action);
    let mut objects: Vec<&PlannedObject> = of(Action::Drifted).collect();
    let conflicts = match force {
        true => {
            objects.extend(of(Action::Conflict));
            0
        }
        false => of(Action::Conflict).inspect(|object| warn_of_conflict(app, object)).count(),
    };
    let changed: Vec<Changed<'_>> = objects.into_iter().filter_map(|object| Changed::new(plan, object)).collect();
    if changed.is_empty() {
        return Ok(PulledDrift { written: Vec::new(), conflicts });
    }
    let edited = edited(plan, read, &changed)?;
    for Problem { place, message, .. } in &edited.notes {
        let place = Place { file: shown(&place.file).into(), ..place.clone() };
        app.ui().note(&format!("{place}: {message}"));
    }
    let is_dry = app.options().dry_run != DryRun::Off;
    let mut written = Vec::new();
    for (path, text) in &edited.texts {
        let bytes = fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
        let has_mark = std::str::from_utf8(&bytes).is_ok_and(|old| old.starts_with(BOM));
        let new = if has_mark { format!("{BOM}{text}") } else { text.clone() };
        if new.as_bytes() == bytes {
            continue;
        }
        if !is_dry {
            write(path, new.as_bytes()).with_context(|| match written.as_slice() {
                [] => format!("could not write {}", path.display()),
                before => {
                    let before: Vec<_> = before.iter().map(|one: &Written| one.path.display().to_string()).collect();
                    format!(
                        "could not write {}; these files were already written: {}",
                        path.display(),
                        before.join(", ")
                    )
                }
            })?;
        }
        written.push(Written { path: shown(path), outcome: FileOutcome::Updated });
    }
    Ok(PulledDrift { written, conflicts })
}

fn warn_of_conflict(app: &App, object: &PlannedObject) {
    let paths: Vec<&str> = object.differences.iter().map(|difference| difference.path.as_str()).collect();
    let text = format!("{} changed in the manifest and at the backend: {}", object.key, paths.join(", "));
    app.ui().warn(&text);
    app.ui().hint("`asst pull --drift --force` overwrites the manifest with the values of the backend");
}

/// Replaces a file in one step: writes a temporary file beside it, and renames it.
fn write(path: &Path, contents: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(contents)?;
    let new = new.into_temp_path();
    replace(&new, path)
}

/// Returns the path relative to the working folder, if the file is below it.
fn shown(path: &Path) -> PathBuf {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    here.ok().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path).to_owned()
}

/// Returns the changed files. First tries the smallest edits of all objects at once, because two objects can share a
/// file and change in the same way. If this fails, edits one object after the other.
///
/// # Errors
/// Returns an error with the object and the reason if a change has no place in the manifest. Returns an error if the
/// manifest cannot be read again.
fn edited(plan: &Plan, read: ReadOptions<'_>, changed: &[Changed<'_>]) -> Result<EditedManifest> {
    let before = Environments::read(plan, read)?;
    let edits: Vec<ObjectEdit> = changed.iter().map(|one| one.edit.clone()).collect();
    let attempt = |texts: Option<&BTreeMap<PathBuf, String>>, edits: &[ObjectEdit], precision, done: &[Changed<'_>]| {
        let edited = EditedManifest::new(ReadOptions { texts, ..read }, &plan.manifest, edits, precision);
        let edited = edited.map_err(|error| Refusal::not_edited(&error))?;
        before.check(plan, ReadOptions { texts: Some(&edited.texts), ..read }, done).map(|()| edited)
    };
    if let Ok(edited) = attempt(None, &edits, Precision::Parts, changed) {
        return Ok(edited);
    }
    let (mut texts, mut notes) = (BTreeMap::new(), Vec::new());
    for (n, one) in changed.iter().enumerate() {
        let done = changed.get(..=n).unwrap_or_default();
        let attempt = |precision| attempt(Some(&texts), std::slice::from_ref(&one.edit), precision, done);
        let edited = attempt(Precision::Parts).or_else(|_| attempt(Precision::Members));
        let edited = edited.map_err(|refusal| refusal.error(one))?;
        texts = edited.texts;
        notes.extend(edited.notes);
    }
    Ok(EditedManifest { texts, notes })
}
