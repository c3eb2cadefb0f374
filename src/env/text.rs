//! Text files: removal of the byte order mark, and checks of the file type.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// The byte order mark, which some programs write at the beginning of UTF-8 text. It is not part of the text.
pub const BOM: char = '\u{feff}';

/// The maximum size of a configuration file in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// The maximum size of a key file in bytes.
const MAX_SMALL: u64 = 1 << 20;

/// Removes a byte order mark at the beginning of a text.
pub fn without_bom(mut text: String) -> String {
    if text.starts_with(BOM) {
        text.drain(..BOM.len_utf8());
    }
    text
}

/// Reads a text file that the program looks for by itself, such as the configuration. Removes the byte order mark.
///
/// Such a file may come with a cloned repository. Only a regular file is read, because a link to a device or a pipe
/// could block or never end.
///
/// # Errors
/// Returns an error if it cannot be opened, is not a regular file, is larger than 16 MiB, or is not UTF-8.
pub fn read_regular(path: &Path) -> io::Result<String> {
    read_up_to(open_regular(path)?, MAX_BYTES)
}

fn read_up_to(file: File, limit: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    if file.take(limit + 1).read_to_end(&mut bytes)? as u64 > limit {
        return Err(invalid(format!("it is larger than {} MiB", limit >> 20)));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        invalid(format!("it is not UTF-8 text (the first invalid byte is at {offset})"))
    })?;
    Ok(without_bom(text))
}

/// Opens a regular file for reading. Never waits for the writer of a named pipe.
///
/// # Errors
/// Returns an error if it cannot be opened, or is not a regular file.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    let kind = file.metadata()?.file_type();
    if kind.is_file() { Ok(file) } else { Err(invalid(format!("expected a regular file, found {}", type_name(kind)))) }
}

/// Reads a small text, such as a key, from a file or a pipe, without its byte order mark. May wait for the writer of a
/// pipe.
///
/// # Errors
/// Returns an error if it cannot be opened, is neither a file nor a pipe, is larger than 1 MiB, or is not UTF-8.
pub fn read_small(path: &Path) -> io::Result<String> {
    read_up_to(open_file_or_pipe(path)?, MAX_SMALL)
}

/// Opens a file or a pipe for reading. A device is rejected, because it may have no end.
///
/// # Errors
/// Returns an error if it cannot be opened, or is neither a file nor a pipe.
pub fn open_file_or_pipe(path: &Path) -> io::Result<File> {
    let kind = std::fs::metadata(path)?.file_type();
    #[cfg(unix)]
    if std::os::unix::fs::FileTypeExt::is_fifo(&kind) {
        return File::open(path);
    }
    if kind.is_file() {
        return File::open(path);
    }
    Err(invalid(format!("expected a file or a pipe, found {}", type_name(kind))))
}

/// Returns the type of a file that is not regular, for error messages.
fn type_name(kind: std::fs::FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
    }
    if kind.is_dir() { "a directory" } else { "something else" }
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_dropped_at_the_beginning_only() {
        for (text, expected) in [("\u{feff}a", "a"), ("a\u{feff}", "a\u{feff}"), ("\u{feff}", ""), ("", "")] {
            assert_eq!(without_bom(text.to_owned()), expected, "{text:?}");
        }
    }

    #[test]
    fn regular_files_and_links_to_them_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "\u{feff}text").unwrap();
        assert_eq!(read_regular(&path).unwrap(), "text");
        std::fs::write(&path, b"a\xff").unwrap();
        assert!(read_regular(&path).unwrap_err().to_string().contains("is at 1)"));
        File::create(&path).unwrap().set_len(MAX_BYTES + 1).unwrap();
        assert!(read_regular(&path).unwrap_err().to_string().contains("larger than 16 MiB"));
        assert_eq!(read_regular(&folder.path().join("none")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn devices_pipes_sockets_and_directories_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        for (target, expected) in
            [(Path::new("/dev/zero"), "a device"), (&fifo, "a pipe"), (folder.path(), "a directory")]
        {
            let link = folder.path().join("link");
            std::os::unix::fs::symlink(target, &link).unwrap();
            for path in [target, &link] {
                let error = read_regular(path).unwrap_err().to_string();
                assert_eq!(error, format!("expected a regular file, found {expected}"), "{}", path.display());
            }
            std::fs::remove_file(&link).unwrap();
        }
        assert_eq!(
            read_small(Path::new("/dev/zero")).unwrap_err().to_string(),
            "expected a file or a pipe, found a device"
        );
        let writer = std::thread::spawn({
            let fifo = fifo.clone();
            move || std::fs::write(fifo, "\u{feff}key").unwrap()
        });
        assert_eq!(read_small(&fifo).unwrap(), "key");
        writer.join().unwrap();
    }
}
