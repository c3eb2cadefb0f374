//! `asst ledger verify`: checks rows of the ledger against the backend, by the rules of docs/design/bulk.md.

use crate::api::assistants::GetAssistant;
use crate::api::files::GetFile;
use crate::api::runs::GetRun;
use crate::api::threads::GetThread;
use crate::api::{Endpoint, Kind, Nothing, PathArgs};
use crate::app::{Absence, App, Call, Outcomes, Payload, Shape, Sheet, Trust, Work};
use crate::cmd::rows::{self, RowFilter};
use crate::exit::{self, AlreadyReported, CallFailed, DIFFERENT, DONE, Usage};
use crate::ledger::{Cursor, Filter, ObjectState, Row};
use crate::view::{Col, Members};
use anyhow::{Error, Result};
use futures_util::StreamExt;
use serde_json::json;

/// The number of rows that are read from the ledger at a time.
const PAGE: usize = 1000;

/// The arguments of the verification.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// Only objects of this kind: assistant, thread, run, file
    #[arg(long, help_heading = "Filters")]
    kind: Option<String>,
    /// Exit with code 9 if an object is gone or its state is unknown
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    filter: RowFilter,
}

const SHEET: Sheet = Sheet {
    noun: "rows",
    columns: &[Col::id("id"), Col::text("kind", "kind"), Col::text("was", "was"), Col::text("state", "state")],
    members: Members::These("id kind was state"),
};

/// The results so far.
#[derive(Debug, Default)]
struct Seen {
    trust: Trust,
    live: u64,
    gone: u64,
    unknown: u64,
}

impl Seen {
    /// Counts a row by its recorded state and returns that state, which later commands read too. A deleted row stays
    /// `deleted` when the backend reports it as missing.
    async fn settled(&mut self, app: &App, row: &Row, evidence: ObjectState) -> Result<ObjectState> {
        let state = app.recorded_state(row).await?.unwrap_or(evidence);
        match state {
            ObjectState::Live => self.live += 1,
            ObjectState::Gone | ObjectState::Deleted => self.gone += 1,
            ObjectState::Foreign | ObjectState::Unknown => self.unknown += 1,
        }
        Ok(state)
    }
}

impl Verify {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let mut filter = self.filter.filter(app)?;
        filter.kind = self.kind.as_deref().map(rows::kind).transpose()?;
        let ledger = app.ledger()?;
        let (seen, outcomes) = app.wait(async {
            let session = app.session().await?;
            if filter.origin.as_ref().is_some_and(|origin| *origin != session.origin) {
                let message = format!("the backend of this profile is {}, and these ids are of another", session.origin);
                return Err(Usage::hinted(message, "choose the profile whose origin it is").into());
            }
            filter.origin = Some(session.origin.clone());
            let mut printer = app.printer(SHEET, Shape::Many)?;
            let (mut seen, mut outcomes) = (Seen::default(), Outcomes::default());
            let next = "the ledger has what was checked; run the same command again for the rest".to_owned();
            app.tally().begin(Work { done: "checked", total: None, next });
            let mut before = None;
            while let Some(page) = next_page(&ledger, &filter, &mut before).await? {
                let asked = page.iter().filter_map(|row| Some((row, call_for(row)?)));
                let calls = asked.map(|(row, call)| async move {
                    app.tally().start();
                    (row, app.call(call).await.map(drop))
                });
                let mut answers = futures_util::stream::iter(calls).buffered(session.concurrency);
                while let Some((row, ended)) = answers.next().await {
                    let state = settle(app, row, ended, &mut seen, &mut outcomes).await?;
                    let item = json!({ "id": row.id, "kind": row.kind.name(), "was": row.state.name(), "state": state.name() });
                    app.tally().done();
                    app.ui().out(&printer.item(&item)?)?;
                    if seen.trust.is_lost() {
                        return Err(Trust::lost(&session.origin));
                    }
                }
            }
            app.ui().out(&printer.end()?)?;
            Ok((seen, outcomes))
        })?;
        let Seen { live, gone, unknown, .. } = seen;
        let counts = json!({ "live": live, "gone": gone, "unknown": unknown });
        app.ui().summary(&format!("{live} live, {gone} gone, {unknown} unknown"), &counts);
        outcomes.result()?;
        if self.exit_code && gone + unknown > 0 { Err(AlreadyReported(DIFFERENT).into()) } else { Ok(()) }
    }
}

async fn next_page(
    ledger: &crate::ledger::Ledger,
    filter: &Filter,
    before: &mut Option<Cursor>,
) -> Result<Option<Vec<Row>>> {
    let rows = ledger.rows(filter, *before, PAGE).await?;
    let Some(last) = rows.last() else { return Ok(None) };
    *before = Some(last.cursor);
    Ok(Some(rows))
}

/// Returns the request that reads an object, or `None` if there is none for its kind.
fn call_for(row: &Row) -> Option<Call> {
    match (row.kind, row.parent.as_deref()) {
        (Kind::Assistant, _) => get::<GetAssistant>(&[&row.id]),
        (Kind::Thread, _) => get::<GetThread>(&[&row.id]),
        (Kind::File, _) => get::<GetFile>(&[&row.id]),
        (Kind::Run, Some(thread)) => get::<GetRun>(&[thread, &row.id]),
        _ => None,
    }
}

fn get<E: Endpoint<Query = Nothing>>(ids: &[&str]) -> Option<Call> {
    Some(Call::of::<E>(&E::Path::from_texts(ids).ok()?, &Nothing {}, Payload::None))
}

/// Interprets the response for a row and returns the row's state. The call itself has already recorded an object that
/// exists, or one that the server named as missing.
async fn settle(
    app: &App,
    row: &Row,
    ended: Result<(), Error>,
    seen: &mut Seen,
    outcomes: &mut Outcomes,
) -> Result<ObjectState> {
    let Err(error) = ended else {
        seen.trust.found();
        outcomes.add(DONE);
        return seen.settled(app, row, ObjectState::Live).await;
    };
    let cause = error.downcast_ref::<CallFailed>().map(|failed| &failed.source);
    match cause.and_then(|cause| seen.trust.absence(row.kind, &row.id, cause)) {
        Some(Absence::Gone) => {
            outcomes.add(DONE);
            seen.settled(app, row, ObjectState::Gone).await
        }
        Some(Absence::Doubtful) => {
            outcomes.add(DONE);
            seen.unknown += 1;
            Ok(ObjectState::Unknown)
        }
        None => {
            let Some(report) = exit::report(&error) else { return Err(error) };
            app.ui().error(&report);
            outcomes.add(report.exit_code);
            seen.unknown += 1;
            Ok(ObjectState::Unknown)
        }
    }
}
