//! The tool `file_search` of a run (docs/protocol/runs.md#waiting-for-files): the vector stores that it searches, and
//! the execution of the searches that the model requests. The server executes them without the caller.

use super::Engine;
use crate::api::objects::{Assistant, JsonObject, Run, Thread, Tool, ToolResources, ToolType, VectorStore};
use crate::search::fuse::Weights;
use crate::search::tokens::estimate;
use crate::serve::documents::{run, vector_store};
use crate::serve::engine::lifecycle::RunState;
use crate::serve::error::ErrorResponse;
use crate::serve::ids;
use crate::serve::model::{self, FILE_SEARCH, ModelInput, ModelReply, Round, RunFailure, SearchTool, ToolChoice};
use crate::serve::retrieval::{self, Hit, Search};
use crate::serve::store::Stored;
use serde_json::{Value, json};

/// The maximum number of seconds for which a run waits for the files of its thread, counted from its start
/// (docs/protocol/runs.md#waiting-for-files).
const MAX_FILE_WAIT: i64 = 60;
/// The ranker that results name if the tool does not select one.
const DEFAULT_RANKER: &str = "default_2024_08_21";

/// The vector stores that a run searches, and the options of its tool `file_search`.
#[derive(Debug)]
pub(super) struct SearchScope {
    stores: Vec<Stored<VectorStore>>,
    max_results: usize,
    /// The maximum number of tokens of all results of a search.
    budget: u32,
    ranker: String,
    threshold: f64,
    weights: Weights,
}

/// A search that the model requested, with its results.
#[derive(Debug, Clone)]
pub(super) struct FinishedSearch {
    /// The index of the tool call in the round.
    pub(super) call: usize,
    pub(super) query: String,
    pub(super) ranking_options: Value,
    pub(super) hits: Vec<Hit>,
}

impl SearchScope {
    /// Returns the description of the tool for the model.
    pub(super) fn tool(&self) -> SearchTool {
        SearchTool { has_stores: !self.stores.is_empty() }
    }

    /// Returns the failure of the run if one of its vector stores has expired.
    pub(super) fn failure(&self) -> Option<RunFailure> {
        let expired = self.stores.iter().find(|store| vector_store::is_expired(&store.object))?;
        let message = format!("Vector store '{}' has expired, so the run cannot search it.", expired.id);
        Some(RunFailure::prompt(message))
    }

    fn of_tool(tool: &Tool, model: &str) -> Self {
        let (default_results, budget) = limits(model);
        let options = tool.file_search().valid();
        let member = |name: &str| options.and_then(|options| options.get(name));
        let ranking = member("ranking_options").and_then(Value::as_object);
        let ranker = ranking.and_then(|ranking| ranking.get("ranker")).and_then(Value::as_str);
        let max_results =
            member("max_num_results").and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok());
        Self {
            stores: Vec::new(),
            max_results: max_results.unwrap_or(default_results),
            budget,
            ranker: ranker.filter(|ranker| *ranker != "auto").unwrap_or(DEFAULT_RANKER).to_owned(),
            threshold: ranking.and_then(|ranking| ranking.get("score_threshold")?.as_f64()).unwrap_or(0.0),
            // The tool's documented options have no weights, so invalid ones are not an error.
            weights: Weights::from_json(ranking.and_then(|ranking| ranking.get("hybrid_search"))).unwrap_or_default(),
        }
    }
}

impl Engine {
    /// Returns the scope of the run's searches. Returns `None` if the run does not have the tool or must not use it.
    pub(super) async fn search_scope(&self, stored: &Stored<Run>) -> Result<Option<SearchScope>, ErrorResponse> {
        let run = &stored.object;
        let Some(tool) = searching_tool(run) else { return Ok(None) };
        let mut scope = SearchScope::of_tool(tool, run.model().or_default());
        let mut ids = match run::search_stores_of_label(stored.label.as_deref()) {
            Some(of_run) => of_run,
            None => {
                let assistant = self.store.load::<Assistant>("", run.assistant_id().or_default()).await?;
                assistant.map(|assistant| store_ids(assistant.object.tool_resources().valid())).unwrap_or_default()
            }
        };
        ids.extend(self.stores_of_thread(run).await?);
        for (n, id) in ids.iter().enumerate() {
            // A vector store that was deleted in the meantime is skipped.
            if !ids.iter().take(n).any(|earlier| earlier == id) {
                scope.stores.extend(self.store.load::<VectorStore>("", id).await?);
            }
        }
        Ok(Some(scope))
    }

