//! Changes that were made at the backend, written into the manifest (docs/provisioning.md#pull-of-drift).

use super::write::{FileOutcome, Written, replace};
use crate::app::{App, DryRun};
use crate::exit::{AlreadyReported, FAILED};
use crate::manifest::{
    EditedManifest, Heading, Manifest, ManifestError, MemberEdit, ObjectEdit, Precision, ReadOptions, Resource,
    differences, stated,
};
use crate::provision::plan::Plan;
use crate::provision::planned::PlannedObject;
use crate::provision::verdict::Action;
use crate::ui::ErrorReport;
use anyhow::{Context, Result};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
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
    let Some(edited) = edited(plan, read, &changed)? else {
        changed.iter().for_each(|one| one.report(app));
        return Err(AlreadyReported(FAILED).into());
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
            write(path, &new).with_context(|| format!("could not write {}", path.display()))?;
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

/// An object that changed at the backend.
struct Changed<'a> {
    resource: &'a Resource,
    /// The canonical form of the object at the backend.
    form: Map<String, Value>,
    live: &'a Map<String, Value>,
    edit: ObjectEdit,
}

impl<'a> Changed<'a> {
    fn new(plan: &'a Plan, object: &'a PlannedObject) -> Option<Self> {
        let (resource, live) = (object.resource.as_ref()?, &object.live.as_ref()?.members);
        let form = resource.form(live);
        let top = |path: &str| path.split(['.', '[']).next().unwrap_or_default().to_owned();
        let changed: BTreeSet<String> = object.differences.iter().map(|difference| top(&difference.path)).collect();
        let name_of = |section: &'static str, id: &str| {
            let found = plan.ids.iter().find(|((known, _), known_id)| *known == section && *known_id == id);
            found.map(|((_, name), _)| name.clone())
        };
        let stated = stated(resource.kind, live, &resource.ignore, name_of);
        let owned = resource.kind.member_names().filter(|name| changed.contains(*name));
        let members = owned.map(|name| MemberEdit {
            member: name.to_owned(),
            value: stated.get(name).cloned(),
            explicit: default_of(live.get(name).unwrap_or(&Value::Null)),
        });
        let edit = ObjectEdit { kind: resource.kind, name: resource.name.clone(), members: members.collect() };
        (!edit.members.is_empty()).then_some(Self { resource, form, live, edit })
    }

    /// Reports that the changes have no place in the manifest, with the values to write by hand.
    fn report(&self, app: &App) {
        let value = |edit: &MemberEdit| edit.value.clone().unwrap_or_else(|| edit.explicit.clone());
        app.ui().error(&ErrorReport {
            exit_code: FAILED,
            kind: "failed".into(),
            message: format!(
                "{}: the manifest cannot be changed in place here; nothing was written",
                self.resource.place
            ),
            causes: self
                .edit
                .members
                .iter()
                .map(|edit| {
                    let Resource { kind, name, .. } = self.resource;
                    format!("{}.{name}.{} should be {}", kind.section, edit.member, value(edit))
                })
                .collect(),
            hint: Some("write these values by hand; files in TOML are not changed".into()),
            ..ErrorReport::default()
        });
    }
}

/// Returns the value that states a default explicitly, from the one that the backend has.
fn default_of(live: &Value) -> Value {
    match live {
        Value::Array(_) => Value::Array(Vec::new()),
        Value::Object(_) => Value::Object(Map::new()),
        other => other.clone(),
    }
}

