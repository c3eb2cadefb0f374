//! Comma-separated values by RFC 4180. Cells that a spreadsheet may take for formulas are left as they are.

/// Returns one record, ended by CRLF.
pub(super) fn record<'a>(cells: impl Iterator<Item = std::borrow::Cow<'a, str>>) -> String {
    let mut record = cells.map(|cell| field(&cell)).collect::<Vec<_>>().join(",");
    record.push_str("\r\n");
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
        let record = record(cells.into_iter().map(Into::into));
        assert_eq!(record, "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",=1+1,x[0m,\r\n");
    }
}
