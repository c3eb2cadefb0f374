//! The deletions of an apply: objects that nothing else refers to, and the files that a sync uploaded into them.
//!
//! The files are deleted before their vector store. If the apply is interrupted, the next apply finds the vector store
//! with its remaining files, and deletes them.

use super::apply::{Applier, Progress};
use super::live::LiveObject;
use super::planned::{PlannedObject, deleted_with, sync_of};
use super::usage::{User, Users, is_gone, read_if_present};
use super::verdict::Action;
use crate::app::{Call, IfMissing, Payload};
use crate::manifest::{FILES, ResourceKind};
use crate::ui::counted;
use anyhow::Result;
use futures_util::stream::{self, StreamExt};
use serde_json::Map;
use std::collections::HashSet;

impl Applier<'_> {
    /// Returns an object that refers to the object with this ID, if there is one.
    pub(super) async fn user_of(&self, kind: &ResourceKind, id: &str) -> Result<Option<&User>> {
        if !kind.is_referred_to() {
            return Ok(None);
        }
        let Some(users) = self.users.get(kind.rank()) else { return Ok(None) };
        Ok(users.get_or_try_init(|| Users::read(self.app, kind)).await?.of(id))
    }

    /// Returns `true` if an object must stay, because another object of the backend refers to it. Prints a note in this
    /// case.
    pub(super) async fn is_kept(&self, kind: &ResourceKind, key: &str, id: &str) -> Result<bool> {
        let Some(user) = self.user_of(kind, id).await? else { return Ok(false) };
        self.app.ui().note(&user.keeps(id, key));
        Ok(true)
    }

    /// Deletes the files and the expired vector stores that were replaced. Deletes nothing if an object failed, because
    /// it may still refer to them.
    pub(super) async fn remove_replaced(&self, objects: &[&PlannedObject], progress: &mut Progress<'_>) -> Result<()> {
        if !progress.failed.is_empty() {
            return Ok(());
        }
        for object in objects {
            if object.action != Action::Unchanged {
                object.kept.iter().for_each(|text| self.app.ui().note(text));
            }
            for old in &object.replaced {
                let result = match self.is_kept(object.kind, &object.key, &old.id).await {
                    Ok(true) => continue,
                    Ok(false) => self.delete_with_files(object, old).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = result {
                    progress.outcomes.add(self.app.report_failure(&error, IfMissing::Fail)?);
                }
            }
        }
        Ok(())
    }

    /// Deletes an object with the action `Delete`. Before that, deletes the files of its sync to which no other object
    /// refers.
    ///
    /// # Errors
    /// Returns an error if a file could not be deleted. The object then stays.
    pub(super) async fn delete_planned(&self, object: &PlannedObject, live: &LiveObject) -> Result<()> {
        let files = self.files_to_delete(object, live);
        if !files.is_empty() {
            let users = self.users_of_synced.get_or_try_init(|| Users::read(self.app, &FILES)).await?;
            let going = self.deleted_objects().await?;
            self.delete_files(&object.key, files, users, &going).await?;
        }
        self.delete(object.kind, &live.id).await
    }

    /// Deletes an object that another object of the same identity replaces. Before that, deletes the files of its sync
    /// to which no other object refers.
    ///
    /// # Errors
    /// Returns an error if a file could not be deleted. The object then stays.
    pub(super) async fn delete_with_files(&self, object: &PlannedObject, live: &LiveObject) -> Result<()> {
        let mut live = live.clone();
        // A plan reads the files of a vector store with `sync` only if it may delete any object of the project.
        if sync_of(&self.plan.manifest, object.kind, &object.key).is_some() {
            live.synced.clear();
            read_if_present(self.app, object.kind, &mut live).await?;
        }
        let files = self.files_to_delete(object, &live);
        if !files.is_empty() {
            let users = Users::read(self.app, &FILES).await?;
            self.delete_files(&object.key, files, &users, &HashSet::from([live.id.as_str()])).await?;
        }
        self.delete(object.kind, &live.id).await
    }

    /// Deletes an object. Succeeds if the backend reports exactly this object as missing.
    pub(super) async fn delete(&self, kind: &ResourceKind, id: &str) -> Result<()> {
        let call = Call::to(kind.delete, &[id], Map::new(), Payload::None)?;
        match self.app.call(call).await {
            Err(error) if !is_gone(&error, kind, id) => Err(error),
            _ => Ok(()),
        }
    }

    /// Returns the files to delete together with an object. Prints a warning if files stay.
    fn files_to_delete<'a>(&self, object: &PlannedObject, live: &'a LiveObject) -> &'a [String] {
        let manifest = &self.plan.manifest;
        let files = deleted_with(manifest, object.kind, &object.key, live);
        let contents = object.kind.contents.and_then(|contents| live.members.get(contents.member)?.as_array());
        let has_files = contents.is_some_and(|files| !files.is_empty());
        // A backend without attributes does not show which files a sync uploaded.
        let is_unclear = has_files && sync_of(manifest, object.kind, &object.key).is_some();
        if files.is_empty() && (is_unclear || !live.synced.is_empty()) {
            self.app.ui().warn(&format!(
                "the files of {} in {} stay at the backend; `asst files prune --unreferenced` deletes those that nothing \
                 refers to",
                object.key, live.id
            ));
        }
        files
    }

    /// Returns the IDs of the objects that the plan deletes, and to which no other object refers.
    async fn deleted_objects(&self) -> Result<HashSet<&str>> {
        let mut found = HashSet::new();
        for object in self.plan.objects.iter().filter(|object| object.action == Action::Delete && *object.kind != FILES)
        {
            let Some(live) = &object.live else { continue };
            if self.user_of(object.kind, &live.id).await?.is_none() {
                found.insert(live.id.as_str());
            }
        }
        Ok(found)
    }

    /// Deletes files of a sync. Leaves each file to which an object outside `going` refers, and prints a note about it.
    async fn delete_files(&self, key: &str, files: &[String], users: &Users, going: &HashSet<&str>) -> Result<()> {
        let is_free = |id: &&String| {
            let user = users.all(id).iter().find(|user| !going.contains(user.id.as_str()));
            if let Some(user) = user {
                self.app.ui().note(&user.keeps(id, key));
            }
            user.is_none()
        };
        let work = files.iter().filter(is_free).map(|id| Box::pin(self.delete(&FILES, id)));
        let work: Vec<_> = work.collect();
        let count = work.len() as u64;
        let concurrency = self.app.session().await?.concurrency;
        let mut ended = std::pin::pin!(stream::iter(work).buffered(concurrency));
        while let Some(result) = ended.next().await {
            result?;
        }
        self.app.ui().note(&format!("{} of the sync of {key} deleted", counted(count, "file")));
        Ok(())
    }
}
