//! `asst runs wait`: waits until existing runs end.

use crate::api::Nothing;
use crate::api::runs::{GetRun, OfRun};
use crate::app::{App, Call, Cardinality, DryRun, Payload};
use crate::cmd::columns::RUNS;
use crate::cmd::handlers::HandlerFlags;
use crate::cmd::request::Ids;
use crate::cmd::run_request::FollowFlags;
use crate::runs::{ActionFuture, FollowMode, RunStart, ShownResult, follow, follow_all, leave_waiting};
use anyhow::Result;

/// The runs to wait for.
#[derive(Debug, clap::Args)]
pub struct WaitRuns {
    #[command(flatten)]
    ids: Ids<GetRun>,
    #[command(flatten)]
    follow_flags: FollowFlags,
    #[command(flatten)]
    handlers: HandlerFlags,
}

impl WaitRuns {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        let given = self.ids.paths(app)?;
        app.check_output(RUNS)?;
        let handlers = self.handlers.prepare(app)?;
        let call = |path: &OfRun| Call::of::<GetRun>(path, &Nothing {}, Payload::None);
        given.paths.iter().try_for_each(|path| app.check(&call(path)))?;
        if app.options().dry_run != DryRun::Off {
            return given.paths.iter().try_for_each(|path| app.dry(&call(path)).map(drop));
        }
        let options = self.follow_flags.options(FollowMode::Poll);
        let mut paths = given.paths;
        let handler = |run| -> ActionFuture<'_> {
            match &handlers {
                Some(handlers) => Box::pin(handlers.respond(run)),
                None => leave_waiting(run),
            }
        };
        match (given.cardinality, paths.pop()) {
            (Cardinality::One, Some(path)) => {
                let mut handler = handler;
                follow(app, RUNS, RunStart::Existing(path), options, ShownResult::RunWithMessages, Some(&mut handler))
            }
            (_, last) => {
                paths.extend(last);
                follow_all(app, RUNS, paths, options, ShownResult::RunWithMessages, &handler)
            }
        }
    }
}
