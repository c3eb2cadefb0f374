//! Tables for terminals. The rows of the first page determine the widths of the columns, and later rows are printed
//! with these widths. Memory use is therefore independent of the number of rows.

use super::cell::{self, Audience};
use super::column::{CellKind, Column};
use super::layout::{ColumnRank, GAP, fit, total, truncate};
use crate::ui::{Coloring, sanitize};
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, TableStyle, Width};
use jiff::Timestamp;
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

/// The number of rows that are buffered to determine the widths.
const PAGE: usize = 100;
/// The text of a cell without a value.
const MISSING: &str = "-";
const HEADER: anstyle::Style = anstyle::Style::new().bold();

/// A table for a terminal.
pub(super) struct Table {
    columns: Vec<Column>,
    ranks: Vec<ColumnRank>,
    width: usize,
    coloring: Coloring,
    now: Timestamp,
    stage: TableStage,
}

/// The stage of a table, before or after the widths are determined.
enum TableStage {
    /// The buffered rows of the first page.
    Measuring(Vec<Vec<String>>),
    /// The widths from the first page.
    Streaming(Vec<usize>),
}

impl Table {
    /// Creates a table of `width` columns of the terminal.
    pub(super) fn new(columns: Vec<Column>, width: usize, coloring: Coloring, now: Timestamp) -> Self {
        let primary = columns.iter().position(|column| column.cell == CellKind::Id);
        let rank = |(index, column): (usize, &Column)| match column.cell {
            _ if Some(index) == primary => ColumnRank::Primary,
            CellKind::Id => ColumnRank::Id,
            CellKind::Time | CellKind::Count => ColumnRank::Short,
            CellKind::Text | CellKind::Json | CellKind::Content => ColumnRank::Text,
        };
        let ranks = columns.iter().enumerate().map(rank).collect();
        Self { columns, ranks, width: width.max(1), coloring, now, stage: TableStage::Measuring(Vec::new()) }
    }

    /// Adds a row and returns the text to write, which is empty for the rows of the first page.
    pub(super) fn row(&mut self, item: &Value) -> String {
        let cells = self.cells(item);
        match &mut self.stage {
            TableStage::Streaming(widths) => line(&self.columns, &self.ranks, widths, self.width, &cells),
            TableStage::Measuring(rows) => {
                rows.push(cells);
                if rows.len() < PAGE { String::new() } else { self.page() }
            }
        }
    }

    /// Returns the rows that were not returned yet.
    pub(super) fn end(&mut self) -> String {
        match &self.stage {
            TableStage::Measuring(rows) if !rows.is_empty() => self.page(),
            _ => String::new(),
        }
    }

    /// Returns the cells of a row, truncated to the width of the table to save memory.
    fn cells(&self, item: &Value) -> Vec<String> {
        let audience = Audience::Person(self.now);
        let cell = |column| cell::text(column, item, audience).unwrap_or_else(|| MISSING.to_owned());
        self.columns.iter().map(|column| truncate(&sanitize(&cell(column)), self.width).into_owned()).collect()
    }

    /// Returns the header and the rows of the first page, and stores the widths for all later rows.
    fn page(&mut self) -> String {
        let TableStage::Measuring(rows) = &mut self.stage else { return String::new() };
        let rows = std::mem::take(rows);
        let names: Vec<_> = self.columns.iter().map(|column| sanitize(&column.name).to_uppercase()).collect();
        let natural = |index: usize| {
            let cells = rows.iter().chain([&names]).map(|row| row[index].width());
            cells.max().unwrap_or_default().max(1)
        };
        let widths = fit(&(0..names.len()).map(natural).collect::<Vec<_>>(), &self.ranks, self.width);
        let text = aligned(&self.columns, &widths, &names, &rows);
        self.stage = TableStage::Streaming(widths);
        match (self.coloring, text.split_once('\n')) {
            (Coloring::Colored, Some((head, body))) => format!("{HEADER}{head}{HEADER:#}\n{body}\n"),
            _ => format!("{text}\n"),
        }
    }
}

/// Returns the header and rows as aligned lines. Columns with the width 0 are left out.
fn aligned(columns: &[Column], widths: &[usize], names: &[String], rows: &[Vec<String>]) -> String {
    let shown: Vec<_> = (0..widths.len()).filter(|index| widths[*index] > 0).collect();
    let truncated = |row: &[String]| {
        shown.iter().map(|index| truncate(&row[*index], widths[*index]).into_owned()).collect::<Vec<_>>()
    };
    let mut table = comfy_table::Table::new();
    table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(truncated(names)).add_rows(rows.iter().map(|row| truncated(row)));
    for (place, index) in shown.iter().enumerate() {
        let Some(column) = table.column_mut(place) else { continue };
        let gap = if place + 1 < shown.len() { GAP } else { 0 };
        let to_u16 = |width: usize| u16::try_from(width).unwrap_or(u16::MAX);
        column
            .set_padding((0, to_u16(gap)))
            .set_constraint(ColumnConstraint::Absolute(Width::Fixed(to_u16(widths[*index] + gap))));
        if columns[*index].cell == CellKind::Count {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

/// Returns a row after the first page as a line. A primary ID that is longer than its column is not truncated. The
/// other columns of this row are narrowed instead.
fn line(columns: &[Column], ranks: &[ColumnRank], widths: &[usize], width: usize, cells: &[String]) -> String {
    let longer = |index: usize| ranks[index] == ColumnRank::Primary && cells[index].width() > widths[index];
    let refitted = (0..cells.len()).any(longer).then(|| {
        let widths = (0..cells.len()).map(|i| if longer(i) { cells[i].width() } else { widths[i] });
        fit(&widths.collect::<Vec<_>>(), ranks, width)
    });
    let widths = refitted.as_deref().unwrap_or(widths);
    let mut line = String::with_capacity(total(widths) + 1);
    for index in (0..cells.len()).filter(|index| widths[*index] > 0) {
        let cell = truncate(&cells[index], widths[index]);
        let room = widths[index].saturating_sub(cell.width());
        let (before, after) = if columns[index].cell == CellKind::Count { (room, 0) } else { (0, room) };
        line.extend(std::iter::repeat_n(' ', before));
        line.push_str(&cell);
        line.extend(std::iter::repeat_n(' ', after + GAP));
    }
    line.truncate(line.trim_end().len());
    line.push('\n');
    line
}
