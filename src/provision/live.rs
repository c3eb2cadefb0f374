//! The objects of a backend that carry the identity of a project and environment.

use crate::api::paging::Paging;
use crate::api::to_map;
use crate::app::{App, Call, Payload};
use crate::exit::{Failure, MIXED};
use crate::manifest::{DEFAULT_PURPOSE, DIGEST, Identity, KEY, Manifest, Marker, Resource, ResourceKind, name_on_disk};
use crate::sync::is_synced;
use anyhow::Result;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The number of objects on a page of a list. The API allows no more.
const PAGE: u32 = 100;

/// An object of the backend.
#[derive(Debug, Clone, Default)]
pub(super) struct LiveObject {
    pub(super) id: String,
    /// The members as the backend sent them.
    pub(super) members: Map<String, Value>,
    /// The IDs of contents that the backend could not process, such as files that could not be indexed.
    pub(super) failed: Vec<String>,
    /// The IDs of contents that the backend is still processing, such as files that are being indexed. `members`
    /// contains these IDs too.
    pub(super) pending: Vec<String>,
    /// The IDs of contents that the sync of a folder added.
    pub(super) synced: Vec<String>,
}

impl LiveObject {
    /// Returns the object if it has an ID.
    pub(super) fn new(members: Map<String, Value>) -> Option<Self> {
        let id = members.get("id")?.as_str()?.to_owned();
        Some(Self { id, members, ..Self::default() })
    }

    /// Returns the name that an uploaded file has on disk: its name at the backend without the digest that asst added.
    /// Returns `None` if the name has no digest.
    pub(super) fn name_on_disk(&self) -> Option<String> {
        name_on_disk(self.members.get("filename")?.as_str()?)
    }

    /// Returns `true` if the object contains this item and the backend has processed it.
    pub(super) fn has_processed(&self, item: &str) -> bool {
        let has = |list: &[String]| list.iter().any(|id| id == item);
        let lists = self.members.values().filter_map(Value::as_array);
        lists.flatten().any(|id| id == item) && !has(&self.pending) && !has(&self.failed)
    }

    /// Returns `true` if the object has expired, such as a vector store that cannot be searched any more.
    pub(super) fn is_expired(&self) -> bool {
        self.members.get("status").and_then(Value::as_str) == Some("expired")
    }

    pub(super) fn created_at(&self) -> i64 {
        self.members.get("created_at").and_then(Value::as_i64).unwrap_or_default()
    }

    /// Returns the value of a metadata key.
    fn metadata(&self, key: &str) -> Option<&str> {
        self.members.get("metadata")?.get(key)?.as_str()
    }

    /// Returns the identity in the metadata.
    pub(super) fn key(&self) -> Option<&str> {
        self.metadata(KEY)
    }

    /// Returns the digests of the last write.
    pub(super) fn marker(&self) -> Option<Marker> {
        self.metadata(DIGEST).and_then(Marker::read)
    }
}

/// The statuses of contents that are not available, and will not become available.
const FAILED: [&str; 2] = ["failed", "cancelled"];
/// The status of contents that are still being processed.
const PENDING: &str = "in_progress";

/// Reads the contents of an object into its members. Contents that are still being processed count as present.
///
/// # Errors
/// Returns an error if the list may be incomplete.
pub(super) async fn read_contents(app: &App, kind: &ResourceKind, live: &mut LiveObject) -> Result<()> {
    let Some(contents) = kind.contents else { return Ok(()) };
    let paging = Paging { limit: Some(PAGE), ..Paging::default() };
    let call = Call::to(contents.list, &[&live.id], to_map(&paging), Payload::None)?;
    let mut pages = app.pages(call, None)?.proving();
    let mut ids = Vec::new();
    while let Some(items) = pages.next().await? {
        for item in items {
            let Some(id) = item["id"].as_str() else { continue };
            if is_synced(&item["attributes"]) {
                live.synced.push(id.to_owned());
            }
            let status = item["status"].as_str().unwrap_or_default();
            if FAILED.contains(&status) {
                live.failed.push(id.to_owned());
                continue;
            }
            if status == PENDING {
                live.pending.push(id.to_owned());
            }
            ids.push(Value::from(id));
        }
    }
    pages.complete().map_err(|reason| incomplete(&format!("files of {}", live.id), &reason))?;
    live.members.insert(contents.member.to_owned(), ids.into());
    Ok(())
}

/// Returns the error for a list that may be incomplete.
fn incomplete(objects: &str, reason: &str) -> Failure {
    Failure::new(MIXED, format!("the list of {objects} may be incomplete: {reason}"))
}

