//! The project file `asst.toml`. It can only choose a profile and set defaults for output, manifest and retention. A
//! cloned repository must not run commands or send keys elsewhere (docs/design/configuration.md#project-files).

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::ConfigError;
use super::toml_error;
use crate::env::text;

/// The name of the file.
const FILE: &str = "asst.toml";

/// The permitted keys.
const KEYS: [&str; 6] = ["profile", "columns", "output", "manifest", "env", "policy"];

/// A project file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Project {
    /// The path of the file.
    #[serde(skip)]
    pub path: PathBuf,
    /// The profile to use in this project.
    pub profile: Option<String>,
    /// The columns of tables.
    pub columns: Option<Columns>,
    /// The output format.
    pub output: Option<String>,
    /// The path of the manifest. A relative path is resolved against the folder of the project file.
    pub manifest: Option<PathBuf>,
    /// The environment of the manifest to use.
    pub env: Option<toml::Value>,
    /// The rules for `apply` and `prune` in this project.
    pub policy: Option<toml::Value>,
}

/// The columns of tables, for all nouns or by noun.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "text, a list, or a table of these by noun")]
pub enum Columns {
    Text(String),
    List(Vec<String>),
    ByNoun(BTreeMap<String, Self>),
}

impl Columns {
    /// Returns the columns for a noun, or `None` if none are set.
    pub fn of(&self, noun: &str) -> Option<Vec<String>> {
        match self {
            Self::Text(text) => Some(text.split(',').map(|name| name.trim().to_owned()).collect()),
            Self::List(names) => Some(names.clone()),
            Self::ByNoun(nouns) => nouns.get(noun).and_then(|columns| columns.of(noun)),
        }
    }
}

impl Project {
    /// Returns the path of the retention file that `policy` names. A relative path is resolved against the folder of
    /// the project file.
    pub fn retention(&self) -> Option<PathBuf> {
        let policy = self.policy.as_ref()?;
        let named = policy.as_str().or_else(|| policy.get("retention")?.as_str())?;
        Some(self.path.parent().unwrap_or(Path::new("")).join(named))
    }

    /// Searches for the file from `start` upwards, until the home directory or the root of the file system.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or contains a key that is not permitted.
    pub fn find(start: &Path, home: &Path) -> Result<Option<Self>, ConfigError> {
        for dir in start.ancestors() {
            let path = dir.join(FILE);
            match text::read_regular(&path) {
                Ok(text) => return Self::parse(path, &text).map(Some),
                Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
                // A parent folder without read permission cannot be meant to configure this user.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied && dir != start => break,
                Err(error) => return Err(ConfigError::usage(format!("cannot read {}: {error}", path.display()))),
            }
            if dir == home {
                break;
            }
        }
        Ok(None)
    }

    fn parse(path: PathBuf, text: &str) -> Result<Self, ConfigError> {
        let table: toml::Table = toml::from_str(text).map_err(|error| toml_error::explain(&path, text, &error))?;
        if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            let error = ConfigError::usage(format!("{}: `{key}` cannot be set in a project file", path.display()));
            return Err(error.with_hint(format!(
                "a project file may hold only {}; backends and keys belong in your own config.toml, so that a cloned \
                 repository can neither run commands nor send your key elsewhere",
                KEYS.join(", ")
            )));
        }
        let mut project: Self = toml::from_str(text).map_err(|error| toml_error::explain(&path, text, &error))?;
        project.manifest = project.manifest.map(|manifest| path.parent().unwrap_or(Path::new("")).join(manifest));
        project.path = path;
        Ok(project)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_project_file_is_searched_upwards_to_the_home_directory() {
        let root = tempfile::tempdir().unwrap();
        let home = root.path().join("home");
        let deep = home.join("a/b");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(root.path().join(FILE), "profile = 'planted'").unwrap();
        assert_eq!(Project::find(&deep, &home).unwrap(), None);
        std::fs::write(home.join("a").join(FILE), "profile = 'dev'\nmanifest = 'm.yaml'\ncolumns = 'id, name'")
            .unwrap();
        let project = Project::find(&deep, &home).unwrap().unwrap();
        assert_eq!(project.profile.as_deref(), Some("dev"));
        assert_eq!(project.manifest, Some(home.join("a/m.yaml")));
        assert_eq!(project.columns.unwrap().of("threads").unwrap(), ["id", "name"]);
    }

    #[test]
    fn keys_that_reach_beyond_the_repository_are_refused_with_the_reason() {
        for key in ["base_url", "api_key_command", "profiles", "proxy"] {
            let error = Project::parse(PathBuf::from(FILE), &format!("{key} = 'x'")).unwrap_err();
            assert!(error.to_string().contains(key), "{error}");
            assert!(error.hint().unwrap().contains("cloned repository"), "{key:?}");
        }
    }
}
