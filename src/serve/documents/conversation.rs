//! Builds new conversations.

use super::members::metadata_of;
use crate::api::Kind;
use crate::api::objects::{Conversation, JsonObject};
use crate::serve::ids;
use serde_json::{Map, Value, json};

/// Returns a new conversation. Its items are separate objects.
pub(in crate::serve) fn create(request: &Map<String, Value>) -> Conversation {
    Conversation::from_literal(json!({
        "id": ids::new(Kind::Conversation),
        "object": "conversation",
        "created_at": ids::now(),
        "metadata": metadata_of(request),
    }))
}
