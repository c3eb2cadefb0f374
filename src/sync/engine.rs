//! Runs a sync: lock, read both sides, plan, work, remove, compare.

use super::attach::{self, Attachment};
use super::journal::{Journal, NotedFile};
use super::lock::SyncLock;
use super::options::{MaxDelete, SyncMode, SyncOptions};
use super::outcome::{SyncAction, SyncItem, SyncResult, SyncSummary};
use super::plan::Plan;
use super::recover::recover;
use super::removal::remove;
use super::report::Reporter;
use super::source::{self, Source, SourceFile};
use super::store::{self, StoreFile, reported_count};
use super::work::Work;
use crate::app::{App, Stopping};
use crate::env::limits;
use crate::exit::{FAILED, Failure, Usage};
use anyhow::{Context, Result};
use std::collections::{HashMap, HashSet};
use tokio::sync::oneshot;

/// Makes the files of a vector store equal to the files in folders. Passes the outcome for each changed file to `each`.
///
/// # Errors
/// Returns an error before any change if the folders or the vector store cannot be read completely, or if too many
/// files would be removed. Failures of single files are counted.
pub async fn sync(
    app: &App,
    options: &SyncOptions,
    stopping: &Stopping,
    each: &mut dyn FnMut(&SyncItem) -> Result<()>,
) -> Result<SyncSummary> {
    let id = options.store.vector_store_id.as_str();
    check(app, options)?;
    let reporter = Reporter::new(app, each);
    let journal = Journal::open(app, id).await?;
    if !attach::has_attributes(app) && !journal.is_kept() {
        let message = "this backend has no attributes, so only the ledger can identify the files of a sync";
        return Err(Usage::hinted(message, "remove --no-ledger").into());
    }
    let applies = options.mode == SyncMode::Apply;
    let _lock = if applies { SyncLock::acquire(app, app.origin().await?, id).await? } else { None };
    let scan = scan(options);
    let sides = async {
        let reported = reported_count(app, &options.store).await?;
        Ok::<_, anyhow::Error>((reported, store::list(app, &options.store, &options.attributes).await?))
    };
    let (source, sides) = tokio::join!(scan, sides);
    let source = source?;
    check_not_empty(&source)?;
    let digest = source.digest();
    if options.digest.as_ref().is_some_and(|wanted| *wanted != digest) {
        let message = "the folders changed after the plan; the files of the vector store were not changed";
        return Err(Failure::new(FAILED, message).hinted("make a new plan").into());
    }
    reporter.count(|summary| (summary.files, summary.digest) = (source.files.len() as u64, digest));
    let (reported, mut listed) = sides?;
    let mut noted = notes(app, &journal, &mut listed, applies).await?;
    if applies {
        noted.extend(reusable(app, options, &listed).await?);
    }
    let plan = Plan::new(&source, &listed, &noted, options);
    report_ghosts(&reporter, app, id, reported, &listed);
    report_constants(&reporter, id, &source, &plan)?;
    if !applies {
        report_plan(&reporter, &source, &plan)?;
        reporter.count(|summary| (summary.indexing, summary.outside) = (plan.pending.len() as u64, plan.outside));
        check_limit(options, &plan)?;
        if options.verify {
            let others = (plan.pending.len() + plan.kept.len()) as u64;
            reporter.count(|summary| summary.differences = Some(summary.planned + others));
        }
        return Ok(reporter.summary());
    }
    check_limit(options, &plan)?;
    let removals = {
        let known = listed.iter().map(|file| file.id.as_str()).collect();
        let mut work = Work::new(app, options, stopping, &journal, &reporter, &source, known);
        work.run(&plan).await?;
        work.removals(&plan).await?
    };
    let is_complete = reporter.is_clean() && source.unreadable.is_empty();
    let leftovers = if is_complete { plan.leftovers.as_slice() } else { &[] };
    remove(app, options, stopping, &journal, &reporter, removals, leftovers).await?;
    if options.verify && !stopping.is_set() {
        verify(app, options, &journal, &reporter).await?;
    }
    Ok(reporter.summary())
}

/// Checks everything that can be checked before the first request.
pub(super) fn check(app: &App, options: &SyncOptions) -> Result<()> {
    for folder in &options.folders {
        if !folder.is_dir() {
            return Err(Usage::new(format!("{}: no such folder", folder.display())).into());
        }
    }
    let file = SourceFile { path: "a".to_owned(), location: "a".into(), hash: [0; 32], size: 1 };
    let one = Attachment { position: 0, id: "file-abc".to_owned(), hash: file.hash };
    app.check(&attach::request(app, options, &[one], &[file]))
}

