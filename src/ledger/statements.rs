//! Translation of entries into SQL statements: the rules by which observations change rows. The module must not depend
//! on files or the current time.

use super::{
    RawRetention,
    entry::{Activity, Entry, Intent, IntentOutcome, LedgerEvent, ObjectState, Row, Settlement, Source},
    row::collection,
};
use crate::api::Kind;
use crate::db::{Statement, Value};
use std::sync::Arc;

const LOOK_FOR_COLLECTION: &str = "select 1 from collection where origin = $1 and kind = $2";
const ADD_COLLECTION: &str =
    "insert into collection (origin, kind) values ($1, $2) on conflict (origin, kind) do nothing";

/// The state of a known row after an observation. It depends on the evidence, not on the source of the row:
///
/// - An observation without a request (import, scan, list) neither revives a row nor casts doubt on it.
/// - A response that reports an object as missing counts for a row of any source.
/// - `deleted` yields only to a request that started later.
/// - `gone` yields only to a request that is not older than the last check.
macro_rules! state_after {
    () => {
        "(case when excluded.source <= 30
            and (excluded.state = 'live' or excluded.state = 'unknown' or cast($20 as bigint) is null) then
            case when object.state = 'unknown' and excluded.state = 'live' and excluded.source = 30
                then 'live' else object.state end
        when object.state = 'deleted' and (excluded.state <> 'live'
            or coalesce(cast($20 as bigint), 0) <= coalesce(object.deleted_at, object.recorded_at)) then 'deleted'
        when object.state = 'gone' and excluded.state = 'live'
            and coalesce(cast($20 as bigint), 0) < coalesce(object.checked_at, 0) then 'gone'
        else excluded.state end)"
    };
}

/// The part that [`ADD`] and [`OBSERVE`] have in common.
macro_rules! insert {
    () => {
        concat!(
            "insert into object (collection, id, parent, state, created_at, recorded_at, checked_at, active_at, deleted_at,
            name, assistant, messages, metadata, source, provenance, ci_job, request_id, raw)
        values (",
            collection!("$1", "$2"),
            ", $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
        )
    };
}

