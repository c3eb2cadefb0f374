//! `asst threads list`: lists threads from the ledger, because the protocol has no such endpoint. `--remote` asks
//! backends that have one.

use crate::api::paging::Paging;
use crate::api::threads::ListThreads as Remote;
use crate::api::{Backend, Kind, Nothing};
use crate::app::{App, Call, Cardinality, Payload, Sheet};
use crate::cmd::columns;
use crate::cmd::rows::{self, RowFilter};
use crate::env::clock;
use crate::exit::Usage;
use crate::view::{CellKind, Col};
use anyhow::Result;

/// The arguments of the thread list.
#[derive(Debug, clap::Args)]
pub struct ListThreads {
    /// List at most N threads [default: all]
    #[arg(long, value_name = "N", value_parser = crate::config::parse_positive::<u64>)]
    limit: Option<u64>,
    /// List the threads of the backend, if it can (Azure AI Foundry, the embedded server), and record them
    #[arg(long, conflicts_with_all = ["orphaned", "state", "source", "assistant", "metadata", "older_than", "newer_than",
        "idle", "ci_job", "id_prefix", "origin", "all_origins"])]
    remote: bool,
    /// Only threads that appear unused by recorded facts: all their runs are of deleted assistants, or they have no
    /// messages or runs and are idle for 30 days
    #[arg(long, help_heading = "Filters")]
    orphaned: bool,
    #[command(flatten)]
    filter: RowFilter,
}

const SHEET: Sheet = Sheet {
    noun: "threads",
    columns: &[
        Col::id("id"),
        Col::text("state", "state"),
        Col::time("created", "created_at"),
        Col::time("active", "active_at"),
        // The ledger does not see messages of runs and other programs, so the total number is unknown.
        Col::count("sent", "messages"),
        Col::new("assistant", "assistant", CellKind::Id),
        Col::text("assistant name", "assistant_name"),
        Col::text("source", "source"),
        Col::text("made by", "made_by"),
    ],
    members: rows::MEMBERS,
};

impl ListThreads {
    pub(super) fn run(self, app: &App) -> Result<()> {
        if self.remote {
            return self.remote(app);
        }
        let records = app.records()?;
        let mut filter = self.filter.filter(app)?;
        filter.kind = Some(Kind::Thread);
        filter.orphaned_at = self.orphaned.then(clock::now);
        if self.orphaned || filter.idle_since.is_some() {
            // These filters rely on complete records, and their results are passed to commands that delete.
            records.require_complete()?;
        }
        let shown = rows::show(app, &records, SHEET, &filter, self.limit)?;
        let checked = records.checked_at(filter.origin.as_deref(), Kind::Thread)?;
        if shown == 0 {
            self.filter.doubt(app);
        }
        app.ui().summary(
            &said(app, shown, checked, filter.origin.as_deref()),
            &serde_json::json!({ "shown": shown, "origin": filter.origin, "checked_at": checked }),
        );
        Ok(())
    }

    /// Lists the threads of the backend, and records each before it is printed.
    fn remote(self, app: &App) -> Result<()> {
        if app.profile()?.backend == Backend::OpenAi {
            let hint = "`asst threads list` shows those that the ledger knows";
            return Err(Usage::hinted("OpenAI does not list threads", hint).into());
        }
        let call = Call::of::<Remote>(&Nothing {}, &Paging::default(), Payload::None);
        let pages = app.pages(call, self.limit)?;
        app.check_sheet(columns::THREADS)?;
        if pages.dry()? {
            return Ok(());
        }
        app.wait(async {
            let mut printer = app.printer(columns::THREADS, Cardinality::Many)?;
            let mut pages = pages;
            while let Some(items) = pages.next().await? {
                app.ui().out(&printer.page(&items)?)?;
            }
            app.ui().out(&printer.end()?)?;
            app.warn_unknown_columns(&printer);
            Ok(())
        })
    }
}

/// Returns the summary line: the number of threads, the time of the last check, and whether the backend can list
/// threads.
fn said(app: &App, shown: u64, checked: Option<i64>, origin: Option<&str>) -> String {
    let ago = |time: i64| match (jiff::Timestamp::from_second(time), jiff::Timestamp::from_second(clock::now())) {
        (Ok(then), Ok(now)) => format!("last checked {} ago", crate::view::age(then, now)),
        _ => "last checked at an unknown time".to_owned(),
    };
    let threads = if shown == 1 { "thread" } else { "threads" };
    let backend = app.profile_if_any().ok().flatten().map(|profile| profile.backend);
    let lists = match backend.map(Backend::lists_threads) {
        Some(Some(true)) => "; this backend lists threads itself: --remote",
        Some(Some(false)) => "; this backend cannot list threads",
        Some(None) => "; --remote asks the backend, if it lists threads",
        None => "",
    };
    let origin = origin.map_or_else(|| "all origins".to_owned(), str::to_owned);
    let checked = checked.map_or_else(|| "never checked".to_owned(), ago);
    format!("{shown} {threads} in the ledger ({origin}), {checked}{lists}")
}
