//! The shapes of nested members (docs/protocol/endpoints.md, docs/protocol/objects.md). The generated rules describe
//! top-level members only.

use super::error::Refusal;
use super::shape::{Field, Shape, nullable, optional, required};
use super::{Rules, foundry};
use crate::api::Dialect;
use serde_json::{Map, Value};

pub(super) const FILE_IDS: Shape = Shape::List { of: &Shape::Text(None), least: 0, most: 20 };
pub(super) const ONE_STORE: Shape = Shape::List { of: &Shape::Text(None), least: 0, most: 1 };

/// The ranking options of file search in assistants. Vector store search spells the members with hyphens.
const RANKING: Shape = Shape::Object(&[
    optional("ranker", Shape::Word(&["auto", "default_2024_08_21"])),
    required("score_threshold", Shape::Number { least: 0.0, most: 1.0 }),
]);

const TOOL: Shape = Shape::Tagged(&[
    ("code_interpreter", &[]),
    ("function", &[required("function", FUNCTION)]),
    ("file_search", &[optional("file_search", FILE_SEARCH)]),
]);
const FILE_SEARCH: Shape = Shape::Object(&[
    optional("max_num_results", Shape::Integer { least: 1, most: 50 }),
    optional("ranking_options", RANKING),
]);
/// `parameters` is a JSON schema, so its content is not checked.
const FUNCTION: Shape = Shape::Object(&[
    required("name", Shape::FunctionName),
    optional("description", Shape::Text(None)),
    optional("parameters", Shape::Any),
    nullable("strict", Shape::Boolean),
]);

const CHUNKING: Shape = Shape::Tagged(&[("auto", &[]), ("static", &[required("static", CHUNK_SIZES)])]);
const CHUNK_SIZES: Shape = Shape::Object(&[
    required("max_chunk_size_tokens", Shape::Integer { least: 100, most: 4096 }),
    required("chunk_overlap_tokens", Shape::Integer { least: 0, most: 2048 }),
]);

/// A vector store that is created together with its assistant or thread. Only create requests accept it.
const NEW_STORES: Shape = Shape::List { of: &NEW_STORE, least: 0, most: 1 };
const NEW_STORE: Shape = Shape::Object(&[
    optional("file_ids", Shape::List { of: &Shape::Text(None), least: 0, most: 100_000_000 }),
    optional("chunking_strategy", CHUNKING),
    nullable("metadata", Shape::Metadata),
]);

/// A resource may be null, which is as good as leaving it out. The document does not say so, but clients send the model
/// of an answer back with its gaps, as AutoGen does.
const CODE_FILES: Field = nullable("code_interpreter", Shape::Object(&[nullable("file_ids", FILE_IDS)]));
const RESOURCES: Shape =
    Shape::Object(&[CODE_FILES, nullable("file_search", Shape::Object(&[nullable("vector_store_ids", ONE_STORE)]))]);
const NEW_RESOURCES: Shape = Shape::Object(&[
    CODE_FILES,
    nullable(
        "file_search",
        Shape::Object(&[nullable("vector_store_ids", ONE_STORE), nullable("vector_stores", NEW_STORES)]),
    ),
]);

const DETAIL: Field = optional("detail", Shape::Word(&["auto", "low", "high"]));
const PART: Shape = Shape::Tagged(&[
    ("text", &[required("text", Shape::Text(None))]),
    ("image_file", &[required("image_file", Shape::Object(&[required("file_id", Shape::Text(None)), DETAIL]))]),
    ("image_url", &[required("image_url", Shape::Object(&[required("url", Shape::Text(None)), DETAIL]))]),
]);
pub(super) const CONTENT: Shape =
    Shape::TextOr(&Shape::Text(None), &Shape::List { of: &PART, least: 1, most: usize::MAX });

const ATTACHMENTS: Shape = Shape::List { of: &ATTACHMENT, least: 0, most: usize::MAX };
const ATTACHMENT: Shape = Shape::Object(&[
    required("file_id", Shape::Text(None)),
    required("tools", Shape::List { of: &ATTACHMENT_TOOL, least: 0, most: usize::MAX }),
]);
const ATTACHMENT_TOOL: Shape = Shape::Tagged(&[("code_interpreter", &[]), ("file_search", &[])]);

const MESSAGE: Shape = Shape::Object(&[
    required("role", Shape::Word(&["user", "assistant"])),
    required("content", CONTENT),
    nullable("attachments", ATTACHMENTS),
    nullable("metadata", Shape::Metadata),
]);
/// Creating a thread accepts at most 32 messages (docs/protocol/objects.md#limits-and-defaults). No limit is documented
/// for additional messages.
const FIRST_MESSAGES: Shape = Shape::List { of: &MESSAGE, least: 0, most: 32 };
const MORE_MESSAGES: Shape = Shape::List { of: &MESSAGE, least: 0, most: usize::MAX };

