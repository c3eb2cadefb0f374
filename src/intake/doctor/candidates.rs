//! Finds the objects that an intent may have created, in the lists of the backend.

use crate::api::assistants::ListAssistants;
use crate::api::conversations::ListConversations;
use crate::api::files::ListFiles;
use crate::api::threads::ListThreads;
use crate::api::vector_stores::ListVectorStores;
use crate::api::{Endpoint, Kind, Nothing};
use crate::app::{App, Call, Payload};
use crate::db::block_on;
use crate::exit::Stopped;
use crate::ledger::{Intent, Ledger, ObjectKey, Source};
use anyhow::Result;
use serde_json::{Value, json};

/// The seconds after and before the time of an intent in which its object may have been created. The time before the
/// intent allows for clock differences.
const AFTER: i64 = 900;
const BEFORE: i64 = 120;
/// The number of newest objects that are searched for candidates.
const SEARCHED: usize = 1000;

/// Returns the listed objects that the intent may have created, or `None` if the backend cannot list them or does not
/// respond.
pub(super) fn find(app: &App, ledger: &Ledger, intent: &Intent) -> Result<Option<Vec<Value>>> {
    let backend = app.profile()?.backend;
    let call = match intent.kind {
        Kind::Assistant => first_page::<ListAssistants>(),
        Kind::File => first_page::<ListFiles>(),
        Kind::VectorStore => first_page::<ListVectorStores>(),
        Kind::Thread if backend.lists_threads() == Some(true) => first_page::<ListThreads>(),
        Kind::Conversation if backend.lists_conversations() == Some(true) => first_page::<ListConversations>(),
        _ => return Ok(None),
    };
    match app.wait(newest(app, call, intent.opened_at - BEFORE)) {
        Ok((objects, proof)) => {
            let found = select(ledger, intent, objects);
            if let (true, Err(flaw)) = (found.is_empty(), proof) {
                app.ui().warn(&format!(
                    "the backend's list does not show whether intent {} created an object: {flaw}",
                    intent.id
                ));
                return Ok(None);
            }
            Ok(Some(found))
        }
        Err(error) if error.is::<Stopped>() => Err(error),
        Err(error) => {
            app.ui().warn(&format!("could not search for the object of intent {}: {error}", intent.id));
            Ok(None)
        }
    }
}

fn first_page<E: Endpoint<Path = Nothing>>() -> Call {
    Call::of::<E>(&Nothing {}, &E::Query::default(), Payload::None)
}

/// Reads a list, newest first, back to the time `since`. The second value is an error with the reason if the list may
/// lack objects that were created since then.
async fn newest(app: &App, call: Call, since: i64) -> Result<(Vec<Value>, Result<(), String>)> {
    let mut pages = app.pages(call, None)?.proving();
    let mut objects = Vec::new();
    loop {
        match pages.next().await? {
            Some(items) => objects.extend(items),
            None => return Ok((objects, pages.complete())),
        }
        if pages.is_sound() && reaches_back(&objects, since) {
            return Ok((objects, Ok(())));
        }
        if objects.len() >= SEARCHED {
            return Ok((
                objects,
                Err(format!("it has more than {SEARCHED} objects, and they are not in the order newest first")),
            ));
        }
    }
}

/// Returns `true` if the objects are sorted newest first and the last one is older than `since`. Then all later pages
/// are older too.
fn reaches_back(objects: &[Value], since: i64) -> bool {
    let times: Option<Vec<i64>> = objects.iter().map(created).collect();
    times.is_some_and(|times| times.is_sorted_by(|a, b| a >= b) && times.last().is_some_and(|last| *last < since))
}

fn created(object: &Value) -> Option<i64> {
    crate::view::timestamp(&object["created_at"]).map(|time| time.as_second())
}

/// Returns the objects that carry the intent's mark. Without marks, returns those created at about the same time that
/// are not recorded as created by any command.
fn select(ledger: &Ledger, intent: &Intent, objects: Vec<Value>) -> Vec<Value> {
    let is_marked = |object: &Value| object["metadata"]["asst_intent"] == intent.id.as_str();
    let is_close = |object: &Value| {
        created(object).is_some_and(|made| made >= intent.opened_at - BEFORE && made <= intent.opened_at + AFTER)
    };
    let is_unclaimed = |object: &Value| {
        let Some(id) = object["id"].as_str() else { return false };
        let key = ObjectKey { origin: intent.origin.clone(), kind: intent.kind, id: id.to_owned() };
        let row = block_on(ledger.get(&key));
        !row.is_ok_and(|row| row.is_some_and(|row| row.source == Source::Created))
    };
    let is_candidate =
        |object: &Value| if intent.mark { is_marked(object) } else { is_close(object) && is_unclaimed(object) };
    let item =
        |object: Value| json!({ "id": object["id"], "created_at": object["created_at"], "name": object["name"] });
    objects.into_iter().filter(is_candidate).map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_objects_that_come_newest_first_reach_back() {
        let reach = |times: &[i64]| {
            let objects: Vec<Value> = times.iter().map(|time| json!({ "created_at": time })).collect();
            reaches_back(&objects, 1_700_000_000)
        };
        assert!(reach(&[1_700_000_009, 1_700_000_009, 1_699_999_999]));
        assert!(!reach(&[1_700_000_009, 1_700_000_001]), "there may be more that are young");
        assert!(!reach(&[1_699_999_998, 1_699_999_999]) && !reach(&[]), "they are sorted by something else");
        assert!(!reaches_back(&[json!({ "created_at": 1 }), json!({})], 1_700_000_000));
    }
}
