//! Files and folders of an archive. Only their owner can access them, and no path follows a symbolic link. The module
//! must not depend on the contents of the files.

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

/// Opens a file. If the options create it, only its owner can access it.
///
/// # Errors
/// Returns an error if the path is a symbolic link, a pipe or a device.
pub(super) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(i32::try_from(flags.bits()).unwrap_or_default());
    }
    if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) {
        return Err(wrong_type("regular file", "symbolic link"));
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(wrong_type("regular file", "pipe, device or folder")) }
}

/// Creates a folder below the folder of the archive, with all missing folders between, for the owner only. Existing
/// folders keep their mode.
///
/// # Errors
/// Returns an error if a component of the path is a symbolic link or not a folder.
pub(super) fn create_folder(root: &Path, folder: &Path) -> io::Result<()> {
    let below = folder.strip_prefix(root).map_err(io::Error::other)?;
    let mut path = root.to_owned();
    for name in below {
        path.push(name);
        match folder_builder().create(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => check_component(&path)?,
        }
    }
    Ok(())
}

/// Creates the folder of an archive with its parents. Existing folders keep their mode.
pub(super) fn create_root(root: &Path) -> io::Result<()> {
    folder_builder().recursive(true).create(root)
}

/// Checks the path from the folder of the archive to `folder`.
///
/// # Errors
/// Returns an error if a component of the path is a symbolic link or not a folder.
pub(super) fn check_path(root: &Path, folder: &Path) -> io::Result<()> {
    let below = folder.strip_prefix(root).map_err(io::Error::other)?;
    let mut path = root.to_owned();
    for name in below {
        path.push(name);
        check_component(&path)?;
    }
    Ok(())
}

/// Checks that a path is a folder and not a symbolic link.
fn check_component(path: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_symlink() {
        return Err(wrong_type("folder", "symbolic link"));
    }
    if metadata.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
}

fn folder_builder() -> fs::DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has file modes"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

fn wrong_type(expected: &str, found: &str) -> io::Error {
    let text = format!("expected a {expected}, found a {found}; an archive must not contain symbolic links");
    io::Error::new(io::ErrorKind::InvalidInput, text)
}
