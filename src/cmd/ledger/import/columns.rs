//! The mapping from columns of a table, or members of an object, to the facts about an ID. Must not depend on the
//! source of the columns.

use super::guess;
use crate::api::{Kind, ids};
use crate::exit::Usage;
use crate::json;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The names of columns in a table, or of members in JSON objects.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Columns")]
pub(super) struct ColumnArgs {
    /// Column with the IDs [default: id, or the only column whose values are IDs]
    #[arg(long, value_name = "NAME")]
    id_column: Option<String>,
    /// Column with the kinds [default: kind, if it exists; else the prefix of each ID]
    #[arg(long, value_name = "NAME", conflicts_with = "kind")]
    kind_column: Option<String>,
    /// Column with the creation times, such as Unix seconds or 2026-11-21 09:30:00 (UTC if no zone is given) [default:
    /// created_at or created, if it exists]
    #[arg(long, value_name = "NAME")]
    created_column: Option<String>,
    /// Column with the parents, such as the threads of runs [default: parent, if it exists]
    #[arg(long, value_name = "NAME")]
    parent_column: Option<String>,
    /// Column to store as metadata under its name (repeatable) [default: the pairs of metadata, if it holds an object]
    #[arg(long, value_name = "NAME")]
    metadata_column: Vec<String>,
    /// Column to ignore, so that it is not used for kinds, times, parents or metadata (repeatable)
    #[arg(long, value_name = "NAME")]
    ignore_column: Vec<String>,
}

/// The facts about one ID, as written in the input.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Said {
    pub(super) id: String,
    pub(super) kind: Option<String>,
    pub(super) created: Option<Value>,
    pub(super) parent: Option<String>,
    pub(super) metadata: Option<BTreeMap<String, String>>,
}

/// The column index of each fact.
#[derive(Debug)]
pub(super) struct Places {
    id: usize,
    kind: Option<usize>,
    created: Option<usize>,
    parent: Option<usize>,
    metadata: Vec<(String, usize)>,
    pairs: Option<usize>,
    width: usize,
}

/// The columns that were found in a table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) places: Places,
    pub(super) first: First,
    /// A note for the user about the choice of the ID column.
    pub(super) note: Option<String>,
}

/// The meaning of the first line of a table.
#[derive(Debug)]
pub(super) enum First {
    Header,
    /// A row of data. The columns are then named by numbers.
    Row,
}

impl ColumnArgs {
    /// Returns `true` if a flag names a column.
    pub(super) fn any(&self) -> bool {
        self.named().next().is_some()
    }

    fn named(&self) -> impl Iterator<Item = &String> {
        let one = [&self.id_column, &self.kind_column, &self.created_column, &self.parent_column];
        one.into_iter().flatten().chain(&self.metadata_column)
    }

    /// Determines the columns from the first record of a table and a sample of the records after it.
    ///
    /// # Errors
    /// If a named column does not exist, or if no column or several contain IDs.
    pub(super) fn places(
        &self,
        first: &[String],
        numbered: bool,
        sample: &[&[String]],
        kind: Option<Kind>,
    ) -> Result<Table, Usage> {
        // `thread_id` is a column name, although it begins like an ID.
        let is_id = |cell: &String| Kind::of_id(cell.trim()).is_some() && ids::plausible(cell.trim()).is_ok();
        let named = |name: &String| first.iter().any(|cell| cell.trim() == name);
        let bare = numbered || first.iter().any(is_id) && !self.named().any(named);
        let header: Vec<&str> = match bare {
            true => vec![""; first.len()],
            false => first.iter().map(|name| name.trim()).collect(),
        };
        let given = |name: &String| find(&header, name).ok_or_else(|| missing(name, &header, bare));
        let ignored = self.ignore_column.iter().map(given).collect::<Result<Vec<_>, Usage>>()?;
        let usual = |names: &[&str]| {
            let column = names.iter().find_map(|name| header.iter().position(|found| found == name));
            column.filter(|column| !ignored.contains(column))
        };
        let column = |named: &Option<String>, names: &[&str]| match named {
            Some(name) => given(name).map(Some),
            None => Ok(usual(names)),
        };
        let rows: Vec<&[String]> = std::iter::once(first).filter(|_| bare).chain(sample.iter().copied()).collect();
        let (id, note) = match &self.id_column {
            Some(name) => (given(name)?, None),
            None => chosen(&header, &rows, usual(&["id"]), bare, kind)?,
        };
        let named = self.metadata_column.iter();
        let metadata = named.map(|name| Ok((name.clone(), given(name)?))).collect::<Result<Vec<_>, Usage>>()?;
        let pairs = if metadata.is_empty() { usual(&["metadata"]) } else { None };
        let places = Places {
            id,
            kind: column(&self.kind_column, &["kind"])?,
            created: column(&self.created_column, &["created_at", "created"])?,
            parent: column(&self.parent_column, &["parent"])?,
            metadata,
            pairs,
            width: first.len(),
        };
        Ok(Table { places, first: if bare { First::Row } else { First::Header }, note })
    }

