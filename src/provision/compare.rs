//! The comparison of two objects, wherever they are: at a backend, in a file, or in a manifest.

use super::live::{LiveObject, read_contents};
use super::plan::{PlanOptions, plan};
use super::planned::PlannedObject;
use super::verdict::Action;
use crate::api::Kind;
use crate::app::{App, Call, Payload};
use crate::exit::{FAILED, Failure, NOT_FOUND, Usage};
use crate::json;
use crate::manifest::{Difference, KINDS, Manifest, ResourceKind, canonical, differences, refer};
use anyhow::{Result, bail};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// One side of a comparison.
#[derive(Debug)]
pub struct ComparedObject {
    kind: &'static ResourceKind,
    /// The title of the side in output: the name of a file, or the ID with the identity if there is one.
    pub title: String,
    members: Map<String, Value>,
    /// The paths of members that the manifest does not own.
    ignore: Vec<String>,
    /// The names of the manifest's objects by their IDs. `None` if the side is not an object of a manifest.
    names: Option<HashMap<String, String>>,
}

impl ComparedObject {
    /// Reads an object of the backend by its ID.
    ///
    /// # Errors
    /// Returns an error if the ID is not that of an assistant, a vector store or a file, or if a request fails.
    pub async fn with_id(app: &App, id: &str) -> Result<Self> {
        let Some(kind) = kind_of_id(id) else {
            bail!("expected the ID of an assistant, a vector store or a file, found {id}")
        };
        let response = app.call(Call::to(kind.get, &[id], Map::new(), Payload::None)?).await?;
        let Some(mut live) = LiveObject::new(json::into_object(response.value)?) else {
            bail!("the backend returned {id} without an ID");
        };
        read_contents(app, kind, &mut live).await?;
        Ok(Self { kind, title: live.id, members: live.members, ignore: Vec::new(), names: None })
    }

    /// Takes an object as `get -o json` prints it. `title` is the name of the file.
    ///
    /// # Errors
    /// Returns an error if the value is not an assistant, a vector store or a file.
    pub fn of_document(value: Value, title: &str) -> Result<Self, Usage> {
        const HINT: &str = "`asst assistants get ID -o json` prints an assistant";
        let kind = value.get("object").and_then(Value::as_str).and_then(kind_named);
        let kind = kind.or_else(|| kind_of_id(value.get("id")?.as_str()?));
        match (kind, value) {
            (Some(kind), Value::Object(members)) => {
                Ok(Self { kind, title: title.to_owned(), members, ignore: Vec::new(), names: None })
            }
            (_, other) => {
                let found = match other.get("object").and_then(Value::as_str) {
                    Some(name) => format!("an object `{name}`"),
                    None => "JSON without a known `object` or `id`".to_owned(),
                };
                let message = format!("{title}: expected an assistant, a vector store or a file, found {found}");
                Err(Usage::hinted(message, HINT))
            }
        }
    }

    /// Reads the object at the backend that has the identity of an object of the manifest.
    ///
    /// # Errors
    /// Returns an error if a list may be incomplete, or if not exactly one object has the identity.
    pub async fn of_manifest(app: &App, manifest: Manifest, kind: &'static ResourceKind, name: &str) -> Result<Self> {
        let planned = Planned::read(app, manifest, kind, name, true).await?;
        let key = planned.object.key;
        let Some(live) = planned.object.live else {
            // The next apply replaces an expired object, so there is nothing to compare.
            let message = match planned.object.predecessors.first() {
                Some(id) => format!("{id} of {key} has expired"),
                None => format!("{key} does not exist at the backend"),
            };
            return Err(Failure::new(NOT_FOUND, message).into());
        };
        let ignore = planned.object.resource.as_ref().map(|resource| resource.ignore.clone()).unwrap_or_default();
        let mut members = live.members;
        if let (Some(contents), Some(resource)) = (kind.contents, &planned.object.resource)
            && !resource.lists_contents()
        {
            members.shift_remove(contents.member);
        }
        Ok(Self { kind, title: format!("{key} {}", live.id), members, ignore, names: Some(planned.names) })
    }

