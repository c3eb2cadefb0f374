//! Finding the object that a request created whose response was lost.

use super::additions::SourceObject;
use super::target::{IN_PROGRESS, Target};
use crate::api::Kind;
use crate::api::objects::{JsonObject, Thread};
use crate::app::{App, Session};
use crate::env::clock;
use crate::exit::{CallFailed, FAILED, Failure, IncompleteList};
use anyhow::Result;
use serde_json::{Map, Value};

/// The maximum difference in seconds between the clocks of this machine and of the backend.
const CLOCK_TOLERANCE: i64 = 300;

/// Finds the object that an earlier request created whose response was lost. `sent` is the metadata of the request.
/// Returns `None` if there is no such object, or if the backend cannot list such objects.
pub(super) async fn find(
    app: &App,
    session: &Session,
    source: &SourceObject,
    target: Target,
    requested_at: i64,
    sent: &Map<String, Value>,
) -> Result<Option<String>> {
    let noun = target.kind().words();
    let backend = app.profile()?.backend;
    let lists = match target.kind() {
        Kind::Thread => backend.lists_threads(),
        _ => backend.lists_conversations(),
    };
    let not_listed = || {
        app.ui().warn(&format!(
            "{}: an earlier restore may have created a {noun} whose ID is unknown, because {} has no list of {noun}s; \
             another one is created",
            source.id, session.origin
        ));
        Ok(None)
    };
    if lists == Some(false) {
        return not_listed();
    }
    if clock::now().saturating_sub(requested_at) < IN_PROGRESS.as_secs() as i64 {
        tokio::time::sleep(IN_PROGRESS).await;
    }
    let mut pages = app.pages(target.list_objects(), None)?.proving();
    let mut found = Vec::new();
    loop {
        let objects = match pages.next().await {
            Ok(Some(objects)) => objects,
            Ok(None) => {
                pages.complete().map_err(|reason| IncompleteList { tried: format!("list {noun}s"), reason })?;
                break;
            }
            Err(error) if lists.is_none() && refuses_list(&error) => return not_listed(),
            Err(error) => return Err(error),
        };
        let (mut newest, mut oldest) = (None, None);
        for object in objects.iter().filter_map(Thread::from_value_ref) {
            let created = object.created_at().valid().unwrap_or_default() as i64;
            newest = newest.or(Some(created));
            oldest = Some(created);
            let is_recent = created >= requested_at - CLOCK_TOLERANCE;
            if is_recent && object.metadata().valid().is_some_and(|metadata| is_copy(metadata, sent)) {
                found.extend(object.id().valid().map(str::to_owned));
            }
        }
        // A server that ignores the order of the request may have newer objects on later pages.
        let is_ordered = newest >= oldest;
        if is_ordered && oldest.is_some_and(|oldest| oldest < requested_at - CLOCK_TOLERANCE) {
            break;
        }
    }
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        several => {
            let message = format!("several {noun}s were restored from {}: {}", source.id, several.join(", "));
            let hint = format!("delete all but one of these {noun}s, then run the command again");
            Err(Failure::new(FAILED, message).hinted(hint).into())
        }
    }
}

/// Returns `true` if an object has the metadata of a request. If there was room for `asst_from`, it decides.
fn is_copy(metadata: &Map<String, Value>, sent: &Map<String, Value>) -> bool {
    match sent.get("asst_from") {
        Some(id) => metadata.get("asst_from") == Some(id),
        None => metadata == sent,
    }
}

/// Returns `true` if the backend has no such list.
fn refuses_list(error: &anyhow::Error) -> bool {
    error.downcast_ref::<CallFailed>().is_some_and(|failed| failed.source.refuses_list())
}
