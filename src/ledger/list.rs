//! Listings: filters, and one constant SQL text for each index that they use. The module must not depend on output or
//! backends.

use super::{
    Ledger, LedgerError,
    entry::{Cursor, ObjectState, Row, Source},
    read::ORIGINS_WITH,
    row::{collection, columns, decode_row, facts, rows},
};
use crate::{
    api::Kind,
    db::{Db, DbError, Value},
};

/// The time in seconds that a thread without messages and runs must be idle to become an orphan candidate.
const IDLE_BEFORE_ORPHANED: i64 = 30 * 24 * 3600;

/// The IDs that a filter selects.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum IdFilter {
    #[default]
    All,
    Exact(String),
    Prefix(String),
}

/// The states that a filter selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StateFilter {
    /// The states of objects that may still exist: live and unknown.
    #[default]
    Present,
    One(ObjectState),
    All,
}

impl StateFilter {
    /// Returns `true` if the filter selects a state.
    pub fn matches(self, state: ObjectState) -> bool {
        match self {
            Self::Present => matches!(state, ObjectState::Live | ObjectState::Unknown),
            Self::One(one) => one == state,
            Self::All => true,
        }
    }
}

/// A filter for rows. All conditions must hold, and an empty condition excludes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowQuery {
    pub origin: Option<String>,
    pub kind: Option<Kind>,
    pub ids: IdFilter,
    pub states: StateFilter,
    pub source: Option<Source>,
    pub assistant: Option<String>,
    pub metadata: Vec<(String, String)>,
    /// Created before this time. If the creation time is unknown, the recording time counts.
    pub created_before: Option<i64>,
    /// Created at or after this time. If the creation time is unknown, the recording time counts.
    pub created_after: Option<i64>,
    /// Without known activity since this time.
    pub idle_since: Option<i64>,
    /// The URL or the ID of a CI job.
    pub ci_job: Option<String>,
    /// Threads to which no live object seems to lead at this time. This uses only the facts in the ledger and proves
    /// nothing.
    pub orphaned_at: Option<i64>,
}

/// A short statement for the most common listing, which SQLite parses in a fraction of the time. Columns that are equal
/// in all rows are returned from the parameters.
pub(super) const PRESENT: &str = concat!(
    "select o.n, cast($2 as text), cast($3 as text), ",
    facts!(),
    " from object o where o.n < $1 and o.state in ('live', 'unknown') and o.collection = ",
    collection!("$2", "$3"),
    " order by o.n desc limit $4"
);

