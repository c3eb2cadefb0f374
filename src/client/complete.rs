//! The proof that a list is complete. Only a complete list is evidence that an object does *not* exist
//! (docs/design/orphans.md). To show the objects that exist, any page is sufficient.

use super::json::id_of;
use super::request::ApiResponse;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::fmt;

/// The proof that a list was read to its end. Every page was well formed, all items have IDs, no item was sent twice,
/// and the server marked the end.
///
/// Only [`super::Paginator::proof_of_completeness`] creates it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Complete(pub(super) ());

/// Specifies whether a list comes in pages, which determines the required form of `has_more`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageForm {
    /// `has_more` is a boolean.
    Yes,
    /// `has_more` is absent or `false`, because the list comes as one page.
    No,
}

/// Returns the defect that makes a page invalid as evidence, if there is one.
pub(super) fn flaw(page: &Value, paged: PageForm) -> Option<String> {
    let Value::Object(envelope) = page else { return Some("it is not a list envelope".to_owned()) };
    if let Some(name) = envelope.iter().find_map(|(name, value)| indicates_more(name, value).then_some(name)) {
        return Some(format!("a page has the member `{name}`, which the protocol does not define"));
    }
    match envelope.get("object") {
        None | Some(Value::Null) => {}
        Some(Value::String(object)) if object.is_empty() || object == "list" => {}
        Some(other) => return Some(format!("`object` of a page is {other}, expected \"list\"")),
    }
    let Some(Value::Array(items)) = envelope.get("data") else { return Some("a page has no array `data`".to_owned()) };
    if items.iter().any(|item| id_of(item).is_none()) {
        return Some("an item has no ID".to_owned());
    }
    match (envelope.get("has_more"), paged) {
        (Some(Value::Bool(true)), PageForm::Yes) if items.is_empty() => {
            Some("an empty page has `has_more: true`".to_owned())
        }
        (Some(Value::Bool(_)), PageForm::Yes) | (None | Some(Value::Null | Value::Bool(false)), PageForm::No) => {
            id_range_flaw(envelope, items)
        }
        (Some(other), _) => Some(format!("`has_more` is {other}, so the end of the list is unknown")),
        (None, _) => Some("a page has no `has_more`".to_owned()),
    }
}

/// Returns the defect in the status, the headers or the text of a response, if there is one. Such a defect shows that
/// the page may be incomplete although its envelope is well formed.
pub(super) fn response_flaw(response: &ApiResponse) -> Option<String> {
    const EXPECTED: u16 = 200;
    let is_last = response.value.get("has_more") != Some(&Value::Bool(true));
    if response.status != EXPECTED {
        return Some(format!("a page has the status {}, expected {EXPECTED}", response.status));
    }
    if response.has_next_link && is_last {
        return Some("the `Link` header of the last page announces another page".to_owned());
    }
    match repeated_member(&response.text) {
        Ok(name) => name.map(|name| format!("a page has the member `{name}` more than once")),
        Err(error) => Some(format!("the text of a page is not strict JSON ({error})")),
    }
}

/// Returns the name of a member that the outermost object of a text contains more than once. Such a page is
/// ambiguous: the reader of responses uses the last value, other readers the first.
///
/// # Errors
/// Returns an error if the text is not JSON. The reader of responses also accepts a byte order mark, which is skipped
/// here.
fn repeated_member(text: &[u8]) -> Result<Option<String>, serde_json::Error> {
    struct Repeated(Option<String>);

    impl<'de> Deserialize<'de> for Repeated {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(MemberVisitor)
        }
    }

    impl crate::json::Closed<'_> for Repeated {}

    struct MemberVisitor;

    impl<'de> Visitor<'de> for MemberVisitor {
        type Value = Repeated;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Repeated, A::Error> {
            let (mut names, mut repeated) = (HashSet::new(), None);
            while let Some(name) = members.next_key::<String>()? {
                members.next_value::<IgnoredAny>()?;
                if !names.insert(name.clone()) {
                    repeated = repeated.or(Some(name));
                }
            }
            Ok(Repeated(repeated))
        }
    }

    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    crate::json::closed_bytes::<Repeated>(text).map(|found| found.0)
}

/// Returns the defect in `first_id` and `last_id` of a page, if there is one.
fn id_range_flaw(envelope: &Map<String, Value>, items: &[Value]) -> Option<String> {
    [("first_id", items.first()), ("last_id", items.last())].into_iter().find_map(|(name, item)| {
        let (named, own) = (envelope.get(name)?.as_str()?, id_of(item?)?);
        (named != own).then(|| format!("`{name}` of a page differs from the ID of that item"))
    })
}

/// Returns the number of items that an envelope claims for the whole list, if it has such an undocumented member.
pub(super) fn claimed_count(page: &Value) -> Option<u64> {
    const NAMES: [&str; 6] = ["total", "count", "totalcount", "totalitems", "totalresults", "itemcount"];
    let is_count = |name: &str| NAMES.contains(&name.to_ascii_lowercase().replace(['_', '-'], "").as_str());
    page.as_object()?.iter().filter(|(name, _)| is_count(name)).filter_map(|(_, value)| value.as_u64()).max()
}

