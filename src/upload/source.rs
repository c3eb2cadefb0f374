//! A large file, which must not change while its parts are sent.

use super::MAX_PARTS;
use crate::exit::{FAILED, Failure, Usage};
use crate::http::UploadSource;
use crate::ui::counted;
use flate2::Crc;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

/// The largest file that an upload can have (docs/protocol/uploads.md#rules).
const LARGEST: u64 = 8 << 30;

/// A regular file that is uploaded in parts.
#[derive(Debug, Clone)]
pub struct LargeFile {
    path: PathBuf,
    /// The name that the backend stores.
    pub name: String,
    pub size: u64,
    /// The time of the last change in nanoseconds since 1970.
    pub(super) modified: i64,
}

/// The CRC-32 of a part, once all of its bytes were read.
pub(super) type SentChecksum = Arc<Mutex<Option<u32>>>;

impl LargeFile {
    /// Reads the size and the time of a file.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or has a size that no upload can have.
    pub fn open(path: &Path, name: &str) -> Result<Self, Usage> {
        let wrong = |reason: String| Usage::new(format!("{}: {reason}", path.display()));
        let facts = File::open(path).and_then(|file| file.metadata()).map_err(|error| wrong(error.to_string()))?;
        if !facts.is_file() {
            return Err(wrong("only a regular file can be uploaded in parts".to_owned()));
        }
        match facts.len() {
            0 => Err(wrong("the file is empty, and an upload needs at least one byte".to_owned())),
            size if size > LARGEST => Err(wrong(format!("the file has {size} bytes, and an upload has at most 8 GB"))),
            size => Ok(Self {
                path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
                name: name.to_owned(),
                size,
                modified: modified(&facts),
            }),
        }
    }

    /// Checks that the file has no more parts of a size than an upload can have.
    ///
    /// # Errors
    /// Returns an error that names the smallest size of a part.
    pub fn check_part_count(&self, part_size: u64) -> Result<(), Usage> {
        let count = self.size.div_ceil(part_size);
        if count <= MAX_PARTS {
            return Ok(());
        }
        let name = &self.name;
        let message = format!(
            "an upload has at most {MAX_PARTS} parts, and {name} has {count} of {}",
            counted(part_size, "byte")
        );
        Err(Usage::hinted(message, format!("pass --part-size {} or more", self.size.div_ceil(MAX_PARTS))))
    }

    /// Returns the absolute path, as the ledger stores it.
    pub(super) fn place(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }

    /// Opens the file for reading from its start.
    pub(super) fn reader(&self) -> io::Result<File> {
        File::open(&self.path)
    }

    /// Checks that the file has the size and the time that it had at first.
    pub(super) fn check_unchanged(&self) -> Result<(), Failure> {
        let is_same = |facts: &Metadata| facts.len() == self.size && modified(facts) == self.modified;
        if std::fs::metadata(&self.path).is_ok_and(|facts| is_same(&facts)) { Ok(()) } else { Err(self.changed()) }
    }

    /// Returns the error of a file that changed.
    pub(super) fn changed(&self) -> Failure {
        let message = format!("{} changed while it was uploaded", self.path.display());
        Failure::new(FAILED, message).hinted("upload the file again when no program writes to it")
    }

    /// Returns a part of the file, and the place for its checksum.
    pub(super) fn part(&self, offset: u64, length: u64) -> (UploadSource, SentChecksum) {
        let (path, checksum) = (self.path.clone(), SentChecksum::default());
        let result = Arc::clone(&checksum);
        let open = move || {
            let mut file = File::open(&path)?;
            file.seek(SeekFrom::Start(offset))?;
            let reader = ChecksumReader { file, left: length, crc: Crc::new(), result: Arc::clone(&checksum) };
            Ok(Box::new(reader) as Box<dyn Read + Send>)
        };
        (UploadSource::Opened { length, open: Arc::new(open) }, result)
    }
}

fn modified(facts: &Metadata) -> i64 {
    let since = facts.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or_default()
}

/// A reader that computes the checksum of the bytes that it passes on.
struct ChecksumReader {
    file: File,
    /// The number of bytes until the end of the part.
    left: u64,
    crc: Crc,
    result: SentChecksum,
}

impl Read for ChecksumReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.file.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.crc.update(buffer.get(..read).unwrap_or_default());
        self.left -= read as u64;
        if self.left == 0 {
            *self.result.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.crc.sum());
        }
        Ok(read)
    }
}
