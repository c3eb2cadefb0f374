//! `asst plan`: shows the differences between a manifest and a backend.

use super::{ManifestArgs, show};
use crate::app::App;
use crate::exit::Usage;
use crate::exit::{AlreadyReported, DIFFERENT};
use crate::manifest::Manifest;
use crate::provision::{self, PlanOptions};
use anyhow::Result;

/// The flags of `asst plan`.
#[derive(Debug, clap::Args)]
pub struct Plan {
    #[command(flatten)]
    manifest: ManifestArgs,
    #[command(flatten)]
    scope: Scope,
    /// Show only objects that changed at the backend since the last apply
    #[arg(long)]
    drift: bool,
    /// Exit with code 9 if manifest and backend differ
    #[arg(long)]
    exit_code: bool,
}

/// The part of the manifest to which a command applies.
#[derive(Debug, clap::Args)]
pub(super) struct Scope {
    /// Only the object NAME of the manifest (repeatable)
    #[arg(long, value_name = "NAME")]
    target: Vec<String>,
    /// Delete objects of this project and environment that are no longer in the manifest
    #[arg(long, conflicts_with = "target")]
    prune: bool,
}

impl Scope {
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
        Ok(PlanOptions { targets: self.target, prune: self.prune })
    }
}

impl Plan {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        app.check_output(show::PLAN)?;
        let manifest = self.manifest.read_for_backend(app)?;
        let options = self.scope.options(&manifest)?;
        let plan = app.wait(provision::plan(app, manifest, &options))?;
        let plan = if self.drift { plan.drift_only() } else { plan };
        show::plan(app, &plan)?;
        match plan.has_differences() && self.exit_code {
            true => Err(AlreadyReported(DIFFERENT).into()),
            false => Ok(()),
        }
    }
}
