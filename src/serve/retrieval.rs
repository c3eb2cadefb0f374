//! Search in vector stores: the best passages for queries, among files whose attributes match a filter.
//!
//! The store selects candidates and counts terms. Scores are computed here, so that both engines return the same passages
//! in the same order (docs/design/server.md#search).

use crate::api::objects::{JsonObject, VectorStore};
use crate::db::{self, DbError};
use crate::json;
use crate::search::filter::Filter;
use crate::search::plan::Plan;
use crate::search::query::Query;
use crate::search::score::{Scored, best};
use crate::search::scorer::Scorer;
use crate::serve::documents::store_file::attributes;
use crate::serve::error::ErrorResponse;
use crate::serve::ids;
use crate::serve::store::{Batch, PassageText, Store, Stored};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// The time in seconds within which further uses of a vector store are not stored, so that a search is not a write.
const USE_INTERVAL: i64 = 60;

/// A search.
#[derive(Debug, Clone)]
pub(super) struct Search {
    /// The IDs of the vector stores. Missing ones are ignored.
    pub(super) stores: Vec<String>,
    /// The texts of the query. All of them together are one query.
    pub(super) queries: Vec<String>,
    pub(super) filter: Option<Filter>,
    /// The lowest score of a result, from 0 to 1.
    pub(super) threshold: f64,
    /// The largest number of results.
    pub(super) wanted: usize,
}

/// A passage that a search found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hit {
    pub(super) vector_store: String,
    pub(super) file: String,
    pub(super) filename: String,
    pub(super) attributes: Map<String, Value>,
    /// The score, from 0 to 1.
    pub(super) score: f64,
    pub(super) text: String,
}

/// Returns the best passages, best first. Equal scores are in the order in which the files were added, and then in the
/// order of the text.
pub(super) async fn search(store: &Arc<Store>, search: Search) -> Result<Vec<Hit>, ErrorResponse> {
    let store = store.clone();
    // The texts of many passages are scanned, which would keep the async worker thread busy.
    let found = tokio::task::spawn_blocking(move || db::block_on(run(&store, &search)));
    match found.await {
        Ok(found) => Ok(found?),
        Err(error) => Err(ErrorResponse::internal(format!("search: {error}"))),
    }
}

/// Stores that a vector store was used, at most once a minute. Another change of it at the same time takes precedence.
pub(super) async fn record_use(store: &Store, mut used: Stored<VectorStore>) -> Result<(), ErrorResponse> {
    let last: i64 = used.object.member("last_active_at").valid().unwrap_or(0);
    if ids::now() - last >= USE_INTERVAL {
        used.object.set("last_active_at", ids::now());
        store.commit(Batch::default().unchanged(&used).replace(&used)).await?;
    }
    Ok(())
}

async fn run(store: &Store, search: &Search) -> Result<Vec<Hit>, DbError> {
    let mut scopes = Vec::new();
    for id in &search.stores {
        scopes.extend(store.scope(id).await?);
    }
    let query = Query::new(search.queries.iter().map(String::as_str));
    if scopes.is_empty() || query.is_empty() {
        return Ok(Vec::new());
    }
    let items = match &search.filter {
        None => None,
        Some(filter) => Some(matching_items(store, &scopes, filter).await?),
    };
    let statistics = store.statistics(&scopes, &query).await?;
    let plan = Plan::new(query, &statistics);
    let mut candidates = plan.candidates(search.wanted);
    while let Some(condition) = candidates.next_condition() {
        let limit = candidates.limit();
        candidates.add(store.candidates(&scopes, &condition, items.as_deref(), limit).await?);
    }
    let numbers: Vec<i64> = candidates.into_keys().collect();
    let mut texts: HashMap<i64, String> = HashMap::new();
    let (scorer, mut scored) = (Scorer::new(&plan), Vec::new());
    for PassageText { n, length, text } in store.passage_texts(&numbers).await? {
        scored.push(Scored { key: n, score: scorer.score(&text, length) });
        texts.insert(n, text);
    }
    let found = best(scored, search.threshold, search.wanted);
    hits(store, found, texts).await
}

/// Returns the rows of the files that match a filter, as a JSON array.
async fn matching_items(store: &Store, scopes: &[i64], filter: &Filter) -> Result<String, DbError> {
    let mut items = Vec::new();
    for scope in scopes {
        let all = store.searchable_items(*scope).await?;
        let matching = all.into_iter().filter(|(_, text)| filter.matches(&members(text)));
        items.extend(matching.map(|(item, _)| Value::from(item)));
    }
    Ok(Value::from(items).to_string())
}

/// Returns the results with what they state of their files. A file that was removed in the meantime has none.
async fn hits(store: &Store, found: Vec<Scored<i64>>, mut texts: HashMap<i64, String>) -> Result<Vec<Hit>, DbError> {
    let mut items: Vec<i64> = found.iter().map(|one| PassageText::item_of(one.key)).collect();
    items.sort_unstable();
    items.dedup();
    let files = store.found_files(&items).await?;
    let hit = |one: Scored<i64>| {
        let [vector_store, file, attributes, object] = files.get(&PassageText::item_of(one.key))?;
        let object = json::stored(object).unwrap_or_default();
        Some(Hit {
            vector_store: vector_store.clone(),
            file: file.clone(),
            filename: object.get("filename").and_then(Value::as_str).unwrap_or_default().to_owned(),
            attributes: members(attributes),
            score: one.score,
            text: texts.remove(&one.key)?,
        })
    };
    Ok(found.into_iter().filter_map(hit).collect())
}

fn members(text: &str) -> Map<String, Value> {
    match attributes(text) {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
