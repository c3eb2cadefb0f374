//! Builds the content of message items. A plain text becomes a content part, and parts get the members that responses
//! always contain.

use crate::api::check::{InvalidRequest, Type};
use crate::api::objects::{ItemContentType, OpenEnum};
use serde_json::{Map, Value, json};

const ROLES: [&str; 4] = ["user", "assistant", "system", "developer"];

/// Returns the content of a message as a list of parts.
///
/// # Errors
/// Returns an error if the role or the content violates the rules of the protocol. `param` is the path of the message.
pub(super) fn content(message: &Map<String, Value>, param: &str) -> Result<Vec<Value>, InvalidRequest> {
    let role = super::text_member(message, "role", param)?;
    if !ROLES.contains(&role) {
        return Err(InvalidRequest::wrong_word(
            &format!("{param}.role"),
            &role.chars().take(64).collect::<String>(),
            &ROLES,
        ));
    }
    let param = format!("{param}.content");
    match message.get("content") {
        Some(Value::String(text)) => Ok(vec![text_part(role, text)]),
        Some(Value::Array(parts)) => {
            parts.iter().enumerate().map(|(n, part)| stored_part(role, part, &format!("{param}[{n}]"))).collect()
        }
        content => {
            let found = content.unwrap_or(&Value::Null);
            Err(InvalidRequest::wrong_type(&param, &[Type::String, Type::Array], found))
        }
    }
}

fn text_part(role: &str, text: &str) -> Value {
    if role == "assistant" {
        return json!({ "type": ItemContentType::OutputText.name(), "text": text, "annotations": [], "logprobs": [] });
    }
    json!({ "type": ItemContentType::InputText.name(), "text": text })
}

/// Returns a content part with the members that responses always contain.
fn stored_part(role: &str, part: &Value, param: &str) -> Result<Value, InvalidRequest> {
    const OF_ASSISTANT: [ItemContentType; 2] = [ItemContentType::OutputText, ItemContentType::Refusal];
    let Value::Object(part) = part else {
        return Err(InvalidRequest::wrong_type(param, &[Type::Object], part));
    };
    let name = super::text_member(part, "type", param)?;
    let kind = ItemContentType::named(name);
    if role == "assistant" && !kind.is_some_and(|kind| OF_ASSISTANT.contains(&kind)) {
        let shown: String = name.chars().take(64).collect();
        return Err(InvalidRequest::wrong_word(param, &shown, &OF_ASSISTANT.map(OpenEnum::name)));
    }
    let defaults: &[(&str, Value)] = match kind {
        Some(ItemContentType::OutputText) => {
            super::text_member(part, "text", param)?;
            &[("annotations", json!([])), ("logprobs", json!([]))]
        }
        Some(ItemContentType::InputText | ItemContentType::Text) => {
            super::text_member(part, "text", param)?;
            &[]
        }
        Some(ItemContentType::Refusal) => {
            super::text_member(part, "refusal", param)?;
            &[]
        }
        Some(ItemContentType::InputImage) => &[("detail", "auto".into())],
        _ => &[],
    };
    let mut part = part.clone();
    for (name, value) in defaults {
        if part.get(*name).is_none_or(Value::is_null) {
            part.insert((*name).to_owned(), value.clone());
        }
    }
    Ok(part.into())
}
