//! Uploads several files at once, and looks for the files of uploads whose response was lost.

use super::Work;
use crate::exit::{self, NOT_PERMITTED};
use crate::sync::outcome::{SyncAction, SyncResult};
use crate::sync::recover::recover;
use crate::sync::store::Identity;
use crate::sync::upload::{Uploaded, upload};
use anyhow::{Result, anyhow};
use futures_util::stream::{self, StreamExt};
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::pin::pin;

/// The number of failed uploads in a row after which no further upload starts.
const MOST_FAILURES: u32 = 10;

impl Work<'_> {
    /// Uploads files, several at once.
    pub(super) async fn uploads(&mut self, positions: &[usize]) -> Result<()> {
        let (app, journal, source) = (self.app, self.journal, self.source);
        let (concurrency, stopping) = (app.session().await?.concurrency, self.stopping);
        let failures = Cell::new(0);
        let may_start = |_: &usize| std::future::ready(!stopping.is_set() && failures.get() < MOST_FAILURES);
        let files = stream::iter(positions.iter().copied()).take_while(may_start);
        let uploads = files.filter_map(async |position| Some((position, source.files.get(position)?)));
        let uploads = uploads.map(|(position, file)| {
            Box::pin(async move {
                app.tally().start();
                (position, upload(app, journal, file).await)
            })
        });
        let mut uploads = pin!(uploads.buffer_unordered(concurrency));
        let mut started = 0_usize;
        while let Some((position, outcome)) = uploads.next().await {
            started += 1;
            let action = if self.replaced.contains(&position) { SyncAction::Replace } else { SyncAction::Add };
            match outcome? {
                Uploaded::Done { id, hash } => {
                    failures.set(0);
                    self.enqueue(position, id, Some(hash), action).await?;
                }
                Uploaded::Skipped(reason) => {
                    let path = Some(self.path(position));
                    self.reporter.item(path, SyncAction::Skip, SyncResult::Failed, None, Some(&reason))?;
                }
                Uploaded::Unknown(open) => {
                    failures.set(failures.get() + 1);
                    self.unknown.push((position, open));
                }
                Uploaded::Failed(error) => {
                    failures.set(failures.get() + 1);
                    self.reporter.failed(self.path(position), action, None, &error)?;
                    if exit::report(&error).is_some_and(|report| report.exit_code == NOT_PERMITTED) {
                        failures.set(MOST_FAILURES);
                    }
                }
            }
        }
        if started < positions.len() && !stopping.is_set() {
            let left = positions.len() - started;
            self.app.ui().warn(&format!("no further uploads after these failures; {left} files were not sent"));
            self.reporter.count(|summary| summary.failed += left as u64);
        }
        Ok(())
    }

    /// Looks for the files of uploads without a response, and queues them. Returns the positions of the files that were
    /// not found, which can be sent again. With `is_last`, reports these files as failed.
    pub(super) async fn recovered(&mut self, is_last: bool) -> Result<Vec<usize>> {
        let unknown = std::mem::take(&mut self.unknown);
        if unknown.is_empty() {
            return Ok(Vec::new());
        }
        // The uploads from the ledger have the intents, which must be closed.
        let mut open = self.journal.open_uploads().await?;
        open.retain(|open| unknown.iter().any(|(_, own)| own.identity == open.identity));
        for (_, own) in &unknown {
            if !open.iter().any(|open| open.identity == own.identity) {
                open.push(own.clone());
            }
        }
        let attached = self.batches.iter().flat_map(|batch| &batch.files);
        let used: HashSet<&str> = self.queue.iter().chain(attached).map(|file| file.id.as_str()).collect();
        let is_known = |id: &str| used.contains(id) || self.known.contains(id);
        let found = recover(self.app, self.journal, open, is_known).await?;
        let mut found: HashMap<String, (String, Identity)> =
            found.into_iter().map(|(open, id)| (open.identity.path.clone(), (id, open.identity))).collect();
        let mut missing = Vec::new();
        for (position, own) in unknown {
            match found.remove(&own.identity.path) {
                Some((id, identity)) => {
                    let replaces = self.replaced.contains(&position);
                    let action = if replaces { SyncAction::Replace } else { SyncAction::Add };
                    self.enqueue(position, id, Some(identity.hash), action).await?;
                }
                None if is_last => {
                    let error = anyhow!("could not upload {}: the backend does not respond", own.identity.path);
                    self.reporter.failed(&own.identity.path, SyncAction::Add, None, &error)?;
                }
                None => missing.push(position),
            }
        }
        Ok(missing)
    }
}
