//! Finds the columns of a table that contain the ID and the facts about it.

use super::facts::{IdFacts, is_null, pairs};
use super::id_column;
use crate::api::{Kind, ids};
use crate::exit::Usage;
use crate::json;

/// The names of columns in a table, or of members in JSON objects.
#[derive(Debug, Clone, Default)]
pub struct ColumnNames {
    /// The column with the IDs. The default is `id`, or the only column whose values are IDs.
    pub id: Option<String>,
    /// The column with the kinds. The default is `kind`, if it exists.
    pub kind: Option<String>,
    /// The column with the creation times. The default is `created_at` or `created`, if it exists.
    pub created: Option<String>,
    /// The column with the parents. The default is `parent`, if it exists.
    pub parent: Option<String>,
    /// Columns to store as metadata under their names. Without any, the pairs of `metadata` are stored.
    pub metadata: Vec<String>,
    /// Columns that must not be used, even if they have the default name of a fact.
    pub ignored: Vec<String>,
}

/// The column index of each fact.
#[derive(Debug)]
pub(super) struct Positions {
    id: usize,
    kind: Option<usize>,
    created: Option<usize>,
    parent: Option<usize>,
    metadata: Vec<(String, usize)>,
    pairs: Option<usize>,
    /// The number of fields of each record.
    width: usize,
}

/// The columns that were found in a table.
#[derive(Debug)]
pub(super) struct TableColumns {
    pub(super) positions: Positions,
    pub(super) first: FirstRecord,
    /// A note for the user about the choice of the ID column.
    pub(super) note: Option<String>,
}

/// The meaning of the first record of a table.
#[derive(Debug)]
pub(super) enum FirstRecord {
    Header,
    /// A row of data. The columns are then named by numbers.
    Data,
}

impl ColumnNames {
    /// Returns `true` if a column is named.
    pub(super) fn any(&self) -> bool {
        self.named().next().is_some()
    }

    fn named(&self) -> impl Iterator<Item = &String> {
        let one = [&self.id, &self.kind, &self.created, &self.parent];
        one.into_iter().flatten().chain(&self.metadata)
    }

    /// Determines the columns from the first record of a table and a sample of the records after it.
    ///
    /// # Errors
    /// Returns an error if a named column does not exist, or if no column or several contain IDs.
    pub(super) fn layout(
        &self,
        first: &[String],
        without_header: bool,
        sample: &[&[String]],
        kind: Option<Kind>,
    ) -> Result<TableColumns, Usage> {
        // `thread_id` is a column name, although it begins like an ID.
        let is_id = |cell: &String| Kind::of_id(cell.trim()).is_some() && ids::plausible(cell.trim()).is_ok();
        let is_named = |name: &String| first.iter().any(|cell| cell.trim() == name);
        let numbered = without_header || first.iter().any(is_id) && !self.named().any(is_named);
        let header: Vec<&str> = match numbered {
            true => vec![""; first.len()],
            false => first.iter().map(|name| name.trim()).collect(),
        };
        let given = |name: &String| find(&header, name).ok_or_else(|| missing(name, &header, numbered));
        let ignored = self.ignored.iter().map(given).collect::<Result<Vec<_>, Usage>>()?;
        let by_default = |names: &[&str]| {
            let column = names.iter().find_map(|name| header.iter().position(|found| found == name));
            column.filter(|column| !ignored.contains(column))
        };
        let column = |named: &Option<String>, names: &[&str]| match named {
            Some(name) => given(name).map(Some),
            None => Ok(by_default(names)),
        };
        let rows: Vec<&[String]> = std::iter::once(first).filter(|_| numbered).chain(sample.iter().copied()).collect();
        let (id, note) = match &self.id {
            Some(name) => (given(name)?, None),
            None => id_column(&header, &rows, by_default(&["id"]), numbered, kind)?,
        };
        let named = self.metadata.iter();
        let metadata = named.map(|name| Ok((name.clone(), given(name)?))).collect::<Result<Vec<_>, Usage>>()?;
        let pairs = if metadata.is_empty() { by_default(&["metadata"]) } else { None };
        let positions = Positions {
            id,
            kind: column(&self.kind, &["kind"])?,
            created: column(&self.created, &["created_at", "created"])?,
            parent: column(&self.parent, &["parent"])?,
            metadata,
            pairs,
            width: first.len(),
        };
        Ok(TableColumns { positions, first: if numbered { FirstRecord::Data } else { FirstRecord::Header }, note })
    }
}

impl Positions {
    /// Returns the facts in a record.
    ///
    /// # Errors
    /// Returns a message if the number of fields differs from the first record, or if the metadata is not a JSON
    /// object.
    pub(super) fn facts(&self, fields: &[String]) -> Result<IdFacts, String> {
        if fields.len() != self.width {
            return Err(format!("expected {} fields as in the first record, found {}", self.width, fields.len()));
        }
        let cell = |column: usize| {
            let text = fields.get(column)?.trim();
            (!is_null(text)).then(|| text.to_owned())
        };
        let metadata = match self.pairs.and_then(cell) {
            None => self.metadata.iter().filter_map(|(name, column)| Some((name.clone(), cell(*column)?))).collect(),
            Some(text) => {
                let object = json::object(&text).map_err(|_| {
                    let ways = "--metadata-column metadata stores it as text, --ignore-column metadata ignores it";
                    format!("`metadata` is not a JSON object; {ways}")
                })?;
                pairs(&object)
            }
        };
        Ok(IdFacts {
            kind: self.kind.and_then(cell),
            created: self.created.and_then(cell).map(Into::into),
            parent: self.parent.and_then(cell),
            metadata: Some(metadata).filter(|pairs| !pairs.is_empty()),
            id: cell(self.id).unwrap_or_default(),
        })
    }
}

/// Chooses the ID column. Adds a note if the choice is not obvious.
fn id_column(
    header: &[&str],
    rows: &[&[String]],
    default: Option<usize>,
    numbered: bool,
    kind: Option<Kind>,
) -> Result<(usize, Option<String>), Usage> {
    let name = |(column, name): (usize, &&str)| {
        if name.is_empty() { (column + 1).to_string() } else { (*name).to_owned() }
    };
    let names: Vec<String> = header.iter().enumerate().map(name).collect();
    let default = default.or((numbered && !header.is_empty()).then_some(0));
    match id_column::choose(rows, &names, default, kind)? {
        Some(chosen) => Ok((chosen.column, chosen.note)),
        None => Err(missing("id", header, numbered)),
    }
}

/// Finds a column by its name, or else by its number, counting from 1.
fn find(header: &[&str], name: &str) -> Option<usize> {
    let number = || name.parse::<usize>().ok()?.checked_sub(1).filter(|column| *column < header.len());
    header.iter().position(|found| *found == name).or_else(number)
}

fn missing(name: &str, header: &[&str], numbered: bool) -> Usage {
    if numbered {
        let hint = "the columns have no names; pass the number of a column";
        return Usage::hinted(format!("expected a column from 1 to {}, got `{name}`", header.len()), hint);
    }
    let hint = "pass --id-column with the column of the IDs, or --no-header if the columns have no names";
    Usage::hinted(format!("unknown column `{name}`; the columns are: {}", header.join(", ")), hint)
}
