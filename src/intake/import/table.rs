//! A table that is read record by record. The first records are read ahead, because their values determine the columns.

use super::columns::{ColumnNames, FirstRecord, Positions};
use super::facts::IdFacts;
use super::lines::{CsvRecords, LineError};
use crate::api::{Kind, ids};
use crate::exit::Usage;
use std::collections::VecDeque;
use std::io::BufRead;

/// The number of records that are read ahead.
const SAMPLE: usize = 200;

/// The known field separators, in order of preference.
const SEPARATORS: [u8; 3] = [b'\t', b',', b';'];

type Record = Result<(u64, Vec<String>), LineError>;

/// An open table.
pub(super) struct CsvTable<R> {
    records: CsvRecords<R>,
    positions: Positions,
    read_ahead: VecDeque<Record>,
}

/// The reason why a table cannot be read.
pub(super) enum TableError {
    Line(LineError),
    Columns(Usage),
}

impl TableError {
    /// Returns the error for the user.
    pub(super) fn usage(self, path: &str) -> Usage {
        match self {
            Self::Line(error) => error.usage(path, false),
            Self::Columns(usage) => usage,
        }
    }
}

impl<R: BufRead> CsvTable<R> {
    /// Opens a table and determines its columns. Returns the table and a note about the columns, or `None` if it is
    /// empty.
    pub(super) fn open(
        mut records: CsvRecords<R>,
        columns: &ColumnNames,
        no_header: bool,
        kind: Option<Kind>,
    ) -> Result<Option<(Self, Option<String>)>, TableError> {
        let (line, first) = match records.next() {
            None => return Ok(None),
            Some(first) => first.map_err(TableError::Line)?,
        };
        let mut read_ahead = VecDeque::new();
        while read_ahead.len() < SAMPLE {
            let Some(record) = records.next() else { break };
            let failed = record.is_err();
            read_ahead.push_back(record);
            if failed {
                break;
            }
        }
        let sample: Vec<&[String]> = read_ahead.iter().flatten().map(|(_, fields)| fields.as_slice()).collect();
        let layout = columns.layout(&first, no_header, &sample, kind).map_err(TableError::Columns)?;
        if matches!(layout.first, FirstRecord::Data) {
            read_ahead.push_front(Ok((line, first)));
        }
        Ok(Some((Self { records, positions: layout.positions, read_ahead }, layout.note)))
    }

    /// Returns the facts in the next record. The ID is empty if the record has none.
    pub(super) fn next(&mut self) -> Option<Result<(u64, IdFacts), LineError>> {
        let record = self.read_ahead.pop_front().or_else(|| self.records.next())?;
        Some(record.and_then(|(line, fields)| {
            let facts = self.positions.facts(&fields);
            facts.map(|facts| (line, facts)).map_err(|reason| LineError { line, reason })
        }))
    }
}

/// Returns the separator of the fields in a line, or `None` if the line has one field.
pub(super) fn separator(line: &[u8]) -> Option<u8> {
    SEPARATORS.into_iter().find(|separator| line.contains(separator))
}

/// Returns `true` if a line has several fields, at least one of them a column name for IDs, and none of them an ID.
pub(super) fn names_columns(line: &[u8]) -> bool {
    let Some(separator) = separator(line) else { return false };
    let Ok(line) = std::str::from_utf8(line) else { return false };
    let cells: Vec<&str> = line.split(char::from(separator)).map(|cell| cell.trim().trim_matches('"')).collect();
    let is_id = |cell: &&str| Kind::of_id(cell).is_some() && ids::plausible(cell).is_ok();
    cells.len() > 1 && cells.iter().any(|cell| ids::names_a_column(cell)) && !cells.iter().any(is_id)
}
