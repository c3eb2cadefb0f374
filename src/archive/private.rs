//! Files and folders of an export. Only their owner can access them, and no path follows a symbolic link. Must not
//! depend on their contents.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Creates a file, or truncates an existing one.
pub(super) fn create(path: &Path) -> io::Result<File> {
    open(path, OpenOptions::new().write(true).create(true).truncate(true))
}

/// Opens a file for reading.
pub(super) fn read(path: &Path) -> io::Result<File> {
    open(path, OpenOptions::new().read(true))
}

/// Opens a file. A missing one is created with access for its owner only.
///
/// # Errors
/// If the path is a symbolic link, a pipe or a device.
pub(super) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(i32::try_from(flags.bits()).unwrap_or_default());
    }
    if fs::symlink_metadata(path).is_ok_and(|facts| facts.is_symlink()) {
        return Err(not_this("file", "a link"));
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(not_this("file", "something else")) }
}

/// Creates a folder below the folder of the export, with all missing folders between, for the owner only. Existing
/// folders keep their mode.
pub(super) fn make_folder(root: &Path, folder: &Path) -> io::Result<()> {
    let below = folder.strip_prefix(root).map_err(io::Error::other)?;
    let mut path = root.to_owned();
    for name in below {
        path.push(name);
        match new_folder().create(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => no_link(&path)?,
        }
    }
    Ok(())
}

/// Creates the folder of an export with its parents. Existing folders keep their mode.
pub(super) fn make_root(root: &Path) -> io::Result<()> {
    new_folder().recursive(true).create(root)
}

/// Checks the path from the folder of the export to `folder`.
///
/// # Errors
/// If a component of the path is a symbolic link or not a folder.
pub(super) fn check(root: &Path, folder: &Path) -> io::Result<()> {
    let below = folder.strip_prefix(root).map_err(io::Error::other)?;
    let mut path = root.to_owned();
    for name in below {
        path.push(name);
        no_link(&path)?;
    }
    Ok(())
}

/// Checks one path.
///
/// # Errors
/// If the path is a symbolic link or not a folder.
fn no_link(path: &Path) -> io::Result<()> {
    let facts = fs::symlink_metadata(path)?;
    if facts.is_symlink() {
        return Err(not_this("folder", "a link"));
    }
    if facts.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
}

fn new_folder() -> fs::DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "modes are of Unix"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

fn not_this(wanted: &str, found: &str) -> io::Error {
    let text =
        format!("expected a {wanted}, found {found}; nothing below the folder of an export is reached through links");
    io::Error::new(io::ErrorKind::InvalidInput, text)
}
