//! `asst threads`: the operations of the protocol on threads, and a list from the ledger.

mod list;
mod prune;

use super::cascade::CascadeDelete;
use super::{Get, LazyCommand, RunRequest, Send, columns};
use crate::api::threads::{CreateThread, CreateThreadAndRun, DeleteThread, GetThread, UpdateThread};
use crate::app::App;
use anyhow::Result;

/// Operations on threads.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the threads in the ledger
    ///
    /// The column SENT (member `messages`) has the number of messages that were sent to a thread through asst. It does
    /// not include messages that runs or other programs added. `asst messages list` lists all messages.
    #[command(visible_alias = "ls")]
    List(LazyCommand<list::ListThreads>),
    /// Create a thread
    #[command(visible_alias = "new")]
    Create(LazyCommand<Send<CreateThread>>),
    /// Show threads
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(LazyCommand<Get<GetThread>>),
    /// Change a thread's metadata or tool resources
    #[command(visible_alias = "modify")]
    Update(LazyCommand<Send<UpdateThread>>),
    /// Delete threads with their messages and runs
    ///
    /// --cascade also deletes the vector stores that only the tool resources of these threads name, and the files that
    /// are only in these vector stores. It reads all assistants, vector stores, threads, and conversations, and prints
    /// why an object is kept.
    #[command(visible_alias = "rm")]
    Delete(LazyCommand<CascadeDelete<DeleteThread>>),
    /// Delete unused threads, after checking each at the backend
    ///
    /// The ledger supplies the candidates. Immediately before the command deletes a thread, it checks the thread at the
    /// backend. A thread is `orphaned` if it has no active run and nothing in it is younger than the grace period. It
    /// must also have neither messages nor runs, or only runs of assistants that no longer exist. Threads that are in
    /// use and threads with an unknown verdict are kept. All filters must match, and at least one is required.
    Prune(LazyCommand<Box<prune::PruneThreads>>),
    /// Create a thread and run an assistant on it
    ///
    /// An assistant is required, either with --assistant-id or in --body.
    ///
    /// The command returns without waiting for the end of the run, unless --wait or --stream is given. With one of
    /// these flags, it shows the answer as text, and its exit code reports how the run ended. With --stream, the text
    /// appears as it arrives.
    ///
    /// -o json shows the run. With --wait, the run includes its messages. --stream -o jsonl shows each event. With
    /// --handler or --handlers, programs answer the tool calls of the run, and the command waits until the run ends.
    #[command(visible_alias = "run")]
    CreateAndRun(LazyCommand<Box<RunRequest<CreateThreadAndRun>>>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(LazyCommand(list)) => list.run(app),
            Self::Create(LazyCommand(send)) => send.run(app, columns::THREADS),
            Self::Get(LazyCommand(get)) => get.run(app, columns::THREADS),
            Self::Update(LazyCommand(send)) => send.run(app, columns::THREADS),
            Self::Delete(LazyCommand(delete)) => delete.run(app),
            Self::Prune(LazyCommand(prune)) => prune.run(app),
            Self::CreateAndRun(LazyCommand(request)) => request.run(app),
        }
    }
}
