//! The files that a sync uploaded into a vector store that an apply deletes.
//!
//! They are deleted before the vector store. If the apply ends in between, the next one finds the vector store with the
//! rest of its files, and continues.

use super::apply::Applier;
use super::live::LiveObject;
use super::planned::{PlannedObject, deleted_with, sync_of};
use super::usage::{Users, read_if_present};
use super::verdict::Action;
use crate::manifest::FILES;
use crate::ui::counted;
use anyhow::Result;
use futures_util::stream::{self, StreamExt};
use std::collections::HashSet;

impl Applier<'_> {
    /// Deletes an object of a plan that deletes it, and before it the files of its sync that no other object refers to.
    ///
    /// # Errors
    /// Returns an error if a file could not be deleted. The object stays then.
    pub(super) async fn delete_planned(&self, object: &PlannedObject, live: &LiveObject) -> Result<()> {
        let files = self.files_to_delete(object, live);
        if !files.is_empty() {
            let users = self.users_of_synced.get_or_try_init(|| Users::read(self.app, &FILES)).await?;
            let going = self.deleted_objects().await?;
            self.delete_files(&object.key, files, users, &going).await?;
        }
        self.delete(object.kind, &live.id).await
    }

    /// Deletes an object that another one of the same identity replaces, and before it the files of its sync that no other
    /// object refers to.
    ///
    /// # Errors
    /// Returns an error if a file could not be deleted. The object stays then.
    pub(super) async fn delete_with_files(&self, object: &PlannedObject, live: &LiveObject) -> Result<()> {
        let mut live = live.clone();
        // A plan reads the files of a vector store with `sync` only if everything may be deleted.
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

    /// Returns the files that are deleted with an object. Reports files that stay.
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

    /// Returns the objects that the plan deletes and that nothing else refers to.
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

    /// Deletes files of a sync unless an object refers to them that is not in `going`.
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
