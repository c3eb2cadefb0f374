//! `asst ledger sync`: records the objects that the backend can list.

use crate::api::assistants::ListAssistants;
use crate::api::files::ListFiles;
use crate::api::threads::ListThreads;
use crate::api::{Endpoint, Kind, Nothing};
use crate::app::{App, Call, Payload, Shape, Sheet};
use crate::client::ClientError;
use crate::cmd::rows;
use crate::exit::{CallFailed, Usage};
use crate::view::{Col, Members, Printer};
use anyhow::Result;
use serde_json::json;

/// The kinds of objects to list.
#[derive(Debug, clap::Args)]
pub struct Sync {
    /// Only objects of this kind (repeatable): assistant, file, or thread if the backend lists threads
    #[arg(long)]
    kind: Vec<String>,
}

const SHEET: Sheet = Sheet {
    noun: "kinds",
    columns: &[Col::text("kind", "kind"), Col::count("listed", "listed"), Col::text("note", "note")],
    members: Members::These("kind listed note"),
};

impl Sync {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let asked = self.kind.iter().map(|kind| rows::kind(kind)).collect::<Result<Vec<_>, _>>()?;
        let listable = [Kind::Assistant, Kind::File, Kind::Thread];
        if let Some(kind) = asked.iter().find(|kind| !listable.contains(kind)) {
            return Err(Usage::new(format!("no backend lists objects of kind {kind} in this version")).into());
        }
        app.ledger()?;
        let threads = app.profile()?.backend.lists_threads();
        let mut printer = app.printer(SHEET, Shape::Many)?;
        app.wait(async {
            for kind in listable.into_iter().filter(|kind| asked.is_empty() || asked.contains(kind)) {
                if kind == Kind::Thread && threads == Some(false) {
                    line(app, &mut printer, kind, 0, Some("the backend does not list them"))?;
                    continue;
                }
                let (listed, note) = match kind {
                    Kind::Assistant => all::<ListAssistants>(app).await?,
                    Kind::File => all::<ListFiles>(app).await?,
                    _ => all::<ListThreads>(app).await?,
                };
                line(app, &mut printer, kind, listed, note)?;
            }
            Ok(app.ui().out(&printer.end()?)?)
        })
    }
}

fn line(app: &App, printer: &mut Printer, kind: Kind, listed: u64, note: Option<&str>) -> Result<()> {
    let item = json!({ "kind": kind.name(), "listed": listed, "note": note });
    Ok(app.ui().out(&printer.item(&item)?)?)
}

/// Records all pages of a list. Returns the number of objects, and a note if the backend has no such list.
async fn all<E: Endpoint<Path = Nothing>>(app: &App) -> Result<(u64, Option<&'static str>)> {
    let call = Call::of::<E>(&Nothing {}, &E::Query::default(), Payload::None);
    let mut pages = app.pages(call, None)?.recorded();
    let mut listed = 0;
    loop {
        match pages.next().await {
            Ok(Some(items)) => listed += items.len() as u64,
            Ok(None) => return Ok((listed, None)),
            Err(error) if does_not_list(&error) => return Ok((listed, Some("the backend does not list them"))),
            Err(error) => return Err(error),
        }
    }
}

/// OpenAI allows listing threads only on its own web pages, and other backends have no such list
/// (docs/protocol/endpoints.md#lists-that-do-not-exist).
fn does_not_list(error: &anyhow::Error) -> bool {
    let Some(CallFailed { source, .. }) = error.downcast_ref() else { return false };
    let session_key = source.api_error().is_some_and(|refused| refused.code.as_deref() == Some("missing_scope"));
    session_key || matches!(source, ClientError::NotOffered(_))
}
