//! Decoding of requests: the IDs in the path, the query and the body, with the checks of the protocol
//! (docs/protocol/errors.md#known-errors).

use crate::api::check::{self, Rules};
use crate::api::{Dialect, Endpoint, Kind, Method, PathArgs, ids};
use crate::serve::connection::json_body::{BodyMemory, ReservedMemory};
use crate::serve::dialect::RequestDialect;
use crate::serve::error::ErrorResponse;
use axum::{
    extract::{FromRequestParts, RawPathParams, Request},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE, request::Parts},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};

/// A decoded and checked request to the endpoint `E`.
#[derive(Debug)]
pub(super) struct ApiRequest<E: Endpoint> {
    pub(super) ids: E::Path,
    pub(super) query: E::Query,
    pub(super) body: Map<String, Value>,
    pub(super) dialect: Dialect,
    /// The memory of the body, reserved until the request is answered.
    _memory: Option<ReservedMemory>,
}

impl<E: Endpoint> ApiRequest<E> {
    /// Decodes and checks a request, including its body.
    pub(super) async fn read(memory: &BodyMemory, request: Request) -> Result<Self, ErrorResponse> {
        let RequestDialect { dialect, version } = RequestDialect::of(&request);
        let rules = Rules::incoming(dialect).of_version(version.as_deref());
        let (mut parts, body) = request.into_parts();
        let ids = path_ids::<E>(&mut parts).await?;
        let query = query::<E>(parts.uri.query().unwrap_or_default(), rules)?;
        let (body, reserved) = match E::METHOD {
            Method::Post => {
                let read = memory.read(&parts.headers, body, || require_json(&parts.headers)).await?;
                let (body, reserved) = match read {
                    None => (Map::new(), None),
                    Some((Value::Object(body), reserved)) => (body, Some(reserved)),
                    Some(_) => {
                        return Err(ErrorResponse::bad_request("The JSON body of your request must be an object."));
                    }
                };
                check::body::<E>(&body, rules)?;
                deserialize::<E::Body>(upper_levels(&body))?;
                (body, reserved)
            }
            // The body is ignored, because some clients declare an empty body as JSON.
            Method::Get | Method::Delete => (Map::new(), None),
        };
        Ok(Self { ids, query, body, dialect, _memory: reserved })
    }
}

/// Decodes only the IDs in the path of a request, whose body the handler reads itself.
pub(super) async fn decode_path<E: Endpoint>(request: Request) -> Result<(E::Path, Request), ErrorResponse> {
    let (mut parts, body) = request.into_parts();
    let ids = path_ids::<E>(&mut parts).await?;
    Ok((ids, Request::from_parts(parts, body)))
}

async fn path_ids<E: Endpoint>(parts: &mut Parts) -> Result<E::Path, ErrorResponse> {
    let params = RawPathParams::from_request_parts(parts, &()).await;
    let params = params.map_err(|error| ErrorResponse::bad_request(error.to_string()))?;
    let kinds = E::Path::KINDS;
    // The project in the prefix of Foundry's paths is not one of the IDs.
    let surplus = params.iter().count().saturating_sub(kinds.len());
    let named: Vec<(&str, &str)> = params.iter().skip(surplus).collect();
    // Valid IDs are checked only once. The detailed check runs only for the error message.
    let have_prefixes =
        kinds.iter().zip(&named).all(|(kind, (_, text))| *kind == Kind::File || text.starts_with(kind.prefix()));
    let texts: Vec<&str> = named.iter().map(|(_, text)| *text).collect();
    match E::Path::from_texts(&texts) {
        Ok(ids) if have_prefixes => Ok(ids),
        decoded => {
            kinds.iter().zip(&named).try_for_each(|(kind, (name, text))| check_id(*kind, name, text))?;
            decoded.map_err(|error| ErrorResponse::bad_request(error.to_string()).code("invalid_value"))
        }
    }
}

