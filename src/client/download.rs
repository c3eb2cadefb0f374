//! Bytes to a file: into a temporary file beside the target, renamed when whole (DESIGN.md 2.6).

use super::error::ClientError;
use super::request::Request;
use super::send::Client;
use crate::http::{Answer, TransportError};
use std::io::{BufWriter, Write};
use std::path::Path;

/// Whether a file that is there gives way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    Yes,
    No,
}

/// A download whose head has come.
pub struct Download {
    answer: Answer,
}

impl Client {
    /// Begins a download.
    pub async fn download(&self, request: &Request) -> Result<Download, ClientError> {
        Ok(Download { answer: self.open(request).await? })
    }
}

impl Download {
    /// Returns how many bytes will come, where the server says so.
    pub fn length(&self) -> Option<u64> {
        self.answer.length()
    }

    /// Writes the bytes; `each` is told how many came. A body that ends early is an error.
    pub async fn write_to(mut self, out: &mut impl Write, each: impl Fn(u64)) -> Result<u64, ClientError> {
        let (expected, mut written) = (self.length(), 0);
        while let Some(chunk) = self.answer.chunk().await.map_err(ClientError::Unreachable)? {
            out.write_all(&chunk).map_err(|error| ClientError::File(error.to_string()))?;
            written += chunk.len() as u64;
            each(chunk.len() as u64);
        }
        match expected {
            Some(expected) if expected != written => {
                let reason = format!("{written} of {expected} bytes came");
                Err(ClientError::Unreachable(TransportError::Cut { reason }))
            }
            _ => Ok(written),
        }
    }

    /// Writes the bytes to a file that appears only when it is whole. What is there and no file, such as a device or a
    /// pipe, is written to and not replaced.
    pub async fn save(self, path: &Path, overwrite: Overwrite, each: impl Fn(u64)) -> Result<u64, ClientError> {
        let wrong = |error: std::io::Error| ClientError::File(format!("{}: {error}", path.display()));
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if path.metadata().is_ok_and(|facts| !facts.is_file()) {
            let mut out = std::fs::OpenOptions::new().write(true).open(path).map_err(wrong)?;
            return self.write_to(&mut out, each).await;
        }
        let temporary = readable().tempfile_in(folder).map_err(wrong)?;
        let mut out = BufWriter::with_capacity(1 << 18, temporary);
        let written = self.write_to(&mut out, each).await?;
        let temporary = out.into_inner().map_err(|error| wrong(error.into_error()))?;
        temporary.as_file().sync_all().map_err(wrong)?;
        let kept = match overwrite {
            Overwrite::Yes => temporary.persist(path),
            Overwrite::No => temporary.persist_noclobber(path),
        };
        kept.map_err(|error| wrong(error.error))?;
        Ok(written)
    }
}

/// Temporary files are closed to others by nature; one that becomes a download is as open as the user's mask has it.
fn readable() -> tempfile::Builder<'static, 'static> {
    #[allow(unused_mut)]
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}
