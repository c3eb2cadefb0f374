//! The objects of a backend that carry the identity of a project and environment.

use crate::api::paging::{Order, Paging};
use crate::api::to_map;
use crate::app::{App, Call, Payload};
use crate::exit::{AlreadyReported, MIXED};
use crate::manifest::{DIGEST, KEY, Marker, ResourceKind};
use crate::ui::ErrorReport;
use anyhow::Result;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The maximum page size of the list.
const PAGE: u32 = 100;

/// An object of the backend.
#[derive(Debug, Clone)]
pub(super) struct LiveObject {
    pub(super) id: String,
    /// The members as the backend sent them.
    pub(super) members: Map<String, Value>,
}

impl LiveObject {
    /// Returns the object if it has an ID.
    pub(super) fn new(members: Map<String, Value>) -> Option<Self> {
        let id = members.get("id")?.as_str()?.to_owned();
        Some(Self { id, members })
    }

    fn pair(&self, key: &str) -> Option<&str> {
        self.members.get("metadata")?.get(key)?.as_str()
    }

    /// Returns the identity in the metadata.
    pub(super) fn key(&self) -> Option<&str> {
        self.pair(KEY)
    }

    /// Returns the digests of the last write.
    pub(super) fn marker(&self) -> Option<Marker> {
        self.pair(DIGEST).and_then(Marker::read)
    }
}

/// Reads the whole list of a kind and returns the objects whose identity has this beginning, by their identity. Objects
/// with the same identity are in the order of the list, the oldest first.
///
/// # Errors
/// Returns an error if the list may be incomplete. An object that is missing in it would be created a second time.
pub(super) async fn live_objects(
    app: &App,
    kind: &ResourceKind,
    key_prefix: &str,
) -> Result<BTreeMap<String, Vec<LiveObject>>> {
    let paging = Paging { limit: Some(PAGE), order: Some(Order::Asc), ..Paging::default() };
    let call = Call::to(kind.list, &[], to_map(&paging), Payload::None)?;
    let mut pages = app.pages(call, None)?.proving();
    let mut found: BTreeMap<String, Vec<LiveObject>> = BTreeMap::new();
    while let Some(items) = pages.next().await? {
        for item in items {
            let Value::Object(members) = item else { continue };
            let Some(live) = LiveObject::new(members) else { continue };
            if let Some(key) = live.key().filter(|key| key.starts_with(key_prefix)) {
                found.entry(key.to_owned()).or_default().push(live);
            }
        }
    }
    if let Err(reason) = pages.complete() {
        let noun = kind.noun;
        app.ui().error(&ErrorReport {
            exit_code: MIXED,
            kind: "mixed".into(),
            message: format!("the list of {noun}s may be incomplete: {reason}"),
            causes: vec![format!("a missing {noun} would be created a second time")],
            ..ErrorReport::default()
        });
        return Err(AlreadyReported(MIXED).into());
    }
    Ok(found)
}
