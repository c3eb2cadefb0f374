//! The rules by which a sync selects files.

use crate::env::glob::GlobFilter;

/// The rules that select the files of a source.
#[derive(Debug, Clone, Default)]
pub struct PathFilter {
    /// The patterns for the paths within a folder.
    pub globs: GlobFilter,
    /// `true` if hidden files are read, and `.gitignore` files have no effect.
    pub no_ignore: bool,
}