macro_rules! filtered {
    ($driver:expr) => {
        filtered!(rows!(), $driver, "o.n")
    };
    ($from:expr, $driver:expr, $place:literal) => {
        concat!(
            "select ",
            columns!(),
            " from ",
            $from,
            " where c.n = o.collection and ",
            $place,
            " < $1
            and (cast($2 as text) is null or c.origin = $2)
            and (cast($3 as text) is null or c.kind = $3)
            and (cast($4 as text) is null or o.state = $4 or o.state = $5)
            and (cast($6 as text) is null or (o.id >= $6 and o.id < $7))
            and (cast($8 as bigint) is null or o.source = $8)
            and (cast($9 as text) is null or o.assistant = $9)
            and (cast($10 as bigint) is null or coalesce(o.created_at, o.recorded_at) < $10)
            and (cast($11 as bigint) is null or coalesce(o.created_at, o.recorded_at) >= $11)
            and (cast($12 as bigint) is null or coalesce(o.active_at, o.created_at, o.recorded_at) < $12)
            and (cast($13 as text) is null or o.ci_job = $13 or o.provenance like cast($18 as text) escape '\\')
            and (cast($14 as text) is null or exists
                (select 1 from object_metadata x where x.n = o.n and x.key = $14 and x.value = $15))
            and (cast($16 as bigint) is null or (o.state = 'live' and c.kind = 'thread' and (
                (exists (select 1 from object r where r.parent = o.id and r.collection = ",
            collection!("c.origin", "'run'"),
            ")
                and not exists (select 1 from object r where r.parent = o.id and r.collection = ",
            collection!("c.origin", "'run'"),
            " and not exists (select 1 from object a where a.id = r.assistant and a.state in ('deleted', 'gone')
                        and a.collection = ",
            collection!("c.origin", "'assistant'"),
            ")))
                or (o.messages = 0 and coalesce(o.active_at, o.created_at, o.recorded_at) < $16
                and not exists (select 1 from object r where r.parent = o.id and r.collection = ",
            collection!("c.origin", "'run'"),
            ")))))
            and ",
            $driver,
            " order by ",
            $place,
            " desc limit $17"
        )
    };
}

/// The index by which rows are found. All other conditions are checked on the rows that it yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IndexChoice {
    RowNumber,
    /// The objects of one collection that may still exist.
    Present,
    /// The objects of one collection that no longer exist.
    Absent,
    Assistant,
    CiJob,
    Metadata,
    Ids,
}

impl IndexChoice {
    #[cfg(test)]
    pub(super) const ALL: [Self; 7] =
        [Self::RowNumber, Self::Present, Self::Absent, Self::Assistant, Self::CiJob, Self::Metadata, Self::Ids];

    pub(super) const fn sql(self) -> &'static str {
        match self {
            Self::RowNumber => filtered!("1 = 1"),
            Self::Present => {
                filtered!(concat!("o.state in ('live', 'unknown') and o.collection = ", collection!("$2", "$3")))
            }
            Self::Absent => {
                filtered!(concat!("o.state not in ('live', 'unknown') and o.collection = ", collection!("$2", "$3")))
            }
            Self::Assistant => filtered!("o.assistant = $9"),
            Self::CiJob => filtered!("o.ci_job = $13"),
            Self::Metadata => filtered!(
                "object_metadata m join object o on o.n = m.n cross join collection c",
                "m.key = $14 and m.value = $15",
                "m.n"
            ),
            // A prefix usually matches few rows, so sorting them is cheap. The `+` prevents SQLite from scanning all
            // rows in order.
            Self::Ids => filtered!(rows!(), "o.id >= $6 and o.id < $7", "+o.n"),
        }
    }

    fn of(filter: &RowQuery) -> Self {
        let present = match filter.states {
            StateFilter::Present | StateFilter::One(ObjectState::Live | ObjectState::Unknown) => Some(true),
            StateFilter::One(_) => Some(false),
            StateFilter::All => None,
        };
        match (present, filter.is_of_one_collection()) {
            _ if filter.ids != IdFilter::All => Self::Ids,
            _ if !filter.metadata.is_empty() => Self::Metadata,
            _ if filter.ci_job.as_deref().is_some_and(is_url) => Self::CiJob,
            _ if filter.assistant.is_some() => Self::Assistant,
            (Some(true), true) => Self::Present,
            (Some(false), true) => Self::Absent,
            _ => Self::RowNumber,
        }
    }
}

/// Returns `true` for the URL of a CI job. The ledger stores it in a column of its own, which has an index.
fn is_url(job: &str) -> bool {
    job.contains("://")
}

/// Returns a pattern for `like` that matches every provenance with this ID of a job.
fn job_pattern(job: &str) -> String {
    let member = format!("\"job\":{}", serde_json::Value::from(job));
    let escaped = member.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

impl RowQuery {
    /// Returns the filter of a common listing: the objects of a kind that may still exist, in one origin or in all.
    pub fn present(origin: Option<&str>, kind: Kind) -> Self {
        Self { origin: origin.map(str::to_owned), kind: Some(kind), ..Self::default() }
    }

    pub(super) fn query(&self, before: Cursor, limit: i64) -> (&'static str, Vec<Value>) {
        let plain = Self { origin: self.origin.clone(), kind: self.kind, ..Self::default() };
        match (&self.origin, self.kind) {
            (Some(origin), Some(kind)) if *self == plain => {
                (PRESENT, vec![before.0.into(), origin.as_str().into(), kind.name().into(), limit.into()])
            }
            _ => (IndexChoice::of(self).sql(), self.params(before, limit)),
        }
    }

    fn is_of_one_collection(&self) -> bool {
        self.kind.is_some() && self.origin.is_some()
    }

    pub(super) fn params(&self, before: Cursor, limit: i64) -> Vec<Value> {
        let (state, or_state) = match self.states {
            StateFilter::Present => (Some(ObjectState::Live), ObjectState::Unknown),
            StateFilter::One(state) => (Some(state), state),
            StateFilter::All => (None, ObjectState::Live),
        };
        // An ID is its own prefix, and U+0001 sorts before every character of an ID.
        let (low, high) = match &self.ids {
            IdFilter::All => (None, String::new()),
            IdFilter::Exact(id) => (Some(id.as_str()), format!("{id}\u{1}")),
            IdFilter::Prefix(prefix) => (Some(prefix.as_str()), format!("{prefix}\u{10ffff}")),
        };
        let (key, value) = self.metadata.first().cloned().unzip();
        vec![
            before.0.into(),
            self.origin.clone().into(),
            self.kind.map(Kind::name).into(),
            state.map(ObjectState::name).into(),
            or_state.name().into(),
            low.into(),
            high.into(),
            self.source.map(Source::rank).into(),
            self.assistant.clone().into(),
            self.created_before.into(),
            self.created_after.into(),
            self.idle_since.into(),
            self.ci_job.clone().into(),
            key.into(),
            value.into(),
            self.orphaned_at.map(|now| now - IDLE_BEFORE_ORPHANED).into(),
            limit.into(),
            self.ci_job.as_deref().filter(|job| !is_url(job)).map(job_pattern).into(),
        ]
    }

    /// Returns `true` if a row meets the conditions that SQL cannot check exactly: the metadata pairs after the first, and
    /// the ID of the CI job.
    fn matches_exactly(&self, row: &Row) -> bool {
        let has = |(key, value): &(String, String)| row.metadata.as_ref().and_then(|map| map.get(key)) == Some(value);
        self.metadata.iter().skip(1).all(has) && self.ci_job.as_deref().is_none_or(|job| row.ci_jobs().contains(job))
    }

    /// Splits a filter into filters of single collections that select the same rows in the same order. Within an index,
    /// the rows of one collection are ordered, but those of several are not.
    async fn parts(&self, db: &Db) -> Result<Vec<Self>, DbError> {
        let alone = || Ok(vec![self.clone()]);
        let Some(kind) = self.kind.filter(|_| self.origin.is_none()) else { return alone() };
        let of_collection = Self { origin: Some(String::new()), ..self.clone() };
        if !matches!(IndexChoice::of(&of_collection), IndexChoice::Present | IndexChoice::Absent) {
            return alone();
        }
        let origins = db.read(ORIGINS_WITH, vec![kind.name().into()]).await?;
        let part = |mut row: crate::db::SqlRow| Ok(Self { origin: Some(row.take_text(0)?), ..self.clone() });
        origins.into_iter().map(part).collect()
    }

    pub(super) async fn page(&self, db: &Db, before: Option<Cursor>, limit: usize) -> Result<Vec<Row>, DbError> {
        let before = before.unwrap_or(Cursor(i64::MAX));
        let mut page = Vec::new();
        for part in self.parts(db).await? {
            page.extend(part.page_of_one(db, before, limit).await?);
        }
        page.sort_by_key(|row: &Row| std::cmp::Reverse(row.cursor));
        page.truncate(limit);
        Ok(page)
    }

    async fn page_of_one(&self, db: &Db, mut before: Cursor, limit: usize) -> Result<Vec<Row>, DbError> {
        let mut page = Vec::new();
        while page.len() < limit {
            let wanted = limit - page.len();
            let (sql, params) = self.query(before, i64::try_from(wanted).unwrap_or(i64::MAX));
            let rows = db.read(sql, params).await?;
            let last = rows.len() < wanted;
            for found in rows {
                let row = decode_row(found)?;
                before = row.cursor;
                if self.matches_exactly(&row) {
                    page.push(row);
                }
            }
            if last {
                break;
            }
        }
        Ok(page)
    }
}

impl Ledger {
    /// Returns the rows after a cursor, the newest first. Fewer than `limit` rows mean that no more follow.
    pub async fn rows(&self, filter: &RowQuery, before: Option<Cursor>, limit: usize) -> Result<Vec<Row>, LedgerError> {
        self.note_listing();
        match self.reader().await? {
            Some(db) => filter.page(&db, before, limit).await.map_err(|cause| self.error(cause)),
            None => Ok(Vec::new()),
        }
    }
}
