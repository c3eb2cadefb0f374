//! The sheets of a workbook: a line for each row, with tabs between the cells.
//!
//! Values are written as the file stores them. A date is therefore the number of days since the start of 1900.

use super::limits::Bounded;
use super::package::Package;
use super::references::references;
use super::relationships::Relationships;
use super::xml::{Item, Xml};
use crate::extract::failure::ExtractionFailure;
use crate::extract::flow::Flow;
use std::io::{Read, Seek};

/// The maximum number of consecutive empty cells that become one tab each. A longer gap becomes a single tab.
const EMPTY_CELLS: usize = 32;

/// Reads all sheets of a workbook in their order, each after its name.
pub(super) fn read<R: Read + Seek>(
    package: &mut Package<R>,
    main: &str,
    flow: &mut Flow<'_, '_>,
) -> Result<(), ExtractionFailure> {
    let related = Relationships::of(package, main)?;
    let strings = match related.first("/sharedStrings") {
        Some(part) => SharedStrings::read(&mut package.xml(part)?)?,
        None => SharedStrings::default(),
    };
    for sheet in references(package, main, "sheet")? {
        // Sheets of another type have charts or macros instead of cells.
        if related.is(&sheet.relationship, "/worksheet")? {
            flow.blank();
            flow.text(&sheet.name)?;
            let part = related.target(&sheet.relationship)?;
            cells(&mut package.xml(part)?, &strings, flow)?;
        }
    }
    Ok(())
}

/// The shared strings of the workbook, to which cells refer by number.
#[derive(Default)]
struct SharedStrings {
    all: String,
    /// The end of each text in `all`.
    ends: Vec<usize>,
}

impl SharedStrings {
    fn read<B: Bounded>(xml: &mut Xml<B>) -> Result<Self, ExtractionFailure> {
        let mut strings = Self::default();
        let mut is_text = false;
        while let Some(item) = xml.next()? {
            match item {
                Item::Text(text) if is_text => strings.all.push_str(&text),
                Item::Text(_) => {}
                Item::Start(element) if element.name() == "rPh" => xml.skip()?,
                Item::Start(element) => is_text = element.name() == "t",
                Item::End(name) => {
                    is_text = false;
                    if name == "si" {
                        strings.ends.push(strings.all.len());
                    }
                }
            }
        }
        Ok(strings)
    }

    fn get(&self, number: &str) -> Option<&str> {
        let index: usize = number.trim().parse().ok()?;
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.all.get(start..*self.ends.get(index)?)
    }
}

/// A cell while it is read.
#[derive(Default)]
struct Cell {
    kind: String,
    value: String,
    /// The number of its column, counted from 1.
    column: usize,
}

fn cells<B: Bounded>(
    xml: &mut Xml<B>,
    strings: &SharedStrings,
    flow: &mut Flow<'_, '_>,
) -> Result<(), ExtractionFailure> {
    let mut cell = Cell::default();
    let mut is_value = false;
    // The column of the last text in the row.
    let mut last = 0;
    while let Some(item) = xml.next()? {
        match item {
            Item::Text(text) if is_value => cell.value.push_str(&text),
            Item::Text(_) => {}
            Item::Start(element) => match element.name() {
                "row" => {
                    (last, cell.column) = (0, 0);
                    flow.row();
                }
                "c" => {
                    let place = element.attribute("r", false)?.as_deref().and_then(column);
                    cell.column = place.unwrap_or(cell.column + 1);
                    cell.kind = element.attribute("t", false)?.unwrap_or_default();
                    cell.value.clear();
                }
                "v" | "t" => is_value = true,
                "rPh" | "f" => xml.skip()?,
                _ => {}
            },
            Item::End(name) => match name.as_str() {
                "v" | "t" => is_value = false,
                "c" => {
                    let value = cell.shown(strings);
                    if !value.is_empty() {
                        let empty = cell.column.saturating_sub(last.max(1));
                        for _ in 0..if empty > EMPTY_CELLS { 1 } else { empty } {
                            flow.cell();
                        }
                        flow.words(value)?;
                        last = cell.column;
                    }
                }
                "row" => flow.end_row(),
                _ => {}
            },
        }
    }
    Ok(())
}

impl Cell {
    fn shown<'s>(&'s self, strings: &'s SharedStrings) -> &'s str {
        match (self.kind.as_str(), self.value.as_str()) {
            ("s", number) => strings.get(number).unwrap_or_default(),
            ("b", "0") => "FALSE",
            ("b", "1") => "TRUE",
            (_, value) => value,
        }
    }
}

/// Returns the number of the column of a cell such as `C12`, counted from 1.
fn column(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_uppercase).take(3);
    let number = letters.fold(0, |number, letter| number * 26 + usize::from(letter - b'A') + 1);
    (number > 0).then_some(number)
}
