//! Builds new items of conversations (docs/protocol/conversations.md). An item is stored with all members of the
//! request. The server adds an ID, a status, and the members that responses always contain.

mod include;
mod message;
mod types;

pub(in crate::serve) use include::Include;

use crate::api::Kind;
use crate::api::check::{InvalidRequest, Type};
use crate::api::ids as id_rules;
use crate::api::objects::{ConversationItem, ItemStatus, ItemType, JsonObject, OpenEnum};
use crate::serve::error::ErrorResponse;
use crate::serve::ids;
use crate::serve::store::{Batch, NewObject, Store};
use serde_json::{Map, Value};

/// The maximum number of characters of an item ID, and of a `call_id` (docs/protocol/conversations.md#errors).
const MAX_ID_CHARS: usize = 64;

/// Items that are about to be added to a conversation.
#[derive(Debug, Default)]
pub(in crate::serve) struct NewItems(Vec<NewItem>);

#[derive(Debug)]
struct NewItem {
    item: ConversationItem,
    /// The type and the `call_id` of an item that is a tool call. The output of the call is matched to it by this
    /// label.
    label: Option<String>,
}

impl NewItems {
    /// Builds the items in the body of a request.
    ///
    /// # Errors
    /// Returns an error if an item violates a rule of the protocol, if its ID is invalid or in use, or if it is an
    /// output without its call.
    pub(in crate::serve) async fn from_request(
        store: &Store,
        conversation: &str,
        request: &Map<String, Value>,
    ) -> Result<Self, ErrorResponse> {
        let mut items = Self::default();
        for (n, given) in request.get("items").and_then(Value::as_array).into_iter().flatten().enumerate() {
            let param = format!("items[{n}]");
            let empty = Map::new();
            let given = given.as_object().unwrap_or(&empty);
            let kind = kind_of(given, &param)?;
            if kind == ItemType::ItemReference.name() {
                return Err(items.refuse_reference(store, conversation, given, &param).await?);
            }
            if let Some(id) = given_id(given, kind, &param)? {
                items.check_id_is_free(store, conversation, id, &param).await?;
            }
            items.check_call(store, conversation, given, kind, &param).await?;
            items.0.push(NewItem::new(given, kind, &param)?);
        }
        Ok(items)
    }

    /// Adds the items to a batch, in their order.
    pub(in crate::serve) fn insert(&self, conversation: &str, batch: Batch) -> Batch {
        self.0.iter().fold(batch, |batch, NewItem { item, label }| {
            batch.insert(&NewObject { parent: conversation, label: label.as_deref(), ..NewObject::top(item) })
        })
    }

    /// Returns the ID and the JSON text of each item, in the form in which a page contains them.
    pub(in crate::serve) fn rows(self, include: &Include) -> Vec<(String, String)> {
        let row = |NewItem { mut item, .. }: NewItem| {
            include.apply(item.as_map_mut());
            (item.id().or_default().to_owned(), item.to_json())
        };
        self.0.into_iter().map(row).collect()
    }

    fn has(&self, id: &str) -> bool {
        self.0.iter().any(|new| new.item.id().valid() == Some(id))
    }

    /// Checks that no object has this ID.
    async fn check_id_is_free(
        &self,
        store: &Store,
        conversation: &str,
        id: &str,
        param: &str,
    ) -> Result<(), ErrorResponse> {
        if self.has(id) || store.has(Kind::ConversationItem, conversation, id).await? {
            return Err(duplicate(id, param));
        }
        if store.version(id).await?.is_some() {
            let rule = format!("'{id}' names an object outside of this conversation. Send the item without an ID.");
            return Err(InvalidRequest::wrong_value(&format!("{param}.id"), rule).into());
        }
        Ok(())
    }

    /// Returns the error for an `item_reference`. It cannot be added: an item of the same conversation would be in it
    /// twice, and an item of another conversation cannot be referred to.
    async fn refuse_reference(
        &self,
        store: &Store,
        conversation: &str,
        given: &Map<String, Value>,
        param: &str,
    ) -> Result<ErrorResponse, ErrorResponse> {
        let id = text_member(given, "id", param)?;
        if self.has(id) || store.has(Kind::ConversationItem, conversation, id).await? {
            return Ok(duplicate(id, param));
        }
        let shown: String = id.chars().take(MAX_ID_CHARS).collect();
        let message = format!("Item with id '{shown}' not found in conversation '{conversation}'.");
        Ok(ErrorResponse::bad_request(message).code("invalid_value").param(format!("{param}.id")))
    }

