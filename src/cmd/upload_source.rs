//! The file or pipe that a command uploads.

use crate::exit::Usage;
use crate::http::{self, ProgressCallback, StreamBody, UploadSource};
use crate::intake::input_file;
use anyhow::{Context, Result};
use std::path::Path;

/// A file or pipe to upload, opened before the first request is sent.
pub(super) struct UploadInput {
    pub(super) name: String,
    pub(super) source: UploadSource,
    /// The number of bytes, or `None` for a pipe.
    pub(super) size: Option<u64>,
}

impl UploadInput {
    /// Opens a path. `name` replaces the file's own name. It is required for `-`, which is standard input.
    pub(super) fn open(path: &Path, name: Option<&str>) -> Result<Self, Usage> {
        if path.as_os_str() == "-" {
            let nameless = || Usage::hinted("standard input has no file name", "pass --filename NAME");
            let name = name.ok_or_else(nameless)?;
            crate::env::input::claim_stdin().map_err(|error| Usage::new(error.to_string()))?;
            return Ok(Self { name: name.to_owned(), source: UploadSource::reader(std::io::stdin()), size: None });
        }
        let (file, facts) = input_file::open(path)?;
        let own = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let nameless = || Usage::new(format!("{} has no file name", path.display()));
        let name = name.map(str::to_owned).or(own).ok_or_else(nameless)?;
        if !facts.is_file() {
            // A pipe can be read only once, so the open file is used.
            return Ok(Self { name, source: UploadSource::reader(file), size: None });
        }
        Ok(Self { name, source: UploadSource::File(path.to_owned()), size: Some(facts.len()) })
    }

    /// Returns a multipart form with `fields`, and with the content of the file as the part named `part`.
    pub(super) fn form(
        &self,
        fields: &[(String, String)],
        part: &str,
        progress: Option<ProgressCallback>,
    ) -> Result<StreamBody> {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        http::upload(&fields, part, &self.name, self.source.clone(), progress)
            .with_context(|| format!("could not read {}", self.name))
    }
}
