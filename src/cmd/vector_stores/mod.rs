//! `asst vector-stores`: the operations on vector stores, their files, and batches of files.

mod batches;
mod files;
mod list;
mod prune;
mod search;
mod sync;
mod waiting;

use super::cascade::CascadeDelete;
use super::{LazyCommand, Send, columns};
use crate::api::vector_stores::{CreateVectorStore, DeleteVectorStore, GetVectorStore, UpdateVectorStore};
use crate::app::App;
use anyhow::Result;
use waiting::{GetAndWait, SendAndWait};

/// Operations on vector stores.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List vector stores
    ///
    /// Tables show the price of each vector store per month, computed from its bytes and --storage-price. The first GB
    /// of an account is free, but this price does not consider it. `asst ledger stats` shows the total of all vector
    /// stores.
    #[command(visible_alias = "ls")]
    List(LazyCommand<list::ListStores>),
    /// Create a vector store
    ///
    /// The command returns before the files of --file-ids are indexed, unless --wait is given. `vector-stores get`
    /// shows how many files are indexed.
    #[command(visible_alias = "new")]
    Create(LazyCommand<SendAndWait<CreateVectorStore>>),
    /// Show vector stores
    ///
    /// With --wait, the command first waits until the files of the vector stores are indexed, and then shows the vector
    /// stores.
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(LazyCommand<GetAndWait<GetVectorStore>>),
    /// Update a vector store
    #[command(visible_alias = "modify")]
    Update(LazyCommand<Send<UpdateVectorStore>>),
    /// Delete vector stores (their files remain)
    ///
    /// --cascade also deletes the files that are only in these vector stores. It reads all assistants, vector stores,
    /// threads, and conversations, and prints why a file stays.
    #[command(visible_alias = "rm")]
    Delete(LazyCommand<CascadeDelete<DeleteVectorStore>>),
    /// Delete unused vector stores, after checking each at the backend (their files remain)
    ///
    /// All filters must match, and at least one is required. A vector store is kept if it was created or used within
    /// the grace period, if its files are being indexed, or if the backend does not state when it was last used.
    /// Vector stores of a manifest are kept too. --unattached reads all assistants, threads with messages and runs, and
    /// conversations, and keeps each vector store that one of them names.
    Prune(LazyCommand<prune::PruneVectorStores>),
    /// Search the files of a vector store
    ///
    /// Prints the results, best first, each with its file, its score and the text that was found. A query is required,
    /// either with --query or in --body.
    ///
    /// --filter selects files by their attributes: `team = "hr" and (year >= 2024 or state not in ("draft", "old"))`.
    /// `and` binds more tightly than `or`. Texts are in quotation marks. At the embedded server, a comparison with an
    /// attribute that a file lacks never matches.
    Search(LazyCommand<search::SearchStore>),
    /// Keep the files of a vector store equal to those of folders
    ///
    /// The command uploads new and changed files, attaches them in batches, and waits until they are indexed. Then it
    /// removes the old versions, and the files that are no longer in the folders. It identifies its files by the
    /// attributes asst_path and asst_sha256, so files that other programs attached are not touched. An interrupted sync
    /// continues when the same command runs again.
    Sync(LazyCommand<sync::SyncFolders>),
    /// Manage the files in a vector store
    #[command(subcommand, visible_alias = "file")]
    Files(LazyCommand<files::Command>),
    /// Add files to a vector store in batches
    #[command(subcommand, visible_alias = "batch")]
    Batches(LazyCommand<batches::Command>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(LazyCommand(list)) => list.run(app),
            Self::Create(LazyCommand(send)) => send.run(app, columns::VECTOR_STORES),
            Self::Get(LazyCommand(get)) => get.run(app, columns::VECTOR_STORES),
            Self::Update(LazyCommand(send)) => send.run(app, columns::VECTOR_STORES),
            Self::Delete(LazyCommand(delete)) => delete.run(app),
            Self::Prune(LazyCommand(prune)) => prune.run(app),
            Self::Search(LazyCommand(search)) => search.run(app),
            Self::Sync(LazyCommand(sync)) => sync.run(app),
            Self::Files(LazyCommand(command)) => command.run(app),
            Self::Batches(LazyCommand(command)) => command.run(app),
        }
    }
}
