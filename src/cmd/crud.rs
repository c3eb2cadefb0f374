//! The operations that are common to all nouns: list, send, get several objects, delete several objects.

use super::columns;
use super::request::{Bare, Count, Ids, List, Send};
use crate::api::{Class, Endpoint, Method, Nothing, Spec};
use crate::app::{App, Call, Calls, DryRun, IfMissing, Payload, Stopping, TableSpec};
use crate::exit::Usage;
use anyhow::Result;

impl<E: Endpoint> List<E> {
    /// Lists the objects page by page.
    pub(super) fn run(self, app: &App, table: TableSpec) -> Result<()> {
        list(app, table, Call::of::<E>(&self.path, &self.query, Payload::None), self.limit)
    }
}

impl<E: Endpoint> Send<E> {
    /// Sends the request and prints the response.
    pub(super) fn run(self, app: &App, table: TableSpec) -> Result<()> {
        let (path, query, body) = self.into_parts();
        if body.is_empty() && changes(E::SPEC) {
            let hint =
                "pass flags such as --metadata to change members, or --unset MEMBER to clear one; --help lists them";
            return Err(Usage::hinted("nothing to change: no flag sets a member", hint).into());
        }
        one(app, table, Call::of::<E>(&path, &query, Payload::Json(body)))
    }
}

impl<E: Endpoint> Send<E> {
    /// Sends the request and prints the items of the page in its response.
    pub(super) fn run_page(self, app: &App, table: TableSpec) -> Result<()> {
        let (path, query, body) = self.into_parts();
        page(app, table, Call::of::<E>(&path, &query, Payload::Json(body)))
    }
}

impl<E: Endpoint<Query = Nothing>> Bare<E> {
    /// Sends the request, which has no body, and prints the response.
    pub(super) fn run(self, app: &App, table: TableSpec) -> Result<()> {
        one(app, table, Call::of::<E>(&self.path, &Nothing {}, Payload::None))
    }
}

impl<E: Endpoint> Ids<E> {
    /// Calls the endpoint for each ID. A single ID yields an object, and several IDs or `-` yield an array.
    pub(super) fn run(&self, app: &App, table: TableSpec, missing: IfMissing) -> Result<()> {
        let given = self.paths(app)?;
        let nth = |n: usize| Call::of::<E>(&given.paths[n], &self.query, Payload::None);
        several(app, table, Calls::new(given.paths.len(), &nth), given.count, missing)
    }
}

/// Returns `true` if a request changes members of an object that exists.
fn changes(spec: &Spec) -> bool {
    spec.class == Class::Repeatable && spec.method == Method::Post
}

/// Prints a list or, in a dry run, the request of its first page.
pub(super) fn list(app: &App, table: TableSpec, call: Call, limit: Option<u64>) -> Result<()> {
    app.check_output(table)?;
    let pages = app.pages(call, limit)?;
    if pages.dry()? {
        return Ok(());
    }
    app.wait(app.show_pages(table, pages))
}

/// Sends a request and prints the response or, in a dry run, the request.
pub(super) fn one(app: &App, table: TableSpec, call: Call) -> Result<()> {
    app.check_output(table)?;
    if app.dry(&call)? {
        return Ok(());
    }
    app.wait(async {
        let reply = app.call(call).await?;
        app.show(table, &reply.value)
    })
}

/// Sends a request and prints the items of the page in its response or, in a dry run, the request.
pub(super) fn page(app: &App, table: TableSpec, call: Call) -> Result<()> {
    app.check_output(table)?;
    if app.dry(&call)? {
        return Ok(());
    }
    app.wait(async {
        let page = app.call(call).await?.value;
        app.show_items(table, app.page_items(&page)?)
    })
}

/// Sends several requests and prints the responses or, in a dry run, the requests. All are checked before the first is
/// sent.
fn several(app: &App, table: TableSpec, calls: Calls<'_>, count: Count, missing: IfMissing) -> Result<()> {
    if app.options().dry_run != DryRun::Off {
        calls.each().try_for_each(|call| app.check(&call))?;
        return calls.each().try_for_each(|call| app.dry(&call).map(drop));
    }
    match (count, calls.each().next()) {
        (Count::One, Some(call)) => app.or_missing(one(app, table, call), missing),
        _ => {
            app.check_output(table)?;
            let stopping = Stopping::default();
            app.wait_for_all(&stopping, app.call_each(table, calls, missing, &stopping))
        }
    }
}

/// The objects to get.
#[derive(Debug, clap::Args)]
pub struct Get<E: Endpoint> {
    #[command(flatten)]
    ids: Ids<E>,
    /// Treat a missing object as success
    #[arg(long)]
    ignore_not_found: bool,
}

impl<E: Endpoint> Get<E> {
    pub(super) fn run(self, app: &App, table: TableSpec) -> Result<()> {
        self.ids.run(app, table, missing(self.ignore_not_found))
    }

    /// Returns the IDs, and the treatment of missing objects.
    pub(super) fn into_parts(self) -> (Ids<E>, IfMissing) {
        (self.ids, missing(self.ignore_not_found))
    }
}

/// The objects to delete.
#[derive(Debug, clap::Args)]
pub struct Delete<E: Endpoint> {
    #[command(flatten)]
    ids: Ids<E>,
    /// Treat a missing object as success
    #[arg(long)]
    ignore_not_found: bool,
}

impl<E: Endpoint> Delete<E> {
    pub(super) fn run(self, app: &App) -> Result<()> {
        self.run_with(app, columns::DELETED)
    }

    /// Returns the IDs, and the treatment of missing objects.
    pub(super) fn into_parts(self) -> (Ids<E>, IfMissing) {
        (self.ids, missing(self.ignore_not_found))
    }

    /// Deletes the objects and prints responses that are not deletion results.
    pub(super) fn run_with(self, app: &App, table: TableSpec) -> Result<()> {
        self.ids.run(app, table, missing(self.ignore_not_found))
    }
}

const fn missing(ignore: bool) -> IfMissing {
    if ignore { IfMissing::Ignore } else { IfMissing::Fail }
}
