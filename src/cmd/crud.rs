//! The operations that are common to all nouns: list objects, send a request with or without a body, and get or delete
//! one or several objects.
//!
//! A command of a noun is one of the types [`List`], [`Send`], [`Bare`], [`Get`], or [`Delete`] for an endpoint. The
//! functions of this file send the requests and print the responses.

use super::columns;
use super::marker::RemovedMarker;
use super::request::{Bare, Ids, List, Send};
use crate::api::{Class, Endpoint, Method, Nothing, PathArgs, Spec};
use crate::app::{App, Call, CallList, Cardinality, DryRun, IfMissing, Payload, Stopping, TableSpec};
use crate::exit::Usage;
use anyhow::Result;

impl<E: Endpoint> List<E> {
    /// Lists the objects page by page.
    pub(super) fn run(self, app: &App, table: TableSpec) -> Result<()> {
        print_list(app, table, Call::of::<E>(&self.path, &self.query, Payload::None), self.limit)
    }
}

impl<E: Endpoint> Send<E> {
    /// Sends the request and prints the response.
    pub(super) fn run(self, app: &App, table: TableSpec) -> Result<()> {
        let (path, query, body) = self.into_parts();
        if body.is_empty() && changes_members(E::SPEC) {
            let hint =
                "pass flags such as --metadata to change members, or --unset MEMBER to clear one; --help lists them";
            return Err(Usage::hinted("nothing to change: no flag sets a member", hint).into());
        }
        let removed = RemovedMarker::find(app, E::SPEC, path.texts().last(), &body);
        send_one(app, table, Call::of::<E>(&path, &query, Payload::Json(body)))?;
        if let Some(removed) = removed {
            removed.warn(app);
        }
        Ok(())
    }
}

impl<E: Endpoint> Send<E> {
    /// Sends the request and prints the items of its response, which has the form of a page of a list.
    pub(super) fn run_page(self, app: &App, table: TableSpec) -> Result<()> {
        let (path, query, body) = self.into_parts();
        send_for_items(app, table, Call::of::<E>(&path, &query, Payload::Json(body)))
    }
}

impl<E: Endpoint<Query = Nothing>> Bare<E> {
    /// Sends the request, which has no body, and prints the response.
    pub(super) fn run(self, app: &App, table: TableSpec) -> Result<()> {
        send_one(app, table, Call::of::<E>(&self.path, &Nothing {}, Payload::None))
    }
}

impl<E: Endpoint> Ids<E> {
    /// Sends a request for each ID and prints the responses: an object for a single ID, and an array for several IDs or `-`.
    pub(super) fn run(&self, app: &App, table: TableSpec, missing: IfMissing) -> Result<()> {
        let given = self.paths(app)?;
        let call_at = |index: usize| Call::of::<E>(&given.paths[index], &self.query, Payload::None);
        send_each(app, table, CallList::new(given.paths.len(), &call_at), given.cardinality, missing)
    }
}

/// Returns `true` if requests to the endpoint change members of an object that exists.
fn changes_members(spec: &Spec) -> bool {
    spec.class == Class::Repeatable && spec.method == Method::Post
}

/// Prints a list page by page. In a dry run, prints the request for its first page instead.
pub(super) fn print_list(app: &App, table: TableSpec, call: Call, limit: Option<u64>) -> Result<()> {
    app.check_output(table)?;
    let pages = app.pages(call, limit)?;
    if pages.dry()? {
        return Ok(());
    }
    app.wait(app.show_pages(table, pages))
}

/// Sends a request and prints the response. In a dry run, prints the request instead.
pub(super) fn send_one(app: &App, table: TableSpec, call: Call) -> Result<()> {
    app.check_output(table)?;
    if app.dry(&call)? {
        return Ok(());
    }
    app.wait(async {
        let reply = app.call(call).await?;
        app.show(table, &reply.value)
    })
}

/// Sends a request and prints the items of its response, which has the form of a page. In a dry run, prints the request
/// instead.
pub(super) fn send_for_items(app: &App, table: TableSpec, call: Call) -> Result<()> {
    app.check_output(table)?;
    if app.dry(&call)? {
        return Ok(());
    }
    app.wait(async {
        let page = app.call(call).await?.value;
        let (items, lacking) = app.page_items(&page)?;
        lacking.into_iter().for_each(|reason| app.ui().warn(reason));
        app.show_items(table, items)
    })
}

/// Sends several requests and prints the responses. In a dry run, prints the requests instead. All requests are checked
/// before the first one is sent.
fn send_each(
    app: &App,
    table: TableSpec,
    calls: CallList<'_>,
    cardinality: Cardinality,
    missing: IfMissing,
) -> Result<()> {
    if app.options().dry_run != DryRun::Off {
        calls.each().try_for_each(|call| app.check(&call))?;
        return calls.each().try_for_each(|call| app.dry(&call).map(drop));
    }
    match (cardinality, calls.each().next()) {
        (Cardinality::One, Some(call)) => app.or_missing(send_one(app, table, call), missing),
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
        self.ids.run(app, table, if_missing(self.ignore_not_found))
    }

    /// Returns the IDs, and the treatment of missing objects.
    pub(super) fn into_parts(self) -> (Ids<E>, IfMissing) {
        (self.ids, if_missing(self.ignore_not_found))
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
        (self.ids, if_missing(self.ignore_not_found))
    }

    /// Deletes the objects. `table` has the columns of the responses, which are not deletion results for every
    /// endpoint.
    pub(super) fn run_with(self, app: &App, table: TableSpec) -> Result<()> {
        self.ids.run(app, table, if_missing(self.ignore_not_found))
    }
}

const fn if_missing(ignore: bool) -> IfMissing {
    if ignore { IfMissing::Ignore } else { IfMissing::Fail }
}
