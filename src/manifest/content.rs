//! The content of a file in a manifest, and the name under which it is uploaded (docs/manifest.md#files).

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The number of hexadecimal digits of the digest in a file name: 48 bits.
const DIGITS: usize = 12;

/// The path, the size and the digest of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub path: PathBuf,
    pub bytes: u64,
    digest: String,
}

impl Content {
    /// Reads a file to compute its size and its digest.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
        loop {
            let count = match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            hash.update(&buffer[..count]);
            bytes += count as u64;
        }
        let digest = hash.finalize().iter().take(DIGITS / 2).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { path: path.to_owned(), bytes, digest })
    }

    /// Returns the name at the backend: the digest is before the extension, as in `rates.3f9a1c2e5b7d.csv`.
    pub fn filename(&self) -> String {
        let name = self.name();
        match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => format!("{stem}.{}.{extension}", self.digest),
            _ => format!("{name}.{}", self.digest),
        }
    }

    /// Returns the name of the file on disk.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// Returns the name on disk of a file with this name at the backend, or `None` if the name contains no digest.
pub fn name_on_disk(filename: &str) -> Option<String> {
    let is_digest = |part: &str| {
        part.len() == DIGITS && part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    let (rest, last) = filename.rsplit_once('.')?;
    match rest.rsplit_once('.') {
        Some((stem, digest)) if is_digest(digest) && !stem.is_empty() => Some(format!("{stem}.{last}")),
        _ if is_digest(last) && !rest.is_empty() => Some(rest.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_name_at_the_backend_contains_the_digest_and_leads_back() {
        let folder = tempfile::tempdir().unwrap();
        for (name, expected) in [
            ("rates.csv", "rates.ba7816bf8f01.csv"),
            ("archive.tar.gz", "archive.tar.ba7816bf8f01.gz"),
            ("README", "README.ba7816bf8f01"),
            (".env", ".env.ba7816bf8f01"),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, "abc").unwrap();
            let content = Content::read(&path).unwrap();
            assert_eq!((content.filename().as_str(), content.bytes), (expected, 3), "{name}");
            assert_eq!(name_on_disk(expected).as_deref(), Some(name), "{name}");
        }
        for other in ["rates.csv", "rates", "a.b.c", "rates.BA7816BF8F01.csv", ".ba7816bf8f01.csv", "ba7816bf8f01"] {
            assert_eq!(name_on_disk(other), None, "{other}");
        }
    }
}
