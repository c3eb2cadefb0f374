//! The `asst runs` commands.

mod prune;
mod wait;

use super::{Bare, Get, Go, Later, List, Send, columns::RUNS};
use crate::api::runs::{CancelRun, CreateRun, GetRun, ListRuns, SubmitToolOutputs, UpdateRun};
use crate::app::App;
use anyhow::Result;

/// Operations on the runs of a thread.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the runs of a thread
    #[command(visible_alias = "ls")]
    List(Later<List<ListRuns>>),
    /// Run an assistant on a thread
    ///
    /// An assistant is required, by --assistant-id or in --body. The command does not wait for the run to end, unless --wait
    /// or --stream is given: then it shows the answer as text, with --stream as it arrives, and its exit code says how the
    /// run ended. -o json shows the run, with its messages where --wait is given; --stream -o jsonl shows each event. With
    /// --handler or --handlers programs answer the calls of the run, which is waited for then.
    #[command(visible_alias = "new")]
    Create(Later<Box<Go<CreateRun>>>),
    /// Show runs of a thread
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(Later<Get<GetRun>>),
    /// Change a run's metadata
    #[command(visible_alias = "modify")]
    Update(Later<Send<UpdateRun>>),
    /// Cancel a run
    Cancel(Later<Bare<CancelRun>>),
    /// Cancel runs that are stuck, each proven at the backend
    ///
    /// Stuck is a run that has not ended after its `expires_at`, or that is older than the grace and has not ended. The
    /// runs come from the threads and runs that the ledger knows, and how they are from the backend, which is asked
    /// immediately before. Filters narrow that down, all of them must hold, and at least one must be given.
    Prune(Later<prune::PruneRuns>),
    /// Give a waiting run the outputs of all its calls
    ///
    /// The command does not wait for what follows, unless --wait, --stream or a handler for further calls is given, as with
    /// `runs create`.
    #[command(visible_alias = "submit")]
    SubmitToolOutputs(Later<Box<Go<SubmitToolOutputs>>>),
    /// Wait until runs end, and show the answer
    ///
    /// Of one run the assistant's messages are shown as text, or the run with its messages where -o names a form; of
    /// several the runs, in the order given. The exit code says how they ended: 0 completed, 20 failed, 21 incomplete, 22
    /// expired, 23 cancelled, 24 requires action, 25 still going at --timeout, 8 where they ended differently.
    Wait(Later<wait::WaitRuns>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(Later(list)) => list.run(app, RUNS),
            Self::Create(Later(go)) => go.run(app),
            Self::Get(Later(get)) => get.run(app, RUNS),
            Self::Update(Later(send)) => send.run(app, RUNS),
            Self::Cancel(Later(bare)) => bare.run(app, RUNS),
            Self::Prune(Later(prune)) => prune.run(app),
            Self::SubmitToolOutputs(Later(go)) => go.run(app),
            Self::Wait(Later(wait)) => wait.run(app),
        }
    }
}
