//! `asst ledger doctor`: lists open intents with the objects that they may have created, other findings, and damage to
//! the ledger itself.

mod findings;

use crate::api::assistants::ListAssistants;
use crate::api::files::ListFiles;
use crate::api::threads::ListThreads;
use crate::api::{Endpoint, Kind, Nothing};
use crate::app::{App, Call, Payload, Shape, Sheet};
use crate::exit::{AlreadyReported, DIFFERENT, Stopped};
use crate::json;
use crate::ledger::{IntentFilter, IntentRecord, Ledger, LedgerError, ObjectKey, Source};
use crate::view::{CellKind, Col, Members};
use anyhow::Result;
use serde_json::{Value, json};

/// The time span in seconds around an intent in which its object may have been created. The part before the intent
/// allows for clock differences.
const AFTER: i64 = 900;
const BEFORE: i64 = 120;
/// The number of newest objects that are searched for candidates.
const LOOKED_AT: usize = 1000;

/// The arguments of the doctor.
#[derive(Debug, clap::Args)]
pub struct Doctor {
    /// Exit with code 9 if anything needs a decision
    #[arg(long)]
    exit_code: bool,
}

const SHEET: Sheet = Sheet {
    noun: "intents",
    columns: &[
        Col::id("id"),
        Col::text("what", "what"),
        Col::time("opened", "opened_at"),
        Col::text("origin", "origin"),
        Col::new("candidates", "candidates.id", CellKind::Text),
    ],
    members: Members::These("id what kind origin opened_at provenance marked candidates"),
};

impl Doctor {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let ledger = app.ledger()?;
        let open = match crate::db::block_on(open_intents(&ledger)) {
            Ok(open) => open,
            Err(error) => {
                // Spill files hold entries that the ledger lacks, and are reported whatever the state of the ledger.
                findings::spills(app, &ledger);
                return Err(error.into());
            }
        };
        let here = app.origin_if_any()?;
        let mut printer = app.printer(SHEET, Shape::Many)?;
        for intended in &open {
            let candidates = match here.as_deref() == Some(&intended.intent.origin) {
                true => look(app, &ledger, intended)?,
                false => None,
            };
            app.ui().out(&printer.item(&item(intended, candidates.as_deref()))?)?;
        }
        app.ui().out(&printer.end()?)?;
        let also = findings::find(app, &ledger)?;
        let text = match open.len() {
            0 if also.needs_somebody() => "no open intents".to_owned(),
            0 => "no open intents; the ledger is in order".to_owned(),
            1 => "1 open intent: `asst ledger settle INTENT ID|--none` closes it".to_owned(),
            count => format!("{count} open intents: `asst ledger settle INTENT ID|--none` closes one"),
        };
        app.ui().summary(&text, &also.counts(open.len()));
        if self.exit_code && (!open.is_empty() || also.needs_somebody()) {
            Err(AlreadyReported(DIFFERENT).into())
        } else {
            Ok(())
        }
    }
}

/// Returns the open intents, after a check that the ledger is writable. A missing ledger is only created if spilled
/// entries wait for it.
async fn open_intents(ledger: &Ledger) -> Result<Vec<IntentRecord>, LedgerError> {
    if ledger.exists() || !ledger.spills().0.is_empty() {
        ledger.check().await?;
    } else {
        ledger.check_creatable()?;
    }
    ledger.intents(IntentFilter::Open).await
}

fn item(intended: &IntentRecord, candidates: Option<&[Value]>) -> Value {
    let intent = &intended.intent;
    let provenance = intent.provenance.as_deref().and_then(|text| json::stored(text).ok());
    json!({
        "id": intent.id,
        "what": intent.what,
        "kind": intent.kind.name(),
        "origin": intent.origin,
        "opened_at": intent.opened_at,
        "provenance": provenance,
        "marked": intent.mark,
        "candidates": candidates,
    })
}

/// Returns the listed objects that the intent may have created, or `None` if the backend cannot list them or does not
/// respond.
fn look(app: &App, ledger: &Ledger, intended: &IntentRecord) -> Result<Option<Vec<Value>>> {
    let backend = app.profile()?.backend;
    let lists_threads = backend.lists_threads() == Some(true);
    let call = match intended.intent.kind {
        Kind::Assistant => first_page::<ListAssistants>(),
        Kind::File => first_page::<ListFiles>(),
        Kind::Thread if lists_threads => first_page::<ListThreads>(),
        _ => return Ok(None),
    };
    let intent = &intended.intent;
    match app.wait(newest(app, call, intent.opened_at - BEFORE)) {
        Ok((objects, proof)) => {
            let found = candidates(ledger, intended, objects);
            if let (true, Err(flaw)) = (found.is_empty(), proof) {
                app.ui().warn(&format!(
                    "the backend's list does not tell whether intent {} made anything: {flaw}",
                    intent.id
                ));
                return Ok(None);
            }
            Ok(Some(found))
        }
        Err(error) if error.is::<Stopped>() => Err(error),
        Err(error) => {
            app.ui().warn(&format!("could not look for what intent {} made: {error}", intent.id));
            Ok(None)
        }
    }
}

fn first_page<E: Endpoint<Path = Nothing>>() -> Call {
    Call::of::<E>(&Nothing {}, &E::Query::default(), Payload::None)
}

/// Reads a list back to the time `since`. The second value is an error if the list does not prove that it contains
/// every object since then.
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
        if objects.len() >= LOOKED_AT {
            return Ok((objects, Err(format!("it has more than {LOOKED_AT} objects, and not the newest first"))));
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
fn candidates(ledger: &Ledger, intended: &IntentRecord, objects: Vec<Value>) -> Vec<Value> {
    let intent = &intended.intent;
    let marked = |object: &Value| object["metadata"]["asst_intent"] == intent.id.as_str();
    let about_then = |object: &Value| {
        created(object).is_some_and(|made| made >= intent.opened_at - BEFORE && made <= intent.opened_at + AFTER)
    };
    let unclaimed = |object: &Value| {
        let Some(id) = object["id"].as_str() else { return false };
        let key = ObjectKey { origin: intent.origin.clone(), kind: intent.kind, id: id.to_owned() };
        let row = crate::db::block_on(ledger.get(&key));
        !row.is_ok_and(|row| row.is_some_and(|row| row.source == Source::Created))
    };
    let wanted = |object: &Value| if intent.mark { marked(object) } else { about_then(object) && unclaimed(object) };
    let shown =
        |object: Value| json!({ "id": object["id"], "created_at": object["created_at"], "name": object["name"] });
    objects.into_iter().filter(wanted).map(shown).collect()
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
