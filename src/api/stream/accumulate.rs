//! Merging a delta into the object that earlier deltas have built (docs/protocol/streaming.md#merging-deltas).

use serde_json::{Map, Number, Value};

/// The result of merging a delta.
pub type Merged = Result<(), BadDelta>;

/// The error for a list entry in a delta that has no index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an entry of a list in the delta has no index")]
pub struct BadDelta;

/// Merges a delta into the accumulated object.
///
/// # Errors
/// Returns an error if an entry of a list of objects has no index. The pieces before that entry stay merged.
pub fn accumulate(whole: &mut Map<String, Value>, delta: &Map<String, Value>) -> Merged {
    for (name, piece) in delta {
        match whole.get_mut(name) {
            None => drop(whole.insert(name.clone(), initial_value(piece)?)),
            Some(known) if known.is_null() => *known = initial_value(piece)?,
            Some(known) if name == "index" || name == "type" => known.clone_from(piece),
            Some(known) => merge(known, piece)?,
        }
    }
    Ok(())
}

/// Returns the initial value for a piece.
///
/// A list whose entries have indices is merged, because it may contain two fragments of the same entry. Any other list
/// is copied.
fn initial_value(piece: &Value) -> Result<Value, BadDelta> {
    match piece {
        Value::Array(pieces) if pieces.iter().any(|piece| index(piece).is_some()) => {
            let mut list = Vec::new();
            pieces.iter().try_for_each(|piece| merge_entry(&mut list, piece))?;
            Ok(list.into())
        }
        Value::Object(piece) => {
            let mut object = Map::new();
            accumulate(&mut object, piece)?;
            Ok(object.into())
        }
        piece => Ok(piece.clone()),
    }
}

fn merge(known: &mut Value, piece: &Value) -> Merged {
    match (known, piece) {
        (Value::String(known), Value::String(piece)) => known.push_str(piece),
        (Value::Number(known), Value::Number(piece)) => *known = sum(known, piece),
        (Value::Object(known), Value::Object(piece)) => accumulate(known, piece)?,
        (Value::Array(known), Value::Array(pieces)) if !known.iter().chain(pieces).any(Value::is_object) => {
            known.extend_from_slice(pieces);
        }
        (Value::Array(known), Value::Array(pieces)) => pieces.iter().try_for_each(|piece| merge_entry(known, piece))?,
        // Pieces of incompatible types are ignored.
        _ => {}
    }
    Ok(())
}

fn index(entry: &Value) -> Option<u64> {
    entry.get("index")?.as_u64()
}

/// Merges an entry into the one with the same index, or inserts it at that index.
///
/// A known entry without an index existed before the deltas, and its position counts as its index. Entries may arrive
/// in any order.
fn merge_entry(list: &mut Vec<Value>, piece: &Value) -> Merged {
    let (Some(own), Value::Object(entry)) = (index(piece), piece) else { return Err(BadDelta) };
    let at_place = usize::try_from(own).ok().filter(|at| list.get(*at).is_some_and(|known| index(known).is_none()));
    let found = list.iter().position(|known| index(known) == Some(own)).or(at_place);
    match found.and_then(|at| list[at].as_object_mut()) {
        Some(known) => accumulate(known, entry),
        None => {
            let at = list.iter().position(|known| index(known) > Some(own)).unwrap_or(list.len());
            list.insert(at, initial_value(piece)?);
            Ok(())
        }
    }
}

