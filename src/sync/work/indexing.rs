//! Waits until the attached files are indexed.

use super::{Work, detach};
use crate::exit::{self, RUN_TIMEOUT};
use crate::indexing::{IndexingOptions, Target, wait_silently};
use crate::sync::attach::{Attachment, BatchResult};
use crate::sync::outcome::{SyncAction, SyncResult};
use crate::sync::plan::Plan;
use crate::sync::store::{self, FileStatus};
use anyhow::{Result, anyhow};

/// The number of times that a file is attached again after its indexing failed for a temporary reason.
const RETRIES: usize = 2;

impl Work<'_> {
    fn waiting(&self) -> IndexingOptions {
        IndexingOptions { timeout: self.options.timeout, interval: None }
    }

    /// Waits until all batches are indexed. Attaches files again whose indexing failed for a temporary reason.
    pub(super) async fn finish_batches(&mut self) -> Result<()> {
        for attempt in 0..=RETRIES {
            let mut again = Vec::new();
            for batch in std::mem::take(&mut self.batches) {
                if self.stopping.is_set() {
                    self.reporter.count(|summary| summary.pending += batch.files.len() as u64);
                    continue;
                }
                let result = batch.finish(self.app, self.waiting()).await?;
                again.extend(self.evaluate(result, attempt == RETRIES)?);
            }
            for file in again {
                match detach(self.app, self.options, &file.id).await {
                    Ok(()) => self.queue.push(file),
                    Err(error) => {
                        let path = self.path(file.position);
                        self.reporter.failed(path, SyncAction::Retry, Some(&file.id), &error)?;
                    }
                }
            }
            self.flush().await?;
        }
        Ok(())
    }

    /// Reports the outcome of a batch. Returns the files to attach again.
    fn evaluate(&mut self, result: BatchResult, is_last: bool) -> Result<Vec<Attachment>> {
        let mut again = Vec::new();
        if let Some(error) = result.error {
            let report = exit::report(&error).unwrap_or_default();
            let is_timeout = report.exit_code == RUN_TIMEOUT;
            let outcome = if is_timeout { SyncResult::Pending } else { SyncResult::Failed };
            let reason = if is_timeout { "indexing is still in progress".to_owned() } else { report.reason() };
            if !is_timeout {
                self.app.ui().error(&report);
            }
            for file in result.files {
                self.report(file.position, outcome, &file.id, Some(&reason))?;
            }
            return Ok(again);
        }
        for file in result.files {
            match result.failures.get(&file.id) {
                None => {
                    self.indexed.insert(file.position, file.hash);
                    self.report(file.position, SyncResult::Done, &file.id, None)?;
                }
                Some(failure) if failure.status == FileStatus::Failed && !is_last => again.push(file),
                Some(failure) => {
                    let (path, reason) = (self.path(file.position), failure.reason.as_str());
                    let error = anyhow!("{path} was not indexed: {reason}");
                    let action = self.actions.get(&file.position).copied().unwrap_or(SyncAction::Add);
                    self.reporter.failed(path, action, Some(&file.id), &error)?;
                }
            }
        }
        Ok(again)
    }

    /// Waits until the files of an earlier sync are indexed.
    pub(super) async fn finish_pending(&self, plan: &Plan) -> Result<()> {
        if plan.pending.is_empty() || self.stopping.is_set() {
            return Ok(());
        }
        let target = Target::Store(self.options.store.clone());
        let (_, waited) = wait_silently(self.app, &target, self.waiting()).await;
        if let Err(error) = waited
            && exit::report(&error).is_none_or(|report| report.exit_code != RUN_TIMEOUT)
        {
            return Err(error);
        }
        let listed = store::list(self.app, &self.options.store, &[]).await?;
        for (position, id) in &plan.pending {
            let Some(file) = self.source.files.get(*position) else { continue };
            let Some(stored) = listed.iter().find(|stored| stored.id == *id) else {
                let error = anyhow!("{} left the vector store; run the same command again", file.path);
                self.reporter.failed(&file.path, SyncAction::Attach, Some(id), &error)?;
                continue;
            };
            let (path, id) = (Some(file.path.as_str()), Some(id.as_str()));
            match stored.status {
                FileStatus::Completed => self.reporter.count(|summary| summary.unchanged += 1),
                FileStatus::Pending => {
                    let reason = Some("indexing is still in progress");
                    self.reporter.item(path, SyncAction::Attach, SyncResult::Pending, id, reason)?;
                }
                FileStatus::Failed | FileStatus::Unusable => {
                    let error = anyhow!("{} was not indexed; run the same command again", file.path);
                    self.reporter.failed(&file.path, SyncAction::Attach, id, &error)?;
                }
            }
        }
        Ok(())
    }
}
