//! `asst pull`: writes a manifest from the objects of a backend, or the changes of a backend into a manifest.

use super::plan::Scope;
use super::{ManifestArgs, read_heading, variable};
use crate::api::ids;
use crate::app::{App, DryRun, TableSpec};
use crate::exit::{AlreadyReported, DIFFERENT, Usage};
use crate::manifest::{DEFAULT_ENVIRONMENT, Heading, is_name};
use crate::provision::{self, Action, MANIFEST, Plan, PlanOptions, PullOptions, Selection, Written};
use crate::view::{Col, Format, Members};
use anyhow::Result;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The columns of a pull.
const PULLED: TableSpec = TableSpec {
    noun: "pull",
    columns: &[Col::text("path", "path"), Col::text("outcome", "outcome")],
    members: Members::Any,
};

/// The flags of `asst pull`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("selection").args(["all", "id", "metadata"]))]
pub struct Pull {
    /// With --drift, change this manifest in YAML or JSON, or the files of this folder (repeatable) [default: asst.yaml]
    #[arg(value_name = "FILE", requires = "drift")]
    files: Vec<PathBuf>,
    /// Write only the members that changed at the backend since the last apply into the manifest
    #[arg(long, conflicts_with_all = ["into", "project", "selection"])]
    drift: bool,
    /// With --drift, take over only the changes of the object NAME (repeatable)
    #[arg(long, value_name = "NAME", requires = "drift")]
    target: Vec<String>,
    /// With --drift, set a variable that the manifest declares (repeatable)
    #[arg(long, value_name = "NAME=VALUE", value_parser = variable, requires = "drift")]
    var: Vec<(String, String)>,
    /// With --drift, exit with code 9 if a file was changed, or if an object is missing or exists several times
    #[arg(long, requires = "drift")]
    exit_code: bool,
    /// Write asst.yaml and its files into DIR
    #[arg(long, value_name = "DIR", default_value = ".")]
    into: PathBuf,
    /// Set the name of the project [default: that of DIR/asst.yaml]
    #[arg(long, value_name = "NAME", value_parser = name)]
    project: Option<String>,
    /// Set the environment [default: that of DIR/asst.yaml, or `default`]
    #[arg(long, value_name = "NAME", value_parser = name)]
    env: Option<String>,
    /// Pull all assistants and vector stores of the backend that belong to no other project
    #[arg(long)]
    all: bool,
    /// Pull the assistant or vector store ID, with the vector stores to which it refers (repeatable)
    #[arg(long, value_name = "ID", value_parser = id)]
    id: Vec<String>,
    /// Pull the objects with this metadata pair, or with all of the pairs (repeatable)
    #[arg(long, value_name = "KEY=VALUE", value_parser = variable)]
    metadata: Vec<(String, String)>,
    /// Overwrite files with other contents; with --drift, take over changes of objects that changed on both sides
    #[arg(long)]
    force: bool,
}

fn name(text: &str) -> Result<String, String> {
    match is_name(text) {
        true => Ok(text.to_owned()),
        false => {
            Err("expected 1 to 64 characters of a-z, 0-9, `.`, `_` and `-`, the first a letter or a digit".to_owned())
        }
    }
}

fn id(text: &str) -> Result<String, String> {
    ids::check(text).map(|()| text.to_owned()).map_err(|error| error.to_string())
}

