//! The operations that are the same for most types of objects: get, list, update, and delete.

use crate::api::Kind;
use crate::api::objects::{DeletionResult, JsonObject};
use crate::api::paging::Paging;
use crate::json;
use crate::serve::documents::members::merge;
use crate::serve::error::ErrorResponse;
use crate::serve::response::{JsonResponse, PageResponse};
use crate::serve::state::AppState;
use crate::serve::store::{Batch, CommitOutcome, ListPage, ListWindow, MAX_ATTEMPTS, StoredType};
use serde_json::{Map, Value, json};

/// The maximum number of bytes of a page, and of JSON values in it. Clients may not be able to read more. A page with a
/// single object may be larger.
const MAX_PAGE_BYTES: usize = 16 << 20;
const MAX_PAGE_VALUES: usize = 200_000;

/// The default number of objects on a page (docs/protocol/endpoints.md#lists-and-paging).
pub(super) const DEFAULT_LIMIT: u32 = 20;

/// The header that suggests a polling interval in milliseconds to SDKs. Their default is several seconds.
pub(super) const POLL_AFTER: (&str, &str) = ("openai-poll-after-ms", "200");

impl From<Paging> for ListWindow {
    fn from(Paging { limit, order, after, before }: Paging) -> Self {
        Self { limit, order, after, before, label: None }
    }
}

/// Returns a response with an object, unchanged from the store.
pub(super) async fn get<O: StoredType>(
    state: &AppState,
    parent: &str,
    id: &str,
) -> Result<JsonResponse, ErrorResponse> {
    let found = state.store.get(O::KIND, parent, id).await?;
    found.map(JsonResponse::Object).ok_or_else(|| ErrorResponse::not_found(O::KIND, id))
}

/// Returns a response with a page of a list.
pub(super) async fn list<O: StoredType>(
    state: &AppState,
    parent: &str,
    window: impl Into<ListWindow>,
) -> Result<JsonResponse, ErrorResponse> {
    list_with_limit::<O>(state, parent, window.into(), DEFAULT_LIMIT).await
}

/// Returns a response with a page of a list. `default_limit` is the number of objects if the request states none. The
/// stored objects are copied without parsing them.
pub(super) async fn list_with_limit<O: StoredType>(
    state: &AppState,
    parent: &str,
    window: ListWindow,
    default_limit: u32,
) -> Result<JsonResponse, ErrorResponse> {
    let (rows, has_more) = rows::<O>(state, parent, &window, default_limit).await?;
    Ok(page(&rows, has_more))
}

/// Returns the IDs and the stored objects of a page, and `true` if there are more objects after it.
pub(super) async fn rows<O: StoredType>(
    state: &AppState,
    parent: &str,
    window: &ListWindow,
    default_limit: u32,
) -> Result<(Vec<(String, String)>, bool), ErrorResponse> {
    let (mut rows, mut has_more) = match state.store.list(O::KIND, parent, window, default_limit).await? {
        ListPage::Found { rows, has_more } => (rows, has_more),
        ListPage::UnknownCursor(id) => return Err(unknown_cursor(O::KIND, window, &id)),
    };
    has_more |= shorten(&mut rows);
    Ok((rows, has_more))
}

/// Returns the error for a cursor that is not in the list.
pub(super) fn unknown_cursor(kind: Kind, window: &ListWindow, id: &str) -> ErrorResponse {
    let param = if window.after.as_deref() == Some(id) { "after" } else { "before" };
    ErrorResponse::not_found(kind, id).param(param)
}

/// Returns a response with these objects. `rows` has their IDs and their JSON texts.
pub(super) fn page(rows: &[(String, String)], has_more: bool) -> JsonResponse {
    let id = |row: Option<&(String, String)>| row.map_or(Value::Null, |(id, _)| Value::from(id.as_str()));
    let (first_id, last_id) = (id(rows.first()), id(rows.last()));
    let data: Vec<&str> = rows.iter().map(|(_, object)| object.as_str()).collect();
    JsonResponse::Page(PageResponse { data: data.join(","), first_id, last_id, has_more })
}

/// Removes objects from the end of a page that exceeds the limits. Returns `true` if objects were removed.
fn shorten(rows: &mut Vec<(String, String)>) -> bool {
    // A value takes at least two bytes.
    if rows.iter().map(|(_, object)| object.len()).sum::<usize>() < MAX_PAGE_VALUES * 2 {
        return false;
    }
    let (mut bytes, mut values, all) = (0, 0, rows.len());
    let fits = rows.iter().take_while(|(_, object)| {
        bytes += object.len();
        values += json::count(object);
        bytes <= MAX_PAGE_BYTES && values <= MAX_PAGE_VALUES
    });
    let fits = fits.count().max(1);
    rows.truncate(fits);
    fits < all
}

/// Merges the members of a request into a stored object. Returns a response with the result.
pub(super) async fn update<O: StoredType>(
    state: &AppState,
    parent: &str,
    id: &str,
    members: &Map<String, Value>,
) -> Result<JsonResponse, ErrorResponse> {
    for _ in 0..MAX_ATTEMPTS {
        let Some(mut stored) = state.store.load::<O>(parent, id).await? else {
            return Err(ErrorResponse::not_found(O::KIND, id));
        };
        merge(stored.object.as_map_mut(), members.clone());
        let batch = Batch::default().unchanged(&stored).replace(&stored);
        if state.store.commit(batch).await? == CommitOutcome::Committed {
            return Ok(JsonResponse::of(&stored.object));
        }
    }
    Err(ErrorResponse::contended())
}

/// Deletes an object on which no other object depends.
pub(super) async fn delete<O: StoredType>(
    state: &AppState,
    parent: &str,
    id: &str,
) -> Result<JsonResponse, ErrorResponse> {
    match state.store.remove(O::KIND, parent, id).await? {
        true => Ok(deleted(O::KIND, id)),
        false => Err(ErrorResponse::not_found(O::KIND, id)),
    }
}

/// Returns the response to a deletion (docs/protocol/objects.md#deletion-result).
pub(super) fn deleted(kind: Kind, id: &str) -> JsonResponse {
    let object = match kind {
        Kind::File => "file".to_owned(),
        kind => format!("{}.deleted", kind.object_type()),
    };
    JsonResponse::of(&DeletionResult::from_literal(json!({ "id": id, "object": object, "deleted": true })))
}

/// Runs `work` to its end, even if the caller disconnects. Work that consists of several steps must not stop in
/// between.
pub(super) async fn run_to_completion<T: Send + 'static>(
    work: impl Future<Output = Result<T, ErrorResponse>> + Send + 'static,
) -> Result<T, ErrorResponse> {
    tokio::spawn(work).await.unwrap_or_else(|error| Err(ErrorResponse::internal(error.to_string())))
}
