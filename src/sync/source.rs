//! Reads the files in the folders of a sync, and computes their hashes.

use super::content::{Content, ContentReader, Hash, ReadResult, hex};
use super::filter::PathFilter;
use super::ignore::IgnoreRules;
use super::options::SyncOptions;
use crate::exit::Usage;
use crate::upload::LARGEST_FILE;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::DirEntry;
use std::io;
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// The maximum number of characters of a path. It is stored in an attribute (docs/protocol/objects.md).
const LONGEST_PATH: usize = 512;

/// The maximum depth of folders. It protects against folders that contain themselves.
const DEEPEST: usize = 200;

/// A file to keep in the vector store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SourceFile {
    /// The path in the vector store: the prefix, and the path within the folder, with `/` between its parts.
    pub(super) path: String,
    pub(super) location: PathBuf,
    pub(super) hash: Hash,
    pub(super) size: u64,
}

/// The files of all folders, sorted by path.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) files: Vec<SourceFile>,
    /// Files that cannot be in a vector store, with the reason. A file that the vector store already has under the path
    /// stays.
    pub(super) skipped: Vec<(String, String)>,
    /// Files and folders that could not be read, with the reason.
    pub(super) unreadable: Vec<(String, String)>,
}

/// Reads the files of all folders. Stops early if `is_over` returns `true`.
///
/// # Errors
/// Returns an error if a folder cannot be opened, or if two files have the same path.
pub(super) fn read(options: &SyncOptions, is_over: impl Fn() -> bool) -> Result<Source, Usage> {
    let mut walk = Walk {
        filter: &options.filter,
        prefix: options.prefix.as_deref(),
        is_over: &is_over,
        reader: ContentReader::new(),
        source: Source::default(),
        root: PathBuf::new(),
    };
    for folder in &options.folders {
        let wrong = |error: io::Error| Usage::new(format!("{}: {error}", folder.display()));
        let root = folder.canonicalize().map_err(wrong)?;
        if !root.is_dir() {
            let hint = "`asst files upload` uploads single files";
            return Err(Usage::hinted(format!("{}: expected a folder, got a file", folder.display()), hint));
        }
        let rules = if walk.filter.no_ignore { Ok(IgnoreRules::default()) } else { IgnoreRules::above(&root) };
        let rules = rules.map_err(wrong)?;
        walk.root.clone_from(&root);
        let before = walk.source.len();
        walk.folder(&root, &rules, 0);
        if walk.source.len() == before && !is_over() {
            // The folder may be a mount point without its file system.
            let hint = "leave out a folder that is meant to be empty";
            return Err(Usage::hinted(
                format!("{}: it has no files for the vector store; nothing was changed", folder.display()),
                hint,
            ));
        }
    }
    let mut source = walk.source;
    source.files.sort_by(|one, other| one.path.cmp(&other.path));
    let twice = source.files.windows(2).find(|pair| matches!(pair, [one, other] if one.path == other.path));
    match twice {
        Some([one, other]) => {
            let (one, other) = (one.location.display(), other.location.display());
            let hint = "rename one of them, or sync each folder under a prefix of its own";
            Err(Usage::hinted(format!("two files have the same path in the vector store: {one}, {other}"), hint))
        }
        _ => Ok(source),
    }
}

struct Walk<'a, F> {
    filter: &'a PathFilter,
    prefix: Option<&'a str>,
    is_over: &'a F,
    reader: ContentReader,
    source: Source,
    /// The real path of the folder of the sync that is being read.
    root: PathBuf,
}

