//! Which column or member says what of an id. Must not know where the columns come from.

use crate::api::Kind;
use crate::exit::Usage;
use crate::json;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Names of columns in a table, or of members in an object a line.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Columns")]
pub(super) struct ColumnArgs {
    /// Column with the ids [default: id]
    #[arg(long, value_name = "NAME")]
    id_column: Option<String>,
    /// Column with their kinds [default: kind, if there is one; else the prefix of each id]
    #[arg(long, value_name = "NAME", conflicts_with = "kind")]
    kind_column: Option<String>,
    /// Column with the times of their creation, unix seconds or RFC 3339 [default: created_at or created, if there is one]
    #[arg(long, value_name = "NAME")]
    created_column: Option<String>,
    /// Column with their parents, such as the threads of runs [default: parent, if there is one]
    #[arg(long, value_name = "NAME")]
    parent_column: Option<String>,
    /// Column that becomes metadata of its name (repeatable) [default: the pairs of metadata, if that holds an object]
    #[arg(long, value_name = "NAME")]
    metadata_column: Vec<String>,
}

/// What is said of an id, as it was written.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Said {
    pub(super) id: String,
    pub(super) kind: Option<String>,
    pub(super) created: Option<Value>,
    pub(super) parent: Option<String>,
    pub(super) metadata: Option<BTreeMap<String, String>>,
}

/// Where in a record each of them stands.
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

/// What a table begins with.
#[derive(Debug)]
pub(super) enum First {
    Header,
    /// Rows at once; then columns are numbers.
    Row,
}

impl ColumnArgs {
    /// Tells whether any column was named.
    pub(super) fn any(&self) -> bool {
        let one = [&self.id_column, &self.kind_column, &self.created_column, &self.parent_column];
        one.into_iter().any(Option::is_some) || !self.metadata_column.is_empty()
    }

    /// Finds the columns in the first record of a table, and tells what that record is.
    ///
    /// # Errors
    /// Where a column that was named is not there, or none holds ids.
    pub(super) fn places(&self, first: &[String], numbered: bool) -> Result<(Places, First), Usage> {
        // Ids all the way up are no names of columns, and `thread_id` is one, though it begins as an id.
        let is_id = |cell: &str| Kind::of_id(cell).is_some() && !cell.ends_with("_id");
        let bare = !self.any() && first.first().is_some_and(|cell| is_id(cell.trim()));
        if (numbered || bare) && !self.any() {
            return Ok((Places { width: first.len(), ..Places::ids(0) }, First::Row));
        }
        let header: Vec<&str> =
            if numbered { vec![""; first.len()] } else { first.iter().map(|name| name.trim()).collect() };
        let given = |name: &String| find(&header, name).ok_or_else(|| missing(name, &header, numbered));
        let column = |named: &Option<String>, usual: &[&str]| match named {
            Some(name) => given(name).map(Some),
            None => Ok(usual.iter().find_map(|name| header.iter().position(|found| found == name))),
        };
        let id = match (&self.id_column, numbered) {
            (None, true) => 0,
            (named, _) => column(named, &["id"])?.ok_or_else(|| missing("id", &header, numbered))?,
        };
        let named = self.metadata_column.iter();
        let metadata = named.map(|name| Ok((name.clone(), given(name)?))).collect::<Result<Vec<_>, Usage>>()?;
        let pairs = if metadata.is_empty() { column(&None, &["metadata"])? } else { None };
        let places = Places {
            id,
            kind: column(&self.kind_column, &["kind"])?,
            created: column(&self.created_column, &["created_at", "created"])?,
            parent: column(&self.parent_column, &["parent"])?,
            metadata,
            pairs,
            width: first.len(),
        };
        Ok((places, if numbered { First::Row } else { First::Header }))
    }

