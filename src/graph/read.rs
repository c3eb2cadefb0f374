//! Construction of the graph from the lists of a backend.

use super::candidate::mark;
use super::model::{Graph, Node};
use crate::api::assistants::ListAssistants;
use crate::api::files::ListFiles;
use crate::api::paging::StoreFilePaging;
use crate::api::threads::ListThreads;
use crate::api::vector_stores::{ListVectorStoreFiles, ListVectorStores, OfVectorStore};
use crate::api::{Endpoint, Kind, Nothing, PathArgs};
use crate::app::{App, Call, Payload, redact};
use crate::client::{ClientError, id_of};
use crate::config::Profile;
use crate::env::clock;
use crate::exit::CallFailed;
use crate::manifest::{identity, name_on_disk};
use anyhow::Result;
use futures_util::stream::{self, StreamExt};
use serde_json::Value;
use std::pin::pin;

/// A list of all objects of a kind, as opposed to the list of the files of one vector store.
struct KindList {
    kind: Kind,
    call: Call,
    /// `true` if some backends do not have the list. Its absence is then not an error.
    is_optional: bool,
}

/// Prints the request for each list, except for the lists of the files of vector stores, which need their IDs.
///
/// # Errors
/// Returns an error if the profile is not valid.
pub fn dry_run(app: &App) -> Result<()> {
    for list in lists(app.profile()?) {
        app.pages(list.call, None)?.dry()?;
    }
    app.ui().note("the requests for the files of each vector store follow these");
    Ok(())
}

/// Reads assistants, threads, vector stores with their files, and files. Threads are read only if the backend lists
/// them. A list that the backend does not have, or that does not prove that it is complete, becomes a gap of the graph.
///
/// # Errors
/// Returns an error if a list cannot be read.
pub async fn read(app: &App) -> Result<Graph> {
    let mut graph = Graph::default();
    let profile = app.profile()?;
    let lists_threads = profile.backend.lists_threads() == Some(true);
    if !lists_threads && !profile.is_openai_itself() {
        graph.gaps.push("threads: this backend does not list them".to_owned());
    }
    for KindList { kind, call, is_optional } in lists(profile) {
        let name = format!("{kind}s");
        let add = |graph: &mut Graph, object: &Value| {
            let from = graph.add(node(kind, object));
            for (path, kind) in [
                ("/tool_resources/file_search/vector_store_ids", Kind::VectorStore),
                ("/tool_resources/code_interpreter/file_ids", Kind::File),
            ] {
                let ids = object.pointer(path).and_then(Value::as_array).into_iter().flatten();
                ids.filter_map(Value::as_str).for_each(|id| graph.refer(from, kind, id));
            }
        };
        match read_list(app, call, |object| add(&mut graph, object)).await {
            Ok(proof) => graph.add_gap_unless_proven(&name, proof),
            Err(error) if is_optional && is_not_offered(&error) => {
                graph.gaps.push(format!("{name}: this backend does not list them"));
            }
            Err(error) => return Err(error),
        }
    }
    let stores: Vec<(usize, String)> = graph
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.kind == Kind::VectorStore && node.is_listed)
        .map(|(index, node)| (index, node.id.clone()))
        .collect();
    let reads = stream::iter(&stores).map(|(from, id)| async move { (*from, id, files_of(app, id).await) });
    let mut reads = pin!(reads.buffered(profile.concurrency));
    while let Some((from, id, files)) = reads.next().await {
        let (files, proof) = files?;
        files.iter().for_each(|file| graph.refer(from, Kind::File, file));
        graph.add_gap_unless_proven(&format!("files of {} {id}", Kind::VectorStore), proof);
    }
    mark(&mut graph, lists_threads, clock::now());
    Ok(graph)
}

/// Returns the lists in the order in which they are read.
fn lists(profile: &Profile) -> Vec<KindList> {
    let list = |kind, call| KindList { kind, call, is_optional: false };
    let optional = |kind, call| KindList { kind, call, is_optional: true };
    let mut lists = Vec::new();
    // OpenAI has neither assistants nor threads any more (docs/protocol/dialects.md#openai-after-the-shutdown).
    if !profile.is_openai_itself() {
        lists.push(optional(Kind::Assistant, call::<ListAssistants>()));
        if profile.backend.lists_threads() == Some(true) {
            lists.push(optional(Kind::Thread, call::<ListThreads>()));
        }
    }
    lists.push(list(Kind::File, call::<ListFiles>()));
    lists.push(list(Kind::VectorStore, call::<ListVectorStores>()));
    lists
}

fn call<E: Endpoint<Path = Nothing>>() -> Call {
    Call::of::<E>(&Nothing {}, &E::Query::default(), Payload::None)
}

impl Graph {
    /// Adds a gap if a list does not prove that it is complete. `proof` has the reason as its error.
    fn add_gap_unless_proven(&mut self, list: &str, proof: Result<(), String>) {
        if let Err(defect) = proof {
            self.is_unproven = true;
            self.gaps.push(format!("{list}: the list is not valid as evidence: {defect}"));
        }
    }
}

fn is_not_offered(error: &anyhow::Error) -> bool {
    error.downcast_ref::<CallFailed>().is_some_and(|failed| matches!(failed.source, ClientError::NotOffered(_)))
}

/// Returns the IDs of the files in a vector store. The inner error is the reason why the list may be incomplete.
async fn files_of(app: &App, store: &str) -> Result<(Vec<String>, Result<(), String>)> {
    let path = OfVectorStore::from_texts(&[store])?;
    let call = Call::of::<ListVectorStoreFiles>(&path, &StoreFilePaging::default(), Payload::None);
    let mut ids = Vec::new();
    let proof = read_list(app, call, |file| ids.extend(id_of(file))).await?;
    Ok((ids, proof))
}

/// Passes each item of a list to `add`. The inner error is the reason why the list may be incomplete.
async fn read_list(app: &App, call: Call, mut add: impl FnMut(&Value)) -> Result<Result<(), String>> {
    let mut pages = app.pages(call, None)?.proving();
    while let Some(page) = pages.next().await? {
        page.iter().for_each(&mut add);
    }
    Ok(pages.complete())
}

/// Returns the node of a listed object.
fn node(kind: Kind, object: &Value) -> Node {
    let text = |member: &str| object.get(member).and_then(Value::as_str).filter(|text| !text.is_empty());
    let number = |path: &str| object.pointer(path).and_then(Value::as_i64);
    let is_store = kind == Kind::VectorStore;
    Node {
        name: text("name").or_else(|| text("filename")).map(str::to_owned),
        bytes: number(if is_store { "/usage_bytes" } else { "/bytes" }),
        created_at: redact::time(object, "created_at"),
        active_at: redact::time(object, "last_active_at"),
        status: text("status").filter(|_| is_store).map(str::to_owned),
        purpose: text("purpose").map(str::to_owned),
        files: number("/file_counts/total"),
        in_progress: number("/file_counts/in_progress").unwrap_or(0),
        is_provisioned: identity(&object["metadata"]).is_some() || text("filename").and_then(name_on_disk).is_some(),
        is_listed: true,
        ..Node::named(kind, &id_of(object).unwrap_or_default())
    }
}