/// Returns `true` if an undocumented member indicates that the list continues elsewhere, or that an error occurred.
fn indicates_more(name: &str, value: &Value) -> bool {
    const SIGNS: [&str; 13] = [
        "more",
        "next",
        "cursor",
        "continuation",
        "token",
        "paging",
        "pagination",
        "link",
        "truncated",
        "partial",
        "incomplete",
        "error",
        "warning",
    ];
    let is_empty = match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    };
    let name = name.to_ascii_lowercase();
    !is_empty && name != "has_more" && SIGNS.iter().any(|sign| name.contains(sign))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_protocols_envelope_is_evidence() {
        let item = json!({ "id": "a" });
        for page in [
            json!({ "object": "list", "data": [item], "first_id": "a", "last_id": "a", "has_more": false }),
            json!({ "object": "list", "data": [], "first_id": null, "last_id": null, "has_more": false }),
            json!({ "data": [item], "last_id": "a", "has_more": true }),
            json!({ "object": "", "data": [{ "id": 7 }], "has_more": false, "next_page": null, "error": null }),
            json!({ "data": [], "has_more": false, "first_id": "none" }),
            json!({ "data": [], "has_more": false, "hasMore": false, "total": 12 }),
        ] {
            assert_eq!(flaw(&page, PageForm::Yes), None, "{page}");
        }
        for page in [
            json!([]),
            json!([item]),
            json!(null),
            json!({}),
            json!({ "data": null, "has_more": false }),
            json!({ "data": {}, "has_more": false }),
            json!({ "data": "", "has_more": false }),
            json!({ "object": "list", "has_more": false }),
            json!({ "object": "error", "data": [], "has_more": false }),
            json!({ "object": "page", "data": [], "has_more": false }),
            json!({ "error": { "message": "no" }, "data": [], "has_more": false }),
            json!({ "data": [] }),
            json!({ "data": [item] }),
            json!({ "data": [], "has_more": null }),
            json!({ "data": [], "has_more": "false" }),
            json!({ "data": [], "has_more": "true" }),
            json!({ "data": [], "has_more": 0 }),
            json!({ "data": [], "has_more": 1 }),
            json!({ "data": [], "has_more": true }),
            json!({ "data": [item], "has_more": false, "next_page": "x" }),
            json!({ "data": [item], "has_more": false, "nextLink": "http://x" }),
            json!({ "data": [item], "has_more": false, "links": { "next": "/x" } }),
            json!({ "data": [item], "has_more": false, "truncated": true }),
            json!({ "data": [item], "has_more": false, "hasMore": true }),
            json!({ "data": [item, {}], "has_more": false }),
            json!({ "data": [item, null], "has_more": false }),
            json!({ "data": ["a"], "has_more": false }),
            json!({ "data": [{ "id": "" }], "has_more": false }),
            json!({ "data": [item], "has_more": false, "last_id": "b" }),
            json!({ "data": [item], "has_more": false, "first_id": "b" }),
        ] {
            assert!(flaw(&page, PageForm::Yes).is_some(), "{page}");
        }
    }

    #[test]
    fn status_headers_and_repeated_members_make_a_page_invalid_as_evidence() {
        let flaw_of = |text: &str, status, has_next_link| {
            let value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default();
            response_flaw(&ApiResponse {
                value,
                text: text.to_owned().into(),
                status,
                has_next_link,
                ..Default::default()
            })
        };
        let last = r#"{"data":[{"id":"a","id":"b"}],"has_more":false}"#;
        assert_eq!(flaw_of(last, 200, false), None);
        assert_eq!(flaw_of(r#"{"data":[],"has_more":true}"#, 200, true), None);
        assert_eq!(flaw_of(&format!("\u{feff}{last}"), 200, false), None);
        for (text, status, has_next_link, expected) in [
            (last, 203, false, "status 203"),
            (last, 200, true, "`Link` header"),
            (r#"{"data":[{"id":"a"}],"data":[],"has_more":false}"#, 200, false, "`data` more than once"),
            (r#"{"data":[],"has_more":true,"has_more":false}"#, 200, false, "`has_more` more than once"),
            ("\u{feff}{\"data\":[],\"data\":[]}", 200, false, "`data` more than once"),
            ("{\"data\":[]", 200, false, "not strict JSON"),
        ] {
            assert!(flaw_of(text, status, has_next_link).unwrap().contains(expected), "{text}");
        }
    }

    #[test]
    fn a_count_of_the_whole_list_is_found() {
        for name in ["total", "count", "total_count", "totalCount", "Total-Items"] {
            assert_eq!(claimed_count(&json!({ "data": [], name: 12 })), Some(12), "{name}");
        }
        for page in
            [json!([]), json!({ "total": null }), json!({ "total_tokens": 9 }), json!({ "data": [], "total": "9" })]
        {
            assert_eq!(claimed_count(&page), None, "{page}");
        }
    }

    #[test]
    fn a_list_in_one_page_needs_no_has_more() {
        assert_eq!(flaw(&json!({ "object": "list", "data": [{ "id": "a" }] }), PageForm::No), None);
        assert_eq!(flaw(&json!({ "data": [], "has_more": false }), PageForm::No), None);
        assert!(flaw(&json!({ "data": [{ "id": "a" }], "has_more": true }), PageForm::No).is_some());
        assert!(flaw(&json!({ "data": null }), PageForm::No).is_some());
    }
}