    /// Returns `true` if a run must not call the model yet, because files of its thread are being indexed.
    pub(super) async fn waits_for_files(&self, state: &RunState) -> Result<bool, ErrorResponse> {
        let begun: Option<i64> = state.run.object.member("started_at").valid();
        if begun.is_none_or(|begun| ids::now() - begun >= MAX_FILE_WAIT) {
            return Ok(false);
        }
        let run = &state.run.object;
        if searching_tool(run).is_none() {
            return Ok(false);
        }
        for id in &self.stores_of_thread(run).await? {
            if self.store.counts_of_store(id).await?.in_progress > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the IDs of the vector stores of a run's thread.
    async fn stores_of_thread(&self, run: &Run) -> Result<Vec<String>, ErrorResponse> {
        let thread = self.store.load::<Thread>("", run.thread_id().or_default()).await?;
        Ok(thread.map(|thread| store_ids(thread.object.tool_resources().valid())).unwrap_or_default())
    }

    /// Executes the searches in the reply of a model.
    pub(super) async fn execute_searches(
        &self,
        scope: Option<&SearchScope>,
        round: &Round,
        input: &ModelInput,
    ) -> Result<Vec<FinishedSearch>, ErrorResponse> {
        let (Some(scope), ModelReply::Calls(calls)) = (scope, &round.reply) else { return Ok(Vec::new()) };
        let mut finished = Vec::new();
        for (call, requested) in calls.iter().enumerate().filter(|(_, call)| call.name == FILE_SEARCH) {
            let given = model::query(&requested.arguments).or_else(|| input.last_user_text());
            let query = given.unwrap_or_default();
            let search = Search {
                stores: scope.stores.iter().map(|store| store.id.clone()).collect(),
                queries: vec![query.clone()],
                filter: None,
                threshold: scope.threshold,
                weights: scope.weights,
                max_results: scope.max_results,
            };
            let hits = within_budget(self.retriever.search(search).await?, scope.budget);
            let ranking_options = json!({ "ranker": scope.ranker, "score_threshold": scope.threshold });
            finished.push(FinishedSearch { call, query, ranking_options, hits });
        }
        if !finished.is_empty() {
            for store in &scope.stores {
                retrieval::record_use(&self.store, store.clone()).await?;
            }
        }
        Ok(finished)
    }
}

/// Returns the tool `file_search` of a run. Returns `None` if the run does not have it or must not use it.
fn searching_tool(run: &Run) -> Option<&Tool> {
    let tools = run.tools().or_default();
    // A function of the run with the name `file_search` takes precedence.
    let is_function = tools.valid().any(|tool| tool.function_name() == Some(FILE_SEARCH));
    if is_function || ToolChoice::of(run.tool_choice().valid()) == ToolChoice::None {
        return None;
    }
    tools.valid().find(|tool| tool.kind().is(ToolType::FileSearch))
}

/// Returns the IDs of the vector stores in the resources of an object.
fn store_ids(resources: Option<&ToolResources>) -> Vec<String> {
    resources.into_iter().flat_map(|resources| resources.vector_store_ids().valid()).map(str::to_owned).collect()
}

/// Returns the default number of results of a search, and the maximum number of tokens of all its results
/// (docs/protocol/objects.md#limits-and-defaults).
fn limits(model: &str) -> (usize, u32) {
    if model.starts_with("gpt-3.5") { (5, 4_000) } else { (20, 16_000) }
}

/// Returns the best results whose texts together fit into the budget. The best one is always kept.
fn within_budget(mut hits: Vec<Hit>, budget: u32) -> Vec<Hit> {
    let mut spent = 0_u32;
    let fits = |hit: &Hit| {
        spent = spent.saturating_add(estimate(&hit.text));
        spent <= budget
    };
    let count = hits.iter().map(fits).take_while(|fits| *fits).count();
    hits.truncate(count.max(1));
    hits
}
