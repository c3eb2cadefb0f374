//! `asst destroy`: deletes what a manifest provisioned.

use super::apply::{apply, confirm_deletions};
use super::{ManifestArgs, show};
use crate::app::{App, DryRun};
use crate::provision;
use anyhow::Result;

/// The flags of `asst destroy`.
#[derive(Debug, clap::Args)]
pub struct Destroy {
    #[command(flatten)]
    manifest: ManifestArgs,
}

impl Destroy {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        app.check_output(show::APPLIED)?;
        let manifest = self.manifest.read_for_backend(app)?;
        let plan = app.wait(provision::destruction(app, manifest))?;
        if app.options().dry_run != DryRun::Off {
            return show::plan(app, &plan);
        }
        let question = format!("delete the objects of {}?", plan.manifest.key_prefix().trim_end_matches('/'));
        confirm_deletions(app, &plan, &question)?;
        apply(app, &plan, false)?.1
    }
}