impl Pull {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        app.check_output(PULLED)?;
        if self.drift {
            return self.pull_drift(app);
        }
        let heading = self.heading(app)?;
        if let Some(profile) = &heading.profile {
            app.choose_by_default(profile)?;
        }
        let selection = match (self.all, self.id.is_empty(), self.metadata.is_empty()) {
            (true, ..) => Selection::All,
            (_, false, _) => Selection::Ids(self.id),
            (_, _, false) => Selection::Metadata(self.metadata),
            _ => Selection::Project,
        };
        let options = PullOptions {
            into: self.into,
            project: heading.project,
            environment: heading.environment,
            profile: heading.profile,
            selection,
            force: self.force,
            dry_run: app.options().dry_run != DryRun::Off,
        };
        let pulled = app.wait(provision::pull(app, &options))?;
        show(app, &pulled.written)?;
        if pulled.objects == 0 {
            app.ui().note(&format!("the backend has no such object of {}/{}", options.project, options.environment));
            app.ui().hint("--all pulls also the objects that no apply has created");
        }
        Ok(())
    }

    fn pull_drift(self, app: &App) -> Result<()> {
        let files = if self.files.is_empty() { vec![PathBuf::from(MANIFEST)] } else { self.files };
        if files.iter().any(|file| file.as_os_str() == "-") {
            let hint = "write it to a file and pass the name of the file";
            return Err(Usage::hinted("a manifest on stdin cannot be changed in place: `-`", hint).into());
        }
        let args = ManifestArgs { files, env: self.env, var: self.var };
        let manifest = args.read_for_backend(app)?;
        let options = Scope { target: self.target, prune: false, after: None }.options(&manifest)?;
        // A manifest cannot state changes of the files of folders.
        let options = PlanOptions { ignores_folders: true, ..options };
        let plan = app.wait(provision::plan(app, manifest, &options))?;
        let dialect = |profile: Option<&str>| app.dialect_of(profile);
        let pulled = provision::pull_drift(app, &plan, args.options(&dialect), self.force)?;
        let is_changed = !pulled.written.is_empty();
        show(app, &pulled.written)?;
        let missing = report_missing(app, &plan);
        if !is_changed && pulled.conflicts == 0 && missing == 0 {
            app.ui().note("nothing changed at the backend");
        }
        match pulled.conflicts > 0 || self.exit_code && (is_changed || missing > 0) {
            true => Err(AlreadyReported(DIFFERENT).into()),
            false => Ok(()),
        }
    }

    /// Returns the profile of the manifest that exists already, if it is of this project.
    fn profile_of(&self, app: &App, project: &str) -> Option<String> {
        let dialect = |profile: Option<&str>| app.dialect_of(profile);
        let args = ManifestArgs { files: vec![self.into.join(MANIFEST)], env: self.env.clone(), var: Vec::new() };
        Heading::read(args.options(&dialect)).ok().filter(|heading| heading.project == project)?.profile
    }

    /// Returns the project and environment: those of the flags, or of the manifest that exists already.
    fn heading(&self, app: &App) -> Result<Heading> {
        if let Some(project) = &self.project {
            let environment = self.env.clone().unwrap_or_else(|| DEFAULT_ENVIRONMENT.to_owned());
            let profile = self.profile_of(app, project);
            return Ok(Heading { project: project.clone(), environment, profile, environments: Vec::new() });
        }
        let path = self.into.join(MANIFEST);
        if !path.exists() {
            let message = format!("{} does not exist, so the name of the project is needed", path.display());
            return Err(Usage::hinted(message, "pass --project NAME").into());
        }
        read_heading(app, &path, self.env.as_deref())
    }
}

/// Warns of objects that a manifest cannot follow: those that are gone, or that exist several times. Returns their number.
fn report_missing(app: &App, plan: &Plan) -> usize {
    let mut count = 0;
    for (action, text) in [
        (Action::Create, "does not exist at the backend"),
        (Action::Ambiguous, "exists several times at the backend"),
        (Action::Duplicate, "exists several times at the backend"),
    ] {
        let found = plan.objects.iter().filter(|object| object.action == action);
        count += found.inspect(|object| app.ui().warn(&format!("{} {text}", object.key))).count();
    }
    if count > 0 {
        app.ui().hint("`asst plan` shows what the next apply does with them");
    }
    count
}

/// Prints the files.
fn show(app: &App, written: &[Written]) -> Result<()> {
    if written.is_empty() && app.format()? == Format::Table {
        return Ok(());
    }
    let row = |one: &Written| json!({ "path": one.path.to_string_lossy(), "outcome": one.outcome.name() });
    let rows: Vec<Value> = written.iter().map(row).collect();
    app.show_items(PULLED, &rows)
}
