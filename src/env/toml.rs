//! A TOML reader that produces the nodes of the YAML reader, each with its position in the text.

use super::yaml::{MemberName, NodeKind, Position, Scalar, YamlError, YamlNode};
use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};
use serde_json::Number;

/// Parses a document.
///
/// # Errors
/// Returns an error if the text is not TOML, or contains a number that JSON cannot represent.
pub(super) fn document(text: &str) -> Result<YamlNode, YamlError> {
    let lines = Lines::of(text);
    let table = DeTable::parse(text).map_err(|error| YamlError {
        message: error.message().to_owned(),
        at: error.span().map(|span| lines.position(span.start)).unwrap_or_default(),
    })?;
    mapping(table.get_ref(), Position { line: 1, column: 1, file: 0 }, &lines)
}

/// A text and the offset of the first byte of each line.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(ends).collect() }
    }

    fn position(&self, byte: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.text.get(start..byte).map_or(0, |before| before.chars().count()) + 1;
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Position { line: number(line), column: number(column), file: 0 }
    }
}

fn mapping(table: &DeTable<'_>, at: Position, lines: &Lines<'_>) -> Result<YamlNode, YamlError> {
    // The parser sorts the members by their names.
    let mut members: Vec<_> = table.iter().collect();
    members.sort_by_key(|(name, _)| name.span().start);
    let members = members.into_iter().map(|(name, value)| {
        let member =
            MemberName { at: lines.position(name.span().start), extent: None, name: name.get_ref().to_string() };
        Ok((member, node(value, lines)?))
    });
    Ok(YamlNode { at, extent: None, kind: NodeKind::Mapping(members.collect::<Result<_, _>>()?) })
}

fn node(value: &Spanned<DeValue<'_>>, lines: &Lines<'_>) -> Result<YamlNode, YamlError> {
    let at = lines.position(value.span().start);
    let scalar = |text: &str, scalar| {
        Ok(YamlNode { at, extent: None, kind: NodeKind::Scalar { text: text.to_owned(), scalar } })
    };
    let number = |text: &str| match text.trim_start_matches('+').parse::<Number>() {
        Ok(number) => scalar(text, Scalar::Number(number)),
        Err(_) => Err(YamlError { message: format!("JSON cannot represent the number `{text}`"), at }),
    };
    match value.get_ref() {
        DeValue::String(text) => scalar(text, Scalar::Text),
        DeValue::Boolean(value) => scalar(&value.to_string(), Scalar::Bool(*value)),
        DeValue::Integer(integer) if integer.radix() == 10 => number(integer.as_str()),
        DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(value) => number(&value.to_string()),
            Err(_) => Err(YamlError { message: "the number is out of range".to_owned(), at }),
        },
        DeValue::Float(float) => number(float.as_str()),
        DeValue::Datetime(time) => scalar(&time.to_string(), Scalar::Text),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| node(item, lines));
            Ok(YamlNode { at, extent: None, kind: NodeKind::Sequence(items.collect::<Result<_, _>>()?) })
        }
        DeValue::Table(table) => mapping(table, at, lines),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_position() {
        let node = document("z = 1\n[a.b]\nc = [1.50, 'é', 'x']\n").unwrap();
        let NodeKind::Mapping(members) = node.kind else { panic!() };
        assert_eq!(members.iter().map(|(name, _)| name.name.as_str()).collect::<Vec<_>>(), ["z", "a"]);
        let NodeKind::Mapping(inner) = &members[1].1.kind else { panic!() };
        let NodeKind::Mapping(inner) = &inner[0].1.kind else { panic!() };
        let NodeKind::Sequence(items) = &inner[0].1.kind else { panic!() };
        assert_eq!((items[2].at.line, items[2].at.column), (3, 17));
    }

    #[test]
    fn an_error_has_its_position() {
        for (text, line) in [("a = 1\na = 2\n", 2), ("a = \n", 1), ("a = 1\nb = inf\n", 2)] {
            assert_eq!(document(text).unwrap_err().at.line, line, "{text}");
        }
    }
}
