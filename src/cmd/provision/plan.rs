//! `asst plan`: shows the differences between a manifest and a backend.

use super::{ManifestArgs, show};
use crate::app::App;
use crate::exit::Usage;
use crate::exit::{AlreadyReported, DIFFERENT};
use crate::manifest::Manifest;
use crate::provision::{self, LARGEST_COMMENT, PlanOptions, SavedPlan, markdown};
use anyhow::{Context, Result};
use std::path::PathBuf;

/// The default limit of a comment. It leaves room for text that a job adds.
const MARKDOWN_LIMIT: usize = 60_000;

/// The flags of `asst plan`.
#[derive(Debug, clap::Args)]
pub struct Plan {
    #[command(flatten)]
    manifest: ManifestArgs,
    #[command(flatten)]
    scope: Scope,
    /// Show only objects that changed at the backend since the last apply, and those that it lacks or has several times
    #[arg(long)]
    drift: bool,
    /// Save the plan for `asst apply --plan`: digests, IDs and actions, and no values
    #[arg(long, value_name = "FILE", conflicts_with = "drift")]
    out: Option<PathBuf>,
    /// Print the plan as Markdown for a comment on a pull request
    #[arg(long)]
    markdown: bool,
    /// Limit the Markdown to N bytes [default: 60000]
    #[arg(long, value_name = "N", requires = "markdown", value_parser = clap::value_parser!(u64).range(1_000..=LARGEST_COMMENT as u64))]
    max_bytes: Option<u64>,
    /// Exit with code 9 if manifest and backend differ
    #[arg(long)]
    exit_code: bool,
}

/// The part of the manifest to which a command applies.
#[derive(Debug, clap::Args)]
pub(super) struct Scope {
    /// Only the object NAME of the manifest (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(super) target: Vec<String>,
    /// Delete objects of this project and environment that are no longer in the manifest
    #[arg(long, conflicts_with = "target")]
    pub(super) prune: bool,
    /// Continue only if environment NAME has no differences at its own backend; else exit with code 9
    #[arg(long, value_name = "NAME")]
    pub(super) after: Option<String>,
}

impl Scope {
    /// Checks that the environment of `--after` equals the manifest. `manifest` is that of the command's own environment.
    ///
    /// # Errors
    /// Returns exit code 2 if both environments are the same. Returns exit code 9, after naming each object that differs.
    pub(super) fn check_after(&self, app: &App, args: &ManifestArgs, manifest: &Manifest) -> Result<()> {
        let Some(environment) = &self.after else { return Ok(()) };
        if manifest.environment == *environment {
            let hint = "pass another environment to --env or --after";
            let message = format!("--after: {environment} is the environment of the command itself");
            return Err(Usage::hinted(message, hint).into());
        }
        let other = ManifestArgs { env: Some(environment.clone()), ..args.clone() };
        let plan = other
            .at_own_backend(app, |app, manifest| app.wait(provision::plan(app, manifest, &PlanOptions::default())))?;
        if !plan.has_differences() {
            return Ok(());
        }
        for object in plan.objects.iter().filter(|object| object.action.is_difference()) {
            app.ui().warn(&format!("{} {}: {}", object.kind.noun, object.key, object.reason));
        }
        app.ui().warn(&format!("the environment {environment} differs from the manifest; nothing was changed"));
        app.ui().hint(&format!("apply the manifest there first: `asst apply{}`", other.words()));
        Err(AlreadyReported(DIFFERENT).into())
    }

    /// Returns the options of a plan.
    ///
    /// # Errors
    /// Returns an error if the manifest does not have a target.
    pub(super) fn options(self, manifest: &Manifest) -> Result<PlanOptions> {
        let names: Vec<&str> = manifest.resources.iter().map(|resource| resource.name.as_str()).collect();
        let is_known = |target: &&String| manifest.resources.iter().any(|resource| resource.is_named(target));
        if let Some(unknown) = self.target.iter().find(|target| !is_known(target)) {
            let hint = format!("names in the manifest: {}", names.join(", "));
            return Err(Usage::hinted(format!("--target: the manifest has no object `{unknown}`"), hint).into());
        }
        Ok(PlanOptions { targets: self.target, prune: self.prune, ..PlanOptions::default() })
    }
}

impl Plan {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        app.check_output(show::PLAN)?;
        let has_format = app.options().format.is_some() || app.options().jq.is_some();
        if self.markdown && has_format {
            return Err(Usage::new("--markdown is a format of its own; remove -o and --jq").into());
        }
        let manifest = self.manifest.read_for_backend(app)?;
        self.scope.check_after(app, &self.manifest, &manifest)?;
        // With --drift, folders are not compared: a difference between a folder and its vector store is not a change at
        // the backend.
        let options = PlanOptions { ignores_folders: self.drift, ..self.scope.options(&manifest)? };
        let plan = app.wait(provision::plan(app, manifest, &options))?;
        let plan = if self.drift { plan.drift_only() } else { plan };
        if let Some(path) = &self.out {
            let text = SavedPlan::of(&plan, &options).to_text();
            std::fs::write(path, text).with_context(|| format!("could not write {}", path.display()))?;
        }
        if self.markdown {
            let limit = self.max_bytes.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MARKDOWN_LIMIT);
            app.ui().out_lines(&markdown(&plan, limit))?;
        } else {
            show::plan(app, &plan)?;
        }
        match plan.has_differences() && self.exit_code {
            true => Err(AlreadyReported(DIFFERENT).into()),
            false => Ok(()),
        }
    }
}
