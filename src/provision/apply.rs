//! Applies a plan: creates, updates and deletes objects. An apply can stop after any request, because the next plan
//! finds the objects and continues.

use super::contents::Change;
use super::live::LiveObject;
use super::outcome::{Applied, Outcome};
use super::plan::Plan;
use super::planned::{Ids, PlannedObject, changes_protection};
use super::usage::Users;
use super::verdict::Action;
use super::{folder, order, request, snapshot, upload};
use crate::app::{App, Call, IfMissing, Outcomes, Payload};
use crate::exit::{self, NotOffered};
use crate::json;
use crate::manifest::{Identity, KINDS, Marker, Resource, ResourceKind, ResourceName, differences};
use anyhow::{Result, bail};
use futures_util::stream::{self, StreamExt};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use tokio::sync::OnceCell;

/// An apply of one plan.
pub struct Applier<'a> {
    pub(super) app: &'a App,
    pub(super) plan: &'a Plan,
    overwrite: bool,
    /// For each kind, the users of its objects. They are read before the first deletion of an object of the kind. By
    /// then, the objects that may refer to it have been changed or deleted.
    pub(super) users: Vec<OnceCell<Users>>,
    /// The objects that refer to files, read before the first deletion of a vector store with files of a sync.
    pub(super) users_of_synced: OnceCell<Users>,
}

impl<'a> Applier<'a> {
    /// Prepares an apply. `overwrite` is `true` if objects that changed at the backend are overwritten.
    pub fn new(app: &'a App, plan: &'a Plan, overwrite: bool) -> Self {
        let users = KINDS.iter().map(|_| OnceCell::new()).collect();
        Self { app, plan, overwrite, users, users_of_synced: OnceCell::new() }
    }

    /// Applies the plan, and adds the result for each object to `results` as soon as it is known. A failure does not stop
    /// the other objects.
    ///
    /// # Errors
    /// Returns an error if a snapshot could not be written, and the combined exit code if objects failed.
    pub async fn apply(&self, results: &mut Vec<Applied>) -> Result<()> {
        self.take_snapshot()?;
        let (deletions, rest): (Vec<_>, Vec<_>) =
            self.plan.objects.iter().partition(|object| object.action == Action::Delete);
        let mut progress =
            Progress { results, outcomes: Outcomes::default(), ids: self.plan.ids.clone(), failed: BTreeSet::new() };
        for wave in order::waves(&rest) {
            let begin = progress.results.len();
            self.run(wave, &mut progress).await?;
            // Duplicates are removed before the next wave, so that the next wave refers to the objects that stay.
            for kind in KINDS.iter().filter(|kind| kind.is_referred_to()) {
                self.remove_duplicates(kind, begin, &mut progress).await?;
            }
        }
        // Deletions come last. A failure before them loses nothing, and no object is deleted to which another object
        // still refers.
        for kind in KINDS.iter().rev() {
            let objects = deletions.iter().copied().filter(|object| object.kind == *kind).collect();
            let fails = kind.is_referred_to() && !progress.failed.is_empty();
            match fails {
                true => self.skip(objects, "objects that may refer to it failed", &mut progress),
                false => self.run(objects, &mut progress).await?,
            }
        }
        self.remove_replaced(&rest, &mut progress).await?;
        for kind in KINDS.iter().filter(|kind| !kind.is_referred_to()) {
            self.remove_duplicates(kind, 0, &mut progress).await?;
        }
        progress.outcomes.result()
    }

    /// Applies objects that do not depend on each other, several at a time.
    async fn run(&self, objects: Vec<&PlannedObject>, progress: &mut Progress<'_>) -> Result<()> {
        let depends_on_failed =
            |object: &PlannedObject| object.references().iter().any(|name| progress.failed.contains(name));
        let (skipped, objects): (Vec<_>, Vec<_>) = objects.into_iter().partition(|object| depends_on_failed(object));
        self.skip(skipped, "an object to which it refers failed", progress);
        let objects: Vec<_> = objects.into_iter().map(|object| object.resolved(&progress.ids)).collect();
        let concurrency = self.app.session().await?.concurrency;
        let work = objects.iter().map(|object| Box::pin(async move { (&**object, self.apply_one(object).await) }));
        let mut ended = std::pin::pin!(stream::iter(work).buffered(concurrency));
        while let Some((object, result)) = ended.next().await {
            let applied = self.reported(object, result, &mut progress.outcomes)?;
            match (&applied.id, applied.outcome) {
                (_, Outcome::Failed) => drop(progress.failed.insert(object.id())),
                (Some(id), _) => drop(progress.ids.insert(object.id(), id.clone())),
                (None, _) => {}
            }
            progress.results.push(applied);
        }
        Ok(())
    }

