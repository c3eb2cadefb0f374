//! The IDs of an apply for other programs: as shell variables, and as outputs of a step of GitHub Actions.

use crate::api::ids;
use crate::env::vars;
use crate::exit::Usage;
use crate::manifest::{ASSISTANTS, Manifest, ResourceKind, ResourceName};
use crate::provision::{Applied, Outcome};
use anyhow::{Context, Result, bail};
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The flags that write IDs.
#[derive(Debug, clap::Args)]
pub(super) struct Outputs {
    /// Write the IDs into FILE as shell variables: PROJECT_NAME_ID=asst_…, PROJECT_NAME_FILE_ID=file-…
    #[arg(long, value_name = "FILE")]
    output_env: Option<PathBuf>,
    /// Append the IDs to the file that GITHUB_OUTPUT names, as outputs of a step: project_name_id=asst_…
    #[arg(long)]
    github_output: bool,
}

/// The files to which the IDs are written.
#[derive(Debug)]
pub(super) struct OutputFiles {
    env: Option<PathBuf>,
    github: Option<PathBuf>,
}

impl Outputs {
    /// Returns the files to which the IDs are written.
    ///
    /// # Errors
    /// Returns an error if two objects have the same variable, if `GITHUB_OUTPUT` names no file, or if a file cannot be
    /// written because of its path.
    pub(super) fn files(self, manifest: &Manifest) -> Result<OutputFiles, Usage> {
        let github = match (self.github_output, vars::get(vars::GITHUB_OUTPUT)) {
            (false, _) => None,
            (true, Some(path)) => Some(PathBuf::from(path)),
            (true, None) => {
                let hint = "use it in a step of GitHub Actions, or pass --output-env FILE";
                return Err(Usage::hinted("--github-output: the variable GITHUB_OUTPUT is not set", hint));
            }
        };
        let files = OutputFiles { env: self.output_env, github };
        if let Some(flag) = files.flag() {
            check_variables(manifest, flag)?;
        }
        let paths = [("--output-env", &files.env), ("--github-output", &files.github)];
        paths.into_iter().filter_map(|(flag, path)| Some((flag, path.as_deref()?))).try_for_each(check_path)?;
        Ok(files)
    }
}

impl OutputFiles {
    fn flag(&self) -> Option<&'static str> {
        let env = self.env.is_some().then_some("--output-env");
        env.or_else(|| self.github.is_some().then_some("--github-output"))
    }

    /// Writes a line `NAME=ID` for each object of the manifest that exists. Appends to the file of GitHub Actions, because
    /// it belongs to the whole step.
    pub(super) fn write(&self, manifest: &Manifest, applied: &[Applied]) -> Result<()> {
        if let Some(path) = &self.env {
            std::fs::write(path, lines(manifest, applied, str::to_owned)?).with_context(|| not_written(path))?;
        }
        if let Some(path) = &self.github {
            let text = lines(manifest, applied, str::to_lowercase)?;
            let file = OpenOptions::new().append(true).create(true).open(path);
            file.and_then(|mut file| file.write_all(text.as_bytes())).with_context(|| not_written(path))?;
        }
        Ok(())
    }
}

/// Checks that a path can name a file, before objects are created whose IDs it should have.
fn check_path((flag, path): (&str, &Path)) -> Result<(), Usage> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let reason = match (path.is_dir(), folder.is_dir()) {
        (true, _) => "it is a folder".to_owned(),
        (false, false) => format!("there is no folder {}", folder.display()),
        (false, true) => return Ok(()),
    };
    Err(Usage::new(format!("{flag} {}: {reason}", path.display())))
}

fn not_written(path: &Path) -> String {
    format!("could not write {}", path.display())
}

/// Returns the name of the shell variable with the ID of an object.
fn variable(manifest: &Manifest, kind: &ResourceKind, name: &str) -> String {
    let kind = if *kind == ASSISTANTS { "" } else { kind.kind().name() };
    let parts = [manifest.project.as_str(), name, kind, "id"].into_iter().filter(|part| !part.is_empty());
    let text = parts.collect::<Vec<_>>().join("_").to_uppercase();
    text.replace(|character: char| !character.is_ascii_alphanumeric(), "_")
}

/// Checks that no two objects have the same shell variable.
fn check_variables(manifest: &Manifest, flag: &str) -> Result<(), Usage> {
    let mut known: HashMap<String, String> = HashMap::new();
    for resource in &manifest.resources {
        let path = resource.qualified_name();
        let variable = variable(manifest, resource.kind, &resource.name);
        if let Some(other) = known.insert(variable.clone(), path.clone()) {
            let message = format!("{flag}: `{other}` and `{path}` have the same variable {variable}");
            return Err(Usage::hinted(message, "rename one of them, with an entry in `moved`"));
        }
    }
    Ok(())
}

/// Returns the lines `NAME=ID`. Fails if the backend sent an ID with other characters than IDs have: such a text could
/// add lines to the file, or run a command in a shell that reads it.
fn lines(manifest: &Manifest, applied: &[Applied], form: impl Fn(&str) -> String) -> Result<String> {
    let mut text = String::new();
    let stated: HashSet<ResourceName> = manifest.resources.iter().map(|resource| resource.id()).collect();
    let is_stated = |one: &&Applied| stated.contains(&(one.kind.section, one.name.clone()));
    for one in applied.iter().filter(|one| one.outcome != Outcome::Deleted).filter(is_stated) {
        let Some(id) = &one.id else { continue };
        if let Err(error) = ids::check(id) {
            bail!("the ID of {} cannot be written: {error}", one.key);
        }
        let _ = writeln!(text, "{}={id}", form(&variable(manifest, one.kind, &one.name)));
    }
    Ok(text)
}
