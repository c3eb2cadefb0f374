//! `asst ledger stats`: the number and the age of objects in the ledger.

use crate::app::records::{AGES_IN_DAYS, AgeCounts, KindCount};
use crate::app::{App, Cardinality, TableSpec};
use crate::env::clock;
use crate::view::{CellKind, Col, Members};
use anyhow::Result;
use serde_json::{Map, Value, json};

/// The form of the statistics.
#[derive(Debug, clap::Args)]
pub struct Stats {
    /// Count objects that may still exist by age instead of by state (reads every row)
    #[arg(long)]
    ages: bool,
}

const STATS: TableSpec = TableSpec {
    noun: "stats",
    columns: &[
        Col::new("origin", "origin", CellKind::Id),
        Col::text("kind", "kind"),
        Col::text("state", "state"),
        Col::count("amount", "amount"),
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
            false => stats.tallies.iter().filter(|tally| tally.amount > 0).map(by_state).collect(),
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

fn by_state(tally: &KindCount) -> Value {
    json!({
        "origin": tally.origin,
        "kind": tally.kind.name(),
        "state": tally.state.name(),
        "amount": tally.amount,
    })
}

/// Returns the amounts by age. Each key is the upper limit of an age.
fn by_age(ages: &AgeCounts) -> Value {
    let mut item = Map::new();
    item.insert("origin".to_owned(), json!(ages.origin));
    item.insert("kind".to_owned(), json!(ages.kind.name()));
    let names = AGES_IN_DAYS.iter().map(|days| format!("{days}d")).chain(["older".to_owned()]);
    item.extend(names.zip(ages.amounts.map(Value::from)));
    item.into()
}
