//! The options of a sync.

use super::filter::PathFilter;
use crate::api::vector_stores::OfVectorStore;
use serde_json::Value;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// The options of a sync.
#[derive(Debug, Clone)]
pub struct SyncOptions {
    pub store: OfVectorStore,
    /// The digest that the folders must have. `None` accepts any content.
    pub digest: Option<String>,
    /// Vector stores that this one replaces. Files that a sync uploaded to them are attached instead of uploaded again.
    pub predecessors: Vec<OfVectorStore>,
    pub folders: Vec<PathBuf>,
    pub filter: PathFilter,
    /// The path in the vector store under which the files are.
    pub prefix: Option<String>,
    /// Further attributes of every file.
    pub attributes: Vec<(String, Value)>,
    pub chunking: Option<Value>,
    pub delete: DeleteScope,
    pub max_delete: Option<MaxDelete>,
    /// Detach old files without deleting them.
    pub keep_files: bool,
    pub track_renames: bool,
    pub retry_failed: bool,
    /// The longest time that indexing may take without progress.
    pub timeout: Duration,
    pub mode: SyncMode,
    pub names: OptionNames,
    /// Compare the vector store with the folders at the end.
    pub verify: bool,
}

/// The names of the options in messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionNames {
    /// The flags of `asst vector-stores sync`.
    Flags,
    /// The members of `sync` in a manifest.
    Members,
}

impl OptionNames {
    /// Returns an option with a value as the user writes it, such as `--max-delete 3`.
    pub(super) fn option(self, name: &str, value: impl std::fmt::Display) -> String {
        match self {
            Self::Flags => format!("`--{} {value}`", name.replace('_', "-")),
            Self::Members => format!("`{name}: {value}` under `sync`"),
        }
    }

    /// Returns the name of a switch as the user writes it, such as `--keep-files`.
    pub(super) fn switch(self, name: &str) -> String {
        match self {
            Self::Flags => format!("`--{}`", name.replace('_', "-")),
            Self::Members => self.option(name, true),
        }
    }
}

/// The choice between a report of the changes and the changes themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncMode {
    /// Only reports what a sync would do.
    Preview,
    Apply,
}

/// The files of the vector store that a sync may remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum DeleteScope {
    /// Files that a sync added under the prefix, or anywhere without a prefix
    #[default]
    Own,
    /// All files that the folders lack, except files under other prefixes
    All,
    /// Only files that a newer version replaces
    None,
}

/// The largest number of paths that a sync may remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaxDelete {
    Files(u64),
    /// A percentage of the files that the sync manages.
    Percent(u64),
}

/// The number of known paths from which the default limit applies.
const GUARDED_FROM: u64 = 10;

impl MaxDelete {
    /// Returns how many of `known` paths may be removed. Without a limit, this is half of them, or all of them if there
    /// are fewer than `GUARDED_FROM`.
    pub(super) fn allowed(limit: Option<Self>, known: u64) -> u64 {
        match limit {
            Some(Self::Files(files)) => files,
            Some(Self::Percent(percent)) => known.saturating_mul(percent) / 100,
            None if known < GUARDED_FROM => known,
            None => known / 2,
        }
    }
}

/// Parses a prefix: a path without empty parts, `.`, and `..`.
///
/// # Errors
/// Returns an error if the text has such a part.
pub fn parse_prefix(text: &str) -> Result<String, String> {
    let path = text.trim_matches('/');
    match path.split('/').find(|part| ["", ".", ".."].contains(part)) {
        None => Ok(path.to_owned()),
        Some(_) => Err(format!("expected a path such as handbook or hr/handbook, got `{text}`")),
    }
}

impl FromStr for MaxDelete {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse::<u64>().ok();
        let limit = match text.strip_suffix('%') {
            Some(percent) => number(percent).filter(|percent| *percent <= 100).map(Self::Percent),
            None => number(text).map(Self::Files),
        };
        limit.ok_or_else(|| format!("expected a number of files or a percentage, such as 20 or 10%, got `{text}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_a_number_or_a_part() {
        for (text, known, expected) in [
            (Some("20"), 5, 20),
            (Some("0"), 100, 0),
            (Some("10%"), 55, 5),
            (Some("100%"), 55, 55),
            (None, 9, 9),
            (None, 10, 5),
            (None, 11, 5),
        ] {
            let limit = text.map(|text| text.parse().expect(text));
            assert_eq!(MaxDelete::allowed(limit, known), expected, "{text:?} of {known}");
        }
        for wrong in ["", "-1", "101%", "%", "many", "1.5%"] {
            assert!(wrong.parse::<MaxDelete>().is_err(), "{wrong}");
        }
    }
}
