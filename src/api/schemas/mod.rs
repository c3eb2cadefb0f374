//! The schemas of members that several endpoints share (docs/protocol/endpoints.md, docs/protocol/objects.md).
//!
//! A declaration names the schemas of its members. Members of the same name can have different schemas, such as
//! `expires_after` of a file and of a vector store.

pub(super) mod foundry;
pub(super) mod vector_stores;

use super::rules::{InvalidRequest, Property, Schema, Type, nullable, optional, required};
use serde_json::Value;

pub(super) const FILE_IDS: Schema = Schema::List { of: &Schema::TEXT, least: 0, most: 20 };
pub(super) const ONE_STORE: Schema = Schema::List { of: &Schema::TEXT, least: 0, most: 1 };

/// The metadata of any object.
pub(super) const METADATA: Property = nullable("metadata", Schema::Metadata);

/// The tools of an assistant or a run.
pub(super) const TOOLS: Property = optional("tools", Schema::list(&TOOL));
const TOOL: Schema = Schema::Tagged(&[
    ("code_interpreter", &[]),
    ("function", &[required("function", FUNCTION)]),
    ("file_search", &[optional("file_search", FILE_SEARCH)]),
]);
const FILE_SEARCH: Schema = Schema::Object(&[
    optional("max_num_results", Schema::Integer { least: 1, most: 50 }),
    optional("ranking_options", TOOL_RANKING),
]);
/// The ranking options of the tool spell the ranker with underscores, those of a search with hyphens.
const TOOL_RANKING: Schema = Schema::Object(&[
    optional("ranker", Schema::Word(&["auto", "default_2024_08_21"])),
    required("score_threshold", Schema::Number { least: 0.0, most: 1.0 }),
    HYBRID,
]);
/// The weights of the rankings that a search fuses. Services return the member with assistants, so that a definition that
/// was read can be sent again (docs/protocol/vector_stores.md#search).
const HYBRID: Property = nullable(
    "hybrid_search",
    Schema::Object(&[
        required("embedding_weight", Schema::Typed(&[Type::Number])),
        required("text_weight", Schema::Typed(&[Type::Number])),
    ]),
);
/// `parameters` is a JSON schema, so its content is not checked.
const FUNCTION: Schema = Schema::Object(&[
    required("name", Schema::FunctionName),
    optional("description", Schema::TEXT),
    optional("parameters", Schema::Any),
    nullable("strict", Schema::Boolean),
]);

/// The chunking of files that are added to a vector store.
pub(super) const CHUNKING: Property = optional("chunking_strategy", CHUNKING_STRATEGY);
const CHUNKING_STRATEGY: Schema = Schema::Tagged(&[("auto", &[]), ("static", &[required("static", CHUNK_SIZES)])]);
const CHUNK_SIZES: Schema = Schema::Checked(
    &Schema::Object(&[
        required("max_chunk_size_tokens", Schema::Integer { least: 100, most: 4096 }),
        required("chunk_overlap_tokens", Schema::Integer { least: 0, most: 4096 }),
    ]),
    check_overlap,
);

/// Checks that the overlap of chunks is at most half of their size (docs/protocol/objects.md#limits-and-defaults).
fn check_overlap(sizes: &Value, at: &str) -> Result<(), InvalidRequest> {
    let tokens = |name: &str| sizes.get(name).and_then(Value::as_u64).unwrap_or_default();
    let (size, overlap) = (tokens("max_chunk_size_tokens"), tokens("chunk_overlap_tokens"));
    if overlap * 2 <= size {
        return Ok(());
    }
    let param = format!("{at}.chunk_overlap_tokens");
    let rule = format!("the overlap must be at most half of the chunk size {size}, but got {overlap} instead.");
    Err(InvalidRequest::wrong_value(&param, rule))
}

/// Checks that a new object refers to existing vector stores or describes new ones, but not both.
fn check_stores(search: &Value, at: &str) -> Result<(), InvalidRequest> {
    let names = ["vector_store_ids", "vector_stores"];
    let is_given = |name: &&str| search.get(*name).and_then(Value::as_array).is_some_and(|stores| !stores.is_empty());
    if names.iter().all(is_given) {
        let [one, other] = names.map(|name| format!("{at}.{name}"));
        return Err(InvalidRequest::exclusive(&one, &other));
    }
    Ok(())
}

