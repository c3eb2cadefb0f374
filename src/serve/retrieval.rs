//! Searches in vector stores. A search returns the best passages for a query, from files whose attributes match a
//! filter.
//!
//! The store selects candidates and counts terms. This module computes the scores, so that both database engines return
//! the same passages in the same order (docs/design/server.md#search). With an embeddings endpoint, the ranking is
//! fused with a second ranking by the similarity of embeddings.

use crate::api::objects::{JsonObject, VectorStore};
use crate::db::{self, DbError};
use crate::json;
use crate::search::filter::Filter;
use crate::search::fuse::{Weights, fuse, nearest};
use crate::search::plan::Plan;
use crate::search::query::Query;
use crate::search::score::{Scored, best};
use crate::search::scorer::Scorer;
use crate::serve::documents::store_file::attributes;
use crate::serve::error::ErrorResponse;
use crate::serve::ids;
use crate::serve::model::EmbeddingEndpoint;
use crate::serve::settings::Reporter;
use crate::serve::store::{Batch, PassageText, Scopes, Store, Stored};
use serde_json::{Map, Value};
use std::{collections::HashMap, fmt, sync::Arc};

/// The minimum time in seconds between two updates of the last use of a vector store. It avoids a write for every
/// search.
const USE_INTERVAL: i64 = 60;

/// The minimum number of passages of each ranking that are fused.
const MIN_DEPTH: usize = 50;

/// The parameters of a search.
#[derive(Debug, Clone)]
pub(super) struct Search {
    /// The IDs of the vector stores. Vector stores that do not exist are ignored.
    pub(super) stores: Vec<String>,
    /// The texts of the query, which are searched together as one query.
    pub(super) queries: Vec<String>,
    pub(super) filter: Option<Filter>,
    /// The minimum score of a result, from 0 to 1.
    pub(super) threshold: f64,
    /// The weights of words and embeddings. They have no effect without embeddings.
    pub(super) weights: Weights,
    /// The maximum number of results.
    pub(super) max_results: usize,
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

/// Searches in vector stores by words, and by embeddings if the server has an embeddings endpoint. Cheap to clone.
#[derive(Clone)]
pub(super) struct Retriever {
    store: Arc<Store>,
    embeddings: Option<Arc<EmbeddingEndpoint>>,
    report: Reporter,
}

impl fmt::Debug for Retriever {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Retriever").field("embeddings", &self.embeddings).finish_non_exhaustive()
    }
}

impl Retriever {
    pub(super) fn new(store: Arc<Store>, embeddings: Option<Arc<EmbeddingEndpoint>>, report: Reporter) -> Self {
        Self { store, embeddings, report }
    }

    /// Returns the best passages, best first. Passages with equal scores are in the order in which their files were
    /// added, and then in the order of the text.
    pub(super) async fn search(&self, search: Search) -> Result<Vec<Hit>, ErrorResponse> {
        let query = Query::new(search.queries.iter().map(String::as_str));
        if query.is_empty() {
            return Ok(Vec::new());
        }
        // Without weight, the embedding is not requested.
        let vector = if search.weights.embeddings > 0.0 { self.vector(&search.queries).await } else { None };
        let (store, report) = (self.store.clone(), self.report.clone());
        // The search scans the texts of many passages, which would block an async worker thread.
        let work = move || db::block_on(find_passages(&store, &search, query, vector.as_deref(), &report));
        match tokio::task::spawn_blocking(work).await {
            Ok(found) => Ok(found?),
            Err(error) => Err(ErrorResponse::internal(format!("search: {error}"))),
        }
    }

    /// Returns the embedding of a query. If the endpoint fails, the search uses words only.
    async fn vector(&self, queries: &[String]) -> Option<Vec<f32>> {
        let text = queries.join("\n");
        match self.embeddings.as_ref()?.embed(&[&text]).await {
            Ok(vectors) => vectors.into_iter().next(),
            Err(problem) => {
                (self.report)(&format!("search: {problem}; the search uses words only"));
                None
            }
        }
    }
}

/// Stores the time of use of a vector store, at most once a minute. If another request changes the vector store at the
/// same time, nothing is stored.
pub(super) async fn record_use(store: &Store, mut used: Stored<VectorStore>) -> Result<(), ErrorResponse> {
    let last: i64 = used.object.member("last_active_at").valid().unwrap_or(0);
    if ids::now() - last >= USE_INTERVAL {
        used.object.set("last_active_at", ids::now());
        store.commit(Batch::default().unchanged(&used).replace(&used)).await?;
    }
    Ok(())
}

