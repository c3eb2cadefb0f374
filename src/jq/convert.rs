//! Conversion of jaq's values, which are a superset of JSON, to JSON values.

use super::limits::{LimitExceeded, ResultBudget};
use jaq_json::{Num, Val};
use serde_json::{Map, Number, Value};

/// Converts a value to the nearest JSON value, as jq does.
///
/// # Errors
/// Returns an error if the value is nested deeper than `levels`, or larger than `budget`.
pub(super) fn to_json(value: &Val, levels: usize, budget: &mut ResultBudget) -> Result<Value, LimitExceeded> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let below = levels.checked_sub(1).ok_or(LimitExceeded::Depth)?;
    budget.take(0)?;
    Ok(match value {
        Val::Null => Value::Null,
        Val::Bool(value) => Value::Bool(*value),
        Val::Num(number) => json_number(number),
        Val::BStr(bytes) | Val::TStr(bytes) => {
            budget.take(bytes.len())?;
            Value::String(text(bytes))
        }
        Val::Arr(items) => {
            Value::Array(items.iter().map(|item| to_json(item, below, budget)).collect::<Result<_, LimitExceeded>>()?)
        }
        Val::Obj(members) => {
            let member = |(name, value): (&Val, &Val)| {
                let name = match name {
                    Val::BStr(bytes) | Val::TStr(bytes) => text(bytes),
                    other => to_json(other, below, budget)?.to_string(),
                };
                Ok((name, to_json(value, below, budget)?))
            };
            Value::Object(members.iter().map(member).collect::<Result<Map<_, _>, LimitExceeded>>()?)
        }
    })
}

fn json_number(number: &Num) -> Value {
    match number {
        Num::Int(value) => Value::from(*value as i64),
        Num::Float(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
        Num::BigInt(value) => value.to_string().parse().map_or(Value::Null, Value::Number),
        Num::Dec(text) => text.parse().map_or(Value::Null, Value::Number),
    }
}
