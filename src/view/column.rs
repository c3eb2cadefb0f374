//! Columns: declared in code as constants, chosen by the user as names and dotted paths.

use serde_json::Value;
use std::borrow::Cow;

/// How a value becomes a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    Text,
    /// Text that a terminal does not truncate as long as that is possible.
    Id,
    /// Relative on a terminal, RFC 3339 in UTC elsewhere.
    Time,
    /// A number; of an array or object, its size.
    Count,
    /// Compact JSON, strings included.
    Json,
    /// The text of message content: a string, or parts.
    Content,
}

/// A column as it is declared: `const COLUMNS: &[Col] = &[Col::id("id"), Col::time("created", "created_at")]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Col {
    name: &'static str,
    path: &'static str,
    cell: CellKind,
}

impl Col {
    /// Declares an id whose name is its member.
    pub const fn id(name: &'static str) -> Self {
        Self::new(name, name, CellKind::Id)
    }

    /// Declares text.
    pub const fn text(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, CellKind::Text)
    }

    /// Declares a time.
    pub const fn time(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, CellKind::Time)
    }

    /// Declares a number or a size.
    pub const fn count(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, CellKind::Count)
    }

    /// Declares compact JSON.
    pub const fn json(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, CellKind::Json)
    }

    /// Declares the text of message content.
    pub const fn content(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, CellKind::Content)
    }

    /// Declares a column; the path is dotted, and an array on the way stands for each of its items.
    pub const fn new(name: &'static str, path: &'static str, cell: CellKind) -> Self {
        Self { name, path, cell }
    }
}

/// A column as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub path: Vec<String>,
    pub cell: CellKind,
}

/// A list of columns that cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a list of columns such as `id,name,metadata.team`")]
pub struct ColumnError {
    text: String,
}

impl From<&Col> for Column {
    fn from(col: &Col) -> Self {
        Self { name: col.name.to_owned(), path: split(col.path), cell: col.cell }
    }
}

impl Column {
    /// Returns the columns that an object shows by default.
    pub fn defaults(cols: &[Col]) -> Vec<Self> {
        cols.iter().map(Self::from).collect()
    }

    /// Reads `--columns`: a default's name or path keeps its kind, anything else is a dotted path.
    pub fn parse(text: &str, defaults: &[Col]) -> Result<Vec<Self>, ColumnError> {
        let known = |name: &str| defaults.iter().find(|col| col.name == name || col.path == name);
        text.split(',')
            .map(str::trim)
            .map(|name| match known(name) {
                Some(col) => Ok(Self { name: name.to_owned(), ..Self::from(col) }),
                None if name.split('.').any(str::is_empty) => Err(ColumnError { text: text.to_owned() }),
                None => Ok(Self { name: name.to_owned(), path: split(name), cell: guess(name) }),
            })
            .collect()
    }

    /// Returns the value of this column in an item, if it is there and not null.
    pub(super) fn value<'a>(&self, item: &'a Value) -> Option<Cow<'a, Value>> {
        follow(item, &self.path).filter(|value| !value.is_null())
    }
}

fn split(path: &str) -> Vec<String> {
    path.split('.').map(str::to_owned).collect()
}

fn guess(path: &str) -> CellKind {
    match path.rsplit('.').next() {
        Some("id") => CellKind::Id,
        // Metadata is the user's own: a name there says nothing about the value.
        Some(last) if last.ends_with("_at") && !path.starts_with("metadata.") => CellKind::Time,
        _ => CellKind::Text,
    }
}

fn follow<'a>(value: &'a Value, path: &[String]) -> Option<Cow<'a, Value>> {
    let Some((first, rest)) = path.split_first() else { return Some(Cow::Borrowed(value)) };
    match value {
        Value::Object(members) => match members.get(first) {
            Some(member) => follow(member, rest),
            // A member's own name may hold dots, as metadata keys do.
            None => members.get(&path.join(".")).map(Cow::Borrowed),
        },
        Value::Array(items) => match first.parse::<usize>() {
            Ok(index) => follow(items.get(index)?, rest),
            Err(_) => {
                let found: Vec<_> = items.iter().filter_map(|item| follow(item, path)).map(Cow::into_owned).collect();
                (!found.is_empty()).then_some(Cow::Owned(Value::Array(found)))
            }
        },
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    const COLUMNS: &[Col] = &[Col::id("id"), Col::text("name", "name"), Col::time("created", "created_at")];

    #[test]
    fn known_names_keep_their_kind_and_others_are_paths() {
        let columns = Column::parse("created, metadata.team,expires_at,metadata.seen_at", COLUMNS).unwrap();
        let seen: Vec<_> = columns.iter().map(|column| (column.path.join("/"), column.cell)).collect();
        let expected = [
            ("created_at", CellKind::Time),
            ("metadata/team", CellKind::Text),
            ("expires_at", CellKind::Time),
            ("metadata/seen_at", CellKind::Text),
        ];
        assert_eq!(seen, expected.map(|(path, kind)| (path.to_owned(), kind)));
        for bad in ["", "a,,b", "a..b", ".a"] {
            assert!(Column::parse(bad, COLUMNS).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn paths_reach_into_arrays_and_dotted_members() {
        let item =
            json!({"tools": [{"type": "a"}, {"other": 1}, {"type": "b"}], "metadata": {"k8s.io/x": "y"}, "n": null});
        let at = |path: &str| Column::parse(path, &[]).unwrap()[0].value(&item).map(Cow::into_owned);
        assert_eq!(at("tools.type"), Some(json!(["a", "b"])));
        assert_eq!(at("tools.2.type"), Some(json!("b")));
        assert_eq!(at("metadata.k8s.io/x"), Some(json!("y")));
        assert_eq!((at("n"), at("tools.none"), at("metadata.k8s.io.x")), (None, None, None));
    }
}