/// Reads the folders on a thread, so that requests and signals are handled in the meantime.
pub(super) async fn scan(options: &SyncOptions) -> Result<Source> {
    let (send, receive) = oneshot::channel();
    let options = options.clone();
    limits::detach(move || {
        let source = source::read(&options, || send.is_closed());
        let _ = send.send(source);
    })?;
    Ok(receive.await.context("the thread that reads the folders has ended")??)
}

/// Returns the files that the ledger contains and the vector store lacks. Adds the identity from the ledger to listed
/// files without one. With `recovers`, also looks for the files of uploads whose response was lost.
async fn notes(app: &App, journal: &Journal<'_>, listed: &mut [StoreFile], recovers: bool) -> Result<Vec<NotedFile>> {
    let known: HashSet<String> =
        listed.iter().filter(|file| file.identity.is_some()).map(|file| file.id.clone()).collect();
    let mut noted = journal.files(|id| known.contains(id)).await?;
    let mut by_id: HashMap<&str, &NotedFile> = noted.iter().map(|file| (file.id.as_str(), file)).collect();
    let has_unknown = listed.iter().any(|file| file.identity.is_none() && !by_id.contains_key(file.id.as_str()));
    if !attach::has_attributes(app) && has_unknown && noted.is_empty() {
        let message = "the ledger has none of the files of the vector store, so a sync could add them twice";
        return Err(Usage::hinted(message, "use the ledger of the earlier sync, or an empty vector store").into());
    }
    let mut attached = HashSet::new();
    for file in listed.iter_mut().filter(|file| file.identity.is_none()) {
        if let Some(note) = by_id.remove(file.id.as_str()) {
            file.identity = Some(note.identity.clone());
            // This backend stores no attributes, so an update of them would be repeated by every sync.
            file.has_attributes = true;
            attached.insert(file.id.clone());
        }
    }
    noted.retain(|file| !attached.contains(&file.id));
    let open = if recovers { journal.open_uploads().await? } else { Vec::new() };
    if !open.is_empty() {
        let all: HashSet<&str> =
            listed.iter().map(|file| &*file.id).chain(noted.iter().map(|file| &*file.id)).collect();
        let found = recover(app, journal, open, |id| all.contains(id)).await?;
        let found = found.into_iter();
        noted.extend(found.map(|(upload, id)| NotedFile { id, identity: upload.identity, is_abandoned: true }));
    }
    Ok(noted)
}

/// Returns the files of the replaced vector stores that the vector store of the sync lacks.
async fn reusable(app: &App, options: &SyncOptions, listed: &[StoreFile]) -> Result<Vec<NotedFile>> {
    let known: HashSet<&str> = listed.iter().map(|file| &*file.id).collect();
    let mut found = Vec::new();
    for store in &options.predecessors {
        let files = store::list(app, store, &[]).await?.into_iter().filter(|file| !known.contains(&*file.id));
        let files = files.filter_map(|file| Some((file.id, file.identity?)));
        // The file belongs to the old vector store until that is deleted, so it is not a leftover.
        found.extend(files.map(|(id, identity)| NotedFile { id, identity, is_abandoned: false }));
    }
    Ok(found)
}

/// Warns about files that the vector store counts and does not list (docs/protocol/vector_stores.md#field-reports).
fn report_ghosts(reporter: &Reporter<'_>, app: &App, store: &str, reported: Option<u64>, listed: &[StoreFile]) {
    let ghosts = reported.map_or(0, |reported| reported.saturating_sub(listed.len() as u64));
    reporter.count(|summary| summary.ghosts = ghosts);
    if ghosts > 0 {
        app.ui().warn(&format!(
            "{store} counts {ghosts} more files than it lists; such files can still be found by a search"
        ));
    }
}

/// Reports the files that stay as they are.
fn report_constants(reporter: &Reporter<'_>, store: &str, source: &Source, plan: &Plan) -> Result<()> {
    reporter.count(|summary| summary.unchanged = plan.unchanged);
    for (path, reason) in &source.unreadable {
        reporter.item(Some(path), SyncAction::Skip, SyncResult::Failed, None, Some(reason))?;
    }
    for (path, reason) in &source.skipped {
        reporter.item(Some(path), SyncAction::Skip, SyncResult::Skipped, None, Some(reason))?;
    }
    let retry = format!(
        "it could not be indexed before; `asst vector-stores sync FOLDER --to {store} --retry-failed` tries again"
    );
    for (position, id) in &plan.unusable {
        reporter.item(path_at(source, *position), SyncAction::Skip, SyncResult::Skipped, Some(id), Some(&retry))?;
    }
    for (path, reason) in &plan.kept {
        reporter.item(Some(path), SyncAction::Keep, SyncResult::Skipped, None, Some(reason))?;
    }
    Ok(())
}