    /// Returns the facts in a JSON object, if it is not doubtful which member is the ID of the wanted kind.
    ///
    /// # Errors
    /// Returns a message if a member is missing or has the wrong type, or if two members may be the ID.
    pub(super) fn object_of(&self, object: &Map<String, Value>, wanted: Option<Kind>) -> Result<Said, String> {
        let said = self.object(object)?;
        if self.id_column.is_none()
            && let Some(wanted) = wanted.filter(|_| Kind::of_id(&said.id).is_none())
            && let Some(better) = object.keys().find(|name| guess::names_ids_of(name, wanted))
        {
            return Err(format!("both `id` and `{better}` may be the ID; --id-column {better} takes the second"));
        }
        Ok(said)
    }

    /// Returns the facts in a JSON object.
    ///
    /// # Errors
    /// Returns a message if a member is missing or has the wrong type.
    pub(super) fn object(&self, object: &Map<String, Value>) -> Result<Said, String> {
        let ignored = |name: &str| self.ignore_column.iter().any(|ignored| ignored == name);
        let usual = |named: &Option<String>, names: &[&str]| match named {
            Some(name) => object.get(name),
            None => names.iter().filter(|name| !ignored(name)).find_map(|name| object.get(*name)),
        };
        let text = |value: Option<&Value>| value.filter(|value| !value.is_null()).map(plain);
        let name = self.id_column.as_deref().unwrap_or("id");
        let id = object.get(name).and_then(Value::as_str).ok_or_else(|| format!("no `{name}` in it"))?;
        let metadata = match self.metadata_column.is_empty() {
            true => object.get("metadata").filter(|_| !ignored("metadata")).and_then(Value::as_object).map(pairs),
            false => {
                let pair = |name: &String| Some((name.clone(), text(object.get(name))?));
                Some(self.metadata_column.iter().filter_map(pair).collect())
            }
        };
        Ok(Said {
            id: id.to_owned(),
            kind: text(usual(&self.kind_column, &["kind"])),
            created: usual(&self.created_column, &["created_at", "created"]).filter(|time| !time.is_null()).cloned(),
            parent: text(usual(&self.parent_column, &["parent"])),
            metadata,
        })
    }
}

impl Places {
    /// Returns the facts in a record.
    ///
    /// # Errors
    /// If the number of fields differs from the first record, or the metadata is not a JSON object.
    pub(super) fn record(&self, mut fields: Vec<String>) -> Result<Said, String> {
        if fields.len() != self.width {
            return Err(format!("{} fields, and the first record has {}", fields.len(), self.width));
        }
        let cell = |place: usize| Some(fields[place].trim()).filter(|cell| !is_null(cell)).map(str::to_owned);
        let metadata = match self.pairs.and_then(cell) {
            None => self.metadata.iter().filter_map(|(name, place)| Some((name.clone(), cell(*place)?))).collect(),
            Some(text) => {
                let object = json::object(&text).map_err(|_| {
                    let ways = "--metadata-column metadata takes it as text, --ignore-column metadata leaves it out";
                    format!("`metadata` is no JSON object; {ways}")
                })?;
                pairs(&object)
            }
        };
        Ok(Said {
            kind: self.kind.and_then(cell),
            created: self.created.and_then(cell).map(Value::String),
            parent: self.parent.and_then(cell),
            metadata: Some(metadata).filter(|pairs| !pairs.is_empty()),
            id: Some(std::mem::take(&mut fields[self.id]).trim())
                .filter(|id| !is_null(id))
                .unwrap_or_default()
                .to_owned(),
        })
    }
}

