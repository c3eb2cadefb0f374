//! Reads the IDs of an input one by one, from lines or from a table.

use super::columns::ColumnNames;
use super::facts::{IdFacts, is_null};
use super::lines::{CsvRecords, LineError, Lines};
use super::object;
use super::options::{ImportFormat, ImportOptions};
use super::rules::ImportRules;
use super::table::{self, CsvTable};
use crate::app::App;
use crate::intake::{id_lines, input_file};
use crate::json;
use anyhow::Result;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader};

/// The size of the read buffer in bytes.
const BUFFER: usize = 256 << 10;

type Input = Box<dyn BufRead>;

/// The IDs of an input.
pub(super) enum IdSource<'a> {
    Empty,
    Lines {
        lines: Lines<Input>,
        columns: &'a ColumnNames,
        /// The IDs of the current line that were not returned yet.
        waiting: VecDeque<(u64, IdFacts)>,
        header: Option<String>,
    },
    CsvTable(CsvTable<Input>),
}

/// The content of a line.
enum LineContent {
    Empty,
    Header,
    One(IdFacts),
    Several(Vec<IdFacts>),
}

impl<'a> IdSource<'a> {
    /// Opens the input and detects its format. Prints a note about a choice of columns that is not obvious.
    pub(super) fn open(app: &App, options: &'a ImportOptions) -> Result<Self> {
        let reader: Input = match options.path.as_str() {
            "-" => Box::new(std::io::stdin().lock()),
            path => Box::new(BufReader::with_capacity(BUFFER, input_file::open(path.as_ref())?.0)),
        };
        let mut lines = Lines::new(reader);
        let separator = match format(options, &mut lines) {
            ImportFormat::Lines => {
                let (columns, waiting) = (&options.columns, VecDeque::new());
                return Ok(Self::Lines { lines, columns, waiting, header: None });
            }
            // Locales with a decimal comma separate the fields of CSV files with semicolons.
            ImportFormat::Csv if options.format.is_none() && lines.peek().and_then(table::separator) == Some(b';') => {
                b';'
            }
            ImportFormat::Csv => b',',
            ImportFormat::Tsv => b'\t',
        };
        let records = CsvRecords::new(lines, options.delimiter.unwrap_or(separator));
        let table = CsvTable::open(records, &options.columns, options.no_header, options.kind);
        match table.map_err(|error| error.usage(&options.path))? {
            None => Ok(Self::Empty),
            Some((table, note)) => {
                note.iter().for_each(|note| app.ui().note(note));
                Ok(Self::CsvTable(table))
            }
        }
    }

    /// Returns the facts about the next ID, with its line number.
    pub(super) fn next(&mut self, rules: &ImportRules) -> Option<Result<(u64, IdFacts), LineError>> {
        match self {
            Self::Empty => None,
            Self::Lines { lines, columns, waiting, header } => loop {
                if let Some(facts) = waiting.pop_front() {
                    return Some(Ok(facts));
                }
                let (number, line) = match lines.next()? {
                    Ok(line) => line,
                    Err(error) => return Some(Err(error)),
                };
                match content(line, number, columns, rules) {
                    Ok(LineContent::Empty) => {}
                    Ok(LineContent::One(facts)) => return Some(Ok((number, facts))),
                    Ok(LineContent::Several(all)) => waiting.extend(all.into_iter().map(|facts| (number, facts))),
                    Ok(LineContent::Header) => *header = Some(line.to_owned()),
                    Err(reason) => return Some(Err(LineError { line: number, reason })),
                }
            },
            Self::CsvTable(table) => table.next(),
        }
    }

    /// Returns the first line, if it was skipped because it has column names.
    pub(super) fn header(&self) -> Option<String> {
        if let Self::Lines { header, .. } = self { header.clone() } else { None }
    }
}

/// Returns the format of the input. The format of a table depends on the separator in the first line.
fn format(options: &ImportOptions, lines: &mut Lines<Input>) -> ImportFormat {
    let extension = options.path.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    let first = lines.peek().unwrap_or_default();
    let is_json = first.starts_with(b"{");
    let separator = table::separator(first);
    let by_separator =
        |separator: Option<u8>| if separator == Some(b'\t') { ImportFormat::Tsv } else { ImportFormat::Csv };
    let is_table = options.no_header || options.delimiter.is_some();
    match (options.format, extension.as_deref()) {
        (Some(format), _) => format,
        (None, Some("csv")) if first.contains(&b',') => ImportFormat::Csv,
        (None, Some("csv")) => by_separator(separator),
        (None, Some("tsv")) => ImportFormat::Tsv,
        _ if is_table || options.columns.any() && !is_json => by_separator(separator),
        _ if table::names_columns(first) => by_separator(separator),
        _ => ImportFormat::Lines,
    }
}

/// Returns `true` if the first column of a line is empty in the notation of a database client, such as `NULL`.
fn is_without_id(line: &str) -> bool {
    let first = line.split(['\t', ',']).next().unwrap_or_default().trim();
    !first.is_empty() && is_null(first)
}

fn content(line: &str, number: u64, columns: &ColumnNames, rules: &ImportRules) -> Result<LineContent, String> {
    let line = line.trim();
    match line.as_bytes().first() {
        None => return Ok(LineContent::Empty),
        Some(b'{') => {
            let value = json::read(line).map_err(|error| format!("not JSON: {error}"))?;
            let facts = value.as_object().map(|object| object::facts(columns, object, rules.kind)).transpose()?;
            return Ok(facts.map_or(LineContent::Empty, LineContent::One));
        }
        Some(b'[') => {
            return Err("expected one JSON object per line, found an array; `jq -c '.[]'` converts it".to_owned());
        }
        Some(_) => {}
    }
    // A fast path, because most files have one ID per line and nothing else.
    if number > 1 && line.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
        return Ok(LineContent::One(if is_null(line) { IdFacts::default() } else { IdFacts::of(line) }));
    }
    if is_without_id(line) {
        return Ok(LineContent::One(IdFacts::default()));
    }
    let expected = id_lines::Expected { kinds: &[rules.kind], any_id: rules.any_id };
    Ok(match expected.read(line, number == 1)? {
        id_lines::Line::Empty => LineContent::Empty,
        id_lines::Line::Header => LineContent::Header,
        id_lines::Line::Ids(ids) => LineContent::Several(ids.into_iter().map(IdFacts::of).collect()),
    })
}
