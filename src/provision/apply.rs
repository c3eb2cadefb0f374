//! Applying a plan: creates, updates and deletions, each of which leaves the backend in a state that the next plan
//! understands.

use super::live::{LiveObject, live_objects};
use super::plan::{Plan, PlannedObject};
use super::verdict::Action;
use super::{request, snapshot};
use crate::app::{App, Call, Outcomes, Payload};
use crate::exit::{self, NotOffered};
use crate::json;
use crate::manifest::{KINDS, Marker, Resource, ResourceKind, differences};
use anyhow::{Result, bail};
use futures_util::stream::{self, StreamExt};
use serde_json::{Map, Value};

/// The treatment of objects that changed at the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum DriftPolicy {
    /// Ask on a terminal; elsewhere, change nothing and exit with code 9
    Ask,
    /// Change nothing and exit with code 9
    Fail,
    /// Leave these objects as they are
    Keep,
    /// Overwrite them with the manifest, after a snapshot
    Overwrite,
}

/// The outcome for one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Created,
    Updated,
    Deleted,
    Unchanged,
    Kept,
    Failed,
}

impl Outcome {
    /// Returns the name in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
            Self::Unchanged => "unchanged",
            Self::Kept => "kept",
            Self::Failed => "failed",
        }
    }
}

/// The result for one object.
#[derive(Debug, Clone)]
pub struct Applied {
    pub kind: &'static ResourceKind,
    pub key: String,
    pub name: String,
    pub id: Option<String>,
    pub outcome: Outcome,
}

impl Applied {
    /// Returns the JSON form.
    pub fn to_json(&self) -> Value {
        serde_json::json!({ "key": self.key, "kind": self.kind.kind().name(), "id": self.id, "outcome": self.outcome.name() })
    }
}

/// The application of one plan.
pub struct Applier<'a> {
    app: &'a App,
    plan: &'a Plan,
    overwrite: bool,
}

impl<'a> Applier<'a> {
    /// Creates the application of a plan. `overwrite` is `true` if objects that changed at the backend are overwritten.
    pub fn new(app: &'a App, plan: &'a Plan, overwrite: bool) -> Self {
        Self { app, plan, overwrite }
    }

    /// Applies the plan, and adds the result for each object to `results` as soon as it is known. A failure does not stop
    /// the other objects.
    ///
    /// # Errors
    /// Returns an error if a snapshot could not be written, and the combined exit code if objects failed.
    pub async fn apply(&self, results: &mut Vec<Applied>) -> Result<()> {
        self.take_snapshot()?;
        let concurrency = self.app.session().await?.concurrency;
        let (deletions, rest): (Vec<_>, Vec<_>) =
            self.plan.objects.iter().partition(|object| object.action == Action::Delete);
        let mut outcomes = Outcomes::default();
        // Deletions come last, so that a failure before them loses nothing.
        for objects in [rest, deletions] {
            let work = objects.into_iter().map(|object| Box::pin(async move { (object, self.one(object).await) }));
            let mut ended = std::pin::pin!(stream::iter(work).buffered(concurrency));
            while let Some((object, result)) = ended.next().await {
                results.push(self.reported(object, result, &mut outcomes)?);
            }
        }
        self.remove_duplicates(results, &mut outcomes).await?;
        outcomes.result()
    }

    /// Stores the objects that will be overwritten or deleted.
    fn take_snapshot(&self) -> Result<()> {
        let is_kept =
            |object: &PlannedObject| !self.overwrite && matches!(object.action, Action::Drifted | Action::Conflict);
        let lost = |object: &&PlannedObject| object.loses_changes() && !is_kept(object);
        let objects: Vec<&PlannedObject> = self.plan.objects.iter().filter(lost).collect();
        if objects.is_empty() {
            return Ok(());
        }
        let path = snapshot::write(self.app.paths()?.state_dir(), &self.plan.manifest, &objects)?;
        let text = format!("the present state is in {}; `asst apply` of it restores it", path.display());
        self.app.ui().note(&text);
        Ok(())
    }

    async fn one(&self, object: &PlannedObject) -> Result<(Outcome, Option<String>)> {
        let id = object.ids.first().cloned();
        for duplicate in &object.duplicates {
            self.delete(object.kind, &duplicate.id).await?;
        }
        match (object.action, &object.resource, &object.live) {
            (Action::Create, Some(resource), _) => Ok((Outcome::Created, Some(self.create(object, resource).await?))),
            (Action::Drifted | Action::Conflict, ..) if !self.overwrite => Ok((Outcome::Kept, id)),
            (Action::Update | Action::Drifted | Action::Conflict, Some(resource), Some(live)) => {
                let body = request::update(object, resource);
                let kept = self.update(object.kind, &live.id, body).await?;
                self.mark(object, resource, &live.id, &kept).await?;
                Ok((Outcome::Updated, id))
            }
            (Action::Delete, _, Some(live)) => {
                self.delete(object.kind, &live.id).await?;
                Ok((Outcome::Deleted, id))
            }
            (Action::Duplicate, ..) => Ok((Outcome::Updated, id)),
            (Action::Ambiguous, ..) => {
                let ids = object.ids.join(", ");
                bail!("{} has several objects: {ids}; delete all but one, then run the command again", object.key)
            }
            _ => Ok((Outcome::Unchanged, id)),
        }
    }

