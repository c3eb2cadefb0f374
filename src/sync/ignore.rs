//! The rules of `.gitignore` files.

use crate::env::glob::{Braces, Glob};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The name of the files with rules.
const NAME: &str = ".gitignore";

/// The maximum size of a file with rules.
const LARGEST: u64 = 1 << 20;

/// The rules that apply to a folder: its own and those of the folders above it.
#[derive(Debug, Clone, Default)]
pub(super) struct IgnoreRules {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    /// The folder of the file with the rule. Patterns are relative to it.
    base: PathBuf,
    glob: Glob,
    /// `true` if the rule includes again what an earlier rule excludes.
    is_negated: bool,
    folders_only: bool,
}

impl IgnoreRules {
    /// Reads the rules that apply to a folder from the folders above it, up to the root of its repository. Outside of a
    /// repository, the folders above have no effect.
    ///
    /// # Errors
    /// Returns an error if a file with rules cannot be read.
    pub(super) fn above(folder: &Path) -> io::Result<Self> {
        let mut rules = Self::default();
        let Some(root) = folder.ancestors().find(|above| above.join(".git").exists()) else { return Ok(rules) };
        let mut between: Vec<&Path> = folder.ancestors().skip(1).take_while(|above| above.starts_with(root)).collect();
        between.reverse();
        for above in between {
            rules.add(above)?;
        }
        Ok(rules)
    }

    /// Adds the rules of the file in a folder, if it has one.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub(super) fn add(&mut self, folder: &Path) -> io::Result<()> {
        let path = folder.join(NAME);
        // Anything else, such as a pipe, could block.
        if !path.metadata().is_ok_and(|facts| facts.is_file()) {
            return Ok(());
        }
        let mut bytes = Vec::new();
        File::open(&path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST {
            return Err(io::Error::other("it has more than 1 MiB"));
        }
        let text = String::from_utf8_lossy(&bytes);
        self.rules.extend(text.lines().filter_map(|line| Rule::parse(folder, line)));
        Ok(())
    }

    /// Returns `true` if a path is excluded. The last rule that matches decides.
    pub(super) fn excludes(&self, path: &Path, is_folder: bool) -> bool {
        let last = self.rules.iter().rev().find(|rule| rule.matches(path, is_folder));
        last.is_some_and(|rule| !rule.is_negated)
    }
}

impl Rule {
    /// Parses a line. Comments, empty lines, and lines that are not patterns have no effect, as in git.
    fn parse(base: &Path, line: &str) -> Option<Self> {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let trimmed = line.trim_end_matches(' ');
        // An escaped space at the end belongs to the pattern.
        let line =
            if trimmed.ends_with('\\') && trimmed.len() < line.len() { &line[..=trimmed.len()] } else { trimmed };
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let (is_negated, pattern) = line.strip_prefix('!').map_or((false, line), |pattern| (true, pattern));
        let (folders_only, pattern) = pattern.strip_suffix('/').map_or((false, pattern), |pattern| (true, pattern));
        let is_anchored = pattern.contains('/');
        let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
        let glob = Glob::new(pattern, is_anchored, Braces::Text).ok()?;
        Some(Self { base: base.to_owned(), glob, is_negated, folders_only })
    }

    fn matches(&self, path: &Path, is_folder: bool) -> bool {
        let relative = path.strip_prefix(&self.base).ok().and_then(Path::to_str);
        (is_folder || !self.folders_only) && relative.is_some_and(|relative| self.glob.matches(relative))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_last_rule_that_matches_decides() {
        let base = tempfile::tempdir().unwrap();
        let text = "# comment\n*.log\n!keep.log\nbuild/\n/top.md\nnotes/*.tmp\n\\#name\nname\\ \n{a}.md\r\n";
        std::fs::write(base.path().join(NAME), text).unwrap();
        let mut rules = IgnoreRules::default();
        rules.add(base.path()).unwrap();
        for (path, is_folder, expected) in [
            ("a.log", false, true),
            ("deep/a.log", false, true),
            ("keep.log", false, false),
            ("build", true, true),
            ("build", false, false),
            ("x/build", true, true),
            ("top.md", false, true),
            ("x/top.md", false, false),
            ("notes/a.tmp", false, true),
            ("x/notes/a.tmp", false, false),
            ("#name", false, true),
            ("name ", false, true),
            ("{a}.md", false, true),
            ("a.md", false, false),
        ] {
            assert_eq!(rules.excludes(&base.path().join(path), is_folder), expected, "{path}");
        }
    }

    #[test]
    fn rules_above_the_folder_count_within_a_repository() {
        let base = tempfile::tempdir().unwrap();
        let folder = base.path().join("handbook");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(base.path().join(NAME), "*.tmp\nhandbook/draft.md\n").unwrap();
        assert!(!IgnoreRules::above(&folder).unwrap().excludes(&folder.join("a.tmp"), false));
        std::fs::create_dir(base.path().join(".git")).unwrap();
        let rules = IgnoreRules::above(&folder).unwrap();
        assert!(rules.excludes(&folder.join("a.tmp"), false) && rules.excludes(&folder.join("draft.md"), false));
        assert!(!rules.excludes(&folder.join("a.md"), false));
    }
}