fn sum(known: &Number, piece: &Number) -> Number {
    match (known.as_i64(), piece.as_i64()) {
        (Some(known), Some(piece)) => known.saturating_add(piece).into(),
        _ => {
            let sum = known.as_f64().unwrap_or_default() + piece.as_f64().unwrap_or_default();
            Number::from_f64(sum).unwrap_or_else(|| known.clone())
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn merged(whole: Value, deltas: &[Value]) -> Result<Value, BadDelta> {
        let mut whole = whole.as_object().unwrap().clone();
        for delta in deltas {
            accumulate(&mut whole, delta.as_object().unwrap())?;
        }
        Ok(whole.into())
    }

    #[test]
    fn a_missing_or_null_member_gets_the_value_of_the_delta() {
        let whole = merged(json!({"a": null}), &[json!({"a": "x", "b": {"c": 1}, "d": null})]).unwrap();
        assert_eq!(whole, json!({"a": "x", "b": {"c": 1}, "d": null}));
    }

    #[test]
    fn a_list_with_indices_is_merged_entry_by_entry_even_into_nothing() {
        let delta = json!({"content": [
            {"index": 0, "type": "text", "text": {"value": "a"}},
            {"index": 0, "type": "text", "text": {"value": "b"}}
        ]});
        let expected = json!({"content": [{"index": 0, "type": "text", "text": {"value": "ab"}}]});
        for begin in [json!({}), json!({"content": null}), json!({"content": []})] {
            assert_eq!(merged(begin.clone(), std::slice::from_ref(&delta)).unwrap(), expected, "{begin}");
        }
        // The same holds inside an object that did not exist before.
        let nested = merged(json!({}), &[json!({"delta": delta})]).unwrap();
        assert_eq!(nested["delta"], expected);
    }

    #[test]
    fn index_and_type_are_overwritten() {
        let whole = merged(json!({"index": 1, "type": "text"}), &[json!({"index": 2, "type": "x"})]).unwrap();
        assert_eq!(whole, json!({"index": 2, "type": "x"}));
    }

    #[test]
    fn texts_are_joined_numbers_added_and_objects_merged() {
        let begin = json!({"s": "a", "n": 1, "f": 0.5, "o": {"s": "x"}});
        let whole = merged(begin, &[json!({"s": "b", "n": 2, "f": 1, "o": {"s": "y", "t": 1}})]).unwrap();
        assert_eq!(whole, json!({"s": "ab", "n": 3, "f": 1.5, "o": {"s": "xy", "t": 1}}));
    }

    #[test]
    fn a_list_of_plain_values_grows() {
        assert_eq!(merged(json!({"l": [1, "a"]}), &[json!({"l": ["b", 2]})]).unwrap(), json!({"l": [1, "a", "b", 2]}));
    }

    #[test]
    fn an_entry_is_merged_at_its_index_or_inserted_there() {
        let call = |index: u64, arguments: &str| json!({"tool_calls": [{"index": index, "function": {"arguments": arguments}}]});
        let whole =
            merged(json!({"tool_calls": []}), &[call(0, "{"), call(2, "c"), call(1, "b"), call(0, "}")]).unwrap();
        let arguments: Vec<_> =
            whole["tool_calls"].as_array().unwrap().iter().map(|call| call["function"]["arguments"].clone()).collect();
        assert_eq!(arguments, ["{}", "b", "c"]);
    }

    #[test]
    fn an_entry_without_an_index_is_found_by_its_position() {
        let begin = json!({"content": [{"type": "text", "text": {"value": "", "annotations": []}}]});
        let delta = json!({"content": [{"index": 0, "type": "text", "text": {"value": "hi"}}]});
        let whole = merged(begin, &[delta]).unwrap();
        assert_eq!(whole["content"].as_array().unwrap().len(), 1);
        assert_eq!(whole["content"][0]["text"]["value"], "hi");
    }

    #[test]
    fn an_entry_without_an_index_is_an_error() {
        for bad in [json!([{"type": "text"}]), json!([{"index": "0"}]), json!([{"index": -1}]), json!(["x"])] {
            let begin = json!({"content": [{"index": 0}]});
            assert_eq!(merged(begin, &[json!({"content": bad})]), Err(BadDelta), "{bad}");
        }
    }

    #[test]
    fn a_piece_of_another_type_is_ignored() {
        let begin = json!({"a": "x", "b": 1, "c": {"d": 1}, "e": true});
        let delta = json!({"a": 1, "b": "x", "c": [1], "e": false});
        assert_eq!(merged(begin.clone(), &[delta, json!({"a": null})]).unwrap(), begin);
    }
}