/// Reports what a sync would do.
fn report_plan(reporter: &Reporter<'_>, source: &Source, plan: &Plan) -> Result<()> {
    let planned = SyncResult::Planned;
    let replaced = plan.replaced();
    for position in &plan.uploads {
        let action = if replaced.contains(position) { SyncAction::Replace } else { SyncAction::Add };
        reporter.item(path_at(source, *position), action, planned, None, None)?;
    }
    let lists = [
        (&plan.attachments, SyncAction::Attach),
        (&plan.retries, SyncAction::Retry),
        (&plan.updates, SyncAction::Update),
    ];
    for (list, action) in lists {
        for (position, id) in list {
            reporter.item(path_at(source, *position), action, planned, Some(id), None)?;
        }
    }
    for (position, id, old) in &plan.renames {
        let reason = format!("was {old}");
        reporter.item(path_at(source, *position), SyncAction::Rename, planned, Some(id), Some(&reason))?;
    }
    for removal in &plan.removals {
        let path = removal.identity.as_ref().map(|identity| identity.path.as_str());
        reporter.item(path, SyncAction::Remove, planned, Some(&removal.id), Some(removal.reason.text()))?;
    }
    for (id, identity) in &plan.leftovers {
        reporter.item(Some(&identity.path), SyncAction::Clean, planned, Some(id), None)?;
    }
    Ok(())
}

fn path_at(source: &Source, position: usize) -> Option<&str> {
    source.files.get(position).map(|file| file.path.as_str())
}

/// Checks that the folders have files.
///
/// # Errors
/// Returns an error if they have none, because a folder may be a mount point without its file system.
pub(super) fn check_not_empty(source: &Source) -> Result<(), Usage> {
    if !source.files.is_empty() || !source.unreadable.is_empty() {
        return Ok(());
    }
    let hint = "check the folders and the patterns; to remove the whole vector store, use `asst vector-stores delete`";
    Err(Usage::hinted("the folders have no files for the vector store; nothing was changed", hint))
}

/// Checks that the plan removes no more files than it may.
fn check_limit(options: &SyncOptions, plan: &Plan) -> Result<(), Usage> {
    let (count, known) = (plan.limited_removals(), plan.managed.max(plan.limited_removals()));
    if count <= MaxDelete::allowed(options.max_delete, known) {
        return Ok(());
    }
    let message = format!("the sync would remove {count} of {known} files without a successor; nothing was changed");
    let hint = format!("check the folders; {} allows it", options.names.option("max_delete", count));
    Err(Usage::hinted(message, hint))
}

/// Compares the vector store with the folders again, and reports the differences.
async fn verify(app: &App, options: &SyncOptions, journal: &Journal<'_>, reporter: &Reporter<'_>) -> Result<()> {
    let source = scan(options).await?;
    let mut listed = store::list(app, &options.store, &options.attributes).await?;
    let noted = notes(app, journal, &mut listed, false).await?;
    let reported = reported_count(app, &options.store).await?;
    let plan = Plan::new(&source, &listed, &noted, options);
    let mut differences = Vec::new();
    let at = |position: &usize| path_at(&source, *position).unwrap_or_default().to_owned();
    differences.extend(plan.uploads.iter().map(|position| format!("{} is not in the vector store", at(position))));
    differences.extend(plan.attachments.iter().map(|(position, _)| format!("{} is not attached", at(position))));
    differences.extend(plan.retries.iter().map(|(position, _)| format!("{} is not indexed", at(position))));
    differences.extend(plan.unusable.iter().map(|(position, _)| format!("{} is not indexed", at(position))));
    differences.extend(plan.pending.iter().map(|(position, _)| format!("{} is not indexed yet", at(position))));
    let kept = plan.kept.iter();
    differences.extend(kept.map(|(path, reason)| format!("{path} is in the vector store and stays: {reason}")));
    differences.extend(plan.updates.iter().map(|(position, _)| format!("{} has other attributes", at(position))));
    differences.extend(plan.renames.iter().map(|(position, ..)| format!("{} has another path", at(position))));
    differences.extend(plan.removals.iter().map(|removal| {
        let path = removal.identity.as_ref().map_or(removal.id.as_str(), |identity| &identity.path);
        format!("{path} ({}) is in the vector store: {}", removal.id, removal.reason.text())
    }));
    differences.extend(source.unreadable.iter().map(|(path, reason)| format!("{path} cannot be read: {reason}")));
    if let Some(ghosts) =
        reported.map(|reported| reported.saturating_sub(listed.len() as u64)).filter(|count| *count > 0)
    {
        differences.push(format!("the vector store counts {ghosts} files that it does not list"));
    }
    differences.iter().for_each(|difference| app.ui().warn(&format!("verify: {difference}")));
    reporter.count(|summary| summary.differences = Some(differences.len() as u64));
    Ok(())
}
