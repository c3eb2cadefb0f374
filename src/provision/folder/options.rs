//! Builds the options of a sync from the members of `sync` in a manifest.

use crate::api::check::{self, Rules};
use crate::api::{Dialect, Endpoint, PathArgs, vector_stores::CreateFileBatch};
use crate::env::glob::GlobFilter;
use crate::exit::Usage;
use crate::manifest::{FolderProblem, FolderSync, Resource};
use crate::sync::{DeleteScope, MaxDelete, OptionNames, PathFilter, SyncMode, SyncOptions, parse_prefix};
use anyhow::Result;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The longest time that indexing may take without progress.
const TIMEOUT: Duration = Duration::from_secs(600);

/// The prefix of the names of attributes that a sync sets itself.
const OWN: &str = "asst_";

/// Checks the members of `sync` before any request.
///
/// # Errors
/// Returns the first problem, with the path of its member.
pub fn check_sync(given: &FolderSync, dialect: Dialect) -> Result<(), FolderProblem> {
    let problem = |path: &str, message: String| FolderProblem { path: path.to_owned(), message };
    let wrong = |path: &'static str| move |message: String| FolderProblem { path: path.to_owned(), message };
    for name in ["include", "exclude"] {
        given.globs(name).map_err(|message| problem(name, message))?;
    }
    prefix(given).map_err(wrong("prefix"))?;
    delete(given).map_err(wrong("delete"))?;
    max_delete(given).map_err(wrong("max_delete"))?;
    let pairs = attributes(given);
    if let Some((name, _)) = pairs.iter().find(|(name, _)| name.starts_with(OWN)) {
        let message = format!("names of attributes that start with {OWN} are reserved, found `{name}`");
        return Err(problem(&format!("attributes.{name}"), message));
    }
    if pairs.is_empty() {
        return Ok(());
    }
    if dialect == Dialect::Foundry {
        return Err(problem("attributes", "this backend cannot store attributes of files".to_owned()));
    }
    let mut all: Map<String, Value> = pairs.into_iter().collect();
    all.extend(["path", "sha256"].map(|name| (format!("{OWN}{name}"), Value::from("a"))));
    let files = json!([{ "file_id": "file-abc", "attributes": all }]);
    let body = Map::from_iter([("files".to_owned(), files)]);
    check::body_of(CreateFileBatch::SPEC, &body, Rules::incoming(dialect))
        .map_err(|refusal| problem("attributes", refusal.message))
}

fn prefix(given: &FolderSync) -> Result<Option<String>, String> {
    given.text("prefix").map(|text| parse_prefix(&text)).transpose()
}

fn delete(given: &FolderSync) -> Result<DeleteScope, String> {
    match given.text("delete").as_deref() {
        None | Some("own") => Ok(DeleteScope::Own),
        Some("all") => Ok(DeleteScope::All),
        Some("none") => Ok(DeleteScope::None),
        Some(other) => Err(format!("expected own, all or none, found `{other}`")),
    }
}

fn max_delete(given: &FolderSync) -> Result<Option<MaxDelete>, String> {
    given.text("max_delete").map(|text| text.parse()).transpose()
}

fn attributes(given: &FolderSync) -> Vec<(String, Value)> {
    let pairs = given.members.get("attributes").and_then(Value::as_object).into_iter().flatten();
    pairs.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Returns the options of the sync of a vector store.
///
/// # Errors
/// Returns an error with code 2 if a member is invalid.
pub(super) fn options(resource: &Resource, given: &FolderSync, store: &str) -> Result<SyncOptions> {
    Ok(SyncOptions {
        store: PathArgs::from_texts(&[store])?,
        predecessors: Vec::new(),
        digest: None,
        folders: given.folders.clone(),
        filter: PathFilter {
            globs: GlobFilter {
                include: given.globs("include").map_err(Usage::new)?,
                exclude: given.globs("exclude").map_err(Usage::new)?,
            },
            no_ignore: given.is_set("no_ignore"),
        },
        prefix: prefix(given).map_err(Usage::new)?,
        attributes: attributes(given),
        chunking: resource.members.get("chunking_strategy").filter(|value| !value.is_null()).cloned(),
        delete: delete(given).map_err(Usage::new)?,
        max_delete: max_delete(given).map_err(Usage::new)?,
        keep_files: given.is_set("keep_files"),
        track_renames: given.is_set("track_renames"),
        retry_failed: false,
        timeout: TIMEOUT,
        mode: SyncMode::Apply,
        names: OptionNames::Members,
        verify: false,
    })
}
