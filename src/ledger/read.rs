//! Queries of the ledger other than listings: single objects, intents, events, counts. Must not depend on output.

use super::{
    Ledger, LedgerError,
    entry::{Event, Intent, Key, Outcome, Row, State},
    row::{collection, columns, facts, kind, row, rows, state},
};
use crate::{
    api::Kind,
    db::{self, DbError, Value},
};

const GET: &str = concat!(
    "select ",
    columns!(),
    " from ",
    rows!(),
    " where c.n = o.collection and o.id = $3 and o.collection = ",
    collection!("$1", "$2")
);
const ORIGINS_OF: &str = concat!(
    "select c.origin from ",
    rows!(),
    " where c.n = o.collection and c.kind = $1 and o.id = $2 order by c.origin"
);
/// The origins in which a kind has ever had a row.
pub(super) const ORIGINS_WITH: &str = "select origin from collection where kind = $1";
const INTENTS: &str = "select i.id, i.origin, i.kind, i.opened_at, i.provenance, i.what, i.mark, i.outcome,
        i.settled_at, m.id
    from intent i left join intent_object m on m.intent = i.id
    where i.origin is not null order by i.opened_at desc, i.id, m.id";
const OPEN_INTENTS: &str = "select i.id, i.origin, i.kind, i.opened_at, i.provenance, i.what, i.mark, i.outcome,
        i.settled_at, null
    from intent i where i.outcome is null order by i.opened_at desc, i.id";
const INTENT: &str = "select i.id, i.origin, i.kind, i.opened_at, i.provenance, i.what, i.mark, i.outcome,
        i.settled_at, m.id
    from intent i left join intent_object m on m.intent = i.id
    where i.id = $1 and i.origin is not null order by m.id";
const EVENTS: &str = "select n, origin, kind, id, verb, at, provenance, request_id from event
    order by n desc limit $1";
const EVENTS_OF: &str = "select n, origin, kind, id, verb, at, provenance, request_id from event
    where origin = $1 and kind = $2 and id = $3 order by n desc limit $4";
pub(super) const TALLIES: &str = "select origin, kind, state, amount from tally order by origin, kind, state";
/// The only statistic that a listing needs. Counting events takes longer with each deletion.
pub(super) const CHECKED: &str = "select max(checked_at) from tally where kind = $1 and origin = $2";
pub(super) const CHECKED_ANYWHERE: &str = "select max(checked_at) from tally where kind = $1";
const TOTALS: &str = "select (select count(*) from intent where outcome is null), (select count(*) from event),
    (select recorded_at from object order by n limit 1), (select recorded_at from object order by n desc limit 1)";

/// Visits every row. The counts above come from a table of their own.
const AGES: &str = "select c.origin, c.kind,
        cast(sum(case when coalesce(created_at, recorded_at) > $1 then 1 else 0 end) as bigint),
        cast(sum(case when coalesce(created_at, recorded_at) > $2 then 1 else 0 end) as bigint),
        cast(sum(case when coalesce(created_at, recorded_at) > $3 then 1 else 0 end) as bigint),
        cast(sum(case when coalesce(created_at, recorded_at) > $4 then 1 else 0 end) as bigint),
        cast(sum(case when coalesce(created_at, recorded_at) > $5 then 1 else 0 end) as bigint),
        count(*)
    from object o join collection c on c.n = o.collection
    where o.state in ('live', 'unknown') group by c.origin, c.kind order by c.origin, c.kind";

/// An intent and, if it is settled, its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intended {
    pub intent: Intent,
    pub outcome: Option<Outcome>,
    pub settled_at: Option<i64>,
}

/// The intents to return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intents {
    Open,
    All,
}

/// The number of objects of a kind in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    pub origin: String,
    pub kind: Kind,
    pub state: State,
    pub amount: i64,
}

/// The statistics of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stats {
    pub tallies: Vec<Tally>,
    pub open_intents: i64,
    pub events: i64,
    /// The time at which the oldest row was recorded.
    pub oldest: Option<i64>,
    /// The time at which the newest row was recorded.
    pub newest: Option<i64>,
}

