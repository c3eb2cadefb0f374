//! `asst vector-stores batches`: batches of files that are added to a vector store.

use super::waiting::{GetAndWait, SendAndWait};
use crate::api::vector_stores::{CancelFileBatch, CreateFileBatch, GetFileBatch, ListFileBatchFiles};
use crate::app::App;
use crate::cmd::{Bare, LazyCommand, List, columns};
use anyhow::Result;

/// Operations on batches of files.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add uploaded files to a vector store in one batch
    ///
    /// The command returns before the files are indexed, unless --wait is given. `vector-stores batches get` shows how
    /// many files are indexed. Files are required, with --file-ids, with --files or in --body.
    ///
    /// No endpoint lists batches. `ledger list --kind file_batch` lists the batches that asst created.
    #[command(visible_alias = "new")]
    Create(LazyCommand<SendAndWait<CreateFileBatch>>),
    /// Show batches of files
    ///
    /// With --wait, the command first waits until the files of the batches are indexed, and then shows the batches.
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(LazyCommand<GetAndWait<GetFileBatch>>),
    /// Cancel a batch of files
    Cancel(LazyCommand<Bare<CancelFileBatch>>),
    /// List the files of a batch
    ///
    /// --filter failed lists only the files that could not be indexed.
    Files(LazyCommand<List<ListFileBatchFiles>>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::Create(LazyCommand(send)) => send.run(app, columns::FILE_BATCHES),
            Self::Get(LazyCommand(get)) => get.run(app, columns::FILE_BATCHES),
            Self::Cancel(LazyCommand(bare)) => bare.run(app, columns::FILE_BATCHES),
            Self::Files(LazyCommand(list)) => list.run(app, columns::VECTOR_STORE_FILES),
        }
    }
}
