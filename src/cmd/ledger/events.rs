//! `asst ledger events`: lists the deletions by asst, and the uploads that it completed or cancelled, each with user,
//! time and request.

use crate::api::ids;
use crate::app::records::{LedgerEvent, ObjectKey};
use crate::app::{App, Cardinality, TableSpec};
use crate::intake::{kind_of, origin};
use crate::json;
use crate::view::{CellKind, Col, Members};
use anyhow::Result;
use serde_json::{Value, json};

/// The arguments of `asst ledger events`.
#[derive(Debug, clap::Args)]
pub struct ListEvents {
    /// Only events of this object; pass --kind if the prefix does not show its kind
    id: Option<String>,
    /// Kind of the ID
    #[arg(long, requires = "id")]
    kind: Option<String>,
    /// Origin of the ID [default: that of the profile]
    #[arg(long, requires = "id")]
    origin: Option<String>,
    /// List at most N events [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

const TABLE: TableSpec = TableSpec {
    noun: "events",
    columns: &[
        Col::id("id"),
        Col::text("kind", "kind"),
        Col::text("verb", "verb"),
        Col::time("at", "at"),
        Col::text("who", "who"),
        Col::new("job", "ci_job", CellKind::Text),
        Col::text("request", "request_id"),
        Col::text("origin", "origin"),
    ],
    members: Members::These("id kind verb at who ci_job request_id origin provenance"),
};

impl ListEvents {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let records = app.records()?;
        let object = match self.id {
            None => None,
            Some(id) => {
                ids::check(&id)?;
                let kind = kind_of(&id, self.kind.as_deref())?;
                Some(ObjectKey { origin: origin(app, self.origin.as_deref())?, kind, id })
            }
        };
        let limit = self.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let events = records.events(object.as_ref(), limit)?;
        let mut printer = app.printer(TABLE, Cardinality::Many)?;
        for event in events {
            app.ui().out(&printer.item(&item(event))?)?;
        }
        Ok(app.ui().out(&printer.end()?)?)
    }
}

/// Returns an event as JSON.
fn item(event: LedgerEvent) -> Value {
    let provenance = event.provenance.as_deref().and_then(|text| json::stored(text).ok()).unwrap_or_default();
    let part = |name: &str| provenance[name].as_str().map(str::to_owned);
    let who = [part("user"), part("host")].into_iter().flatten().collect::<Vec<_>>().join("@");
    json!({
        "id": event.id,
        "kind": event.kind.name(),
        "verb": event.verb,
        "at": event.at,
        "who": who,
        "ci_job": provenance["ci"]["url"],
        "request_id": event.request_id,
        "origin": event.origin,
        "provenance": provenance,
    })
}