/// A vector store that is created together with its assistant or thread. Only create requests accept it.
const NEW_STORES: Schema = Schema::List { of: &NEW_STORE, least: 0, most: 1 };
const NEW_STORE: Schema = Schema::Object(&[
    optional("file_ids", Schema::List { of: &Schema::TEXT, least: 0, most: 100_000_000 }),
    CHUNKING,
    METADATA,
]);

/// A resource may be null, which has the same effect as its absence. The document does not allow it, but some clients,
/// such as AutoGen, send the tool resources of a response back with null in place of missing members.
const CODE_FILES: Property = nullable("code_interpreter", Schema::Object(&[nullable("file_ids", FILE_IDS)]));

/// The resources of the tools of an existing object, or of a run.
pub(super) const TOOL_RESOURCES: Property = nullable(
    "tool_resources",
    Schema::Object(&[CODE_FILES, nullable("file_search", Schema::Object(&[nullable("vector_store_ids", ONE_STORE)]))]),
);

/// The resources of the tools of a new assistant or thread.
pub(super) const NEW_TOOL_RESOURCES: Property = nullable(
    "tool_resources",
    Schema::Object(&[CODE_FILES, nullable("file_search", Schema::Checked(&NEW_FILE_SEARCH, check_stores))]),
);
const NEW_FILE_SEARCH: Schema =
    Schema::Object(&[nullable("vector_store_ids", ONE_STORE), nullable("vector_stores", NEW_STORES)]);

const DETAIL: Property = optional("detail", Schema::Word(&["auto", "low", "high"]));
const PART: Schema = Schema::Tagged(&[
    ("text", &[required("text", Schema::TEXT)]),
    ("image_file", &[required("image_file", Schema::Object(&[required("file_id", Schema::TEXT), DETAIL]))]),
    ("image_url", &[required("image_url", Schema::Object(&[required("url", Schema::TEXT), DETAIL]))]),
]);
/// The content of a message: a text, or parts.
pub(super) const CONTENT: Property =
    required("content", Schema::TextOr(&Schema::TEXT, &Schema::List { of: &PART, least: 1, most: usize::MAX }));

/// The role of a message.
pub(super) const ROLE: Property = required("role", Schema::Word(&["user", "assistant"]));

/// The files that are attached to a message for tools.
pub(super) const ATTACHMENTS: Property = nullable("attachments", Schema::list(&ATTACHMENT));
const ATTACHMENT: Schema =
    Schema::Object(&[required("file_id", Schema::TEXT), required("tools", Schema::list(&ATTACHMENT_TOOL))]);
const ATTACHMENT_TOOL: Schema = Schema::Tagged(&[("code_interpreter", &[]), ("file_search", &[])]);

const MESSAGE: Schema = Schema::Object(&[ROLE, CONTENT, ATTACHMENTS, METADATA]);
/// The first messages of a thread. A request accepts at most 32 (docs/protocol/objects.md#limits-and-defaults).
pub(super) const FIRST_MESSAGES: Property = optional("messages", Schema::List { of: &MESSAGE, least: 0, most: 32 });
/// The messages that are added to a thread before a run. No limit is documented for them.
pub(super) const ADDITIONAL_MESSAGES: Property = optional("additional_messages", Schema::list(&MESSAGE));

/// The thread that is created together with its first run.
pub(super) const NEW_THREAD: Property =
    optional("thread", Schema::Object(&[FIRST_MESSAGES, NEW_TOOL_RESOURCES, METADATA]));

/// The format of the model's response.
pub(super) const RESPONSE_FORMAT: Property =
    optional("response_format", Schema::TextOr(&Schema::Word(&["auto"]), &FORMAT));
const FORMAT: Schema = Schema::Tagged(&[
    ("text", &[]),
    ("json_object", &[]),
    (
        "json_schema",
        &[required(
            "json_schema",
            Schema::Object(&[
                required("name", Schema::FunctionName),
                optional("description", Schema::TEXT),
                optional("schema", Schema::Any),
                nullable("strict", Schema::Boolean),
            ]),
        )],
    ),
]);

