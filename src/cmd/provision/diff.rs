//! `asst diff`: shows the differences between two objects, or between a manifest and a backend for one object.

use super::{ManifestArgs, show};
use crate::app::App;
use crate::env::input;
use crate::exit::{AlreadyReported, DIFFERENT, Usage};
use crate::manifest::{Manifest, Resource, ResourceKind};
use crate::provision::{ComparedObject, compare, compare_with_backend, kind_of_id};
use anyhow::Result;
use std::path::PathBuf;
use std::sync::Arc;

/// The endings of the names of files with an object.
const ENDINGS: [&str; 3] = [".json", ".yaml", ".yml"];

/// The flags of `asst diff`.
#[derive(Debug, clap::Args)]
pub struct Diff {
    /// ID, NAME or SECTION.NAME of the manifest, NAME@ENV, or a file with an object
    #[arg(value_name = "LEFT")]
    left: String,
    /// Object to compare LEFT with, in the same forms. Without it, LEFT must be a NAME, and the object at the backend is
    /// compared with the manifest
    #[arg(value_name = "RIGHT")]
    right: Option<String>,
    /// Manifest in YAML, JSON or TOML, or a folder with its files (repeatable) [default: asst.yaml]
    #[arg(long, value_name = "FILE")]
    manifest: Vec<PathBuf>,
    /// Environment of the manifest; required if it has several
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    /// Value of a variable that the manifest declares (repeatable)
    #[arg(long, value_name = "NAME=VALUE", value_parser = super::variable)]
    var: Vec<(String, String)>,
    /// Exit with code 9 if the objects differ
    #[arg(long)]
    exit_code: bool,
}

/// The place of an object.
#[derive(Debug, PartialEq, Eq)]
enum Operand<'a> {
    Id(&'a str),
    /// A path, or `-`.
    File(&'a str),
    Name {
        name: &'a str,
        environment: Option<&'a str>,
    },
}

impl<'a> Operand<'a> {
    fn read(text: &'a str) -> Self {
        if text == "-" || text.contains('/') || ENDINGS.iter().any(|ending| text.ends_with(ending)) {
            return Self::File(text);
        }
        if kind_of_id(text).is_some() {
            return Self::Id(text);
        }
        match text.split_once('@') {
            Some((name, environment)) => Self::Name { name, environment: Some(environment) },
            None => Self::Name { name: text, environment: None },
        }
    }
}

impl Diff {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        app.check_output(show::DIFFERENCES)?;
        let left = Operand::read(&self.left);
        let right = self.right.as_deref().map(Operand::read);
        let (titles, differences) = match (left, right) {
            (Operand::Name { name, environment }, None) => self.with_backend(app, name, environment)?,
            (_, None) => {
                let hint = "pass a second object; only the NAME of an object of the manifest may stand alone";
                return Err(Usage::hinted("expected two objects, got one", hint).into());
            }
            (Operand::File("-"), Some(Operand::File("-"))) => {
                return Err(Usage::new("standard input can be only one of the two objects").into());
            }
            (left, Some(right)) => {
                let uses_manifest = |operand: &Operand<'_>| matches!(operand, Operand::Name { environment: None, .. });
                let is_chosen = self.env.is_some() || !self.manifest.is_empty();
                let manifest = match uses_manifest(&left) || uses_manifest(&right) || is_chosen {
                    true => Some(self.manifest_of(None).read_for_backend(app)?),
                    false => None,
                };
                let left = self.object(app, left, manifest.as_ref())?;
                let right = self.object(app, right, manifest.as_ref())?;
                let found = compare(&left, &right)?;
                ([left.title, right.title], found)
            }
        };
        show::compared(app, &titles, &differences)?;
        match differences.is_empty() || !self.exit_code {
            true => Ok(()),
            false => Err(AlreadyReported(DIFFERENT).into()),
        }
    }

    /// Returns the arguments that read the manifest for an environment, or for the one that `--env` selects.
    fn manifest_of(&self, environment: Option<&str>) -> ManifestArgs {
        let files = match self.manifest.as_slice() {
            [] => vec![super::DEFAULT_FILE.into()],
            files => files.to_vec(),
        };
        ManifestArgs { files, env: environment.map(str::to_owned).or_else(|| self.env.clone()), var: self.var.clone() }
    }

    /// Compares an object at the backend with the manifest.
    fn with_backend(
        &self,
        app: &App,
        name: &str,
        environment: Option<&str>,
    ) -> Result<([String; 2], Vec<crate::manifest::Difference>)> {
        let args = self.manifest_of(environment);
        let work = |app: &App, manifest: Manifest| {
            let (kind, name) = named(&manifest, name)?;
            app.wait(compare_with_backend(app, manifest, kind, &name))
        };
        let (title, found) = match environment {
            None => work(app, args.read_for_backend(app)?),
            Some(_) => args.at_own_backend(app, work),
        }?;
        Ok(([title, "the manifest".to_owned()], found))
    }

    fn object(&self, app: &App, operand: Operand<'_>, manifest: Option<&Manifest>) -> Result<ComparedObject> {
        match (operand, manifest) {
            (Operand::Id(id), _) => app.wait(ComparedObject::with_id(app, id)),
            (Operand::File(path), _) => {
                let source = if path == "-" { path.to_owned() } else { format!("@{path}") };
                let title = if path == "-" { "standard input" } else { path };
                Ok(ComparedObject::of_document(input::read_structured(&source)?, title)?)
            }
            (Operand::Name { name, environment: None }, Some(manifest)) => {
                let (kind, name) = named(manifest, name)?;
                app.wait(ComparedObject::of_manifest(app, manifest.clone(), kind, &name))
            }
            (Operand::Name { name, environment }, _) => {
                self.manifest_of(environment).at_own_backend(app, |app, manifest| {
                    let (kind, name) = named(&manifest, name)?;
                    app.wait(ComparedObject::of_manifest(app, manifest, kind, &name))
                })
            }
        }
    }
}

/// Returns the object of the manifest that NAME or SECTION.NAME means.
fn named(manifest: &Manifest, text: &str) -> Result<(&'static ResourceKind, String), Usage> {
    let is_meant = |resource: &&Arc<Resource>| resource.name == text || resource.qualified_name() == text;
    let found: Vec<_> = manifest.resources.iter().filter(is_meant).collect();
    match found.as_slice() {
        [resource] => Ok((resource.kind, resource.name.clone())),
        [] => {
            let names: Vec<String> = manifest.resources.iter().map(|resource| resource.qualified_name()).collect();
            let hint = match crate::config::nearest(text, names.iter().map(String::as_str)) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("objects of the manifest: {}", names.join(", ")),
            };
            Err(Usage::hinted(format!("the manifest has no object `{text}`"), hint))
        }
        several => {
            let names: Vec<String> = several.iter().map(|resource| resource.qualified_name()).collect();
            let hint = format!("write one of: {}", names.join(", "));
            Err(Usage::hinted(format!("several objects of the manifest have the name `{text}`"), hint))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operand_is_an_id_a_file_or_a_name() {
        let name = |name, environment| Operand::Name { name, environment };
        for (text, expected) in [
            ("asst_abc123", Operand::Id("asst_abc123")),
            ("vs_abc123", Operand::Id("vs_abc123")),
            ("-", Operand::File("-")),
            ("live.json", Operand::File("live.json")),
            ("./live", Operand::File("./live")),
            ("helper", name("helper", None)),
            ("assistants.helper@prod", name("assistants.helper", Some("prod"))),
            ("thread_abc123", name("thread_abc123", None)),
        ] {
            assert_eq!(Operand::read(text), expected, "{text}");
        }
    }
}
