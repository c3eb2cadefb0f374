//! The handler of all requests: checks the caller and the path, and decides whether the request is recorded.

use super::forward::{ForwardedRequest, InboundBody, passed_on, refused, watch};
use super::recorder::{RecordedRequest, recorded_endpoint};
use super::{ProxyState, path, rejection, unrecognised};
use crate::api;
use axum::{
    extract::{Request, State},
    http::{Method, StatusCode},
    response::Response,
};
use std::sync::Arc;
use tokio::sync::oneshot;

/// Handles one request.
pub(super) async fn handle(State(parts): State<Arc<ProxyState>>, request: Request) -> Response {
    if let Some(refusal) = rejection::check_caller(&parts, &request) {
        return refusal;
    }
    let uri = request.uri().clone();
    let own = match path::own(uri.path(), &parts.settings.base_path) {
        Ok(own) => own,
        Err(path::PathError::Outside) => {
            return rejection::error_response(
                StatusCode::BAD_REQUEST,
                "The path leads outside the base URL of the backend.",
                "invalid_path",
            );
        }
        Err(path::PathError::OtherProject) => {
            let message = "The path names another project than the profile that is recorded.";
            return rejection::error_response(StatusCode::BAD_REQUEST, message, "other_project");
        }
    };
    if let Some(refusal) = rejection::check_ambiguity(&request, own.ambiguous) {
        return refusal;
    }
    let watched = recorded_endpoint(request.method(), &own.protocol);
    let is_unrecognised =
        request.method() == Method::POST && api::endpoint_of(api::Method::Post, &own.protocol).is_none();
    let (head, body) = request.into_parts();
    let body = match InboundBody::take(&parts, &head, body).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let mut going = ForwardedRequest {
        parts,
        head,
        path: own.forwarded.to_owned(),
        body,
        is_read: watched.is_some() || is_unrecognised,
    };
    if is_unrecognised {
        let path = going.path.clone();
        let (reply, replied) = oneshot::channel();
        tokio::spawn(unrecognised::forward(going, path, reply));
        return replied.await.unwrap_or_else(|_| failed());
    }
    let Some((spec, ids)) = watched else {
        return match going.send().await {
            Ok(answer) if !answer.status.is_success() => refused(answer).await,
            Ok(answer) => passed_on(answer),
            Err(error) => rejection::unreachable(&error),
        };
    };
    let asked = RecordedRequest { spec, ids, body: going.body.members() };
    // The task continues if the caller disconnects, because the created objects must be recorded.
    let (reply, replied) = oneshot::channel();
    tokio::spawn(watch(going, asked, reply));
    replied.await.unwrap_or_else(|_| failed())
}

/// Returns the response for a task that ended without a response.
fn failed() -> Response {
    rejection::error_response(StatusCode::INTERNAL_SERVER_ERROR, "The proxy failed.", "internal_error")
}
