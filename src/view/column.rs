//! The columns of tables. Commands declare their default columns ([`Col`]), and `--columns` selects columns by their
//! names or by dotted paths ([`Column`]).

use crate::config::nearest;
use serde_json::Value;
use std::borrow::Cow;

/// The kind of a cell, which determines its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    Text,
    /// An ID. On a narrow terminal, all other texts are truncated before it.
    Id,
    /// A time: relative on a terminal, otherwise RFC 3339 in UTC.
    Time,
    /// A number, or the size of an array or object.
    Count,
    /// Compact JSON. Strings keep their quotes.
    Json,
    /// The text of message content, which is a string or a list of parts.
    Content,
}

/// The declaration of a column: `const COLUMNS: &[Col] = &[Col::id("id"), Col::time("created", "created_at")]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Col {
    name: &'static str,
    path: &'static str,
    cell: CellKind,
}

impl Col {
    /// Declares an ID column that has the name of its member.
    pub const fn id(name: &'static str) -> Self {
        Self::new(name, name, CellKind::Id)
    }

    /// Declares a text column.
    pub const fn text(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, CellKind::Text)
    }

    /// Declares a time column.
    pub const fn time(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, CellKind::Time)
    }

    /// Declares a column with a number or a size.
    pub const fn count(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, CellKind::Count)
    }

    /// Declares a column with compact JSON.
    pub const fn json(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, CellKind::Json)
    }

    /// Declares a column with the text of message content.
    pub const fn content(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, CellKind::Content)
    }

    /// Declares a column. The path is dotted, and an array on the path stands for each of its items.
    pub const fn new(name: &'static str, path: &'static str, cell: CellKind) -> Self {
        Self { name, path, cell }
    }
}

/// A column of the output, declared by a command or selected by the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub path: Vec<String>,
    pub cell: CellKind,
    /// `true` if the protocol or `asst` defines the member. A warning is printed for any other column if no item has
    /// its member.
    pub known: bool,
}

/// The members of an object that `--columns` accepts, in addition to the default columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Members {
    /// Any member, because the members of the object are unknown.
    Any,
    /// The members with these names, separated by spaces. A path with a leading dot can name any other member.
    These(&'static str),
}

/// The error for an invalid list of columns.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnError {
    #[error("expected a list of columns such as `id,name,metadata.team`, got `{text}`")]
    Invalid { text: String },
    #[error("unknown column `{name}`")]
    Unknown {
        name: String,
        /// The name that is most similar, if there is one.
        nearest: Option<String>,
        all: String,
    },
}

impl ColumnError {
    /// Returns the hint for an unknown column: the most similar name, or all valid names.
    pub fn hint(&self) -> Option<String> {
        let Self::Unknown { name, nearest, all } = self else { return None };
        let names = match nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("the columns are {all};"),
        };
        Some(format!("{names} `.{name}` selects any member with this name"))
    }
}

impl From<&Col> for Column {
    fn from(col: &Col) -> Self {
        Self { name: col.name.to_owned(), path: split(col.path), cell: col.cell, known: true }
    }
}

impl Column {
    /// Returns the default columns of an object.
    pub fn defaults(cols: &[Col]) -> Vec<Self> {
        cols.iter().map(Self::from).collect()
    }

    /// Parses the value of `--columns`. The name or path of a default column keeps its kind. Any other entry is a
    /// dotted path that starts with a known member, or with a dot.
    pub fn parse(text: &str, defaults: &[Col], members: Members) -> Result<Vec<Self>, ColumnError> {
        text.split(',')
            .map(str::trim)
            .map(|name| Self::named(name, defaults, members))
            .collect::<Result<_, _>>()
            .map_err(|error| match error {
                ColumnError::Invalid { .. } => ColumnError::Invalid { text: text.to_owned() },
                unknown => unknown,
            })
    }

    fn named(name: &str, defaults: &[Col], members: Members) -> Result<Self, ColumnError> {
        if let Some(col) = defaults.iter().find(|col| col.name == name || col.path == name) {
            return Ok(Self { name: name.to_owned(), ..Self::from(col) });
        }
        let path = name.strip_prefix('.').unwrap_or(name);
        if path.split('.').any(str::is_empty) {
            return Err(ColumnError::Invalid { text: name.to_owned() });
        }
        let first = path.split('.').next().unwrap_or_default();
        let known = match members {
            Members::These(members) => members.split_whitespace().any(|member| member == first),
            Members::Any => false,
        };
        if !known && path == name && members != Members::Any {
            return Err(unknown(name, defaults, members));
        }
        Ok(Self { name: path.to_owned(), path: split(path), cell: guess_kind(path), known })
    }

