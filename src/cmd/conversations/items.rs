//! `asst conversations items`: the items of a conversation.

use crate::api::conversations::{
    CreateConversationItems, DeleteConversationItem, GetConversationItem, ListConversationItems,
};
use crate::app::App;
use crate::cmd::{Delete, Get, Later, List, Send, columns};
use anyhow::Result;

/// Operations on the items of a conversation.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the items of a conversation
    #[command(visible_alias = "ls")]
    List(Later<List<ListConversationItems>>),
    /// Add items to a conversation, at most 20
    ///
    /// Prints the added items. Items are required, either with --items or in --body.
    #[command(visible_alias = "add", alias = "new")]
    Create(Later<Send<CreateConversationItems>>),
    /// Show items of a conversation
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(Later<Get<GetConversationItem>>),
    /// Delete items from a conversation, and show the conversation
    #[command(visible_alias = "rm")]
    Delete(Later<Delete<DeleteConversationItem>>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(Later(list)) => list.run(app, columns::CONVERSATION_ITEMS),
            Self::Create(Later(send)) => send.run_page(app, columns::CONVERSATION_ITEMS),
            Self::Get(Later(get)) => get.run(app, columns::CONVERSATION_ITEMS),
            // The response is the conversation, not a deletion result.
            Self::Delete(Later(delete)) => delete.run_with(app, columns::CONVERSATIONS),
        }
    }
}
