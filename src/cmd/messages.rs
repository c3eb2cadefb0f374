//! The `asst messages` commands.

use super::{Delete, Get, Later, List, Send, columns::MESSAGES};
use crate::api::messages::{CreateMessage, DeleteMessage, GetMessage, ListMessages, UpdateMessage};
use crate::app::App;
use anyhow::Result;

/// Operations on the messages of a thread.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the messages of a thread
    #[command(visible_alias = "ls")]
    List(Later<List<ListMessages>>),
    /// Add a message to a thread
    ///
    /// Content is required, either with one of the content flags or in --body.
    #[command(visible_alias = "new")]
    Create(Later<Box<Send<CreateMessage>>>),
    /// Show messages of a thread
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(Later<Get<GetMessage>>),
    /// Update the metadata of a message
    #[command(visible_alias = "modify")]
    Update(Later<Send<UpdateMessage>>),
    /// Delete messages of a thread
    #[command(visible_alias = "rm")]
    Delete(Later<Delete<DeleteMessage>>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(Later(list)) => list.run(app, MESSAGES),
            Self::Create(Later(send)) => send.run(app, MESSAGES),
            Self::Get(Later(get)) => get.run(app, MESSAGES),
            Self::Update(Later(send)) => send.run(app, MESSAGES),
            Self::Delete(Later(delete)) => delete.run(app),
        }
    }
}
