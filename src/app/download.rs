//! Downloads for commands. Their errors contain the attempted operation and a hint.

use super::{App, Call};
use crate::client::{self, ClientError, Overwrite};
use anyhow::Result;
use std::io::Write;
use std::path::Path;

/// A download whose response head has arrived and whose body has not been read.
pub struct StartedDownload<'a> {
    app: &'a App,
    call: &'a Call,
    download: client::Download,
}

impl App {
    /// Requests the content of a file. Returns once the response head has arrived.
    ///
    /// # Errors
    /// Returns an error if the request is invalid, or if it failed.
    pub async fn download<'a>(&'a self, call: &'a Call) -> Result<StartedDownload<'a>> {
        self.check(call)?;
        match self.session().await?.download(call).await {
            Ok(download) => Ok(StartedDownload { app: self, call, download }),
            Err(error) => Err(self.explain(call, error).await.into()),
        }
    }
}

impl StartedDownload<'_> {
    /// Returns the length of the body in bytes, or `None` if the server did not state it.
    pub fn length(&self) -> Option<u64> {
        self.download.length()
    }

    /// Writes the body to `out` and returns its length in bytes. `each` receives the size of every chunk.
    ///
    /// # Errors
    /// Returns an error if the body is shorter or longer than the stated length, or if `out` fails.
    pub async fn write_to(self, out: &mut impl Write, each: impl Fn(u64)) -> Result<u64> {
        let written = self.download.write_to(out, each).await;
        explain_error(self.app, self.call, written).await
    }

    /// Saves the body to a file and returns its length in bytes. The file appears only when the download is complete.
    ///
    /// # Errors
    /// Returns an error as [`StartedDownload::write_to`] does, or if the file exists and may not be replaced.
    pub async fn save(self, path: &Path, overwrite: Overwrite, each: impl Fn(u64)) -> Result<u64> {
        let saved = self.download.save(path, overwrite, each).await;
        explain_error(self.app, self.call, saved).await
    }
}

/// Adds the attempted operation and a hint to the error of a download.
async fn explain_error(app: &App, call: &Call, result: Result<u64, ClientError>) -> Result<u64> {
    match result {
        Ok(length) => Ok(length),
        Err(error) => Err(app.explain(call, error).await.into()),
    }
}
