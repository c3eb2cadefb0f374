//! Detects the type of a file by its first bytes: text, possibly compressed; a database; or a format that cannot be
//! searched.

use super::formats::{Unsupported, is_gzip, is_sqlite, is_tar, is_zstd, unsupported};
use super::read_ahead::BoxedReader;
use super::tar::TarReader;
use super::zstd::ZstdFrames;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, Cursor, Read, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The number of bytes for detection.
const HEAD: usize = 512;
/// The maximum expanded size in bytes of a compressed file, and of a database that must be written to a temporary file.
const EXPANDED: u64 = 64 << 30;
const EXPANDED_DATABASE: u64 = 4 << 30;
/// The maximum number of nested compressions.
const MAX_COMPRESSIONS: usize = 3;

/// An open file by type.
pub(super) enum OpenedFile {
    Text(BoxedReader),
    Database(DatabaseFile),
    Unsupported(Unsupported),
}

/// The location of a database.
pub(super) enum DatabaseFile {
    Given(PathBuf),
    /// A temporary file, because the database came from a pipe or was compressed.
    Temporary(NamedTempFile),
}

impl DatabaseFile {
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Temporary(file) => file.path(),
        }
    }
}

/// Opens a file and detects its type.
pub(super) fn file(path: &Path) -> io::Result<OpenedFile> {
    opened(File::open(path)?, Some(path))
}

/// Detects the type of a byte stream, and decompresses it.
pub(super) fn opened(from: impl Read + Send + 'static, path: Option<&Path>) -> io::Result<OpenedFile> {
    let mut from: BoxedReader = Box::new(from);
    for depth in 0..=MAX_COMPRESSIONS {
        let (head, rest) = begin(from)?;
        if let Some(format) = unsupported(&head) {
            return Ok(OpenedFile::Unsupported(format));
        }
        if is_sqlite(&head) {
            return Ok(OpenedFile::Database(match path.filter(|_| depth == 0) {
                Some(path) => DatabaseFile::Given(path.to_owned()),
                None => DatabaseFile::Temporary(copy_to_temporary_file(rest)?),
            }));
        }
        from = if is_gzip(&head) && depth < MAX_COMPRESSIONS {
            Box::new(Limited { from: MultiGzDecoder::new(rest), left: EXPANDED })
        } else if is_zstd(&head) && depth < MAX_COMPRESSIONS {
            Box::new(Limited { from: ZstdFrames::new(rest), left: EXPANDED })
        } else if is_tar(&head) {
            return Ok(OpenedFile::Text(Box::new(TarReader::new(rest))));
        } else {
            return Ok(OpenedFile::Text(rest));
        };
    }
    Ok(OpenedFile::Text(from))
}

/// Reads the first bytes of a stream, and returns them and the whole stream. If a read fails after some bytes, the
/// returned stream fails at the same position.
fn begin(mut from: BoxedReader) -> io::Result<(Vec<u8>, BoxedReader)> {
    let mut head = vec![0; HEAD];
    let (mut length, mut failed) = (0, None);
    while length < HEAD {
        match from.read(&mut head[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if length == 0 => return Err(error),
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    head.truncate(length);
    let start = Cursor::new(head.clone());
    let whole: BoxedReader = match failed {
        Some(error) => Box::new(start.chain(Failing(Some(error)))),
        None => Box::new(start.chain(from)),
    };
    Ok((head, whole))
}

/// A reader that returns the stored error once.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// A reader that fails after `left` bytes.
struct Limited<R> {
    from: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(too_large)?;
        Ok(read)
    }
}

fn too_large() -> io::Error {
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        "expands to more than the limit of a scan; expand it and scan its content",
    )
}

/// Copies a database to a temporary file, because SQLite needs random access.
fn copy_to_temporary_file(from: BoxedReader) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix("asst-scan-").tempfile()?;
    let written = io::copy(&mut from.take(EXPANDED_DATABASE + 1), file.as_file_mut())?;
    file.flush()?;
    if written > EXPANDED_DATABASE { Err(too_large()) } else { Ok(file) }
}
