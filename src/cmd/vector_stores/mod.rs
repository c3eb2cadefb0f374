//! `asst vector-stores`: the operations on vector stores, their files, and batches of files.

mod batches;
mod files;
mod list;
mod prune;
mod search;
mod sync;
mod waiting;

use super::cascade::CascadeDelete;
use super::{Later, Send, columns};
use crate::api::vector_stores::{CreateVectorStore, DeleteVectorStore, GetVectorStore, UpdateVectorStore};
use crate::app::App;
use anyhow::Result;
use waiting::{GetAndWait, SendAndWait};

/// Operations on vector stores.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List vector stores
    ///
    /// Tables have the price of each vector store per month, by its bytes and --storage-price. It does not subtract the
    /// GB that is free for each account. `asst ledger stats` adds up all vector stores.
    #[command(visible_alias = "ls")]
    List(Later<list::ListStores>),
    /// Create a vector store
    ///
    /// The command returns before the files of --file-ids are indexed, unless --wait is given. `vector-stores get` shows
    /// how many are.
    #[command(visible_alias = "new")]
    Create(Later<SendAndWait<CreateVectorStore>>),
    /// Show vector stores
    ///
    /// With --wait, shows them when their files are indexed.
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(Later<GetAndWait<GetVectorStore>>),
    /// Update a vector store
    #[command(visible_alias = "modify")]
    Update(Later<Send<UpdateVectorStore>>),
    /// Delete vector stores (their files remain)
    ///
    /// --cascade also deletes the files that are only in these vector stores. It reads all assistants, vector stores,
    /// and threads, and prints why a file stays.
    #[command(visible_alias = "rm")]
    Delete(Later<CascadeDelete<DeleteVectorStore>>),
    /// Delete unused vector stores, after checking each at the backend (their files remain)
    ///
    /// All filters must match, and at least one is required. A vector store stays if it was created or used within the
    /// grace period, if files are being indexed, or if the backend does not state when it was last used. --unattached
    /// reads all assistants and threads, with messages and runs, and keeps what any of them names.
    Prune(Later<prune::PruneVectorStores>),
    /// Search the files of a vector store
    ///
    /// Prints the results, best first, each with its file, its score and the text that was found. A query is required,
    /// either with --query or in --body.
    ///
    /// --filter selects files by their attributes: `team = "hr" and (year >= 2024 or state not in ("draft", "old"))`.
    /// `and` binds more tightly than `or`. Texts are in quotation marks. A file without the attribute never matches at
    /// the embedded server.
    Search(Later<search::Search>),
    /// Keep the files of a vector store equal to those of folders
    ///
    /// Uploads new and changed files, attaches them in batches, and waits until they are indexed. Then it removes the
    /// old versions, and the files that the folders lack. The attributes asst_path and asst_sha256 identify the files, so
    /// files of others are not touched. An interrupted sync continues when the same command runs again.
    Sync(Later<sync::Sync>),
    /// Manage the files in a vector store
    #[command(subcommand, visible_alias = "file")]
    Files(Later<files::Command>),
    /// Add files to a vector store in batches
    #[command(subcommand, visible_alias = "batch")]
    Batches(Later<batches::Command>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(Later(list)) => list.run(app),
            Self::Create(Later(send)) => send.run(app, columns::VECTOR_STORES),
            Self::Get(Later(get)) => get.run(app, columns::VECTOR_STORES),
            Self::Update(Later(send)) => send.run(app, columns::VECTOR_STORES),
            Self::Delete(Later(delete)) => delete.run(app),
            Self::Prune(Later(prune)) => prune.run(app),
            Self::Search(Later(search)) => search.run(app),
            Self::Sync(Later(sync)) => sync.run(app),
            Self::Files(Later(command)) => command.run(app),
            Self::Batches(Later(command)) => command.run(app),
        }
    }
}