/// Inserts an object that was just created, so that no row can exist yet. SQLite parses it in a third of the time of
/// [`OBSERVE`].
pub(super) const ADD: &str = insert!();
/// Inserts a row or updates an existing one. The last condition prevents the update of a row to which an import adds
/// nothing.
pub(super) const OBSERVE: &str = concat!(
    insert!(),
    "
    on conflict (id, collection) do update set
        state = ",
    state_after!(),
    ", deleted_at = case when ",
    state_after!(),
    " = 'deleted' then coalesce(object.deleted_at, excluded.deleted_at) end,
        raw = case when cast($21 as bigint) = 1 or ",
    state_after!(),
    " <> 'deleted' then coalesce(excluded.raw, object.raw) end,
        parent = coalesce(excluded.parent, object.parent),
        created_at = coalesce(excluded.created_at, object.created_at),
        checked_at = case when object.checked_at > excluded.checked_at then object.checked_at
            else coalesce(excluded.checked_at, object.checked_at) end,
        active_at = case when object.active_at > excluded.active_at then object.active_at
            else coalesce(excluded.active_at, object.active_at) end,
        name = coalesce(excluded.name, object.name),
        assistant = coalesce(excluded.assistant, object.assistant),
        messages = coalesce(excluded.messages, object.messages),
        metadata = coalesce(excluded.metadata, object.metadata),
        provenance = case when excluded.source > object.source then coalesce(excluded.provenance, object.provenance)
            else coalesce(object.provenance, excluded.provenance) end,
        ci_job = case when excluded.source > object.source then coalesce(excluded.ci_job, object.ci_job)
            else coalesce(object.ci_job, excluded.ci_job) end,
        request_id = case when excluded.source > object.source then coalesce(excluded.request_id, object.request_id)
            else coalesce(object.request_id, excluded.request_id) end,
        source = case when excluded.source > object.source then excluded.source else object.source end
    where excluded.source > 20 or excluded.source > object.source
        or coalesce(excluded.parent, excluded.name, excluded.assistant, excluded.metadata, excluded.raw) is not null
        or coalesce(excluded.created_at, excluded.checked_at, excluded.active_at, excluded.messages) is not null
        or (object.provenance is null and excluded.provenance is not null)
        or (object.ci_job is null and excluded.ci_job is not null)
        or (object.request_id is null and excluded.request_id is not null)"
);
/// Has the effect of [`OBSERVE`] for a deletion without further facts, at a third of the cost. `DELETE` updates an
/// existing row, and [`ADD_DELETED`] inserts a missing one.
pub(super) const DELETE: &str = concat!(
    "update object set state = 'deleted', deleted_at = coalesce(deleted_at, $1),
        raw = case when cast($2 as bigint) = 1 then raw end,
        checked_at = case when checked_at > cast($3 as bigint) then checked_at else coalesce($3, checked_at) end,
        source = case when source < $4 then $4 else source end
    where collection = ",
    collection!("$5", "$6"),
    " and id = $7"
);
/// Another process may have inserted the row since [`DELETE`].
pub(super) const ADD_DELETED: &str = concat!(
    "insert into object (collection, id, state, recorded_at, checked_at, deleted_at, source)
    values (",
    collection!("$1", "$2"),
    ", $3, 'deleted', $4, $5, $6, $7)
    on conflict (id, collection) do update set state = 'deleted', deleted_at = excluded.deleted_at,
        checked_at = coalesce(excluded.checked_at, object.checked_at),
        raw = case when cast($8 as bigint) = 1 then object.raw end
    where object.state <> 'deleted'"
);
const CLEAR_METADATA: &str = concat!(
    "delete from object_metadata where n = (select o.n from object o where o.collection = ",
    collection!("$1", "$2"),
    " and o.id = $3)"
);
const ADD_METADATA: &str = concat!(
    "insert into object_metadata (n, key, value)
    select o.n, cast($4 as text), cast($5 as text) from object o where o.collection = ",
    collection!("$1", "$2"),
    " and o.id = $3"
);
const FIND_RUN: &str =
    concat!("select 1 from object where parent = $1 and collection = ", collection!("$2", "'run'"), " limit 1");
/// An update that finds nothing takes SQLite eight times as long as [`FIND_RUN`].
const DELETE_RUNS: &str = concat!(
    "update object set state = 'deleted', deleted_at = $1,
        raw = case when cast($2 as bigint) = 1 then raw end
    where parent = $3 and state <> 'deleted' and collection = ",
    collection!("$4", "'run'")
);
const TOUCH: &str = concat!(
    "update object set messages = messages + cast($1 as bigint),
        active_at = case when active_at >= $2 then active_at else $2 end,
        assistant = coalesce(cast($3 as text), assistant)
    where collection = ",
    collection!("$4", "$5"),
    " and id = $6"
);
/// The row may already exist, if the settlement was recorded before the intent.
pub(super) const INTEND: &str = "insert into intent (id, origin, kind, opened_at, provenance, what, mark)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (id) do update set origin = excluded.origin, kind = excluded.kind, opened_at = excluded.opened_at,
        provenance = excluded.provenance, what = excluded.what, mark = excluded.mark
    where intent.origin is null";
/// The outcome `recorded` replaces a decision that was made in the meantime.
pub(super) const SETTLE: &str = "insert into intent (id, outcome, settled_at) values ($1, $2, $3)
    on conflict (id) do update set outcome = excluded.outcome, settled_at = excluded.settled_at
    where intent.outcome is null or excluded.outcome = 'recorded'";
const SETTLE_AS: &str = "insert into intent_object (id, intent) values ($1, $2) on conflict do nothing";
const HAPPEN: &str = "insert into event (origin, kind, id, verb, at, provenance, request_id)
    values ($1, $2, $3, $4, $5, $6, $7)";

/// An assumption about the rows of objects that were just created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowExistence {
    /// They have no row yet. If one exists, the batch fails as a duplicate.
    Absent,
    /// Another process may have recorded them in the meantime.
    Possible,
}

