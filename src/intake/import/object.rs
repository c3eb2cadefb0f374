//! The facts about an ID in a JSON object.

use super::columns::ColumnNames;
use super::facts::{IdFacts, pairs, plain};
use super::id_column;
use crate::api::Kind;
use serde_json::{Map, Value};

/// Returns the facts in a JSON object. If the kind `wanted` is given without `--id-column`, an object with another
/// member that may be the ID is an error.
///
/// # Errors
/// Returns a message if a member is missing or has the wrong type, or if two members may be the ID.
pub(super) fn facts(
    columns: &ColumnNames,
    object: &Map<String, Value>,
    wanted: Option<Kind>,
) -> Result<IdFacts, String> {
    let facts = members(columns, object)?;
    if columns.id.is_none()
        && let Some(wanted) = wanted.filter(|_| Kind::of_id(&facts.id).is_none())
        && let Some(other) = object.keys().find(|name| id_column::names_ids_of(name, wanted))
    {
        return Err(format!("both `id` and `{other}` may be the ID; --id-column {other} selects the second"));
    }
    Ok(facts)
}

fn members(columns: &ColumnNames, object: &Map<String, Value>) -> Result<IdFacts, String> {
    let is_ignored = |name: &str| columns.ignored.iter().any(|ignored| ignored == name);
    let member = |named: &Option<String>, names: &[&str]| match named {
        Some(name) => object.get(name),
        None => names.iter().filter(|name| !is_ignored(name)).find_map(|name| object.get(*name)),
    };
    let text = |value: Option<&Value>| value.filter(|value| !value.is_null()).map(plain);
    let name = columns.id.as_deref().unwrap_or("id");
    let id = object.get(name).and_then(Value::as_str).ok_or_else(|| format!("the object has no text `{name}`"))?;
    let metadata = match columns.metadata.is_empty() {
        true => object.get("metadata").filter(|_| !is_ignored("metadata")).and_then(Value::as_object).map(pairs),
        false => {
            let pair = |name: &String| Some((name.clone(), text(object.get(name))?));
            Some(columns.metadata.iter().filter_map(pair).collect())
        }
    };
    Ok(IdFacts {
        id: id.to_owned(),
        kind: text(member(&columns.kind, &["kind"])),
        created: member(&columns.created, &["created_at", "created"]).filter(|time| !time.is_null()).cloned(),
        parent: text(member(&columns.parent, &["parent"])),
        metadata,
    })
}
