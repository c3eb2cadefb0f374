//! Chooses the ID column by the values of a table. A pure function of its input.

use super::facts::is_null;
use crate::api::{Kind, ids};
use crate::exit::Usage;
use std::collections::BTreeSet;

/// The content of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ColumnContent {
    /// Only IDs with a prefix, of these kinds.
    Ids(BTreeSet<Kind>),
    /// Other values, or none.
    Other,
}

/// The chosen column, and a note for the user if it is not the default column.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct IdColumn {
    pub(super) column: usize,
    pub(super) note: Option<String>,
}

/// Returns the content type of a column. If `wanted` is given, IDs of other kinds count as other values.
pub(super) fn content(rows: &[&[String]], column: usize, wanted: Option<Kind>) -> ColumnContent {
    let mut kinds = BTreeSet::new();
    for cell in rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.trim()).filter(|cell| !is_null(cell)) {
        match Kind::of_id(cell).filter(|kind| kind.recorded() && wanted.is_none_or(|wanted| wanted == *kind)) {
            Some(kind) if ids::plausible(cell).is_ok() => kinds.insert(kind),
            _ => return ColumnContent::Other,
        };
    }
    if kinds.is_empty() { ColumnContent::Other } else { ColumnContent::Ids(kinds) }
}

/// Chooses the ID column: `default` if it contains IDs, else the only column that contains IDs. If no column contains
/// IDs, chooses `default`. Returns `None` if there is no such column.
///
/// # Errors
/// Returns an error if several columns contain IDs, or may contain them.
pub(super) fn choose(
    rows: &[&[String]],
    names: &[String],
    default: Option<usize>,
    wanted: Option<Kind>,
) -> Result<Option<IdColumn>, Usage> {
    let all = (0..names.len()).filter_map(|column| match content(rows, column, wanted) {
        ColumnContent::Ids(kinds) => Some((column, kinds)),
        ColumnContent::Other => None,
    });
    let all: Vec<(usize, BTreeSet<Kind>)> = all.collect();
    let chosen = |column| IdColumn { column, note: None };
    if let (true, Some(default), Some(wanted)) = (all.is_empty(), default, wanted)
        && let Some(other) = names.iter().position(|name| name != &names[default] && names_ids_of(name, wanted))
    {
        let message = format!(
            "the columns `{}` and `{}` may both hold the IDs, and no value begins with the prefix of a {} ID",
            names[default],
            names[other],
            wanted.name()
        );
        return Err(Usage::hinted(message, format!("--id-column {} selects the second", names[other])));
    }
    if let Some(default) = default.filter(|default| all.is_empty() || all.iter().any(|(column, _)| column == default)) {
        return Ok(Some(chosen(default)));
    }
    match all.as_slice() {
        [] => Ok(None),
        [(column, _)] => {
            let note = format!("the IDs come from the column `{}`", names[*column]);
            Ok(Some(IdColumn { column: *column, note: Some(note) }))
        }
        several => {
            let name = |(column, kinds): &(usize, BTreeSet<Kind>)| {
                let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
                format!("`{}` ({})", names[*column], kinds.join(", "))
            };
            let message = format!(
                "expected one column of IDs, found several: {}",
                several.iter().map(name).collect::<Vec<_>>().join(", ")
            );
            Err(Usage::hinted(message, format!("--id-column {} selects the first", names[several[0].0])))
        }
    }
}

/// Returns `true` if a column has a typical name for IDs of a kind, such as `thread_id` or `openaiThreadId`.
pub(super) fn names_ids_of(name: &str, kind: Kind) -> bool {
    let plain = |text: &str| text.replace(['_', '-'], "").to_ascii_lowercase();
    ids::names_a_column(name) && plain(name).ends_with(&format!("{}id", plain(kind.name())))
}
