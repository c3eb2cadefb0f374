//! The `asst assistants` commands.

use super::cascade::CascadeDelete;
use super::{Get, LazyCommand, List, Send, columns::ASSISTANTS};
use crate::api::assistants::{CreateAssistant, DeleteAssistant, GetAssistant, ListAssistants, UpdateAssistant};
use crate::app::App;
use anyhow::Result;

/// Operations on assistants.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List assistants
    #[command(visible_alias = "ls")]
    List(LazyCommand<List<ListAssistants>>),
    /// Create an assistant
    ///
    /// A model is required, either with --model or in --body.
    #[command(visible_alias = "new")]
    Create(LazyCommand<Box<Send<CreateAssistant>>>),
    /// Show assistants
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(LazyCommand<Get<GetAssistant>>),
    /// Update an assistant
    #[command(visible_alias = "modify")]
    Update(LazyCommand<Box<Send<UpdateAssistant>>>),
    /// Delete assistants (their threads and files remain)
    ///
    /// --cascade also deletes the vector stores that only these assistants name, and the files that are only in these
    /// vector stores. It reads all assistants, vector stores, threads, and conversations, and prints why an object is
    /// kept.
    #[command(visible_alias = "rm")]
    Delete(LazyCommand<CascadeDelete<DeleteAssistant>>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(LazyCommand(list)) => list.run(app, ASSISTANTS),
            Self::Create(LazyCommand(send)) => send.run(app, ASSISTANTS),
            Self::Get(LazyCommand(get)) => get.run(app, ASSISTANTS),
            Self::Update(LazyCommand(send)) => send.run(app, ASSISTANTS),
            Self::Delete(LazyCommand(delete)) => delete.run(app),
        }
    }
}
