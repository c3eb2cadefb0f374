//! `asst vector-stores batches`: batches of files that are added to a vector store.

use crate::api::vector_stores::{CancelFileBatch, CreateFileBatch, GetFileBatch, ListFileBatchFiles};
use crate::app::App;
use crate::cmd::{Bare, Get, Later, List, Send, columns};
use anyhow::Result;

/// Operations on batches of files.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add uploaded files to a vector store in one batch
    ///
    /// The command returns before the files are indexed. `vector-stores batches get` shows how many are. Files are
    /// required, with --file-ids, with --files or in --body.
    #[command(visible_alias = "new")]
    Create(Later<Send<CreateFileBatch>>),
    /// Show batches of files
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(Later<Get<GetFileBatch>>),
    /// Cancel a batch of files
    Cancel(Later<Bare<CancelFileBatch>>),
    /// List the files of a batch
    ///
    /// --filter failed lists those that could not be indexed.
    Files(Later<List<ListFileBatchFiles>>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::Create(Later(send)) => send.run(app, columns::FILE_BATCHES),
            Self::Get(Later(get)) => get.run(app, columns::FILE_BATCHES),
            Self::Cancel(Later(bare)) => bare.run(app, columns::FILE_BATCHES),
            Self::Files(Later(list)) => list.run(app, columns::VECTOR_STORE_FILES),
        }
    }
}
