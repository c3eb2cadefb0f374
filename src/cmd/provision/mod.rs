//! The commands that provision assistants from a manifest: `asst manifest`, `asst plan`, `asst apply`,
//! `asst destroy`.

pub mod apply;
pub mod destroy;
pub mod manifest;
mod outputs;
pub mod plan;
mod show;

use crate::app::App;
use crate::exit::{AlreadyReported, USAGE};
use crate::manifest::{Manifest, ManifestError, Problem, ReadOptions};
use crate::ui::ErrorReport;
use anyhow::Result;
use std::path::PathBuf;

/// The manifest, and how to read it.
#[derive(Debug, clap::Args)]
pub(super) struct ManifestArgs {
    /// Manifest in YAML, JSON or TOML, or a folder with its files (repeatable)
    #[arg(value_name = "FILE", default_value = "asst.yaml")]
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
    /// Reads the manifest. Reports each problem, with its place.
    fn read(&self, app: &App) -> Result<Manifest> {
        let dialect = |profile: Option<&str>| app.dialect_of(profile);
        let options = ReadOptions {
            dialect: &dialect,
            files: &self.files,
            environment: self.env.as_deref(),
            variables: &self.var,
        };
        match Manifest::read(options) {
            Ok(manifest) => {
                manifest.notes.iter().for_each(|note| app.ui().note(&note.to_string()));
                Ok(manifest)
            }
            Err(ManifestError::Input(error)) => Err(error.into()),
            Err(ManifestError::Problems(problems)) => {
                problems.iter().for_each(|problem| app.ui().error(&report(problem)));
                Err(AlreadyReported(USAGE).into())
            }
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
}

fn report(problem: &Problem) -> ErrorReport {
    ErrorReport {
        exit_code: USAGE,
        kind: "usage".into(),
        message: problem.to_string(),
        hint: problem.hint.clone(),
        ..ErrorReport::default()
    }
}