    /// Returns `true` if an item has the first member of the path, whatever its value.
    pub(super) fn is_in(&self, item: &Value) -> bool {
        let Value::Object(members) = item else { return false };
        members.contains_key(&self.path.join(".")) || self.path.first().is_some_and(|first| members.contains_key(first))
    }

    /// Returns the value of this column in an item, or `None` if it is missing or null.
    pub(super) fn value<'a>(&self, item: &'a Value) -> Option<Cow<'a, Value>> {
        follow(item, &self.path).filter(|value| !value.is_null())
    }
}

fn unknown(name: &str, defaults: &[Col], members: Members) -> ColumnError {
    let Members::These(members) = members else { return ColumnError::Invalid { text: name.to_owned() } };
    let mut all: Vec<&str> = defaults.iter().map(|col| col.name).collect();
    all.extend(
        members
            .split_whitespace()
            .filter(|member| !defaults.iter().any(|col| col.path == *member || col.name == *member)),
    );
    let nearest = nearest(name, all.iter().copied()).map(str::to_owned);
    ColumnError::Unknown { name: name.to_owned(), nearest, all: all.join(", ") }
}

fn split(path: &str) -> Vec<String> {
    path.split('.').map(str::to_owned).collect()
}

/// Returns the kind of a cell by the last part of its path.
fn guess_kind(path: &str) -> CellKind {
    match path.rsplit('.').next() {
        Some("id") => CellKind::Id,
        // The keys of metadata are chosen by the user, so their names do not imply a type.
        Some(last) if last.ends_with("_at") && !path.starts_with("metadata.") => CellKind::Time,
        _ => CellKind::Text,
    }
}

/// Returns the value at a path. On an array, a number selects one item, and a name selects the member of every item.
fn follow<'a>(value: &'a Value, path: &[String]) -> Option<Cow<'a, Value>> {
    let Some((first, rest)) = path.split_first() else { return Some(Cow::Borrowed(value)) };
    match value {
        Value::Object(members) => match members.get(first) {
            Some(member) => follow(member, rest),
            // The name of a member can contain dots, such as a key of metadata.
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
    fn default_columns_keep_their_kind_and_others_are_paths() {
        let columns =
            Column::parse("created, metadata.team,expires_at,metadata.seen_at", COLUMNS, Members::Any).unwrap();
        let seen: Vec<_> = columns.iter().map(|column| (column.path.join("/"), column.cell)).collect();
        let expected = [
            ("created_at", CellKind::Time),
            ("metadata/team", CellKind::Text),
            ("expires_at", CellKind::Time),
            ("metadata/seen_at", CellKind::Text),
        ];
        assert_eq!(seen, expected.map(|(path, kind)| (path.to_owned(), kind)));
        for bad in ["", "a,,b", "a..b", "..a", "."] {
            assert!(Column::parse(bad, COLUMNS, Members::Any).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn unknown_column_is_refused_unless_it_starts_with_a_dot() {
        let parse = |text: &str| Column::parse(text, COLUMNS, Members::These("id name created_at metadata"));
        let columns = parse("created_at,metadata.team,.nmae.x").unwrap();
        let known: Vec<_> = columns.iter().map(|column| (column.name.as_str(), column.known)).collect();
        assert_eq!(known, [("created_at", true), ("metadata.team", true), ("nmae.x", false)]);
        let error = parse("id,nmae").unwrap_err();
        assert_eq!(error.to_string(), "unknown column `nmae`");
        assert_eq!(error.hint().unwrap(), "did you mean `name`? `.nmae` selects any member with this name");
        let hint = parse("id,zzz").unwrap_err().hint().unwrap();
        assert!(hint.starts_with("the columns are id, name, created, metadata; "), "{hint}");
    }

    #[test]
    fn paths_reach_into_arrays_and_dotted_members() {
        let item =
            json!({"tools": [{"type": "a"}, {"other": 1}, {"type": "b"}], "metadata": {"k8s.io/x": "y"}, "n": null});
        let at = |path: &str| Column::parse(path, &[], Members::Any).unwrap()[0].value(&item).map(Cow::into_owned);
        assert_eq!(at("tools.type"), Some(json!(["a", "b"])));
        assert_eq!(at("tools.2.type"), Some(json!("b")));
        assert_eq!(at("metadata.k8s.io/x"), Some(json!("y")));
        assert_eq!((at("n"), at("tools.none"), at("metadata.k8s.io.x")), (None, None, None));
    }
}
