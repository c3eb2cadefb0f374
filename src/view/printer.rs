//! The printer, which receives items one by one and returns the text to write next.

use super::cell::{self, Audience};
use super::column::{CellKind, Column};
use super::csv::{self, LineEnd};
use super::format::Format;
use super::table::Table;
use super::{json_text, tsv, yaml};
use crate::jq::Jq;
use crate::json::unquoted;
use crate::ui::{OutputTarget, escape_json, sanitize_lines, shorten, shorten_middle};
use jiff::Timestamp;
use serde_json::Value;

/// Whether the output is one object or a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cardinality {
    One,
    Many,
}

/// Whether tab-separated output begins with the names of its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Header {
    #[default]
    Hidden,
    Shown,
}

/// The options of a printer.
#[derive(Debug, Clone)]
pub struct PrinterOptions {
    pub format: Format,
    pub columns: Vec<Column>,
    pub cardinality: Cardinality,
    pub target: OutputTarget,
    pub header: Header,
    /// The end of a record of `-o csv`.
    pub line_end: LineEnd,
    /// The filter of `--jq`. Its results are printed instead of the items, whatever the format: strings without quotes,
    /// and other values as compact JSON, one per line.
    pub jq: Option<Jq>,
    /// The current time, to which relative times refer.
    pub now: Timestamp,
}

/// The maximum length of an item in an error, in characters.
const MAX_ITEM: usize = 80;
/// The maximum length of an error of a filter, in characters. An error of the jq engine (jaq) contains the whole input.
const MAX_FILTER_ERROR: usize = 200;

/// The error for an item that cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    #[error("expected an item with an `id`, got item {position}: {item}")]
    NoId { position: usize, item: String },
    #[error("the filter of `--jq` failed: {0}")]
    Filter(String),
    /// The error of a filter that received a list as one array.
    #[error("the filter of `--jq` failed: {0} (the input is one array; `.[]` returns its items)")]
    FilterOfList(String),
    /// The error of a filter that received the items of a list one by one.
    #[error("the filter of `--jq` failed: {0} (with -o jsonl, the input is one item of the list)")]
    FilterOfItem(String),
    #[error("could not write YAML: {0}")]
    Yaml(String),
}

/// A converter of items to text. The caller writes each returned text immediately. A call that returns an error returns
/// no part of the item.
pub struct Printer {
    target: OutputTarget,
    encoding: Encoding,
    /// The number of items so far.
    position: usize,
    /// The unknown columns ([`Column::known`]) of which no item so far has the member.
    unseen: Vec<Column>,
}

/// The form of the output, with the state that it needs.
enum Encoding {
    Table(Table),
    Tsv {
        columns: Vec<Column>,
        header: Option<String>,
    },
    Csv {
        columns: Vec<Column>,
        header: Option<String>,
        line_end: LineEnd,
    },
    /// One JSON document.
    Document,
    /// A JSON array, printed at the end.
    Array(json_text::Array),
    /// JSON Lines.
    Lines,
    /// A YAML document for one item, or, with the items so far, for a list.
    Yaml(Option<Vec<Value>>),
    /// The ID in this column, one per line.
    Id(Column),
    /// The filter is applied to the one object.
    Filter(Jq),
    /// The filter is applied to each item of a list.
    FilterEach(Jq),
    /// The filter is applied once, to the array of all items.
    FilterAll(Jq, Vec<Value>),
}

impl Printer {
    /// Creates a printer for one list or one object.
    pub fn new(options: PrinterOptions) -> Self {
        let unseen = options.columns.iter().filter(|column| !column.known).cloned().collect();
        let (target, encoding) = (options.target, Encoding::new(options));
        let unseen = if matches!(encoding, Encoding::Table(_) | Encoding::Tsv { .. } | Encoding::Csv { .. }) {
            unseen
        } else {
            Vec::new()
        };
        Self { target, encoding, position: 0, unseen }
    }

    /// Adds an item and returns the text to write next, which may be empty.
    pub fn item(&mut self, item: &Value) -> Result<String, ViewError> {
        self.position += 1;
        self.unseen.retain(|column| !column.is_in(item));
        let text = match &mut self.encoding {
            Encoding::Table(table) => return Ok(table.row(item)),
            Encoding::Tsv { columns, header } => {
                let cells =
                    columns.iter().map(|column| cell::text(column, item, Audience::Program).unwrap_or_default());
                header.take().unwrap_or_default() + &tsv::line(cells)
            }
            Encoding::Csv { columns, header, line_end } => {
                let cells =
                    columns.iter().map(|column| cell::text(column, item, Audience::Program).unwrap_or_default());
                header.take().unwrap_or_default() + &csv::record(cells.map(Into::into), *line_end)
            }
            Encoding::Document => json_text::pretty(item),
            Encoding::Lines => json_text::compact(item),
            Encoding::Array(array) => {
                array.push(item);
                return Ok(String::new());
            }
            Encoding::Yaml(Some(items)) | Encoding::FilterAll(_, items) => {
                items.push(item.clone());
                return Ok(String::new());
            }
            Encoding::Yaml(None) => yaml::document(item).map_err(ViewError::Yaml)?,
            Encoding::Id(column) => id(column, item, self.position)?,
            Encoding::Filter(jq) => filtered(jq, item).map_err(ViewError::Filter)?,
            Encoding::FilterEach(jq) => filtered(jq, item).map_err(ViewError::FilterOfItem)?,
        };
        Ok(self.safe_for_target(text))
    }

