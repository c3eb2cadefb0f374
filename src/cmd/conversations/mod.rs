//! `asst conversations`: the operations on conversations and their items.

mod create;
mod items;
mod list;

use super::{Delete, Get, LazyCommand, Send, columns};
use crate::api::conversations::{CreateConversation, DeleteConversation, GetConversation, UpdateConversation};
use crate::app::App;
use anyhow::Result;

/// Operations on conversations.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the conversations in the ledger
    ///
    /// OpenAI has no endpoint that lists conversations. --remote requests the list of a backend that has one.
    #[command(visible_alias = "ls")]
    List(LazyCommand<list::ListConversations>),
    /// Create a conversation
    ///
    /// OpenAI keeps conversations until they are deleted. A note reminds of this when the first one is created.
    #[command(visible_alias = "new")]
    Create(LazyCommand<Send<CreateConversation>>),
    /// Show conversations
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(LazyCommand<Get<GetConversation>>),
    /// Update the metadata of a conversation
    #[command(visible_alias = "modify")]
    Update(LazyCommand<Send<UpdateConversation>>),
    /// Delete conversations
    #[command(visible_alias = "rm")]
    Delete(LazyCommand<Delete<DeleteConversation>>),
    /// Manage the items of a conversation
    #[command(subcommand, visible_alias = "item")]
    Items(LazyCommand<items::Command>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(LazyCommand(list)) => list.run(app),
            Self::Create(LazyCommand(send)) => create::create(app, send),
            Self::Get(LazyCommand(get)) => get.run(app, columns::CONVERSATIONS),
            Self::Update(LazyCommand(send)) => send.run(app, columns::CONVERSATIONS),
            Self::Delete(LazyCommand(delete)) => delete.run(app),
            Self::Items(LazyCommand(command)) => command.run(app),
        }
    }
}
