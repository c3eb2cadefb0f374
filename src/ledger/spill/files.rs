//! Files and folders of spills: private, locked, and of this user. Must not know what is in them.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

const FOLDER: &str = "asst-spill";

/// Who has the lock of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    Own,
    InUse,
    /// The file system takes no locks.
    None,
}

/// Locks a file without waiting.
pub(super) fn lock(file: &File) -> io::Result<Lock> {
    match file.try_lock() {
        Ok(()) => Ok(Lock::Own),
        Err(fs::TryLockError::WouldBlock) => Ok(Lock::InUse),
        Err(fs::TryLockError::Error(error)) if takes_none(&error) => Ok(Lock::None),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(unix)]
fn takes_none(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let none = [Errno::NOLCK, Errno::NOSYS, Errno::NOTSUP, Errno::OPNOTSUPP];
    Errno::from_io_error(error).is_some_and(|error| none.contains(&error))
}

#[cfg(not(unix))]
fn takes_none(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
}

/// Returns the folders for spill files below a folder: the usual one, and the one for a user whom another has forestalled.
pub(super) fn folders(dir: &Path) -> Vec<PathBuf> {
    let mut folders = vec![dir.join(FOLDER)];
    #[cfg(unix)]
    folders.push(dir.join(format!("{FOLDER}-{}", rustix::process::geteuid().as_raw())));
    folders
}

/// Opens a spill file and locks it, unless it is gone or somebody else holds it.
pub(super) fn reopen(path: &Path) -> io::Result<Option<(File, Lock)>> {
    let Some(file) = open_own(path)? else { return Ok(None) };
    let lock = lock(&file)?;
    Ok((lock != Lock::InUse && is_at(&file, path)).then_some((file, lock)))
}

/// Opens a file that is no link, for reading and writing where that is allowed; `None` if it is gone.
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

/// Returns the options that open a file of its owner's alone. Neither a link nor a pipe is followed.
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

/// Makes the folder for spill files, for this user only. Its parent is not made: a folder that is missing is no place.
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
        Err(io::Error::new(io::ErrorKind::NotADirectory, "`asst-spill` in it is no folder"))
    }
}

/// Closes a folder of this user's to others, should somebody have opened it to them.
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

/// Returns `true` if a folder, which must not be a link, belongs to whom a file belongs.
pub(super) fn owned_alike(folder: &Path, file: &File) -> io::Result<bool> {
    let folder = fs::symlink_metadata(folder)?;
    Ok(folder.is_dir() && same_owner(&folder, &file.metadata()?))
}

/// Returns `true` if a folder, which must not be a link, belongs to this user.
pub(super) fn is_own(folder: &Path) -> io::Result<bool> {
    match tempfile::tempfile_in(folder) {
        // A file that is made here has this user's uid, as the file system sees it.
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
    true // Elsewhere the folders that are offered are the user's own.
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

/// Makes new names in a folder outlive a power cut.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