/// The age distribution of the objects that may still exist. Each count covers one interval between the ages of
/// [`AGES_IN_DAYS`], and the last one the older objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ages {
    pub origin: String,
    pub kind: Kind,
    pub amounts: [i64; AGES_IN_DAYS.len() + 1],
}

/// The limits of the intervals of [`Ages`] in days.
pub const AGES_IN_DAYS: [i64; 5] = [1, 7, 30, 90, 365];

impl Stats {
    /// Returns the number of objects of a kind that may still exist, in one origin or in all.
    pub fn present(&self, origin: Option<&str>, kind: Kind) -> i64 {
        let counts = |tally: &&Tally| {
            tally.kind == kind
                && origin.is_none_or(|origin| tally.origin == origin)
                && matches!(tally.state, State::Live | State::Unknown)
        };
        self.tallies.iter().filter(counts).map(|tally| tally.amount).sum()
    }
}

impl Ledger {
    /// Returns the row of an object.
    pub async fn get(&self, key: &Key) -> Result<Option<Row>, LedgerError> {
        let found = self.ask(GET, key_params(key)).await?.pop();
        found.map(|found| row(found).map_err(|cause| self.wrong(cause))).transpose()
    }

    /// Returns the origins in which an ID is known.
    pub async fn origins_of(&self, kind: Kind, id: &str) -> Result<Vec<String>, LedgerError> {
        let rows = self.ask(ORIGINS_OF, vec![kind.name().into(), id.into()]).await?;
        self.each(rows, |mut row| row.take_text(0))
    }

    /// Returns intents, the newest first.
    pub async fn intents(&self, which: Intents) -> Result<Vec<Intended>, LedgerError> {
        self.note_answer();
        let sql = match which {
            Intents::Open => OPEN_INTENTS,
            Intents::All => INTENTS,
        };
        let rows = self.ask(sql, vec![]).await?;
        intended(rows).map_err(|cause| self.wrong(cause))
    }

    /// Returns one intent.
    pub async fn intent(&self, id: &str) -> Result<Option<Intended>, LedgerError> {
        let rows = self.ask(INTENT, vec![id.into()]).await?;
        Ok(intended(rows).map_err(|cause| self.wrong(cause))?.pop())
    }

    /// Returns events, the newest first. If `object` is given, returns only its events.
    pub async fn events(&self, object: Option<&Key>, limit: usize) -> Result<Vec<Event>, LedgerError> {
        self.note_answer();
        let limit = Value::Int(i64::try_from(limit).unwrap_or(i64::MAX));
        let rows = match object {
            Some(key) => self.ask(EVENTS_OF, key_params(key).into_iter().chain([limit]).collect()).await?,
            None => self.ask(EVENTS, vec![limit]).await?,
        };
        self.each(rows, event)
    }

    /// Returns the statistics of the ledger.
    pub async fn stats(&self) -> Result<Stats, LedgerError> {
        self.note_answer();
        let mut stats = Stats::default();
        for row in self.ask(TALLIES, vec![]).await? {
            self.add_tally(&mut stats, row).map_err(|cause| self.wrong(cause))?;
        }
        if let Some(totals) = self.ask(TOTALS, vec![]).await?.pop() {
            let number = |column| totals.maybe_int(column).map_err(|cause| self.wrong(cause));
            stats.open_intents = number(0)?.unwrap_or_default();
            stats.events = number(1)?.unwrap_or_default();
            (stats.oldest, stats.newest) = (number(2)?, number(3)?);
        }
        Ok(stats)
    }

