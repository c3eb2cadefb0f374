//! `asst record`: runs a program behind a proxy that records the objects it creates and deletes. With `--cleanup`, the
//! remaining objects are deleted when the program ends.

mod child;
mod report;

use crate::app::{App, CleanupOutcomes, DryRun, ObjectRef, RecordingResult, RemovalOutcome, remove, session_id};
use crate::exit::{self, AlreadyReported, DONE, MIXED, Usage};
use anyhow::Result;
use report::SessionReport;
use std::ffi::OsString;
use std::path::PathBuf;

/// The program to record, or an earlier session to clean up.
#[derive(Debug, clap::Args)]
pub struct RecordProgram {
    /// Program to run, with its arguments
    #[arg(last = true, value_name = "COMMAND", required_unless_present = "cleanup_session")]
    command: Vec<OsString>,
    /// When the program ends, delete the objects that it created and did not delete
    #[arg(long)]
    cleanup: bool,
    /// Delete the objects that an earlier session created and did not delete; its ID was printed when it started
    #[arg(long, value_name = "SESSION", conflicts_with_all = ["command", "cleanup"])]
    cleanup_session: Option<String>,
    /// Write the created, deleted and remaining objects to the file PATH, as JSON
    #[arg(long, value_name = "PATH")]
    report: Option<PathBuf>,
}

impl RecordProgram {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        if let Some(path) = &self.report {
            report::check(path)?;
        }
        match &self.cleanup_session {
            Some(session) => self.clean_session(app, session),
            None => self.record(app),
        }
    }

    /// Runs the program, cleans up if this is requested, and reports the result.
    fn record(&self, app: &App) -> Result<()> {
        if app.options().dry_run != DryRun::Off {
            let hint = "use it with --cleanup-session, to show the objects that would be deleted";
            return Err(
                Usage::hinted("--dry-run cannot run a program, because the program would send requests", hint).into()
            );
        }
        let session = session_id();
        let (code, result) = app.wait_handling_signals(self.run_program(app, &session))?;
        let cleaned = if self.cleanup { self.clean(app, &session, &result.left()) } else { Ok(Vec::new()) };
        let failed = cleaned.as_ref().is_ok_and(|cleaned| cleaned.iter().any(is_failure));
        let (cleaned, cleanup_error) = match cleaned {
            Ok(cleaned) => (cleaned, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let reported = self.report(app, &SessionReport::new(&session, Some(code), &result, &cleaned));
        match (code, cleanup_error) {
            (_, Some(error)) => Err(error),
            (DONE, None) if failed => Err(AlreadyReported(MIXED).into()),
            (DONE, None) => reported,
            (code, None) => Err(AlreadyReported(code).into()),
        }
    }

    /// Runs the program behind the proxy. Returns its exit code and the recorded objects. Signals are forwarded to the
    /// program and do not interrupt this function.
    async fn run_program(&self, app: &App, session: &str) -> Result<(u8, RecordingResult)> {
        let recording = app.unless_stopped(app.start_recording(session)).await?;
        let after = if self.cleanup {
            format!("if it is killed, run `asst record --cleanup-session {session}` to clean up")
        } else {
            format!("run `asst record --cleanup-session {session}` to delete the objects that it creates")
        };
        app.ui().note(&format!("session {session}: {after}"));
        let ended = child::run(&self.command, app.recording_variables(&recording)?).await;
        let result = recording.end().await;
        match ended {
            Ok(code) => Ok((code, result)),
            Err(error) => {
                app.ui().error(&error.report());
                Err(AlreadyReported(error.code()).into())
            }
        }
    }

    /// Deletes the remaining objects of a session.
    fn clean(&self, app: &App, session: &str, left: &[ObjectRef]) -> Result<CleanupOutcomes> {
        let cleaned = app.wait(app.clean(left));
        if cleaned.is_err() {
            app.ui().warn_always(&format!(
                "the cleanup did not complete; run `asst record --cleanup-session {session}` for the rest"
            ));
        }
        cleaned
    }

    /// Deletes the remaining objects of an earlier session, and reports the result.
    fn clean_session(&self, app: &App, session: &str) -> Result<()> {
        let result = app.wait(app.session_left(session))?;
        if app.options().dry_run != DryRun::Off {
            return result.created.iter().try_for_each(|object| match remove(object)? {
                Some(call) => app.dry(&call).map(drop),
                None => Ok(()),
            });
        }
        for intent in &result.open {
            app.ui().warn_always(&format!(
                "intent {intent} is open, so an object may have been created; run `asst ledger doctor` for details"
            ));
        }
        let cleaned = self.clean(app, session, &result.created)?;
        let codes = cleaned.iter().map(|(_, removed)| match removed {
            RemovalOutcome::Failed { code, .. } => *code,
            RemovalOutcome::Deleted | RemovalOutcome::Gone => DONE,
        });
        let code = exit::combined(codes);
        let reported = self.report(app, &SessionReport::new(session, None, &result, &cleaned));
        if code == DONE { reported } else { Err(AlreadyReported(code).into()) }
    }

    /// Prints the summary, and writes the report file if one is requested.
    fn report(&self, app: &App, report: &SessionReport) -> Result<()> {
        app.ui().summary(&report.line(), &report.counts());
        let Some(path) = &self.report else { return Ok(()) };
        let written = report.write(path);
        if let Err(error) = &written {
            app.ui().warn(&format!("{error:#}"));
        }
        written.map_err(|_| AlreadyReported(exit::FAILED).into())
    }
}

fn is_failure((_, removed): &(ObjectRef, RemovalOutcome)) -> bool {
    matches!(removed, RemovalOutcome::Failed { .. })
}
