//! The endpoints of vector stores (docs/protocol/vector_stores.md). The endpoints of their files are in
//! `vector_store_files`.

use super::crud::{self, DEFAULT_LIMIT, POLL_AFTER, run_to_completion};
use crate::api::Kind;
use crate::api::objects::{JsonObject, VectorStore};
use crate::api::vector_stores::{
    CreateVectorStore, DeleteVectorStore, GetVectorStore, ListVectorStores, SearchVectorStore, UpdateVectorStore,
};
use crate::search::filter::Filter;
use crate::search::fuse::Weights;
use crate::serve::documents::members::merge;
use crate::serve::documents::store_file::{added_files, require_files};
use crate::serve::documents::vector_store;
use crate::serve::error::ErrorResponse;
use crate::serve::request::ApiRequest;
use crate::serve::response::{JsonResponse, RouteResponse};
use crate::serve::retrieval::{self, Hit, Search};
use crate::serve::router::MountEndpoint;
use crate::serve::state::AppState;
use crate::serve::store::{Batch, CommitOutcome, ListWindow, MAX_ATTEMPTS, NewObject, StatusCounts, Stored};
use axum::Router;
use serde_json::{Map, Value, json};

/// The default number of results of a search (docs/protocol/vector_stores.md#endpoints).
const DEFAULT_RESULTS: u64 = 10;

/// Adds the endpoints of vector stores to a router.
pub(super) fn mount(router: Router<AppState>) -> Router<AppState> {
    router.on(list).on(create).on(get).on(update).on(delete).on(search)
}

async fn list(state: AppState, request: ApiRequest<ListVectorStores>) -> Result<JsonResponse, ErrorResponse> {
    let window = ListWindow::from(request.query);
    let (mut rows, has_more) = crud::rows::<VectorStore>(&state, "", &window, DEFAULT_LIMIT).await?;
    if let (Some((first, _)), Some((last, _))) = (rows.first(), rows.last()) {
        let counts = state.store.counts_of_page(first, last).await?;
        for (id, text) in &mut rows {
            let counts = counts.get(id).copied().unwrap_or_default();
            *text = vector_store::text_in_response(text, &counts)?.to_json();
        }
    }
    Ok(crud::page(&rows, has_more))
}

async fn create(state: AppState, request: ApiRequest<CreateVectorStore>) -> Result<JsonResponse, ErrorResponse> {
    let files = added_files(&request.body)?;
    require_files(&state.store, &files).await?;
    for _ in 0..MAX_ATTEMPTS {
        let store = vector_store::create(&request.body, None);
        let id = store.id().or_default();
        let batch = Batch::default().insert(&NewObject::top(&store));
        let batch = files.iter().fold(batch, |batch, file| batch.attach_new(id, file, None));
        if state.store.commit(batch).await? == CommitOutcome::Committed {
            let counts = StatusCounts { in_progress: files.len() as i64, ..StatusCounts::default() };
            return Ok(JsonResponse::of(&vector_store::in_response(store, &counts)));
        }
        require_files(&state.store, &files).await?; // Fails if a file was deleted in the meantime.
    }
    Err(ErrorResponse::contended())
}

async fn get(state: AppState, request: ApiRequest<GetVectorStore>) -> Result<impl RouteResponse, ErrorResponse> {
    let id = request.ids.vector_store_id.as_str();
    Ok(([POLL_AFTER], response_of(&state, load(&state, id).await?).await?))
}

async fn update(state: AppState, request: ApiRequest<UpdateVectorStore>) -> Result<JsonResponse, ErrorResponse> {
    let id = request.ids.vector_store_id.as_str();
    for _ in 0..MAX_ATTEMPTS {
        let mut stored = load(&state, id).await?;
        merge(stored.object.as_map_mut(), request.body.clone());
        let batch = Batch::default().unchanged(&stored).replace(&stored);
        if state.store.commit(batch).await? == CommitOutcome::Committed {
            return response_of(&state, stored).await;
        }
    }
    Err(ErrorResponse::contended())
}

