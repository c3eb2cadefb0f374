//! A table, record by record. Some of its first records are read ahead, since the values say which column is which.

use super::columns::{ColumnArgs, First, Places, Said};
use super::lines::{Records, Wrong};
use crate::api::{Kind, ids};
use crate::exit::Usage;
use std::collections::VecDeque;
use std::io::BufRead;

/// Records that are read ahead.
const SAMPLE: usize = 200;

/// Separators of fields.
const SEPARATORS: [u8; 3] = [b'\t', b',', b';'];

type Record = Result<(u64, Vec<String>), Wrong>;

/// A table that was opened.
pub(super) struct Table<R> {
    records: Records<R>,
    places: Places,
    waiting: VecDeque<Record>,
}

/// A reason why a table cannot be read.
pub(super) enum Refused {
    Line(Wrong),
    Columns(Usage),
}

impl Refused {
    pub(super) fn usage(self, line: impl Fn(&Wrong) -> Usage) -> Usage {
        match self {
            Self::Line(wrong) => line(&wrong),
            Self::Columns(usage) => usage,
        }
    }
}

impl<R: BufRead> Table<R> {
    /// Reads the beginning of a table, and returns it with what is to be said of its columns; `None` where it is empty.
    pub(super) fn open(
        mut records: Records<R>,
        columns: &ColumnArgs,
        no_header: bool,
        kind: Option<Kind>,
    ) -> Result<Option<(Self, Option<String>)>, Refused> {
        let (line, first) = match records.next() {
            None => return Ok(None),
            Some(first) => first.map_err(Refused::Line)?,
        };
        let mut waiting = VecDeque::new();
        while waiting.len() < SAMPLE {
            let Some(record) = records.next() else { break };
            let failed = record.is_err();
            waiting.push_back(record);
            if failed {
                break;
            }
        }
        let sample: Vec<&[String]> = waiting.iter().flatten().map(|(_, fields)| fields.as_slice()).collect();
        let found = columns.places(&first, no_header, &sample, kind).map_err(Refused::Columns)?;
        if matches!(found.first, First::Row) {
            waiting.push_front(Ok((line, first)));
        }
        Ok(Some((Self { records, places: found.places, waiting }, found.note)))
    }

    /// Returns what the next record says; one without an id has an empty one.
    pub(super) fn next(&mut self) -> Option<Result<(u64, Said), Wrong>> {
        let record = self.waiting.pop_front().or_else(|| self.records.next())?;
        Some(record.and_then(|(line, fields)| {
            let said = self.places.record(fields);
            said.map(|said| (line, said)).map_err(|reason| Wrong { line, reason })
        }))
    }
}

/// Returns what separates the fields of a line, if it has several.
pub(super) fn separator(line: &[u8]) -> Option<u8> {
    SEPARATORS.into_iter().find(|separator| line.contains(separator))
}

/// Returns `true` if a line names several columns, one of them as ids are called, and holds no id.
pub(super) fn names_columns(line: &[u8]) -> bool {
    let Some(separator) = separator(line) else { return false };
    let Ok(line) = std::str::from_utf8(line) else { return false };
    let cells: Vec<&str> = line.split(char::from(separator)).map(|cell| cell.trim().trim_matches('"')).collect();
    let is_id = |cell: &&str| Kind::of_id(cell).is_some() && ids::plausible(cell).is_ok();
    cells.len() > 1 && cells.iter().any(|cell| ids::names_a_column(cell)) && !cells.iter().any(is_id)
}
