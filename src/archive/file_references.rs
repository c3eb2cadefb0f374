//! Finds the files to which an object refers.

use crate::api::ids;
use serde_json::Value;
use std::collections::BTreeSet;

/// Adds the IDs of all files to which an object refers, at any depth. Examples are attachments, image parts,
/// annotations, tool resources and outputs of the code interpreter.
///
/// Metadata is skipped, because it is free text. Values that are not valid IDs are ignored.
pub fn referenced_files(object: &Value, found: &mut BTreeSet<String>) {
    match object {
        Value::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("metadata", _) => {}
                    ("file_id", id) => add(id, found),
                    ("file_ids", Value::Array(ids)) => ids.iter().for_each(|id| add(id, found)),
                    (_, value) => referenced_files(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| referenced_files(item, found)),
        _ => {}
    }
}

fn add(id: &Value, found: &mut BTreeSet<String>) {
    found.extend(id.as_str().filter(|id| ids::check(id).is_ok()).map(str::to_owned));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn file_references_are_found_at_any_depth() {
        let message = json!({
            "metadata": {"file_id": "file-no"},
            "attachments": [{"file_id": "file-a", "tools": []}],
            "content": [
                {"type": "image_file", "image_file": {"file_id": "file-b"}},
                {"type": "text", "text": {"value": "file_id", "annotations": [{"file_path": {"file_id": "file-c"}}]}}
            ],
            "tool_resources": {"code_interpreter": {"file_ids": ["file-d", "../x", 7]}},
            "step_details": {"tool_calls": [{"code_interpreter": {"outputs": [{"image": {"file_id": "file-e"}}]}}]},
            "other": {"file_id": null}
        });
        let mut found = BTreeSet::new();
        referenced_files(&message, &mut found);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["file-a", "file-b", "file-c", "file-d", "file-e"]);
    }
}