/// Returns the statements that store the entries.
pub(super) fn statements<'a>(
    entries: impl IntoIterator<Item = &'a Entry>,
    deleted: RawRetention,
    made: RowExistence,
) -> Vec<Statement> {
    let (mut batch, mut collections) = (Vec::new(), Vec::new());
    for entry in entries {
        if let Entry::Row(row) = entry
            && !collections.contains(&(row.origin.as_str(), row.kind))
        {
            collections.push((row.origin.as_str(), row.kind));
            batch.extend(collection_statements(&row.origin, row.kind));
        }
        match entry {
            Entry::Row(row)
                if made == RowExistence::Absent && row.source == Source::Created && row.state == ObjectState::Live =>
            {
                add(row, &mut batch);
            }
            Entry::Row(row) if made == RowExistence::Absent && is_bare_deletion(row) => {
                delete(row, deleted, &mut batch)
            }
            Entry::Row(row) => observe(row, deleted, &mut batch),
            Entry::Intent(intent) => batch.push(intend(intent)),
            Entry::Settled(settled) => settle(settled, &mut batch),
            Entry::Touched(touched) => batch.push(touch(touched)),
            Entry::Event(event) => batch.push(happen(event)),
        }
    }
    batch
}

/// Returns the statements that assign a number to a collection, unless it has one.
pub(super) fn collection_statements(origin: &str, kind: Kind) -> [Statement; 2] {
    let params = || vec![origin.into(), kind.name().into()];
    [Statement::new(LOOK_FOR_COLLECTION, params()), Statement::new(ADD_COLLECTION, params()).unless_found()]
}

/// Appends the statements that insert an object without a row.
fn add(row: &Row, batch: &mut Vec<Statement>) {
    batch.push(Statement::new(ADD, facts(row, None, row.raw.clone())));
    let pairs = row.metadata.iter().flatten();
    batch.extend(pairs.map(|(name, value)| add_pair(row, name, value)));
}

/// Returns `true` if a row states only that an object was deleted, and when.
fn is_bare_deletion(row: &Row) -> bool {
    let Row { origin, kind, id, source, recorded_at, deleted_at, checked_at, started_at, .. } = row;
    let bare = Row {
        state: ObjectState::Deleted,
        deleted_at: *deleted_at,
        checked_at: *checked_at,
        started_at: *started_at,
        cursor: row.cursor,
        ..Row::new(origin.as_str(), *kind, id.as_str(), *source, *recorded_at)
    };
    *source > Source::Listed && bare == *row
}

/// Appends the statements that store a bare deletion.
fn delete(row: &Row, deleted: RawRetention, batch: &mut Vec<Statement>) {
    let key = key(row);
    let deleted_at = time_of_deletion(row);
    let keep = deleted == RawRetention::Keep;
    let (checked_at, source) = (row.checked_at, row.source.rank());
    let known = [deleted_at.into(), keep.into(), checked_at.into(), source.into()].into_iter().chain(key.clone());
    batch.push(Statement::new(DELETE, known.collect()));
    let times = [row.recorded_at.into(), checked_at.into(), deleted_at.into()];
    let unknown = key.iter().cloned().chain(times).chain([source.into(), keep.into()]);
    batch.push(Statement::new(ADD_DELETED, unknown.collect()).unless_found());
    delete_runs(row, &key, deleted_at, deleted, batch);
}

/// Appends the statements that mark the runs of a deleted thread as deleted.
fn delete_runs(row: &Row, key: &[Value; 3], deleted_at: i64, deleted: RawRetention, batch: &mut Vec<Statement>) {
    if row.kind == Kind::Thread {
        let keep = (deleted == RawRetention::Keep).into();
        let [origin, _, id] = key;
        batch.push(Statement::new(FIND_RUN, vec![id.clone(), origin.clone()]));
        let params = vec![deleted_at.into(), keep, id.clone(), origin.clone()];
        batch.push(Statement::new(DELETE_RUNS, params).if_found());
    }
}