/// Checks an ID of the path.
///
/// All IDs of this server have the prefix of their kind, so an ID with another prefix is an error of the caller. A
/// malformed file ID is reported as not found.
fn check_id(kind: Kind, name: &str, text: &str) -> Result<(), ErrorResponse> {
    if kind == Kind::File {
        return ids::check(text)
            .map_err(|_| ErrorResponse::not_found(kind, &text.chars().take(64).collect::<String>()));
    }
    if text.starts_with(kind.prefix()) && ids::check(text).is_ok() {
        return Ok(());
    }
    let shown: String = text.chars().take(64).collect();
    let prefix = kind.prefix().trim_end_matches(['_', '-']);
    let message = format!("Invalid '{name}': '{shown}'. Expected an ID that begins with '{prefix}'.");
    Err(ErrorResponse::bad_request(message).code("invalid_value").param(name))
}

/// Parses the query of a URL. The declaration of the endpoint states which parameters are arrays.
fn query<E: Endpoint>(text: &str, rules: Rules) -> Result<E::Query, ErrorResponse> {
    let mut map = Map::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (key, value) = (percent_decoded(key)?, percent_decoded(value)?);
        // The clients of Azure and Foundry send this parameter with every request.
        if key == "api-version" || check::ignores_query::<E>(&key, rules) {
            continue;
        }
        if let Some(name) = check::array_name::<E>(&key) {
            if let Value::Array(items) = map.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
                items.push(value.into());
            }
            continue;
        }
        let number = value.parse::<i64>().ok().filter(|_| check::numeric::<E>(&key));
        map.insert(key, number.map_or(Value::String(value), Value::from));
    }
    check::query::<E>(&map, rules)?;
    deserialize(Value::Object(map))
}

/// Decodes a name or a value of the query.
fn percent_decoded(text: &str) -> Result<String, ErrorResponse> {
    let text = text.replace('+', " ");
    match percent_encoding::percent_decode_str(&text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(ErrorResponse::bad_request("The query of the URL is not UTF-8.")),
    }
}

#[allow(clippy::disallowed_methods)] // `crate::json` read the value, and it has no member name that serde uses internally.
fn deserialize<T: DeserializeOwned>(value: Value) -> Result<T, ErrorResponse> {
    serde_json::from_value(value).map_err(|error| ErrorResponse::bad_request(format!("Invalid request: {error}.")))
}

/// Copies the upper levels of a body, for deserialization into a struct. Members whose names begin with `$` are left
/// out, because serde_json uses such names internally.
fn upper_levels(body: &Map<String, Value>) -> Value {
    let members = body.iter().map(|(name, value)| (name.clone(), copy_levels(value, 2)));
    Value::Object(members.collect())
}

/// Copies this many levels of a value. Arrays and objects below them become empty.
fn copy_levels(value: &Value, levels: usize) -> Value {
    match value {
        Value::Number(number) => Value::Number(shortened(number)),
        Value::Array(items) if levels > 0 => items.iter().map(|item| copy_levels(item, levels - 1)).collect(),
        Value::Object(members) if levels > 0 => {
            let members = members.iter().filter(|(name, _)| !name.starts_with('$'));
            members.map(|(name, value)| (name.clone(), copy_levels(value, levels - 1))).collect()
        }
        Value::Array(_) => Value::Array(Vec::new()),
        Value::Object(_) => Value::Object(Map::new()),
        plain => plain.clone(),
    }
}

/// Returns a number in its shortest notation. The fields of flattened structs accept no other notation, such as `0.70`.
fn shortened(number: &Number) -> Number {
    let short = Some(number).filter(|number| number.is_f64()).and_then(Number::as_f64).and_then(Number::from_f64);
    short.unwrap_or_else(|| number.clone())
}

/// Checks that the content type of a body is JSON.
fn require_json(headers: &HeaderMap) -> Result<(), ErrorResponse> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "application/json" || kind.ends_with("+json") {
        return Ok(());
    }
    let message = format!(
        "Unsupported content type: '{}'. This API method only accepts 'application/json' requests, but you \
         specified the header 'Content-Type: {0}'. Please try again with a supported content type.",
        kind.chars().take(64).collect::<String>()
    );
    Err(ErrorResponse::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message).code("unsupported_content_type"))
}
