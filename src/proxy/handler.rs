//! The handler of all requests. It checks the caller and the path, and decides whether the request is recorded.

use super::forward::{ForwardedRequest, InboundBody, forward_error, forward_recorded, forward_unread};
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
pub(super) async fn handle(State(state): State<Arc<ProxyState>>, request: Request) -> Response {
    if let Some(response) = rejection::check_caller(&state, &request) {
        return response;
    }
    let uri = request.uri().clone();
    let path = match path::split(uri.path(), &state.settings.base_path) {
        Ok(path) => path,
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
    if let Some(response) = rejection::check_ambiguity(&request, path.ambiguous) {
        return response;
    }
    let endpoint = recorded_endpoint(request.method(), &path.protocol);
    let is_unrecognised =
        request.method() == Method::POST && api::endpoint_of(api::Method::Post, &path.protocol).is_none();
    let (head, body) = request.into_parts();
    let body = match InboundBody::receive(&state, &head, body).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let mut request = ForwardedRequest {
        state,
        head,
        path: path.forwarded.to_owned(),
        body,
        is_read: endpoint.is_some() || is_unrecognised,
    };
    if is_unrecognised {
        let (reply, response) = oneshot::channel();
        tokio::spawn(unrecognised::forward(request, reply));
        return response.await.unwrap_or_else(|_| task_failed());
    }
    let Some((spec, ids)) = endpoint else {
        return match request.send().await {
            Ok(response) if !response.status.is_success() => forward_error(response).await,
            Ok(response) => forward_unread(response),
            Err(error) => rejection::unreachable(&error),
        };
    };
    let recorded = RecordedRequest { spec, ids, body: request.body.members() };
    // The task continues if the caller disconnects, because the created objects must be recorded.
    let (reply, response) = oneshot::channel();
    tokio::spawn(forward_recorded(request, recorded, reply));
    response.await.unwrap_or_else(|_| task_failed())
}

/// Returns the response for a task that ended without a response.
fn task_failed() -> Response {
    rejection::error_response(StatusCode::INTERNAL_SERVER_ERROR, "The proxy failed.", "internal_error")
}
