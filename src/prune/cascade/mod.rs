//! The deletion of objects with the vector stores and files that only they refer to
//! (docs/design/orphans.md#cascading-deletions).
//!
//! The objects themselves go first, which detaches their vector stores. Then their vector stores go, which detaches the
//! files. When the backend no longer lists the vector stores, all references are read again, and the files go.

mod members;
mod verdict;

use super::file_references::FileReferences;
use super::mentions::Mentions;
use super::options::{FileSelection, PruneMode};
use super::outcome::{PruneOutcome, PrunedObject};
use super::pruner::Pruner;
use super::rule::PruneCandidate;
use crate::api::paging::Paging;
use crate::api::vector_stores::ListVectorStores;
use crate::api::{Kind, Nothing, removal_of};
use crate::app::{Call, IfMissing};
use crate::client::{Payload, id_of};
use crate::exit::{DONE, FAILED};
use crate::ledger::{Row, Source};
use anyhow::{Context, Result};
use std::collections::{BTreeSet, HashSet};
use std::time::Duration;
use tokio::time::Instant;
use verdict::{CascadeMember, referrer, stays};

/// An object to delete, by its kind and ID.
pub type Root = (Kind, String);

/// How long to wait until the backend no longer lists a deleted vector store.
const PATIENCE: Duration = Duration::from_secs(30);
/// The pause between two lists.
const PAUSE: Duration = Duration::from_millis(250);

/// The objects to delete.
#[derive(Debug)]
pub struct CascadeSelection {
    pub roots: Vec<Root>,
    pub missing: IfMissing,
}

/// Returns the names of objects as referrers.
fn referrers(roots: &[Root]) -> BTreeSet<String> {
    roots.iter().map(|(kind, id)| referrer(*kind, id)).collect()
}

