//! `asst apply`: changes a backend until it matches a manifest.

use super::outputs::Outputs;
use super::plan::Scope;
use super::{ManifestArgs, show};
use crate::app::{App, DryRun};
use crate::exit::{AlreadyReported, DIFFERENT, FAILED, Usage};
use crate::intake::input_file;
use crate::provision::{self, Action, Applied, Applier, DriftPolicy, Outcome, Plan, SavedPlan};
use crate::ui::{Confirmation, counted};
use anyhow::Result;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The flags of `asst apply`.
#[derive(Debug, clap::Args)]
pub struct Apply {
    #[command(flatten)]
    manifest: ManifestArgs,
    #[command(flatten)]
    scope: Scope,
    /// Apply a plan that `asst plan --out` saved; refuse with code 9 if anything has changed since
    #[arg(long, value_name = "FILE", conflicts_with_all = ["target", "prune"])]
    plan: Option<PathBuf>,
    /// Set the treatment of objects that changed at the backend since the last apply
    #[arg(long, value_enum, value_name = "WHAT", default_value = "ask")]
    on_drift: DriftPolicy,
    #[command(flatten)]
    outputs: Outputs,
}

impl Apply {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        app.check_output(show::APPLIED)?;
        let manifest = self.manifest.read_for_backend(app)?;
        let saved = self.plan.as_deref().map(read_plan).transpose()?;
        let outputs = self.outputs.files(&manifest)?;
        self.scope.check_after(app, &self.manifest, &manifest)?;
        let mut options = self.scope.options(&manifest)?;
        if let Some(saved) = &saved {
            let origin = app.wait(async { Ok::<_, anyhow::Error>(app.origin().await?.to_owned()) })?;
            saved.check_belongs(&manifest.project, &manifest.environment, &origin)?;
            options = saved.options.clone();
        }
        let mut plan = app.wait(provision::plan(app, manifest, &options))?;
        if let Some(saved) = &saved {
            check_unmoved(app, saved, &plan)?;
            plan.is_saved = true;
        }
        if app.options().dry_run != DryRun::Off {
            show::plan(app, &plan)?;
            self.on_drift.announce(app, &plan);
            return Ok(());
        }
        let overwrite = self.on_drift.decided(app, &plan)?;
        confirm_deletions(app, &plan, "delete objects that are no longer in the manifest?")?;
        let (applied, result) = apply(app, &plan, overwrite)?;
        if result.is_ok() || !applied.is_empty() {
            outputs.write(&plan.manifest, &applied)?;
        }
        result
    }
}

/// The maximum size of a saved plan in bytes.
const LARGEST_PLAN: u64 = 64 << 20;

/// Reads a saved plan.
fn read_plan(path: &Path) -> Result<SavedPlan> {
    let mut text = String::new();
    let (file, _) = input_file::open(path)?;
    let read = file.take(LARGEST_PLAN).read_to_string(&mut text);
    read.map_err(|error| Usage::new(format!("{}: {error}", path.display())))?;
    Ok(SavedPlan::read(&text, &path.display().to_string())?)
}

/// Checks that a new plan is the saved one.
///
/// # Errors
/// Returns exit code 9, after naming each object that has changed.
fn check_unmoved(app: &App, saved: &SavedPlan, plan: &Plan) -> Result<()> {
    let moved = saved.moved(plan);
    if moved.is_empty() {
        return Ok(());
    }
    moved.iter().for_each(|(object, reason)| app.ui().warn(&format!("{object}: {reason}")));
    app.ui().warn("the saved plan does not hold any more; nothing was changed");
    app.ui().hint("make a new plan with `asst plan --out FILE`");
    Err(AlreadyReported(DIFFERENT).into())
}

/// Applies a plan, and prints the results and a summary. Returns the results, and the error if objects failed.
pub(super) fn apply(app: &App, plan: &Plan, overwrite: bool) -> Result<(Vec<Applied>, Result<()>)> {
    let mut applied = Vec::new();
    let result = app.wait(Applier::new(app, plan, overwrite).apply(&mut applied));
    show::applied(app, &applied)?;
    summarize(app, &applied);
    Ok((applied, result))
}

impl DriftPolicy {
    /// Prints how an apply would treat the objects that changed at the backend. For a dry run.
    fn announce(self, app: &App, plan: &Plan) {
        let drifted = plan.count(Action::Drifted) + plan.count(Action::Conflict);
        let objects = counted(drifted as u64, "object");
        let them = if drifted == 1 { "it" } else { "them" };
        match self {
            _ if drifted == 0 => {}
            Self::Overwrite => {
                app.ui().note(&format!("{objects} changed at the backend; the apply would overwrite {them}"))
            }
            Self::Keep => {
                let are = if drifted == 1 { "it as it is" } else { "them as they are" };
                app.ui().note(&format!("{objects} changed at the backend; the apply would leave {are}"));
            }
            Self::Ask if app.ui().is_interactive() => {
                app.ui().note(&format!("{objects} changed at the backend; the apply would ask about {them}"));
            }
            Self::Ask | Self::Fail => {
                app.ui().warn(&format!("{objects} changed at the backend; the apply would change nothing"));
                app.ui().hint("pass --on-drift overwrite or --on-drift keep");
            }
        }
    }

    /// Returns `true` if objects that changed at the backend are overwritten.
    ///
    /// # Errors
    /// Returns exit code 9 if there are such objects and the policy, or the user, refuses to go on.
    fn decided(self, app: &App, plan: &Plan) -> Result<bool> {
        let drifted = plan.count(Action::Drifted) + plan.count(Action::Conflict);
        match self {
            _ if drifted == 0 => Ok(false),
            Self::Overwrite => Ok(true),
            Self::Keep => Ok(false),
            Self::Ask if app.ui().is_interactive() => {
                show::differences(app, plan);
                match app.ui().ask(&format!("overwrite {}?", counted(drifted as u64, "object"))) {
                    Confirmation::Yes => Ok(true),
                    Confirmation::No => Ok(false),
                }
            }
            Self::Ask | Self::Fail => {
                show::differences(app, plan);
                let text = format!("{} changed at the backend; nothing was changed", counted(drifted as u64, "object"));
                app.ui().warn(&text);
                app.ui().hint("pass --on-drift overwrite or --on-drift keep");
                Err(AlreadyReported(DIFFERENT).into())
            }
        }
    }
}

/// Asks before objects are deleted.
pub(super) fn confirm_deletions(app: &App, plan: &Plan, question: &str) -> Result<()> {
    let count = plan.count(Action::Delete) as u64;
    if count == 0 {
        return Ok(());
    }
    match app.ui().confirm(question, count)? {
        Confirmation::Yes => Ok(()),
        Confirmation::No => {
            app.ui().note("nothing was changed");
            Err(AlreadyReported(FAILED).into())
        }
    }
}

fn summarize(app: &App, applied: &[Applied]) {
    const ORDER: [Outcome; 8] = [
        Outcome::Created,
        Outcome::Updated,
        Outcome::Replaced,
        Outcome::Deleted,
        Outcome::Kept,
        Outcome::Failed,
        Outcome::Skipped,
        Outcome::Unchanged,
    ];
    let count = |outcome: Outcome| applied.iter().filter(|one| one.outcome == outcome).count();
    if applied.iter().all(|one| one.outcome == Outcome::Unchanged) {
        return app.ui().note("no changes");
    }
    let counts = ORDER.iter().map(|outcome| (outcome.name(), count(*outcome))).filter(|(_, count)| *count > 0);
    let parts: Vec<String> = counts.map(|(name, count)| format!("{count} {name}")).collect();
    app.ui().note(&parts.join(", "));
}
