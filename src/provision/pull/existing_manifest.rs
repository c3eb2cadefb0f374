//! The manifest that a pull overwrites: the parts that stay in it, and the parts that a pull would lose.

use super::same_files::same_files;
use super::uploads::Upload;
use super::{Chosen, MANIFEST, PullOptions, Selection, is_pulled};
use crate::env::input::{self, InputError};
use crate::exit::Usage;
use crate::manifest::{FILES, KINDS, ResourceKind, matches_pattern, names_a_file, stands_for_file};
use anyhow::Result;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// The top-level keys of a manifest that a pull does not write.
const LOST: [&str; 4] = ["vars", "env", "defaults", "moved"];

/// The manifest in the folder of a pull.
pub(super) struct ExistingManifest {
    path: PathBuf,
    root: Value,
}

/// An object of the manifest that a pull writes again.
#[derive(Default)]
pub(super) struct ExistingEntry<'a> {
    /// The paths under `lifecycle.ignore`.
    pub(super) ignore: Vec<String>,
    members: Option<&'a Map<String, Value>>,
}

impl ExistingManifest {
    /// Reads the manifest, if the folder has one. A file that is not a mapping has no part to keep.
    ///
    /// # Errors
    /// Returns an error with the line and the column if the file is not YAML, because its parts are then unknown.
    pub(super) fn read(options: &PullOptions) -> Result<Option<Self>> {
        let path = options.into.join(MANIFEST);
        match input::read_nodes(&path) {
            Ok(root) => Ok(Some(Self { path, root: root.into_value() })),
            Err(InputError::Missing { .. } | InputError::Empty { .. }) => Ok(None),
            Err(error) => {
                let hint = "fix or remove the file, or pass --into for another folder";
                Err(Usage::hinted(format!("{error}; a pull does not overwrite it"), hint).into())
            }
        }
    }

    /// Returns the entry of a pulled object in the manifest. Ignores an entry of another object with the same name.
    pub(super) fn object(&self, one: &Chosen) -> ExistingEntry<'_> {
        if !self.is_for(one) {
            return ExistingEntry::default();
        }
        let members = self.root.get(one.kind.section).and_then(|section| section.get(&one.name)?.as_object());
        let ignore = members.and_then(|members| members.get("lifecycle")?.get("ignore")?.as_array());
        let ignore = ignore.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
        ExistingEntry { ignore: ignore.collect(), members }
    }

    /// Returns `true` if the entry with the path of an object is for this object.
    fn is_for(&self, one: &Chosen) -> bool {
        let entries = self.root.get("adopt").and_then(Value::as_array);
        let is_adopted = |entry: &Value| entry["to"] == *one.path() && entry["id"] == *one.live.id;
        one.is_own || entries.is_some_and(|entries| entries.iter().any(is_adopted))
    }

    /// Adds the members that a pull does not write to the entries of `uploads` in `files`. Returns the paths of the
    /// present entries for which there is no such file.
    pub(super) fn keep_files(&self, uploads: &[&Upload], files: &mut Map<String, Value>) -> Vec<String> {
        let Some(present) = self.root.get(FILES.section).and_then(Value::as_object) else { return Vec::new() };
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let same = same_files(folder, present, uploads);
        for (name, upload) in &same {
            let entry = files.get_mut(*upload).and_then(Value::as_object_mut);
            let Some((entry, members)) = entry.zip(present.get(*name).and_then(Value::as_object)) else { continue };
            for (member, value) in members {
                entry.entry(member).or_insert_with(|| value.clone());
            }
        }
        let lost = present.keys().filter(|name| !same.contains_key(name.as_str()));
        lost.map(|name| format!("`{}.{name}`", FILES.section)).collect()
    }

    /// Checks that a pull loses no part of the manifest that it overwrites, except objects that the backend lacks.
    /// `lost` contains the parts that could not be kept.
    ///
    /// # Errors
    /// Returns an error that lists the lost parts. Returns an error if the backend has no object at all, and the
    /// manifest has some.
    pub(super) fn check(&self, options: &PullOptions, chosen: &[Chosen], lost: &[String]) -> Result<()> {
        let objects = KINDS.iter().filter(|kind| has_entries(self.root.get(kind.section))).count();
        if chosen.is_empty() && objects > 0 {
            let message = format!(
                "the backend has no object to pull, and {} has objects; it would be overwritten with an empty manifest",
                self.path.display()
            );
            let hint = "check --profile, --project and --env, or pass --into for another folder";
            return Err(Usage::hinted(message, hint).into());
        }
        let mut all = self.lost_keys(options, chosen);
        all.extend_from_slice(lost);
        if all.is_empty() {
            return Ok(());
        }
        let message = format!("{} has parts that a pull does not write: {}", self.path.display(), all.join(", "));
        let hint = "pass --into for another folder; `asst pull --drift` writes only what changed at the backend";
        Err(Usage::hinted(message, hint).into())
    }

    /// Returns the keys, the environments, and the objects beside the selection, that a pull would lose.
    fn lost_keys(&self, options: &PullOptions, chosen: &[Chosen]) -> Vec<String> {
        let keys = LOST.iter().filter(|key| has_entries(self.root.get(**key)));
        let mut lost: Vec<String> = keys.map(|key| format!("`{key}`")).collect();
        let environments = self.root.get("environments").and_then(Value::as_object);
        for (name, overlay) in environments.into_iter().flatten() {
            match *name == options.environment {
                false => lost.push(format!("the environment `{name}`")),
                true if has_entries(Some(overlay)) => lost.push(format!("the overlay of the environment `{name}`")),
                true => {}
            }
        }
        // An entry for a pulled object is written again, or is no longer necessary.
        let is_pulled = |entry: &Value| {
            let is_of_this = entry.get("env").is_none_or(|env| *env == options.environment.as_str());
            is_of_this && chosen.iter().any(|one| entry.get("to").is_some_and(|to| *to == one.path().as_str()))
        };
        let adopted = self.root.get("adopt").and_then(Value::as_array);
        if adopted.is_some_and(|entries| !entries.iter().all(is_pulled)) {
            lost.push("`adopt`".to_owned());
        }
        if let Selection::Ids(_) | Selection::Metadata(_) = options.selection {
            let is_chosen = |path: &String| chosen.iter().any(|one| one.path() == *path && self.is_for(one));
            lost.extend(self.paths().filter(|path| !is_chosen(path)).map(|path| format!("`{path}`")));
        }
        lost
    }

    /// Returns the paths of the objects of the kinds that a pull reads.
    fn paths(&self) -> impl Iterator<Item = String> {
        KINDS.iter().filter(|kind| is_pulled(kind)).flat_map(|kind| {
            let entries = self.root.get(kind.section).and_then(Value::as_object).into_iter().flatten();
            entries.map(|(name, _)| format!("{}.{name}", kind.section))
        })
    }
}