impl Pruner<'_> {
    /// Deletes objects with what only they refer to, or reports what would be deleted. `only` limits the deletion to
    /// what was found before.
    ///
    /// # Errors
    /// Returns an error if the objects or the references to their vector stores and files cannot be read. Nothing is
    /// deleted then.
    pub async fn cascade(
        &self,
        selection: &CascadeSelection,
        only: Option<Vec<PruneCandidate>>,
        mut each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let roots = self.roots(selection, &mut each).await?;
        let mut members = self.members(&roots).await?;
        let roots: Vec<Root> = roots.into_iter().map(|(root, _)| root).collect();
        if members.iter().any(|member| member.kind == Kind::VectorStore) {
            self.check_attachments_are_listed("--cascade", "delete without --cascade leaves the vector stores")?;
        }
        if let Some(only) = only {
            let found: HashSet<&str> = only.iter().map(PruneCandidate::id).collect();
            for member in members.iter_mut().filter(|member| !found.contains(member.id.as_str())) {
                member.kept.get_or_insert_with(|| "it was not among the objects that were confirmed".to_owned());
            }
        }
        let mentions = Mentions::with_all_referrers(members.iter().map(|member| member.id.clone()).collect())?;
        let everything = FileSelection { purpose: String::new(), without: Vec::new() };
        let going = referrers(&roots);
        let threads = roots.iter().filter(|(kind, _)| *kind == Kind::Thread).map(|(_, id)| id.clone()).collect();
        let references = FileReferences::new(self, &everything, &mentions)?.without_threads(threads);
        if !members.is_empty() && !references.read().await? {
            return Ok(());
        }
        let reasons = stays(&members, &going, |id| mentions.referrers(id));
        let mut going_members = Vec::new();
        for (member, reason) in members.into_iter().zip(reasons) {
            match reason {
                Some(reason) => self.keep(&member, reason, &mut each)?,
                None => going_members.push(member),
            }
        }
        if self.mode == PruneMode::Report {
            let found =
                roots.iter().map(|(kind, id)| self.cascaded(*kind, id, None, PruneOutcome::Selected, String::new()));
            found
                .chain(going_members.iter().map(|member| self.outcome(member, PruneOutcome::Selected, "")))
                .try_for_each(each)
        } else {
            self.delete_all(&roots, going_members, &references, &mentions, each).await
        }
    }

    async fn delete_all(
        &self,
        roots: &[Root],
        members: Vec<CascadeMember>,
        references: &FileReferences<'_, '_>,
        mentions: &Mentions,
        mut each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let (stores, files): (Vec<CascadeMember>, Vec<CascadeMember>) =
            members.into_iter().partition(|member| member.kind == Kind::VectorStore);
        let mut gone_stores = BTreeSet::new();
        let mut failed = None;
        // Files are deleted only after all of these objects, so a list that still has one does not count.
        let gone_roots = referrers(roots);
        let roots =
            roots.iter().map(|(kind, id)| CascadeMember { kind: *kind, id: id.clone(), name: None, kept: None });
        for member in roots.chain(stores) {
            if failed.is_none() && self.must_stop() {
                failed = Some("the command was stopped".to_owned());
            }
            if let Some(reason) = &failed {
                each(self.outcome(&member, PruneOutcome::Failed, reason))?;
                continue;
            }
            let pruned = self.delete_member(&member).await?;
            if pruned.outcome == PruneOutcome::Failed {
                // The object still exists, so the files to which it refers are in use.
                failed = Some(format!("{} was not deleted", member.referrer()));
            } else if member.kind == Kind::VectorStore {
                gone_stores.insert(member.id.clone());
            }
            each(pruned)?;
        }
        if failed.is_none() && !files.is_empty() {
            failed = self.still_listed(&gone_stores).await?;
        }
        if failed.is_none() && !files.is_empty() {
            mentions.forget();
            // An error must not end the command here, because the files that are left over are still to be named.
            failed = match references.read().await {
                Ok(true) => None,
                Ok(false) => Some("the command was stopped".to_owned()),
                Err(error) => Some(format!("the references could not be read again: {error:#}")),
            };
        }
        if let Some(reason) = failed.as_ref().filter(|_| !files.is_empty()) {
            self.app.ui().warn(&format!("the files are kept: {reason}"));
        }
        let reasons = stays(&files, &gone_roots, |id| mentions.referrers(id));
        for (file, reason) in files.into_iter().zip(reasons) {
            if failed.is_none() && self.must_stop() {
                failed = Some("the command was stopped".to_owned());
            }
            match (&failed, reason) {
                (Some(failed), _) => each(self.outcome(&file, PruneOutcome::Failed, failed))?,
                (None, Some(reason)) => self.keep(&file, reason, &mut each)?,
                (None, None) => each(self.delete_member(&file).await?)?,
            }
        }
        Ok(())
    }

    /// Waits until the backend lists none of these vector stores. Returns the reason if one stays in the list.
    async fn still_listed(&self, stores: &BTreeSet<String>) -> Result<Option<String>> {
        let start = Instant::now();
        let call = Call::of::<ListVectorStores>(&Nothing {}, &Paging::default(), Payload::None);
        while !stores.is_empty() {
            let mut listed = None;
            let read = self
                .read_complete(&call, |store| listed = id_of(store).filter(|id| stores.contains(id)).or(listed.take()));
            if let Err(error) = read.await {
                return Ok(Some(error.reason_and_code("the list of vector stores").0));
            }
            match listed {
                None => break,
                Some(id) if start.elapsed() >= PATIENCE => {
                    return Ok(Some(format!("the backend still lists vector_store {id}")));
                }
                Some(_) if self.must_stop() => return Ok(Some("the command was stopped".to_owned())),
                Some(_) => tokio::time::sleep(PAUSE).await,
            }
        }
        Ok(None)
    }

    async fn delete_member(&self, member: &CascadeMember) -> Result<PrunedObject> {
        let spec = removal_of(member.kind).context("no request deletes an object of this kind")?;
        let pruned = self.outcome(member, PruneOutcome::Deleted, "");
        let (outcome, code) = self.delete_listed(&pruned.candidate, Call::bare(spec, &[&member.id])?).await?;
        Ok(PrunedObject { outcome, code, ..pruned })
    }

    /// Reports an object that stays, with the reason. The output of a deletion has only what was deleted.
    fn keep(
        &self,
        member: &CascadeMember,
        reason: String,
        each: &mut impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        if self.mode == PruneMode::Delete {
            self.app.ui().note(&format!("{} stays: {reason}", member.referrer()));
        }
        each(self.outcome(member, PruneOutcome::InUse, &reason))
    }

    fn outcome(&self, member: &CascadeMember, outcome: PruneOutcome, reason: &str) -> PrunedObject {
        self.cascaded(member.kind, &member.id, member.name.clone(), outcome, reason.to_owned())
    }

    fn cascaded(
        &self,
        kind: Kind,
        id: &str,
        name: Option<String>,
        outcome: PruneOutcome,
        reason: String,
    ) -> PrunedObject {
        let row = Row::new(&self.session.origin, kind, id, Source::Listed, self.now);
        let verdict = match outcome {
            PruneOutcome::InUse => "in use",
            _ => "unreferenced",
        };
        let code = if outcome == PruneOutcome::Failed { FAILED } else { DONE };
        let candidate = PruneCandidate::from(Row { name, ..row });
        PrunedObject { candidate, outcome, verdict, reason, code, created_at: None, rule: None }
    }
}
