//! `asst ledger import`: ids from files and pipes, with what else is known of them.

mod columns;
mod lines;
mod spill;

use crate::api::{Kind, ids};
use crate::app::{App, DryRun};
use crate::cmd::rows;
use crate::env::clock;
use crate::exit::Usage;
use crate::ledger::{Imported, Row, Source, State};
use anyhow::Result;
use clap::ValueEnum;
use columns::{ColumnArgs, First, Places, Said};
use lines::{Lines, Records, Wrong};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

/// What is read at once from a file.
const BUFFER: usize = 256 << 10;

/// Ids to take in.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// File with an id a line, a JSON object a line, or a table with a header; - is standard input
    #[arg(
        value_name = "PATH|-",
        required = false,
        required_unless_present = "spill",
        default_value_if("spill", clap::builder::ArgPredicate::IsPresent, "")
    )]
    path: String,
    /// Take in a spill file, whichever ledger it was written for
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["path", "format", "kind", "origin", "no_header", "delimiter"]
    )]
    spill: Option<PathBuf>,
    /// How to read it [default: .csv and .tsv are tables, and so is what has named columns and no JSON; else lines]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Kind of the ids [default: what their prefix says]
    #[arg(long)]
    kind: Option<String>,
    /// Origin of the ids [default: that of the profile]
    #[arg(long)]
    origin: Option<String>,
    /// The table has no header; its columns are numbers, from 1
    #[arg(long)]
    no_header: bool,
    /// What separates the fields of a table, a character or \t [default: a comma; a tab in .tsv]
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,
    #[command(flatten)]
    columns: ColumnArgs,
}

/// How ids are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// An id a line, further columns are ignored; or a JSON object a line
    #[value(alias = "jsonl", alias = "ids")]
    Lines,
    /// Comma-separated values with a header
    Csv,
    /// The same with tabs
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
        };
        let mut found = self.found()?;
        let mut wrong = None;
        let rows = std::iter::from_fn(|| {
            let read = found.next()?.and_then(|(line, said)| rules.row(said).map_err(|reason| Wrong { line, reason }));
            read.map_err(|reason| wrong = Some(reason)).ok()
        });
        let dry = app.options().dry_run != DryRun::Off;
        let imported = match dry {
            true => Imported { new: rows.count() as u64, known: 0 },
            false => crate::db::block_on(app.ledger()?.import(rows))?,
        };
        let Imported { new, known } = imported;
        let text = match dry {
            true => format!("{new} ids; nothing was recorded"),
            false => format!("{new} new, {known} known before"),
        };
        app.ui().summary(&text, &json!({ "new": new, "known": known }));
        wrong.map_or(Ok(()), |wrong| Err(self.refusal(&wrong, dry).into()))
    }

    fn refusal(&self, Wrong { line, reason }: &Wrong, dry: bool) -> Usage {
        let place = if self.path == "-" { "standard input" } else { &self.path };
        let message = format!("{place}, line {line}: {reason}");
        match dry {
            true => Usage::new(message),
            false => Usage::hinted(message, "the lines before it are in the ledger; importing them again does no harm"),
        }
    }

    fn found(&self) -> Result<Found<'_>> {
        let reader: Box<dyn BufRead> = match self.path.as_str() {
            "-" => Box::new(std::io::stdin().lock()),
            path => Box::new(BufReader::with_capacity(BUFFER, crate::cmd::open::open(path.as_ref())?.0)),
        };
        let mut lines = Lines::new(reader);
        let separator = match self.format(&mut lines) {
            Format::Lines => return Ok(Found::Lines(lines, &self.columns)),
            Format::Csv => b',',
            Format::Tsv => b'\t',
        };
        let mut records = Records::new(lines, self.delimiter.unwrap_or(separator));
        let (line, first) = match records.next() {
            None => return Ok(Found::Nothing),
            Some(first) => first.map_err(|wrong| self.refusal(&wrong, true))?,
        };
        let (places, what) = self.columns.places(&first, self.no_header)?;
        let waiting = matches!(what, First::Row).then_some((line, first));
        Ok(Found::Table { records, places, waiting })
    }

    fn format(&self, lines: &mut Lines<Box<dyn BufRead>>) -> Format {
        let extension = self.path.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
        let table = self.no_header || self.delimiter.is_some();
        match (self.format, extension.as_deref()) {
            (Some(format), _) => format,
            (None, Some("csv")) => Format::Csv,
            (None, Some("tsv")) => Format::Tsv,
            _ if table || self.columns.any() && lines.peek() != Some(b'{') => Format::Csv,
            _ => Format::Lines,
        }
    }
}

/// What a file says, one id after the other.
enum Found<'a> {
    Nothing,
    Lines(Lines<Box<dyn BufRead>>, &'a ColumnArgs),
    Table { records: Records<Box<dyn BufRead>>, places: Places, waiting: Option<(u64, Vec<String>)> },
}

impl Found<'_> {
    fn next(&mut self) -> Option<Result<(u64, Said), Wrong>> {
        match self {
            Self::Nothing => None,
            Self::Lines(lines, columns) => loop {
                let (number, line) = match lines.next()? {
                    Ok(line) => line,
                    Err(wrong) => return Some(Err(wrong)),
                };
                match said(line, columns) {
                    Ok(None) => {}
                    Ok(Some(said)) => return Some(Ok((number, said))),
                    Err(reason) => return Some(Err(Wrong { line: number, reason })),
                }
            },
            Self::Table { records, places, waiting } => {
                let record = waiting.take().map(Ok).or_else(|| records.next())?;
                Some(record.and_then(|(line, fields)| {
                    places.record(fields).map(|said| (line, said)).map_err(|reason| Wrong { line, reason })
                }))
            }
        }
    }
}

