//! Rejection of requests: checks of the caller and of ambiguous requests, and the responses to rejected requests.

use super::ProxyState;
use crate::http::{self, HostCheck, TransportError};
use axum::{
    extract::Request,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
        uri::Authority,
    },
    response::{IntoResponse, Response},
};
use secrecy::ExposeSecret;
use serde_json::json;
use std::sync::atomic::Ordering;

/// Checks the caller of a request. Returns the error response if the request is rejected.
pub(super) fn check_caller(state: &ProxyState, request: &Request) -> Option<Response> {
    let headers = request.headers();
    let authority = request.uri().authority().map(Authority::as_str);
    if http::check_host(headers, authority, state.address, &[]) == HostCheck::Foreign {
        return Some(error_response(StatusCode::FORBIDDEN, "The Host header names another server.", "forbidden_host"));
    }
    if http::is_from_web_page(headers) {
        let message = "Requests from web pages (with an Origin header) are not accepted.";
        return Some(error_response(StatusCode::FORBIDDEN, message, "forbidden_origin"));
    }
    let azure_key = headers.get("api-key").and_then(|value| value.to_str().ok());
    let expected = state.settings.key.expose_secret();
    let mut keys = [http::bearer_token(headers), azure_key].into_iter().flatten();
    if !keys.any(|key| http::keys_are_equal(key, expected)) {
        let message = "This is the proxy of `asst record`. It accepts only the key that it gave to its command.";
        return Some(error_response(StatusCode::UNAUTHORIZED, message, "invalid_api_key"));
    }
    if state.closed.load(Ordering::SeqCst) {
        let message = "The recorded command has ended, so the proxy accepts no further requests.";
        return Some(error_response(StatusCode::SERVICE_UNAVAILABLE, message, "recording_ended"));
    }
    None
}

/// Headers that make some servers treat a request as one with another method.
const METHOD_OVERRIDES: [&str; 3] = ["x-http-method-override", "x-http-method", "x-method-override"];

/// Checks that all servers interpret a request in the same way. Otherwise returns the error response, because a server
/// could interpret the request as a create that is not recorded.
pub(super) fn check_ambiguity(request: &Request, path_is_ambiguous: bool) -> Option<Response> {
    let method = request.method().as_str();
    let only_reads = matches!(method, "GET" | "HEAD" | "OPTIONS");
    let reject = |message: &str, code: &str| Some(error_response(StatusCode::BAD_REQUEST, message, code));
    if path_is_ambiguous && !only_reads {
        let message = "The path contains control characters, an encoded '?' or '#', or text that is not UTF-8. \
        Servers interpret such paths differently, so the proxy cannot determine what the request creates.";
        return reject(message, "ambiguous_path");
    }
    let overrides = METHOD_OVERRIDES.iter().filter_map(|name| request.headers().get(*name));
    let mut overrides = overrides.filter_map(|value| value.to_str().ok());
    if method.bytes().any(|byte| byte.is_ascii_lowercase()) || overrides.any(|other| other != method) {
        let message = "The request has two methods, or a method that is not in capitals. The proxy cannot determine \
        what it creates.";
        return reject(message, "ambiguous_method");
    }
    None
}

/// Returns the response to a request to which the backend did not respond.
pub(super) fn unreachable(error: &TransportError) -> Response {
    error_response(StatusCode::BAD_GATEWAY, &error.to_string(), "backend_unreachable")
}

/// Returns the response to a request whose body exceeds the memory budget.
pub(super) fn overloaded() -> Response {
    let message = "Other requests use all the memory that this proxy reserves for bodies. Please try again.";
    let mut response = error_response(StatusCode::SERVICE_UNAVAILABLE, message, "proxy_overloaded");
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// Returns an error response in the envelope of the protocol (docs/protocol/errors.md#envelope).
pub(super) fn error_response(status: StatusCode, message: &str, code: &str) -> Response {
    let kind = if status.is_server_error() { "server_error" } else { "invalid_request_error" };
    let error = json!({ "error": { "message": message, "type": kind, "param": null, "code": code } });
    let mut response = (status, error.to_string()).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
