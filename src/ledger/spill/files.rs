//! Files and folders for spill files: private, locked, and owned by this user. The module must not depend on their
//! contents.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

const FOLDER: &str = "asst-spill";

/// The result of an attempt to lock a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileLock {
    Own,
    InUse,
    /// The file system does not support locks.
    None,
}

/// Locks a file without waiting.
pub(super) fn lock(file: &File) -> io::Result<FileLock> {
    match file.try_lock() {
        Ok(()) => Ok(FileLock::Own),
        Err(fs::TryLockError::WouldBlock) => Ok(FileLock::InUse),
        Err(fs::TryLockError::Error(error)) if has_no_locks(&error) => Ok(FileLock::None),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(unix)]
fn has_no_locks(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let none = [Errno::NOLCK, Errno::NOSYS, Errno::NOTSUP, Errno::OPNOTSUPP];
    Errno::from_io_error(error).is_some_and(|error| none.contains(&error))
}

#[cfg(not(unix))]
fn has_no_locks(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
}

/// Returns the folders for spill files below `dir`: the usual one, and one for this user in case another user owns the
/// usual one.
pub(super) fn folders(dir: &Path) -> Vec<PathBuf> {
    let mut folders = vec![dir.join(FOLDER)];
    #[cfg(unix)]
    folders.push(dir.join(format!("{FOLDER}-{}", rustix::process::geteuid().as_raw())));
    folders
}

/// Opens and locks a spill file. Returns `None` if it is gone or another process holds it.
pub(super) fn reopen(path: &Path) -> io::Result<Option<(File, FileLock)>> {
    let Some(file) = open_own(path)? else { return Ok(None) };
    let lock = lock(&file)?;
    Ok((lock != FileLock::InUse && is_at(&file, path)).then_some((file, lock)))
}

/// Opens a file that is not a symbolic link, for reading and, if permitted, for writing. Returns `None` if it is gone.
pub(super) fn open_own(path: &Path) -> io::Result<Option<File>> {
    let read_only =
        |error: &io::Error| matches!(error.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied);
    let opened = match private_file().open(path) {
        Err(error) if read_only(&error) => private_file().write(false).open(path).map_err(|_| error),
        opened => opened,
    };
    match opened {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    }
}

/// Returns the options for opening a file that only its owner can access. Symbolic links are not followed, and pipes do
/// not block.
pub(super) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(i32::try_from(flags.bits()).unwrap_or_default());
    }
    options
}

/// Creates the folder for spill files, for this user only. Its parent is not created, because a missing parent means
/// that this location is not in use.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    if fs::symlink_metadata(folder)?.is_dir() {
        Ok(())
    } else {
        Err(io::Error::new(io::ErrorKind::NotADirectory, "`asst-spill` in it is not a folder"))
    }
}

/// Removes the access of other users to a folder of this user, in case someone has granted it.
pub(super) fn close_to_others(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if fs::symlink_metadata(folder)?.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Returns `true` if `folder` is not a symbolic link and has the same owner as `file`.
pub(super) fn owned_alike(folder: &Path, file: &File) -> io::Result<bool> {
    let folder = fs::symlink_metadata(folder)?;
    Ok(folder.is_dir() && same_owner(&folder, &file.metadata()?))
}

/// Returns `true` if `folder` is not a symbolic link and belongs to this user.
pub(super) fn is_own(folder: &Path) -> io::Result<bool> {
    match tempfile::tempfile_in(folder) {
        // A file that is created here has the user ID of this user as the file system sees it.
        Ok(mine) => owned_alike(folder, &mine),
        Err(error) => own_by_number(folder).map_err(|_| error),
    }
}

#[cfg(unix)]
fn own_by_number(folder: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let folder = fs::symlink_metadata(folder)?;
    Ok(folder.is_dir() && folder.uid() == rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn own_by_number(folder: &Path) -> io::Result<bool> {
    Ok(fs::symlink_metadata(folder)?.is_dir())
}

#[cfg(unix)]
fn same_owner(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.uid() == other.uid()
}

#[cfg(not(unix))]
fn same_owner(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true // On other systems, the candidate folders always belong to the user.
}

/// Returns `true` if a path still leads to this file.
#[cfg(unix)]
pub(super) fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |of: fs::Metadata| (of.dev(), of.ino());
    file.metadata().map(identity).ok().is_some_and(|this| fs::symlink_metadata(path).map(identity).ok() == Some(this))
}

#[cfg(not(unix))]
pub(super) fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

/// Syncs a folder, so that new names in it survive a power failure.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