async fn delete(state: AppState, request: ApiRequest<DeleteVectorStore>) -> Result<JsonResponse, ErrorResponse> {
    let id = request.ids.vector_store_id.as_str();
    let (store, removed) = (state.store.clone(), id.to_owned());
    match run_to_completion(async move { Ok(store.remove_vector_store(&removed).await?) }).await? {
        true => Ok(crud::deleted(Kind::VectorStore, id)),
        false => Err(ErrorResponse::not_found(Kind::VectorStore, id)),
    }
}

async fn search(state: AppState, request: ApiRequest<SearchVectorStore>) -> Result<JsonResponse, ErrorResponse> {
    let id = request.ids.vector_store_id.as_str();
    let queries = queries(&request.body)?;
    let filter = match request.body.get("filters").filter(|filter| !filter.is_null()) {
        None => None,
        Some(filter) => Some(Filter::from_json(filter).map_err(|error| {
            ErrorResponse::bad_request(format!("Invalid filter: {error}.")).code("invalid_value").param(error.path)
        })?),
    };
    let options = request.body.get("ranking_options");
    let threshold = options.and_then(|options| options["score_threshold"].as_f64()).unwrap_or(0.0);
    let weights = Weights::from_json(options.and_then(|options| options.get("hybrid_search"))).map_err(|reason| {
        let param = "ranking_options.hybrid_search";
        ErrorResponse::bad_request(format!("Invalid '{param}': {reason}.")).code("invalid_value").param(param)
    })?;
    let max_results = request.body.get("max_num_results").and_then(Value::as_u64).unwrap_or(DEFAULT_RESULTS);
    let max_results = usize::try_from(max_results).unwrap_or(usize::MAX);
    let stored = load(&state, id).await?;
    if vector_store::is_expired(&stored.object) {
        return Err(vector_store::expired(id));
    }
    retrieval::record_use(&state.store, stored).await?;
    let (stores, texts) = (vec![id.to_owned()], queries.clone());
    let hits =
        state.retriever.search(Search { stores, queries: texts, filter, threshold, weights, max_results }).await?;
    Ok(JsonResponse::Object(
        json!({
            "object": "vector_store.search_results.page",
            "search_query": queries,
            "data": hits.into_iter().map(result).collect::<Vec<_>>(),
            "has_more": false,
            "next_page": null,
        })
        .to_string(),
    ))
}

/// Returns the texts of the query in a request.
///
/// # Errors
/// Returns an error if there is no text, or if a text is empty.
fn queries(body: &Map<String, Value>) -> Result<Vec<String>, ErrorResponse> {
    let queries: Vec<String> = match body.get("query") {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    if queries.is_empty() || queries.iter().any(|text| text.trim().is_empty()) {
        let message = "Invalid 'query': expected a text that is not empty.";
        return Err(ErrorResponse::bad_request(message).code("invalid_value").param("query"));
    }
    Ok(queries)
}

fn result(hit: Hit) -> Value {
    json!({
        "file_id": hit.file,
        "filename": hit.filename,
        "score": hit.score,
        "attributes": hit.attributes,
        "content": [{ "type": "text", "text": hit.text }],
    })
}

/// Reads a vector store.
///
/// # Errors
/// Returns an error if it does not exist.
pub(super) async fn load(state: &AppState, id: &str) -> Result<Stored<VectorStore>, ErrorResponse> {
    let found = state.store.load::<VectorStore>("", id).await?;
    found.ok_or_else(|| ErrorResponse::not_found(Kind::VectorStore, id))
}

/// Returns a response with a vector store and its current counts.
async fn response_of(state: &AppState, stored: Stored<VectorStore>) -> Result<JsonResponse, ErrorResponse> {
    let counts = state.store.counts_of_store(&stored.id).await?;
    Ok(JsonResponse::of(&vector_store::in_response(stored.object, &counts)))
}
