//! The selection of threads to export: from the arguments, from the ledger, or from the backend's list.

use super::Exporting;
use crate::api::paging::Paging;
use crate::api::parts::OfThread;
use crate::api::threads::{GetThread, ListThreads};
use crate::api::{Backend, Kind, Nothing, ids};
use crate::app::{App, Call, DryRun, Payload};
use crate::cmd::id_lines::from_stdin;
use crate::exit::Usage;
use crate::ledger::Filter;
use anyhow::Result;
use std::collections::HashSet;

/// The number of rows that are read from the ledger at a time.
const PAGE: usize = 1000;

/// Returns the checked and deduplicated IDs from the command line or standard input. Returns `None` if none were given.
pub(super) fn given(app: &App, texts: &[String], allow_empty: bool) -> Result<Option<Vec<String>>> {
    let read;
    let texts: &[String] = match texts {
        [] => return Ok(None),
        [dash] if dash == "-" => {
            read = from_stdin(app, &[Some(Kind::Thread)], app.options().any_id, allow_empty)?.concat();
            &read
        }
        texts if texts.iter().any(|text| text == "-") => return Err(Usage::new("`-` stands for all ids").into()),
        texts => texts,
    };
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for text in texts {
        ids::check(text)?;
        app.check(&call(text)?)?;
        if seen.insert(text) {
            found.push(text.to_owned());
        }
    }
    Ok(Some(found))
}

/// Prints the first requests of an export if this is a dry run. Returns `true` in that case.
pub(super) fn dry(app: &App, given: Option<&[String]>) -> Result<bool> {
    if app.options().dry_run == DryRun::Off {
        return Ok(false);
    }
    for id in given.unwrap_or_default() {
        app.dry(&call(id)?)?;
    }
    if given.is_none() {
        app.ui().note("the export begins with the threads that `asst threads list` shows");
    }
    Ok(true)
}

fn call(id: &str) -> Result<Call> {
    Ok(Call::of::<GetThread>(&OfThread { thread_id: id.parse()? }, &Nothing {}, Payload::None))
}

impl Exporting {
    /// Returns the threads in the ledger and, with `--remote`, those that the backend lists.
    pub(super) async fn chosen(&self, app: &App) -> Result<Vec<String>> {
        let origin = &app.session().await?.origin;
        let mut filter = self.filter.filter(app)?;
        if let Some(other) = filter.origin.as_ref().filter(|other| *other != origin) {
            let message = format!("threads of {other} cannot be asked for at {origin}");
            return Err(Usage::hinted(message, "choose the profile of that origin").into());
        }
        filter.origin = Some(origin.clone());
        filter.kind = Some(Kind::Thread);
        let mut found = known(app, &filter).await?;
        if found.is_empty() {
            self.filter.doubt(app);
        }
        if self.remote {
            let mut seen: HashSet<String> = found.iter().cloned().collect();
            let listed = listed(app).await?;
            found.extend(listed.into_iter().filter(|id| seen.insert(id.clone())));
        }
        if found.is_empty() {
            app.ui()
                .note(&format!("no threads of {origin} are known; `asst ledger import` takes in ids, --remote asks"));
        }
        Ok(found)
    }
}

async fn known(app: &App, filter: &Filter) -> Result<Vec<String>> {
    let Some(ledger) = app.ledger_if_any()? else { return Ok(Vec::new()) };
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let rows = ledger.rows(filter, before, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(found) };
        before = Some(last.cursor);
        found.extend(rows.into_iter().map(|row| row.id));
    }
}

/// Returns the threads that the backend lists.
async fn listed(app: &App) -> Result<Vec<String>> {
    if app.profile()?.backend == Backend::OpenAi {
        return Err(
            Usage::hinted("OpenAI does not list threads", "without --remote those of the ledger are exported").into()
        );
    }
    let call = Call::of::<ListThreads>(&Nothing {}, &Paging::default(), Payload::None);
    app.pages(call, None)?.ids().await
}
