//! Changes that were made at the backend, written into the manifest (docs/provisioning.md#pull-of-drift).

use super::changed::Changed;
use super::refusal::Refusal;
use super::states::States;
use super::write::{FileOutcome, Written, replace};
use crate::app::{App, DryRun};
use crate::exit::{AlreadyReported, FAILED};
use crate::manifest::{EditedManifest, ManifestError, ObjectEdit, Precision, ReadOptions};
use crate::provision::plan::Plan;
use crate::provision::planned::PlannedObject;
use crate::provision::verdict::Action;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The byte order mark.
const BOM: &[u8] = "\u{feff}".as_bytes();

/// The result of a pull of drift.
#[derive(Debug)]
pub struct PulledDrift {
    /// The changed files.
    pub written: Vec<Written>,
    /// The number of objects that changed on both sides and were left alone.
    pub conflicts: usize,
}

/// Writes the members that changed at the backend into the manifest of a plan. `read` are the options with which the
/// manifest was read. `force` takes the state of the backend also for objects that changed on both sides.
///
/// # Errors
/// Returns an error that names the members if a change has no place in the manifest. Then nothing is written.
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
    let edited = match edited(plan, read, &changed)? {
        Ok(edited) => edited,
        Err((n, refusal)) => {
            if let Some(one) = changed.get(n) {
                refusal.report(app, one);
            }
            return Err(AlreadyReported(FAILED).into());
        }
    };
    edited.notes.iter().for_each(|note| app.ui().note(note));
    let is_dry = app.options().dry_run != DryRun::Off;
    let mut written = Vec::new();
    for (path, text) in &edited.texts {
        let bytes = fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
        let mut new = if bytes.starts_with(BOM) { BOM.to_vec() } else { Vec::new() };
        new.extend_from_slice(text.as_bytes());
        if new == bytes {
            continue;
        }
        if !is_dry {
            write(path, &new).with_context(|| match written.as_slice() {
                [] => format!("could not write {}", path.display()),
                before => {
                    let before: Vec<_> = before.iter().map(|one: &Written| one.path.display().to_string()).collect();
                    format!("could not write {}; these files are written: {}", path.display(), before.join(", "))
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
    app.ui().hint("`asst pull --drift --force` takes the state of the backend");
}

/// Writes a file as a whole: a temporary file beside it is renamed.
fn write(path: &Path, contents: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(contents)?;
    let new = new.into_temp_path();
    replace(&new, path)
}

/// Returns a path relative to the working folder, if it is in it.
fn shown(path: &Path) -> PathBuf {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    here.ok().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path).to_owned()
}

/// Returns the changed files. First tries the smallest changes of all objects at once: two objects can share a file, and
/// change in the same way.
///
/// # Errors
/// If a file cannot be read. `Ok(Err(_))` has the object for which a change has no place, and the reason.
#[allow(clippy::type_complexity)]
fn edited(
    plan: &Plan,
    read: ReadOptions<'_>,
    changed: &[Changed<'_>],
) -> Result<Result<EditedManifest, (usize, Refusal)>> {
    let before = States::read(plan, read)?;
    let edits: Vec<ObjectEdit> = changed.iter().map(|one| one.edit.clone()).collect();
    if let Ok(edited) = attempt(read, plan, &edits, Precision::Parts)?
        && before.check(plan, ReadOptions { texts: Some(&edited.texts), ..read }, changed).is_ok()
    {
        return Ok(Ok(edited));
    }
    let (mut texts, mut notes) = (BTreeMap::new(), Vec::new());
    for (n, one) in changed.iter().enumerate() {
        let done = changed.get(..=n).unwrap_or_default();
        let attempt = |precision| -> Result<Result<EditedManifest, Refusal>> {
            let present = ReadOptions { texts: Some(&texts), ..read };
            let edited = attempt(present, plan, std::slice::from_ref(&one.edit), precision)?;
            Ok(edited.and_then(|edited| {
                before.check(plan, ReadOptions { texts: Some(&edited.texts), ..read }, done).map(|()| edited)
            }))
        };
        let edited = match attempt(Precision::Parts)? {
            Ok(edited) => Ok(edited),
            Err(_) => attempt(Precision::Members)?,
        };
        match edited {
            Ok(edited) => {
                texts = edited.texts;
                notes.extend(edited.notes);
            }
            Err(refusal) => return Ok(Err((n, refusal))),
        }
    }
    Ok(Ok(EditedManifest { texts, notes }))
}

fn attempt(
    read: ReadOptions<'_>,
    plan: &Plan,
    edits: &[ObjectEdit],
    precision: Precision,
) -> Result<Result<EditedManifest, Refusal>> {
    match EditedManifest::new(read, &plan.manifest, edits, precision) {
        Ok(Ok(edited)) => Ok(Ok(edited)),
        Ok(Err(none)) => Ok(Err(Refusal::no_place(&none.place, none.reason))),
        Err(ManifestError::Input(error)) => Err(error.into()),
        Err(error) => Ok(Err(Refusal::unreadable("the manifest", &error))),
    }
}
