//! `asst vector-stores`: the operations on vector stores, their files, and batches of files.

mod batches;
mod files;

use super::{Delete, Get, Later, List, Send, columns};
use crate::api::vector_stores::{
    CreateVectorStore, DeleteVectorStore, GetVectorStore, ListVectorStores, SearchVectorStore, UpdateVectorStore,
};
use crate::app::App;
use anyhow::Result;

/// Operations on vector stores.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List vector stores
    #[command(visible_alias = "ls")]
    List(Later<List<ListVectorStores>>),
    /// Create a vector store
    ///
    /// The command returns before the files of --file-ids are indexed. `vector-stores get` shows how many are.
    #[command(visible_alias = "new")]
    Create(Later<Send<CreateVectorStore>>),
    /// Show vector stores
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(Later<Get<GetVectorStore>>),
    /// Update a vector store
    #[command(visible_alias = "modify")]
    Update(Later<Send<UpdateVectorStore>>),
    /// Delete vector stores (their files remain)
    #[command(visible_alias = "rm")]
    Delete(Later<Delete<DeleteVectorStore>>),
    /// Search the files of a vector store
    ///
    /// Prints the results, best first, each with its file, its score and the text that was found. A query is required,
    /// either with --query or in --body.
    Search(Later<Send<SearchVectorStore>>),
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
            Self::List(Later(list)) => list.run(app, columns::VECTOR_STORES),
            Self::Create(Later(send)) => send.run(app, columns::VECTOR_STORES),
            Self::Get(Later(get)) => get.run(app, columns::VECTOR_STORES),
            Self::Update(Later(send)) => send.run(app, columns::VECTOR_STORES),
            Self::Delete(Later(delete)) => delete.run(app),
            Self::Search(Later(send)) => send.run_page(app, columns::SEARCH_RESULTS),
            Self::Files(Later(command)) => command.run(app),
            Self::Batches(Later(command)) => command.run(app),
        }
    }
}
