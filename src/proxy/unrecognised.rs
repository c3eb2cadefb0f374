//! POST requests whose path is not an endpoint of the protocol. Their response may contain a new object, whose ID must
//! not be lost.

use super::forward::{BodyStart, ForwardedRequest, forward_error, forward_unread, parse_response};
use super::recorder::Recorder;
use super::rejection;
use super::response::request_id;
use crate::api::{Kind, ids};
use crate::http::ForwardedResponse;
use axum::{http::header::CONTENT_TYPE, response::Response};
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::oneshot;

/// The maximum size in bytes of a response that is searched for an object.
const MAX_SEARCHED_RESPONSE: usize = 256 << 10;

/// Sends a request. If its response is an object of a recorded kind, the response goes to `reply` once the object is
/// recorded.
pub(super) async fn forward(mut request: ForwardedRequest, reply: oneshot::Sender<Response>) {
    let in_flight = Arc::clone(&request.state.in_flight).read_owned().await;
    let response = match request.send().await {
        Err(error) => rejection::unreachable(&error),
        Ok(response) if !response.status.is_success() => forward_error(response).await,
        Ok(response) if !is_json(&response) => forward_unread(response),
        Ok(response) => {
            let recorder = Arc::clone(&request.state.settings.recorder);
            record_object(response, recorder, request.path).await
        }
    };
    let _ = reply.send(response);
    drop(in_flight);
}

fn is_json(response: &ForwardedResponse) -> bool {
    let media_type = response.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().ends_with("json")
}

/// Reads a response, records the object in it if there is one, and returns the response unchanged.
async fn record_object(mut response: ForwardedResponse, recorder: Arc<dyn Recorder>, path: String) -> Response {
    let start = BodyStart::read(&mut response, MAX_SEARCHED_RESPONSE).await;
    if start.is_whole
        && let Some((kind, object)) = object_in(&start.bytes)
    {
        recorder.unrecognised(path, kind, object, request_id(&response)).await;
    }
    start.into_response(response)
}

/// Parses the body of a response. Returns its object if it is of a kind that the ledger records. The `object` member
/// determines the kind, or the prefix of the ID if there is no such member.
fn object_in(text: &[u8]) -> Option<(Kind, Value)> {
    let value = parse_response(text).ok()?;
    let id = value.get("id").and_then(Value::as_str).filter(|id| ids::check(id).is_ok())?;
    let kind = match value.get("object").and_then(Value::as_str) {
        Some(name) => Kind::ALL.into_iter().find(|kind| kind.object_type() == name)?,
        None => Kind::of_id(id)?,
    };
    kind.recorded().then_some((kind, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_objects_of_recorded_kinds_are_found() {
        for (text, expected) in [
            (r#"{"id":"thread_1","object":"thread"}"#, Some(Kind::Thread)),
            (r#"{"id":"x-1","object":"assistant"}"#, Some(Kind::Assistant)),
            (r#"{"id":"asst_abc123"}"#, Some(Kind::Assistant)),
            (r#"{"id":"chatcmpl-1","object":"chat.completion"}"#, None),
            (r#"{"id":"thread_1","object":"chat.completion"}"#, None),
            (r#"{"id":"msg_1","object":"thread.message"}"#, None),
            (r#"{"id":"../x","object":"thread"}"#, None),
            (r#"{"id":"","object":"thread"}"#, None),
            (r#"[{"id":"thread_1","object":"thread"}]"#, None),
            ("{", None),
        ] {
            assert_eq!(object_in(text.as_bytes()).map(|(kind, _)| kind), expected, "{text}");
        }
    }
}
