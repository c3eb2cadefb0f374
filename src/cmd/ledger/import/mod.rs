//! `asst ledger import`: adds IDs from files and pipes to the ledger, with the facts that the input contains about
//! them.

mod columns;
mod guess;
mod lines;
mod rules;
mod spill;
mod table;
mod times;

use crate::app::{App, DryRun, Work};
use crate::cmd::id_lines;
use crate::cmd::rows;
use crate::env::clock;
use crate::exit::Usage;
use crate::json;
use crate::ledger::ImportSummary;
use anyhow::Result;
use clap::ValueEnum;
use columns::{ColumnArgs, Said};
use lines::{Lines, Records, Wrong};
use rules::Rules;
use serde_json::json;
use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use table::Table;

/// The size of the read buffer in bytes.
const BUFFER: usize = 256 << 10;

/// The IDs to import.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// File with IDs at the front of each line, a JSON object per line, or a table with a header; - is standard input
    #[arg(
        value_name = "PATH|-",
        required = false,
        required_unless_present = "spill",
        default_value_if("spill", clap::builder::ArgPredicate::IsPresent, "")
    )]
    path: String,
    /// Import a spill file, even if it was written for another ledger
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["path", "format", "kind", "origin", "no_header", "delimiter"]
    )]
    spill: Option<PathBuf>,
    /// Format of the file [default: csv or tsv for .csv, .tsv and files that begin with column names; else lines]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Kind of the IDs [default: the kind of each ID's prefix]
    #[arg(long)]
    kind: Option<String>,
    /// Origin of the IDs [default: that of the profile]
    #[arg(long)]
    origin: Option<String>,
    /// Read a table without a header; its columns are numbered from 1
    #[arg(long)]
    no_header: bool,
    /// Field separator of a table, a character or \t [default: tab, comma or semicolon, as in the first line]
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,
    #[command(flatten)]
    columns: ColumnArgs,
}

/// A format of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// IDs at the front of each line, with further columns ignored; or a JSON object per line
    #[value(alias = "jsonl", alias = "ids")]
    Lines,
    /// Comma-separated values with a header
    Csv,
    /// Tab-separated values with a header
    Tsv,
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n_-".contains(byte) => Ok(*byte),
        _ => Err("it is no single character that could separate fields".to_owned()),
    }
}

impl Import {
    pub(super) fn run(self, app: &App) -> Result<()> {
        if let Some(path) = &self.spill {
            return spill::take_in(app, path);
        }
        let rules = Rules {
            kind: self.kind.as_deref().map(rows::kind).transpose()?,
            any_id: app.options().any_id,
            origin: super::origin(app, self.origin.as_deref())?,
            now: clock::now(),
            zoneless: Cell::new(None),
        };
        let next = "import it again: what is known already is not taken in twice".to_owned();
        app.tally().begin(Work { done: "IDs read", total: None, next });
        app.heed_signals();
        let mut found = self.found(app, &rules)?;
        let mut wrong = None;
        let mut nameless = 0_u64;
        let rows = std::iter::from_fn(|| {
            if app.stopped().is_some() {
                return None;
            }
            let read = loop {
                match found.next(&rules)? {
                    // Applications also have rows for which no object was ever created.
                    Ok((_, said)) if said.id.is_empty() => nameless += 1,
                    read => break read,
                }
            };
            let row = read.and_then(|(line, said)| rules.row(line, said).map_err(|reason| Wrong { line, reason }));
            row.inspect(|_| app.tally().done()).map_err(|reason| wrong = Some(reason)).ok()
        });
        let dry = app.options().dry_run != DryRun::Off;
        let imported = match dry {
            true => ImportSummary { new: rows.count() as u64, known: 0 },
            false => crate::db::block_on(app.ledger()?.import(rows))?,
        };
        if let Some(header) = found.header() {
            app.ui().note(&id_lines::skipped(&header));
        }
        if let Some(line) = rules.zoneless.get() {
            app.ui().note(&format!("times without a zone were taken for UTC, first in line {line}"));
        }
        let ImportSummary { new, known } = imported;
        let text = match dry {
            true => format!("{new} ids; nothing was recorded"),
            false => format!("{new} new, {known} known before"),
        };
        let without = if nameless > 0 { format!("; {nameless} rows without an id") } else { String::new() };
        app.ui().summary(&(text + &without), &json!({ "new": new, "known": known, "without_id": nameless }));
        if let Some(stopped) = app.stopped() {
            return Err(stopped);
        }
        let nothing = dry || new + known == 0;
        wrong.map_or(Ok(()), |wrong| Err(self.refusal(&wrong, nothing).into()))
    }

    /// Returns the error for a line; `nothing` says that no line before it was recorded.
    fn refusal(&self, Wrong { line, reason }: &Wrong, nothing: bool) -> Usage {
        let place = if self.path == "-" { "standard input" } else { &self.path };
        let message = format!("{place}, line {line}: {reason}");
        match nothing {
            true => Usage::new(message),
            false => Usage::hinted(message, "the lines before it are in the ledger; importing them again does no harm"),
        }
    }

