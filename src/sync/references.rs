//! Finds the assistants and the other vector stores that refer to files of a vector store.
//!
//! Threads, messages and conversations are not read: a thread that searches files refers to a vector store, and not to its files.

use super::store::{self, path_of};
use crate::api::assistants::ListAssistants;
use crate::api::objects::{JsonObject, VectorStore};
use crate::api::paging::{Paging, StoreFilePaging};
use crate::api::vector_stores::{GetVectorStoreFile, ListVectorStoreFiles, ListVectorStores, OfVectorStore};
use crate::api::{Backend, Nothing};
use crate::app::{App, Call};
use crate::client::{Payload, id_of};
use crate::exit::CallFailed;
use anyhow::{Result, bail};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The size of a page of a list.
const PAGE: u64 = 100;

/// An object that refers to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Referrer {
    /// The noun and the ID of the object.
    pub(super) name: String,
    /// The ID of the object if it is a vector store.
    pub(super) store: Option<String>,
}

/// Returns the objects other than `store` that refer to files, by the ID of the file.
///
/// # Errors
/// Returns an error if the assistants or the vector stores cannot be read completely.
pub(super) async fn references(
    app: &App,
    store: &str,
    ids: &BTreeSet<String>,
) -> Result<BTreeMap<String, Vec<Referrer>>> {
    let mut found: BTreeMap<String, Vec<Referrer>> = BTreeMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    if app.profile()?.backend != Backend::OpenAi || !app.profile()?.is_openai_itself() {
        for (id, assistant) in assistants(app, ids).await? {
            found.entry(id).or_default().push(Referrer { name: format!("assistant {assistant}"), store: None });
        }
    }
    let others = other_stores(app, store).await?;
    let concurrency = app.session().await?.concurrency;
    let reads = stream::iter(others)
        .map(async |(other, count): (String, u64)| files_in(app, &other, count, ids).await.map(|files| (files, other)));
    let reads: Vec<(Vec<String>, String)> = reads.buffer_unordered(concurrency).try_collect().await?;
    for (files, other) in reads {
        for file in files {
            let name = format!("vector store {other}");
            found.entry(file).or_default().push(Referrer { name, store: Some(other.clone()) });
        }
    }
    Ok(found)
}

/// Returns each file to which an assistant refers, with the ID of the assistant.
async fn assistants(app: &App, ids: &BTreeSet<String>) -> Result<Vec<(String, String)>> {
    let call = Call::of::<ListAssistants>(&Nothing {}, &Paging::default(), Payload::None);
    let may_lack_assistants = !matches!(app.profile()?.backend, Backend::Foundry | Backend::Local);
    let mut pages = app.pages(call, None)?.proving();
    let mut found = Vec::new();
    loop {
        let page = match pages.next().await {
            Ok(Some(page)) => page,
            Ok(None) => break,
            // Some backends have no assistants, so none can refer to a file. Foundry and the embedded server have
            // assistants.
            Err(error) if may_lack_assistants && refuses_list(&error) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        for assistant in &page {
            let mut named = Vec::new();
            strings(assistant, &mut |text| named.extend(ids.get(text).cloned()));
            found.extend(named.into_iter().map(|id| (id, id_of(assistant).unwrap_or_default())));
        }
    }
    match pages.complete() {
        Ok(()) => Ok(found),
        Err(reason) => bail!("the list of the assistants may be incomplete: {reason}"),
    }
}

/// Returns the other vector stores that may have files, with the number of files that each reports.
async fn other_stores(app: &App, own: &str) -> Result<Vec<(String, u64)>> {
    let call = Call::of::<ListVectorStores>(&Nothing {}, &Paging::default(), Payload::None);
    let mut pages = app.pages(call, None)?.proving();
    let mut stores = Vec::new();
    while let Some(page) = pages.next().await? {
        for value in &page {
            let counts = VectorStore::from_value_ref(value).and_then(|store| store.file_counts().valid());
            let total = counts.and_then(|counts| counts.total().valid()).and_then(|total| u64::try_from(total).ok());
            let Some(id) = id_of(value).filter(|id| id != own) else { continue };
            if total != Some(0) {
                stores.push((id, total.unwrap_or(u64::MAX)));
            }
        }
    }
    match pages.complete() {
        Ok(()) => Ok(stores),
        Err(reason) => bail!("the list of the vector stores may be incomplete: {reason}"),
    }
}

/// Returns the IDs in `ids` whose files are in a vector store. `count` is the number of its files.
async fn files_in(app: &App, store: &str, count: u64, ids: &BTreeSet<String>) -> Result<Vec<String>> {
    if ids.len() as u64 <= count.div_ceil(PAGE) {
        let mut found = Vec::new();
        for id in ids {
            if is_in(app, store, id).await? {
                found.push(id.clone());
            }
        }
        return Ok(found);
    }
    let path: OfVectorStore = path_of(&[store])?;
    let call = Call::of::<ListVectorStoreFiles>(&path, &StoreFilePaging::default(), Payload::None);
    let mut pages = app.pages(call, None)?.proving();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await? {
        found.extend(page.iter().filter_map(id_of).filter(|id| ids.contains(id)));
    }
    match pages.complete() {
        Ok(()) => Ok(found),
        Err(reason) => bail!("the list of the files of {store} may be incomplete: {reason}"),
    }
}

/// Returns `true` if a vector store has a file.
///
/// # Errors
/// Returns an error if the request fails in another way than with 404, or if the list of the files may be incomplete.
pub(super) async fn is_in(app: &App, store: &str, file: &str) -> Result<bool> {
    let call = Call::of::<GetVectorStoreFile>(&path_of(&[store, file])?, &Nothing {}, Payload::None);
    match app.call(call).await {
        Ok(_) => Ok(true),
        Err(error) if is_missing(&error, store) || is_missing(&error, file) => Ok(false),
        // A 404 that does not contain the ID may come from a gateway, so the list is read.
        Err(error) if is_not_found(&error) => {
            let listed = store::list(app, &path_of(&[store])?, &[]).await?;
            Ok(listed.iter().any(|listed| listed.id == file))
        }
        Err(error) => Err(error),
    }
}

/// Returns `true` if a request failed with a 404 of the protocol whose message contains the ID.
fn is_missing(error: &anyhow::Error, id: &str) -> bool {
    let refused = error.downcast_ref::<CallFailed>().and_then(|failed| failed.source.api_error());
    refused.is_some_and(|refused| refused.status == 404 && refused.enveloped && refused.message.contains(id))
}

/// Returns `true` if a request failed with 404.
pub(super) fn is_not_found(error: &anyhow::Error) -> bool {
    error.downcast_ref::<CallFailed>().is_some_and(|failed| failed.source.is_not_found())
}

fn refuses_list(error: &anyhow::Error) -> bool {
    error.downcast_ref::<CallFailed>().is_some_and(|failed| failed.source.refuses_list())
}

/// Calls a function with every text in a value.
fn strings(value: &Value, each: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, each)),
        Value::Object(members) => members.values().for_each(|member| strings(member, each)),
        _ => {}
    }
}
