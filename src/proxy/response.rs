//! The response of the proxy, made from that of the backend.

use super::headers;
use crate::http::ForwardedResponse;
use axum::{body::Body, response::Response};

/// Returns a response with this body and the head of the backend's response.
pub(super) fn respond(answer: &ForwardedResponse, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    *response.headers_mut() = headers::end_to_end(&answer.headers);
    response
}

/// Returns the request ID of a response of the backend.
pub(super) fn request_id(answer: &ForwardedResponse) -> Option<String> {
    crate::http::request_id(&answer.headers)
}
