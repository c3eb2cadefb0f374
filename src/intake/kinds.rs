//! Parses the names of kinds that users and files contain.

use crate::api::Kind;
use crate::exit::Usage;

/// Parses the name of a kind that the ledger records. Accepts plurals and hyphens.
///
/// # Errors
/// Returns an error with the accepted names.
pub fn kind(name: &str) -> Result<Kind, Usage> {
    let plain = name.replace('-', "_");
    let known = Kind::named(&plain).or_else(|| Kind::named(plain.trim_end_matches('s')));
    known.filter(|kind| kind.recorded()).ok_or_else(|| {
        let kinds: Vec<&str> = Kind::ALL.into_iter().filter(|kind| kind.recorded()).map(Kind::name).collect();
        Usage::new(format!("expected one of {}, got `{name}`", kinds.join(", ")))
    })
}

/// Returns the given kind of an ID. Without a given kind, returns the kind of the prefix.
///
/// # Errors
/// Returns an error if no kind is given and the ID has no known prefix.
pub fn kind_of(id: &str, given: Option<&str>) -> Result<Kind, Usage> {
    match given {
        Some(name) => kind(name),
        None => Kind::of_id(id)
            .filter(|kind| kind.recorded())
            .ok_or_else(|| Usage::new(format!("the kind of `{id}` is unknown; pass --kind"))),
    }
}
