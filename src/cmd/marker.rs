//! The warning about an update that removes the marker of a manifest (docs/manifest.md#marker) from an object.
//!
//! An update of metadata replaces all pairs. Without its marker, plans and applies do not find the object any more, and
//! the next apply creates a second one.

use crate::api::{Kind, Spec};
use crate::app::records::ObjectKey;
use crate::app::{App, LedgerChoice};
use crate::manifest::{DIGEST, KEY, identity};
use serde_json::{Map, Value};

/// A marker that an update removes.
pub(super) struct RemovedMarker {
    id: String,
    identity: String,
    /// The flags that keep the marker.
    flags: String,
}

impl RemovedMarker {
    /// Returns the marker that a request with this body removes from the object with this ID.
    ///
    /// The marker comes from the ledger, because no other request is sent. Returns `None` if the ledger lacks it.
    pub(super) fn find(app: &App, spec: &Spec, id: Option<&&str>, body: &Map<String, Value>) -> Option<Self> {
        let has_marker = matches!(spec.kind, Kind::Assistant | Kind::VectorStore);
        let id = id.filter(|_| has_marker && body.contains_key("metadata"))?;
        if identity(body.get("metadata")?).is_some() || matches!(app.options().ledger, LedgerChoice::Off) {
            return None;
        }
        let origin = app.origin_if_any().ok()??;
        let key = ObjectKey { origin, kind: spec.kind, id: (*id).to_owned() };
        // An error is ignored, because the request reports a ledger that cannot be read.
        let known = app.records().ok()?.get(&key).ok()??.metadata?;
        let identity = known.get(KEY).filter(|identity| !identity.is_empty())?.clone();
        let pairs = [KEY, DIGEST].into_iter().filter_map(|key| Some((key, known.get(key)?)));
        let flags: Vec<String> = pairs.map(|(key, value)| format!("--metadata {key}={value}")).collect();
        Some(Self { id: key.id, identity, flags: flags.join(" ") })
    }

    /// Prints the warning and the next step.
    pub(super) fn warn(&self, app: &App) {
        let Self { id, identity, flags } = self;
        app.ui().warn(&format!(
            "this update removes the marker of {identity} from {id}; without it, the next `asst apply` creates a second \
             object"
        ));
        app.ui().hint(&format!("repeat the update with {flags}, or add {id} to `adopt` in the manifest"));
    }
}
