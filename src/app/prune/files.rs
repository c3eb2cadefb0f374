//! Files that nothing names: all files of a purpose that are older than the grace, less those of the reference graph.

use super::evidence::created;
use super::graph::Named;
use super::verdict::ago;
use super::{Candidate, Deed, Fate, Pruned, Pruner, Rule};
use crate::api::files::{DeleteFile, ListFiles, OfFile};
use crate::api::paging::FilePaging;
use crate::api::{Kind, Nothing, PathArgs};
use crate::app::{Absence, Call};
use crate::client::{Payload, id_of};
use crate::exit::{self, CallFailed, DONE, FAILED};
use crate::ledger::{Row, Source};
use anyhow::Result;
use serde_json::Value;
use std::collections::HashSet;

/// A part of the reference graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Assistants and their tool resources
    Assistants,
    /// Threads with their runs and messages
    Threads,
    /// Vector stores and their files
    VectorStores,
}

impl Part {
    /// Returns the name, as flags have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Assistants => "assistants",
            Self::Threads => "threads",
            Self::VectorStores => "vector-stores",
        }
    }
}

/// Which files are in question.
#[derive(Debug, Clone)]
pub struct Files {
    pub purpose: String,
    /// Parts of the graph that this backend does not have.
    pub without: Vec<Part>,
}

impl Pruner<'_> {
    /// Looks for files that nothing names, and deletes them if that is the deed; `only` narrows it to those that were found
    /// before.
    pub async fn files(
        &self,
        files: &Files,
        rule: &Rule,
        only: Option<Vec<Candidate>>,
        mut each: impl FnMut(Pruned) -> Result<()>,
    ) -> Result<()> {
        let only: Option<HashSet<String>> =
            only.map(|only| only.into_iter().map(|found| found.id().to_owned()).collect());
        let mut listed = Vec::new();
        let query = FilePaging { purpose: Some(files.purpose.clone()), ..FilePaging::default() };
        let call = Call::of::<ListFiles>(&Nothing {}, &query, Payload::None);
        let mut take = |file: &Value| {
            // A server may not heed the question.
            let meant = file["purpose"] == files.purpose.as_str()
                && only.as_ref().is_none_or(|only| id_of(file).is_some_and(|id| only.contains(&id)));
            listed.extend(if meant { self.file_row(file) } else { None });
        };
        let walked = self.each_page(&call, |page| page.items.iter().for_each(&mut take)).await;
        if let Err(error) = walked {
            return Err(self.app.explain(&call, error).await.into());
        }
        if listed.is_empty() {
            return Ok(());
        }
        let named = self.graph(&files.without).await?;
        let one = async |file: Candidate| Ok(self.file(file, rule, &named).await?.into_iter().collect());
        self.work(futures_util::stream::iter(listed.into_iter().map(Ok)), one, &mut each).await
    }

    fn file_row(&self, file: &Value) -> Option<Candidate> {
        let row = Row::new(&self.session.origin, Kind::File, id_of(file)?, Source::Listed, self.now);
        let name = file["filename"].as_str().map(str::to_owned);
        Some(Row { name, created_at: created(file), ..row }.into())
    }

    async fn file(&self, candidate: Candidate, rule: &Rule, named: &Named) -> Result<Option<Pruned>> {
        let created_at = candidate.row.created_at;
        let age = created_at.map(|created| self.now.saturating_sub(created));
        let (fate, verdict, reason) = match (age, named.by(candidate.id())) {
            (_, Some(by)) => (Fate::InUse, "in use", format!("named by {by}")),
            (None, _) => (Fate::Unknown, "unknown", "the backend does not say when it was created".to_owned()),
            (Some(age), None) => {
                let wanted = rule.wanted.grace.max(rule.wanted.older_than.unwrap_or_default());
                let young = age < wanted;
                let reason = if young {
                    format!("created {}", ago(age))
                } else {
                    format!("named by nothing, created {}", ago(age))
                };
                if young { (Fate::InUse, "in use", reason) } else { (Fate::Found, "unreferenced", reason) }
            }
        };
        let mut pruned = Pruned { candidate, fate, verdict, reason, code: DONE, created_at, rule: None };
        if fate != Fate::Found {
            return Ok(Some(pruned));
        }
        let Some(mut room) = self.room_for(pruned.candidate.id()) else { return Ok(None) };
        if self.deed == Deed::Delete {
            (pruned.fate, pruned.code) = self.delete_file(&pruned.candidate).await?;
        }
        if matches!(pruned.fate, Fate::Found | Fate::Deleted) {
            room.keep();
        }
        Ok(Some(pruned))
    }

    async fn delete_file(&self, file: &Candidate) -> Result<(Fate, u8)> {
        let path = OfFile::from_texts(&[file.id()])?;
        let Err(error) = self.app.call(Call::of::<DeleteFile>(&path, &Nothing {}, Payload::None)).await else {
            return Ok((Fate::Deleted, DONE));
        };
        let cause = error.downcast_ref::<CallFailed>().map(|failed| &failed.source);
        if cause.is_some_and(|cause| self.trust.judge(Kind::File, file.id(), cause) == Some(Absence::Gone)) {
            return Ok((Fate::AlreadyGone, DONE));
        }
        let Some(report) = exit::report(&error) else { return Err(error) };
        self.note(report.exit_code);
        self.app.ui.error(&report);
        Ok((Fate::Failed, if report.exit_code == DONE { FAILED } else { report.exit_code }))
    }
}
