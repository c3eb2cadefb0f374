//! `asst threads`: the operations of the protocol on threads, and a list from the ledger.

mod list;
mod prune;

use super::cascade::CascadeDelete;
use super::{Get, Later, RunRequest, Send, columns};
use crate::api::threads::{CreateThread, CreateThreadAndRun, DeleteThread, GetThread, UpdateThread};
use crate::app::App;
use anyhow::Result;

/// Operations on threads.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the threads in the ledger
    ///
    /// SENT counts the messages that were sent to a thread through asst (member `messages`). It does not include
    /// messages that runs or other programs added; `asst messages list` reads all of them.
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
    ///
    /// --cascade also deletes the vector stores that only the tool resources of these threads name, and the files that
    /// are only in these vector stores. It reads all assistants, vector stores, and threads, and prints why something
    /// stays.
    #[command(visible_alias = "rm")]
    Delete(Later<CascadeDelete<DeleteThread>>),
    /// Delete unused threads, after checking each at the backend
    ///
    /// The ledger supplies the candidates. Immediately before a thread is deleted, the backend supplies its verdict. A
    /// thread is `orphaned` if it has no active run and nothing in it is younger than the grace period. It must also
    /// have neither messages nor runs, or only runs of assistants that no longer exist. Threads that are in use and
    /// threads with an unknown verdict stay. Filters narrow the selection: all of them must match, and at least one is
    /// required.
    Prune(Later<Box<prune::PruneThreads>>),
    /// Create a thread and run an assistant on it
    ///
    /// An assistant is required, by --assistant-id or in --body. The command does not wait for the run to end, unless
    /// --wait or --stream is given. It then prints the answer as text, with --stream as it arrives, and its exit code
    /// reports how the run ended. -o json prints the run, with its messages if --wait is given; --stream -o jsonl
    /// prints each event. With --handler or --handlers, local programs answer the tool calls of the run, and the
    /// command waits for the run too.
    #[command(visible_alias = "run")]
    CreateAndRun(Later<Box<RunRequest<CreateThreadAndRun>>>),
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
