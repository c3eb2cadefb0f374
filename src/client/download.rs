//! Downloads to a file: the bytes go to a temporary file beside the target, which is renamed once it is complete
//! (docs/design/command_line.md#changes-and-consent).

use super::error::ClientError;
use super::request::Request;
use super::send::Client;
use crate::http::{HttpResponse, TransportError};
use std::io::{BufWriter, Write};
use std::path::Path;

/// Specifies whether a download may replace an existing file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    Yes,
    No,
}

/// A download whose response head has arrived and whose body has not been read.
pub struct Download {
    response: HttpResponse,
}

impl Client {
    /// Sends the request and returns once the response head has arrived.
    pub async fn download(&self, request: &Request) -> Result<Download, ClientError> {
        Ok(Download { response: self.open(request).await? })
    }
}

impl Download {
    /// Returns the length of the body in bytes, or `None` if the server did not state it.
    pub fn length(&self) -> Option<u64> {
        self.response.length()
    }

    /// Writes the body to `out` and returns its length. `each` receives the size of every chunk, for a progress bar.
    ///
    /// # Errors
    /// Returns an error if the body is shorter or longer than the stated length.
    pub async fn write_to(mut self, out: &mut impl Write, each: impl Fn(u64)) -> Result<u64, ClientError> {
        let (expected, mut written) = (self.length(), 0);
        while let Some(chunk) = self.response.chunk().await.map_err(ClientError::Unreachable)? {
            out.write_all(&chunk).map_err(|error| ClientError::File(error.to_string()))?;
            written += chunk.len() as u64;
            each(chunk.len() as u64);
        }
        match expected {
            Some(expected) if expected != written => {
                let reason = format!("received {written} of {expected} bytes");
                Err(ClientError::Unreachable(TransportError::Cut { reason }))
            }
            _ => Ok(written),
        }
    }

    /// Saves the body to `path`. A regular file appears only when the download is complete.
    ///
    /// A target that exists and is not a regular file, such as a device or a pipe, is written to directly. Renaming a
    /// temporary file over it would replace it.
    pub async fn save(self, path: &Path, overwrite: Overwrite, each: impl Fn(u64)) -> Result<u64, ClientError> {
        let wrong = |error: std::io::Error| ClientError::File(format!("{}: {error}", path.display()));
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if path.metadata().is_ok_and(|facts| !facts.is_file()) {
            let mut out = std::fs::OpenOptions::new().write(true).open(path).map_err(wrong)?;
            return self.write_to(&mut out, each).await;
        }
        let temporary = with_umask_permissions().tempfile_in(folder).map_err(wrong)?;
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

/// Returns a builder of temporary files with the permissions that the user's umask allows, as for any new file. By
/// default, only the owner could read a temporary file, and the download would keep that restriction.
fn with_umask_permissions() -> tempfile::Builder<'static, 'static> {
    #[allow(unused_mut)]
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}
