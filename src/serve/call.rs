//! A request as its handler gets it: ids, query and body, held against the protocol's facts (PROTOCOL.md 3.3).

use super::body::has_stalled;
use super::dialect::Spoken;
use super::error::Refused;
use super::router;
use crate::api::check::{self, Rules};
use crate::api::{Dialect, Endpoint, Kind, Method, PathArgs, ids};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequestParts, RawPathParams, Request},
    http::{HeaderMap, StatusCode, header::CONTENT_LENGTH, header::CONTENT_TYPE, request::Parts},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Most bytes of a body; files have a limit of their own.
pub(super) const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// A decoded request.
#[derive(Debug)]
pub(super) struct Call<E: Endpoint> {
    pub(super) ids: E::Path,
    pub(super) query: E::Query,
    pub(super) body: Map<String, Value>,
    pub(super) dialect: Dialect,
}

impl<E: Endpoint> Call<E> {
    /// Reads and checks a whole request.
    pub(super) async fn read(request: Request) -> Result<Self, Refused> {
        let Spoken { dialect, version } = router::spoken(&request);
        let rules = Rules::incoming(dialect).of_version(version.as_deref());
        let (mut parts, body) = request.into_parts();
        let ids = path_ids::<E>(&mut parts).await?;
        let query = query::<E>(parts.uri.query().unwrap_or_default(), rules)?;
        let body = match E::METHOD {
            Method::Post => {
                let body = object(&parts.headers, body).await?;
                check::body::<E>(&body, rules)?;
                typed::<E::Body>(Value::Object(body.clone()))?;
                body
            }
            // A client may say that nothing is JSON.
            Method::Get | Method::Delete => Map::new(),
        };
        Ok(Self { ids, query, body, dialect })
    }
}

async fn path_ids<E: Endpoint>(parts: &mut Parts) -> Result<E::Path, Refused> {
    let params = RawPathParams::from_request_parts(parts, &()).await;
    let params = params.map_err(|error| Refused::bad(error.to_string()))?;
    let kinds = E::Path::KINDS;
    // A project in front of the protocol's own path is not an id of it.
    let surplus = params.iter().count().saturating_sub(kinds.len());
    let named: Vec<(&str, &str)> = params.iter().skip(surplus).collect();
    // Each is looked at once, unless one does not fit.
    let fit = kinds.iter().zip(&named).all(|(kind, (_, text))| *kind == Kind::File || text.starts_with(kind.prefix()));
    let texts: Vec<&str> = named.iter().map(|(_, text)| *text).collect();
    match E::Path::from_texts(&texts) {
        Ok(ids) if fit => Ok(ids),
        read => {
            kinds.iter().zip(&named).try_for_each(|(kind, (name, text))| fitting(*kind, name, text))?;
            read.map_err(|error| Refused::bad(error.to_string()).code("invalid_value"))
        }
    }
}

/// This server's own ids all have a prefix, so that another can only be a mistake. A file is plainly not found.
fn fitting(kind: Kind, name: &str, text: &str) -> Result<(), Refused> {
    if kind == Kind::File {
        return ids::check(text).map_err(|_| Refused::missing(kind, &text.chars().take(64).collect::<String>()));
    }
    if text.starts_with(kind.prefix()) && ids::check(text).is_ok() {
        return Ok(());
    }
    let shown: String = text.chars().take(64).collect();
    let prefix = kind.prefix().trim_end_matches(['_', '-']);
    let message = format!("Invalid '{name}': '{shown}'. Expected an ID that begins with '{prefix}'.");
    Err(Refused::bad(message).code("invalid_value").param(name))
}

/// Reads the parameters of a URL; a key that ends in `[]` is an array.
fn query<E: Endpoint>(text: &str, rules: Rules) -> Result<E::Query, Refused> {
    let mut map = Map::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (key, value) = (decoded(key)?, decoded(value)?);
        // Azure's and Foundry's clients say their version with every call.
        if key == "api-version" || check::ignores_query::<E>(&key, rules) {
            continue;
        }
        if key.ends_with("[]") {
            if let Value::Array(items) = map.entry(key).or_insert_with(|| Value::Array(Vec::new())) {
                items.push(value.into());
            }
            continue;
        }
        let number = value.parse::<i64>().ok().filter(|_| check::numeric::<E>(&key));
        map.insert(key, number.map_or(Value::String(value), Value::from));
    }
    check::query::<E>(&map, rules)?;
    typed(Value::Object(map))
}

fn decoded(text: &str) -> Result<String, Refused> {
    let text = text.replace('+', " ");
    match percent_encoding::percent_decode_str(&text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(Refused::bad("The query of the URL is not UTF-8.")),
    }
}

fn typed<T: DeserializeOwned>(mut value: Value) -> Result<T, Refused> {
    shorten(&mut value);
    serde_json::from_value(value).map_err(|error| Refused::bad(format!("Invalid request: {error}.")))
}

/// Writes numbers as the machine would: a flattened struct reads no other (`0.70`).
fn shorten(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Some(short) = number.as_f64().and_then(serde_json::Number::from_f64) {
                *number = short;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::Object(members) => members.values_mut().for_each(shorten),
        _ => {}
    }
}

async fn object(headers: &HeaderMap, body: Body) -> Result<Map<String, Value>, Refused> {
    let bytes = whole(headers, body).await?;
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind != "application/json" && !kind.ends_with("+json") {
        let message = format!(
            "Unsupported content type: '{}'. This API method only accepts 'application/json' requests, but you \
             specified the header 'Content-Type: {0}'. Please try again with a supported content type.",
            kind.chars().take(64).collect::<String>()
        );
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message).code("unsupported_content_type"));
    }
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(Refused::bad("The JSON body of your request must be an object.")),
        Err(_) => Err(Refused::bad(
            "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP \
             library correctly. The API expects a JSON payload, but what was sent was not valid JSON.)",
        )),
    }
}

async fn whole(headers: &HeaderMap, body: Body) -> Result<Bytes, Refused> {
    let too_large = || {
        let message = format!("The body of your request is too large: at most {BODY_LIMIT} bytes are accepted.");
        Refused::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    };
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > BODY_LIMIT) {
        return Err(too_large());
    }
    match to_bytes(body, BODY_LIMIT).await {
        Ok(bytes) => Ok(bytes),
        Err(error) if std::error::Error::source(&error).is_some_and(|cause| cause.to_string().contains("limit")) => {
            Err(too_large())
        }
        Err(error) if has_stalled(&error) => Err(Refused::stalled()),
        Err(_) => Err(Refused::bad("The body of your request broke off.")),
    }
}
