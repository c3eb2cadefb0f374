//! The `asst assistants` commands.

use super::{Delete, Get, Later, List, Send, columns::ASSISTANTS};
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
    #[command(visible_alias = "rm")]
    Delete(Later<Delete<DeleteAssistant>>),
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
