//! Answers that do not say what they should: other servers of the protocol leave members out, name objects otherwise,
//! and have no end of their lists (docs/protocol/servers.md#observed-deviations). Answers that are no JSON pass as they
//! are.

use crate::json;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::Response;
use serde_json::{Map, Value};

/// Members that objects and pages may lack (docs/protocol/endpoints.md#lists-and-paging, docs/protocol/objects.md).
const OPTIONAL: &[&str] = &[
    "tool_resources",
    "temperature",
    "top_p",
    "response_format",
    "metadata",
    "first_id",
    "last_id",
    "incomplete_details",
    "completed_at",
    "incomplete_at",
    "attachments",
    "required_action",
    "status_details",
    "expires_at",
    "usage",
    "truncation_strategy",
    "parallel_tool_calls",
];

/// Lets a page of a list say that there is more.
pub(super) async fn endless(response: Response) -> Response {
    changed(response, |answer| {
        if answer.contains_key("data") {
            answer.insert("has_more".to_owned(), true.into());
        }
    })
    .await
}

/// Gives the answer and the objects of a page another name.
pub(super) async fn renamed(response: Response, name: &str) -> Response {
    changed(response, |answer| {
        each_object(answer, |object| {
            if let Some(known) = object.get_mut("object") {
                *known = name.into();
            }
        });
    })
    .await
}

/// Takes members out of the answer and the objects of a page; without names all that may be missing.
pub(super) async fn lacking(response: Response, members: &[String]) -> Response {
    let named = |name: &str| members.iter().any(|member| member == name);
    changed(response, |answer| {
        each_object(answer, |object| {
            object.retain(|name, value| match members {
                [] => !value.is_null() && !OPTIONAL.contains(&name.as_str()),
                _ => !named(name),
            });
        });
    })
    .await
}

fn each_object(answer: &mut Map<String, Value>, change: impl Fn(&mut Map<String, Value>)) {
    change(answer);
    let items = answer.get_mut("data").and_then(Value::as_array_mut);
    items.into_iter().flatten().filter_map(Value::as_object_mut).for_each(change);
}

/// Changes an answer that is a JSON object.
async fn changed(response: Response, change: impl FnOnce(&mut Map<String, Value>)) -> Response {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !response.status().is_success() || !kind.is_some_and(|kind| kind.starts_with("application/json")) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    // What a handler answers in JSON is in memory already.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Ok(Value::Object(mut answer)) = json::stored(&bytes) else {
        return Response::from_parts(head, Body::from(bytes));
    };
    change(&mut answer);
    head.headers.remove(CONTENT_LENGTH);
    Response::from_parts(head, Body::from(Value::Object(answer).to_string()))
}
