//! Removal of the parts of an object that the ledger must not store, such as instructions and message texts
//! (docs/design/ledger.md#stored-data).

use serde_json::Value;
use std::collections::BTreeMap;

/// The members that contain text written by people. The ledger does not store them.
const TEXT_MEMBERS: [&str; 6] =
    ["instructions", "additional_instructions", "content", "messages", "additional_messages", "description"];

/// The maximum size of the JSON of an object in the ledger, in bytes.
const MAX_BYTES: usize = 256 << 10;

/// Returns the JSON text of an object without [`TEXT_MEMBERS`], at any depth. Returns `None` if the rest is too large.
pub(crate) fn scrubbed(object: &Value) -> Option<String> {
    subtract_size(object, MAX_BYTES)?;
    let mut object = object.clone();
    scrub(&mut object);
    Some(object.to_string())
}

/// Subtracts the size of a value without [`TEXT_MEMBERS`] from `left`. Returns `None` if the size exceeds `left`.
fn subtract_size(value: &Value, left: usize) -> Option<usize> {
    let left = left.checked_sub(2)?;
    match value {
        Value::String(text) => left.checked_sub(text.len()),
        Value::Array(items) => items.iter().try_fold(left, |left, item| subtract_size(item, left)),
        Value::Object(map) => {
            let mut kept = map.iter().filter(|(name, _)| !TEXT_MEMBERS.contains(&name.as_str()));
            kept.try_fold(left, |left, (name, value)| subtract_size(value, left.checked_sub(name.len())?))
        }
        _ => Some(left),
    }
}

fn scrub(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|name, _| !TEXT_MEMBERS.contains(&name.as_str()));
            // The required action of a run contains text that the model wrote.
            map.retain(|name, _| name != "required_action");
            map.values_mut().for_each(scrub);
        }
        Value::Array(items) => items.iter_mut().for_each(scrub),
        _ => {}
    }
}

/// Returns the metadata of an object as texts, or `None` if there are none or they are too large.
pub(crate) fn metadata(object: &Value) -> Option<BTreeMap<String, String>> {
    // Some servers use the second name.
    let found = ["metadata", "metadata_"].iter().find_map(|name| object.get(name));
    subtract_size(found?, MAX_BYTES)?;
    let map = found?.as_object()?;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Some(map.iter().map(|(key, value)| (key.clone(), text(value))).collect())
}

/// Returns a time of an object in Unix seconds. Accepts each format that servers use.
pub(crate) fn time(object: &Value, member: &str) -> Option<i64> {
    crate::view::timestamp(object.get(member)?).map(|time| time.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_and_metadata_above_the_size_limit_are_not_kept() {
        let long = "x".repeat(MAX_BYTES);
        assert_eq!(scrubbed(&json!({ "id": "t", "novelty": [long] })), None);
        assert_eq!(metadata(&json!({ "metadata": { "k": long } })), None);
        assert!(
            scrubbed(&json!({ "id": "a", "instructions": long })).is_some(),
            "a member that is removed does not count"
        );
    }

    #[test]
    fn texts_of_people_and_models_are_removed() {
        let run = json!({
            "id": "run_1", "instructions": "SECRET", "status": "requires_action",
            "tools": [{"type": "function", "function": {"name": "f", "description": "SECRET"}}],
            "required_action": {"submit_tool_outputs": {"tool_calls": [{"function": {"arguments": "SECRET"}}]}}
        });
        let text = scrubbed(&run).unwrap_or_default();
        assert!(!text.contains("SECRET"), "{text}");
        assert!(text.contains("run_1") && text.contains("requires_action"));
    }
}