const THREAD: Shape = Shape::Object(&[
    optional("messages", FIRST_MESSAGES),
    nullable("tool_resources", NEW_RESOURCES),
    nullable("metadata", Shape::Metadata),
]);

const RESPONSE_FORMAT: Shape = Shape::TextOr(&Shape::Word(&["auto"]), &FORMAT);
const FORMAT: Shape = Shape::Tagged(&[
    ("text", &[]),
    ("json_object", &[]),
    (
        "json_schema",
        &[required(
            "json_schema",
            Shape::Object(&[
                required("name", Shape::FunctionName),
                optional("description", Shape::Text(None)),
                optional("schema", Shape::Any),
                nullable("strict", Shape::Boolean),
            ]),
        )],
    ),
]);

const TOOL_CHOICE: Shape = Shape::TextOr(&Shape::Word(&["none", "auto", "required"]), &NAMED_TOOL);
const NAMED_TOOL: Shape = Shape::Tagged(&[
    ("function", &[optional("function", Shape::Object(&[required("name", Shape::Text(None))]))]),
    ("code_interpreter", &[]),
    ("file_search", &[]),
]);

const TRUNCATION: Shape = Shape::Object(&[
    required("type", Shape::Word(&["auto", "last_messages"])),
    nullable("last_messages", Shape::Integer { least: 1, most: i64::MAX }),
]);

const OUTPUTS: Shape = Shape::List { of: &OUTPUT, least: 0, most: usize::MAX };
const OUTPUT: Shape =
    Shape::Object(&[optional("tool_call_id", Shape::Text(None)), optional("output", Shape::Text(None))]);

const EXPIRES_AFTER: Shape = Shape::Object(&[
    required("anchor", Shape::Word(&["created_at"])),
    required("seconds", Shape::Integer { least: 3_600, most: 2_592_000 }),
]);

fn shape(operation: &str, member: &str) -> Option<&'static Shape> {
    Some(match member {
        "tools" => &Shape::List { of: &TOOL, least: 0, most: usize::MAX },
        "tool_resources" if matches!(operation, "createAssistant" | "createThread") => &NEW_RESOURCES,
        "tool_resources" => &RESOURCES,
        "metadata" => &Shape::Metadata,
        "response_format" => &RESPONSE_FORMAT,
        "tool_choice" => &TOOL_CHOICE,
        "truncation_strategy" => &TRUNCATION,
        "messages" => &FIRST_MESSAGES,
        "additional_messages" => &MORE_MESSAGES,
        "thread" => &THREAD,
        "content" => &CONTENT,
        "attachments" => &ATTACHMENTS,
        "tool_outputs" => &OUTPUTS,
        "expires_after" => &EXPIRES_AFTER,
        _ => return None,
    })
}