/// Returns the changed files, or `None` if a change has no place. First tries the smallest changes of all objects at once:
/// two objects can share a file, and change in the same way.
fn edited(plan: &Plan, read: ReadOptions<'_>, changed: &[Changed<'_>]) -> Result<Option<EditedManifest>> {
    let before = States::read(read)?;
    let edits: Vec<ObjectEdit> = changed.iter().map(|one| one.edit.clone()).collect();
    if let Some(edited) = attempt(read, &plan.manifest, &edits, Precision::Parts)?
        && before.hold(plan, ReadOptions { texts: Some(&edited.texts), ..read }, changed)
    {
        return Ok(Some(edited));
    }
    let (mut texts, mut notes) = (BTreeMap::new(), Vec::new());
    for (n, one) in changed.iter().enumerate() {
        let mut found = None;
        for precision in [Precision::Parts, Precision::Members] {
            let present = ReadOptions { texts: Some(&texts), ..read };
            let Some(edited) = attempt(present, &plan.manifest, std::slice::from_ref(&one.edit), precision)? else {
                continue;
            };
            let done = changed.get(..=n).unwrap_or_default();
            if before.hold(plan, ReadOptions { texts: Some(&edited.texts), ..read }, done) {
                found = Some(edited);
                break;
            }
        }
        let Some(edited) = found else { return Ok(None) };
        texts = edited.texts;
        notes.extend(edited.notes);
    }
    Ok(Some(EditedManifest { texts, notes }))
}

fn attempt(
    read: ReadOptions<'_>,
    manifest: &Manifest,
    edits: &[ObjectEdit],
    precision: Precision,
) -> Result<Option<EditedManifest>> {
    match EditedManifest::new(read, manifest, edits, precision) {
        Ok(edited) => Ok(edited),
        Err(ManifestError::Input(error)) => Err(error.into()),
        Err(ManifestError::Problems(_)) => Ok(None),
    }
}

/// The digests of all that the manifest states in each environment, by section and name.
struct States(BTreeMap<String, BTreeMap<(String, String), String>>);

impl States {
    /// Reads every environment of the manifest. One that cannot be read, such as for a variable without a value, is left
    /// out.
    fn read(read: ReadOptions<'_>) -> Result<Self> {
        let heading = match Heading::read(read) {
            Ok(heading) => heading,
            Err(ManifestError::Input(error)) => return Err(error.into()),
            Err(ManifestError::Problems(_)) => return Ok(Self(BTreeMap::new())),
        };
        let mut all = BTreeMap::new();
        for environment in &heading.environments {
            if let Ok(manifest) = Manifest::read(ReadOptions { environment: Some(environment), ..read }) {
                all.insert(environment.clone(), digests(&manifest));
            }
        }
        Ok(Self(all))
    }

    /// Returns `true` if these objects are now as at the backend, and all others are as before.
    fn hold(&self, plan: &Plan, read: ReadOptions<'_>, changed: &[Changed<'_>]) -> bool {
        let is_changed = |resource: &Resource| {
            changed.iter().any(|one| one.resource.kind == resource.kind && one.resource.name == resource.name)
        };
        let Ok(manifest) = Manifest::read(read) else { return false };
        let stays = manifest.resources.len() == plan.manifest.resources.len()
            && plan.manifest.resources.iter().zip(&manifest.resources).all(|(old, new)| {
                let is_same = old.kind == new.kind && old.name == new.name;
                is_same && (is_changed(old) || old.stated() == new.stated())
            });
        let holds = changed.iter().all(|one| {
            let resource = manifest.of_kind(one.resource.kind).find(|resource| resource.name == one.resource.name);
            resource.is_some_and(|resource| {
                let wanted = resource.resolved(|name| plan.ids.get(name).cloned().unwrap_or_default());
                let found = differences(&resource.form(one.live), &resource.form(&wanted.members));
                found.is_empty() && resource.form(one.live) == one.form
            })
        });
        let others = self.0.iter().filter(|(name, _)| **name != plan.manifest.environment).all(|(name, before)| {
            let after = Manifest::read(ReadOptions { environment: Some(name), ..read });
            after.is_ok_and(|after| digests(&after) == *before)
        });
        stays && holds && others
    }
}

fn digests(manifest: &Manifest) -> BTreeMap<(String, String), String> {
    let state = |resource: &Resource| ((resource.kind.section.to_owned(), resource.name.clone()), resource.stated());
    manifest.resources.iter().map(state).collect()
}
