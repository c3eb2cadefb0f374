//! Vector stores whose files are those of folders: the comparison in a plan, and the sync in an apply
//! (docs/provisioning.md#folders).

use super::planned::PlannedObject;
use super::verdict::Action;
use crate::api::check::{self, Rules};
use crate::api::{Dialect, Endpoint, PathArgs, vector_stores::CreateFileBatch};
use crate::app::{App, Stopping};
use crate::env::glob::Glob;
use crate::exit::{AlreadyReported, CodedFailure, DONE, Failure, MIXED, USAGE, Usage};
use crate::manifest::{Difference, FolderProblem, FolderSync, Manifest, Resource};
use crate::sync::{
    DeleteScope, MaxDelete, OptionNames, PathFilter, SyncAction, SyncItem, SyncMode, SyncOptions, SyncPreview,
    SyncResult, parse_prefix, preview, preview_of_new, sync,
};
use crate::ui::{ErrorReport, counted};
use anyhow::Result;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// The largest number of paths that a plan and a message name.
const MAX_PATHS: usize = 20;

/// The maximum time without progress of the indexing.
const TIMEOUT: Duration = Duration::from_secs(600);

/// An ID for the options of a vector store that does not exist yet. It is never sent.
const NO_STORE: &str = "vs_new";

/// The beginning of the reason for an update of the files.
const DIFFERS: &str = "the folders differ from the vector store";

/// The beginning of the names of attributes that a sync sets itself.
const OWN: &str = "asst_";

/// Checks the members of `sync` before any request.
///
/// # Errors
/// Returns the first error with the path of its member.
pub fn check_sync(given: &FolderSync, dialect: Dialect) -> Result<(), FolderProblem> {
    let problem = |path: &str, message: String| FolderProblem { path: path.to_owned(), message };
    let wrong = |path: &'static str| move |message: String| FolderProblem { path: path.to_owned(), message };
    for name in ["include", "exclude"] {
        globs(given, name).map_err(|message| problem(name, message))?;
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
        return Err(problem("attributes", "this backend has no attributes of files".to_owned()));
    }
    let mut all: Map<String, Value> = pairs.into_iter().collect();
    all.extend(["path", "sha256"].map(|name| (format!("{OWN}{name}"), Value::from("a"))));
    let files = json!([{ "file_id": "file-abc", "attributes": all }]);
    let body = Map::from_iter([("files".to_owned(), files)]);
    check::body_of(CreateFileBatch::SPEC, &body, Rules::incoming(dialect))
        .map_err(|refusal| problem("attributes", refusal.message))
}

/// Checks that the folders of these objects can be opened, and reports each that cannot, with its place.
///
/// # Errors
/// Returns code 2 if there is such a folder.
pub fn check_folders(app: &App, manifest: &Manifest, is_meant: impl Fn(&Resource) -> bool) -> Result<()> {
    let problems = manifest.unusable_folders(is_meant);
    for problem in &problems {
        app.ui().error(&ErrorReport {
            exit_code: USAGE,
            kind: "usage".into(),
            message: problem.to_string(),
            hint: problem.hint.clone(),
            ..ErrorReport::default()
        });
    }
    if problems.is_empty() { Ok(()) } else { Err(AlreadyReported(USAGE).into()) }
}

