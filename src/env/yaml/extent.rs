//! Computes the range of bytes (extent) of each value in the text, from the positions that the parser reports.

use super::Position;
use granit_parser::{Marker, ScalarStyle, Span};
use std::ops::Range;

/// Returns the position of a mark of the parser.
pub(super) fn position_of(mark: &Marker) -> Position {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Position { line: number(mark.line()), column: number(mark.col().saturating_add(1)), file: 0 }
}

/// Returns the range of a scalar. For a block scalar, the parser reports a range that begins after the header, and ends
/// after the empty lines that follow. `before` is the end of the previous event.
pub(super) fn scalar_extent(text: &str, before: usize, style: ScalarStyle, span: &Span) -> Option<Range<usize>> {
    let (start, end) = (span.start.byte_offset()?, span.end.byte_offset()?);
    if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
        return Some(start..end);
    }
    let header = before + text.get(before..end)?.find(['|', '>'])?;
    let text = text.get(header..end)?;
    let mut length = text.len();
    while let Some(at) = text[..length].rfind('\n').filter(|at| text[at + 1..length].trim().is_empty()) {
        length = at;
    }
    Some(header..header + text[..length].trim_end_matches('\r').len())
}

/// Returns the end of a collection. `last` is the end of its last value. A collection in flow style ends with its bracket.
/// A collection in block style ends with its last value, because the parser reports its end only after the comments that
/// follow.
pub(super) fn collection_end(last: Option<usize>, span: &Span) -> Option<usize> {
    let (start, end) = (span.start.byte_offset()?, span.end.byte_offset()?);
    if end > start { Some(end) } else { last }
}
