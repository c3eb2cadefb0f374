//! Requests held against the protocol's facts, in the API's own words. Client and server run the same check; only the
//! client lets members pass that nobody here knows, so that a new one is usable on its first day.

mod foundry;
mod members;
mod nested;
mod refusal;
mod shape;
mod types;

pub use members::{Member, Operation};
pub use refusal::{MISSING, Refusal, UNKNOWN};
pub use types::Type;

use super::{Dialect, Endpoint, Spec};
use serde_json::{Map, Value};

/// What to do with members, tool types and keywords that the facts do not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// The client: another server may know them.
    Pass,
    /// The server: refused, as the protocol's own does.
    Refuse,
}

/// Which of a service's versions is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    Stable,
    /// It has more tools.
    Preview,
}

/// By which rules a request is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    pub(super) dialect: Dialect,
    edition: Edition,
    unknown: Unknown,
}

impl Rules {
    /// Returns the rules for what is sent to a server that speaks this dialect.
    pub const fn outgoing(dialect: Dialect) -> Self {
        Self { dialect, edition: Edition::Stable, unknown: Unknown::Pass }
    }

    /// Returns the rules for what a server gets that speaks this dialect.
    pub const fn incoming(dialect: Dialect) -> Self {
        Self { dialect, edition: Edition::Stable, unknown: Unknown::Refuse }
    }

    /// Returns these rules as a version of the interface has them.
    pub fn of_version(self, version: Option<&str>) -> Self {
        let preview = version.is_some_and(|version| version.ends_with("-preview"));
        Self { edition: if preview { Edition::Preview } else { Edition::Stable }, ..self }
    }

    /// Tells whether an operation of the dialect has a member.
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

/// Checks the body of a request: required, unknown, type, length, range, and the shapes within.
pub fn body<E: Endpoint>(map: &Map<String, Value>, rules: Rules) -> Result<(), Refusal> {
    body_of(E::SPEC, map, rules)
}

/// Checks the body of a request to an endpoint that is given as a value.
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

/// Checks query parameters; numbers are expected as numbers here.
pub fn query<E: Endpoint>(map: &Map<String, Value>, rules: Rules) -> Result<(), Refusal> {
    query_of(E::SPEC, map, rules)
}

/// Checks the query of a request to an endpoint that is given as a value.
pub fn query_of(spec: &Spec, map: &Map<String, Value>, rules: Rules) -> Result<(), Refusal> {
    let (name, facts) = spec.facts.map_or(("", PAGING), |operation| (operation.name, operation.query));
    // What a dialect lacks would not be heard, and the answer be taken for another.
    let lacking = |name: &&String| facts.iter().any(|member| member.name == **name);
    let unknown = match rules.unknown {
        Unknown::Refuse => rules.unknown(name, facts, map),
        Unknown::Pass => rules.unknown(name, facts, map).filter(lacking),
    };
    if let Some(name) = unknown {
        return Err(Refusal::unknown(name));
    }
    let checked = members::check(facts, map);
    // The one endpoint that words its limit otherwise (PROTOCOL.md 3.3).
    if spec.path == "/files" { checked.map_err(Refusal::for_file_limit) } else { checked }
}

/// Returns `true` if a server may leave a query parameter out of account, as Foundry's service does with all that it does not
/// know. OpenAI's is not known to.
pub fn ignores_query<E: Endpoint>(name: &str, rules: Rules) -> bool {
    let (operation, facts) = E::SPEC.facts.map_or(("", PAGING), |operation| (operation.name, operation.query));
    rules.dialect == Dialect::Foundry && !rules.knows(operation, facts, name)
}

/// Returns whether a query parameter is a number in the facts, so that a server can read it as one.
pub fn numeric<E: Endpoint>(name: &str) -> bool {
    let members = E::SPEC.facts.map_or(PAGING, |operation| operation.query);
    members.iter().any(|member| member.name == name && member.types.contains(&Type::Integer))
}

/// What a list takes that the document does not have (`GET /threads` of Foundry and of the embedded server).
static PAGING: &[Member] = &[
    Member::PLAIN.of("limit", &[Type::Integer]).least(1.0).most(100.0),
    Member::PLAIN.of("order", &[Type::String]).one_of(&["asc", "desc"]),
    Member::PLAIN.of("after", &[Type::String]),
    Member::PLAIN.of("before", &[Type::String]),
];