/// The objects of one kind with an identity of the project and environment, by their identity.
pub(super) type Live = BTreeMap<String, Vec<LiveObject>>;

/// Reads the whole list of a kind and returns the objects of the manifest's project and environment, by their identity.
/// Objects with the same identity are in the order of their creation, the oldest first.
///
/// # Errors
/// Returns an error if the list may be incomplete. An object that is missing in it would be created a second time.
pub(super) async fn live_objects(app: &App, kind: &ResourceKind, manifest: &Manifest) -> Result<Live> {
    let mut found = Live::new();
    match kind.identity {
        Identity::Metadata => {
            let prefix = manifest.key_prefix();
            for live in listed(app, kind, None).await? {
                if let Some(key) = live.key().filter(|key| key.starts_with(&prefix)) {
                    found.entry(key.to_owned()).or_default().push(live);
                }
            }
            // Some backends do not sort their lists. Objects of the same second stay in the order of the list, which is
            // the same for two concurrent applies. In any other order, each apply could keep the object that it
            // created.
            found.values_mut().for_each(|claimants| claimants.sort_by_key(LiveObject::created_at));
        }
        Identity::Content => {
            found = claimed(files(app, kind, manifest).await?, kind, manifest).0;
        }
    }
    Ok(found)
}

/// Reads the files whose names contain a digest, the oldest first. Reads only the purposes that occur in the manifest,
/// or the default purpose if the manifest has no files.
pub(super) async fn files(app: &App, kind: &ResourceKind, manifest: &Manifest) -> Result<Vec<LiveObject>> {
    let purpose = |resource: &Arc<Resource>| resource.members.get("purpose").and_then(Value::as_str).map(str::to_owned);
    let mut purposes: BTreeSet<String> = manifest.of_kind(kind).filter_map(purpose).collect();
    if purposes.is_empty() {
        purposes.insert(DEFAULT_PURPOSE.to_owned());
    }
    let mut found = Vec::new();
    for purpose in purposes {
        let files = listed(app, kind, Some(&purpose)).await?;
        found.extend(files.into_iter().filter(|file| file.name_on_disk().is_some()));
    }
    // Some backends do not sort their lists.
    found.sort_by(|one, other| (one.created_at(), &one.id).cmp(&(other.created_at(), &other.id)));
    Ok(found)
}

/// Assigns each file of the backend to the entry of the manifest with the same name, size and purpose. Returns the
/// assigned files, and the files without such an entry.
pub(super) fn claimed(files: Vec<LiveObject>, kind: &ResourceKind, manifest: &Manifest) -> (Live, Vec<LiveObject>) {
    let identity = |members: &Map<String, Value>| {
        ["filename", "purpose"].map(|name| members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned())
    };
    let resources: Vec<_> = manifest.of_kind(kind).collect();
    let identities: Vec<_> = resources.iter().map(|resource| identity(&resource.members)).collect();
    let wanted: HashMap<_, _> = identities.iter().zip(&resources).collect();
    let (mut found, mut others) = (Live::new(), Vec::new());
    for file in files {
        let bytes = file.members.get("bytes").and_then(Value::as_u64);
        let has_bytes = |resource: &Resource| resource.content.as_ref().map(|content| content.bytes) == bytes;
        match wanted.get(&identity(&file.members)).filter(|resource| bytes.is_none() || has_bytes(resource)) {
            Some(resource) => found.entry(manifest.key(&resource.name)).or_default().push(file),
            None => others.push(file),
        }
    }
    (found, others)
}

/// Reads the complete list of a kind, or of the files with one purpose.
///
/// # Errors
/// Returns an error with code 8 if the list may be incomplete.
pub(super) async fn listed(app: &App, kind: &ResourceKind, purpose: Option<&str>) -> Result<Vec<LiveObject>> {
    let mut query = Map::new();
    if app.sends_pages(kind.list) {
        query.insert("order".to_owned(), "asc".into());
        if purpose.is_none() {
            query.insert("limit".to_owned(), PAGE.into());
        }
    }
    query.extend(purpose.map(|purpose| ("purpose".to_owned(), purpose.into())));
    let call = Call::to(kind.list, &[], query, Payload::None)?;
    let mut pages = app.pages(call, None)?.proving();
    let mut found = Vec::new();
    while let Some(items) = pages.next().await? {
        let objects =
            items.into_iter().filter_map(|item| if let Value::Object(members) = item { Some(members) } else { None });
        found.extend(objects.filter_map(LiveObject::new));
    }
    pages.complete().map_err(|reason| incomplete(&format!("{}s", kind.noun), &reason))?;
    Ok(found)
}
