//! `asst manifest`: checks a manifest, and writes a first one.

use super::ManifestArgs;
use crate::app::{App, DryRun};
use crate::cmd::LazyCommand;
use crate::exit::Usage;
use crate::manifest::{KINDS, json_schema};
use crate::provision::check_folders;
use crate::ui::counted;
use anyhow::{Context, Result};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;

/// The manifest that `init` writes. It applies as it is.
const STARTER: &str = include_str!("starter.yaml");

/// Operations on a manifest. They send no request.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Check a manifest and the files that it names
    ///
    /// Reports every problem with its file, line and column, and exits with code 2 if there is one.
    Lint(LazyCommand<Lint>),
    /// Write a manifest to begin with
    Init(LazyCommand<Init>),
    /// Print the JSON Schema of manifests, for editors
    Schema(LazyCommand<Schema>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::Lint(LazyCommand(lint)) => lint.run(app),
            Self::Init(LazyCommand(init)) => init.run(app),
            Self::Schema(LazyCommand(Schema {})) => schema(app),
        }
    }
}

/// The flags of `asst manifest lint`.
#[derive(Debug, clap::Args)]
pub struct Lint {
    #[command(flatten)]
    manifest: ManifestArgs,
}

impl Lint {
    fn run(self, app: &App) -> Result<()> {
        let manifest = self.manifest.read(app)?;
        check_folders(app, &manifest, |_| true)?;
        let counts = KINDS.iter().map(|kind| (kind.noun, manifest.of_kind(kind).count() as u64));
        let counts: Vec<String> =
            counts.filter(|(_, count)| *count > 0).map(|(noun, count)| counted(count, noun)).collect();
        let counts = if counts.is_empty() { "no objects".to_owned() } else { counts.join(", ") };
        app.ui().note(&format!("{counts} in the environment {} of {}", manifest.environment, manifest.project));
        Ok(())
    }
}

/// The flags of `asst manifest schema`.
#[derive(Debug, clap::Args)]
pub struct Schema {}

fn schema(app: &App) -> Result<()> {
    let text = serde_json::to_string_pretty(&json_schema())?;
    app.ui().out_lines(&format!("{text}\n"))?;
    Ok(())
}

/// The flags of `asst manifest init`.
#[derive(Debug, clap::Args)]
pub struct Init {
    /// File to write; an existing file is not overwritten
    #[arg(value_name = "FILE", default_value = "asst.yaml")]
    file: PathBuf,
}

impl Init {
    fn run(self, app: &App) -> Result<()> {
        let path = self.file.display();
        let exists = || {
            let hint = "choose another name, or move the file away";
            Usage::hinted(format!("the file {path} exists already"), hint)
        };
        if app.options().dry_run != DryRun::Off {
            if self.file.symlink_metadata().is_ok() {
                return Err(exists().into());
            }
            app.ui().note(&format!("{path} would be written"));
            return Ok(());
        }
        let file = OpenOptions::new().write(true).create_new(true).open(&self.file);
        let mut file = match file {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(exists().into()),
            file => file.with_context(|| format!("could not create {path}"))?,
        };
        file.write_all(STARTER.as_bytes()).with_context(|| format!("could not write {path}"))?;
        app.ui().note(&format!("{path} is written; `asst --local plan {path}` shows what it would create"));
        Ok(())
    }
}
