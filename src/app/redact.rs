//! Reduction of a response to the parts that the ledger may keep: no instructions, no message text
//! (docs/design/ledger.md#stored-data).

use serde_json::Value;
use std::collections::BTreeMap;

/// The members that contain text written by people.
const TEXTS: [&str; 6] =
    ["instructions", "additional_instructions", "content", "messages", "additional_messages", "description"];

/// The maximum size of an object in the ledger, in bytes, apart from its columns. The ledger is not a document store.
const MOST: usize = 256 << 10;

/// Returns the JSON text of an object without such members, at any depth. Returns `None` if even the rest is too large.
pub(crate) fn scrubbed(object: &Value) -> Option<String> {
    measure(object, MOST)?;
    let mut object = object.clone();
    scrub(&mut object);
    Some(object.to_string())
}

/// Subtracts the size of a value without such members from `left`. Returns `None` if `left` is exceeded.
fn measure(value: &Value, left: usize) -> Option<usize> {
    let left = left.checked_sub(2)?;
    match value {
        Value::String(text) => left.checked_sub(text.len()),
        Value::Array(items) => items.iter().try_fold(left, |left, item| measure(item, left)),
        Value::Object(map) => {
            let mut kept = map.iter().filter(|(name, _)| !TEXTS.contains(&name.as_str()));
            kept.try_fold(left, |left, (name, value)| measure(value, left.checked_sub(name.len())?))
        }
        _ => Some(left),
    }
}

fn scrub(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|name, _| !TEXTS.contains(&name.as_str()));
            // The action that a waiting run requires contains text of the model, like a message.
            map.retain(|name, _| name != "required_action");
            map.values_mut().for_each(scrub);
        }
        Value::Array(items) => items.iter_mut().for_each(scrub),
        _ => {}
    }
}

/// Returns the metadata of an object as texts, or `None` if there are none or they are too large.
pub(crate) fn metadata(object: &Value) -> Option<BTreeMap<String, String>> {
    // Some servers return the metadata under the second name.
    let found = ["metadata", "metadata_"].iter().find_map(|name| object.get(name));
    measure(found?, MOST)?;
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
    fn what_is_too_long_for_a_ledger_is_not_kept() {
        let long = "x".repeat(MOST);
        assert_eq!(scrubbed(&json!({ "id": "t", "novelty": [long] })), None);
        assert_eq!(metadata(&json!({ "metadata": { "k": long } })), None);
        assert!(scrubbed(&json!({ "id": "a", "instructions": long })).is_some(), "it is not kept anyway");
    }

    #[test]
    fn no_words_of_people_are_kept() {
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
