//! Detects the type of a file by its first bytes: text, possibly compressed; a database; or a format that cannot be
//! searched.

use super::packed::Members;
use super::read_ahead::Source;
use super::zstd::Frames;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, Cursor, Read, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The number of bytes for detection.
const HEAD: usize = 512;
/// The offset of the magic number of a tar archive.
const TAR_MARK: usize = 257;
/// The maximum expanded size in bytes of a compressed file, and of a database that must be written to a temporary file.
const EXPANDED: u64 = 64 << 30;
const EXPANDED_DATABASE: u64 = 4 << 30;
/// The maximum number of nested compressions.
const DEEPEST: usize = 3;

/// An open file by type.
pub(super) enum Opened {
    Text(Source),
    Database(Place),
    /// A format that cannot be searched: its name, and a hint on how to convert it.
    Foreign(&'static str, &'static str),
}

/// The location of a database.
pub(super) enum Place {
    File(PathBuf),
    /// A temporary file, because the database came from a pipe or was compressed.
    Temporary(NamedTempFile),
}

impl Place {
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Temporary(file) => file.path(),
        }
    }
}

/// Opens a file and detects its type.
pub(super) fn file(path: &Path) -> io::Result<Opened> {
    opened(File::open(path)?, Some(path))
}

/// Detects the type of a byte stream, and decompresses it.
pub(super) fn opened(from: impl Read + Send + 'static, path: Option<&Path>) -> io::Result<Opened> {
    let mut from: Source = Box::new(from);
    for depth in 0..=DEEPEST {
        let (head, rest) = begin(from)?;
        if let Some((name, help)) = foreign(&head) {
            return Ok(Opened::Foreign(name, help));
        }
        if head.starts_with(SQLITE) {
            return Ok(Opened::Database(match path.filter(|_| depth == 0) {
                Some(path) => Place::File(path.to_owned()),
                None => Place::Temporary(spooled(rest)?),
            }));
        }
        from = if head.starts_with(&[0x1f, 0x8b]) && depth < DEEPEST {
            Box::new(Limited { from: MultiGzDecoder::new(rest), left: EXPANDED })
        } else if Frames::begin(&head) && depth < DEEPEST {
            Box::new(Limited { from: Frames::new(rest), left: EXPANDED })
        } else if head.get(TAR_MARK..).is_some_and(|mark| mark.starts_with(b"ustar")) {
            return Ok(Opened::Text(Box::new(Members::new(rest))));
        } else {
            return Ok(Opened::Text(rest));
        };
    }
    Ok(Opened::Text(from))
}

/// Reads the first bytes of a stream, and returns them and the whole stream. If a read fails after some bytes, the
/// returned stream fails at the same position.
fn begin(mut from: Source) -> io::Result<(Vec<u8>, Source)> {
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
    let whole: Source = match failed {
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

/// A reader that fails if it returns more bytes than allowed.
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
    io::Error::new(io::ErrorKind::FileTooLarge, "expands to more than a scan reads; expand it and scan what is in it")
}

/// Copies a database to a temporary file, because SQLite needs random access.
fn spooled(from: Source) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix("asst-scan-").tempfile()?;
    let written = io::copy(&mut from.take(EXPANDED_DATABASE + 1), file.as_file_mut())?;
    file.flush()?;
    if written > EXPANDED_DATABASE { Err(too_large()) } else { Ok(file) }
}

/// Returns `true` if a file in an archive begins with bytes in which ids cannot be found while it is in there.
pub(super) fn is_packed(head: &[u8]) -> bool {
    head.starts_with(&[0x1f, 0x8b, 8]) || Frames::begin(head) || head.starts_with(SQLITE) || foreign(head).is_some()
}

const SQLITE: &[u8] = b"SQLite format 3\0";

/// Returns the name of a format that cannot be searched, and a hint on how to convert it.
fn foreign(head: &[u8]) -> Option<(&'static str, &'static str)> {
    const EXPAND: &str = "expand it and scan what is in it";
    const FORMATS: &[(&[u8], &str, &str)] = &[
        (b"PK\x03\x04", "a zip archive (or an Office document)", EXPAND),
        (b"PK\x05\x06", "an empty zip archive", EXPAND),
        (b"BZh", "compressed with bzip2", EXPAND),
        (b"\xfd7zXZ\0", "compressed with xz", EXPAND),
        (b"\x5d\0\0", "compressed with lzma", EXPAND),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive", EXPAND),
        (b"Rar!\x1a\x07", "a rar archive", EXPAND),
        (b"\x04\x22\x4d\x18", "compressed with lz4", EXPAND),
        (b"\xff\x06\0\0sNaPpY", "compressed with snappy", EXPAND),
        (b"\x1f\x9d", "compressed with compress", EXPAND),
        (b"LZIP", "compressed with lzip", EXPAND),
        (b"PGDMP", "a dump of PostgreSQL in its own format", "pg_restore -f - writes it as text"),
        (b"%PDF-", "a PDF document", "convert it to text"),
        (b"PAR1", "a Parquet file", "convert it to CSV or JSON"),
        (b"Obj\x01", "an Avro file", "convert it to JSON"),
        (b"ORC", "an ORC file", "convert it to CSV or JSON"),
        (b"age-encryption.org/", "encrypted with age", "decrypt it"),
        (b"Salted__", "encrypted with openssl", "decrypt it"),
    ];
    let found = FORMATS.iter().find(|(magic, ..)| head.starts_with(magic))?;
    let bzip2 = head.get(3).is_some_and(u8::is_ascii_digit) && head[4..].starts_with(b"1AY&SY");
    // Text may begin with the same three letters.
    let sure = match found.0 {
        b"BZh" => bzip2,
        b"ORC" => head.get(3).is_some_and(|byte| *byte < 32),
        _ => true,
    };
    sure.then_some((found.1, found.2))
}
