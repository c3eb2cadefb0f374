//! The `asst assistants` commands.

use super::cascade::CascadeDelete;
use super::{Get, Later, List, Send, columns::ASSISTANTS};
use crate::api::assistants::{CreateAssistant, DeleteAssistant, GetAssistant, ListAssistants, UpdateAssistant};
use crate::app::App;
use anyhow::Result;

/// Operations on assistants.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List assistants
    #[command(visible_alias = "ls")]
    List(Later<List<ListAssistants>>),
    /// Create an assistant
    ///
    /// A model is required, either with --model or in --body.
    #[command(visible_alias = "new")]
    Create(Later<Box<Send<CreateAssistant>>>),
    /// Show assistants
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(Later<Get<GetAssistant>>),
    /// Update an assistant
    #[command(visible_alias = "modify")]
    Update(Later<Box<Send<UpdateAssistant>>>),
    /// Delete assistants (their threads and files remain)
    ///
    /// --cascade also deletes the vector stores that only these assistants name, and the files that are only in these
    /// vector stores. It reads all assistants, vector stores, and threads, and prints why something stays.
    #[command(visible_alias = "rm")]
    Delete(Later<CascadeDelete<DeleteAssistant>>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(Later(list)) => list.run(app, ASSISTANTS),
            Self::Create(Later(send)) => send.run(app, ASSISTANTS),
            Self::Get(Later(get)) => get.run(app, ASSISTANTS),
            Self::Update(Later(send)) => send.run(app, ASSISTANTS),
            Self::Delete(Later(delete)) => delete.run(app),
        }
    }
}
