//! The columns of a row and their decoding. The module must not depend on which rows are selected.

use super::entry::{Cursor, ObjectState, Row, Source};
use crate::json;
use crate::{
    api::Kind,
    db::{self, DbError},
};

/// The columns after the row number and the collection.
macro_rules! facts {
    () => {
        "o.id, o.parent, o.state, o.created_at, o.recorded_at, o.checked_at, o.active_at, o.deleted_at, o.name,
        o.assistant, o.messages, o.metadata, o.source, o.provenance, o.ci_job, o.request_id, o.raw"
    };
}
pub(super) use facts;

macro_rules! columns {
    () => {
        concat!("o.n, c.origin, c.kind, ", facts!())
    };
}
pub(super) use columns;

/// Rows joined with their collections. `cross join` makes SQLite visit the rows first, in their order.
macro_rules! rows {
    () => {
        "object o cross join collection c"
    };
}
pub(super) use rows;

/// The number of the collection with this origin and kind, each of which is a parameter or another SQL expression.
macro_rules! collection {
    ($origin:literal, $kind:literal) => {
        concat!("(select k.n from collection k where k.origin = ", $origin, " and k.kind = ", $kind, ")")
    };
}
pub(super) use collection;

/// Decodes a row of [`columns`].
pub(super) fn decode_row(mut from: db::SqlRow) -> Result<Row, DbError> {
    let source = from.int(15)?;
    let metadata = from.optional_text(14)?.map(json::closed).transpose().map_err(DbError::other)?;
    Ok(Row {
        cursor: Cursor(from.int(0)?),
        origin: from.take_text(1)?,
        kind: decode_kind(from.text(2)?)?,
        id: from.take_text(3)?,
        parent: from.take_optional_text(4)?,
        state: decode_state(from.text(5)?)?,
        created_at: from.optional_int(6)?,
        recorded_at: from.int(7)?,
        checked_at: from.optional_int(8)?,
        active_at: from.optional_int(9)?,
        deleted_at: from.optional_int(10)?,
        name: from.take_optional_text(11)?,
        assistant: from.take_optional_text(12)?,
        messages: from.optional_int(13)?,
        metadata,
        source: Source::from_rank(source).ok_or_else(|| DbError::Other(format!("unknown source: {source}")))?,
        provenance: from.take_optional_text(16)?,
        ci_job: from.take_optional_text(17)?,
        request_id: from.take_optional_text(18)?,
        raw: from.take_optional_text(19)?,
        started_at: None,
    })
}

pub(super) fn decode_kind(name: &str) -> Result<Kind, DbError> {
    Kind::named(name).ok_or_else(|| DbError::Other(format!("unknown kind of object: `{name}`")))
}

pub(super) fn decode_state(name: &str) -> Result<ObjectState, DbError> {
    ObjectState::named(name).ok_or_else(|| DbError::Other(format!("unknown state: `{name}`")))
}
