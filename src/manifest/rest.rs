//! The part of a manifest that the other environments may read. It can be compared without reading these environments.

use super::merge;
use super::pattern::is_pattern;
use super::reader::{ManifestError, ReadOptions, Reader};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The members whose texts are paths of files or folders.
const PATHS: [&str; 4] = ["file", PATTERN, "sync", "dir"];

/// The member whose text may be a pattern of paths.
const PATTERN: &str = "path";

/// The values of a manifest without the overlay of one environment, and the files to which the values refer. Variables
/// are not replaced, because other environments may lack values for them.
#[derive(Debug, PartialEq)]
pub struct RestOfManifest {
    values: Vec<Value>,
    /// The real paths of the manifest itself.
    roots: BTreeSet<PathBuf>,
    /// The real paths of the files and folders to which the values refer.
    named: BTreeSet<PathBuf>,
    /// `true` if a path contains a variable or is a pattern, so that it can mean any file.
    has_open_path: bool,
}

impl RestOfManifest {
    /// Reads a manifest without the overlay of `environment`.
    ///
    /// # Errors
    /// Returns an error if a file cannot be read, or is not YAML, JSON or TOML.
    pub fn read(options: ReadOptions<'_>, environment: &str) -> Result<Self, ManifestError> {
        let files = merge::files(options.files)?;
        let (_, nodes) = Reader::open(options)?;
        let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
        let roots = files.iter().map(real).collect();
        let mut rest = Self { values: Vec::new(), roots, named: BTreeSet::new(), has_open_path: false };
        for (file, node) in files.iter().zip(nodes) {
            let mut value = node.into_value();
            if let Some(overlays) = value.get_mut("environments").and_then(Value::as_object_mut) {
                overlays.shift_remove(environment);
            }
            let folder = file.parent().unwrap_or(Path::new(""));
            rest.add_paths(folder, &value);
            rest.values.push(value);
        }
        Ok(rest)
    }

    /// Returns `true` if another environment may read this file. Returns `false` for the files of the manifest itself.
    pub fn may_name(&self, path: &Path) -> bool {
        !self.roots.contains(path) && (self.has_open_path || path.ancestors().any(|path| self.named.contains(path)))
    }

    fn add_paths(&mut self, folder: &Path, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.add_paths(folder, item)),
            Value::Object(members) => self.add_members(folder, members),
            _ => {}
        }
    }

    fn add_path(&mut self, folder: &Path, name: &str, text: &str) {
        let real = folder.join(text).canonicalize();
        // A path such as `a[1].txt` is taken literally if a file with exactly this name exists.
        self.has_open_path |= text.contains("${") || name == PATTERN && is_pattern(text) && real.is_err();
        self.named.extend(real);
    }

    fn add_members(&mut self, folder: &Path, members: &Map<String, Value>) {
        for (name, value) in members {
            match value {
                Value::String(text) if PATHS.contains(&name.as_str()) => self.add_path(folder, name, text),
                Value::Array(items) if PATHS.contains(&name.as_str()) => {
                    items.iter().filter_map(Value::as_str).for_each(|text| self.add_path(folder, name, text));
                }
                other => self.add_paths(folder, other),
            }
        }
    }
}
