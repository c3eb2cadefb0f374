//! Unreferenced files: all files of a purpose that are older than the grace period and absent from the reference graph.

use super::evidence::created;
use super::file_references::Graph;
use super::mentions::Mentions;
use super::verdict::ago;
use super::{Candidate, PruneMode, PruneOutcome, PruneRule, PrunedObject, Pruner};
use crate::api::files::{DeleteFile, ListFiles, OfFile};
use crate::api::paging::FilePaging;
use crate::api::{Kind, Nothing, PathArgs, ids};
use crate::app::{Absence, Call, Trust};
use crate::client::{Payload, id_of};
use crate::exit::{self, CallFailed, DONE, FAILED};
use crate::ledger::{Row, Source};
use crate::ui::Unit;
use anyhow::Result;
use futures_util::{StreamExt, TryStreamExt};
use serde_json::Value;
use std::collections::HashSet;

/// A part of the reference graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum GraphPart {
    /// Assistants and their tool resources
    Assistants,
    /// Threads with their runs and messages
    Threads,
    /// Run steps
    Steps,
    /// Vector stores and their files
    VectorStores,
}

impl GraphPart {
    /// Returns the name of the part, as used by flags.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Assistants => "assistants",
            Self::Threads => "threads",
            Self::Steps => "steps",
            Self::VectorStores => "vector-stores",
        }
    }
}

/// The files to examine.
#[derive(Debug, Clone)]
pub struct FileSelection {
    pub purpose: String,
    /// Parts of the graph that this backend does not support.
    pub without: Vec<GraphPart>,
}

/// The maximum number of requests for rereading the graph, per deleted file on average.
const REREAD: u64 = 50;

