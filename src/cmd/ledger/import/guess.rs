//! Chooses the ID column by the values of a table. A pure function of its input.

use super::columns::is_null;
use crate::api::{Kind, ids};
use crate::exit::Usage;
use std::collections::BTreeSet;

/// The content of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holds {
    /// Only IDs with a prefix, of these kinds.
    Ids(BTreeSet<Kind>),
    /// Other values, or none.
    Other,
}

/// The chosen column, and a note if it is not the usual one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) column: usize,
    pub(super) note: Option<String>,
}

/// Returns the content type of a column. If `wanted` is given, IDs of other kinds count as other values.
pub(super) fn holds(rows: &[&[String]], column: usize, wanted: Option<Kind>) -> Holds {
    let mut kinds = BTreeSet::new();
    for cell in rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.trim()).filter(|cell| !is_null(cell)) {
        match Kind::of_id(cell).filter(|kind| kind.recorded() && wanted.is_none_or(|wanted| wanted == *kind)) {
            Some(kind) if ids::plausible(cell).is_ok() => kinds.insert(kind),
            _ => return Holds::Other,
        };
    }
    if kinds.is_empty() { Holds::Other } else { Holds::Ids(kinds) }
}

/// Chooses the ID column: the usual one if it contains IDs, else the only one that does, else the usual one. Returns
/// `None` if there is no such column.
///
/// # Errors
/// If several columns contain IDs, or may contain them.
pub(super) fn choose(
    rows: &[&[String]],
    names: &[String],
    usual: Option<usize>,
    wanted: Option<Kind>,
) -> Result<Option<Chosen>, Usage> {
    let all = (0..names.len()).filter_map(|column| match holds(rows, column, wanted) {
        Holds::Ids(kinds) => Some((column, kinds)),
        Holds::Other => None,
    });
    let all: Vec<(usize, BTreeSet<Kind>)> = all.collect();
    let chosen = |column| Chosen { column, note: None };
    if let (true, Some(usual), Some(wanted)) = (all.is_empty(), usual, wanted)
        && let Some(better) = names.iter().position(|name| name != &names[usual] && names_ids_of(name, wanted))
    {
        let message = format!(
            "the columns `{}` and `{}` may both be the IDs, and no value begins with the prefix of a {} ID",
            names[usual],
            names[better],
            wanted.name()
        );
        return Err(Usage::hinted(message, format!("--id-column {} takes the second", names[better])));
    }
    if let Some(usual) = usual.filter(|usual| all.is_empty() || all.iter().any(|(column, _)| column == usual)) {
        return Ok(Some(chosen(usual)));
    }
    match all.as_slice() {
        [] => Ok(None),
        [(column, _)] => {
            let note = format!("the ids come from the column `{}`", names[*column]);
            Ok(Some(Chosen { column: *column, note: Some(note) }))
        }
        several => {
            let name = |(column, kinds): &(usize, BTreeSet<Kind>)| {
                let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
                format!("`{}` ({})", names[*column], kinds.join(", "))
            };
            let message = format!(
                "expected one column of ids, found several: {}",
                several.iter().map(name).collect::<Vec<_>>().join(", ")
            );
            Err(Usage::hinted(message, format!("--id-column {} takes those of the first", names[several[0].0])))
        }
    }
}

/// Returns `true` if a column is called as ids of a kind are: `thread_id`, `openaiThreadId`.
pub(super) fn names_ids_of(name: &str, kind: Kind) -> bool {
    let plain = |text: &str| text.replace(['_', '-'], "").to_ascii_lowercase();
    ids::names_a_column(name) && plain(name).ends_with(&format!("{}id", plain(kind.name())))
}
