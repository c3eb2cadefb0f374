//! The commands that provision assistants from a manifest: `asst manifest`, `asst plan`, `asst diff`, `asst apply`,
//! `asst pull`, `asst destroy`.

pub mod apply;
pub mod destroy;
pub mod diff;
pub mod manifest;
mod outputs;
pub mod plan;
pub mod pull;
mod show;

use crate::api::Dialect;
use crate::app::{App, quoted};
use crate::manifest::{Heading, Manifest, ManifestError, ReadOptions};
use crate::provision;
use anyhow::Result;
use std::path::{Path, PathBuf};

/// The name of the manifest if none is given.
const DEFAULT_FILE: &str = "asst.yaml";

/// The manifest, and how to read it.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct ManifestArgs {
    /// Manifest in YAML, JSON or TOML, or a folder with its files (repeatable)
    #[arg(value_name = "FILE", default_value = DEFAULT_FILE)]
    files: Vec<PathBuf>,
    /// Environment of the manifest; required if it has several
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    /// Value of a variable that the manifest declares (repeatable)
    #[arg(long, value_name = "NAME=VALUE", value_parser = variable)]
    var: Vec<(String, String)>,
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl ManifestArgs {
    /// Returns the options with which the manifest is read.
    fn options<'a>(&'a self, dialect: &'a dyn Fn(Option<&str>) -> Dialect) -> ReadOptions<'a> {
        ReadOptions {
            dialect,
            files: &self.files,
            environment: self.env.as_deref(),
            check_sync: &provision::check_sync,
            variables: &self.var,
            texts: None,
        }
    }

    /// Returns the arguments as a command line would have them, each with a space before it.
    fn words(&self) -> String {
        let files = self.files.iter().filter(|file| file.as_os_str() != DEFAULT_FILE);
        let files = files.map(|file| file.display().to_string());
        let env = self.env.iter().flat_map(|name| ["--env".to_owned(), name.clone()]);
        let variables = self.var.iter().flat_map(|(name, value)| ["--var".to_owned(), format!("{name}={value}")]);
        files.chain(env).chain(variables).map(|word| format!(" {}", shell_word(&word))).collect()
    }

    /// Reads the manifest. Reports each problem, with its place.
    fn read(&self, app: &App) -> Result<Manifest> {
        let dialect = |profile: Option<&str>| app.dialect_of(profile);
        match Manifest::read(self.options(&dialect)) {
            Ok(manifest) => {
                manifest.notes.iter().for_each(|note| app.ui().note(&note.to_string()));
                Ok(manifest)
            }
            Err(error) => Err(reported(app, error)),
        }
    }

    /// Reads the manifest, and selects the profile of its environment unless a flag or a variable selects another.
    fn read_for_backend(&self, app: &App) -> Result<Manifest> {
        let manifest = self.read(app)?;
        if let Some(profile) = &manifest.profile {
            app.choose_by_default(profile)?;
        }
        Ok(manifest)
    }

    /// Reads the manifest, and calls `work` with the backend of the environment's own profile, whatever profile flags and
    /// variables select. An environment without a profile has the one that they select.
    fn at_own_backend<T>(&self, app: &App, work: impl FnOnce(&App, Manifest) -> Result<T>) -> Result<T> {
        let manifest = self.read(app)?;
        let other = app.beside(manifest.profile.as_deref())?;
        let result = work(&other, manifest);
        let closed = other.close(&result);
        result.and_then(|value| closed.map(|()| value))
    }
}

/// Returns a word as a shell reads it, in quotes if it needs them.
fn shell_word(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_./=:,+@%".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) { word.to_owned() } else { quoted(word) }
}

/// Reads the project, the environment and the profile of a manifest, and nothing else.
fn read_heading(app: &App, path: &Path, environment: Option<&str>) -> Result<Heading> {
    let dialect = |profile: Option<&str>| app.dialect_of(profile);
    let args = ManifestArgs { files: vec![path.to_owned()], env: environment.map(str::to_owned), var: Vec::new() };
    Heading::read(args.options(&dialect)).map_err(|error| reported(app, error))
}

/// Reports each problem of a manifest, with its place.
fn reported(app: &App, error: ManifestError) -> anyhow::Error {
    match error {
        ManifestError::Input(error) => error.into(),
        ManifestError::Problems(problems) => provision::problems_reported(app, &problems),
    }
}
