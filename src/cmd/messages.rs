//! The `asst messages` commands.

use super::{Delete, Get, LazyCommand, List, Send, columns::MESSAGES};
use crate::api::messages::{CreateMessage, DeleteMessage, GetMessage, ListMessages, UpdateMessage};
use crate::app::App;
use anyhow::Result;

/// Operations on the messages of a thread.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the messages of a thread
    #[command(visible_alias = "ls")]
    List(LazyCommand<List<ListMessages>>),
    /// Add a message to a thread
    ///
    /// Content is required, either with one of the content flags or in --body.
    #[command(visible_alias = "new")]
    Create(LazyCommand<Box<Send<CreateMessage>>>),
    /// Show messages of a thread
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(LazyCommand<Get<GetMessage>>),
    /// Update the metadata of a message
    #[command(visible_alias = "modify")]
    Update(LazyCommand<Send<UpdateMessage>>),
    /// Delete messages of a thread
    #[command(visible_alias = "rm")]
    Delete(LazyCommand<Delete<DeleteMessage>>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(LazyCommand(list)) => list.run(app, MESSAGES),
            Self::Create(LazyCommand(send)) => send.run(app, MESSAGES),
            Self::Get(LazyCommand(get)) => get.run(app, MESSAGES),
            Self::Update(LazyCommand(send)) => send.run(app, MESSAGES),
            Self::Delete(LazyCommand(delete)) => delete.run(app),
        }
    }
}
