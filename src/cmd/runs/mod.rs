//! The `asst runs` commands.

mod prune;
mod wait;

use super::{Bare, Get, LazyCommand, List, RunRequest, Send, columns::RUNS};
use crate::api::runs::{CancelRun, CreateRun, GetRun, ListRuns, SubmitToolOutputs, UpdateRun};
use crate::app::App;
use anyhow::Result;

/// Operations on the runs of a thread.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the runs of a thread
    #[command(visible_alias = "ls")]
    List(LazyCommand<List<ListRuns>>),
    /// Run an assistant on a thread
    ///
    /// An assistant is required, either with --assistant-id or in --body.
    ///
    /// The command returns without waiting for the end of the run, unless --wait or --stream is given. With one of
    /// these flags, it shows the answer as text, and its exit code reports how the run ended. With --stream, the text
    /// appears as it arrives.
    ///
    /// -o json shows the run. With --wait, the run includes its messages. --stream -o jsonl shows each event. With
    /// --handler or --handlers, programs answer the tool calls of the run, and the command waits until the run ends.
    #[command(visible_alias = "new")]
    Create(LazyCommand<Box<RunRequest<CreateRun>>>),
    /// Show runs of a thread
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(LazyCommand<Get<GetRun>>),
    /// Update the metadata of a run
    #[command(visible_alias = "modify")]
    Update(LazyCommand<Send<UpdateRun>>),
    /// Cancel a run
    Cancel(LazyCommand<Bare<CancelRun>>),
    /// Cancel stuck runs, each verified at the backend
    ///
    /// A run is stuck if it has not ended after its `expires_at`, or if it has not ended and is older than the grace
    /// period.
    ///
    /// The ledger supplies the candidates: its threads and runs. The command requests the state of each run from the
    /// backend immediately before it cancels the run. All filters must match, and at least one is required.
    Prune(LazyCommand<prune::PruneRuns>),
    /// Submit the outputs of all tool calls that a run waits for
    ///
    /// The command returns without waiting for the rest of the run, unless --wait, --stream, or a handler for further
    /// tool calls is given. These flags work as with `runs create`.
    #[command(visible_alias = "submit")]
    SubmitToolOutputs(LazyCommand<Box<RunRequest<SubmitToolOutputs>>>),
    /// Wait until runs end, and show the answer
    ///
    /// For one run, the command shows the messages of the assistant as text. With -o, it shows the run with its
    /// messages. For several runs, it shows the runs in the order in which they were given.
    ///
    /// Exit codes: 0 completed, 20 failed, 21 incomplete, 22 expired, 23 cancelled, 24 requires action, 25 still
    /// running at --timeout, 8 if several runs ended differently.
    Wait(LazyCommand<wait::WaitRuns>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(LazyCommand(list)) => list.run(app, RUNS),
            Self::Create(LazyCommand(request)) => request.run(app),
            Self::Get(LazyCommand(get)) => get.run(app, RUNS),
            Self::Update(LazyCommand(send)) => send.run(app, RUNS),
            Self::Cancel(LazyCommand(bare)) => bare.run(app, RUNS),
            Self::Prune(LazyCommand(prune)) => prune.run(app),
            Self::SubmitToolOutputs(LazyCommand(request)) => request.run(app),
            Self::Wait(LazyCommand(wait)) => wait.run(app),
        }
    }
}
