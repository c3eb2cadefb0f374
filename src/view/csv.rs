//! Comma-separated values with the quotes of RFC 4180. Cells that a spreadsheet may take for formulas are left as they are.

/// How a record ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineEnd {
    /// A line feed, so that the last field of a shell loop has no carriage return.
    #[default]
    Lf,
    /// What RFC 4180 asks for.
    CrLf,
}

/// Returns one record.
pub(super) fn record<'a>(cells: impl Iterator<Item = std::borrow::Cow<'a, str>>, end: LineEnd) -> String {
    let mut record = cells.map(|cell| field(&cell)).collect::<Vec<_>>().join(",");
    record.push_str(match end {
        LineEnd::Lf => "\n",
        LineEnd::CrLf => "\r\n",
    });
    record
}

/// Line breaks and tabs are legal within a field; every other control is removed.
fn field(cell: &str) -> String {
    let kept: String = cell.chars().filter(|c| !crate::ui::is_unsafe(*c) || matches!(c, '\n' | '\r' | '\t')).collect();
    if kept.contains([',', '"', '\n', '\r']) { format!("\"{}\"", kept.replace('"', "\"\"")) } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_must_be_quoted_is_quoted() {
        let cells = ["plain", "a,b", "say \"hi\"", "two\nlines", "=1+1", "x\u{1b}[0m", ""];
        for (end, text) in [(LineEnd::Lf, "\n"), (LineEnd::CrLf, "\r\n")] {
            let record = record(cells.into_iter().map(Into::into), end);
            assert_eq!(record, format!("plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",=1+1,x[0m,{text}"));
        }
    }
}
