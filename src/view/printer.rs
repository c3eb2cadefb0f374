//! The printer: receives items one by one and returns the text to write next.

use super::cell::{self, Reader};
use super::column::{CellKind, Column};
use super::format::Format;
use super::table::Table;
use super::{LineEnd, OutputTarget, csv, escape_json, json, sanitize_lines, tsv, yaml};
use crate::jq::{Jq, bare};
use jiff::Timestamp;
use serde_json::Value;

/// Whether the output is one object or a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
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
pub struct Options {
    pub format: Format,
    pub columns: Vec<Column>,
    pub shape: Shape,
    pub surface: OutputTarget,
    pub header: Header,
    /// The end of a record of `-o csv`.
    pub line_end: LineEnd,
    /// A filter whose results replace every format. Strings are printed without quotes, other values as compact JSON,
    /// one per line.
    pub jq: Option<Jq>,
    pub now: Timestamp,
}

/// The error for an item that cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    #[error("item {position} has no id: {item}")]
    NoId { position: usize, item: String },
    #[error("the filter of `--jq` failed: {0}")]
    Filter(String),
    #[error("could not write YAML: {0}")]
    Yaml(String),
}

/// A converter of items to text. The returned text is meant to be written at once. An error leaves no partial output.
pub struct Printer {
    surface: OutputTarget,
    form: Form,
    position: usize,
    /// The shown columns that are not predefined and that no item has had yet.
    unseen: Vec<Column>,
}

enum Form {
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
    Document,
    Array(json::Array),
    Lines,
    Yaml(Option<Vec<Value>>),
    Id(Column),
    /// The filter is applied to each item.
    Filter(Jq),
    /// The filter is applied once, to the array of all items.
    FilterAll(Jq, Vec<Value>),
}

impl Printer {
    /// Creates a printer for one list or one object.
    pub fn new(options: Options) -> Self {
        let unseen = options.columns.iter().filter(|column| !column.known).cloned().collect();
        let (surface, form) = (options.surface, Form::new(options));
        let unseen =
            if matches!(form, Form::Table(_) | Form::Tsv { .. } | Form::Csv { .. }) { unseen } else { Vec::new() };
        Self { surface, form, position: 0, unseen }
    }

    /// Adds an item and returns the text to write next, which may be empty.
    pub fn item(&mut self, item: &Value) -> Result<String, ViewError> {
        self.position += 1;
        self.unseen.retain(|column| !column.is_in(item));
        let text = match &mut self.form {
            Form::Table(table) => return Ok(table.row(item)),
            Form::Tsv { columns, header } => {
                let cells = columns.iter().map(|column| cell::text(column, item, Reader::Program).unwrap_or_default());
                header.take().unwrap_or_default() + &tsv::line(cells)
            }
            Form::Csv { columns, header, line_end } => {
                let cells = columns.iter().map(|column| cell::text(column, item, Reader::Program).unwrap_or_default());
                header.take().unwrap_or_default() + &csv::record(cells.map(Into::into), *line_end)
            }
            Form::Document => json::pretty(item),
            Form::Lines => json::compact(item),
            Form::Array(array) => {
                array.push(item);
                return Ok(String::new());
            }
            Form::Yaml(Some(items)) | Form::FilterAll(_, items) => {
                items.push(item.clone());
                return Ok(String::new());
            }
            Form::Yaml(None) => yaml::document(item).map_err(ViewError::Yaml)?,
            Form::Id(column) => id(column, item, self.position)?,
            Form::Filter(jq) => filtered(jq, item)?,
        };
        Ok(self.safe(text))
    }

    /// Adds a page of items and returns the text to write next.
    pub fn page<'a>(&mut self, items: impl IntoIterator<Item = &'a Value>) -> Result<String, ViewError> {
        items.into_iter().map(|item| self.item(item)).collect()
    }

    /// Returns the remaining text at the end of the list.
    pub fn end(&mut self) -> Result<String, ViewError> {
        let text = match &mut self.form {
            Form::Table(table) => return Ok(table.end()),
            Form::Tsv { header, .. } | Form::Csv { header, .. } => header.take().unwrap_or_default(),
            Form::Array(array) => array.finish(),
            Form::Yaml(Some(items)) => yaml::document(&Value::Array(std::mem::take(items))).map_err(ViewError::Yaml)?,
            Form::FilterAll(jq, items) => filtered(jq, &Value::Array(std::mem::take(items)))?,
            Form::Document | Form::Lines | Form::Yaml(None) | Form::Id(_) | Form::Filter(_) => String::new(),
        };
        Ok(self.safe(text))
    }

    /// Returns the names of shown columns that no item had. Empty if there were no items.
    pub fn unseen(&self) -> impl Iterator<Item = &str> {
        self.unseen.iter().filter(|_| self.position > 0).map(|column| column.name.as_str())
    }

    /// Makes control characters safe for a terminal: escaped in JSON, removed in other formats.
    fn safe(&self, text: String) -> String {
        match (self.surface, &self.form) {
            (OutputTarget::Pipe, _) => text,
            (_, Form::Document | Form::Array(_) | Form::Lines) => escape_json(&text).into_owned(),
            _ => sanitize_lines(&text).into_owned(),
        }
    }
}

impl Form {
    fn new(options: Options) -> Self {
        let Options { format, columns, shape, surface, header, line_end, jq, now } = options;
        let names = || columns.iter().map(|column| column.name.clone());
        match (jq, format, shape, surface) {
            (Some(jq), Format::Jsonl, ..) | (Some(jq), _, Shape::One, _) => Self::Filter(jq),
            (Some(jq), _, Shape::Many, _) => Self::FilterAll(jq, Vec::new()),
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
            (None, Format::Json, Shape::One, _) => Self::Document,
            (None, Format::Json, Shape::Many, _) => Self::Array(json::Array::default()),
            (None, Format::Jsonl, ..) => Self::Lines,
            (None, Format::Yaml, shape, _) => Self::Yaml((shape == Shape::Many).then(Vec::new)),
            (None, Format::Id, ..) => Self::Id(id_column(columns)),
        }
    }
}

/// Returns the first ID column, whatever its member is named, or a column for the member `id`.
fn id_column(columns: Vec<Column>) -> Column {
    let plain = || Column { name: "id".to_owned(), path: vec!["id".to_owned()], cell: CellKind::Id, known: true };
    columns.into_iter().find(|column| column.cell == CellKind::Id).unwrap_or_else(plain)
}

fn id(column: &Column, item: &Value, position: usize) -> Result<String, ViewError> {
    const SHOWN: usize = 80;
    match cell::text(column, item, Reader::Program).filter(|id| !id.is_empty()) {
        Some(id) => Ok(tsv::line([id].into_iter())),
        None => Err(ViewError::NoId { position, item: item.to_string().chars().take(SHOWN).collect() }),
    }
}

fn filtered(jq: &Jq, value: &Value) -> Result<String, ViewError> {
    let line = |result| bare(result) + "\n";
    Ok(jq.apply(value).map_err(|error| ViewError::Filter(cut(&error)))?.into_iter().map(line).collect())
}

/// Shortens an error, because jaq repeats the whole value in it.
fn cut(error: &str) -> String {
    const SHOWN: usize = 200;
    match error.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}… (a list is one array here: `.[]` goes through it)", &error[..end]),
        None => error.to_owned(),
    }
}

#[cfg(test)]
#[path = "printer_tests.rs"]
mod tests;
