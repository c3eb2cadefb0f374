//! Builds new assistants.

use super::members::{default_value, merge};
use crate::api::objects::{Assistant, JsonObject};
use serde_json::{Map, Value};

/// The members of an assistant in the order of responses. The ID, the type, and the time of creation come before them.
const MEMBERS: [&str; 10] = [
    "name",
    "description",
    "model",
    "instructions",
    "tools",
    "top_p",
    "temperature",
    "tool_resources",
    "metadata",
    "response_format",
];

/// Returns the assistant that a request creates, without its ID, its time of creation, and its tool resources.
///
/// Takes the request by value, because its instructions can be long.
pub(in crate::serve) fn from_request(request: Map<String, Value>) -> Assistant {
    let mut members = Map::from_iter(["id", "object", "created_at"].map(|name| (name.to_owned(), Value::Null)));
    members.extend(MEMBERS.map(|name| (name.to_owned(), default_value(name))));
    merge(&mut members, request);
    members.insert("object".to_owned(), "assistant".into());
    Assistant::from_map(members)
}