impl<F: Fn() -> bool> Walk<'_, F> {
    fn folder(&mut self, folder: &Path, above: &IgnoreRules, depth: usize) {
        if (self.is_over)() {
            return;
        }
        if depth > DEEPEST {
            return self.unreadable(folder, &format!("more than {DEEPEST} folders contain each other"));
        }
        let mut rules = above.clone();
        if !self.filter.no_ignore
            && let Err(error) = rules.add(folder)
        {
            return self.unreadable(folder, &format!(".gitignore: {error}"));
        }
        let entries = std::fs::read_dir(folder).and_then(|entries| entries.collect::<io::Result<Vec<DirEntry>>>());
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => return self.unreadable(folder, &error.to_string()),
        };
        entries.sort_by_key(DirEntry::file_name);
        for entry in entries {
            self.entry(&entry.path(), &rules, depth);
        }
    }

    fn entry(&mut self, path: &Path, rules: &IgnoreRules, depth: usize) {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        if name == ".git" || (!self.filter.no_ignore && name.starts_with('.')) {
            return;
        }
        let facts = match std::fs::symlink_metadata(path) {
            Ok(facts) => facts,
            Err(error) => return self.unreadable(path, &error.to_string()),
        };
        if rules.excludes(path, facts.is_dir()) {
            return;
        }
        if facts.is_dir() {
            return self.folder(path, rules, depth + 1);
        }
        let Some(relative) = self.relative(path) else {
            return self.skip(path, "its name is not valid Unicode");
        };
        // Patterns select files only. If a folder became a link, its files stay in the vector store.
        if facts.is_symlink() && path.is_dir() {
            return self.skip(path, "it is a link to a folder");
        }
        if !self.filter.globs.selects(&relative) {
            return;
        }
        if facts.is_symlink() {
            match path.canonicalize() {
                Ok(target) if !target.starts_with(&self.root) => return self.skip(path, "the link leaves the folder"),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return self.skip(path, "it is a link to nothing");
                }
                Err(error) => return self.unreadable(path, &error.to_string()),
            }
        }
        let is_file = if facts.is_symlink() { path.is_file() } else { facts.is_file() };
        // A pipe or a device would block or never end.
        if !is_file {
            return self.skip(path, "it is not a regular file");
        }
        self.file(path, relative);
    }

    fn file(&mut self, path: &Path, relative: String) {
        let own = with_prefix(self.prefix, &relative);
        if own.chars().count() > LONGEST_PATH {
            return self.skip(path, &format!("its path has more than {LONGEST_PATH} characters"));
        }
        // An upload cannot have such a name, and a line break would split the line of the file in the output.
        if own.contains(char::is_control) {
            return self.skip(path, "its name has control characters");
        }
        match self.reader.read(path) {
            Ok(ReadResult::Read(content)) => match defect(&content) {
                Some(reason) => self.skip(path, reason),
                None => self.source.files.push(SourceFile {
                    path: own,
                    location: path.to_owned(),
                    hash: content.hash,
                    size: content.size,
                }),
            },
            Ok(ReadResult::Changing) => self.unreadable(path, CHANGING),
            Err(error) => self.unreadable(path, &error.to_string()),
        }
    }

    fn relative(&self, path: &Path) -> Option<String> {
        let mut parts = Vec::new();
        for part in path.strip_prefix(&self.root).ok()?.components() {
            // Operating systems store the same name in different normal forms of Unicode.
            parts.push(part.as_os_str().to_str()?.nfc().collect::<String>());
        }
        Some(parts.join("/"))
    }

    fn named(&self, path: &Path) -> String {
        let relative = self.relative(path).filter(|relative| !relative.is_empty());
        relative.map_or_else(|| path.display().to_string(), |relative| with_prefix(self.prefix, &relative))
    }

    fn skip(&mut self, path: &Path, reason: &str) {
        let path = self.named(path);
        self.source.skipped.push((path, reason.to_owned()));
    }

    fn unreadable(&mut self, path: &Path, reason: &str) {
        let path = self.named(path);
        self.source.unreadable.push((path, reason.to_owned()));
    }
}

/// The reason for a file that changes while it is read.
pub(super) const CHANGING: &str = "it changed while it was read, twice";

/// Returns the reason why a vector store cannot index a file, if there is one.
pub(super) fn defect(content: &Content) -> Option<&'static str> {
    match content.size {
        0 => Some("it is empty"),
        size if size > LARGEST_FILE => Some("it has more than 512 MiB"),
        _ if !content.is_text => Some("it is neither UTF-8 nor UTF-16 text"),
        _ => None,
    }
}

/// Returns a path with the prefix of the sync.
fn with_prefix(prefix: Option<&str>, relative: &str) -> String {
    prefix.map_or_else(|| relative.to_owned(), |prefix| format!("{prefix}/{relative}"))
}

impl Source {
    /// Returns the number of files, including those that are skipped or cannot be read.
    fn len(&self) -> usize {
        self.files.len() + self.skipped.len() + self.unreadable.len()
    }

    /// Returns a digest of the paths and contents of the files.
    pub(super) fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for file in &self.files {
            hash.update((file.path.len() as u64).to_be_bytes());
            hash.update(file.path.as_bytes());
            hash.update(file.hash);
        }
        hex(&hash.finalize().into())
    }

    /// Returns the paths that were skipped or could not be read, with their reasons.
    pub(super) fn withheld(&self) -> HashMap<&str, &str> {
        let all = self.skipped.iter().chain(&self.unreadable);
        all.map(|(path, reason)| (path.as_str(), reason.as_str())).collect()
    }

    /// Returns the position of a file.
    pub(super) fn position(&self, path: &str) -> Option<usize> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()
    }
}
