//! Common forms of responses, independent of the kind of object: an object, a page, a deletion, an update.

use super::App;
use super::error::Refused;
use super::json::{Json, ListPage};
use super::lifecycle::contended;
use super::resources::without_nulls;
use super::store::{Batch, Outcome, Page, TRIES, Window};
use crate::api::Kind;
use crate::api::paging::Paging;
use crate::json;
use serde_json::{Map, Value, json};

/// The most bytes and values of a page that holds more than one object, because clients have limits, too.
const MOST_BYTES: usize = 16 << 20;
const MOST_VALUES: usize = 200_000;

/// The default number of objects on a page (docs/protocol/endpoints.md#lists-and-paging).
const PAGE: u32 = 20;

impl From<Paging> for Window {
    fn from(Paging { limit, order, after, before }: Paging) -> Self {
        Self { limit, order, after, before, label: None }
    }
}

/// Returns the response with an object as it is stored.
pub(super) async fn one(app: &App, kind: Kind, parent: &str, id: &str) -> Result<Json, Refused> {
    let found = app.store.get(kind, parent, id).await?;
    found.map(Json::One).ok_or_else(|| Refused::missing(kind, id))
}

/// Returns the response with a page of a list.
pub(super) async fn page(app: &App, kind: Kind, parent: &str, window: impl Into<Window>) -> Result<Json, Refused> {
    page_of(app, kind, parent, window.into(), PAGE).await
}

/// Returns the response with a page of a list that has its own default length. The stored documents are copied without
/// parsing them.
pub(super) async fn page_of(
    app: &App,
    kind: Kind,
    parent: &str,
    window: Window,
    default_limit: u32,
) -> Result<Json, Refused> {
    let (mut rows, mut has_more) = match app.store.list(kind, parent, &window, default_limit).await? {
        Page::Found { rows, has_more } => (rows, has_more),
        Page::UnknownCursor(id) => {
            let param = if window.after.as_ref() == Some(&id) { "after" } else { "before" };
            return Err(Refused::missing(kind, &id).param(param));
        }
    };
    has_more |= shorten(&mut rows);
    let id = |row: Option<&(String, String)>| row.map_or(Value::Null, |(id, _)| Value::from(id.as_str()));
    let (first, last) = (id(rows.first()), id(rows.last()));
    let data: Vec<&str> = rows.iter().map(|(_, doc)| doc.as_str()).collect();
    Ok(Json::Page(ListPage { data: data.join(","), first_id: first, last_id: last, has_more }))
}

/// Cuts a page that no client could read whole. Returns `true` if anything was cut.
fn shorten(rows: &mut Vec<(String, String)>) -> bool {
    // A value takes two bytes at the least.
    if rows.iter().map(|(_, doc)| doc.len()).sum::<usize>() < MOST_VALUES * 2 {
        return false;
    }
    let (mut bytes, mut values, all) = (0, 0, rows.len());
    let fits = rows.iter().take_while(|(_, doc)| {
        bytes += doc.len();
        values += json::count(doc);
        bytes <= MOST_BYTES && values <= MOST_VALUES
    });
    let fits = fits.count().max(1);
    rows.truncate(fits);
    fits < all
}

/// Returns the response to a deletion (docs/protocol/objects.md#deletion-result).
pub(super) fn deleted(kind: Kind, id: &str) -> Json {
    let object = match kind {
        Kind::File => "file".to_owned(),
        Kind::Message => "thread.message.deleted".to_owned(),
        kind => format!("{}.deleted", kind.name()),
    };
    json!({ "id": id, "object": object, "deleted": true }).into()
}

/// Merges members into a stored object, and returns the response with the result.
pub(super) async fn update(
    app: &App,
    kind: Kind,
    parent: &str,
    id: &str,
    members: &Map<String, Value>,
) -> Result<Json, Refused> {
    for _ in 0..TRIES {
        let Some(mut stored) = app.store.load(kind, parent, id).await? else {
            return Err(Refused::missing(kind, id));
        };
        lay_over(&mut stored.doc, members.clone());
        let batch = Batch::default().unchanged(id, stored.version).replace(id, &stored.doc);
        if app.store.commit(batch).await? == Outcome::Done {
            return Ok(Value::Object(stored.doc).into());
        }
    }
    Err(contended())
}

/// Merges members into a document. `null` resets a member to its default, or clears it if there is none.
///
/// `reasoning_effort` is accepted and not stored, because the objects of this server do not have it.
pub(super) fn lay_over(doc: &mut Map<String, Value>, members: Map<String, Value>) {
    for (name, value) in members.into_iter().filter(|(name, _)| name != "reasoning_effort") {
        let value = match value {
            Value::Null => default_of(&name),
            value if name == "tool_resources" => without_nulls(&value),
            value => value,
        };
        doc.insert(name, value);
    }
}

/// Returns the default value of a member.
pub(super) fn default_of(name: &str) -> Value {
    match name {
        "metadata" | "tool_resources" => json!({}),
        "tools" => json!([]),
        "temperature" | "top_p" => 1.0.into(),
        "response_format" => "auto".into(),
        _ => Value::Null,
    }
}
