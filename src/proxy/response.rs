//! The response to the caller, built from the response of the backend.

use super::headers;
use crate::http::ForwardedResponse;
use axum::{body::Body, response::Response};

/// Returns the response to the caller: the status and the headers of the backend's response, and `body`.
pub(super) fn with_body(backend: &ForwardedResponse, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = backend.status;
    *response.headers_mut() = headers::end_to_end(&backend.headers);
    response
}

/// Returns the request ID of a response of the backend.
pub(super) fn request_id(backend: &ForwardedResponse) -> Option<String> {
    crate::http::request_id(&backend.headers)
}
