//! Requests held against the protocol's facts, in the API's own words. Client and server run the same check; only the
//! client lets members pass that nobody here knows, so that a new one is usable on its first day.

mod members;
mod nested;
mod refusal;
mod shape;
mod types;

pub use members::{Member, Operation};
pub use refusal::{MISSING, Refusal};
pub use types::Type;

use super::{Endpoint, Spec};
use serde_json::{Map, Value};

/// What to do with members, tool types and keywords that the facts do not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// The client: another server may know them.
    Pass,
    /// The server: refused, as the protocol's own does.
    Refuse,
}

/// Checks the body of a request: required, unknown, type, length, range, and the shapes within.
pub fn body<E: Endpoint>(map: &Map<String, Value>, unknown: Unknown) -> Result<(), Refusal> {
    body_of(E::SPEC, map, unknown)
}

/// Checks the body of a request to an endpoint that is given as a value.
pub fn body_of(spec: &Spec, map: &Map<String, Value>, unknown: Unknown) -> Result<(), Refusal> {
    match spec.facts() {
        Some(Operation { name, body: Some(facts), closed, .. }) => {
            let unknown = if *closed { unknown } else { Unknown::Pass };
            members::check(facts, map, unknown)?;
            nested::check(name, map, unknown)
        }
        _ => match map.keys().next() {
            Some(name) if unknown == Unknown::Refuse => Err(Refusal::unknown(name)),
            _ => Ok(()),
        },
    }
}

/// Checks query parameters; numbers are expected as numbers here.
pub fn query<E: Endpoint>(map: &Map<String, Value>, unknown: Unknown) -> Result<(), Refusal> {
    query_of(E::SPEC, map, unknown)
}

/// Checks the query of a request to an endpoint that is given as a value.
pub fn query_of(spec: &Spec, map: &Map<String, Value>, unknown: Unknown) -> Result<(), Refusal> {
    match spec.facts() {
        Some(Operation { query, path: "/files", .. }) => {
            // The one endpoint that words its limit otherwise (PROTOCOL.md 3.3).
            members::check(query, map, unknown).map_err(Refusal::for_file_limit)
        }
        Some(Operation { query, .. }) => members::check(query, map, unknown),
        None => members::check(PAGING, map, unknown),
    }
}

/// Returns whether a query parameter is a number in the facts, so that a server can read it as one.
pub fn numeric<E: Endpoint>(name: &str) -> bool {
    let members = E::facts().map_or(PAGING, |operation| operation.query);
    members.iter().any(|member| member.name == name && member.types.contains(&Type::Integer))
}

/// What a list takes that the document does not have (`GET /threads` of Foundry and of the embedded server).
static PAGING: &[Member] = &[
    Member::PLAIN.of("limit", &[Type::Integer]).least(1.0).most(100.0),
    Member::PLAIN.of("order", &[Type::String]).one_of(&["asc", "desc"]),
    Member::PLAIN.of("after", &[Type::String]),
    Member::PLAIN.of("before", &[Type::String]),
];
