//! Assembly of the body and the query of a request (docs/design/declarations.md#one-declaration-per-endpoint).

use super::endpoint::{Body, to_map};
use serde_json::{Map, Value};

/// Returns the request body to send.
///
/// Later sources override earlier ones: `--body`, then the flags, then `null` for each name in `unset`. Members that
/// are still missing get the defaults of the command line.
pub fn assemble<B: Body>(base: Option<Map<String, Value>>, flags: B, unset: &[String]) -> Map<String, Value> {
    let mut map = base.unwrap_or_default();
    for (name, value) in to_map(&flags.fold()) {
        match (map.get_mut(&name), value) {
            (Some(Value::Object(below)), Value::Object(above)) if B::NESTED.contains(&name.as_str()) => {
                below.extend(above);
            }
            (_, value) => drop(map.insert(name, value)),
        }
    }
    for name in unset {
        map.insert(name.clone(), Value::Null);
    }
    for (name, value) in B::DEFAULTS {
        map.entry(*name).or_insert_with(|| Value::from(*value));
    }
    map
}

/// Returns the query parameters as they appear in a URL. An array repeats its key.
pub fn query_pairs(query: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut pairs = Vec::new();
    for (name, value) in query {
        match value {
            Value::Null => {}
            Value::Array(items) => pairs.extend(items.iter().map(|item| (name.clone(), text(item)))),
            value => pairs.push((name.clone(), text(value))),
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::messages::MessageSpec;
    use crate::api::paging::{Include, Paging, StepPaging};
    use crate::api::threads::ThreadAndRunSpec;
    use serde_json::json;

    #[test]
    fn flags_override_the_body_and_the_body_overrides_the_defaults() {
        let base = json!({"role": "assistant", "content": "old", "new_member": 1}).as_object().cloned();
        let flags = MessageSpec { content_text: Some("new".into()), ..MessageSpec::default() };
        let body = assemble(base, flags.clone(), &["metadata".into()]);
        assert_eq!(
            Value::from(body),
            json!({"role": "assistant", "content": "new", "new_member": 1, "metadata": null})
        );
        assert_eq!(Value::from(assemble(None, flags, &[])), json!({"content": "new", "role": "user"}));
    }

    #[test]
    fn flags_of_a_nested_request_keep_the_rest_of_it() {
        let base = json!({"thread": {"metadata": {"a": "1"}}}).as_object().cloned();
        let flags = ThreadAndRunSpec { thread_message: vec!["hi".into()], ..ThreadAndRunSpec::default() };
        let messages = json!([{"role": "user", "content": "hi"}]);
        assert_eq!(
            Value::from(assemble(base, flags, &[])),
            json!({"thread": {"metadata": {"a": "1"}, "messages": messages}})
        );
    }

    #[test]
    fn content_is_a_string_unless_it_has_images_or_other_parts() {
        let flags = MessageSpec {
            content_text: Some("look".into()),
            image_url: vec!["https://x.test/a.png".into()],
            ..MessageSpec::default()
        };
        let parts = json!([
            {"type": "text", "text": "look"},
            {"type": "image_url", "image_url": {"url": "https://x.test/a.png"}}
        ]);
        assert_eq!(assemble(None, flags, &[])["content"], parts);
    }

    #[test]
    fn an_array_in_a_query_repeats_its_key() {
        let query = StepPaging {
            include: Include { include: Some(vec!["a".into(), "b".into()]) },
            paging: Paging { limit: Some(5), ..Paging::default() },
        };
        let pairs = query_pairs(&to_map(&query));
        let expected = [("include[]", "a"), ("include[]", "b"), ("limit", "5")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