fn time_of_deletion(row: &Row) -> i64 {
    row.deleted_at.or(row.started_at).unwrap_or(row.recorded_at)
}

/// Appends the statements that store one observation.
pub(super) fn observe(row: &Row, deleted: RawRetention, batch: &mut Vec<Statement>) {
    let is_deleted = row.state == ObjectState::Deleted;
    let deleted_at = is_deleted.then(|| time_of_deletion(row));
    let raw = row.raw.clone().filter(|_| !is_deleted || deleted == RawRetention::Keep);
    let evidence = [row.started_at.into(), (deleted == RawRetention::Keep).into()];
    batch.push(Statement::new(OBSERVE, facts(row, deleted_at, raw).into_iter().chain(evidence).collect()));
    if let Some(deleted_at) = deleted_at {
        delete_runs(row, &key(row), deleted_at, deleted, batch);
    }
    if let Some(metadata) = &row.metadata {
        batch.push(Statement::new(CLEAR_METADATA, key(row).to_vec()));
        batch.extend(metadata.iter().map(|(name, value)| add_pair(row, name, value)));
    }
}

/// Returns the key of a row. Clones share the texts.
fn key(row: &Row) -> [Value; 3] {
    [&row.origin, row.kind.name(), &row.id].map(|text| Arc::<str>::from(text).into())
}

/// Returns the values of a row's columns, in the order of [`ADD`].
fn facts(row: &Row, deleted_at: Option<i64>, raw: Option<String>) -> Vec<Value> {
    let [origin, kind, id] = key(row);
    vec![
        origin,
        kind,
        id,
        row.parent.clone().into(),
        row.state.name().into(),
        row.created_at.into(),
        row.recorded_at.into(),
        row.checked_at.into(),
        row.active_at.into(),
        deleted_at.into(),
        row.name.clone().into(),
        row.assistant.clone().into(),
        row.messages.into(),
        row.metadata.as_ref().and_then(|metadata| serde_json::to_string(metadata).ok()).into(),
        row.source.rank().into(),
        row.provenance.clone().into(),
        row.ci_job.clone().into(),
        row.request_id.clone().into(),
        raw.into(),
    ]
}

fn add_pair(row: &Row, name: &str, value: &str) -> Statement {
    Statement::new(ADD_METADATA, key(row).into_iter().chain([name.into(), value.into()]).collect())
}

fn touch(touched: &Activity) -> Statement {
    let Activity { origin, kind, id, active_at, messages, assistant } = touched;
    let key = [origin.as_str().into(), kind.name().into(), id.as_str().into()];
    let facts = [(*messages).into(), (*active_at).into(), assistant.clone().into()];
    Statement::new(TOUCH, facts.into_iter().chain(key).collect())
}

fn intend(intent: &Intent) -> Statement {
    let params = vec![
        intent.id.as_str().into(),
        intent.origin.as_str().into(),
        intent.kind.name().into(),
        intent.opened_at.into(),
        intent.provenance.clone().into(),
        intent.what.as_str().into(),
        intent.mark.into(),
    ];
    Statement::new(INTEND, params)
}

fn settle(settled: &Settlement, batch: &mut Vec<Statement>) {
    let (name, ids) = match &settled.outcome {
        IntentOutcome::Recorded { ids } => ("recorded", ids.as_slice()),
        IntentOutcome::Refused => ("refused", &[][..]),
        IntentOutcome::Nothing => ("nothing", &[][..]),
    };
    batch.push(Statement::new(SETTLE, vec![settled.intent.as_str().into(), name.into(), settled.at.into()]));
    batch.extend(
        ids.iter().map(|id| Statement::new(SETTLE_AS, vec![id.as_str().into(), settled.intent.as_str().into()])),
    );
}

fn happen(event: &LedgerEvent) -> Statement {
    let params = vec![
        event.origin.as_str().into(),
        event.kind.name().into(),
        event.id.as_str().into(),
        event.verb.as_str().into(),
        event.at.into(),
        event.provenance.clone().into(),
        event.request_id.clone().into(),
    ];
    Statement::new(HAPPEN, params)
}
