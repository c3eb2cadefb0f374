//! The parts of a ZIP archive. The limits count the bytes that are really read, whatever the headers of the archive
//! state.

use super::limits::{ALL_PARTS, Bounded, Limit, PART, RATIO, SMALL, TOKEN, damaged};
use super::xml::Xml;
use crate::extract::failure::ExtractionFailure;
use std::io::{self, BufRead, BufReader, Read, Seek};
use zip::read::ZipFile;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

/// The maximum number of entries of an archive.
const ENTRIES: usize = 10_000;

/// A document in a ZIP archive.
pub(super) struct Package<R> {
    archive: ZipArchive<R>,
    /// The remaining bytes of [`ALL_PARTS`].
    remaining: u64,
}

impl<R: Read + Seek> Package<R> {
    /// Opens an archive.
    ///
    /// # Errors
    /// Returns an error if it is damaged, has too many entries, or entries that overlap.
    pub(super) fn open(file: R) -> Result<Self, ExtractionFailure> {
        let mut archive = ZipArchive::new(file).map_err(zip_failure)?;
        if archive.len() > ENTRIES {
            return Err(ExtractionFailure::invalid(format!("The document has more than {ENTRIES} parts.")));
        }
        if archive.has_duplicate_names() || archive.has_overlapping_entries().map_err(zip_failure)? {
            return Err(ExtractionFailure::invalid("The document is damaged: parts of its ZIP archive overlap."));
        }
        Ok(Self { archive, remaining: ALL_PARTS })
    }

    /// Returns `true` if there is a part of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// Opens an XML part.
    ///
    /// # Errors
    /// Returns an error if there is no such part, or it is encrypted or too large.
    pub(super) fn xml(&mut self, name: &str) -> Result<Xml<PackagePart<'_, R>>, ExtractionFailure> {
        let Some(index) = self.archive.index_for_name(name) else {
            return Err(damaged(format!("it has no part `{name}`")));
        };
        let entry = self.archive.by_index(index).map_err(zip_failure)?;
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(damaged(format!("the part `{name}` has an unknown compression")));
        }
        if entry.size() > PART {
            return Err(Limit::Part.into());
        }
        let compressed = entry.compressed_size();
        let file = BufReader::new(entry);
        let part = PackagePart { file, remaining: &mut self.remaining, read: 0, token: 0, compressed, limit: None };
        Ok(Xml::new(part))
    }
}

/// A part while it is read.
pub(super) struct PackagePart<'p, R: Read> {
    file: BufReader<ZipFile<'p, R>>,
    remaining: &'p mut u64,
    /// The number of bytes that were read.
    read: u64,
    /// The number of bytes that were read since [`Bounded::next_token`].
    token: u64,
    compressed: u64,
    limit: Option<Limit>,
}

impl<R: Read> Bounded for PackagePart<'_, R> {
    fn next_token(&mut self) {
        self.token = 0;
    }

    fn exceeded(&self) -> Option<Limit> {
        self.limit
    }
}

impl<R: Read> PackagePart<'_, R> {
    fn count_bytes(&mut self, bytes: usize) {
        let bytes = bytes as u64;
        self.read += bytes;
        self.token += bytes;
        *self.remaining = self.remaining.saturating_sub(bytes);
    }

    fn check(&mut self) -> io::Result<()> {
        self.limit = if self.read > PART {
            Some(Limit::Part)
        } else if *self.remaining == 0 {
            Some(Limit::AllParts)
        } else if self.token > TOKEN {
            Some(Limit::Token)
        } else if self.read > SMALL && self.read / RATIO > self.compressed {
            Some(Limit::Ratio)
        } else {
            return Ok(());
        };
        Err(io::ErrorKind::FileTooLarge.into())
    }
}

impl<R: Read> Read for PackagePart<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.check()?;
        let read = self.file.read(buffer)?;
        self.count_bytes(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for PackagePart<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.check()?;
        self.file.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.file.consume(bytes);
        self.count_bytes(bytes);
    }
}

fn zip_failure(error: ZipError) -> ExtractionFailure {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            ExtractionFailure::invalid("The document is encrypted with a password. Save it without one.")
        }
        error => damaged("its ZIP archive cannot be read").with_detail(error),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::extract::samples::zip;
    use std::io::Cursor;

    fn read(remaining: u64, read: u64, content: &str) -> Result<(), ExtractionFailure> {
        let mut package = Package::open(Cursor::new(zip(&[("a.xml", content)]))).unwrap();
        package.remaining = remaining;
        let mut xml = package.xml("a.xml").unwrap();
        xml.part().read = read;
        while xml.next()?.is_some() {}
        Ok(())
    }

    #[test]
    fn parts_are_limited_alone_and_together() {
        let content = format!("<a>{}</a>", "<b/>".repeat(5_000));
        assert_eq!(read(ALL_PARTS, 0, &content), Ok(()));
        assert_eq!(read(20_000, 0, &content), Err(Limit::AllParts.into()));
        assert_eq!(read(ALL_PARTS, PART + 1, &content), Err(Limit::Part.into()));
    }
}