    async fn create(&self, object: &PlannedObject, resource: &Resource) -> Result<String> {
        let body = request::creation(object, resource);
        let noun = object.kind.noun;
        let call = Call::to(object.kind.create, &[], Map::new(), Payload::Json(body))?;
        let members = json::into_object(self.app.call(call).await?.value)?;
        let Some(live) = LiveObject::new(members) else {
            bail!("the backend created {} without an ID", object.key);
        };
        if live.key() != Some(&object.key) {
            return Err(NotOffered {
                message: format!("the backend does not keep the metadata of {noun} {}", live.id),
                hint: format!(
                    "provisioning needs it to find its objects again; `asst {} delete {}` removes the new one",
                    object.kind.section.replace('_', "-"),
                    live.id
                ),
            }
            .into());
        }
        self.mark(object, resource, &live.id, &live.members).await?;
        Ok(live.id)
    }

    async fn update(&self, kind: &ResourceKind, id: &str, body: Map<String, Value>) -> Result<Map<String, Value>> {
        let Some(update) = kind.update else { bail!("a {} cannot be changed", kind.noun) };
        let call = Call::to(update, &[id], Map::new(), Payload::Json(body))?;
        Ok(json::into_object(self.app.call(call).await?.value)?)
    }

    async fn delete(&self, kind: &ResourceKind, id: &str) -> Result<()> {
        let call = Call::to(kind.delete, &[id], Map::new(), Payload::None)?;
        self.app.call(call).await.map(drop)
    }

    /// Records how the backend kept an object, if that differs from the manifest. The next plan then finds no difference.
    async fn mark(
        &self,
        object: &PlannedObject,
        resource: &Resource,
        id: &str,
        kept: &Map<String, Value>,
    ) -> Result<()> {
        let found = differences(&object.wanted, &resource.form(kept));
        if found.is_empty() {
            return Ok(());
        }
        let paths: Vec<&str> = found.iter().map(|difference| difference.path.as_str()).collect();
        let text =
            format!("the backend kept {} of {} differently than the manifest states", paths.join(", "), object.key);
        self.app.ui().warn(&text);
        let live = LiveObject { id: id.to_owned(), members: kept.clone() };
        let marker = live.marker().unwrap_or_else(|| Marker::new(&object.wanted));
        self.update(object.kind, id, request::marking(object, resource, marker, kept)).await.map(drop)
    }

    /// Reports a failure, and returns the result for the object.
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
                if let Some(report) = exit::report(&error) {
                    outcomes.add(report.exit_code);
                    self.app.ui().error(&report);
                }
                (Outcome::Failed, object.ids.first().cloned())
            }
        };
        Ok(Applied { kind: object.kind, key: object.key.clone(), name: object.name().to_owned(), id, outcome })
    }

    /// Removes objects of this apply that another apply created first. The oldest object of each identity stays.
    async fn remove_duplicates(&self, results: &mut [Applied], outcomes: &mut Outcomes) -> Result<()> {
        for kind in KINDS {
            if results.iter().any(|applied| applied.kind == *kind && applied.outcome == Outcome::Created) {
                self.remove_duplicates_of(kind, results, outcomes).await?;
            }
        }
        Ok(())
    }

    async fn remove_duplicates_of(
        &self,
        kind: &'static ResourceKind,
        results: &mut [Applied],
        outcomes: &mut Outcomes,
    ) -> Result<()> {
        let live = live_objects(self.app, kind, &self.plan.manifest.key_prefix()).await?;
        let is_created = |applied: &&mut Applied| applied.kind == kind && applied.outcome == Outcome::Created;
        for applied in results.iter_mut().filter(is_created) {
            let claimants = live.get(&applied.key).map_or(&[][..], Vec::as_slice);
            if let [oldest, _, ..] = claimants
                && applied.id.as_ref() != Some(&oldest.id)
                && let Some(own) = applied.id.replace(oldest.id.clone())
            {
                self.app.ui().note(&format!("another apply created {} first; {own} is deleted", applied.key));
                applied.outcome = Outcome::Unchanged;
                if let Err(error) = self.delete(kind, &own).await {
                    let report = exit::report(&error).ok_or(error)?;
                    outcomes.add(report.exit_code);
                    self.app.ui().error(&report);
                }
            }
        }
        Ok(())
    }
}
