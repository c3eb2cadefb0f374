//! Reads the graph from the lists of a backend.

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
use crate::env::clock;
use crate::exit::CallFailed;
use anyhow::Result;
use futures_util::stream::{self, StreamExt};
use serde_json::Value;

/// Reads assistants, threads, vector stores with their files, and files. Threads are read where the backend lists them.
///
/// # Errors
/// Returns an error if vector stores or files cannot be read.
pub async fn read(app: &App) -> Result<Graph> {
    let mut graph = Graph::default();
    let profile = app.profile()?;
    // OpenAI has neither assistants nor threads any more (docs/protocol/dialects.md#openai-after-the-shutdown).
    let is_shut_down = profile.is_openai_itself();
    let lists_threads = profile.backend.lists_threads() == Some(true);
    if !is_shut_down {
        owners::<ListAssistants>(app, &mut graph, Kind::Assistant).await?;
        match lists_threads {
            true => owners::<ListThreads>(app, &mut graph, Kind::Thread).await?,
            false => graph.gaps.push("threads: this backend does not list them".to_owned()),
        }
    }
    for file in all(app, list::<ListFiles>()).await? {
        graph.add(node(Kind::File, &file));
    }
    let stores = all(app, list::<ListVectorStores>()).await?;
    let concurrency = profile.concurrency;
    let files = stream::iter(&stores).map(|store| files_of(app, store)).buffered(concurrency);
    let files: Vec<Result<Vec<Value>>> = files.collect().await;
    for (store, files) in stores.iter().zip(files) {
        let from = graph.add(node(Kind::VectorStore, store));
        for file in files? {
            if let Some(id) = id_of(&file) {
                graph.refer(from, Kind::File, &id);
            }
        }
    }
    mark(&mut graph, lists_threads, clock::now());
    Ok(graph)
}

fn list<E: Endpoint<Path = Nothing>>() -> Call {
    Call::of::<E>(&Nothing {}, &E::Query::default(), Payload::None)
}

/// Adds the objects of a list that refer to vector stores and files.
async fn owners<E: Endpoint<Path = Nothing>>(app: &App, graph: &mut Graph, kind: Kind) -> Result<()> {
    let owners = match all(app, list::<E>()).await {
        Ok(owners) => owners,
        Err(error) if is_not_offered(&error) => {
            graph.gaps.push(format!("{kind}s: this backend does not list them"));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    for owner in owners {
        let from = graph.add(node(kind, &owner));
        for (path, kind) in [
            ("/tool_resources/file_search/vector_store_ids", Kind::VectorStore),
            ("/tool_resources/code_interpreter/file_ids", Kind::File),
        ] {
            let ids = owner.pointer(path).and_then(Value::as_array).into_iter().flatten();
            ids.filter_map(Value::as_str).for_each(|id| graph.refer(from, kind, id));
        }
    }
    Ok(())
}

fn is_not_offered(error: &anyhow::Error) -> bool {
    error.downcast_ref::<CallFailed>().is_some_and(|failed| matches!(failed.source, ClientError::NotOffered(_)))
}

async fn files_of(app: &App, store: &Value) -> Result<Vec<Value>> {
    let path = OfVectorStore::from_texts(&[&id_of(store).unwrap_or_default()])?;
    all(app, Call::of::<ListVectorStoreFiles>(&path, &StoreFilePaging::default(), Payload::None)).await
}

/// Returns all items of a list.
async fn all(app: &App, call: Call) -> Result<Vec<Value>> {
    let mut pages = app.pages(call, None)?;
    let mut items = Vec::new();
    while let Some(page) = pages.next().await? {
        items.extend(page);
    }
    Ok(items)
}

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
        is_listed: true,
        ..Node::named(kind, &id_of(object).unwrap_or_default())
    }
}
