//! Detects the object that a 404 reports as missing, by the wordings of the protocol
//! (docs/protocol/errors.md#known-errors).
//!
//! The whole message must match a wording. A text about a route, a host or a tenant may contain the same words and the
//! same ID, although its sender never had the object.

use crate::api::Kind;

/// Returns the kind and the ID of the object that a message reports as missing.
pub(super) fn named(message: &str) -> Option<(Kind, &str)> {
    let message = message.trim();
    let no_object_found = || {
        let (kind, id) = after(message, "No ")?.split_once(" found with id '")?;
        let id = id.strip_suffix('.').unwrap_or(id).strip_suffix('\'')?;
        Some((kind_named(kind)?, id))
    };
    let no_such_object = || {
        let (kind, id) = after(message, "No such ")?.split_once(" object: ")?;
        Some((kind_named(kind)?, id.strip_suffix('.').unwrap_or(id)))
    };
    // OpenAI's wording for conversations.
    let object_not_found = || {
        let (kind, id) = message.split_once(" with id '")?;
        let id = id.strip_suffix('.').unwrap_or(id).strip_suffix("' not found")?;
        Some((kind_named(kind)?, id))
    };
    no_object_found()
        .or_else(no_such_object)
        .or_else(object_not_found)
        .filter(|(_, id)| !id.is_empty() && !id.contains(char::is_whitespace))
}

/// Returns `true` if the given `type` and `code` of an error are those of a missing object of this kind. An absent
/// member matches.
pub(super) fn fits(kind: Kind, r#type: Option<&str>, code: Option<&str>) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    let not_found = |text: &str| {
        let of_kind = format!("{}notfound", plain(kind.name()));
        ["notfound", "notfounderror", "resourcenotfound", "404"].contains(&text) || text == of_kind
    };
    r#type.is_none_or(|text| text == "invalid_request_error" || not_found(&plain(text)))
        && code.is_none_or(|text| not_found(&plain(text)))
}

/// Returns the kind that a message names in words, such as `vector store`.
fn kind_named(words: &str) -> Option<Kind> {
    let words = words.to_ascii_lowercase();
    let words = if words == "run step" { "step" } else { &words };
    Kind::named(&words.replace(' ', "_"))
}

fn after<'a>(text: &'a str, begin: &str) -> Option<&'a str> {
    let head = text.get(..begin.len())?;
    head.eq_ignore_ascii_case(begin).then(|| &text[begin.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_protocols_wordings_name_an_object() {
        for (message, expected) in [
            ("No thread found with id 'thread_1'.", (Kind::Thread, "thread_1")),
            ("no Assistant found with id 'asst_1'", (Kind::Assistant, "asst_1")),
            ("No vector store found with id 'vs_1'.", (Kind::VectorStore, "vs_1")),
            ("No run step found with id 'step_1'.", (Kind::Step, "step_1")),
            ("No such File object: file-1", (Kind::File, "file-1")),
            ("Conversation with id 'conv_1' not found.", (Kind::Conversation, "conv_1")),
        ] {
            assert_eq!(named(message), Some(expected), "{message}");
        }
    }

    #[test]
    fn other_texts_with_the_same_words_name_none() {
        for message in [
            "No such route: GET /v1/assistants/asst_1",
            "No such path: /v1/assistants/asst_1",
            "no such host asst_1",
            "No such tenant: asst_1",
            "No such assistant: asst_1",
            "No route found with id 'asst_1'.",
            "No upstream found with id 'asst_1'.",
            "No assistant found with id 'asst_1' in tenant blue.",
            "No assistant found with id 'asst_1'. Is this the right host?",
            "upstream: No assistant found with id 'asst_1'.",
            "No assistant found with id asst_1.",
            "Route with id 'conv_1' not found.",
            "Conversation with id 'conv_1' not found in tenant blue.",
            "upstream: Conversation with id 'conv_1' not found.",
            "No assistant found with id ''.",
            "No assistant found with id 'asst_1 asst_2'.",
            "Nö",
            "",
        ] {
            assert_eq!(named(message), None, "{message}");
        }
    }

    #[test]
    fn type_and_code_must_fit() {
        let fit = |r#type, code| fits(Kind::Thread, r#type, code);
        assert!(fit(None, None) && fit(Some("invalid_request_error"), None) && fit(Some("not_found_error"), None));
        assert!(fit(None, Some("404")) && fit(None, Some("NotFound")) && fit(None, Some("thread_not_found")));
        assert!(fit(None, Some("resource_not_found")));
        assert!(!fit(Some("server_error"), None) && !fit(Some("route_not_found"), None));
        assert!(!fit(None, Some("DeploymentNotFound")) && !fit(None, Some("tenant_not_found")) && !fit(None, Some("")));
        assert!(!fits(Kind::Thread, None, Some("assistant_not_found")));
    }
}
