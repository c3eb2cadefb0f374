//! Merges several files to one manifest. Only one file can define an object, a variable or an environment: their
//! members are not merged (docs/manifest.md#several-files).

use super::kinds::ResourceKind;
use super::source::Source;
use crate::env::input::{self, InputError};
use crate::env::yaml::{MemberName, NodeKind, Scalar, YamlNode};
use std::fs;
use std::path::{Path, PathBuf};

/// The extensions of manifests in a folder.
const ENDINGS: [&str; 4] = ["yaml", "yml", "json", "toml"];

/// Returns the files of a manifest. A folder stands for its files with a known ending, sorted by name.
///
/// # Errors
/// Returns an error if a folder cannot be read, or has no manifest.
pub(super) fn files(given: &[PathBuf]) -> Result<Vec<PathBuf>, InputError> {
    let mut all = Vec::new();
    for path in given {
        if !path.is_dir() {
            all.push(path.clone());
            continue;
        }
        let unreadable = |source| InputError::Unreadable { place: input::InputSource::File(path.clone()), source };
        let entries = fs::read_dir(path).map_err(unreadable)?.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
        let mut found: Vec<PathBuf> =
            entries.into_iter().map(|entry| entry.path()).filter(|path| is_manifest(path)).collect();
        if found.is_empty() {
            return Err(InputError::Missing { path: path.join("asst.yaml") });
        }
        found.sort_unstable();
        all.extend(found);
    }
    Ok(all)
}

fn is_manifest(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    ending.is_some_and(|ending| ENDINGS.contains(&ending)) && !is_hidden && path.is_file()
}

/// Merges the files into one node. Reports each entry that two files define.
pub(super) fn merged(source: &mut Source, roots: Vec<YamlNode>) -> Option<YamlNode> {
    let mut roots = roots.into_iter();
    let mut all = roots.next()?;
    for root in roots {
        let NodeKind::Mapping(members) = root.kind else {
            source.wrong_type(&root, "the manifest", "a mapping");
            continue;
        };
        let NodeKind::Mapping(known) = &mut all.kind else { break };
        for (name, node) in members {
            match known.iter_mut().find(|(key, _)| key.name == name.name) {
                None => known.push((name, node)),
                // Every file contains the version of the format.
                Some(_) if name.name == "asst" => {}
                Some((key, first)) => combine(source, key, first, name, node),
            }
        }
    }
    Some(all)
}

/// Adds the entries of a key to the entries of another file under the same key.
fn combine(source: &mut Source, key: &MemberName, first: &mut YamlNode, name: MemberName, second: YamlNode) {
    let is_map = ["vars", "environments", "defaults"].contains(&name.name.as_str())
        || ResourceKind::of_section(&name.name).is_some();
    match (&mut first.kind, second.kind) {
        (_, NodeKind::Scalar { scalar: Scalar::Null, .. }) if is_map => {}
        (NodeKind::Scalar { scalar: Scalar::Null, .. }, kind) if is_map => first.kind = kind,
        (NodeKind::Mapping(entries), NodeKind::Mapping(more)) if is_map => {
            for (entry, node) in more {
                match entries.iter().find(|(known, _)| known.name == entry.name) {
                    Some((known, _)) => twice(source, &format!("{}.{}", name.name, entry.name), known, &entry),
                    None => entries.push((entry, node)),
                }
            }
        }
        (NodeKind::Sequence(items), NodeKind::Sequence(more)) if !is_map => items.extend(more),
        _ => twice(source, &name.name, key, &name),
    }
}

fn twice(source: &mut Source, path: &str, first: &MemberName, second: &MemberName) {
    let place = source.place(first.at);
    source.problem(second.at, format!("`{path}` is defined twice; the first definition is at {place}"));
}
