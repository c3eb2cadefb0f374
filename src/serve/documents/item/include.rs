//! The members of items that a response contains only if the `include` of the request lists them
//! (docs/protocol/conversations.md#objects).

use crate::api::check::InvalidRequest;
use crate::api::objects::{ConversationItem, JsonObject};
use crate::json;
use serde_json::{Map, Value, json};

/// The valid values of the parameter `include`.
const FIELDS: [&str; 8] = [
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
];

/// The values of the parameter `include` of a request.
#[derive(Debug, Default)]
pub(in crate::serve) struct Include(Vec<String>);

impl Include {
    /// Reads the parameter `include` of a request.
    ///
    /// # Errors
    /// Returns an error if a value is not one of [`FIELDS`].
    pub(in crate::serve) fn new(fields: Option<Vec<String>>) -> Result<Self, InvalidRequest> {
        let fields = fields.unwrap_or_default();
        match fields.iter().enumerate().find(|(_, field)| !FIELDS.contains(&field.as_str())) {
            Some((n, field)) => {
                let shown: String = field.chars().take(64).collect();
                Err(InvalidRequest::wrong_word(&format!("include[{n}]"), &shown, &FIELDS))
            }
            None => Ok(Self(fields)),
        }
    }

    /// Parses a stored item, and returns it as the response contains it.
    pub(in crate::serve) fn filtered(&self, item: &str) -> Result<String, json::Error> {
        let mut item = json::stored(item).and_then(json::into_object)?;
        self.apply(&mut item);
        Ok(ConversationItem::from_map(item).to_json())
    }

    /// Removes the members of [`FIELDS`] that the request does not include.
    pub(in crate::serve) fn apply(&self, item: &mut Map<String, Value>) {
        match item.get("type").and_then(Value::as_str).unwrap_or_default() {
            "file_search_call" => self.remove("file_search_call.results", item, "results"),
            "web_search_call" => {
                self.remove("web_search_call.results", item, "results");
                if let Some(action) = item.get_mut("action").and_then(Value::as_object_mut) {
                    self.remove("web_search_call.action.sources", action, "sources");
                }
            }
            "computer_call_output" => {
                if let Some(output) = item.get_mut("output").and_then(Value::as_object_mut) {
                    self.remove("computer_call_output.output.image_url", output, "image_url");
                }
            }
            // Responses always have this member.
            "code_interpreter_call" if !self.has("code_interpreter_call.outputs") => {
                item.insert("outputs".to_owned(), Value::Null);
            }
            "reasoning" => self.remove("reasoning.encrypted_content", item, "encrypted_content"),
            "message" => {
                let parts = item.get_mut("content").and_then(Value::as_array_mut).into_iter().flatten();
                parts.filter_map(Value::as_object_mut).for_each(|part| self.apply_to_part(part));
            }
            _ => {}
        }
    }

    fn apply_to_part(&self, part: &mut Map<String, Value>) {
        match part.get("type").and_then(Value::as_str).unwrap_or_default() {
            "input_image" => self.remove("message.input_image.image_url", part, "image_url"),
            // Responses always have this member.
            "output_text" if !self.has("message.output_text.logprobs") => {
                part.insert("logprobs".to_owned(), json!([]));
            }
            _ => {}
        }
    }

    /// Removes a member of `object`, unless the request includes `field`.
    fn remove(&self, field: &str, object: &mut Map<String, Value>, member: &str) {
        if !self.has(field) {
            object.shift_remove(member);
        }
    }

    fn has(&self, field: &str) -> bool {
        self.0.iter().any(|included| included == field)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_member_appears_only_if_it_is_included() {
        let image = json!({"type": "input_image", "image_url": "u", "detail": "auto"});
        let text = json!({"type": "output_text", "text": "t", "annotations": [], "logprobs": [1]});
        let table = [
            (0, json!({"type": "file_search_call", "results": [1]}), "/results", Value::Null),
            (1, json!({"type": "web_search_call", "results": [1]}), "/results", Value::Null),
            (2, json!({"type": "web_search_call", "action": {"sources": [1]}}), "/action/sources", Value::Null),
            (3, json!({"type": "message", "content": [image]}), "/content/0/image_url", Value::Null),
            (
                4,
                json!({"type": "computer_call_output", "output": {"image_url": "u"}}),
                "/output/image_url",
                Value::Null,
            ),
            (5, json!({"type": "code_interpreter_call", "outputs": [1]}), "/outputs", Value::Null),
            (6, json!({"type": "reasoning", "encrypted_content": "x"}), "/encrypted_content", Value::Null),
            (7, json!({"type": "message", "content": [text]}), "/content/0/logprobs", json!([])),
        ];
        for (n, item, pointer, hidden) in table {
            let text = item.to_string();
            let read = |include: Vec<String>| -> Value {
                json::read(Include::new(Some(include)).unwrap().filtered(&text).unwrap()).unwrap()
            };
            let without =
                read(FIELDS.iter().filter(|field| **field != FIELDS[n]).map(|field| (*field).into()).collect());
            assert_eq!(without.pointer(pointer).unwrap_or(&Value::Null), &hidden, "{item}");
            assert_eq!(read(vec![FIELDS[n].into()]), item);
        }
        let refusal = Include::new(Some(vec![FIELDS[0].into(), "x".into()])).unwrap_err();
        assert_eq!((refusal.param.as_str(), refusal.code), ("include[1]", "invalid_value"));
    }
}