/// Returns `true` if a cell is empty in one of the notations of databases.
pub(super) fn is_null(cell: &str) -> bool {
    cell.is_empty() || cell.eq_ignore_ascii_case("null") || cell == "\\N"
}

/// Chooses the ID column. Adds a note if the choice is not obvious.
fn chosen(
    header: &[&str],
    rows: &[&[String]],
    usual: Option<usize>,
    bare: bool,
    kind: Option<Kind>,
) -> Result<(usize, Option<String>), Usage> {
    let number =
        |(place, name): (usize, &&str)| if name.is_empty() { (place + 1).to_string() } else { (*name).to_owned() };
    let names: Vec<String> = header.iter().enumerate().map(number).collect();
    let usual = usual.or((bare && !header.is_empty()).then_some(0));
    match guess::choose(rows, &names, usual, kind)? {
        Some(chosen) => Ok((chosen.column, chosen.note)),
        None => Err(missing("id", header, bare)),
    }
}

/// Finds a column by its name, or else by its number, counting from 1.
fn find(header: &[&str], name: &str) -> Option<usize> {
    let number = || name.parse::<usize>().ok()?.checked_sub(1).filter(|place| *place < header.len());
    header.iter().position(|found| *found == name).or_else(number)
}

fn missing(name: &str, header: &[&str], numbered: bool) -> Usage {
    if numbered {
        let hint = "with --no-header a column is a number";
        return Usage::hinted(format!("there is no column `{name}` among {}", header.len()), hint);
    }
    let hint = "--id-column names the one with the ids; --no-header says that none has a name";
    Usage::hinted(format!("there is no column `{name}`; there are: {}", header.join(", ")), hint)
}

