//! `asst ledger stats`: counts the objects in the ledger by state or by age.

use crate::api::Kind;
use crate::app::records::{AGES_IN_DAYS, AgeCounts, KindCount, Records, RowQuery};
use crate::app::{App, Cardinality, TableSpec};
use crate::cmd::storage_price::PriceFlag;
use crate::config::StoragePrice;
use crate::env::clock;
use crate::json;
use crate::view::{CellKind, Col, Members};
use anyhow::Result;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The number of rows in a page.
const PAGE_SIZE: usize = 1_000;

/// The arguments of `asst ledger stats`.
#[derive(Debug, clap::Args)]
pub struct Stats {
    /// Count the objects that may still exist, by age instead of by state (reads every row)
    #[arg(long)]
    ages: bool,
    #[command(flatten)]
    price: PriceFlag,
}

const STATS: TableSpec = TableSpec {
    noun: "stats",
    columns: &[
        Col::new("origin", "origin", CellKind::Id),
        Col::text("kind", "kind"),
        Col::text("state", "state"),
        Col::count("amount", "amount"),
        Col::count("bytes", "bytes"),
        Col::text("usd_per_month", "usd_per_month"),
    ],
    members: Members::These(""),
};

const AGES: TableSpec = TableSpec {
    noun: "stats",
    columns: &[
        Col::new("origin", "origin", CellKind::Id),
        Col::text("kind", "kind"),
        Col::count("day", "1d"),
        Col::count("week", "7d"),
        Col::count("month", "30d"),
        Col::count("quarter", "90d"),
        Col::count("year", "365d"),
        Col::count("older", "older"),
    ],
    members: Members::These(""),
};

impl Stats {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let records = app.records()?;
        let stats = records.stats()?;
        let items: Vec<Value> = match self.ages {
            true => records.ages(clock::now())?.iter().map(by_age).collect(),
            false => {
                let (bytes, price) = (stored_bytes(&records)?, self.price.price(app)?);
                let tallies = stats.tallies.iter().filter(|tally| tally.amount > 0);
                tallies.map(|tally| by_state(tally, &bytes, price)).collect()
            }
        };
        let mut printer = app.printer(if self.ages { AGES } else { STATS }, Cardinality::Many)?;
        for item in &items {
            app.ui().out(&printer.item(item)?)?;
        }
        app.ui().out(&printer.end()?)?;
        let path = records.place();
        app.ui().summary(
            &format!("open intents: {}, events: {}, in {path}", stats.open_intents, stats.events),
            &json!({
                "open_intents": stats.open_intents,
                "events": stats.events,
                "oldest": stats.oldest,
                "newest": stats.newest,
                "path": path,
            }),
        );
        Ok(())
    }
}

/// The bytes of the vector stores in each origin and state, as the backend last stated them.
type StoredBytes = HashMap<(String, &'static str), u64>;

/// Returns the bytes of the vector stores that may still exist.
fn stored_bytes(records: &Records) -> Result<StoredBytes> {
    let filter = RowQuery { kind: Some(Kind::VectorStore), ..RowQuery::default() };
    let mut pages = records.rows(&filter, PAGE_SIZE, None);
    let mut bytes = StoredBytes::new();
    while let Some(rows) = pages.next_page()? {
        for row in rows {
            let raw = row.raw.and_then(|raw| json::stored(raw).ok());
            let stored = raw.as_ref().and_then(|store| store.get("usage_bytes")?.as_u64()).unwrap_or_default();
            let sum = bytes.entry((row.origin, row.state.name())).or_default();
            *sum = sum.saturating_add(stored);
        }
    }
    Ok(bytes)
}

/// Returns the count of one kind and state as JSON. For vector stores, it includes their bytes and price.
fn by_state(tally: &KindCount, bytes: &StoredBytes, price: StoragePrice) -> Value {
    let mut item = json!({
        "origin": tally.origin,
        "kind": tally.kind.name(),
        "state": tally.state.name(),
        "amount": tally.amount,
    });
    let stored = bytes.get(&(tally.origin.clone(), tally.state.name())).filter(|_| tally.kind == Kind::VectorStore);
    if let (Some(stored), Some(members)) = (stored, item.as_object_mut()) {
        members.insert("bytes".to_owned(), json!(stored));
        members.insert("usd_per_month".to_owned(), json!(price.per_month_of_all(*stored)));
    }
    item
}

/// Returns the counts by age as JSON. Each key is the upper limit of a range of ages, such as `7d`.
fn by_age(ages: &AgeCounts) -> Value {
    let mut item = Map::new();
    item.insert("origin".to_owned(), json!(ages.origin));
    item.insert("kind".to_owned(), json!(ages.kind.name()));
    let names = AGES_IN_DAYS.iter().map(|days| format!("{days}d")).chain(["older".to_owned()]);
    item.extend(names.zip(ages.amounts.map(Value::from)));
    item.into()
}
