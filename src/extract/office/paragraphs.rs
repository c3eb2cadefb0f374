//! The text of documents and slides: paragraphs and tables. WordprocessingML and DrawingML use the same element names.

use super::limits::Bounded;
use super::xml::{Item, Xml};
use crate::extract::failure::ExtractionFailure;
use crate::extract::flow::Flow;

/// Elements whose text is skipped: the alternative form of a drawing, the old place of moved text, readings above
/// characters, and fields such as slide numbers and dates.
const SKIPPED: &[&str] = &["Fallback", "moveFrom", "rt", "fld"];

/// The position in the document.
#[derive(Default)]
struct Position {
    /// For each open table, `true` if its current row already has a cell.
    tables: Vec<bool>,
    /// The number of open table cells, which can be nested.
    cells: usize,
    /// The number of open runs (`r` elements). Tabs outside a run are tab stops.
    runs: usize,
    is_text: bool,
    is_heading: bool,
    is_item: bool,
}

/// Reads a part with paragraphs.
pub(super) fn read<B: Bounded>(xml: &mut Xml<B>, flow: &mut Flow<'_, '_>) -> Result<(), ExtractionFailure> {
    let mut at = Position::default();
    loop {
        match xml.next()? {
            None => return Ok(()),
            Some(Item::Text(text)) if at.is_text => flow.text(&text)?,
            Some(Item::Text(_)) => {}
            Some(Item::End(name)) => end(&name, &mut at, flow)?,
            Some(Item::Start(element)) => {
                if SKIPPED.contains(&element.name()) {
                    xml.skip()?;
                    continue;
                }
                match element.name() {
                    "pStyle" => {
                        let style = element.attribute("val", true)?.unwrap_or_default();
                        at.is_heading |= style.starts_with("Heading") || style == "Title";
                    }
                    "outlineLvl" => at.is_heading = true,
                    "numPr" => at.is_item = true,
                    name => start(name, &mut at, flow)?,
                }
            }
        }
    }
}

fn start(name: &str, at: &mut Position, flow: &mut Flow<'_, '_>) -> Result<(), ExtractionFailure> {
    match name {
        "p" => {
            (at.is_heading, at.is_item) = (false, false);
            at.break_line(flow);
        }
        "r" => at.runs += 1,
        "t" => at.is_text = true,
        "tab" if at.runs > 0 => flow.text("\t")?,
        "br" | "cr" => at.break_line(flow),
        "noBreakHyphen" => flow.text("-")?,
        "tbl" => {
            at.tables.push(false);
            flow.blank();
        }
        "tr" => {
            flow.row();
            if let Some(has_cell) = at.tables.last_mut() {
                *has_cell = false;
            }
        }
        "tc" => {
            if at.tables.last_mut().is_some_and(|has_cell| std::mem::replace(has_cell, true)) {
                flow.cell();
            }
            at.cells += 1;
        }
        _ => {}
    }
    Ok(())
}

fn end(name: &str, at: &mut Position, flow: &mut Flow<'_, '_>) -> Result<(), ExtractionFailure> {
    match name {
        // The properties of a paragraph come before its text.
        "pPr" if at.is_heading => flow.blank(),
        "pPr" if at.is_item => {
            flow.text("-")?;
            flow.space();
            at.is_item = false;
        }
        "p" if at.is_heading && at.cells == 0 => flow.blank(),
        "p" => at.break_line(flow),
        "r" => at.runs = at.runs.saturating_sub(1),
        "t" => at.is_text = false,
        "tr" => flow.end_row(),
        "tc" => at.cells = at.cells.saturating_sub(1),
        "tbl" => {
            at.tables.pop();
            flow.blank();
        }
        _ => {}
    }
    Ok(())
}

impl Position {
    /// Ends a line. Within a cell, lines are separated by spaces, so that a row stays one line.
    fn break_line(&self, flow: &mut Flow<'_, '_>) {
        if self.cells > 0 {
            flow.space();
        } else {
            flow.line();
        }
    }
}