fn pairs(object: &Map<String, Value>) -> BTreeMap<String, String> {
    object.iter().map(|(key, value)| (key.clone(), plain(value))).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[arg(long)]
        kind: Option<String>,
        #[command(flatten)]
        columns: ColumnArgs,
    }

    fn columns(args: &[&str]) -> ColumnArgs {
        Command::parse_from([&["import"], args].concat()).columns
    }

    fn cells(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn columns_are_found_by_name_or_number() {
        let header = cells(&["When", "thread", "team"]);
        let args = columns(&["--id-column", "thread", "--created-column", "1", "--metadata-column", "team"]);
        let Table { places, first, .. } = args.places(&header, false, &[], None).unwrap();
        assert!(matches!(first, First::Header));
        let said = places.record(cells(&["1700000000.5", " thread_1 ", "docs"])).unwrap();
        assert_eq!((said.id.as_str(), said.created), ("thread_1", Some("1700000000.5".into())));
        assert_eq!(said.metadata.unwrap()["team"], "docs");
        assert!(places.record(cells(&["1", "thread_1"])).unwrap_err().contains("2 fields, and the first record has 3"));
        let error = columns(&[]).places(&header, false, &[], None).unwrap_err().to_string();
        assert!(error.contains("`id`") && error.contains("When, thread, team"), "{error}");
        assert!(columns(&["--id-column", "4"]).places(&header, true, &[], None).is_err());
    }

    #[test]
    fn a_table_that_begins_with_an_id_has_no_header() {
        let Table { places, first, .. } = columns(&[]).places(&cells(&["thread_1", "x"]), false, &[], None).unwrap();
        assert!(matches!(first, First::Row));
        assert_eq!(places.record(cells(&["thread_1", "x"])).unwrap().id, "thread_1");
        let Table { places, first, .. } = columns(&[]).places(&cells(&["6b29", "x"]), true, &[], None).unwrap();
        assert!(matches!(first, First::Row));
        assert_eq!(places.record(cells(&["6b29", "x"])).unwrap().id, "6b29");
    }

    #[test]
    fn a_column_of_the_ids_of_threads_is_no_thread() {
        for name in ["thread_id", "run_id", " asst_id "] {
            let header = cells(&[name, "created"]);
            let error = columns(&[]).places(&header, false, &[], None).unwrap_err().to_string();
            assert!(error.contains("`id`") && error.contains(name.trim()), "{error}");
            let table = columns(&["--id-column", name.trim()]).places(&header, false, &[], None).unwrap();
            assert!(matches!(table.first, First::Header));
        }
    }

    #[test]
    fn metadata_are_pairs_or_columns() {
        let header = cells(&["id", "metadata"]);
        let places = columns(&[]).places(&header, false, &[], Some(Kind::Thread)).unwrap().places;
        let said = places.record(cells(&["a", r#"{"k":1,"l":"m"}"#])).unwrap().metadata.unwrap();
        assert_eq!((said["k"].as_str(), said["l"].as_str()), ("1", "m"));
        assert_eq!(places.record(cells(&["a", ""])).unwrap().metadata, None);
        assert!(places.record(cells(&["a", "docs"])).unwrap_err().contains("--metadata-column"));
        let places = columns(&["--metadata-column", "metadata"]).places(&header, false, &[], None).unwrap().places;
        assert_eq!(places.record(cells(&["a", "docs"])).unwrap().metadata.unwrap()["metadata"], "docs");
    }

    #[test]
    fn the_column_whose_values_are_ids_is_found() {
        let header = cells(&["id", "user", "thread_id", "assistant", "created_at"]);
        let rows = [
            cells(&["1", "ann", "thread_1", "asst_1", "2026-11-21"]),
            cells(&["2", "bob", "NULL", "asst_1", "2026-11-22"]),
            cells(&["3", "thread_9", "thread_2", "\\N", ""]),
        ];
        let sample: Vec<&[String]> = rows.iter().map(Vec::as_slice).collect();
        let table = columns(&[]).places(&header, false, &sample, Some(Kind::Thread)).unwrap();
        assert_eq!(table.note.as_deref(), Some("the ids come from the column `thread_id`"));
        let ids = rows.iter().map(|row| table.places.record(row.clone()).unwrap().id).collect::<Vec<_>>();
        assert_eq!(ids, ["thread_1", "", "thread_2"]);
        let error = columns(&[]).places(&header, false, &sample, None).unwrap_err().to_string();
        assert!(error.contains("`thread_id` (thread), `assistant` (assistant)"), "{error}");
        // Columns without a name are found by their number.
        let table = columns(&[]).places(&rows[0], true, &sample[1..], Some(Kind::Thread)).unwrap();
        assert_eq!(table.note.as_deref(), Some("the ids come from the column `3`"));
        // A column with the usual name that contains IDs needs no note.
        let rows = [cells(&["thread_1", "x", "asst_1"])];
        let sample: Vec<&[String]> = rows.iter().map(Vec::as_slice).collect();
        let table = columns(&[]).places(&cells(&["id", "name", "bot"]), false, &sample, None).unwrap();
        assert!(table.note.is_none());
    }

    #[test]
    fn a_column_that_is_ignored_is_not_taken() {
        let header = cells(&["id", "created_at", "kind", "metadata", "parent"]);
        let row = cells(&["thread_1", "soon", "premium", "none", "?"]);
        let ignore = ["created_at", "kind", "metadata", "parent"].map(|name| ["--ignore-column", name]).concat();
        let places = columns(&ignore).places(&header, false, &[], None).unwrap().places;
        assert_eq!(places.record(row).unwrap(), Said { id: "thread_1".into(), ..Said::default() });
        assert!(columns(&["--ignore-column", "creatd"]).places(&header, false, &[], None).is_err());
        let object = serde_json::json!({ "id": "thread_1", "created_at": "soon", "kind": "premium", "metadata": {}, "parent": 1 });
        let said = columns(&ignore).object(object.as_object().unwrap()).unwrap();
        assert_eq!(said, Said { id: "thread_1".into(), ..Said::default() });
    }
}
