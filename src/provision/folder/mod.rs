//! Vector stores with `sync`: compares their files with folders in a plan, and syncs them in an apply
//! (docs/provisioning.md#folders).

mod changes;
mod notes;
mod options;

pub use options::check_sync;

use super::planned::PlannedObject;
use super::problems::problems_reported;
use super::verdict::Action;
use crate::api::PathArgs;
use crate::app::{App, Stopping};
use crate::exit::{DONE, Failure, MIXED, Usage};
use crate::manifest::{Difference, Manifest, Resource};
use crate::sync::{SyncItem, SyncPreview, SyncResult, preview, preview_of_new, sync};
use crate::ui::counted;
use anyhow::Result;
use changes::{by_path, counts, differences};
use notes::{named, report_kept, report_skipped};
use options::options;
use serde_json::Value;

/// The largest number of paths that a plan or a message lists.
const MAX_PATHS: usize = 20;

/// A placeholder for the ID of a vector store that does not exist yet. It is never sent.
const NO_STORE: &str = "vs_new";

/// The beginning of the reason for an update of the files.
const DIFFERS: &str = "the folders differ from the vector store";

/// Checks that the folders of these objects can be opened. Reports each folder that cannot, with its place in the
/// manifest.
///
/// # Errors
/// Returns an error with code 2 if a folder cannot be opened.
pub fn check_folders(app: &App, manifest: &Manifest, is_meant: impl Fn(&Resource) -> bool) -> Result<()> {
    let problems = manifest.unusable_folders(is_meant);
    if problems.is_empty() { Ok(()) } else { Err(problems_reported(app, problems)) }
}

/// Compares the folders of a vector store with its files, and adds the differences to the plan of the vector store.
///
/// # Errors
/// Returns an error with code 8 if a folder or the vector store could not be read completely, and with code 2 if a sync
/// would remove too many files.
pub(super) async fn compare(app: &App, object: &mut PlannedObject) -> Result<()> {
    let Some((resource, given)) =
        object.resource.as_ref().and_then(|resource| Some((resource, resource.sync.as_ref()?)))
    else {
        return Ok(());
    };
    let found = match &object.live {
        _ if object.action == Action::Ambiguous => return Ok(()),
        None => preview_of_new(app, &options(resource, given, NO_STORE)?).await,
        Some(live) => preview(app, &options(resource, given, &live.id)?).await,
    };
    let found = found.map_err(|error| explained(&object.key, error))?;
    check_readable(&object.key, &found)?;
    report_skipped(app, &object.key, &found.skipped);
    report_kept(app, &object.key, &found);
    if object.live.is_none() {
        let after = Value::from(counted(found.files, "file"));
        object.differences.push(Difference { path: "sync".to_owned(), before: Value::Null, after });
    }
    let changed = by_path(&found.changes);
    if !changed.is_empty() {
        let counts = counts(&changed);
        if object.action == Action::Unchanged {
            object.action = Action::Update;
            object.reason = format!("{DIFFERS}: {counts}");
            object.only_folder_differs = true;
        } else {
            object.reason = format!("{}; {counts}", object.reason);
        }
        object.differences.extend(differences(&changed));
    }
    object.folder = Some(found);
    Ok(())
}

/// Returns the reason for an update if the folders differ from the vector store.
pub(super) fn reason(found: &SyncPreview) -> Option<String> {
    let changed = by_path(&found.changes);
    (!changed.is_empty()).then(|| format!("{DIFFERS}: {}", counts(&changed)))
}

/// Makes the files of a vector store equal to the files in its folders, and waits until they are indexed. Files of the
/// expired vector stores that it replaces are attached instead of uploaded again.
///
/// With `is_saved`, fails if the folders changed after the plan was made.
///
/// # Errors
/// Returns an error if a file could not be added or removed. Returns an error before any change if the folders differ
/// from those of a saved plan.
pub(super) async fn apply(
    app: &App,
    object: &PlannedObject,
    resource: &Resource,
    id: &str,
    is_saved: bool,
) -> Result<()> {
    let Some(given) = &resource.sync else { return Ok(()) };
    let key = &object.key;
    let mut options = options(resource, given, id)?;
    let old = object.predecessors.iter().map(|id| PathArgs::from_texts(&[id]));
    options.predecessors = old.collect::<Result<_, _>>()?;
    let planned = object.folder.as_ref().map(|folder| folder.digest.as_str());
    options.digest = planned.filter(|_| is_saved).map(str::to_owned);
    let mut failed = Vec::new();
    let mut each = |item: &SyncItem| {
        if matches!(item.result, SyncResult::Failed | SyncResult::Pending) {
            let path = item.path.as_deref().or(item.file_id.as_deref()).unwrap_or_default();
            failed.push(match &item.reason {
                Some(reason) => format!("{path}: {reason}"),
                None => path.to_owned(),
            });
        }
        Ok(())
    };
    let summary = sync(app, &options, &Stopping::default(), &mut each).await;
    let summary = summary.map_err(|error| explained(key, error))?;
    app.ui().note(&format!("the files of {key}: {}", summary.text()));
    if planned.is_some_and(|planned| planned != summary.digest) {
        app.ui().note(&format!("the folders of {key} changed after the plan; the sync used the new contents"));
    }
    match summary.code(false) {
        DONE => Ok(()),
        code => {
            let more = failed.len().saturating_sub(MAX_PATHS);
            failed.truncate(MAX_PATHS);
            failed.extend((more > 0).then(|| format!("{more} further files")));
            let message = format!("the files of {key} do not match its folders yet");
            let hint = Some("run the same command again".to_owned());
            Err(Failure { code, message, causes: failed, hint }.into())
        }
    }
}

/// Adds the identity of the object to an error of a sync. A failure of the sync, such as an incomplete list, has code 8.
fn explained(key: &str, error: anyhow::Error) -> anyhow::Error {
    match (error.downcast_ref::<Usage>(), error.downcast_ref::<Failure>()) {
        (Some(usage), _) => Usage { message: format!("{key}: {}", usage.message), hint: usage.hint.clone() }.into(),
        (_, Some(failure)) => {
            let message = format!("{key}: {}", failure.message);
            Failure { code: MIXED, message, ..failure.clone() }.into()
        }
        _ => error,
    }
}

/// Checks that the folders could be read completely.
fn check_readable(key: &str, found: &SyncPreview) -> Result<()> {
    if found.unreadable.is_empty() {
        return Ok(());
    }
    let message = format!("{key}: some files of the folders could not be read");
    Err(Failure { causes: named(&found.unreadable), ..Failure::new(MIXED, message) }.into())
}
