//! Who may call: the key, the host names that are the server's own, no browser pages, the beta header.

use super::dialect::{self, Spoken};
use super::{App, error::Refused, settings::OpenAi};
use crate::api::Dialect;
use axum::{
    extract::Request,
    http::{HeaderMap, Method, StatusCode, Version, header, uri::Authority},
};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// Refuses what may not pass; returns how the rest speaks.
pub(super) fn check(app: &App, request: &Request) -> Result<Spoken, Refused> {
    let path = request.uri().path();
    let (dialect, own) = dialect::of_path(path);
    own_host(app, request)?;
    no_origin(request.headers())?;
    key(app, request.headers(), dialect)?;
    let version = dialect::version(path, dialect, request.uri().query().unwrap_or_default())?;
    if dialect == Dialect::OpenAi && (own.starts_with("/assistants") || own.starts_with("/threads")) {
        beta(request.headers())?;
        match app.settings.openai {
            OpenAi::Retired => return Err(Refused::wordless(StatusCode::NOT_FOUND)),
            OpenAi::Compatible if request.method() == Method::GET && own == "/threads" => {
                return Err(session_key(path));
            }
            OpenAi::Extended | OpenAi::Compatible => {}
        }
    }
    Ok(Spoken { dialect, version })
}

/// A page of another site that has its name point here (DNS rebinding) still sends that name.
fn own_host(app: &App, request: &Request) -> Result<(), Refused> {
    let headers = request.headers().get_all(header::HOST).iter().map(|host| host.to_str().unwrap_or_default());
    let hosts: Vec<&str> = headers.chain(request.uri().authority().map(Authority::as_str)).collect();
    if hosts.is_empty() && request.version() > Version::HTTP_10 {
        return Err(Refused::bad("The request has no Host header."));
    }
    if hosts.iter().all(|host| is_own(app, host)) {
        return Ok(());
    }
    Err(Refused::new(StatusCode::FORBIDDEN, "The Host header names another server.").code("forbidden_host"))
}

fn is_own(app: &App, host: &str) -> bool {
    let name = match (host.strip_prefix('['), host.rsplit_once(':')) {
        (Some(v6), _) => v6.split(']').next().unwrap_or_default(),
        (None, Some((name, port))) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let named = |own: &str| own.eq_ignore_ascii_case(name) || own.eq_ignore_ascii_case(host);
    match name.parse::<IpAddr>() {
        // Behind an address that stands for all of them, only a name could be another's.
        Ok(ip) => ip.is_loopback() || ip == app.address.ip() || app.address.ip().is_unspecified(),
        Err(_) => named("localhost") || app.settings.hosts.iter().any(|own| named(own)),
    }
}

fn no_origin(headers: &HeaderMap) -> Result<(), Refused> {
    if !headers.contains_key(header::ORIGIN) {
        return Ok(());
    }
    let message = "Requests of web pages (with an Origin header) are not accepted.";
    Err(Refused::new(StatusCode::FORBIDDEN, message).code("forbidden_origin"))
}

/// Keys come as bearers; Azure OpenAI takes them in a header of its own, too.
fn key(app: &App, headers: &HeaderMap, dialect: Dialect) -> Result<(), Refused> {
    let Some(wanted) = &app.settings.key else { return Ok(()) };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text("authorization").and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
    });
    let own = (dialect == Dialect::AzureOpenAi).then(|| text("api-key")).flatten();
    let given = match bearer.or(own) {
        Some(given) if !given.is_empty() => given,
        _ => {
            let message = "You didn't provide an API key. You need to provide your API key in an Authorization header \
                           using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).";
            return Err(Refused::new(StatusCode::UNAUTHORIZED, message));
        }
    };
    // Digests take the same time to compare whatever was sent.
    let (given_digest, wanted) = (Sha256::digest(given), Sha256::digest(wanted.expose_secret()));
    if given_digest.iter().zip(wanted.iter()).fold(0, |differences, (a, b)| differences | (a ^ b)) == 0 {
        return Ok(());
    }
    let message = format!("Incorrect API key provided: {}.", masked(given));
    Err(Refused::new(StatusCode::UNAUTHORIZED, message).code("invalid_api_key"))
}

/// Shows enough of a key to recognise it, and nothing of a short one.
fn masked(key: &str) -> String {
    let all: Vec<char> = key.chars().collect();
    match all.as_slice() {
        [a, b, middle @ .., y, z] if middle.len() >= 8 => format!("{a}{b}***{y}{z}"),
        _ => "***".to_owned(),
    }
}

fn beta(headers: &HeaderMap) -> Result<(), Refused> {
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
    Err(Refused::bad(message).code("invalid_beta"))
}

fn session_key(path: &str) -> Refused {
    let message = format!(
        "Your request to GET {path} must be made with a session key (that is, it can only be made from the browser). \
         You made it with the following key type: secret."
    );
    Refused::new(StatusCode::UNAUTHORIZED, message).code("missing_scope")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_key_is_not_shown_at_all() {
        assert_eq!(masked("sk-1234567890"), "sk***90");
        assert_eq!(masked("secret"), "***");
        assert_eq!(masked("éééééééééééé"), "éé***éé");
    }
}
