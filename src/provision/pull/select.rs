//! Selects the objects of a pull, and gives them their names in the manifest.

use super::existing_manifest::ExistingManifest;
use super::names::{UsedNames, slug};
use super::{Chosen, PullOptions, Selection, is_pulled};
use crate::app::App;
use crate::exit::{Failure, NOT_FOUND, Usage};
use crate::manifest::{KINDS, ResourceKind, is_name, reference_list};
use crate::provision::live::{LiveObject, listed, read_contents};
use crate::provision::usage::is_not_offered;
use anyhow::Result;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::Value;
use std::collections::BTreeSet;

/// The maximum number of IDs of contents that a manifest lists. The request that creates an object accepts no more
/// (docs/protocol/objects.md#limits-and-defaults).
const MAX_CONTENTS: usize = 500;

/// An object of the backend with its kind.
type Listed = (&'static ResourceKind, LiveObject);

/// Reads the lists of the backend, and returns the objects to pull in the order of their kinds and names. `present` is
/// the manifest that is overwritten.
///
/// # Errors
/// Returns an error if a list may be incomplete, or if an ID does not exist or belongs to another project.
pub(super) async fn select(
    app: &App,
    options: &PullOptions,
    present: Option<&ExistingManifest>,
) -> Result<Vec<Chosen>> {
    let all = read(app).await?;
    if let Selection::Ids(ids) = &options.selection {
        check_exist(ids, &all)?;
    }
    let selected: BTreeSet<String> =
        all.iter().filter(|(_, live)| options.selection.has(live, options)).map(|(_, live)| live.id.clone()).collect();
    let companions = match options.selection {
        // All objects of the project are selected already.
        Selection::Project => BTreeSet::new(),
        _ => companions(&all, &selected),
    };
    let is_wanted = |live: &LiveObject| selected.contains(&live.id) || companions.contains(&live.id);
    let wanted: Vec<Listed> = all.into_iter().filter(|(_, live)| is_wanted(live)).collect();
    let mut chosen = named(app, options, wanted, &selected)?;
    let concurrency = app.session().await?.concurrency;
    // A manifest with the folders of an object does not state its contents.
    let has_folders = |one: &&mut Chosen| present.is_some_and(|present| present.object(one).has_folders(one.kind));
    let read = chosen.iter_mut().filter(|one| !has_folders(one));
    let reads: Vec<_> = read.map(|one| read_contents(app, one.kind, &mut one.live)).collect();
    stream::iter(reads).buffer_unordered(concurrency).try_collect::<()>().await?;
    chosen.iter_mut().for_each(|one| limit_contents(app, one));
    chosen.sort_by(|one, other| (one.kind.rank(), &one.name).cmp(&(other.kind.rank(), &other.name)));
    Ok(chosen)
}

/// Removes the contents of an object if they are too many for a list in the manifest. The manifest then does not own
/// them.
fn limit_contents(app: &App, one: &mut Chosen) {
    let Some(contents) = one.kind.contents else { return };
    let count = one.live.members.get(contents.member).and_then(Value::as_array).map_or(0, Vec::len);
    if count > MAX_CONTENTS {
        one.live.members.shift_remove(contents.member);
        let text = format!("{} has {count} files; `{}` is left out of the manifest", one.live.id, contents.member);
        app.ui().note(&text);
    }
}

/// Reads the objects of the kinds that can be pulled. The objects of a kind are in the order of their creation.
async fn read(app: &App) -> Result<Vec<Listed>> {
    let mut all = Vec::new();
    for kind in KINDS.iter().copied().filter(|kind| is_pulled(kind)) {
        let mut objects = match listed(app, kind, None).await {
            // A backend without vector stores has no object of this kind.
            Err(error) if kind.is_referred_to() && is_not_offered(&error) => continue,
            objects => objects?,
        };
        objects.sort_by_key(LiveObject::created_at);
        all.extend(objects.into_iter().map(|live| (kind, live)));
    }
    Ok(all)
}

impl Selection {
    fn has(&self, live: &LiveObject, options: &PullOptions) -> bool {
        match self {
            Self::Project => own_name(live, options).is_some(),
            Self::All => true,
            Self::Ids(ids) => ids.contains(&live.id),
            Self::Metadata(pairs) => {
                let metadata = live.members.get("metadata");
                pairs.iter().all(|(key, value)| metadata.is_some_and(|metadata| metadata[key] == *value.as_str()))
            }
        }
    }
}

/// Returns the name from the identity of an object, if the identity belongs to the project and environment.
fn own_name<'a>(live: &'a LiveObject, options: &PullOptions) -> Option<&'a str> {
    live.key()?.strip_prefix(&format!("{}/{}/", options.project, options.environment))
}

fn check_exist(ids: &[String], all: &[Listed]) -> Result<()> {
    let missing = |id: &&String| !all.iter().any(|(_, live)| live.id == **id);
    let Some(id) = ids.iter().find(missing) else { return Ok(()) };
    let message = format!("the backend has no assistant or vector store with the ID {id}");
    Err(Failure::new(NOT_FOUND, message).into())
}

/// Returns the IDs of the objects to which the selected objects refer.
fn companions(all: &[Listed], selected: &BTreeSet<String>) -> BTreeSet<String> {
    let lists = all.iter().filter(|(_, live)| selected.contains(&live.id)).flat_map(|(kind, live)| {
        kind.references.iter().filter_map(|reference| reference_list(&live.members, reference))
    });
    lists.flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Gives each object its name in the manifest. Leaves out objects that the manifest cannot contain.
fn named(app: &App, options: &PullOptions, wanted: Vec<Listed>, selected: &BTreeSet<String>) -> Result<Vec<Chosen>> {
    let mut used: Vec<UsedNames> = KINDS.iter().map(|_| UsedNames::default()).collect();
    let (mut chosen, mut foreign) = (Vec::new(), Vec::new());
    for (kind, live) in wanted {
        let id = &live.id;
        let refusal = match (live.key(), own_name(&live, options)) {
            (None, _) => {
                foreign.push((kind, live));
                continue;
            }
            (Some(_), Some(name)) if is_name(name) => {
                match used.get_mut(kind.rank()).is_some_and(|used| used.insert(name)) {
                    true => {
                        chosen.push(Chosen { kind, name: name.to_owned(), is_own: true, live });
                        continue;
                    }
                    false => format!("{id} has the same identity as an older {}, which is pulled", kind.noun),
                }
            }
            (Some(key), Some(_)) => format!("{id} has the identity {key}, which is not valid in a manifest"),
            (Some(key), None) => {
                let wanted = format!("{}/{}", options.project, options.environment);
                format!("{id} belongs to {key}, so {wanted} cannot adopt it")
            }
        };
        if matches!(options.selection, Selection::Ids(_)) && selected.contains(&live.id) {
            let hint = "pass --project and --env of the object, or remove its metadata key `asst_key` first";
            return Err(Usage::hinted(refusal, hint).into());
        }
        app.ui().note(&format!("{refusal}; it is left out"));
    }
    for (kind, live) in foreign {
        let name = live.members.get("name").and_then(Value::as_str).unwrap_or_default();
        let Some(used) = used.get_mut(kind.rank()) else { continue };
        chosen.push(Chosen { kind, name: used.unused(&slug(name, &live.id)), is_own: false, live });
    }
    Ok(chosen)
}
