//! Checks of requests against their declaration, with errors in the wording of the API.
//!
//! Client and server run the same check. Only the client lets unknown members pass, so that a new member of the API is
//! usable before this crate is updated.

pub use super::rules::{InvalidRequest, MISSING, Type, UNKNOWN};

use super::dialect::{Dialect, Edition};
use super::endpoint::{Endpoint, Spec};
use super::rules::{Member, Operation, Property, Schema, Unknown, check_members};
use serde_json::{Map, Value};

/// The rules for the check of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    dialect: Dialect,
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

    /// Returns these rules for an API version. The version determines whether the preview members exist.
    pub fn of_version(self, version: Option<&str>) -> Self {
        Self { edition: Edition::of_version(version), ..self }
    }

    /// Returns `true` if the endpoint has a member of this name in this dialect.
    fn has(self, spec: &Spec, facts: &[Member], name: &str) -> bool {
        let common = facts.iter().any(|member| member.name == name);
        let foundry = &spec.details.foundry;
        match self.dialect {
            Dialect::OpenAi | Dialect::AzureOpenAi => common,
            Dialect::Foundry if common => !foundry.lacks.contains(&name) && foundry.instead_of(name).is_none(),
            Dialect::Foundry => named(foundry.adds, name).is_some(),
        }
    }

    /// Returns the first member of the map that the endpoint does not have.
    fn unknown<'a>(self, spec: &Spec, facts: &[Member], map: &'a Map<String, Value>) -> Option<&'a String> {
        map.keys().find(|name| !self.has(spec, facts, name))
    }

    /// Returns the members that OpenAI requires and this dialect does not.
    fn optional(self, spec: &Spec) -> &'static [&'static str] {
        if self.dialect == Dialect::Foundry { spec.details.foundry.optional } else { &[] }
    }

    /// Returns the schema of a member of the body, if it has one.
    fn schema(self, spec: &Spec, name: &str) -> Option<&'static Schema> {
        let foundry = &spec.details.foundry;
        let own: &[&'static [Property]] = match (self.dialect, self.edition) {
            (Dialect::OpenAi | Dialect::AzureOpenAi, _) => &[],
            (Dialect::Foundry, Edition::Stable) => &[foundry.members, foundry.adds],
            (Dialect::Foundry, Edition::Preview) => &[foundry.preview, foundry.members, foundry.adds],
        };
        let all = own.iter().copied().chain([spec.details.members]);
        all.filter_map(|properties| named(properties, name)).map(|property| &property.schema).next()
    }
}

fn named(properties: &'static [Property], name: &str) -> Option<&'static Property> {
    properties.iter().find(|property| property.name == name)
}

/// Checks the body of a request: required and unknown members, types, lengths, ranges, and nested values.
pub fn body<E: Endpoint>(map: &Map<String, Value>, rules: Rules) -> Result<(), InvalidRequest> {
    body_of(E::SPEC, map, rules)
}

/// Checks the body of a request to the endpoint that `spec` describes.
pub fn body_of(spec: &Spec, map: &Map<String, Value>, rules: Rules) -> Result<(), InvalidRequest> {
    let Some(Operation { body: Some(facts), closed, one_of_required, .. }) = spec.facts else {
        return match map.keys().next() {
            Some(name) if rules.unknown == Unknown::Refuse => Err(InvalidRequest::unknown(name)),
            _ => Ok(()),
        };
    };
    let unknown = if *closed { rules.unknown } else { Unknown::Pass };
    if unknown == Unknown::Refuse
        && let Some(name) = rules.unknown(spec, facts, map)
    {
        return Err(InvalidRequest::unknown(name));
    }
    let optional = rules.optional(spec);
    check_members(facts, map, optional)?;
    if !one_of_required.iter().all(|name| optional.contains(name)) {
        check_choice(one_of_required, map)?;
    }
    for (name, value) in map.iter().filter(|(_, value)| !value.is_null()) {
        if let Some(schema) = rules.schema(spec, name) {
            schema.check(value, name, unknown)?;
        }
    }
    Ok(())
}

/// Returns the name of a member of the body that the dialect will never support, and the hint that names a replacement.
pub fn unsupported_member(spec: &Spec, map: &Map<String, Value>, rules: Rules) -> Option<(String, &'static str)> {
    let foundry = &spec.details.foundry;
    let instead = |name: &String| Some((name.clone(), foundry.instead_of(name)?));
    if rules.dialect == Dialect::Foundry { map.keys().find_map(instead) } else { None }
}

/// Checks that exactly one of these members is present. An empty list requires none.
fn check_choice(names: &[&str], map: &Map<String, Value>) -> Result<(), InvalidRequest> {
    let mut present = names.iter().filter(|name| map.contains_key(**name));
    match (present.next(), present.next()) {
        (None, _) if !names.is_empty() => Err(InvalidRequest::missing_choice(names)),
        (Some(one), Some(other)) => Err(InvalidRequest::exclusive(one, other)),
        _ => Ok(()),
    }
}

/// Checks the query parameters of a request. In `map`, numeric parameters must be JSON numbers.
pub fn query<E: Endpoint>(map: &Map<String, Value>, rules: Rules) -> Result<(), InvalidRequest> {
    query_of(E::SPEC, map, rules)
}

/// Checks the query of a request to the endpoint that `spec` describes.
pub fn query_of(spec: &Spec, map: &Map<String, Value>, rules: Rules) -> Result<(), InvalidRequest> {
    let facts = spec.query_facts();
    // Even the client rejects a documented parameter that the dialect lacks. The server would ignore it and return a
    // result that looks right.
    let lacking = |name: &&String| facts.iter().any(|member| member.name == **name);
    let unknown = match rules.unknown {
        Unknown::Refuse => rules.unknown(spec, facts, map),
        Unknown::Pass => rules.unknown(spec, facts, map).filter(lacking),
    };
    if let Some(name) = unknown {
        return Err(InvalidRequest::unknown(name));
    }
    check_members(facts, map, &[]).map_err(|refusal| match spec.details.limit_error {
        Some(message) if refusal.param == "limit" && refusal.is_out_of_range() => {
            InvalidRequest { message: message.to_owned(), ..refusal }
        }
        _ => refusal,
    })
}

/// Returns `true` if a server may ignore this query parameter instead of rejecting it. Foundry's service ignores the
/// parameters that it does not support. OpenAI's service is not known to ignore any.
pub fn ignores_query<E: Endpoint>(name: &str, rules: Rules) -> bool {
    rules.dialect == Dialect::Foundry && !rules.has(E::SPEC, E::SPEC.query_facts(), name)
}

/// Returns `true` if a query parameter is an integer, so that a server must parse its text as one.
pub fn numeric<E: Endpoint>(name: &str) -> bool {
    let is_integer = |member: &&Member| member.name == name && member.types.contains(&Type::Integer);
    E::SPEC.query_facts().iter().any(|member| is_integer(&member))
}

/// Returns the declared name of a query parameter that is an array. Such a parameter is repeated in the URL.
///
/// The name `include[]` is also accepted for a parameter `include`, because the official SDKs send arrays in this form.
pub fn array_name<E: Endpoint>(name: &str) -> Option<&'static str> {
    let arrays = E::SPEC.query_facts().iter().filter(|member| member.types.contains(&Type::Array));
    arrays.map(|member| member.name).find(|declared| *declared == name || name.strip_suffix("[]") == Some(declared))
}
