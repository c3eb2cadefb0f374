//! `asst conversations`: the operations on conversations and their items.

mod create;
mod items;
mod list;

use super::{Delete, Get, Later, Send, columns};
use crate::api::conversations::{CreateConversation, DeleteConversation, GetConversation, UpdateConversation};
use crate::app::App;
use anyhow::Result;

/// Operations on conversations.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the conversations in the ledger
    ///
    /// OpenAI has no list of conversations. --remote lists those of a backend that has one.
    #[command(visible_alias = "ls")]
    List(Later<list::ListConversations>),
    /// Create a conversation
    ///
    /// OpenAI keeps conversations until they are deleted. A note says so when the first one is created.
    #[command(visible_alias = "new")]
    Create(Later<Send<CreateConversation>>),
    /// Show conversations
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(Later<Get<GetConversation>>),
    /// Update the metadata of a conversation
    #[command(visible_alias = "modify")]
    Update(Later<Send<UpdateConversation>>),
    /// Delete conversations
    #[command(visible_alias = "rm")]
    Delete(Later<Delete<DeleteConversation>>),
    /// Manage the items of a conversation
    #[command(subcommand, visible_alias = "item")]
    Items(Later<items::Command>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(Later(list)) => list.run(app),
            Self::Create(Later(send)) => create::create(app, send),
            Self::Get(Later(get)) => get.run(app, columns::CONVERSATIONS),
            Self::Update(Later(send)) => send.run(app, columns::CONVERSATIONS),
            Self::Delete(Later(delete)) => delete.run(app),
            Self::Items(Later(command)) => command.run(app),
        }
    }
}