    /// Returns when a backend last reported on objects of a kind, in one origin or in any.
    pub async fn checked_at(&self, origin: Option<&str>, kind: Kind) -> Result<Option<i64>, LedgerError> {
        let (sql, origin) = match origin {
            Some(origin) => (CHECKED, Some(Value::from(origin))),
            None => (CHECKED_ANYWHERE, None),
        };
        let params = std::iter::once(kind.name().into()).chain(origin).collect();
        let found = self.ask(sql, params).await?.pop();
        found.map_or(Ok(None), |row| row.maybe_int(0).map_err(|cause| self.wrong(cause)))
    }

    /// Returns the age distribution of the objects that may still exist at the time `now`. The recording time counts if
    /// the creation time is unknown. Visits every row.
    pub async fn ages(&self, now: i64) -> Result<Vec<Ages>, LedgerError> {
        self.note_answer();
        let limits = AGES_IN_DAYS.map(|days| (now - days * 24 * 3600).into()).to_vec();
        let rows = self.ask(AGES, limits).await?;
        self.each(rows, |mut row| {
            let (origin, kind) = (row.take_text(0)?, kind(row.text(1)?)?);
            let mut amounts = [0; AGES_IN_DAYS.len() + 1];
            let mut before = 0;
            for (place, amount) in amounts.iter_mut().enumerate() {
                let younger = row.int(place + 2)?;
                *amount = younger - before;
                before = younger;
            }
            Ok(Ages { origin, kind, amounts })
        })
    }

    fn add_tally(&self, stats: &mut Stats, mut row: db::Row) -> Result<(), DbError> {
        let (origin, kind) = (row.take_text(0)?, kind(row.text(1)?)?);
        let (state, amount) = (state(row.text(2)?)?, row.int(3)?);
        if amount > 0 {
            stats.tallies.push(Tally { origin, kind, state, amount });
        }
        Ok(())
    }

    async fn ask(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<db::Row>, LedgerError> {
        match self.for_reading().await? {
            Some(db) => db.read(sql, params).await.map_err(|cause| self.wrong(cause)),
            None => Ok(Vec::new()),
        }
    }

    fn each<T>(
        &self,
        rows: Vec<db::Row>,
        decode: impl Fn(db::Row) -> Result<T, DbError>,
    ) -> Result<Vec<T>, LedgerError> {
        rows.into_iter().map(decode).collect::<Result<_, _>>().map_err(|cause| self.wrong(cause))
    }
}

pub(super) fn key_params(key: &Key) -> Vec<Value> {
    vec![key.origin.as_str().into(), key.kind.name().into(), key.id.as_str().into()]
}

pub(super) fn event(mut from: db::Row) -> Result<Event, DbError> {
    Ok(Event {
        origin: from.take_text(1)?,
        kind: kind(from.text(2)?)?,
        id: from.take_text(3)?,
        verb: from.take_text(4)?,
        at: from.int(5)?,
        provenance: from.take_maybe_text(6)?,
        request_id: from.take_maybe_text(7)?,
    })
}

/// Merges the rows of an intent into one value. There is one row for each object that it created.
fn intended(rows: Vec<db::Row>) -> Result<Vec<Intended>, DbError> {
    let mut all: Vec<Intended> = Vec::new();
    for mut row in rows {
        let (id, made) = (row.take_text(0)?, row.take_maybe_text(9)?);
        if let Some(Intended { outcome: Some(Outcome::Recorded { ids }), .. }) =
            all.last_mut().filter(|last| last.intent.id == id)
        {
            ids.extend(made);
            continue;
        }
        let outcome = match row.maybe_text(7)? {
            None => None,
            Some("recorded") => Some(Outcome::Recorded { ids: made.into_iter().collect() }),
            Some("refused") => Some(Outcome::Refused),
            Some(_) => Some(Outcome::Nothing),
        };
        let intent = Intent {
            id,
            origin: row.take_text(1)?,
            kind: kind(row.text(2)?)?,
            opened_at: row.int(3)?,
            provenance: row.take_maybe_text(4)?,
            what: row.take_text(5)?,
            mark: row.flag(6)?,
        };
        all.push(Intended { intent, outcome, settled_at: row.maybe_int(8)? });
    }
    Ok(all)
}
