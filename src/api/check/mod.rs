//! Checks of requests against the rules of the protocol, with errors in the wording of the API.
//!
//! Client and server run the same check. Only the client lets unknown members pass, so that a new member of the API is
//! usable before this crate is updated.

mod error;
mod foundry;
mod members;
mod nested;
mod shape;
mod types;

pub use error::{MISSING, Refusal, UNKNOWN};
pub use members::{Member, Operation};
pub use types::Type;

use super::{Dialect, Endpoint, Spec};
use serde_json::{Map, Value};

/// The treatment of members, tool types and keywords that the rules do not contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// Lets them pass. For the client, because another server may support them.
    Pass,
    /// Rejects them, as the API does. For the server.
    Refuse,
}

/// An edition of a service's interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    Stable,
    /// A preview version, which has more tools.
    Preview,
}

/// The rules for the check of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    pub(super) dialect: Dialect,
    edition: Edition,
    unknown: Unknown,
}

impl Rules {
    /// Returns the rules for requests that are sent to a server with this dialect.
    pub const fn outgoing(dialect: Dialect) -> Self {
        Self { dialect, edition: Edition::Stable, unknown: Unknown::Pass }
    }

    /// Returns the rules for requests that are received by a server with this dialect.
    pub const fn incoming(dialect: Dialect) -> Self {
        Self { dialect, edition: Edition::Stable, unknown: Unknown::Refuse }
    }

    /// Returns these rules as a version of the interface has them.
    pub fn of_version(self, version: Option<&str>) -> Self {
        let preview = version.is_some_and(|version| version.ends_with("-preview"));
        Self { edition: if preview { Edition::Preview } else { Edition::Stable }, ..self }
    }

    /// Returns `true` if an operation of the dialect has a member of this name.
    fn knows(self, operation: &str, facts: &[Member], name: &str) -> bool {
        let common = facts.iter().any(|member| member.name == name);
        match self.dialect {
            Dialect::OpenAi | Dialect::AzureOpenAi => common,
            Dialect::Foundry if common => !foundry::lacks(operation, name),
            Dialect::Foundry => foundry::adds(operation, name),
        }
    }

    fn unknown<'a>(self, operation: &str, facts: &[Member], map: &'a Map<String, Value>) -> Option<&'a String> {
        map.keys().find(|name| !self.knows(operation, facts, name))
    }
}

/// Checks the body of a request: required and unknown members, types, lengths, ranges, and nested shapes.
pub fn body<E: Endpoint>(map: &Map<String, Value>, rules: Rules) -> Result<(), Refusal> {
    body_of(E::SPEC, map, rules)
}

/// Checks the body of a request to the endpoint that `spec` describes.
pub fn body_of(spec: &Spec, map: &Map<String, Value>, rules: Rules) -> Result<(), Refusal> {
    match spec.facts {
        Some(Operation { name, body: Some(facts), closed, .. }) => {
            let unknown = if *closed { rules.unknown } else { Unknown::Pass };
            if unknown == Unknown::Refuse
                && let Some(name) = rules.unknown(name, facts, map)
            {
                return Err(Refusal::unknown(name));
            }
            members::check(facts, map)?;
            nested::check(name, map, Rules { unknown, ..rules })
        }
        _ => match map.keys().next() {
            Some(name) if rules.unknown == Unknown::Refuse => Err(Refusal::unknown(name)),
            _ => Ok(()),
        },
    }
}

/// Checks the query parameters of a request. Numbers must be JSON numbers.
pub fn query<E: Endpoint>(map: &Map<String, Value>, rules: Rules) -> Result<(), Refusal> {
    query_of(E::SPEC, map, rules)
}

/// Checks the query of a request to the endpoint that `spec` describes.
pub fn query_of(spec: &Spec, map: &Map<String, Value>, rules: Rules) -> Result<(), Refusal> {
    let (name, facts) = spec.facts.map_or(("", PAGING), |operation| (operation.name, operation.query));
    // Even the client rejects a documented parameter that the dialect lacks. The server would ignore it and return a
    // result that looks right.
    let lacking = |name: &&String| facts.iter().any(|member| member.name == **name);
    let unknown = match rules.unknown {
        Unknown::Refuse => rules.unknown(name, facts, map),
        Unknown::Pass => rules.unknown(name, facts, map).filter(lacking),
    };
    if let Some(name) = unknown {
        return Err(Refusal::unknown(name));
    }
    let checked = members::check(facts, map);
    // This endpoint alone words the error for its limit differently (docs/protocol/errors.md#known-errors).
    if spec.path == "/files" { checked.map_err(Refusal::for_file_limit) } else { checked }
}

/// Returns `true` if a server may ignore a query parameter, as Foundry's service does with all that it does not have.
/// OpenAI's service is not known to do so.
pub fn ignores_query<E: Endpoint>(name: &str, rules: Rules) -> bool {
    let (operation, facts) = E::SPEC.facts.map_or(("", PAGING), |operation| (operation.name, operation.query));
    rules.dialect == Dialect::Foundry && !rules.knows(operation, facts, name)
}

/// Returns `true` if a query parameter is an integer, so that a server must parse its text as one.
pub fn numeric<E: Endpoint>(name: &str) -> bool {
    let members = E::SPEC.facts.map_or(PAGING, |operation| operation.query);
    members.iter().any(|member| member.name == name && member.types.contains(&Type::Integer))
}

/// The query parameters of lists that the document lacks: `GET /threads` of Foundry and of the embedded server.
static PAGING: &[Member] = &[
    Member::PLAIN.of("limit", &[Type::Integer]).least(1.0).most(100.0),
    Member::PLAIN.of("order", &[Type::String]).one_of(&["asc", "desc"]),
    Member::PLAIN.of("after", &[Type::String]),
    Member::PLAIN.of("before", &[Type::String]),
];
