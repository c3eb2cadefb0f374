//! Faults that alter responses. They imitate servers that omit members, rename objects, or return lists without an end
//! (docs/protocol/servers.md#observed-deviations). Responses that are not JSON stay unchanged.

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

/// Marks a page of a list as having more pages after it.
pub(super) async fn endless(response: Response) -> Response {
    changed(response, |answer| {
        if answer.contains_key("data") {
            answer.insert("has_more".to_owned(), true.into());
        }
    })
    .await
}

/// Renames the `object` member of the response and of the objects in a page.
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

/// Removes members from the response and from the objects in a page. An empty list removes all optional members.
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

/// Changes a response that is a JSON object.
async fn changed(response: Response, change: impl FnOnce(&mut Map<String, Value>)) -> Response {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !response.status().is_success() || !kind.is_some_and(|kind| kind.starts_with("application/json")) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    // JSON responses of handlers are already in memory.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Ok(Value::Object(mut answer)) = json::stored(&bytes) else {
        return Response::from_parts(head, Body::from(bytes));
    };
    change(&mut answer);
    head.headers.remove(CONTENT_LENGTH);
    Response::from_parts(head, Body::from(Value::Object(answer).to_string()))
}
