//! Patterns in the paths of files. They have the syntax of `--include` (docs/sync.md#which-files-are-taken), and are
//! relative to the folder of the manifest.

use crate::env::glob::Glob;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

/// The maximum number of files of one pattern.
pub(super) const MAX_FILES: usize = 10_000;

/// The characters that make a path a pattern.
const WILDCARDS: [char; 4] = ['*', '?', '[', '{'];

/// A pattern of file paths.
#[derive(Debug)]
pub(super) struct Pattern {
    steps: Vec<Step>,
}

/// A part of a pattern between two slashes.
#[derive(Debug)]
enum Step {
    Name(String),
    /// `**`: any number of folders.
    AnyFolders,
    Matching {
        glob: Glob,
        /// `true` if the step begins with a dot, so that it can match hidden files.
        takes_hidden: bool,
    },
}

/// Returns `true` if a path is a pattern.
pub fn is_pattern(path: &str) -> bool {
    path.contains(WILDCARDS)
}

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// Returns an error if a bracket or a brace is not closed before the next slash.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        for step in text.split('/').filter(|step| !step.is_empty() && *step != ".") {
            let step = match step {
                "**" if matches!(steps.last(), Some(Step::AnyFolders)) => continue,
                "**" => Step::AnyFolders,
                _ => Step::parse(step).map_err(|reason| format!("`{text}` is not a pattern: {reason}"))?,
            };
            steps.push(step);
        }
        // A pattern that ends in `**` means every file below.
        if matches!(steps.last(), Some(Step::AnyFolders)) {
            steps.push(Step::parse("*")?);
        }
        Ok(Self { steps })
    }

    /// Returns the folder before the first part with a wildcard, such as `data/`.
    pub(super) fn fixed_part(&self) -> String {
        let names = self.steps.iter().map_while(|step| match step {
            Step::Name(name) => Some(format!("{name}/")),
            _ => None,
        });
        names.collect()
    }

    /// Returns the files that match, relative to `folder` and in alphabetical order. Hidden files and folders match
    /// only a part that begins with a dot. `**` does not follow links to folders. Stops after `MAX_FILES` + 1 files.
    ///
    /// # Errors
    /// Returns an error if a folder cannot be read, or if a name that matches is not Unicode.
    pub(super) fn files(&self, folder: &Path) -> io::Result<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        walk(folder, String::new(), &self.steps, &mut found)?;
        Ok(found)
    }
}

impl Step {
    fn parse(text: &str) -> Result<Self, String> {
        if !is_pattern(text) {
            return Ok(Self::Name(text.to_owned()));
        }
        Ok(Self::Matching { glob: Glob::whole(text)?, takes_hidden: text.starts_with('.') })
    }
}

fn walk(folder: &Path, path: String, steps: &[Step], found: &mut BTreeSet<String>) -> io::Result<()> {
    let at = folder.join(&path);
    let Some((step, rest)) = steps.split_first() else {
        if at.is_file() {
            found.insert(path);
        }
        return Ok(());
    };
    let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    let (glob, takes_hidden) = match step {
        Step::Name(name) => return walk(folder, join(name), rest, found),
        Step::AnyFolders => {
            walk(folder, path.clone(), rest, found)?;
            (None, false)
        }
        Step::Matching { glob, takes_hidden } => (Some(glob), *takes_hidden),
    };
    if !at.is_dir() {
        return Ok(());
    }
    let mut entries = fs::read_dir(&at)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if found.len() > MAX_FILES {
            break;
        }
        let name = entry.file_name();
        let shown = name.to_string_lossy();
        if shown.starts_with('.') && !takes_hidden {
            continue;
        }
        let (is_match, after) = match glob {
            None => (entry.file_type()?.is_dir(), steps),
            Some(glob) => (glob.matches(&shown), rest),
        };
        if !is_match {
            continue;
        }
        let Some(name) = name.to_str() else {
            return Err(io::Error::other(format!("the name `{shown}` is not Unicode")));
        };
        walk(folder, join(name), after, found)?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_finds_files_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["a.md", "pages/b.md", "pages/deep/c.md", "pages/.hidden/d.md", "pages/e.txt", ".f.md"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        for (pattern, expected) in [
            ("*.md", &["a.md"][..]),
            ("pages/*", &["pages/b.md", "pages/e.txt"]),
            ("**/*.md", &["a.md", "pages/b.md", "pages/deep/c.md"]),
            ("pages/**/c.md", &["pages/deep/c.md"]),
            ("./pages/**", &["pages/b.md", "pages/deep/c.md", "pages/e.txt"]),
            ("missing/*.md", &[]),
            ("*/.hidden/*", &["pages/.hidden/d.md"]),
            ("**/**/./**//*.md", &["a.md", "pages/b.md", "pages/deep/c.md"]),
            ("pages/*.{md,txt}", &["pages/b.md", "pages/e.txt"]),
            ("{pages,other}/[a-c].md", &["pages/b.md"]),
            ("\\a.m?", &["a.md"]),
        ] {
            let found: Vec<String> =
                Pattern::parse(pattern).unwrap().files(folder.path()).unwrap().into_iter().collect();
            assert_eq!(found, expected, "{pattern}");
        }
        for (pattern, expected) in [("data/*.csv", "data/"), ("*.csv", ""), ("a/b/**/c", "a/b/"), ("a/b?/c", "a/")] {
            assert_eq!(Pattern::parse(pattern).unwrap().fixed_part(), expected, "{pattern}");
        }
    }

    #[test]
    fn wrong_patterns_are_named() {
        for pattern in ["a[", "{a/b,c}.md", "x/{a"] {
            assert!(Pattern::parse(pattern).unwrap_err().contains("is not a pattern"), "{pattern}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_match_that_is_not_unicode_is_an_error() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"a\xff.md")), "x").unwrap();
        let files = |pattern: &str| Pattern::parse(pattern).unwrap().files(folder.path());
        assert!(files("*.md").unwrap_err().to_string().contains("is not Unicode"));
        assert!(files("*.csv").unwrap().is_empty());
    }
}
