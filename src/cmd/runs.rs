//! `asst runs`.

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
            Self::SubmitToolOutputs(send) => send.run(app, RUNS),
        }
    }
}