fn globs(given: &FolderSync, name: &str) -> Result<Vec<Glob>, String> {
    given.texts(name).iter().map(|text| Glob::parse(text)).collect()
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

/// Returns the options of the engine.
fn options(resource: &Resource, given: &FolderSync, store: &str) -> Result<SyncOptions> {
    Ok(SyncOptions {
        store: PathArgs::from_texts(&[store])?,
        predecessors: Vec::new(),
        digest: None,
        folders: given.folders.clone(),
        filter: PathFilter {
            include: globs(given, "include").map_err(Usage::new)?,
            exclude: globs(given, "exclude").map_err(Usage::new)?,
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

/// Compares the folders of an object with its files, and adds the differences to the plan of the object.
///
/// # Errors
/// Returns code 8 if a side could not be read as a whole, and code 2 if a sync would remove too many files.
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

/// Makes the files of an object equal to those of its folders, and waits until they are indexed. Files of the expired
/// vector stores that the object replaces are attached instead of uploaded again.
///
/// `is_saved` is `true` if the folders must be those of the plan.
///
/// # Errors
/// Returns an error if a file could not be added or removed, or if the folders are not those of a saved plan. Nothing was
/// changed in the latter case.
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
        app.ui().note(&format!("the folders of {key} changed after the plan; the files are those of now"));
    }
    match summary.code(false) {
        DONE => Ok(()),
        code => {
            let more = failed.len().saturating_sub(MAX_PATHS);
            failed.truncate(MAX_PATHS);
            failed.extend((more > 0).then(|| format!("{more} further files")));
            let message = format!("the files of {key} are not those of its folders");
            let hint = Some("run the same command again".to_owned());
            Err(CodedFailure { code, message, causes: failed, hint }.into())
        }
    }
}

/// Adds the identity of the object to an error of a sync. An incomplete list has code 8.
fn explained(key: &str, error: anyhow::Error) -> anyhow::Error {
    match (error.downcast_ref::<Usage>(), error.downcast_ref::<Failure>()) {
        (Some(usage), _) => Usage { message: format!("{key}: {}", usage.message), hint: usage.hint.clone() }.into(),
        (_, Some(failure)) => {
            let message = format!("{key}: {}", failure.message);
            CodedFailure { hint: failure.hint.clone(), ..CodedFailure::new(MIXED, message) }.into()
        }
        _ => error,
    }
}

/// Checks that the folders could be read as a whole.
fn check_readable(key: &str, found: &SyncPreview) -> Result<()> {
    if found.unreadable.is_empty() {
        return Ok(());
    }
    let message = format!("{key}: the folders could not be read as a whole");
    Err(CodedFailure { causes: named(&found.unreadable), ..CodedFailure::new(MIXED, message) }.into())
}

fn report_skipped(app: &App, key: &str, skipped: &[(String, String)]) {
    for text in named(skipped) {
        app.ui().warn(&format!("{key}: left out: {text}"));
    }
}

/// Reports the files that stay in the vector store, although the folders lack them.
fn report_kept(app: &App, key: &str, found: &SyncPreview) {
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    found.kept.iter().for_each(|(_, reason)| *reasons.entry(reason).or_default() += 1);
    if found.outside > 0 {
        reasons.insert("outside of the prefix", found.outside);
    }
    for (reason, count) in reasons {
        let files = counted(count, "file");
        app.ui().note(&format!("{key}: {files} that the folders lack stay in the vector store: {reason}"));
    }
}

fn named(files: &[(String, String)]) -> Vec<String> {
    let mut texts: Vec<String> =
        files.iter().take(MAX_PATHS).map(|(path, reason)| format!("{path}: {reason}")).collect();
    let more = files.len().saturating_sub(MAX_PATHS);
    texts.extend((more > 0).then(|| format!("{more} further files")));
    texts
}

/// The change of one path, or of a file without a path.
struct PathChange {
    /// The file of the vector store before.
    before: Option<String>,
    /// The action that leaves a file under the path, if any.
    after: Option<SyncAction>,
}

/// Returns the changes by path. A new version and the removal of the old one are one change.
fn by_path(changes: &[SyncItem]) -> BTreeMap<String, PathChange> {
    let mut all: BTreeMap<String, PathChange> = BTreeMap::new();
    for item in changes {
        let path = item.path.clone().or_else(|| item.file_id.clone()).unwrap_or_default();
        let change = all.entry(path).or_insert(PathChange { before: None, after: None });
        let is_removal = matches!(item.action, SyncAction::Remove | SyncAction::Clean);
        // A second copy that is removed does not hide the first change.
        change.before = change.before.take().or_else(|| item.file_id.clone());
        if !is_removal {
            change.after = Some(item.action);
        }
    }
    all
}

impl PathChange {
    fn words(&self) -> &'static str {
        match self.after {
            Some(SyncAction::Add | SyncAction::Attach) if self.before.is_none() => "added",
            Some(SyncAction::Add | SyncAction::Replace) => "replaced",
            Some(SyncAction::Attach) => "attached",
            Some(SyncAction::Retry) => "indexed again",
            Some(SyncAction::Rename) => "renamed",
            Some(_) => "updated",
            None => "removed",
        }
    }
}

/// Returns the number of files by change, such as `1 added, 2 removed`.
fn counts(changed: &BTreeMap<String, PathChange>) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    changed.values().for_each(|change| *counts.entry(change.words()).or_default() += 1);
    let counts: Vec<String> = counts.into_iter().map(|(words, count)| format!("{count} {words}")).collect();
    counts.join(", ")
}

fn differences(changed: &BTreeMap<String, PathChange>) -> Vec<Difference> {
    let one = |(path, change): (&String, &PathChange)| Difference {
        path: format!("sync[{path}]"),
        before: change.before.clone().map_or(Value::Null, Value::from),
        after: if change.after.is_some() { change.words().into() } else { Value::Null },
    };
    let mut found: Vec<Difference> = changed.iter().take(MAX_PATHS).map(one).collect();
    let more = changed.len().saturating_sub(MAX_PATHS) as u64;
    found.extend((more > 0).then(|| Difference {
        path: "sync".to_owned(),
        before: Value::Null,
        after: format!("{more} further files").into(),
    }));
    found
}
