//! Selects files by patterns.

use crate::env::glob::Glob;

/// The rules that select the files of a source.
#[derive(Debug, Clone, Default)]
pub struct PathFilter {
    pub include: Vec<Glob>,
    pub exclude: Vec<Glob>,
    /// `true` if hidden files are read, and `.gitignore` files have no effect.
    pub no_ignore: bool,
}

impl PathFilter {
    /// Returns `true` if a path within a folder is selected.
    pub(super) fn selects(&self, path: &str) -> bool {
        let any = |globs: &[Glob]| globs.iter().any(|glob| glob.matches(path));
        (self.include.is_empty() || any(&self.include)) && !any(&self.exclude)
    }
}
