//! The end of a sync: old files leave the vector store, and are deleted if nothing else refers to them.
//!
//! A file is detached first, and deleted after it has left the vector store. A file that is deleted earlier stays in the
//! counts of the vector store (docs/protocol/vector_stores.md#field-reports).

use super::journal::Journal;
use super::options::SyncOptions;
use super::outcome::{SyncAction, SyncResult};
use super::plan::Removal;
use super::references::{Referrer, is_in, is_not_found, references};
use super::report::Reporter;
use super::store::{Identity, path_of};
use super::work::detach;
use crate::api::Nothing;
use crate::api::files::{DeleteFile, OfFile};
use crate::api::vector_stores::CreateVectorStoreFile;
use crate::app::{App, Call, Stopping};
use crate::client::Payload;
use anyhow::{Result, bail};
use futures_util::stream::{self, StreamExt};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::time::Duration;

/// The pause between two checks whether a detached file has left the vector store, and the number of checks.
const PAUSE: Duration = Duration::from_millis(500);
const CHECKS: usize = 20;

/// The data for all removals of a sync.
struct Remover<'a> {
    app: &'a App,
    options: &'a SyncOptions,
    journal: &'a Journal<'a>,
    references: References,
}

/// The objects that refer to the files, other than the vector store of the sync.
enum References {
    Known(BTreeMap<String, Vec<Referrer>>),
    /// The references could not be read, so no file is deleted.
    Unknown,
}

/// The outcome for a file.
enum Removed {
    Deleted,
    /// The file was detached and not deleted, for this reason.
    Detached(String),
}

/// Detaches files, and deletes them if nothing else refers to them.
///
/// # Errors
/// Returns an error only if the output or the ledger fails. Failures of single files are reported.
pub(super) async fn remove(
    app: &App,
    options: &SyncOptions,
    stopping: &Stopping,
    journal: &Journal<'_>,
    reporter: &Reporter<'_>,
    removals: Vec<Removal>,
    leftovers: &[(String, Identity)],
) -> Result<()> {
    if (removals.is_empty() && leftovers.is_empty()) || stopping.is_set() {
        return Ok(());
    }
    let own = removals.iter().filter_map(|removal| Some((removal.id.clone(), removal.identity.clone()?)));
    let own: Vec<(String, Identity)> = own.collect();
    let leaving = removals.iter().map(|removal| &removal.id).chain(leftovers.iter().map(|(id, _)| id));
    let ids: BTreeSet<String> = leaving.cloned().collect();
    let remover = Remover { app, options, journal, references: find_references(app, options, &ids).await };
    journal.record_detachment(&own).await?;
    let concurrency = app.session().await?.concurrency;
    let going = stream::iter(removals).take_while(|_| std::future::ready(!stopping.is_set()));
    let work = going.map(|removal| Box::pin(async { (remover.remove(&removal).await, removal) }));
    let mut work = pin!(work.buffer_unordered(concurrency));
    while let Some((removed, removal)) = work.next().await {
        let path = removal.identity.as_ref().map(|identity| identity.path.as_str());
        match removed {
            Ok(Removed::Deleted) => {
                reporter.count(|summary| summary.deleted += 1);
                let reason = Some(removal.reason.text());
                reporter.item(path, SyncAction::Remove, SyncResult::Done, Some(&removal.id), reason)?;
            }
            Ok(Removed::Detached(why)) => {
                let reason = format!("{}; the file remains: {why}", removal.reason.text());
                reporter.item(path, SyncAction::Remove, SyncResult::Done, Some(&removal.id), Some(&reason))?;
            }
            Err(error) => {
                reporter.failed(path.unwrap_or_default(), SyncAction::Remove, Some(&removal.id), &error)?;
            }
        }
    }
    for (id, identity) in leftovers.iter().take_while(|_| !stopping.is_set()) {
        let removed = match is_in(app, options.store.vector_store_id.as_str(), id).await {
            // The file is attached, although the list lacked it. The next sync decides about it.
            Ok(true) => continue,
            Ok(false) => remover.delete(id).await,
            Err(error) => Err(error),
        };
        match removed {
            Ok(Removed::Deleted) => {
                let reason = Some("an interrupted sync left it");
                reporter.item(Some(&identity.path), SyncAction::Clean, SyncResult::Done, Some(id), reason)?;
            }
            Ok(Removed::Detached(_)) => {}
            Err(error) => reporter.failed(&identity.path, SyncAction::Clean, Some(id), &error)?,
        }
    }
    Ok(())
}

async fn find_references(app: &App, options: &SyncOptions, ids: &BTreeSet<String>) -> References {
    match references(app, options.store.vector_store_id.as_str(), ids).await {
        Ok(found) => References::Known(found),
        Err(error) => {
            let reason = crate::exit::report(&error).unwrap_or_default().reason();
            app.ui().warn(&format!("old files are detached and not deleted, because they may be in use: {reason}"));
            References::Unknown
        }
    }
}

impl Remover<'_> {
    async fn remove(&self, removal: &Removal) -> Result<Removed> {
        detach(self.app, self.options, &removal.id).await?;
        self.wait_until_gone(&removal.id).await?;
        self.check_others(&removal.id).await?;
        if removal.identity.is_none() {
            return Ok(Removed::Detached("no sync uploaded it".to_owned()));
        }
        self.delete(&removal.id).await
    }

    /// Waits until a detached file has left the vector store.
    async fn wait_until_gone(&self, id: &str) -> Result<()> {
        let store = self.options.store.vector_store_id.as_str();
        for _ in 0..CHECKS {
            if !is_in(self.app, store, id).await? {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("file {id} was detached, and is still in {store}; it is not deleted")
    }

    /// Attaches a file again to other vector stores if it left them too (docs/protocol/vector_stores.md#field-reports).
    async fn check_others(&self, id: &str) -> Result<()> {
        let References::Known(known) = &self.references else { return Ok(()) };
        let stores = known.get(id).into_iter().flatten().filter_map(|referrer| referrer.store.as_deref());
        for store in stores {
            if is_in(self.app, store, id).await? {
                continue;
            }
            let body = Map::from_iter([("file_id".to_owned(), Value::from(id))]);
            let call = Call::of::<CreateVectorStoreFile>(&path_of(&[store])?, &Nothing {}, Payload::Json(body));
            self.app.call(call.repeatable()).await?;
            self.app.ui().warn(&format!(
                "the backend detached file {id} from {store} too; it was attached again, without its attributes"
            ));
        }
        Ok(())
    }

    /// Deletes a file that is not attached, if nothing else refers to it.
    async fn delete(&self, id: &str) -> Result<Removed> {
        if self.options.keep_files {
            self.journal.release(&[id.to_owned()]).await?;
            return Ok(Removed::Detached(self.options.names.switch("keep_files")));
        }
        let names = match &self.references {
            References::Unknown => return Ok(Removed::Detached("it may be in use".to_owned())),
            References::Known(known) => known.get(id).into_iter().flatten().map(|referrer| referrer.name.as_str()),
        };
        let names: Vec<&str> = names.collect();
        if !names.is_empty() {
            self.journal.release(&[id.to_owned()]).await?;
            return Ok(Removed::Detached(format!("used by {}", names.join(", "))));
        }
        let call = Call::of::<DeleteFile>(&path_of::<OfFile>(&[id])?, &Nothing {}, Payload::None);
        match self.app.call(call).await {
            Ok(_) => Ok(Removed::Deleted),
            Err(error) if is_not_found(&error) => Ok(Removed::Deleted),
            Err(error) => Err(error),
        }
    }
}
