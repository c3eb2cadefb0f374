//! The selection of threads to export: from the arguments, from the ledger, or from the backend's list.

use super::Exporting;
use crate::api::parts::OfThread;
use crate::api::threads::GetThread;
use crate::api::{Kind, Nothing, ids};
use crate::app::{App, Call, DryRun, Payload};
use crate::exit::Usage;
use crate::export::{listed_threads, recorded_threads};
use crate::intake::id_lines::from_stdin;
use anyhow::Result;
use std::collections::HashSet;

/// Returns the checked and deduplicated IDs from the command line or standard input. Returns `None` if none were given.
pub(super) fn given(app: &App, texts: &[String], allow_empty: bool) -> Result<Option<Vec<String>>> {
    let read;
    let texts: &[String] = match texts {
        [] => return Ok(None),
        [dash] if dash == "-" => {
            read = from_stdin(app, &[Some(Kind::Thread)], app.options().any_id, allow_empty)?.concat();
            &read
        }
        texts if texts.iter().any(|text| text == "-") => {
            return Err(Usage::new("expected only `-`, which reads the IDs from standard input").into());
        }
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
        let origin = app.origin().await?;
        let mut filter = self.filter.filter(app)?;
        if let Some(other) = filter.origin.as_ref().filter(|other| *other != origin) {
            let message = format!("cannot request threads of {other} at {origin}");
            return Err(Usage::hinted(message, "select the profile of that origin with --profile").into());
        }
        filter.origin = Some(origin.to_owned());
        filter.kind = Some(Kind::Thread);
        let mut found = recorded_threads(app, &filter).await?;
        if found.is_empty() {
            self.filter.warn_if_given_a_name(app);
        }
        if self.remote {
            let mut seen: HashSet<String> = found.iter().cloned().collect();
            let listed = listed_threads(app).await?;
            found.extend(listed.into_iter().filter(|id| seen.insert(id.clone())));
        }
        if found.is_empty() {
            app.ui().note(&format!(
                "the ledger has no threads of {origin}; add IDs with `asst ledger import`, or pass --remote to ask"
            ));
        }
        Ok(found)
    }
}
