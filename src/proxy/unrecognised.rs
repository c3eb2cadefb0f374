//! POST requests whose path is not an endpoint of the protocol. Their response may contain a new object, whose ID must
//! not be lost.

use super::forward::{BodyStart, ForwardedRequest, object_of, passed_on, refused};
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
const LONGEST: usize = 256 << 10;

/// Sends a request. If its response is an object of a recorded kind, the response goes to `reply` once the object is
/// recorded.
pub(super) async fn forward(mut request: ForwardedRequest, path: String, reply: oneshot::Sender<Response>) {
    let in_flight = Arc::clone(&request.parts.in_flight).read_owned().await;
    let response = match request.send().await {
        Err(error) => rejection::unreachable(&error),
        Ok(answer) if !answer.status.is_success() => refused(answer).await,
        Ok(answer) if !is_json(&answer) => passed_on(answer),
        Ok(answer) => {
            let recorder = Arc::clone(&request.parts.settings.recorder);
            searched(answer, recorder, path).await
        }
    };
    let _ = reply.send(response);
    drop(in_flight);
}

fn is_json(answer: &ForwardedResponse) -> bool {
    let kind = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().ends_with("json")
}

/// Reads a response, records the object in it, and returns it unchanged.
async fn searched(mut answer: ForwardedResponse, recorder: Arc<dyn Recorder>, path: String) -> Response {
    let beginning = BodyStart::read(&mut answer, LONGEST).await;
    if beginning.is_whole
        && let Some((kind, object)) = object_in(&beginning.bytes)
    {
        recorder.unrecognised(path, kind, object, request_id(&answer)).await;
    }
    beginning.into_response(answer)
}

/// Returns the object of a recorded kind that is the whole text. Its kind is that of its `object` member, or of the
/// prefix of its ID if it has no such member.
fn object_in(text: &[u8]) -> Option<(Kind, Value)> {
    let value = object_of(text).ok()?;
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
