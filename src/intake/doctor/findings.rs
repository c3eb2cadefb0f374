//! The findings of `ledger doctor` besides open intents: spill files, foreign IDs and overdue runs. Each message names
//! the command to run next.

use crate::api::Kind;
use crate::api::objects::{OpenEnum, RunStatus};
use crate::app::App;
use crate::db::block_on;
use crate::env::clock;
use crate::json;
use crate::ledger::{KindCount, Ledger, ObjectState, Row, RowQuery, StateFilter};
use anyhow::Result;

/// The number of newest runs that are checked.
const SEARCHED: usize = 10_000;
/// The age in seconds after which a run without an expiry time is overdue.
const LONGEST_RUN: i64 = 30 * 24 * 3600;

/// The number of findings by type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Findings {
    /// Spill files that wait for the ledger.
    pub spills_waiting: usize,
    /// Spill files with damaged lines.
    pub spills_put_aside: usize,
    /// Spill files of other ledgers.
    pub spills_elsewhere: usize,
    /// Rows that belong to another origin.
    pub foreign: i64,
    /// Runs that should have ended.
    pub runs_unfinished: usize,
}

impl Findings {
    /// Searches the ledger and its folders for findings, and prints them.
    pub(super) fn find(app: &App, ledger: &Ledger) -> Result<Self> {
        let [spills_waiting, spills_put_aside, spills_elsewhere] = report_spills(app, ledger);
        let stats = block_on(ledger.stats())?;
        let is_foreign = |tally: &&KindCount| tally.state == ObjectState::Foreign;
        let foreign = stats.tallies.iter().filter(is_foreign).map(|tally| tally.amount).sum();
        if foreign > 0 {
            app.ui().note(&format!(
                "IDs that belong to another origin: {foreign}; `asst ledger list --state foreign --all-origins` lists \
                 them, `asst ledger forget --matching --state foreign --all-origins` removes them from the ledger"
            ));
        }
        let unfinished = block_on(unfinished(ledger))?;
        if let Some(run) = unfinished.first() {
            let thread = run.parent.as_deref().unwrap_or("THREAD");
            app.ui().note(&format!(
                "runs that should have ended, but are recorded as active: {}; `asst runs get {thread} {}` checks the \
                 newest, `asst ledger verify --kind run` checks all",
                unfinished.len(),
                run.id
            ));
        }
        let runs_unfinished = unfinished.len();
        Ok(Self { spills_waiting, spills_put_aside, spills_elsewhere, foreign, runs_unfinished })
    }

    /// Returns `true` if a finding remains until the user acts.
    pub fn need_action(self) -> bool {
        self.spills_waiting + self.spills_put_aside + self.spills_elsewhere > 0
    }
}

/// Warns about spill files. Returns the numbers of files that wait, that have damaged lines, and that belong to other
/// ledgers.
pub(super) fn report_spills(app: &App, ledger: &Ledger) -> [usize; 3] {
    let (waiting, put_aside) = ledger.spills();
    let elsewhere = ledger.spills_elsewhere();
    for path in &put_aside {
        app.ui().warn(&format!(
            "{0} has damaged lines: correct or delete them, then import the file with `asst ledger import --spill {0}`; \
             or import its IDs with `asst ledger scan {0}`, then delete it",
            path.display()
        ));
    }
    let why = ledger.missing_spills().map(|left| format!(" ({})", left.why)).unwrap_or_default();
    for path in &waiting {
        app.ui().warn(&format!(
            "{0} waits to be imported{why}: the next command that can write the ledger imports it; \
             `asst ledger import --spill {0}` imports it into another ledger",
            path.display()
        ));
    }
    for spill in &elsewhere {
        app.ui().warn(&format!(
            "{0} has entries for the ledger {1}: any command with `--ledger {1}` imports them there; \
             `asst ledger import --spill {0}` imports them here",
            spill.path.display(),
            spill.ledger
        ));
    }
    [waiting.len(), put_aside.len(), elsewhere.len()]
}

/// Returns the runs that the ledger records as active although they must have expired since.
async fn unfinished(ledger: &Ledger) -> Result<Vec<Row>> {
    let filter = RowQuery { kind: Some(Kind::Run), states: StateFilter::One(ObjectState::Live), ..RowQuery::default() };
    let now = clock::now();
    let mut runs = ledger.rows(&filter, None, SEARCHED).await?;
    runs.retain(|run| is_unfinished(run, now));
    Ok(runs)
}

fn is_unfinished(run: &Row, now: i64) -> bool {
    let raw = run.raw.as_deref().and_then(|raw| json::stored(raw).ok()).unwrap_or_default();
    let Some(status) = raw["status"].as_str() else { return false };
    let has_ended = RunStatus::named(status).is_some_and(RunStatus::is_terminal);
    let expires = crate::view::timestamp(&raw["expires_at"]).map(|time| time.as_second());
    let begun = run.created_at.unwrap_or(run.recorded_at);
    !has_ended && expires.unwrap_or(begun + LONGEST_RUN) < now
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
