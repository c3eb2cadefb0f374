//! Queries of the ledger other than listings: single objects, intents, events, counts. The module must not depend on
//! output.

use super::{
    Ledger, LedgerError,
    entry::{Intent, IntentOutcome, LedgerEvent, ObjectKey, ObjectState, Row},
    row::{collection, columns, decode_kind, decode_row, decode_state, facts, rows},
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
pub struct IntentRecord {
    pub intent: Intent,
    pub outcome: Option<IntentOutcome>,
    pub settled_at: Option<i64>,
}

/// The intents to return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntentFilter {
    Open,
    All,
}

/// The number of objects of a kind in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindCount {
    pub origin: String,
    pub kind: Kind,
    pub state: ObjectState,
    pub amount: i64,
}

/// The statistics of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LedgerStats {
    pub tallies: Vec<KindCount>,
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
pub struct AgeCounts {
    pub origin: String,
    pub kind: Kind,
    pub amounts: [i64; AGES_IN_DAYS.len() + 1],
}

/// The limits of the intervals of [`AgeCounts`] in days.
pub const AGES_IN_DAYS: [i64; 5] = [1, 7, 30, 90, 365];

impl LedgerStats {
    /// Returns the number of objects of a kind that may still exist, in one origin or in all.
    pub fn present(&self, origin: Option<&str>, kind: Kind) -> i64 {
        let counts = |tally: &&KindCount| {
            tally.kind == kind
                && origin.is_none_or(|origin| tally.origin == origin)
                && matches!(tally.state, ObjectState::Live | ObjectState::Unknown)
        };
        self.tallies.iter().filter(counts).map(|tally| tally.amount).sum()
    }
}

impl Ledger {
    /// Returns the row of an object.
    pub async fn get(&self, key: &ObjectKey) -> Result<Option<Row>, LedgerError> {
        let found = self.query(GET, key_params(key)).await?.pop();
        found.map(|found| decode_row(found).map_err(|cause| self.error(cause))).transpose()
    }

    /// Returns the origins in which an ID is known.
    pub async fn origins_of(&self, kind: Kind, id: &str) -> Result<Vec<String>, LedgerError> {
        let rows = self.query(ORIGINS_OF, vec![kind.name().into(), id.into()]).await?;
        self.decode_rows(rows, |mut row| row.take_text(0))
    }

    /// Returns intents, the newest first.
    pub async fn intents(&self, which: IntentFilter) -> Result<Vec<IntentRecord>, LedgerError> {
        self.note_listing();
        let sql = match which {
            IntentFilter::Open => OPEN_INTENTS,
            IntentFilter::All => INTENTS,
        };
        let rows = self.query(sql, vec![]).await?;
        merge_intents(rows).map_err(|cause| self.error(cause))
    }

    /// Returns one intent.
    pub async fn intent(&self, id: &str) -> Result<Option<IntentRecord>, LedgerError> {
        let rows = self.query(INTENT, vec![id.into()]).await?;
        Ok(merge_intents(rows).map_err(|cause| self.error(cause))?.pop())
    }

    /// Returns events, the newest first. If `object` is given, returns only its events.
    pub async fn events(&self, object: Option<&ObjectKey>, limit: usize) -> Result<Vec<LedgerEvent>, LedgerError> {
        self.note_listing();
        let limit = Value::Int(i64::try_from(limit).unwrap_or(i64::MAX));
        let rows = match object {
            Some(key) => self.query(EVENTS_OF, key_params(key).into_iter().chain([limit]).collect()).await?,
            None => self.query(EVENTS, vec![limit]).await?,
        };
        self.decode_rows(rows, event)
    }

