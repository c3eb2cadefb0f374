//! Conversion between [`Value`] and the binary format of PostgreSQL, which depends on the type of the column.

use crate::db::Value;
use bytes::BytesMut;
use std::error::Error;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, kind) {
            (Self::Null, _) => return Ok(IsNull::Yes),
            (Self::Int(value), &Type::INT8) => out.extend_from_slice(&value.to_be_bytes()),
            (Self::Int(value), &Type::INT4) => out.extend_from_slice(&i32::try_from(*value)?.to_be_bytes()),
            (Self::Bytes(bytes), &Type::BYTEA) => out.extend_from_slice(bytes),
            (Self::Bytes(_), _) => return Err(format!("bytes do not fit a parameter of type {kind}").into()),
            (Self::Int(_), _) => return Err(format!("an integer does not fit a parameter of type {kind}").into()),
            (Self::Text(text), _) => write_text(text, kind, out)?,
            (Self::Shared(text), _) => write_text(text, kind, out)?,
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Writes a text. PostgreSQL cannot store NUL characters, which data from a backend may contain, so they are replaced.
fn write_text(text: &str, kind: &Type, out: &mut BytesMut) -> Result<(), String> {
    match *kind {
        Type::TEXT if text.contains('\0') => out.extend_from_slice(text.replace('\0', "\u{fffd}").as_bytes()),
        Type::TEXT => out.extend_from_slice(text.as_bytes()),
        _ => return Err(format!("a text does not fit a parameter of type {kind}")),
    }
    Ok(())
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(match *kind {
            Type::INT8 => Self::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(kind, raw)?.into()),
            Type::TEXT => Self::Text(std::str::from_utf8(raw)?.to_owned()),
            Type::BYTEA => Self::Bytes(raw.to_owned()),
            _ => return Err(format!("a column of type {kind} needs a cast to bigint or text").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