impl ExistingEntry<'_> {
    /// Returns `true` if the manifest states the folders whose files are the contents of the object.
    pub(super) fn has_folders(&self, kind: &ResourceKind) -> bool {
        let folder = kind.contents.and_then(|contents| contents.folder);
        let value = folder.and_then(|folder| self.members?.get(folder));
        value.is_some_and(|value| !value.is_null())
    }

    /// Returns `true` if the manifest protects the object.
    fn is_protected(&self) -> bool {
        let lifecycle = self.members.and_then(|members| members.get("lifecycle"));
        lifecycle.is_some_and(|lifecycle| lifecycle["protect"] == true)
    }

    /// Adds the members that only the manifest has to `pulled`: members that the backend does not return, and members
    /// under `lifecycle.ignore`. Returns the paths of the members that cannot be added.
    pub(super) fn keep(&self, kind: &ResourceKind, is_protected: bool, pulled: &mut Map<String, Value>) -> Vec<String> {
        let none = Map::new();
        let members = self.members.unwrap_or(&none);
        let unowned = kind.known_members().filter(|name| kind.member(name).is_none()).map(str::to_owned);
        let mut lost: Vec<String> = unowned.chain(self.ignore.iter().cloned()).collect();
        lost.retain(|path| !keep_path(members, pulled, path));
        let mut lifecycle = Map::new();
        if is_protected || self.is_protected() {
            lifecycle.insert("protect".to_owned(), json!(true));
        }
        if !self.ignore.is_empty() {
            lifecycle.insert("ignore".to_owned(), json!(self.ignore));
        }
        if !lifecycle.is_empty() {
            pulled.insert("lifecycle".to_owned(), Value::Object(lifecycle));
        }
        lost
    }
}

/// Copies the members at a path. Returns `false` if a value on the path is in a file, because files are not copied.
fn keep_path(from: &Map<String, Value>, to: &mut Map<String, Value>, path: &str) -> bool {
    let Some((name, rest)) = path.split_once('.') else {
        let kept: Vec<_> = from.iter().filter(|(name, _)| matches_pattern(name, path)).collect();
        if kept.iter().any(|(_, value)| names_a_file(value)) {
            return false;
        }
        to.extend(kept.into_iter().map(|(name, value)| (name.clone(), value.clone())));
        return true;
    };
    let Some(inner) = from.get(name).and_then(Value::as_object) else { return true };
    let mut target = to.get(name).cloned().unwrap_or_else(|| json!({}));
    let Some(members) = target.as_object_mut() else { return false };
    if stands_for_file(inner) || stands_for_file(members) {
        return false;
    }
    let is_kept = keep_path(inner, members, rest);
    if !members.is_empty() {
        to.insert(name.to_owned(), target);
    }
    is_kept
}

fn has_entries(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Object(members)) => !members.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        _ => false,
    }
}