/// The choice of a tool in a run.
pub(super) const TOOL_CHOICE: Property =
    optional("tool_choice", Schema::TextOr(&Schema::Word(&["none", "auto", "required"]), &NAMED_TOOL));
const NAMED_TOOL: Schema =
    Schema::Tagged(&[("function", &[NAMED_FUNCTION]), ("code_interpreter", &[]), ("file_search", &[])]);
const NAMED_FUNCTION: Property = optional("function", Schema::Object(&[required("name", Schema::TEXT)]));

/// The truncation of the thread in a run.
pub(super) const TRUNCATION: Property = optional(
    "truncation_strategy",
    Schema::Object(&[
        required("type", Schema::Word(&["auto", "last_messages"])),
        nullable("last_messages", Schema::Integer { least: 1, most: i64::MAX }),
    ]),
);

/// The outputs of tool calls.
pub(super) const TOOL_OUTPUTS: Property = required("tool_outputs", Schema::list(&TOOL_OUTPUT));
const TOOL_OUTPUT: Schema = Schema::Object(&[optional("tool_call_id", Schema::TEXT), optional("output", Schema::TEXT)]);

/// The expiry of a file, relative to its creation.
pub(super) const FILE_EXPIRY: Property = optional(
    "expires_after",
    Schema::Object(&[
        required("anchor", Schema::Word(&["created_at"])),
        required("seconds", Schema::Integer { least: 3_600, most: 2_592_000 }),
    ]),
);

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::api::Dialect;
    use crate::api::assistants::CreateAssistant;
    use crate::api::check::{self, InvalidRequest, Rules};
    use crate::api::messages::CreateMessage;
    use crate::api::runs::{CreateRun, ListRuns};
    use serde_json::{Map, Value, json};

    const IN: Rules = Rules::incoming(Dialect::OpenAi);
    const OUT: Rules = Rules::outgoing(Dialect::OpenAi);

    fn message_of<E: crate::api::Endpoint>(body: Value, rules: Rules) -> String {
        let map = body.as_object().cloned().unwrap_or_default();
        match check::body::<E>(&map, rules) {
            Ok(()) => "ok".into(),
            Err(InvalidRequest { message, code, param }) => format!("{message} [{code} {param}]"),
        }
    }

    #[test]
    fn errors_have_the_wording_of_the_api() {
        let assistant = |members: Value| {
            let mut body = json!({"model": "m"});
            body.as_object_mut().unwrap().extend(members.as_object().cloned().unwrap());
            message_of::<CreateAssistant>(body, IN)
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
            assert_eq!(assistant(members.clone()), expected, "{members}");
        }
        assert_eq!(
            message_of::<CreateAssistant>(json!({}), IN),
            "Missing required parameter: 'model'. [missing_required_parameter model]"
        );
    }

    #[test]
    fn the_client_accepts_unknown_members() {
        let body = json!({"model": "m", "new": 1, "tools": [{"type": "bing_grounding", "bing_grounding": {}}]});
        assert_eq!(message_of::<CreateAssistant>(body.clone(), OUT), "ok");
        assert_ne!(message_of::<CreateAssistant>(body, IN), "ok");
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
                assert_eq!(message_of::<CreateAssistant>(body, rules), "ok", "{resources}");
            }
        }
        let wrong = json!({"model": "m", "tool_resources": {"file_search": []}});
        assert!(message_of::<CreateAssistant>(wrong, IN).starts_with("Invalid type for 'tool_resources.file_search'"));
    }

    #[test]
    fn both_forms_of_a_member_are_accepted() {
        for content in [json!("hi"), json!([{"type": "text", "text": "hi"}])] {
            assert_eq!(
                message_of::<CreateMessage>(json!({"role": "user", "content": content}), IN),
                "ok",
                "{content:?}"
            );
        }
        for choice in [json!("none"), json!({"type": "function", "function": {"name": "f"}})] {
            assert_eq!(
                message_of::<CreateRun>(json!({"assistant_id": "a", "tool_choice": choice}), IN),
                "ok",
                "{choice:?}"
            );
        }
        let empty = message_of::<CreateMessage>(json!({"role": "user", "content": []}), IN);
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