    /// Adds a page of items and returns the text to write next.
    pub fn page<'a>(&mut self, items: impl IntoIterator<Item = &'a Value>) -> Result<String, ViewError> {
        items.into_iter().map(|item| self.item(item)).collect()
    }

    /// Returns the remaining text at the end of the list.
    pub fn end(&mut self) -> Result<String, ViewError> {
        let text = match &mut self.encoding {
            Encoding::Table(table) => return Ok(table.end()),
            Encoding::Tsv { header, .. } | Encoding::Csv { header, .. } => header.take().unwrap_or_default(),
            Encoding::Array(array) => array.finish(),
            Encoding::Yaml(Some(items)) => {
                yaml::document(&Value::Array(std::mem::take(items))).map_err(ViewError::Yaml)?
            }
            Encoding::FilterAll(jq, items) => {
                filtered(jq, &Value::Array(std::mem::take(items))).map_err(ViewError::FilterOfList)?
            }
            Encoding::Document
            | Encoding::Lines
            | Encoding::Yaml(None)
            | Encoding::Id(_)
            | Encoding::Filter(_)
            | Encoding::FilterEach(_) => String::new(),
        };
        Ok(self.safe_for_target(text))
    }

    /// Returns the names of the unknown columns that no item had. Returns none if there were no items.
    pub fn unseen(&self) -> impl Iterator<Item = &str> {
        self.unseen.iter().filter(|_| self.position > 0).map(|column| column.name.as_str())
    }

    /// Escapes control characters in JSON, and removes them in other formats, if the target is a terminal.
    fn safe_for_target(&self, text: String) -> String {
        match (self.target, &self.encoding) {
            (OutputTarget::Pipe, _) => text,
            (_, Encoding::Document | Encoding::Array(_) | Encoding::Lines) => escape_json(&text).into_owned(),
            _ => sanitize_lines(&text).into_owned(),
        }
    }
}

impl Encoding {
    fn new(options: PrinterOptions) -> Self {
        let PrinterOptions { format, columns, cardinality, target, header, line_end, jq, now } = options;
        let names = || columns.iter().map(|column| column.name.clone());
        match (jq, format, cardinality, target) {
            (Some(jq), _, Cardinality::One, _) => Self::Filter(jq),
            (Some(jq), Format::Jsonl, Cardinality::Many, _) => Self::FilterEach(jq),
            (Some(jq), _, Cardinality::Many, _) => Self::FilterAll(jq, Vec::new()),
            (None, Format::Table, _, OutputTarget::Terminal { width, paint }) => {
                Self::Table(Table::new(columns, width, paint, now))
            }
            (None, Format::Table, _, OutputTarget::Pipe) => {
                let header = (header == Header::Shown).then(|| tsv::line(names()));
                Self::Tsv { columns, header }
            }
            (None, Format::Csv, ..) => {
                let header = Some(csv::record(names().map(Into::into), line_end));
                Self::Csv { columns, header, line_end }
            }
            (None, Format::Json, Cardinality::One, _) => Self::Document,
            (None, Format::Json, Cardinality::Many, _) => Self::Array(json_text::Array::default()),
            (None, Format::Jsonl, ..) => Self::Lines,
            (None, Format::Yaml, cardinality, _) => Self::Yaml((cardinality == Cardinality::Many).then(Vec::new)),
            (None, Format::Id, ..) => Self::Id(id_column(columns)),
        }
    }
}

/// Returns the first ID column, which may have another name than `id`. Without one, returns a column for the member
/// `id`.
fn id_column(columns: Vec<Column>) -> Column {
    let plain = || Column { name: "id".to_owned(), path: vec!["id".to_owned()], cell: CellKind::Id, known: true };
    columns.into_iter().find(|column| column.cell == CellKind::Id).unwrap_or_else(plain)
}

fn id(column: &Column, item: &Value, position: usize) -> Result<String, ViewError> {
    match cell::text(column, item, Audience::Program).filter(|id| !id.is_empty()) {
        Some(id) => Ok(tsv::line([id].into_iter())),
        None => Err(ViewError::NoId { position, item: shorten(&item.to_string(), MAX_ITEM).into_owned() }),
    }
}

/// Returns the results of a filter, one per line. A long error is shortened.
fn filtered(jq: &Jq, value: &Value) -> Result<String, String> {
    let results = jq.apply(value).map_err(|error| shorten_middle(&error, MAX_FILTER_ERROR).into_owned())?;
    Ok(results.iter().map(|result| format!("{}\n", unquoted(result))).collect())
}

#[cfg(test)]
#[path = "printer_tests.rs"]
mod tests;
