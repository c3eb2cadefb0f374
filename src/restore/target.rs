//! The requests that create an object at the target, add to it, and list its contents.

use super::options::{Conversion, TargetForm};
use crate::api::conversations::{
    CreateConversation, CreateConversationItems, ListConversationItems, ListConversations, OfConversation,
};
use crate::api::messages::{CreateMessage, ListMessages};
use crate::api::paging::{ItemPaging, MessagePaging, Order, Paging};
use crate::api::parts::OfThread;
use crate::api::threads::{CreateThread, ListThreads};
use crate::api::{Kind, Nothing};
use crate::app::Call;
use crate::client::Payload;
use crate::exit::CallFailed;
use anyhow::Result;
use serde_json::{Map, Value};
use std::time::Duration;

/// The maximum number of messages of a request that creates a thread (docs/protocol/objects.md#limits-and-defaults).
const FIRST_MESSAGES: usize = 32;
/// The maximum number of items of one request (docs/protocol/conversations.md#endpoints).
const ITEMS_PER_REQUEST: usize = 20;
/// The size of the messages or items of one request in bytes, beyond which no further one is added. A single one may be
/// larger.
pub(super) const REQUEST_BYTES: usize = 4 << 20;

/// How long a request whose response was lost may still be in progress at the backend.
pub(super) const IN_PROGRESS: Duration = Duration::from_secs(2);

/// The kind of object that a restore creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target(TargetForm);

impl Target {
    pub(super) const fn of(conversion: &Conversion) -> Self {
        Self(conversion.form)
    }

    /// Returns the kind of the new object.
    pub(super) const fn kind(self) -> Kind {
        match self.0 {
            TargetForm::Threads => Kind::Thread,
            TargetForm::Conversations => Kind::Conversation,
        }
    }

    /// Returns the noun for what the object contains.
    pub(super) const fn part_noun(self) -> &'static str {
        match self.0 {
            TargetForm::Threads => "message",
            TargetForm::Conversations => "item",
        }
    }

    /// Returns `true` if a request failed because the target no longer has the object.
    pub(super) fn is_gone(self, error: &anyhow::Error, id: &str) -> bool {
        let source = error.downcast_ref::<CallFailed>().map(|failed| &failed.source);
        source.is_some_and(|source| source.reports_missing(self.kind(), id))
    }

    /// Returns the number of messages or items that the request to create the object may have.
    ///
    /// A conversation is created empty: if the response is lost and the backend has no list of conversations, an empty
    /// one is left behind, and not one with contents.
    pub(super) const fn first_limit(self) -> usize {
        match self.0 {
            TargetForm::Threads => FIRST_MESSAGES,
            TargetForm::Conversations => 0,
        }
    }

    /// Returns the number of messages or items that one further request may add.
    pub(super) const fn add_limit(self) -> usize {
        match self.0 {
            TargetForm::Threads => 1,
            TargetForm::Conversations => ITEMS_PER_REQUEST,
        }
    }

    /// Returns the request that creates the object.
    pub(super) fn create(self, first: Vec<Value>, mut members: Map<String, Value>) -> Call {
        if !first.is_empty() {
            let name = if self.0 == TargetForm::Threads { "messages" } else { "items" };
            members.insert(name.to_owned(), first.into());
        }
        let body = Payload::Json(members);
        match self.0 {
            TargetForm::Threads => Call::of::<CreateThread>(&Nothing {}, &Nothing {}, body),
            TargetForm::Conversations => Call::of::<CreateConversation>(&Nothing {}, &Nothing {}, body),
        }
    }

    /// Returns the request that adds messages or items. A thread takes one message.
    pub(super) fn add(self, id: &str, mut items: Vec<Map<String, Value>>) -> Result<Call> {
        Ok(match self.0 {
            TargetForm::Threads => {
                let body = Payload::Json(items.pop().unwrap_or_default());
                Call::of::<CreateMessage>(&OfThread { thread_id: id.parse()? }, &Nothing {}, body)
            }
            TargetForm::Conversations => {
                let items: Vec<Value> = items.into_iter().map(Value::Object).collect();
                let body = Payload::Json(Map::from_iter([("items".to_owned(), items.into())]));
                let path = OfConversation { conversation_id: id.parse()? };
                Call::of::<CreateConversationItems>(&path, &Default::default(), body)
            }
        })
    }

    /// Returns the request that lists the messages or items, oldest first.
    pub(super) fn list(self, id: &str) -> Result<Call> {
        let order = Some(Order::Asc);
        Ok(match self.0 {
            TargetForm::Threads => {
                let query = MessagePaging { paging: Paging { order, ..Paging::default() }, ..MessagePaging::default() };
                Call::of::<ListMessages>(&OfThread { thread_id: id.parse()? }, &query, Payload::None)
            }
            TargetForm::Conversations => {
                let query = ItemPaging { order, ..ItemPaging::default() };
                let path = OfConversation { conversation_id: id.parse()? };
                Call::of::<ListConversationItems>(&path, &query, Payload::None)
            }
        })
    }

    /// Returns the request that lists the objects of this kind, newest first.
    pub(super) fn list_objects(self) -> Call {
        let query = Paging { order: Some(Order::Desc), ..Paging::default() };
        match self.0 {
            TargetForm::Threads => Call::of::<ListThreads>(&Nothing {}, &query, Payload::None),
            TargetForm::Conversations => Call::of::<ListConversations>(&Nothing {}, &query, Payload::None),
        }
    }
}
