//! `asst conversations items`: the items of a conversation.

use crate::api::conversations::{
    CreateConversationItems, DeleteConversationItem, GetConversationItem, ListConversationItems,
};
use crate::app::App;
use crate::cmd::{Delete, Get, LazyCommand, List, Send, columns};
use anyhow::Result;

/// Operations on the items of a conversation.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the items of a conversation
    #[command(visible_alias = "ls")]
    List(LazyCommand<List<ListConversationItems>>),
    /// Add items to a conversation, at most 20
    ///
    /// Prints the added items. Items are required, either with --items or in --body.
    #[command(visible_alias = "add", alias = "new")]
    Create(LazyCommand<Send<CreateConversationItems>>),
    /// Show items of a conversation
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(LazyCommand<Get<GetConversationItem>>),
    /// Delete items from a conversation, and show the conversation
    #[command(visible_alias = "rm")]
    Delete(LazyCommand<Delete<DeleteConversationItem>>),
}

impl Command {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        match self {
            Self::List(LazyCommand(list)) => list.run(app, columns::CONVERSATION_ITEMS),
            Self::Create(LazyCommand(send)) => send.run_page(app, columns::CONVERSATION_ITEMS),
            Self::Get(LazyCommand(get)) => get.run(app, columns::CONVERSATION_ITEMS),
            // The response is the conversation, not a deletion result.
            Self::Delete(LazyCommand(delete)) => delete.run_with(app, columns::CONVERSATIONS),
        }
    }
}