    /// Returns what an object says.
    ///
    /// # Errors
    /// What is missing in it, or not what it should be.
    pub(super) fn object(&self, object: &Map<String, Value>) -> Result<Said, String> {
        let usual = |named: &Option<String>, names: &[&str]| match named {
            Some(name) => object.get(name),
            None => names.iter().find_map(|name| object.get(*name)),
        };
        let text = |value: Option<&Value>| value.filter(|value| !value.is_null()).map(plain);
        let name = self.id_column.as_deref().unwrap_or("id");
        let id = object.get(name).and_then(Value::as_str).ok_or_else(|| format!("no `{name}` in it"))?;
        let metadata = match self.metadata_column.is_empty() {
            true => object.get("metadata").and_then(Value::as_object).map(pairs),
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
    /// Only ids, in this column.
    fn ids(id: usize) -> Self {
        Self { id, kind: None, created: None, parent: None, metadata: Vec::new(), pairs: None, width: id + 1 }
    }

    /// Returns what a record says.
    ///
    /// # Errors
    /// Where it has more fields or fewer than the first, or metadata that are no object.
    pub(super) fn record(&self, mut fields: Vec<String>) -> Result<Said, String> {
        if fields.len() != self.width {
            return Err(format!("{} fields, and the first record has {}", fields.len(), self.width));
        }
        let cell = |place: usize| Some(fields[place].trim()).filter(|cell| !cell.is_empty()).map(str::to_owned);
        let metadata = match self.pairs.and_then(cell) {
            None => self.metadata.iter().filter_map(|(name, place)| Some((name.clone(), cell(*place)?))).collect(),
            Some(text) => {
                let object = json::object(&text).map_err(|_| {
                    "`metadata` is no JSON object; --metadata-column metadata takes it as text".to_owned()
                })?;
                pairs(&object)
            }
        };
        let number = |text: String| match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(whole), _) => whole.into(),
            (_, Ok(float)) => float.into(),
            _ => Value::String(text),
        };
        Ok(Said {
            kind: self.kind.and_then(cell),
            created: self.created.and_then(cell).map(number),
            parent: self.parent.and_then(cell),
            metadata: Some(metadata).filter(|pairs| !pairs.is_empty()),
            id: std::mem::take(&mut fields[self.id]).trim().to_owned(),
        })
    }
}

/// Finds a column by its name, else by its number, from 1.
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
        let (places, first) = args.places(&header, false).unwrap();
        assert!(matches!(first, First::Header));
        let said = places.record(cells(&["1700000000.5", " thread_1 ", "docs"])).unwrap();
        assert_eq!((said.id.as_str(), said.created), ("thread_1", Some(1_700_000_000.5.into())));
        assert_eq!(said.metadata.unwrap()["team"], "docs");
        assert!(places.record(cells(&["1", "thread_1"])).unwrap_err().contains("2 fields, and the first record has 3"));
        let error = columns(&[]).places(&header, false).unwrap_err().to_string();
        assert!(error.contains("`id`") && error.contains("When, thread, team"), "{error}");
        assert!(columns(&["--id-column", "4"]).places(&header, true).is_err());
    }

    #[test]
    fn a_table_that_begins_with_an_id_has_no_header() {
        let (places, first) = columns(&[]).places(&cells(&["thread_1", "x"]), false).unwrap();
        assert!(matches!(first, First::Row));
        assert_eq!(places.record(cells(&["thread_1", "x"])).unwrap().id, "thread_1");
        let (places, first) = columns(&[]).places(&cells(&["6b29", "x"]), true).unwrap();
        assert!(matches!(first, First::Row));
        assert_eq!(places.record(cells(&["6b29", "x"])).unwrap().id, "6b29");
    }

    #[test]
    fn a_column_of_the_ids_of_threads_is_no_thread() {
        for name in ["thread_id", "run_id", " asst_id "] {
            let header = cells(&[name, "created"]);
            let error = columns(&[]).places(&header, false).unwrap_err().to_string();
            assert!(error.contains("`id`") && error.contains(name.trim()), "{error}");
            let (_, first) = columns(&["--id-column", name.trim()]).places(&header, false).unwrap();
            assert!(matches!(first, First::Header));
        }
    }

    #[test]
    fn metadata_are_pairs_or_columns() {
        let header = cells(&["id", "metadata"]);
        let (places, _) = columns(&[]).places(&header, false).unwrap();
        let said = places.record(cells(&["a", r#"{"k":1,"l":"m"}"#])).unwrap().metadata.unwrap();
        assert_eq!((said["k"].as_str(), said["l"].as_str()), ("1", "m"));
        assert_eq!(places.record(cells(&["a", ""])).unwrap().metadata, None);
        assert!(places.record(cells(&["a", "docs"])).unwrap_err().contains("--metadata-column"));
        let (places, _) = columns(&["--metadata-column", "metadata"]).places(&header, false).unwrap();
        assert_eq!(places.record(cells(&["a", "docs"])).unwrap().metadata.unwrap()["metadata"], "docs");
    }
}