    fn found(&self, app: &App, rules: &Rules) -> Result<Found<'_>> {
        let reader: Box<dyn BufRead> = match self.path.as_str() {
            "-" => Box::new(std::io::stdin().lock()),
            path => Box::new(BufReader::with_capacity(BUFFER, crate::cmd::input_file::open(path.as_ref())?.0)),
        };
        let mut lines = Lines::new(reader);
        let separator = match self.format(&mut lines) {
            Format::Lines => {
                return Ok(Found::Lines { lines, columns: &self.columns, waiting: VecDeque::new(), header: None });
            }
            // Locales with a decimal comma separate the fields of CSV files with semicolons.
            Format::Csv if self.format.is_none() && lines.peek().and_then(table::separator) == Some(b';') => b';',
            Format::Csv => b',',
            Format::Tsv => b'\t',
        };
        let records = Records::new(lines, self.delimiter.unwrap_or(separator));
        let table = Table::open(records, &self.columns, self.no_header, rules.kind);
        match table.map_err(|refused| refused.usage(|wrong| self.refusal(wrong, true)))? {
            None => Ok(Found::Nothing),
            Some((table, note)) => {
                note.iter().for_each(|note| app.ui().note(note));
                Ok(Found::Table(table))
            }
        }
    }

    /// Returns the format of the input. The format of a table depends on the separator in the first line.
    fn format(&self, lines: &mut Lines<Box<dyn BufRead>>) -> Format {
        let extension = self.path.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
        let first = lines.peek().unwrap_or_default();
        let json = first.starts_with(b"{");
        let separator = table::separator(first);
        let by_separator = |separator: Option<u8>| if separator == Some(b'\t') { Format::Tsv } else { Format::Csv };
        let table = self.no_header || self.delimiter.is_some();
        match (self.format, extension.as_deref()) {
            (Some(format), _) => format,
            (None, Some("csv")) if first.contains(&b',') => Format::Csv,
            (None, Some("csv")) => by_separator(separator),
            (None, Some("tsv")) => Format::Tsv,
            _ if table || self.columns.any() && !json => by_separator(separator),
            _ if table::names_columns(first) => by_separator(separator),
            _ => Format::Lines,
        }
    }
}

/// The IDs in a file, as an iterator.
enum Found<'a> {
    Nothing,
    Lines {
        lines: Lines<Box<dyn BufRead>>,
        columns: &'a ColumnArgs,
        /// Further IDs of the current line.
        waiting: VecDeque<(u64, Said)>,
        header: Option<String>,
    },
    Table(Table<Box<dyn BufRead>>),
}

impl Found<'_> {
    fn next(&mut self, rules: &Rules) -> Option<Result<(u64, Said), Wrong>> {
        match self {
            Self::Nothing => None,
            Self::Lines { lines, columns, waiting, header } => loop {
                if let Some(said) = waiting.pop_front() {
                    return Some(Ok(said));
                }
                let (number, line) = match lines.next()? {
                    Ok(line) => line,
                    Err(wrong) => return Some(Err(wrong)),
                };
                match said(line, number, columns, rules) {
                    Ok(Read::Nothing) => {}
                    Ok(Read::One(said)) => return Some(Ok((number, said))),
                    Ok(Read::Several(all)) => waiting.extend(all.into_iter().map(|said| (number, said))),
                    Ok(Read::Header) => *header = Some(line.to_owned()),
                    Err(reason) => return Some(Err(Wrong { line: number, reason })),
                }
            },
            Self::Table(table) => table.next(),
        }
    }

    fn header(&self) -> Option<String> {
        if let Self::Lines { header, .. } = self { header.clone() } else { None }
    }
}

/// The content of a line.
enum Read {
    Nothing,
    Header,
    One(Said),
    Several(Vec<Said>),
}

fn said(line: &str, number: u64, columns: &ColumnArgs, rules: &Rules) -> Result<Read, String> {
    let line = line.trim();
    let id = |id: &str| Said { id: id.to_owned(), ..Said::default() };
    match line.as_bytes().first() {
        None => return Ok(Read::Nothing),
        Some(b'{') => {
            let object = json::read(line).map_err(|error| format!("not JSON: {error}"))?;
            let said = object.as_object().map(|object| columns.object_of(object, rules.kind)).transpose()?;
            return Ok(said.map_or(Read::Nothing, Read::One));
        }
        Some(b'[') => return Err("a JSON array; `jq -c '.[]'` makes a line of each object".to_owned()),
        Some(_) => {}
    }
    // A fast path, because most files have one ID per line and nothing else.
    if number > 1 && line.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
        return Ok(Read::One(id(line)));
    }
    let expected = id_lines::Expected { kinds: &[rules.kind], any_id: rules.any_id };
    Ok(match expected.read(line, number == 1)? {
        id_lines::Line::Empty => Read::Nothing,
        id_lines::Line::Header => Read::Header,
        id_lines::Line::Ids(ids) => Read::Several(ids.into_iter().map(id).collect()),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_what_could_separate_fields_does() {
        assert_eq!((delimiter(";"), delimiter("\\t")), (Ok(b';'), Ok(b'\t')));
        for bad in ["", "ab", "a", "\"", "é", "\n", "-"] {
            assert!(delimiter(bad).is_err(), "{bad:?}");
        }
    }
}