impl Pruner<'_> {
    /// Finds unreferenced files, and deletes them if deletion is requested. `only` limits the deletion to files that
    /// were found before.
    pub async fn files(
        &self,
        files: &FileSelection,
        rule: &PruneRule,
        only: Option<Vec<Candidate>>,
        mut each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let only: Option<HashSet<String>> =
            only.map(|only| only.into_iter().map(|found| found.id().to_owned()).collect());
        let listed = self.listed_files(files, only).await?;
        if listed.is_empty() || self.skew().is_some() {
            return Ok(());
        }
        let mentions = Mentions::of(listed.iter().map(|file| file.id().to_owned()).collect())?;
        let graph = Graph::new(self, files, &mentions)?;
        if !graph.read().await? {
            return Ok(());
        }
        let bar = self.app.ui().progress("looked at", Unit::Items, Some(listed.len() as u64));
        let mut found = Vec::new();
        for file in listed {
            let pruned = self.judge_file(file, rule, &mentions);
            if pruned.outcome == PruneOutcome::Selected && self.mode == PruneMode::Delete {
                found.push(pruned);
                continue;
            }
            bar.tick(1);
            if pruned.outcome == PruneOutcome::Selected {
                let Some(mut room) = self.room_for(pruned.candidate.id()) else { continue };
                room.keep();
            }
            each(pruned)?;
        }
        while !found.is_empty() && !self.is_over() {
            for pruned in self.delete_some(&graph, &mentions, &mut found).await? {
                bar.tick(1);
                each(pruned)?;
            }
        }
        bar.finish();
        Ok(())
    }

    /// Lists the files of the requested purpose.
    async fn listed_files(&self, files: &FileSelection, only: Option<HashSet<String>>) -> Result<Vec<Candidate>> {
        let mut listed = Vec::new();
        let query = FilePaging { purpose: Some(files.purpose.clone()), ..FilePaging::default() };
        let call = Call::of::<ListFiles>(&Nothing {}, &query, Payload::None);
        let mut take = |file: &Value| {
            // The server may ignore the purpose in the query.
            let meant = file["purpose"] == files.purpose.as_str()
                && only.as_ref().is_none_or(|only| id_of(file).is_some_and(|id| only.contains(&id)));
            listed.extend(if meant { self.file_row(file) } else { None });
        };
        match self.look_through(&call, &mut take).await {
            Ok(()) => Ok(listed),
            Err(error) => Err(self.app.explain(&call, error).await.into()),
        }
    }

    fn file_row(&self, file: &Value) -> Option<Candidate> {
        let row = Row::new(&self.session.origin, Kind::File, id_of(file)?, Source::Listed, self.now);
        let name = file["filename"].as_str().map(str::to_owned);
        Some(Row { name, created_at: created(file), ..row }.into())
    }

    fn judge_file(&self, candidate: Candidate, rule: &PruneRule, mentions: &Mentions) -> PrunedObject {
        let created_at = candidate.row.created_at;
        let age = created_at.map(|created| self.now.saturating_sub(created));
        let unknown = |reason: &str| (PruneOutcome::Unknown, "unknown", reason.to_owned());
        let (outcome, verdict, reason) = match (age, mentions.by(candidate.id())) {
            (_, Some(by)) => (PruneOutcome::InUse, "in use", format!("named by {by}")),
            _ if ids::check(candidate.id()).is_err() => unknown("its id cannot be asked for"),
            (None, _) => unknown("the backend does not say when it was created"),
            (Some(age), None) => {
                let minimum = rule.conditions.grace.max(rule.conditions.older_than.unwrap_or_default());
                if age < minimum {
                    (PruneOutcome::InUse, "in use", format!("created {}", ago(age)))
                } else {
                    (PruneOutcome::Selected, "unreferenced", format!("named by nothing, created {}", ago(age)))
                }
            }
        };
        PrunedObject { candidate, outcome, verdict, reason, code: DONE, created_at, rule: None }
    }

    /// Reads the graph again and then deletes the next files, except those that are referenced now.
    ///
    /// The number of files depends on the number of requests for the graph, and is one for a small graph.
    async fn delete_some(
        &self,
        graph: &Graph<'_, '_>,
        mentions: &Mentions,
        found: &mut Vec<PrunedObject>,
    ) -> Result<Vec<PrunedObject>> {
        let before = self.asked.get();
        if !graph.read().await? || self.is_over() {
            found.clear();
            return Ok(Vec::new());
        }
        let allowed = usize::try_from((self.asked.get() - before).div_ceil(REREAD)).unwrap_or(usize::MAX).max(1);
        let some = found.drain(..allowed.min(found.len()));
        let work = some.map(|file| self.delete_unless_named(file, mentions));
        let work = futures_util::stream::iter(work.collect::<Vec<_>>()).buffer_unordered(self.session.concurrency);
        work.filter_map(|done| std::future::ready(done.transpose())).try_collect().await
    }

    async fn delete_unless_named(&self, file: PrunedObject, mentions: &Mentions) -> Result<Option<PrunedObject>> {
        if let Some(by) = mentions.by(file.candidate.id()) {
            return Ok(Some(PrunedObject {
                outcome: PruneOutcome::InUse,
                verdict: "in use",
                reason: format!("named by {by}"),
                ..file
            }));
        }
        let Some(mut room) = self.room_for(file.candidate.id()) else { return Ok(None) };
        let (outcome, code) = self.delete_file(&file.candidate).await?;
        if outcome == PruneOutcome::Deleted {
            room.keep();
        }
        Ok(Some(PrunedObject { outcome, code, ..file }))
    }

    async fn delete_file(&self, file: &Candidate) -> Result<(PruneOutcome, u8)> {
        let path = OfFile::from_texts(&[file.id()])?;
        let Err(error) = self.app.call(Call::of::<DeleteFile>(&path, &Nothing {}, Payload::None)).await else {
            return Ok((PruneOutcome::Deleted, DONE));
        };
        let cause = error.downcast_ref::<CallFailed>().map(|failed| &failed.source);
        if cause.is_some_and(|cause| Trust::judge(Kind::File, file.id(), cause) == Some(Absence::Gone)) {
            return Ok((PruneOutcome::AlreadyGone, DONE));
        }
        let Some(report) = exit::report(&error) else { return Err(error) };
        self.note(report.exit_code);
        self.app.ui().error(&report);
        Ok((PruneOutcome::Failed, if report.exit_code == DONE { FAILED } else { report.exit_code }))
    }
}
