//! Snapshots: the objects that an apply overwrites or deletes, as a manifest that can be applied again.

use super::live::LiveObject;
use super::planned::{PlannedObject, sync_of};
use crate::env::clock;
use crate::manifest::{DEFAULT_ENVIRONMENT, DIGEST, FILES, KEY, KINDS, Manifest, escaped, refer, retain_references};
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A snapshot on disk.
pub(super) struct Written {
    /// The path of the manifest.
    pub(super) path: PathBuf,
    /// `true` if a vector store has files that a sync added. The snapshot leaves these files out: an apply of the
    /// snapshot would otherwise detach files that a later sync added.
    pub(super) lacks_synced_files: bool,
    /// The identities of the objects that refer to files which are deleted too. The bytes of files cannot be read back, so
    /// the snapshot has neither the files nor these references.
    pub(super) lacks_files_of: Vec<String>,
}

/// Writes a manifest with the objects, as the backend has them, into a folder below `state`. `lost_files` has the IDs of
/// the files that will be deleted.
pub(super) fn write(
    state: &Path,
    manifest: &Manifest,
    objects: &[(&PlannedObject, &LiveObject)],
    lost_files: &HashSet<&str>,
) -> Result<Written> {
    let now = jiff::Timestamp::from_second(clock::now()).unwrap_or_default();
    let folder = state.join("snapshots").join(&manifest.project).join(&manifest.environment);
    let name = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let failed = || format!("could not write a snapshot to {}; nothing was changed", folder.display());
    fs::create_dir_all(&folder).with_context(failed)?;
    let path = unused(&folder, &name).with_context(failed)?.join("asst.json");
    let mut written = Written { path, lacks_synced_files: false, lacks_files_of: Vec::new() };
    let document = document(manifest, objects, lost_files, &mut written);
    let text = serde_json::to_string_pretty(&document).with_context(failed)?;
    fs::write(&written.path, text + "\n").with_context(failed)?;
    Ok(written)
}

/// Creates a subfolder with this name, which is a time in seconds. If it exists, appends `-2`, `-3`, and so on, because two
/// snapshots can have the same second.
fn unused(folder: &Path, name: &str) -> std::io::Result<PathBuf> {
    let mut number = 1;
    loop {
        let path = folder.join(if number == 1 { name.to_owned() } else { format!("{name}-{number}") });
        match fs::create_dir(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && number < 1_000 => number += 1,
            created => return created.map(|()| path),
        }
    }
}

fn document(
    manifest: &Manifest,
    objects: &[(&PlannedObject, &LiveObject)],
    lost_files: &HashSet<&str>,
    written: &mut Written,
) -> Value {
    let mut sections: Vec<(&str, Map<String, Value>)> = KINDS.iter().map(|kind| (kind.section, Map::new())).collect();
    // A reference to another object of the snapshot uses its name, because the ID is gone after a deletion.
    let mut names: HashMap<&str, String> = HashMap::new();
    for (object, live) in objects {
        let Some((_, section)) = sections.get_mut(object.kind.rank()) else { continue };
        let members = object.kind.member_names().filter_map(|name| {
            let value = live.members.get(name).filter(|value| !value.is_null())?;
            Some((name.to_owned(), escaped(value)))
        });
        let mut members: Map<String, Value> = members.collect();
        if let Some(contents) = object.kind.contents
            && (!live.synced.is_empty() || sync_of(manifest, object.kind, &object.key).is_some())
        {
            members.remove(contents.member);
            written.lacks_synced_files = true;
        }
        if retain_references(object.kind, &mut members, FILES.section, |id| !lost_files.contains(id)) {
            written.lacks_files_of.push(object.key.clone());
            // An empty list would detach the files that a later apply adds.
            let contents = object.kind.contents.map(|contents| contents.member);
            members.retain(|name, value| contents != Some(name) || value.as_array().is_none_or(|ids| !ids.is_empty()));
        }
        if let Some(pairs) = members.get_mut("metadata").and_then(Value::as_object_mut) {
            pairs.retain(|key, _| key != KEY && key != DIGEST);
        }
        if live.marker().is_some_and(|marker| marker.is_protected) {
            members.insert("lifecycle".to_owned(), json!({ "protect": true }));
        }
        refer(object.kind, &mut members, |_, id| names.get(id).cloned());
        let name = unused_name(object.name(), section);
        names.insert(&live.id, name.clone());
        section.insert(name, Value::Object(members));
    }
    let mut document = json!({ "asst": 1, "project": manifest.project });
    if let Some(profile) = &manifest.profile {
        document["profile"] = profile.as_str().into();
    }
    if manifest.environment != DEFAULT_ENVIRONMENT {
        document["environments"] = json!({ &manifest.environment: {} });
    }
    for (title, section) in sections.into_iter().filter(|(_, section)| !section.is_empty()) {
        document[title] = Value::Object(section);
    }
    document
}

/// Returns a name that the snapshot does not have yet. Several objects can have the same identity.
fn unused_name(name: &str, known: &Map<String, Value>) -> String {
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !known.contains_key(name)).unwrap_or_default()
}
