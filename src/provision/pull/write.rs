//! Moves the composed files into the user's folder. Replaces each file in one step, and replaces none with other
//! contents without `--force`.

use super::PullOptions;
use crate::env::text::without_bom;
use crate::exit::Usage;
use anyhow::{Context, Result};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The outcome for one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileOutcome {
    Created,
    Updated,
    Unchanged,
}

impl FileOutcome {
    /// Returns the name in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
        }
    }
}

/// A file of a manifest after a pull.
#[derive(Debug, Clone)]
pub struct Written {
    pub path: PathBuf,
    pub outcome: FileOutcome,
}

/// Moves files from `staging` into the folder of the manifest. `paths` are relative to both folders.
///
/// # Errors
/// Returns an error before any change if a file with other contents exists, or if a path leads out of the folder.
pub(super) fn write(options: &PullOptions, staging: &Path, paths: &[PathBuf]) -> Result<Vec<Written>> {
    let mut written = Vec::new();
    for path in paths {
        let target = options.into.join(path);
        check_within(&options.into, &target)?;
        written.push(Written { outcome: compared(&staging.join(path), &target)?, path: target });
    }
    let others = written.iter().filter(|one| one.outcome == FileOutcome::Updated);
    let others: Vec<String> = others.map(|one| one.path.display().to_string()).collect();
    if !others.is_empty() && !options.force {
        let message = format!("these files exist with other contents: {}", others.join(", "));
        let hint = "pass --force to overwrite them, or --into for another folder; `asst pull --drift` writes only what \
                    changed at the backend";
        return Err(Usage::hinted(message, hint).into());
    }
    if options.dry_run {
        return Ok(written);
    }
    for (path, one) in paths.iter().zip(&written).filter(|(_, one)| one.outcome != FileOutcome::Unchanged) {
        replace(&staging.join(path), &one.path)
            .with_context(|| format!("could not write {}; other files may already be written", one.path.display()))?;
    }
    Ok(written)
}

/// Checks that no link leads a path out of the folder. Parts of the path that do not exist cannot be links.
fn check_within(folder: &Path, target: &Path) -> Result<()> {
    let Ok(real_folder) = folder.canonicalize() else { return Ok(()) };
    // A link whose target does not exist is found too.
    let Some(present) = target.ancestors().find(|path| path.symlink_metadata().is_ok()) else { return Ok(()) };
    let message = match present.canonicalize() {
        Ok(real) if real.starts_with(&real_folder) => return Ok(()),
        Ok(_) => format!("{} is outside the folder of the manifest, through a link", target.display()),
        Err(error) => {
            format!("{} cannot be written, because {} is a link: {error}", target.display(), present.display())
        }
    };
    Err(Usage::hinted(message, "remove the link, or pass --into for another folder").into())
}

/// Compares a new file with the present one. In texts, line ends and a byte order mark make no difference, because a
/// checkout may have changed them.
fn compared(new: &Path, present: &Path) -> Result<FileOutcome> {
    let failed = || format!("could not read {}", present.display());
    let old = match fs::read(present) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(FileOutcome::Created),
        old => old.with_context(failed)?,
    };
    let new = fs::read(new).with_context(|| format!("could not read {}", new.display()))?;
    let is_same = old == new || text(&old).is_some_and(|old| Some(old) == text(&new));
    Ok(if is_same { FileOutcome::Unchanged } else { FileOutcome::Updated })
}

fn text(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8(bytes.to_vec()).ok()?;
    Some(without_bom(text).replace("\r\n", "\n"))
}

/// Moves a complete file to its place. Keeps the permissions of a file that it replaces. If the target is a link,
/// replaces the file to which the link leads.
pub(in crate::provision) fn replace(new: &Path, target: &Path) -> io::Result<()> {
    let real = if target.is_symlink() { target.canonicalize()? } else { target.to_owned() };
    let target = real.as_path();
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    // The data is written to the disk before the permissions are set, because a read-only file cannot be opened for
    // that.
    fs::File::options().write(true).open(new)?.sync_all()?;
    if let Ok(present) = fs::metadata(target) {
        fs::set_permissions(new, present.permissions())?;
    }
    fs::rename(new, target)
}
