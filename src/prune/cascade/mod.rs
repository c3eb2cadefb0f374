//! The deletion of objects (the *roots*), and of the vector stores and files to which only they refer (the *members*)
//! (docs/design/orphans.md#cascading-deletions).
//!
//! The roots are deleted first, then the vector stores. When the backend no longer lists the vector stores, all
//! references are read again. Then the files without further references are deleted. `members.rs` finds the members,
//! and `verdict.rs` decides which of them are kept.

mod members;
mod verdict;

use super::file_references::FileReferences;
use super::mentions::Mentions;
use super::options::{FileSelection, GraphPart, PruneMode};
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
use verdict::{CascadeMember, reasons_to_keep, reference_name};

/// An object that the user wants to delete, by its kind and ID.
pub type Root = (Kind, String);

/// How long to wait until the backend no longer lists a deleted vector store.
const LIST_TIMEOUT: Duration = Duration::from_secs(30);
/// The pause between two requests for the list.
const LIST_PAUSE: Duration = Duration::from_millis(250);

/// The objects that the user wants to delete.
#[derive(Debug)]
pub struct CascadeSelection {
    pub roots: Vec<Root>,
    /// The treatment of a root that does not exist.
    pub missing: IfMissing,
    /// The parts of the reference graph that are not read, because this backend does not have them.
    pub without: Vec<GraphPart>,
}

/// Returns the names of the roots, in the form in which references name an object.
fn names_of(roots: &[Root]) -> BTreeSet<String> {
    roots.iter().map(|(kind, id)| reference_name(*kind, id)).collect()
}

impl Pruner<'_> {
    /// Deletes the roots, and the members to which only they refer. In report mode, only reports what would be deleted.
    /// `only` limits the members to objects that an earlier report found. Passes each object with its outcome to
    /// `each`.
    ///
    /// A member to which other objects refer is kept.
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
        let everything = FileSelection { purpose: String::new(), without: selection.without.clone() };
        let deleted = names_of(&roots);
        let threads = roots.iter().filter(|(kind, _)| *kind == Kind::Thread).map(|(_, id)| id.clone()).collect();
        let references = FileReferences::new(self, &everything, &mentions)?.without_threads(threads);
        if !members.is_empty() && !references.read().await? {
            return Ok(());
        }
        let reasons = reasons_to_keep(&members, &deleted, |id| mentions.referrers(id));
        let mut deletable = Vec::new();
        for (member, reason) in members.into_iter().zip(reasons) {
            match reason {
                Some(reason) => self.keep(&member, reason, &mut each)?,
                None => deletable.push(member),
            }
        }
        if self.mode == PruneMode::Report {
            let found =
                roots.iter().map(|(kind, id)| self.cascaded(*kind, id, None, PruneOutcome::Selected, String::new()));
            found
                .chain(deletable.iter().map(|member| self.outcome(member, PruneOutcome::Selected, "")))
                .try_for_each(each)
        } else {
            self.delete_all(&roots, deletable, &references, &mentions, each).await
        }
    }

    /// Deletes the roots, then the vector stores among the members, and then the files. After the first failure,
    /// nothing else is deleted, and the remaining objects get the outcome `Failed` with a reason.
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
        // The roots are deleted before the files, so a reference from a root does not keep a file.
        let deleted_roots = names_of(roots);
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
                // The object still exists, so the objects to which it refers are in use.
                failed = Some(format!("{} was not deleted", member.reference_name()));
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
            // An error does not end the command here, because the remaining files must still be reported.
            failed = match references.read().await {
                Ok(true) => None,
                Ok(false) => Some("the command was stopped".to_owned()),
                Err(error) => Some(format!("the references could not be read again: {error:#}")),
            };
        }
        if let Some(reason) = failed.as_ref().filter(|_| !files.is_empty()) {
            self.app.ui().warn(&format!("the files are kept: {reason}"));
        }
        let reasons = reasons_to_keep(&files, &deleted_roots, |id| mentions.referrers(id));
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

    /// Waits until the backend lists none of these vector stores. Returns the reason if this does not happen in time.
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
                Some(id) if start.elapsed() >= LIST_TIMEOUT => {
                    return Ok(Some(format!("the backend still lists vector_store {id}")));
                }
                Some(_) if self.must_stop() => return Ok(Some("the command was stopped".to_owned())),
                Some(_) => tokio::time::sleep(LIST_PAUSE).await,
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

    /// Reports an object that is kept, with the reason. A deletion prints the reason as a note, because its output
    /// contains only deleted objects.
    fn keep(
        &self,
        member: &CascadeMember,
        reason: String,
        each: &mut impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        if self.mode == PruneMode::Delete {
            self.app.ui().note(&format!("{} stays: {reason}", member.reference_name()));
        }
        each(self.outcome(member, PruneOutcome::InUse, &reason))
    }

    /// Returns a member with its outcome.
    fn outcome(&self, member: &CascadeMember, outcome: PruneOutcome, reason: &str) -> PrunedObject {
        self.cascaded(member.kind, &member.id, member.name.clone(), outcome, reason.to_owned())
    }

    /// Returns a root or a member with its outcome.
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
