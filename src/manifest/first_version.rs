//! Assistants in the form of the first version of the API: the tool `retrieval`, and `file_ids` beside the tools.

use serde_json::{Map, Value, json};

/// A conversion that was made, with the path of the member.
pub(super) struct Conversion {
    pub(super) path: String,
    pub(super) note: &'static str,
}

/// Converts an assistant from the form of the first version of the API. Returns the conversions that were made.
///
/// # Errors
/// Returns the reason why `file_ids` cannot be converted.
pub(super) fn converted(members: &mut Map<String, Value>) -> Result<Vec<Conversion>, &'static str> {
    let mut made = Vec::new();
    let tools = members.get_mut("tools").and_then(Value::as_array_mut);
    for (n, tool) in tools.into_iter().flatten().enumerate() {
        if tool["type"] == "retrieval" {
            *tool = json!({ "type": "file_search" });
            made.push(Conversion { path: format!("tools[{n}]"), note: "`retrieval` is read as `file_search`" });
        }
    }
    if !members.contains_key("file_ids") {
        return Ok(made);
    }
    let has = |kind: &str| {
        members
            .get("tools")
            .and_then(Value::as_array)
            .is_some_and(|tools| tools.iter().any(|tool| tool["type"] == kind))
    };
    if has("file_search") || !has("code_interpreter") {
        return Err("`file_ids` belongs to the first version of the API, and does not show which tool uses the files");
    }
    let ids = members.shift_remove("file_ids").unwrap_or_default();
    let resources = members.entry("tool_resources").or_insert_with(|| json!({}));
    if !resources.is_object() || resources.get("code_interpreter").is_some() {
        return Err("`file_ids` and `tool_resources.code_interpreter` are both set");
    }
    resources["code_interpreter"] = json!({ "file_ids": ids });
    let note = "`file_ids` is read as `tool_resources.code_interpreter.file_ids`";
    made.push(Conversion { path: "file_ids".to_owned(), note });
    Ok(made)
}
