//! Opening of files that must be regular files. Opening a FIFO could block without end, and opening a device could read
//! or write it.

use std::{
    fs::{self, File, FileType, OpenOptions},
    io,
    path::Path,
};

/// Opens a file if it is a regular file.
pub(super) fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    check(path)?;
    // If a FIFO replaces the file after the check, opening it does not block.
    #[cfg(unix)]
    {
        let flags = rustix::fs::OFlags::NONBLOCK.bits();
        std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.cast_signed());
    }
    let file = options.open(path)?;
    require_regular(file.metadata()?.file_type(), path)?;
    Ok(file)
}

/// Checks that a path leads to a regular file, or to no file. Symbolic links are followed.
///
/// # Errors
/// Returns an error if the path leads to anything else.
pub(super) fn check(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) => require_regular(found.file_type(), path),
        Err(_) => Ok(()), // Opening the file reports this error.
    }
}

fn require_regular(kind: FileType, path: &Path) -> io::Result<()> {
    if kind.is_file() {
        return Ok(());
    }
    let message = format!("expected a regular file at {}, found {}", path.display(), name(kind));
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

fn name(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a FIFO";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    if kind.is_dir() { "a folder" } else { "something else" }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_types_are_rejected_without_blocking() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (fifo, mode) = (at("fifo"), rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR);
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        for (name, target) in [("zero", "/dev/zero"), ("dangling", "/nonexistent/file")] {
            std::os::unix::fs::symlink(target, at(name)).unwrap();
        }
        std::os::unix::fs::symlink(&fifo, at("link")).unwrap();
        fs::write(at("file"), "x").unwrap();
        let table = [
            ("fifo", "a FIFO"),
            ("link", "a FIFO"),
            ("socket", "a socket"),
            ("zero", "a device"),
            (".", "a folder"),
            ("dangling", "No such file"),
        ];
        for (name, expected) in table {
            for options in [File::options().read(true), File::options().write(true)] {
                let error = open(options, &at(name)).unwrap_err().to_string();
                assert!(error.contains(expected), "{name}: {error}");
            }
        }
        assert!(open(File::options().read(true).write(true), &at("file")).is_ok());
    }
}
