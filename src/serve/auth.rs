//! Access control. A request needs the right key and a host name of this server. It must not come from a web page. Some
//! endpoints require the beta header.

use crate::api::Dialect;
use crate::http::{self, HostCheck};
use crate::serve::dialect;
use crate::serve::dialect::RequestDialect;
use crate::serve::error::ErrorResponse;
use crate::serve::settings::OpenAiMode;
use crate::serve::state::AppState;
use axum::{
    extract::Request,
    http::{HeaderMap, Method, StatusCode, Version, uri::Authority},
};
use secrecy::ExposeSecret;

/// Checks that a request is allowed. Returns its dialect and version.
pub(super) fn check(state: &AppState, request: &Request) -> Result<RequestDialect, ErrorResponse> {
    let path = request.uri().path();
    let (dialect, protocol_path) = dialect::of_path(path);
    check_host(state, request)?;
    check_origin(request.headers())?;
    check_key(state, request.headers(), dialect)?;
    let version = dialect::version(path, dialect, request.uri().query().unwrap_or_default())?;
    if dialect == Dialect::OpenAi && is_retired(protocol_path) {
        check_beta(request.headers())?;
        match state.settings.openai {
            OpenAiMode::Retired => return Err(ErrorResponse::empty(StatusCode::NOT_FOUND)),
            OpenAiMode::Compatible if request.method() == Method::GET && protocol_path == "/threads" => {
                return Err(session_key_required(path));
            }
            OpenAiMode::Extended | OpenAiMode::Compatible => {}
        }
    }
    Ok(RequestDialect { dialect, version })
}

/// Returns `true` for the endpoints that OpenAI has retired. They require the beta header.
fn is_retired(protocol_path: &str) -> bool {
    protocol_path.starts_with("/assistants") || protocol_path.starts_with("/threads")
}

fn check_host(state: &AppState, request: &Request) -> Result<(), ErrorResponse> {
    let authority = request.uri().authority().map(Authority::as_str);
    match http::check_host(request.headers(), authority, state.address, &state.settings.hosts) {
        HostCheck::Missing if request.version() > Version::HTTP_10 => {
            Err(ErrorResponse::bad_request("The request has no Host header."))
        }
        HostCheck::Missing | HostCheck::Own => Ok(()),
        HostCheck::Foreign => {
            Err(ErrorResponse::new(StatusCode::FORBIDDEN, "The Host header does not name this server.")
                .code("forbidden_host"))
        }
    }
}

fn check_origin(headers: &HeaderMap) -> Result<(), ErrorResponse> {
    if !http::is_from_web_page(headers) {
        return Ok(());
    }
    let message = "Requests from web pages (with an Origin header) are not accepted.";
    Err(ErrorResponse::new(StatusCode::FORBIDDEN, message).code("forbidden_origin"))
}

/// Checks the key of a request, which is a bearer token. In the Azure OpenAI dialect, the header `api-key` is accepted
/// too.
fn check_key(state: &AppState, headers: &HeaderMap, dialect: Dialect) -> Result<(), ErrorResponse> {
    let Some(expected) = &state.settings.key else { return Ok(()) };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let azure_key = (dialect == Dialect::AzureOpenAi).then(|| text("api-key")).flatten();
    let given = match http::bearer_token(headers).or(azure_key) {
        Some(given) if !given.is_empty() => given,
        _ => {
            let message = "You didn't provide an API key. You need to provide your API key in an Authorization header \
                           using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).";
            return Err(ErrorResponse::new(StatusCode::UNAUTHORIZED, message));
        }
    };
    if http::keys_are_equal(given, expected.expose_secret()) {
        return Ok(());
    }
    let message = format!("Incorrect API key provided: {}.", masked(given));
    Err(ErrorResponse::new(StatusCode::UNAUTHORIZED, message).code("invalid_api_key"))
}

/// Returns the key that a request carries, whether or not one is required.
pub(super) fn key_of(headers: &HeaderMap) -> &str {
    let azure_key = headers.get("api-key").and_then(|value| value.to_str().ok());
    http::bearer_token(headers).or(azure_key).unwrap_or_default()
}

/// Shortens a key so that it can still be recognised. A short key is hidden completely.
fn masked(key: &str) -> String {
    let characters: Vec<char> = key.chars().collect();
    match characters.as_slice() {
        [a, b, middle @ .., y, z] if middle.len() >= 8 => format!("{a}{b}***{y}{z}"),
        _ => "***".to_owned(),
    }
}

fn check_beta(headers: &HeaderMap) -> Result<(), ErrorResponse> {
    let given = headers.get_all("openai-beta").iter().filter_map(|value| value.to_str().ok());
    let given: Vec<&str> = given.flat_map(|value| value.split(',')).map(str::trim).collect();
    if given.contains(&"assistants=v2") {
        return Ok(());
    }
    let message = if given.contains(&"assistants=v1") {
        "The v1 Assistants API has been deprecated and is no longer available. Please try again by setting the header \
         'OpenAI-Beta: assistants=v2'."
    } else {
        "You must provide the 'OpenAI-Beta' header to access the Assistants API. Please try again by setting the \
         header 'OpenAI-Beta: assistants=v2'."
    };
    Err(ErrorResponse::bad_request(message).code("invalid_beta"))
}

/// Returns OpenAI's error for a list of threads, which only its website could request.
fn session_key_required(path: &str) -> ErrorResponse {
    let message = format!(
        "Your request to GET {path} must be made with a session key (that is, it can only be made from the browser). \
         You made it with the following key type: secret."
    );
    ErrorResponse::new(StatusCode::UNAUTHORIZED, message).code("missing_scope")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_key_is_hidden_completely() {
        assert_eq!(masked("sk-1234567890"), "sk***90");
        assert_eq!(masked("secret"), "***");
        assert_eq!(masked("éééééééééééé"), "éé***éé");
    }
}
