//! The findings of the doctor besides open intents: spill files, foreign IDs and overdue runs. Each comes with the
//! command to run next.

use crate::api::Kind;
use crate::app::App;
use crate::env::clock;
use crate::json;
use crate::ledger::{Filter, Ledger, ObjectState, Row, StateFilter};
use anyhow::Result;
use serde_json::{Value, json};

/// The number of newest runs that are checked.
const LOOKED_AT: usize = 10_000;
/// The age in seconds after which a run without an expiry time is overdue.
const LONGEST_RUN: i64 = 30 * 24 * 3600;
const ENDED: [&str; 5] = ["completed", "failed", "cancelled", "expired", "incomplete"];

/// The number of findings by type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Findings {
    waiting: usize,
    aside: usize,
    elsewhere: usize,
    foreign: i64,
    unfinished: usize,
}

impl Findings {
    /// Returns `true` if a finding remains until the user acts.
    pub(super) fn needs_somebody(self) -> bool {
        self.waiting + self.aside + self.elsewhere > 0
    }

    pub(super) fn counts(self, open_intents: usize) -> Value {
        json!({
            "open_intents": open_intents,
            "spills_waiting": self.waiting,
            "spills_put_aside": self.aside,
            "spills_elsewhere": self.elsewhere,
            "foreign": self.foreign,
            "runs_unfinished": self.unfinished,
        })
    }
}

/// Warns about spill files. Returns how many wait, how many contain damaged lines, and how many belong to other
/// ledgers.
pub(super) fn spills(app: &App, ledger: &Ledger) -> [usize; 3] {
    let (waiting, aside) = ledger.spills();
    let elsewhere = ledger.spills_elsewhere();
    for path in &aside {
        app.ui().warn(&format!(
            "{0} holds lines that could not be read: correct or remove them and take the file in with \
             `asst ledger import --spill {0}`, or take in the IDs with `asst ledger scan {0}` and remove it",
            path.display()
        ));
    }
    let why = ledger.missing_spills().map(|left| format!(" ({})", left.why)).unwrap_or_default();
    for path in &waiting {
        app.ui().warn(&format!(
            "{0} waits to be taken in{why}: the next command that can write the ledger takes it in, \
             `asst ledger import --spill {0}` takes it into another ledger",
            path.display()
        ));
    }
    for spill in &elsewhere {
        app.ui().warn(&format!(
            "{0} holds entries for the ledger {1}: any command with `--ledger {1}` takes them in there, \
             `asst ledger import --spill {0}` takes them in here",
            spill.path.display(),
            spill.ledger
        ));
    }
    [waiting.len(), aside.len(), elsewhere.len()]
}

/// Searches the ledger and its folders for findings, and prints them.
pub(super) fn find(app: &App, ledger: &Ledger) -> Result<Findings> {
    let [waiting, aside, elsewhere] = spills(app, ledger);
    let stats = crate::db::block_on(ledger.stats())?;
    let foreign =
        stats.tallies.iter().filter(|tally| tally.state == ObjectState::Foreign).map(|tally| tally.amount).sum();
    if foreign > 0 {
        app.ui().note(&format!(
            "ids that belong to another origin: {foreign}; `asst ledger list --state foreign --all-origins` shows them, \
             `asst ledger forget --matching --state foreign --all-origins` lets them go"
        ));
    }
    let unfinished = crate::db::block_on(unfinished(ledger))?;
    if let Some(run) = unfinished.first() {
        let thread = run.parent.as_deref().unwrap_or("THREAD");
        app.ui().note(&format!(
            "runs that should have ended and were not seen to: {}; `asst runs get {thread} {}` asks about the newest, \
             `asst ledger verify --kind run` about all",
            unfinished.len(),
            run.id
        ));
    }
    Ok(Findings { waiting, aside, elsewhere, foreign, unfinished: unfinished.len() })
}

/// Returns the runs that were active when last seen, but have expired since.
async fn unfinished(ledger: &Ledger) -> Result<Vec<Row>> {
    let filter = Filter { kind: Some(Kind::Run), states: StateFilter::One(ObjectState::Live), ..Filter::default() };
    let now = clock::now();
    let mut runs = ledger.rows(&filter, None, LOOKED_AT).await?;
    runs.retain(|run| is_unfinished(run, now));
    Ok(runs)
}

fn is_unfinished(run: &Row, now: i64) -> bool {
    let raw = run.raw.as_deref().and_then(|raw| json::stored(raw).ok()).unwrap_or_default();
    let Some(status) = raw["status"].as_str() else { return false };
    let expires = crate::view::timestamp(&raw["expires_at"]).map(|time| time.as_second());
    let begun = run.created_at.unwrap_or(run.recorded_at);
    !ENDED.contains(&status) && expires.unwrap_or(begun + LONGEST_RUN) < now
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Source;

    #[test]
    fn a_run_should_have_ended_when_its_time_is_over() {
        let run = |raw: &str| {
            let row = Row::new("o", Kind::Run, "run_1", Source::Created, 1_000);
            is_unfinished(&Row { raw: Some(raw.to_owned()), ..row }, 1_700_000_000)
        };
        assert!(run(r#"{"status":"queued","expires_at":1699999999}"#));
        assert!(!run(r#"{"status":"queued","expires_at":1700000001}"#));
        assert!(!run(r#"{"status":"completed","expires_at":1}"#));
        assert!(run(r#"{"status":"requires_action"}"#), "it has no such time, and is old");
        assert!(!run("{}") && !run("nonsense"));
    }
}
