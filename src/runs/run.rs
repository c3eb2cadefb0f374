//! Runs in paths, requests and responses, and their IDs.

use crate::api::PathArgs;
use crate::api::objects::{JsonObject, Run};
use crate::api::runs::OfRun;
use crate::app::Call;
use anyhow::{Context, Result, anyhow};
use serde_json::{Map, Value};

/// Returns a run that has only IDs.
fn with_ids(thread: &str, id: &str) -> Run {
    let mut run = Run::default();
    run.set("id", id);
    run.set("thread_id", thread);
    run
}

/// Returns the run at a path, with its IDs only.
pub(super) fn run_at_path(path: &OfRun) -> Run {
    with_ids(path.thread_id.as_str(), path.run_id.as_str())
}

/// Returns the run in the path of a request, with its IDs only. Returns `None` if the request creates a run.
pub(super) fn run_in_request(call: &Call) -> Option<Run> {
    match call.ids.as_slice() {
        [thread, run] => Some(with_ids(thread, run)),
        _ => None,
    }
}

/// Returns the run in a response. Adds `ids`, the IDs from the path of the request, if the server left them out.
pub(super) fn run_in_response(value: Value, ids: &[String]) -> Run {
    let mut run = Run::from_map(match value {
        Value::Object(members) => members,
        _ => Map::new(),
    });
    for (member, id) in ["thread_id", "id"].into_iter().zip(ids) {
        if run.member::<&str>(member).valid().is_none() {
            run.set(member, id.as_str());
        }
    }
    run
}

/// Returns the path of a run.
///
/// # Errors
/// Returns an error if the run has no valid IDs, because the server did not send them.
pub(super) fn path_of(run: &Run) -> Result<OfRun> {
    let ids = run.thread_id().valid().zip(run.id().valid());
    let (thread, id) = ids.context("the response does not have the IDs of the run and its thread")?;
    // The text of the error is about input of the user, so a text about the response precedes it.
    OfRun::from_texts(&[thread, id]).map_err(|error| anyhow!("the response has an invalid ID: {error}"))
}

/// Returns `true` if the run no longer changes by itself, because it has ended or waits for tool outputs.
pub(super) fn has_stopped(run: &Run) -> bool {
    run.has_ended() || run.requires_action()
}
