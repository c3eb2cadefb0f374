//! What commands of one form have in common, whatever their noun: list, send, get several, delete several.

use super::columns;
use super::request::{BadIds, Bare, Count, Ids, List, Send};
use crate::api::{Endpoint, Nothing};
use crate::app::{App, Missing, Sheet, ShowError};
use crate::client::Payload;
use crate::exit::Usage;
use anyhow::Result;

impl<E: Endpoint> List<E> {
    /// Lists, page by page.
    pub(super) fn run(self, app: &App, sheet: Sheet) -> Result<()> {
        let walk = app.walk::<E>(&self.path, &self.query, self.limit)?;
        if app.dry_request(&walk.first())? {
            return Ok(());
        }
        app.wait(async {
            match app.show_walk(sheet, walk).await {
                Ok(()) => Ok(()),
                Err(ShowError::Other(error)) => Err(error),
                Err(ShowError::Call(error)) => Err(app.explain::<E>(&self.path, error).await.into()),
            }
        })
    }
}

impl<E: Endpoint> Send<E> {
    /// Sends the request and shows the answer.
    pub(super) fn run(self, app: &App, sheet: Sheet) -> Result<()> {
        let (path, query, body) = self.into_parts();
        call::<E>(app, sheet, &path, &query, Payload::Json(body))
    }
}

impl<E: Endpoint<Query = Nothing>> Bare<E> {
    /// Sends the request, which has no body, and shows the answer.
    pub(super) fn run(self, app: &App, sheet: Sheet) -> Result<()> {
        call::<E>(app, sheet, &self.path, &Nothing {}, Payload::None)
    }
}

/// Calls an endpoint once and shows its answer.
fn call<E: Endpoint>(app: &App, sheet: Sheet, path: &E::Path, query: &E::Query, payload: Payload) -> Result<()> {
    app.check::<E>(path, query, &payload)?;
    if app.dry::<E>(path, query, &payload)? {
        return Ok(());
    }
    app.wait(async {
        let reply = app.call::<E>(path, query, payload).await?;
        app.show(sheet, &reply.value)
    })
}

impl<E: Endpoint> Ids<E> {
    /// Calls the endpoint for each of the ids: one gives an object, several or `-` an array.
    pub(super) fn run(&self, app: &App, sheet: Sheet, missing: Missing) -> Result<()> {
        let given = self.paths().map_err(usage)?;
        for path in &given.paths {
            app.check_ids(path)?;
        }
        let mut dry = false;
        for path in &given.paths {
            dry |= app.dry::<E>(path, &self.query, &Payload::None)?;
        }
        if dry {
            return Ok(());
        }
        match (given.count, given.paths.as_slice()) {
            (Count::One, [path]) => {
                let result = call::<E>(app, sheet, path, &self.query, Payload::None);
                app.or_missing(result, missing)
            }
            (_, paths) => app.wait(app.call_each::<E>(sheet, paths, &self.query, missing)),
        }
    }
}

fn usage(error: BadIds) -> Usage {
    Usage::new(error.to_string())
}

/// Objects to get.
#[derive(Debug, clap::Args)]
pub struct Get<E: Endpoint> {
    #[command(flatten)]
    ids: Ids<E>,
    /// Take a missing object as success
    #[arg(long)]
    ignore_not_found: bool,
}

impl<E: Endpoint> Get<E> {
    pub(super) fn run(self, app: &App, sheet: Sheet) -> Result<()> {
        self.ids.run(app, sheet, missing(self.ignore_not_found))
    }
}

/// Objects to delete.
#[derive(Debug, clap::Args)]
pub struct Delete<E: Endpoint> {
    #[command(flatten)]
    ids: Ids<E>,
    /// Take a missing object as success
    #[arg(long)]
    ignore_not_found: bool,
}

impl<E: Endpoint> Delete<E> {
    pub(super) fn run(self, app: &App) -> Result<()> {
        self.ids.run(app, columns::DELETED, missing(self.ignore_not_found))
    }
}

const fn missing(ignore: bool) -> Missing {
    if ignore { Missing::Ignored } else { Missing::Failure }
}
