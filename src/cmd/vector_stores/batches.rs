//! `asst vector-stores batches`: batches of files that are added to a vector store.

use super::waiting::{GetAndWait, SendAndWait};
use crate::api::vector_stores::{CancelFileBatch, CreateFileBatch, GetFileBatch, ListFileBatchFiles};
use crate::app::App;
use crate::cmd::{Bare, Later, List, columns};
use anyhow::Result;

/// Operations on batches of files.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add uploaded files to a vector store in one batch
    ///
    /// The command returns before the files are indexed, unless --wait is given. `vector-stores batches get` shows how
    /// many are. Files are required, with --file-ids, with --files or in --body.
    ///
    /// No endpoint lists batches. `ledger list --kind file_batch` shows those that asst created.
    #[command(visible_alias = "new")]
    Create(Later<SendAndWait<CreateFileBatch>>),
    /// Show batches of files
    ///
    /// With --wait, shows them when their files are indexed.
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(Later<GetAndWait<GetFileBatch>>),
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
