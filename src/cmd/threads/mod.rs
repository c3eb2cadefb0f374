//! `asst threads`: the operations of the protocol on threads, and a list from the ledger.

mod list;
mod prune;

use super::{Delete, Get, Go, Later, Send, columns};
use crate::api::threads::{CreateThread, CreateThreadAndRun, DeleteThread, GetThread, UpdateThread};
use crate::app::App;
use anyhow::Result;

/// Operations on threads.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the threads that the ledger knows
    ///
    /// SENT counts the messages that were sent to a thread through asst (member `messages`). Messages that runs or other
    /// programs add are not in it; `asst messages list` reads all of them.
    #[command(visible_alias = "ls")]
    List(Later<list::ListThreads>),
    /// Create a thread
    #[command(visible_alias = "new")]
    Create(Later<Send<CreateThread>>),
    /// Show threads
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(Later<Get<GetThread>>),
    /// Change a thread's metadata or tool resources
    #[command(visible_alias = "modify")]
    Update(Later<Send<UpdateThread>>),
    /// Delete threads with their messages and runs
    #[command(visible_alias = "rm")]
    Delete(Later<Delete<DeleteThread>>),
    /// Delete threads that nobody needs any more, each proven at the backend
    ///
    /// The ledger says which threads there may be; the backend says of each, immediately before it is deleted, what
    /// becomes of it. `orphaned` is a thread without active run, of which nothing is younger than the grace, and which has
    /// neither message nor run, or only runs of assistants that do not exist any more. What is in use stays, and so does
    /// what nobody can tell. Filters narrow that down, all of them must hold, and at least one must be given.
    Prune(Later<Box<prune::PruneThreads>>),
    /// Create a thread and run an assistant on it
    ///
    /// An assistant is required, by --assistant-id or in --body. The command does not wait for the run to end, unless --wait
    /// or --stream is given: then it shows the answer as text, with --stream as it arrives, and its exit code says how the
    /// run ended. -o json shows the run, with its messages where --wait is given; --stream -o jsonl shows each event. With
    /// --handler or --handlers programs answer the calls of the run, which is waited for then.
    #[command(visible_alias = "run")]
    CreateAndRun(Later<Box<Go<CreateThreadAndRun>>>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(Later(list)) => list.run(app),
            Self::Create(Later(send)) => send.run(app, columns::THREADS),
            Self::Get(Later(get)) => get.run(app, columns::THREADS),
            Self::Update(Later(send)) => send.run(app, columns::THREADS),
            Self::Delete(Later(delete)) => delete.run(app),
            Self::Prune(Later(prune)) => prune.run(app),
            Self::CreateAndRun(Later(go)) => go.run(app),
        }
    }
}
