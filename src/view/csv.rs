//! Comma-separated values, quoted as in RFC 4180. Cells that a spreadsheet may treat as formulas are unchanged.

use crate::ui::is_unsafe;
use std::borrow::Cow;

/// The line ending of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineEnd {
    /// A line feed. A shell loop that reads the lines gets no carriage return in the last field.
    #[default]
    Lf,
    /// Carriage return and line feed, as RFC 4180 requires.
    CrLf,
}

/// Formats one record.
pub(super) fn record<'a>(cells: impl Iterator<Item = Cow<'a, str>>, end: LineEnd) -> String {
    let mut record = cells.map(|cell| field(&cell)).collect::<Vec<_>>().join(",");
    record.push_str(match end {
        LineEnd::Lf => "\n",
        LineEnd::CrLf => "\r\n",
    });
    record
}

/// Quotes a field if necessary. Removes all control characters except line breaks and tabs.
fn field(cell: &str) -> String {
    let kept: String = cell.chars().filter(|c| !is_unsafe(*c) || matches!(c, '\n' | '\r' | '\t')).collect();
    if kept.contains([',', '"', '\n', '\r']) { format!("\"{}\"", kept.replace('"', "\"\"")) } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_only_if_necessary() {
        let cells = ["plain", "a,b", "say \"hi\"", "two\nlines", "=1+1", "x\u{1b}[0m", ""];
        for (end, text) in [(LineEnd::Lf, "\n"), (LineEnd::CrLf, "\r\n")] {
            let record = record(cells.into_iter().map(Into::into), end);
            assert_eq!(record, format!("plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",=1+1,x[0m,{text}"), "{end:?}");
        }
    }
}