/// Reads a line; an empty one says nothing.
fn said(line: &str, columns: &ColumnArgs) -> Result<Option<Said>, String> {
    let line = line.trim();
    match line.as_bytes().first() {
        None => Ok(None),
        Some(b'{') => {
            let object: Value = serde_json::from_str(line).map_err(|error| format!("not JSON: {error}"))?;
            object.as_object().map(|object| columns.object(object)).transpose()
        }
        Some(b'[') => Err("a JSON array; `jq -c '.[]'` makes a line of each object".to_owned()),
        Some(_) => {
            let end = memchr::memchr3(b'\t', b',', b' ', line.as_bytes());
            let id = line[..end.unwrap_or(line.len())].trim_matches('"');
            Ok(Some(Said { id: id.to_owned(), ..Said::default() }))
        }
    }
}

/// What holds for all of the ids.
struct Rules {
    kind: Option<Kind>,
    any_id: bool,
    origin: String,
    now: i64,
}

impl Rules {
    fn row(&self, said: Said) -> Result<Row, String> {
        let Said { id, kind, created, parent, metadata } = said;
        let check = |id: &str| ids::check(id).map_err(|error| error.to_string());
        check(&id)?;
        let kind = self.kind_of(&id, kind.as_deref())?;
        parent.as_deref().map(check).transpose()?;
        let created_at = created.as_ref().map(time).transpose()?;
        let row = Row::new(self.origin.as_str(), kind, id, Source::Imported, self.now);
        Ok(Row { state: State::Unknown, created_at, parent, metadata, ..row })
    }

    /// The command's word, the table's and the prefix must not contradict each other.
    fn kind_of(&self, id: &str, said: Option<&str>) -> Result<Kind, String> {
        let said = said.map(|name| rows::kind(name).map_err(|error| error.to_string())).transpose()?;
        if let (Some(wanted), Some(said)) = (self.kind, said)
            && wanted != said
        {
            return Err(format!("the kind of `{id}` is {said} there, and --kind says {wanted}"));
        }
        let by_prefix = Kind::of_id(id);
        match (said.or(self.kind), by_prefix) {
            (Some(kind), Some(other)) if kind != other && !self.any_id => Err(format!(
                "`{id}` has the prefix of another kind ({other}, not {kind}); --any-id takes it all the same"
            )),
            (Some(kind), _) => Ok(kind),
            (None, Some(kind)) if kind.recorded() => Ok(kind),
            (None, Some(kind)) => {
                Err(format!("`{id}` has the prefix of a kind that the ledger does not keep ({kind})"))
            }
            (None, None) => Err(format!("`{id}` does not say its kind, which --kind gives")),
        }
    }
}

fn time(value: &Value) -> Result<i64, String> {
    let found = crate::view::timestamp(value).map(|time| time.as_second());
    found.ok_or_else(|| {
        let text: String = value.as_str().map_or_else(|| value.to_string(), str::to_owned).chars().take(40).collect();
        format!("`{}` is no time: unix seconds, or 2026-11-21T09:30:00Z", text.escape_debug())
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn rules(kind: Option<Kind>) -> Rules {
        Rules { kind, any_id: false, origin: "o".into(), now: 1 }
    }

    fn of(id: &str) -> Said {
        Said { id: id.to_owned(), ..Said::default() }
    }

    #[test]
    fn what_is_no_id_or_of_no_kind_is_said() {
        let row = |kind, id| rules(kind).row(of(id));
        assert!(row(None, "6b29fc40").unwrap_err().contains("--kind"));
        assert!(row(Some(Kind::Thread), "6b29fc40").is_ok());
        assert!(row(Some(Kind::Thread), "a/b").is_err());
        assert!(row(Some(Kind::Thread), "asst_1").unwrap_err().contains("--any-id"));
        assert!(row(None, "msg_1").unwrap_err().contains("does not keep"));
        let any = Rules { any_id: true, ..rules(Some(Kind::Thread)) };
        assert_eq!(any.row(of("asst_1")).unwrap().kind, Kind::Thread);
    }

    #[test]
    fn kinds_must_agree() {
        let row = |kind, said: &str| rules(kind).row(Said { kind: Some(said.into()), ..of("6b29") });
        assert_eq!(row(None, "vector-stores").unwrap().kind, Kind::VectorStore);
        assert!(row(Some(Kind::Thread), "run").unwrap_err().contains("--kind says thread"));
        assert!(row(None, "message").unwrap_err().contains("no kind that the ledger keeps"));
    }

    #[test]
    fn times_are_read_or_refused() {
        let row = |created: Value| rules(None).row(Said { created: Some(created), ..of("thread_1") });
        assert_eq!(row(1_700_000_000.into()).unwrap().created_at, Some(1_700_000_000));
        assert_eq!(row("2023-11-14T22:13:20Z".into()).unwrap().created_at, Some(1_700_000_000));
        for bad in ["yesterday", "2023-11-14 22:13:20"] {
            assert!(row(bad.into()).unwrap_err().contains("is no time"), "{bad}");
        }
    }

    #[test]
    fn only_what_could_separate_fields_does() {
        assert_eq!((delimiter(";"), delimiter("\\t")), (Ok(b';'), Ok(b'\t')));
        for bad in ["", "ab", "a", "\"", "é", "\n", "-"] {
            assert!(delimiter(bad).is_err(), "{bad:?}");
        }
    }
}