/// Executes a search. `vector` is the embedding of the query.
async fn find_passages(
    store: &Store,
    search: &Search,
    query: Query,
    vector: Option<&[f32]>,
    report: &Reporter,
) -> Result<Vec<Hit>, DbError> {
    let scopes = store.scopes(&search.stores).await?;
    if scopes.numbers.is_empty() {
        return Ok(Vec::new());
    }
    let items = match (&search.filter, vector) {
        (None, None) => None,
        _ => Some(matching_items(store, &scopes.numbers, search.filter.as_ref()).await?),
    };
    let nearest = match (vector, &items) {
        (Some(vector), Some(items)) => nearest_passages(store, items, vector, search, report).await?,
        _ => Vec::new(),
    };
    let filtered = items.filter(|_| search.filter.is_some()).map(|items| Value::from(items).to_string());
    let depth = if nearest.is_empty() { search.max_results } else { search.max_results.max(MIN_DEPTH) };
    let (scored, mut texts) = by_words(store, &scopes, query, filtered.as_deref(), depth).await?;
    // Without embeddings, the ranking by words is the result.
    let found = if nearest.is_empty() {
        best(scored, search.threshold, search.max_results)
    } else {
        let words = best(scored, 0.0, depth).into_iter().map(|scored| scored.key).collect();
        let Weights { words: of_words, embeddings } = search.weights;
        let fused = fuse(&[(of_words, words), (embeddings, nearest)], search.max_results);
        best(fused, search.threshold, search.max_results)
    };
    let missing: Vec<i64> = found.iter().map(|scored| scored.key).filter(|key| !texts.contains_key(key)).collect();
    for PassageText { n, text, .. } in store.passage_texts(&missing).await? {
        texts.insert(n, text);
    }
    hits(store, found, texts).await
}

/// Returns the scores of passages that contain words of the query, and their texts, by passage number. `items` limits
/// the search to these rows of files, as a JSON array.
async fn by_words(
    store: &Store,
    scopes: &Scopes,
    query: Query,
    items: Option<&str>,
    max_results: usize,
) -> Result<(Vec<Scored<i64>>, HashMap<i64, String>), DbError> {
    let statistics = store.statistics(scopes, &query).await?;
    let plan = Plan::new(query, &statistics);
    let mut candidates = plan.candidates(max_results);
    while let Some(condition) = candidates.next_condition() {
        let limit = candidates.limit();
        candidates.add(store.candidates(scopes, &condition, items, limit).await?);
    }
    let numbers: Vec<i64> = candidates.into_keys().collect();
    let mut texts: HashMap<i64, String> = HashMap::new();
    let (scorer, mut scored) = (Scorer::new(&plan), Vec::new());
    for PassageText { n, length, text } in store.passage_texts(&numbers).await? {
        scored.push(Scored { key: n, score: scorer.score(&text, length) });
        texts.insert(n, text);
    }
    Ok((scored, texts))
}

/// Returns the numbers of the passages whose embeddings are most similar to that of the query, best first. All
/// embeddings of the files are compared.
async fn nearest_passages(
    store: &Store,
    items: &[i64],
    vector: &[f32],
    search: &Search,
    report: &Reporter,
) -> Result<Vec<i64>, DbError> {
    let depth = search.max_results.max(MIN_DEPTH);
    let mut found: Vec<Scored<i64>> = Vec::new();
    let mut other_length = None;
    for item in items {
        let mut after = 0;
        loop {
            let page = store.embeddings(*item, after).await?;
            let Some((last, _)) = page.last() else { break };
            after = *last;
            let other = page.iter().map(|(_, vector)| vector.len()).find(|length| *length != vector.len());
            other_length = other_length.or(other);
            let near = nearest(vector, page.iter().map(|(n, vector)| (*n, vector.as_slice())), depth);
            found = best(found.into_iter().chain(near), 0.0, depth);
        }
    }
    if let Some(other) = other_length {
        (report)(&format!(
            "search: the query has an embedding of {} numbers, and passages of {} have embeddings of {other}; these \
             are found by words only",
            vector.len(),
            search.stores.join(", "),
        ));
    }
    Ok(found.into_iter().map(|scored| scored.key).collect())
}

/// Returns the row numbers of the completed files that match a filter.
async fn matching_items(store: &Store, scopes: &[i64], filter: Option<&Filter>) -> Result<Vec<i64>, DbError> {
    let mut items = Vec::new();
    for scope in scopes {
        let all = store.searchable_items(*scope).await?;
        let matches = |text: &str| filter.is_none_or(|filter| filter.matches(&members(text)));
        items.extend(all.into_iter().filter(|(_, text)| matches(text)).map(|(item, _)| item));
    }
    Ok(items)
}

/// Returns the results with the data of their files. Passages of files that were removed in the meantime are left out.
async fn hits(store: &Store, found: Vec<Scored<i64>>, mut texts: HashMap<i64, String>) -> Result<Vec<Hit>, DbError> {
    let mut items: Vec<i64> = found.iter().map(|scored| PassageText::item_of(scored.key)).collect();
    items.sort_unstable();
    items.dedup();
    let files = store.found_files(&items).await?;
    let hit = |scored: Scored<i64>| {
        let [vector_store, file, attributes, object] = files.get(&PassageText::item_of(scored.key))?;
        let object = json::stored(object).unwrap_or_default();
        Some(Hit {
            vector_store: vector_store.clone(),
            file: file.clone(),
            filename: object.get("filename").and_then(Value::as_str).unwrap_or_default().to_owned(),
            attributes: members(attributes),
            score: scored.score,
            text: texts.remove(&scored.key)?,
        })
    };
    Ok(found.into_iter().filter_map(hit).collect())
}

/// Parses stored attributes.
fn members(text: &str) -> Map<String, Value> {
    match attributes(text) {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