    fn has_contents(&self) -> bool {
        self.kind.contents.is_none_or(|contents| self.members.contains_key(contents.member))
    }

    /// Returns the canonical form without the members at the paths in `ignore`. With `is_named`, replaces the IDs of
    /// the manifest's objects by their names, which are the same at every backend.
    fn form(&self, ignore: &[String], is_named: bool, with_contents: bool) -> Map<String, Value> {
        let mut members = self.members.clone();
        if let Some(names) = self.names.as_ref().filter(|_| is_named) {
            refer(self.kind, &mut members, |_, id| names.get(id).cloned());
        }
        let mut form = canonical(self.kind, &members, ignore);
        if let Some(contents) = self.kind.contents.filter(|_| !with_contents) {
            form.shift_remove(contents.member);
        }
        form
    }
}

/// Returns the differences between two objects, from `left` to `right`. Contents, such as the files of a vector store,
/// are compared if both sides have them.
///
/// # Errors
/// Returns an error if the objects are of different kinds.
pub fn compare(left: &ComparedObject, right: &ComparedObject) -> Result<Vec<Difference>, Usage> {
    if left.kind != right.kind {
        let (one, other) = (left.kind.noun, right.kind.noun);
        let message = format!("expected two objects of one kind, found: {one} {}, {other} {}", left.title, right.title);
        return Err(Usage::new(message));
    }
    let ignore: Vec<String> = left.ignore.iter().chain(&right.ignore).cloned().collect();
    let are_named = left.names.is_some() && right.names.is_some();
    let with_contents = left.has_contents() && right.has_contents();
    let form = |side: &ComparedObject| side.form(&ignore, are_named, with_contents);
    Ok(differences(&form(left), &form(right)))
}

/// Returns the title of an object of the manifest, and its differences from the backend to the manifest, as in a plan.
///
/// # Errors
/// Returns an error if a list may be incomplete, or if several objects have the identity.
pub async fn compare_with_backend(
    app: &App,
    manifest: Manifest,
    kind: &'static ResourceKind,
    name: &str,
) -> Result<(String, Vec<Difference>)> {
    let object = Planned::read(app, manifest, kind, name, false).await?.object;
    let title = match &object.live {
        Some(live) => format!("{} {}", object.key, live.id),
        None if object.action == Action::Replace => format!("{} (expired)", object.key),
        None => format!("{} (missing)", object.key),
    };
    // `lifecycle` is not a member of the object: asst stores the protection in the marker. So it is no difference.
    let found = object.differences.into_iter().filter(|difference| !difference.path.starts_with("lifecycle."));
    Ok((title, found.collect()))
}

/// The plan for one object.
struct Planned {
    object: PlannedObject,
    names: HashMap<String, String>,
}

impl Planned {
    /// Plans one object. `ignores_folders` is `true` if only the object at the backend is needed, not its folders.
    async fn read(
        app: &App,
        manifest: Manifest,
        kind: &'static ResourceKind,
        name: &str,
        ignores_folders: bool,
    ) -> Result<Self> {
        let options = PlanOptions { targets: vec![name.to_owned()], ignores_folders, ..PlanOptions::default() };
        let plan = plan(app, manifest, &options).await?;
        let names = plan.ids.iter().map(|((_, name), id)| (id.clone(), name.clone())).collect();
        let found = plan.objects.into_iter().find(|object| object.kind == kind && object.name() == name);
        let Some(object) = found else { bail!("the plan lacks {}.{name}", kind.section) };
        if object.action == Action::Ambiguous {
            let message = format!("several objects have the identity {}: {}", object.key, object.ids.join(", "));
            return Err(Failure::new(FAILED, message).hinted("pass one of these IDs").into());
        }
        Ok(Self { object, names })
    }
}

/// Returns the kind of an ID, if a manifest can have objects of the kind.
pub fn kind_of_id(id: &str) -> Option<&'static ResourceKind> {
    let kind = Kind::of_id(id)?;
    KINDS.iter().copied().find(|known| known.kind() == kind)
}

fn kind_named(name: &str) -> Option<&'static ResourceKind> {
    KINDS.iter().copied().find(|known| known.kind().name() == name)
}