    /// Records objects that are not attempted, and prints a warning about each of them.
    fn skip(&self, objects: Vec<&PlannedObject>, reason: &str, progress: &mut Progress<'_>) {
        for object in objects {
            self.app.ui().warn(&format!("{} is skipped: {reason}", object.key));
            progress.failed.insert(object.id());
            progress.results.push(Applied {
                kind: object.kind,
                key: object.key.clone(),
                name: object.name().to_owned(),
                id: object.ids.first().cloned(),
                outcome: Outcome::Skipped,
            });
        }
    }

    /// Saves the objects that will be overwritten or deleted in a snapshot.
    fn take_snapshot(&self) -> Result<()> {
        let objects = self.plan.objects.iter();
        let lost = objects.flat_map(|object| object.lost(self.overwrite).map(move |live| (object, live)));
        // A snapshot has no files, because the content of a file may not be readable at the backend.
        let (files, lost): (Vec<_>, Vec<(&PlannedObject, &LiveObject)>) =
            lost.partition(|(object, _)| object.kind.identity == Identity::Content);
        if lost.is_empty() {
            return Ok(());
        }
        let files = files.into_iter().map(|(_, live)| live.id.as_str()).collect();
        let written = snapshot::write(self.app.paths()?.state_dir(), &self.plan.manifest, &lost, &files)?;
        let text = format!(
            "a snapshot of the present objects is in {}; `asst apply` of this file restores them",
            written.path.display()
        );
        self.app.ui().note(&text);
        if written.lacks_synced_files {
            self.app.ui().note(
                "the files of synced folders are not in the snapshot; `asst apply` of the manifest with `sync` adds \
                 them again",
            );
        }
        if !written.lacks_files_of.is_empty() {
            self.app.ui().note(&format!(
                "the files of {} that are deleted are not in the snapshot; `asst apply` of the manifest with `files` \
                 adds them again",
                written.lacks_files_of.join(", ")
            ));
        }
        Ok(())
    }

    /// Applies the action of one object. Returns the outcome, and the ID of the object.
    async fn apply_one(&self, object: &PlannedObject) -> Result<(Outcome, Option<String>)> {
        let id = object.ids.first().cloned();
        for duplicate in &object.duplicates {
            self.delete_with_files(object, duplicate).await?;
        }
        match (object.action, &object.resource, &object.live) {
            (Action::Create, Some(resource), None) => {
                Ok((Outcome::Created, Some(self.create(object, resource).await?)))
            }
            (Action::Replace, Some(resource), None) => {
                Ok((Outcome::Replaced, Some(self.create(object, resource).await?)))
            }
            (Action::Delete, _, Some(live)) => match self.is_kept(object.kind, &object.key, &live.id).await? {
                true => Ok((Outcome::Kept, id)),
                false => {
                    self.delete_planned(object, live).await?;
                    Ok((Outcome::Deleted, id))
                }
            },
            (Action::Drifted | Action::Conflict, ..) if !self.overwrite => Ok((Outcome::Kept, id)),
            (Action::Orphaned, ..) if object.is_kept => {
                self.app.ui().note(&format!("{} of {} is kept: {}", object.ids.join(", "), object.key, object.reason));
                Ok((Outcome::Kept, id))
            }
            (Action::Ambiguous, ..) => {
                let ids = object.ids.join(", ");
                bail!("{} has several objects: {ids}; delete all but one, then run the command again", object.key)
            }
            (action, Some(resource), Some(live)) => {
                let differs = matches!(action, Action::Update | Action::Drifted | Action::Conflict);
                match differs && !object.only_folder_differs {
                    true => self.change(object, resource, live).await?,
                    false => self.refresh(object, resource, live).await?,
                }
                let outcome = match action {
                    Action::Unchanged => Outcome::Unchanged,
                    Action::Replace => Outcome::Replaced,
                    _ => Outcome::Updated,
                };
                Ok((outcome, Some(live.id.clone())))
            }
            _ => Ok((Outcome::Unchanged, id)),
        }
    }

    /// Writes the members of an object, and changes its contents.
    async fn change(&self, object: &PlannedObject, resource: &Resource, live: &LiveObject) -> Result<()> {
        let change = Change::of(object, resource);
        let body = request::update(object, resource, change.is_empty());
        let kept = self.update(object.kind, &live.id, body).await?;
        self.complete(object, resource, &live.id, kept, &change, change.is_empty()).await
    }

