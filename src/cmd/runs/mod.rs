//! The `asst runs` commands.

mod prune;
mod wait;

use super::{Bare, Get, Later, List, RunRequest, Send, columns::RUNS};
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
    /// An assistant is required, either with --assistant-id or in --body.
    ///
    /// The command returns without waiting for the end of the run, unless --wait or --stream is given. Then it shows
    /// the answer as text, and the exit code reports how the run ended. With --stream the text appears as it arrives.
    ///
    /// -o json shows the run, with --wait including its messages. --stream -o jsonl shows each event. With --handler or
    /// --handlers, programs answer the calls of the run, and the command waits for it.
    #[command(visible_alias = "new")]
    Create(Later<Box<RunRequest<CreateRun>>>),
    /// Show runs of a thread
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(Later<Get<GetRun>>),
    /// Update the metadata of a run
    #[command(visible_alias = "modify")]
    Update(Later<Send<UpdateRun>>),
    /// Cancel a run
    Cancel(Later<Bare<CancelRun>>),
    /// Cancel stuck runs, each verified at the backend
    ///
    /// A run is stuck if it has not ended after its `expires_at`, or if it has not ended and is older than the grace
    /// period.
    ///
    /// The ledger supplies the candidates: its threads and runs. The backend is asked for the state of each run
    /// immediately before it is cancelled. All filters must match, and at least one is required.
    Prune(Later<prune::PruneRuns>),
    /// Submit the outputs of all tool calls that a run waits for
    ///
    /// The command returns without waiting for the rest of the run, unless --wait, --stream or a handler for further
    /// calls is given, as with `runs create`.
    #[command(visible_alias = "submit")]
    SubmitToolOutputs(Later<Box<RunRequest<SubmitToolOutputs>>>),
    /// Wait until runs end, and show the answer
    ///
    /// For one run, the messages of the assistant are shown as text. With -o, the run with its messages is shown. For
    /// several runs, the runs are shown in the order given.
    ///
    /// Exit codes: 0 completed, 20 failed, 21 incomplete, 22 expired, 23 cancelled, 24 requires action, 25 still
    /// running at --timeout, 8 if several runs ended differently.
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