/// Checks the content of the members of an operation's body.
pub(super) fn check(operation: &str, map: &Map<String, Value>, rules: Rules) -> Result<(), Refusal> {
    for (name, value) in map.iter().filter(|(_, value)| !value.is_null()) {
        let own = if rules.dialect == Dialect::Foundry { foundry::shape(name, rules.edition) } else { None };
        if let Some(shape) = own.or_else(|| shape(operation, name)) {
            shape.check(value, name, rules.unknown)?;
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::api::assistants::CreateAssistant;
    use crate::api::check;
    use crate::api::messages::CreateMessage;
    use crate::api::runs::{CreateRun, ListRuns};
    use serde_json::json;

    const IN: Rules = Rules::incoming(Dialect::OpenAi);
    const OUT: Rules = Rules::outgoing(Dialect::OpenAi);

    fn said<E: crate::api::Endpoint>(body: Value, rules: Rules) -> String {
        let map = body.as_object().cloned().unwrap_or_default();
        match check::body::<E>(&map, rules) {
            Ok(()) => "ok".into(),
            Err(Refusal { message, code, param }) => format!("{message} [{code} {param}]"),
        }
    }

    #[test]
    fn refusals_are_in_the_words_of_the_api() {
        let assistant = |members: Value| {
            let mut body = json!({"model": "m"});
            body.as_object_mut().unwrap().extend(members.as_object().cloned().unwrap());
            said::<CreateAssistant>(body, IN)
        };
        let pairs: Map<String, Value> = (0..17).map(|n| (n.to_string(), json!("v"))).collect();
        let tools = vec![json!({"type": "code_interpreter"}); 129];
        let table = [
            (json!({}), "ok"),
            (
                json!({"name": "n".repeat(257)}),
                "Invalid 'name': string too long. Expected a string with maximum length 256, but got a string with \
                 length 257 instead. [string_above_max_length name]",
            ),
            (
                json!({"tools": tools}),
                "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with \
                 length 129 instead. [array_above_max_length tools]",
            ),
            (
                json!({"metadata": pairs}),
                "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an \
                 object with 17 properties instead. [object_above_max_properties metadata]",
            ),
            (
                json!({"metadata": {"k".repeat(65): "v"}}),
                "Invalid property name in 'metadata': string too long. Expected a property name with maximum length \
                 64, but got a property name with length 65 instead. [string_above_max_length metadata]",
            ),
            (
                json!({"metadata": {"k": 1}}),
                "Invalid type for 'metadata.k': expected a string, but got an integer instead. [invalid_type metadata.k]",
            ),
            (
                json!({"tools": [{"type": "retrieval"}]}),
                "Invalid value: 'retrieval'. Supported values are: 'code_interpreter', 'function', and 'file_search'. \
                 [invalid_value tools[0].type]",
            ),
            (
                json!({"tool_resources": {"file_search": {"file_ids": []}}}),
                "Unknown parameter: 'tool_resources.file_search.file_ids'. [unknown_parameter \
                 tool_resources.file_search.file_ids]",
            ),
            (json!({"file_ids": []}), "Unknown parameter: 'file_ids'. [unknown_parameter file_ids]"),
            (
                json!({"temperature": 3}),
                "Invalid 'temperature': integer above maximum value. Expected a value <= 2, but got 3 instead. \
                 [integer_above_max_value temperature]",
            ),
            (json!({"description": null, "temperature": null}), "ok"),
            (
                json!({"model": null}),
                "Invalid type for 'model': expected a string, but got null instead. [invalid_type model]",
            ),
        ];
        for (members, expected) in table {
            assert_eq!(assistant(members), expected);
        }
        assert_eq!(
            said::<CreateAssistant>(json!({}), IN),
            "Missing required parameter: 'model'. [missing_required_parameter model]"
        );
    }

    #[test]
    fn the_client_lets_pass_what_it_does_not_know() {
        let body = json!({"model": "m", "new": 1, "tools": [{"type": "bing_grounding", "bing_grounding": {}}]});
        assert_eq!(said::<CreateAssistant>(body.clone(), OUT), "ok");
        assert_ne!(said::<CreateAssistant>(body, IN), "ok");
    }

    #[test]
    fn a_resource_may_be_null() {
        for resources in [
            json!(null),
            json!({"file_search": null}),
            json!({"code_interpreter": {"file_ids": ["file-1"]}, "file_search": null}),
            json!({"code_interpreter": {"file_ids": null}, "file_search": {"vector_store_ids": null}}),
        ] {
            for rules in [IN, OUT, Rules::incoming(Dialect::Foundry), Rules::incoming(Dialect::AzureOpenAi)] {
                let body = json!({"model": "m", "tool_resources": resources});
                assert_eq!(said::<CreateAssistant>(body, rules), "ok", "{resources}");
            }
        }
        let wrong = json!({"model": "m", "tool_resources": {"file_search": []}});
        assert!(said::<CreateAssistant>(wrong, IN).starts_with("Invalid type for 'tool_resources.file_search'"));
    }

    #[test]
    fn either_form_of_a_member_will_do() {
        for content in [json!("hi"), json!([{"type": "text", "text": "hi"}])] {
            assert_eq!(said::<CreateMessage>(json!({"role": "user", "content": content}), IN), "ok");
        }
        for choice in [json!("none"), json!({"type": "function", "function": {"name": "f"}})] {
            assert_eq!(said::<CreateRun>(json!({"assistant_id": "a", "tool_choice": choice}), IN), "ok");
        }
        let empty = said::<CreateMessage>(json!({"role": "user", "content": []}), IN);
        assert!(empty.contains("empty_array"), "{empty}");
    }

    #[test]
    fn the_bounds_of_a_limit_are_checked() {
        let limit = json!({"limit": 101}).as_object().cloned().unwrap();
        let refusal = check::query::<ListRuns>(&limit, IN).unwrap_err();
        assert_eq!(
            refusal.message,
            "Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 101 instead."
        );
        assert_eq!((refusal.code, refusal.param.as_str()), ("integer_above_max_value", "limit"));
    }
}
