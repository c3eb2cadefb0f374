//! The endpoints of conversations and their items (docs/protocol/conversations.md).
//!
//! Every change of the items also replaces the conversation. Concurrent changes of one conversation therefore conflict,
//! and are applied one after the other.

use super::crud;
use crate::api::Kind;
use crate::api::conversations::{
    CreateConversation, CreateConversationItems, DeleteConversation, DeleteConversationItem, GetConversation,
    GetConversationItem, ListConversationItems, ListConversations, UpdateConversation,
};
use crate::api::objects::{Conversation, ConversationItem};
use crate::serve::documents::conversation;
use crate::serve::documents::item::{Include, NewItems};
use crate::serve::documents::tool_resources::require;
use crate::serve::error::ErrorResponse;
use crate::serve::request::ApiRequest;
use crate::serve::response::JsonResponse;
use crate::serve::router::MountEndpoint;
use crate::serve::settings::OpenAiMode;
use crate::serve::state::AppState;
use crate::serve::store::{Batch, CommitOutcome, ListWindow, MAX_ATTEMPTS, NewObject};
use axum::Router;
use axum::http::StatusCode;

/// Adds the endpoints of conversations to a router.
pub(super) fn mount(router: Router<AppState>) -> Router<AppState> {
    let router = router.on(list).on(create).on(get).on(update).on(delete);
    router.on(list_items).on(create_items).on(get_item).on(delete_item)
}

/// Lists the conversations. OpenAI has no such endpoint (docs/protocol/conversations.md#endpoints).
async fn list(state: AppState, request: ApiRequest<ListConversations>) -> Result<JsonResponse, ErrorResponse> {
    if state.settings.openai != OpenAiMode::Extended {
        return Err(ErrorResponse::new(StatusCode::NOT_FOUND, "Invalid URL (GET /v1/conversations)"));
    }
    crud::list::<Conversation>(&state, "", request.query).await
}

async fn create(state: AppState, request: ApiRequest<CreateConversation>) -> Result<JsonResponse, ErrorResponse> {
    for _ in 0..MAX_ATTEMPTS {
        let conversation = conversation::create(&request.body);
        let id = conversation.id().or_default();
        let items = NewItems::from_request(&state.store, id, &request.body).await?;
        let batch = items.insert(id, Batch::default().insert(&NewObject::top(&conversation)));
        if state.store.commit(batch).await? == CommitOutcome::Committed {
            return Ok(JsonResponse::of(&conversation));
        }
    }
    Err(ErrorResponse::contended())
}

async fn get(state: AppState, request: ApiRequest<GetConversation>) -> Result<JsonResponse, ErrorResponse> {
    crud::get::<Conversation>(&state, "", request.ids.conversation_id.as_str()).await
}

async fn update(state: AppState, mut request: ApiRequest<UpdateConversation>) -> Result<JsonResponse, ErrorResponse> {
    // The protocol accepts any member in the body, but only `metadata` can change.
    request.body.retain(|name, _| name == "metadata");
    crud::update::<Conversation>(&state, "", request.ids.conversation_id.as_str(), &request.body).await
}

/// Deletes a conversation together with its items, which could not be requested any more
/// (docs/design/server.md#conversations).
async fn delete(state: AppState, request: ApiRequest<DeleteConversation>) -> Result<JsonResponse, ErrorResponse> {
    let id = request.ids.conversation_id.as_str();
    match state.store.remove_conversation(id).await? {
        true => Ok(crud::deleted(Kind::Conversation, id)),
        false => Err(ErrorResponse::not_found(Kind::Conversation, id)),
    }
}

async fn list_items(
    state: AppState,
    request: ApiRequest<ListConversationItems>,
) -> Result<JsonResponse, ErrorResponse> {
    let (id, query) = (request.ids.conversation_id.as_str(), request.query);
    let include = Include::new(query.include.include)?;
    require(&state.store, Kind::Conversation, id).await?;
    let window = ListWindow { limit: query.limit, order: query.order, after: query.after, ..ListWindow::default() };
    let (mut rows, has_more) = crud::rows::<ConversationItem>(&state, id, &window, crud::DEFAULT_LIMIT).await?;
    for (_, item) in &mut rows {
        *item = include.filtered(item)?;
    }
    Ok(crud::page(&rows, has_more))
}

async fn create_items(
    state: AppState,
    request: ApiRequest<CreateConversationItems>,
) -> Result<JsonResponse, ErrorResponse> {
    let id = request.ids.conversation_id.as_str();
    let include = Include::new(request.query.include)?;
    for _ in 0..MAX_ATTEMPTS {
        let conversation = state.store.load::<Conversation>("", id).await?;
        let conversation = conversation.ok_or_else(|| ErrorResponse::not_found(Kind::Conversation, id))?;
        let items = NewItems::from_request(&state.store, id, &request.body).await?;
        let batch = Batch::default().unchanged(&conversation).replace(&conversation);
        if state.store.commit(items.insert(id, batch)).await? == CommitOutcome::Committed {
            return Ok(crud::page(&items.rows(&include), false));
        }
    }
    Err(ErrorResponse::contended())
}

async fn get_item(state: AppState, request: ApiRequest<GetConversationItem>) -> Result<JsonResponse, ErrorResponse> {
    let (id, item) = (request.ids.conversation_id.as_str(), request.ids.item_id.as_str());
    let include = Include::new(request.query.include)?;
    require(&state.store, Kind::Conversation, id).await?;
    let found = state.store.get(Kind::ConversationItem, id, item).await?;
    let found = found.ok_or_else(|| ErrorResponse::not_found(Kind::ConversationItem, item))?;
    Ok(JsonResponse::Object(include.filtered(&found)?))
}

/// Deletes an item. Returns its conversation.
async fn delete_item(
    state: AppState,
    request: ApiRequest<DeleteConversationItem>,
) -> Result<JsonResponse, ErrorResponse> {
    let (id, item) = (request.ids.conversation_id.as_str(), request.ids.item_id.as_str());
    for _ in 0..MAX_ATTEMPTS {
        let conversation = state.store.load::<Conversation>("", id).await?;
        let conversation = conversation.ok_or_else(|| ErrorResponse::not_found(Kind::Conversation, id))?;
        if !state.store.has(Kind::ConversationItem, id, item).await? {
            return Err(ErrorResponse::not_found(Kind::ConversationItem, item));
        }
        let batch = Batch::default().unchanged(&conversation).replace(&conversation);
        if state.store.commit(batch.remove(Kind::ConversationItem, item)).await? == CommitOutcome::Committed {
            return Ok(JsonResponse::of(&conversation.object));
        }
    }
    Err(ErrorResponse::contended())
}