    /// Returns the statistics of the ledger.
    pub async fn stats(&self) -> Result<LedgerStats, LedgerError> {
        self.note_listing();
        let mut stats = LedgerStats::default();
        for row in self.query(TALLIES, vec![]).await? {
            self.add_tally(&mut stats, row).map_err(|cause| self.error(cause))?;
        }
        if let Some(totals) = self.query(TOTALS, vec![]).await?.pop() {
            let number = |column| totals.optional_int(column).map_err(|cause| self.error(cause));
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
        let found = self.query(sql, params).await?.pop();
        found.map_or(Ok(None), |row| row.optional_int(0).map_err(|cause| self.error(cause)))
    }

    /// Returns the age distribution of the objects that may still exist at the time `now`. The recording time counts if
    /// the creation time is unknown. Visits every row.
    pub async fn ages(&self, now: i64) -> Result<Vec<AgeCounts>, LedgerError> {
        self.note_listing();
        let limits = AGES_IN_DAYS.map(|days| (now - days * 24 * 3600).into()).to_vec();
        let rows = self.query(AGES, limits).await?;
        self.decode_rows(rows, |mut row| {
            let (origin, kind) = (row.take_text(0)?, decode_kind(row.text(1)?)?);
            let mut amounts = [0; AGES_IN_DAYS.len() + 1];
            let mut before = 0;
            for (place, amount) in amounts.iter_mut().enumerate() {
                let younger = row.int(place + 2)?;
                *amount = younger - before;
                before = younger;
            }
            Ok(AgeCounts { origin, kind, amounts })
        })
    }

    fn add_tally(&self, stats: &mut LedgerStats, mut row: db::SqlRow) -> Result<(), DbError> {
        let (origin, kind) = (row.take_text(0)?, decode_kind(row.text(1)?)?);
        let (state, amount) = (decode_state(row.text(2)?)?, row.int(3)?);
        if amount > 0 {
            stats.tallies.push(KindCount { origin, kind, state, amount });
        }
        Ok(())
    }

    async fn query(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<db::SqlRow>, LedgerError> {
        match self.reader().await? {
            Some(db) => db.read(sql, params).await.map_err(|cause| self.error(cause)),
            None => Ok(Vec::new()),
        }
    }

    fn decode_rows<T>(
        &self,
        rows: Vec<db::SqlRow>,
        decode: impl Fn(db::SqlRow) -> Result<T, DbError>,
    ) -> Result<Vec<T>, LedgerError> {
        rows.into_iter().map(decode).collect::<Result<_, _>>().map_err(|cause| self.error(cause))
    }
}

pub(super) fn key_params(key: &ObjectKey) -> Vec<Value> {
    vec![key.origin.as_str().into(), key.kind.name().into(), key.id.as_str().into()]
}

pub(super) fn event(mut from: db::SqlRow) -> Result<LedgerEvent, DbError> {
    Ok(LedgerEvent {
        origin: from.take_text(1)?,
        kind: decode_kind(from.text(2)?)?,
        id: from.take_text(3)?,
        verb: from.take_text(4)?,
        at: from.int(5)?,
        provenance: from.take_optional_text(6)?,
        request_id: from.take_optional_text(7)?,
    })
}

/// Merges the rows of an intent into one value. There is one row for each object that it created.
fn merge_intents(rows: Vec<db::SqlRow>) -> Result<Vec<IntentRecord>, DbError> {
    let mut all: Vec<IntentRecord> = Vec::new();
    for mut row in rows {
        let (id, made) = (row.take_text(0)?, row.take_optional_text(9)?);
        if let Some(IntentRecord { outcome: Some(IntentOutcome::Recorded { ids }), .. }) =
            all.last_mut().filter(|last| last.intent.id == id)
        {
            ids.extend(made);
            continue;
        }
        let outcome = match row.optional_text(7)? {
            None => None,
            Some("recorded") => Some(IntentOutcome::Recorded { ids: made.into_iter().collect() }),
            Some("refused") => Some(IntentOutcome::Refused),
            Some(_) => Some(IntentOutcome::Nothing),
        };
        let intent = Intent {
            id,
            origin: row.take_text(1)?,
            kind: decode_kind(row.text(2)?)?,
            opened_at: row.int(3)?,
            provenance: row.take_optional_text(4)?,
            what: row.take_text(5)?,
            mark: row.flag(6)?,
        };
        all.push(IntentRecord { intent, outcome, settled_at: row.optional_int(8)? });
    }
    Ok(all)
}
