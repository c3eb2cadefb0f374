//! Faults that alter responses. They imitate servers that omit members, use other object types, or return lists without
//! an end (docs/protocol/servers.md#observed-deviations). Responses that are not JSON stay unchanged.

use crate::json;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::Response;
use serde_json::{Map, Value};

/// Members that may be missing from objects and pages (docs/protocol/endpoints.md#lists-and-paging,
/// docs/protocol/objects.md).
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

/// Sets `has_more` of a page to true.
pub(super) async fn with_more_pages(response: Response) -> Response {
    with_changed_body(response, |body| {
        if body.contains_key("data") {
            body.insert("has_more".to_owned(), true.into());
        }
    })
    .await
}

/// Replaces the `object` member of the response, and of the objects in a page.
pub(super) async fn with_object_type(response: Response, name: &str) -> Response {
    with_changed_body(response, |body| {
        change_each_object(body, |object| {
            if let Some(known) = object.get_mut("object") {
                *known = name.into();
            }
        });
    })
    .await
}

/// Removes members from the response, and from the objects in a page. If `members` is empty, removes all optional
/// members and all members that are null.
pub(super) async fn without_members(response: Response, members: &[String]) -> Response {
    let named = |name: &str| members.iter().any(|member| member == name);
    with_changed_body(response, |body| {
        change_each_object(body, |object| {
            object.retain(|name, value| match members {
                [] => !value.is_null() && !OPTIONAL.contains(&name.as_str()),
                _ => !named(name),
            });
        });
    })
    .await
}

/// Changes the object of the response, and the objects in a page.
fn change_each_object(body: &mut Map<String, Value>, change: impl Fn(&mut Map<String, Value>)) {
    change(body);
    let items = body.get_mut("data").and_then(Value::as_array_mut);
    items.into_iter().flatten().filter_map(Value::as_object_mut).for_each(change);
}

/// Changes the body of a response if it is a JSON object.
async fn with_changed_body(response: Response, change: impl FnOnce(&mut Map<String, Value>)) -> Response {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !response.status().is_success() || !kind.is_some_and(|kind| kind.starts_with("application/json")) {
        return response;
    }
    let (mut head, content) = response.into_parts();
    // JSON responses of handlers are already in memory.
    let bytes = to_bytes(content, usize::MAX).await.unwrap_or_default();
    let Ok(Value::Object(mut body)) = json::stored(&bytes) else {
        return Response::from_parts(head, Body::from(bytes));
    };
    change(&mut body);
    head.headers.remove(CONTENT_LENGTH);
    Response::from_parts(head, Body::from(Value::Object(body).to_string()))
}