    /// Updates an object whose members are as in the manifest: its protection, its contents, and the files of its
    /// folders.
    async fn refresh(&self, object: &PlannedObject, resource: &Resource, live: &LiveObject) -> Result<()> {
        if changes_protection(live, resource) {
            return self.change(object, resource, live).await;
        }
        Change::of(object, resource).wait(self.app, object.kind, &live.id).await?;
        if object.folder_is_unfinished() {
            folder::apply(self.app, object, resource, &live.id, self.plan.is_saved).await?;
        }
        Ok(())
    }

    async fn create(&self, object: &PlannedObject, resource: &Resource) -> Result<String> {
        if let Some(content) = &resource.content {
            return upload::upload(self.app, resource, content).await;
        }
        let change = Change::of(object, resource);
        let is_finished = change.is_empty() && resource.sync.is_none();
        let body = request::creation(object, resource, is_finished);
        let noun = object.kind.noun;
        let call = Call::to(object.kind.create, &[], Map::new(), Payload::Json(body))?;
        let members = json::into_object(self.app.call(call).await?.value)?;
        let Some(live) = LiveObject::new(members) else {
            bail!("the backend created {} without an ID", object.key);
        };
        if live.key() != Some(&object.key) {
            return Err(NotOffered {
                message: format!("the backend does not store the metadata of {noun} {}", live.id),
                hint: format!(
                    "provisioning needs it to find its objects again; `asst {} delete {}` removes the new object",
                    object.kind.section.replace('_', "-"),
                    live.id
                ),
            }
            .into());
        }
        self.complete(object, resource, &live.id, live.members, &change, is_finished).await?;
        Ok(live.id)
    }

    async fn update(&self, kind: &ResourceKind, id: &str, body: Map<String, Value>) -> Result<Map<String, Value>> {
        let Some(update) = kind.update else { bail!("a {} cannot be changed", kind.noun) };
        let call = Call::to(update, &[id], Map::new(), Payload::Json(body))?;
        Ok(json::into_object(self.app.call(call).await?.value)?)
    }

    /// Changes the contents of an object after its members were written. If the backend stored members differently,
    /// records their digest in the marker, so that the next plan finds no difference. `is_finished` is `true` if the
    /// marker that was written already describes the object after this change.
    async fn complete(
        &self,
        object: &PlannedObject,
        resource: &Resource,
        id: &str,
        mut kept: Map<String, Value>,
        change: &Change,
        is_finished: bool,
    ) -> Result<()> {
        change.apply(self.app, resource, id).await?;
        if object.live.is_none() || object.folder_is_unfinished() {
            folder::apply(self.app, object, resource, id, self.plan.is_saved).await?;
        }
        if let Some(contents) = resource.kind.contents
            && let Some(ids) = object.wanted.get(contents.member)
        {
            kept.insert(contents.member.to_owned(), ids.clone());
        }
        let found = differences(&object.wanted, &resource.form(&kept));
        if !found.is_empty() {
            let paths: Vec<&str> = found.iter().map(|difference| difference.path.as_str()).collect();
            let text = format!(
                "the backend stored {} of {} with other values than in the manifest",
                paths.join(", "),
                object.key
            );
            self.app.ui().warn(&text);
        } else if is_finished {
            return Ok(());
        }
        let live = LiveObject { id: id.to_owned(), members: kept.clone(), ..LiveObject::default() };
        let marker = live.marker().unwrap_or_else(|| Marker::new(&object.wanted));
        self.update(object.kind, id, request::marking(object, resource, marker, &kept)).await.map(drop)
    }

    /// Reports an error, and returns the result for the object.
    fn reported(
        &self,
        object: &PlannedObject,
        result: Result<(Outcome, Option<String>)>,
        outcomes: &mut Outcomes,
    ) -> Result<Applied> {
        let (outcome, id) = match result {
            Ok(done) => {
                outcomes.add(exit::DONE);
                done
            }
            Err(error) if exit::is_stopped(&error) => return Err(error),
            Err(error) => {
                outcomes.add(self.app.report_failure(&error, IfMissing::Fail)?);
                (Outcome::Failed, object.ids.first().cloned())
            }
        };
        Ok(Applied { kind: object.kind, key: object.key.clone(), name: object.name().to_owned(), id, outcome })
    }
}

/// The results of an apply so far.
pub(super) struct Progress<'a> {
    pub(super) results: &'a mut Vec<Applied>,
    pub(super) outcomes: Outcomes,
    /// The IDs of the objects that exist by now.
    pub(super) ids: Ids,
    /// The objects that failed or were skipped.
    pub(super) failed: BTreeSet<ResourceName>,
}
