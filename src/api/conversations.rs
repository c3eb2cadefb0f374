//! Conversations and their items (docs/protocol/conversations.md).

use super::args::{self, Pair};
use super::details::Foundry;
use super::endpoint::{Body, Nothing, endpoints, paths};
use super::objects::{Conversation, ConversationItem};
use super::paging::{ItemInclude, ItemPaging, Paging};
use super::parts::MetadataChange;
use super::response::{Deleted, Made, One, Page};
use super::rules::{Property, Schema, nullable};
use super::schemas::METADATA;
use serde::{Deserialize, Serialize};
use serde_json::Value;

paths! {
    /// The path of a conversation.
    OfConversation(
        /// ID of the conversation
        conversation_id: ConversationId
    );
    /// The path of an item in a conversation.
    OfConversationItem(
        /// ID of the conversation
        conversation_id: ConversationId,
        /// ID of the item
        item_id: ConversationItemId
    );
}

/// The members of a new conversation.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct ConversationSpec {
    /// First item, {"role":"user","content":"…"} or any other type, or an array of them (repeatable, at most 20)
    #[arg(long, value_name = "JSON|@path", value_parser = args::objects)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Value>>,
    /// Metadata pair (repeatable, at most 16)
    #[arg(long, value_name = "KEY=VALUE")]
    #[serde(with = "args::pairs", skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Vec<Pair>>,
}

impl Body for ConversationSpec {
    fn fold(mut self) -> Self {
        self.items = args::flattened(self.items.take());
        self
    }
}

/// The items to add to a conversation.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct ConversationItemsSpec {
    /// Item to add, {"role":"user","content":"…"} or any other type, or an array of them (repeatable, at most 20)
    #[arg(long, value_name = "JSON|@path", value_parser = args::objects)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Value>>,
}

impl Body for ConversationItemsSpec {
    fn fold(mut self) -> Self {
        self.items = args::flattened(self.items.take());
        self
    }
}

/// Items of any type. The types are open, so only the limit of the number is checked.
const ITEMS: Property = nullable("items", Schema::list(&Schema::Object(&[])));
const FOUNDRY: Foundry = Foundry::never(
    "the newer agents of Foundry have conversations, at the base URL of the project followed by /openai/v1",
);

endpoints! {
    // OpenAI has no such list (docs/protocol/dialects.md#foundry-agents-new).
    ListConversations = "listConversations" "list conversations":
        Read Get "/conversations" Nothing(), Paging, Nothing => Page<Conversation> { foundry: FOUNDRY };
    CreateConversation = "createConversation" "create conversation":
        Once Post "/conversations" Nothing(), Nothing, ConversationSpec => Made<Conversation> {
            members: &[ITEMS, METADATA],
            foundry: FOUNDRY,
        };
    GetConversation = "getConversation" "get conversation":
        Read Get "/conversations/{conversation_id}"
        OfConversation(conversation_id), Nothing, Nothing => One<Conversation> { foundry: FOUNDRY };
    UpdateConversation = "updateConversation" "update conversation":
        Repeatable Post "/conversations/{conversation_id}"
        OfConversation(conversation_id), Nothing, MetadataChange => One<Conversation> {
            members: &[METADATA],
            foundry: FOUNDRY,
        };
    DeleteConversation = "deleteConversation" "delete conversation":
        Repeatable Delete "/conversations/{conversation_id}"
        OfConversation(conversation_id), Nothing, Nothing => Deleted<Conversation> { foundry: FOUNDRY };

    ListConversationItems = "listConversationItems" "list conversation items":
        Read Get "/conversations/{conversation_id}/items"
        OfConversation(conversation_id), ItemPaging, Nothing => Page<ConversationItem> { foundry: FOUNDRY };
    CreateConversationItems = "createConversationItems" "create conversation items":
        Once Post "/conversations/{conversation_id}/items"
        OfConversation(conversation_id), ItemInclude, ConversationItemsSpec => Page<ConversationItem> {
            members: &[ITEMS],
            foundry: FOUNDRY,
        };
    GetConversationItem = "getConversationItem" "get conversation item":
        Read Get "/conversations/{conversation_id}/items/{item_id}"
        OfConversationItem(conversation_id, item_id), ItemInclude, Nothing => One<ConversationItem> {
            foundry: FOUNDRY,
        };
    DeleteConversationItem = "deleteConversationItem" "delete conversation item":
        Repeatable Delete "/conversations/{conversation_id}/items/{item_id}"
        OfConversationItem(conversation_id, item_id), Nothing, Nothing => One<Conversation> { foundry: FOUNDRY };
}
