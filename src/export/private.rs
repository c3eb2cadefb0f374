//! Files and folders of an export: of their owner alone, and never reached through a link. Must not know what is in them.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Creates a file, or empties the one that is there.
pub(super) fn create(path: &Path) -> io::Result<File> {
    open(path, OpenOptions::new().write(true).create(true).truncate(true))
}

/// Opens a file for reading.
pub(super) fn read(path: &Path) -> io::Result<File> {
    open(path, OpenOptions::new().read(true))
}

/// Opens a file, which is made for its owner alone where it is missing. A link is refused, and so is a pipe or a device.
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

/// Makes a folder below the one of the export, and what is missing between the two, for its owner alone. What is there
/// keeps its mode.
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

/// Makes the folder of an export with its parents. What is there keeps its mode.
pub(super) fn make_root(root: &Path) -> io::Result<()> {
    new_folder().recursive(true).create(root)
}

/// Fails if a path below the folder of the export leads through a link, or through what is no folder.
pub(super) fn check(root: &Path, folder: &Path) -> io::Result<()> {
    let below = folder.strip_prefix(root).map_err(io::Error::other)?;
    let mut path = root.to_owned();
    for name in below {
        path.push(name);
        no_link(&path)?;
    }
    Ok(())
}

/// Fails if a path is a link, or no folder.
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