    /// Checks that the call to which an output belongs comes before the output.
    async fn check_call(
        &self,
        store: &Store,
        conversation: &str,
        given: &Map<String, Value>,
        kind: &str,
        param: &str,
    ) -> Result<(), ErrorResponse> {
        let param = format!("{param}.call_id");
        let Some(call) = given.get("call_id").and_then(Value::as_str) else { return Ok(()) };
        if call.is_empty() || call.chars().count() > MAX_ID_CHARS {
            let rule = format!("expected a text of 1 to {MAX_ID_CHARS} characters.");
            return Err(InvalidRequest::wrong_value(&param, rule).into());
        }
        let Some(call_type) = types::call_type(kind) else { return Ok(()) };
        let label = label(call_type, call);
        let is_in_request = self.0.iter().any(|new| new.label.as_ref() == Some(&label));
        if is_in_request || store.has_label(Kind::ConversationItem, conversation, &label).await? {
            return Ok(());
        }
        let message = format!("No tool call found for {} with call_id {call}.", kind.replace('_', " "));
        Err(ErrorResponse::bad_request(message).code("invalid_value").param(param))
    }
}

impl NewItem {
    fn new(given: &Map<String, Value>, kind: &str, param: &str) -> Result<Self, InvalidRequest> {
        let rules = types::rules(kind);
        let missing = |name: &&&str| given.get(**name).is_none_or(Value::is_null);
        if let Some(name) = rules.required.iter().find(missing) {
            return Err(InvalidRequest::missing(&format!("{param}.{name}")));
        }
        // The members of every item come first.
        let mut item = Map::new();
        item.insert("type".to_owned(), kind.into());
        let id = given.get("id").and_then(Value::as_str);
        item.insert("id".to_owned(), id.map_or_else(|| ids::with_prefix(rules.prefix), str::to_owned).into());
        if rules.has_status {
            item.insert("status".to_owned(), ItemStatus::Completed.name().into());
        }
        for (name, value) in given.iter().filter(|(name, _)| !["type", "id"].contains(&name.as_str())) {
            if name != "status" || !rules.has_status || !value.is_null() {
                item.insert(name.clone(), value.clone());
            }
        }
        for (name, value) in types::defaults(kind) {
            item.entry(name).or_insert(value);
        }
        if kind == ItemType::Message.name() {
            check_status(&item, param)?;
            item.insert("content".to_owned(), message::content(given, param)?.into());
        }
        let call = given.get("call_id").and_then(Value::as_str).filter(|_| types::call_type(kind).is_none());
        Ok(Self { item: ConversationItem::from_map(item), label: call.map(|call| label(kind, call)) })
    }
}

/// Returns the type of an item. Messages and references may omit it.
fn kind_of<'a>(given: &'a Map<String, Value>, param: &str) -> Result<&'a str, InvalidRequest> {
    match given.get("type").filter(|kind| !kind.is_null()) {
        None if given.contains_key("role") && given.contains_key("content") => Ok(ItemType::Message.name()),
        None if given.len() == 1 && given.contains_key("id") => Ok(ItemType::ItemReference.name()),
        _ => text_member(given, "type", param),
    }
}

/// Returns the ID that the request gives an item, or `None` if the server must create one.
fn given_id<'a>(given: &'a Map<String, Value>, kind: &str, param: &str) -> Result<Option<&'a str>, InvalidRequest> {
    if given.get("id").is_none_or(Value::is_null) {
        return if types::rules(kind).needs_id {
            Err(InvalidRequest::missing(&format!("{param}.id")))
        } else {
            Ok(None)
        };
    }
    let id = text_member(given, "id", param)?;
    let param = format!("{param}.id");
    let shown: String = id.chars().take(MAX_ID_CHARS).collect();
    if id.chars().count() > MAX_ID_CHARS || id_rules::check(id).is_err() {
        let rule = format!("'{shown}'. Expected 1 to {MAX_ID_CHARS} letters, digits, '_', and '-'.");
        return Err(InvalidRequest::wrong_value(&param, rule));
    }
    match types::id_start(kind) {
        Some(start) if !id.starts_with(start) => {
            Err(InvalidRequest::wrong_value(&param, format!("'{shown}'. Expected an ID that begins with '{start}'.")))
        }
        _ => Ok(Some(id)),
    }
}

fn check_status(item: &Map<String, Value>, param: &str) -> Result<(), InvalidRequest> {
    let status = text_member(item, "status", param)?;
    if ItemStatus::named(status).is_some() {
        return Ok(());
    }
    let names: Vec<&str> = ItemStatus::VALUES.iter().map(|(_, name)| *name).collect();
    Err(InvalidRequest::wrong_word(&format!("{param}.status"), &status.chars().take(64).collect::<String>(), &names))
}

/// Returns a member that must be a text.
fn text_member<'a>(object: &'a Map<String, Value>, name: &str, param: &str) -> Result<&'a str, InvalidRequest> {
    let param = format!("{param}.{name}");
    match object.get(name) {
        None | Some(Value::Null) => Err(InvalidRequest::missing(&param)),
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(InvalidRequest::wrong_type(&param, &[Type::String], other)),
    }
}

fn duplicate(id: &str, param: &str) -> ErrorResponse {
    let message = format!("Duplicate item found with id {id}.");
    ErrorResponse::bad_request(message).code("invalid_value").param(format!("{param}.id"))
}

/// Returns the label of a call.
fn label(kind: &str, call: &str) -> String {
    format!("{kind} {call}")
}
