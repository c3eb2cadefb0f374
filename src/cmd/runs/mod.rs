//! `asst runs`.

mod prune;

use super::{Bare, Get, List, Send, columns::RUNS};
use crate::api::runs::{CancelRun, CreateRun, GetRun, ListRuns, SubmitToolOutputs, UpdateRun};
use crate::app::App;
use anyhow::Result;

/// Operations on the runs of a thread.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the runs of a thread
    #[command(visible_alias = "ls")]
    List(List<ListRuns>),
    /// Run an assistant on a thread
    ///
    /// An assistant is required, by --assistant-id or in --body. The command does not wait for the run to end.
    #[command(visible_alias = "new")]
    Create(Box<Send<CreateRun>>),
    /// Show runs of a thread
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(Get<GetRun>),
    /// Change a run's metadata
    #[command(visible_alias = "modify")]
    Update(Send<UpdateRun>),
    /// Cancel a run
    Cancel(Bare<CancelRun>),
    /// Cancel runs that are stuck, each proven at the backend
    ///
    /// Stuck is a run that has not ended after its `expires_at`, or that is older than the grace and has not ended. The
    /// runs come from the threads and runs that the ledger knows, and how they are from the backend, which is asked
    /// immediately before. Filters narrow that down, all of them must hold, and at least one must be given.
    Prune(prune::PruneRuns),
    /// Give a waiting run the outputs of all its calls
    #[command(visible_alias = "submit")]
    SubmitToolOutputs(Send<SubmitToolOutputs>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(list) => list.run(app, RUNS),
            Self::Create(send) => send.run(app, RUNS),
            Self::Get(get) => get.run(app, RUNS),
            Self::Update(send) => send.run(app, RUNS),
            Self::Cancel(bare) => bare.run(app, RUNS),
            Self::Prune(prune) => prune.run(app),
            Self::SubmitToolOutputs(send) => send.run(app, RUNS),
        }
    }
}
