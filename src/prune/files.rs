//! Pruning of unreferenced files: the files of one purpose that are older than the grace period and to which no object
//! of the reference graph refers.

use super::duration::relative_time;
use super::evidence::creation_time;
use super::file_references::FileReferences;
use super::mentions::Mentions;
use super::options::{FileSelection, PruneMode};
use super::outcome::{PruneOutcome, PrunedObject};
use super::pruner::Pruner;
use super::rule::{PruneCandidate, PruneRule};
use crate::api::files::{DeleteFile, ListFiles, OfFile};
use crate::api::objects::{FileObject, JsonObject};
use crate::api::paging::FilePaging;
use crate::api::{Nothing, PathArgs, ids};
use crate::app::Call;
use crate::client::Payload;
use crate::exit::DONE;
use crate::ledger::Row;
use crate::manifest::name_on_disk;
use crate::ui::Unit;
use anyhow::Result;
use futures_util::{StreamExt, TryStreamExt};
use serde_json::Value;

/// The maximum number of requests for reading the graph again per deleted file. If the graph takes more requests,
/// several files are deleted after it was read.
const REQUESTS_PER_FILE: u64 = 50;

/// The reason to keep a file of a manifest. Applications use such a file by its ID, which no object at the backend shows.
const PROVISIONED: &str = "provisioned, as its name shows; `asst destroy` or `asst files delete` deletes it";

impl Pruner<'_> {
    /// Finds unreferenced files, and deletes them if the mode is deletion. `only` limits the files to those that an
    /// earlier report found. Passes each file with its outcome to `each`.
    ///
    /// # Errors
    /// Returns an error that names the part of the graph that could not be read. No file is deleted then.
    pub async fn files(
        &self,
        selection: &FileSelection,
        rule: &PruneRule,
        only: Option<Vec<PruneCandidate>>,
        mut each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let files = self.list_files(selection, only).await?;
        if files.is_empty() || self.clock_differs() {
            return Ok(());
        }
        let mentions = Mentions::of(files.iter().map(|file| file.id().to_owned()).collect())?;
        let graph = FileReferences::new(self, selection, &mentions)?;
        if !graph.read().await? {
            return Ok(());
        }
        let bar = self.app.ui().progress("checked", Unit::Items, Some(files.len() as u64));
        let mut unreferenced = Vec::new();
        for file in files {
            let pruned = self.judge_file(file, rule, &mentions);
            if pruned.outcome == PruneOutcome::Selected && self.mode == PruneMode::Delete {
                unreferenced.push(pruned);
                continue;
            }
            bar.tick(1);
            if pruned.outcome == PruneOutcome::Selected {
                let Some(mut slot) = self.reserve_slot(pruned.candidate.id()) else { continue };
                slot.keep();
            }
            each(pruned)?;
        }
        while !unreferenced.is_empty() && !self.is_over() {
            for pruned in self.delete_next(&graph, &mentions, &mut unreferenced).await? {
                bar.tick(1);
                each(pruned)?;
            }
        }
        bar.finish();
        Ok(())
    }

    /// Lists the files of the selected purpose.
    async fn list_files(
        &self,
        selection: &FileSelection,
        only: Option<Vec<PruneCandidate>>,
    ) -> Result<Vec<PruneCandidate>> {
        let query = FilePaging { purpose: Some(selection.purpose.clone()), ..FilePaging::default() };
        let call = Call::of::<ListFiles>(&Nothing {}, &query, Payload::None);
        let select = |row: Row, value: &Value| {
            let file = FileObject::from_value_ref(value);
            // The purpose is checked here too, because a server may ignore it in the query.
            let is_selected = file.and_then(|file| file.purpose().text()) == Some(&selection.purpose);
            let name = file.and_then(|file| file.filename().valid()).map(str::to_owned);
            is_selected.then(|| PruneCandidate::from(Row { name, created_at: creation_time(value), ..row }))
        };
        self.list_candidates(&call, only, select).await
    }

    /// Returns a file with its verdict, after the graph was read.
    fn judge_file(&self, candidate: PruneCandidate, rule: &PruneRule, mentions: &Mentions) -> PrunedObject {
        let created_at = candidate.row.created_at;
        let age = created_at.map(|created| self.now.saturating_sub(created));
        let unknown = |reason: &str| (PruneOutcome::Unknown, "unknown", reason.to_owned());
        let is_provisioned = candidate.name().and_then(name_on_disk).is_some();
        let (outcome, verdict, reason) = match (age, mentions.first_mention(candidate.id())) {
            (_, Some(object)) => (PruneOutcome::InUse, "in use", format!("named by {object}")),
            _ if is_provisioned => (PruneOutcome::InUse, "in use", PROVISIONED.to_owned()),
            _ if ids::check(candidate.id()).is_err() => unknown("its ID is not valid in a request"),
            (None, _) => unknown("the backend returned no creation time"),
            (Some(age), None) => {
                let min_age = rule.conditions.grace.max(rule.conditions.older_than.unwrap_or_default());
                let created = format!("created {}", relative_time(age));
                if age < min_age {
                    (PruneOutcome::InUse, "in use", created)
                } else {
                    (PruneOutcome::Selected, "unreferenced", format!("no references, {created}"))
                }
            }
        };
        PrunedObject { candidate, outcome, verdict, reason, code: DONE, created_at, rule: None }
    }

    /// Reads the graph again and then deletes the next files, except those to which an object now refers.
    ///
    /// The number of files is proportional to the number of requests for the graph ([`REQUESTS_PER_FILE`]). It is one
    /// for a small graph.
    async fn delete_next(
        &self,
        graph: &FileReferences<'_, '_>,
        mentions: &Mentions,
        unreferenced: &mut Vec<PrunedObject>,
    ) -> Result<Vec<PrunedObject>> {
        let requests_before = self.requests.get();
        if !graph.read().await? || self.is_over() {
            unreferenced.clear();
            return Ok(Vec::new());
        }
        let requests = self.requests.get() - requests_before;
        let count = usize::try_from(requests.div_ceil(REQUESTS_PER_FILE)).unwrap_or(usize::MAX).max(1);
        let files = unreferenced.drain(..count.min(unreferenced.len()));
        let deletions: Vec<_> = files.map(|file| self.delete_unless_named(file, mentions)).collect();
        let deletions = futures_util::stream::iter(deletions).buffer_unordered(self.session.concurrency);
        deletions.filter_map(|result| std::future::ready(result.transpose())).try_collect().await
    }

    /// Deletes a file, unless an object now refers to it. Returns `None` if no slot is left or the command is stopping.
    async fn delete_unless_named(&self, file: PrunedObject, mentions: &Mentions) -> Result<Option<PrunedObject>> {
        if let Some(object) = mentions.first_mention(file.candidate.id()) {
            let reason = format!("named by {object}");
            return Ok(Some(PrunedObject { outcome: PruneOutcome::InUse, verdict: "in use", reason, ..file }));
        }
        let Some(mut slot) = self.reserve_slot(file.candidate.id()) else { return Ok(None) };
        let (outcome, code) = self.delete_file(&file.candidate).await?;
        if outcome == PruneOutcome::Deleted {
            slot.keep();
        }
        Ok(Some(PrunedObject { outcome, code, ..file }))
    }

    async fn delete_file(&self, file: &PruneCandidate) -> Result<(PruneOutcome, u8)> {
        let path = OfFile::from_texts(&[file.id()])?;
        self.delete_listed(file, Call::of::<DeleteFile>(&path, &Nothing {}, Payload::None)).await
    }
}
