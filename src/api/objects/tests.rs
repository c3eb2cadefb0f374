//! Objects keep what they read, and their declarations agree with the published document.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::json;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const DOCUMENT: &str = include_str!("../../../tests/it/fixtures/openai-assistants-v2.facts.json");

/// The operations that the tests need of an object type.
struct Type {
    name: &'static str,
    members: &'static [&'static str],
    /// Reads a text, calls every accessor, and writes the object again.
    rewrite: fn(&str) -> String,
    /// Returns the members of a map that do not have the documented type.
    invalid: fn(&Map<String, Value>) -> Vec<&'static str>,
    /// The schemas of the document that describe the object, as JSON pointers below `/components/schemas`.
    schemas: &'static [&'static str],
    /// Members that real servers send although the document does not have them.
    undocumented: &'static [&'static str],
}

fn of<O: JsonObject + serde::Serialize>(schemas: &'static [&'static str]) -> Type {
    Type {
        name: std::any::type_name::<O>(),
        members: O::MEMBERS,
        rewrite: |text| {
            let object = O::from_map(json::object(text).unwrap());
            object.invalid_members();
            serde_json::to_string(&object).unwrap()
        },
        invalid: |map| O::from_map_ref(map).invalid_members(),
        schemas,
        undocumented: &[],
    }
}

fn types() -> Vec<Type> {
    let undocumented = |one: Type, undocumented| Type { undocumented, ..one };
    let annotations =
        &["MessageContentTextAnnotationsFileCitationObject", "MessageContentTextAnnotationsFilePathObject"];
    vec![
        of::<Assistant>(&["AssistantObject"]),
        of::<Tool>(&["AssistantToolsCode", "AssistantToolsFileSearch", "AssistantToolsFunction"]),
        of::<FunctionDefinition>(&["FunctionObject"]),
        of::<ToolResources>(&["AssistantObject/properties/tool_resources/anyOf/0"]),
        of::<CodeInterpreterResources>(&[
            "AssistantObject/properties/tool_resources/anyOf/0/properties/code_interpreter",
        ]),
        of::<FileSearchResources>(&["AssistantObject/properties/tool_resources/anyOf/0/properties/file_search"]),
        of::<Thread>(&["ThreadObject"]),
        of::<Message>(&["MessageObject"]),
        of::<ContentPart>(&[
            "MessageContentTextObject",
            "MessageContentImageFileObject",
            "MessageContentImageUrlObject",
            "MessageContentRefusalObject",
        ]),
        of::<TextContent>(&["MessageContentTextObject/properties/text"]),
        of::<ImageFile>(&["MessageContentImageFileObject/properties/image_file"]),
        of::<ImageUrl>(&["MessageContentImageUrlObject/properties/image_url"]),
        undocumented(of::<Annotation>(annotations), &["url_citation"]),
        of::<FileReference>(&["MessageContentTextAnnotationsFilePathObject/properties/file_path"]),
        undocumented(of::<UrlCitation>(&[]), &["url", "title"]),
        of::<Attachment>(&["MessageObject/properties/attachments/anyOf/0/items"]),
        of::<Run>(&["RunObject"]),
        of::<RequiredAction>(&["RunObject/properties/required_action"]),
        of::<SubmitToolOutputs>(&["RunObject/properties/required_action/properties/submit_tool_outputs"]),
        of::<LastError>(&["RunObject/properties/last_error", "VectorStoreFileObject/properties/last_error/anyOf/0"]),
        of::<IncompleteDetails>(&["RunObject/properties/incomplete_details"]),
        undocumented(of::<Usage>(&["RunCompletionUsage/anyOf/0"]), &["prompt_token_details"]),
        of::<TruncationStrategy>(&["TruncationObject"]),
        of::<ToolCall>(&[
            "RunToolCallObject",
            "RunStepDetailsToolCallsCodeObject",
            "RunStepDetailsToolCallsFileSearchObject",
            "RunStepDetailsToolCallsFunctionObject",
        ]),
        of::<FunctionCall>(&["RunStepDetailsToolCallsFunctionObject/properties/function"]),
        of::<CodeInterpreterCall>(&["RunStepDetailsToolCallsCodeObject/properties/code_interpreter"]),
        of::<CodeInterpreterOutput>(&[
            "RunStepDetailsToolCallsCodeOutputLogsObject",
            "RunStepDetailsToolCallsCodeOutputImageObject",
        ]),
        of::<OutputImage>(&["RunStepDetailsToolCallsCodeOutputImageObject/properties/image"]),
        of::<FileSearchCall>(&["RunStepDetailsToolCallsFileSearchObject/properties/file_search"]),
        of::<FileSearchResult>(&["RunStepDetailsToolCallsFileSearchResultObject"]),
        of::<RunStep>(&["RunStepObject"]),
        of::<StepDetails>(&["RunStepDetailsMessageCreationObject", "RunStepDetailsToolCallsObject"]),
        of::<MessageCreation>(&["RunStepDetailsMessageCreationObject/properties/message_creation"]),
        of::<FileObject>(&["OpenAIFile"]),
        of::<VectorStore>(&["VectorStoreObject"]),
        of::<FileCounts>(&["VectorStoreObject/properties/file_counts"]),
        of::<ExpiresAfter>(&["VectorStoreExpirationAfter"]),
        of::<VectorStoreFile>(&["VectorStoreFileObject"]),
        of::<ChunkingStrategy>(&["StaticChunkingStrategyResponseParam", "OtherChunkingStrategyResponseParam"]),
        of::<StaticChunking>(&["StaticChunkingStrategy"]),
        of::<FileBatch>(&["VectorStoreFileBatchObject"]),
        of::<SearchResult>(&["VectorStoreSearchResultItem"]),
        of::<Upload>(&["Upload"]),
        of::<UploadPart>(&["UploadPart"]),
        of::<Conversation>(&["ConversationResource"]),
        undocumented(
            of::<ConversationItem>(&["Message"]),
            &["call_id", "name", "arguments", "output"], // Of the schemas of function calls, which add internal members.
        ),
        undocumented(
            of::<ItemContent>(&["InputTextContent", "OutputTextContent", "RefusalContent", "InputImageContent"]),
            &["filename", "file_data", "file_url"], // Of `InputFileContent`, which names `file_id` too.
        ),
        of::<ListEnvelope>(&["ListRunsResponse", "ConversationItemList"]),
        of::<DeletionResult>(&["DeleteThreadResponse", "DeleteFileResponse", "DeletedConversationResource"]),
    ]
}

/// Checks the JSON text of a response: every object in it has members of the documented types, and the text is written
/// as it was read. Objects of other types are not checked.
pub(crate) fn check_response(text: &str) {
    let value = json::read(text).unwrap();
    assert_eq!(serde_json::to_string(&value).unwrap(), text);
    let items = value["data"].as_array().into_iter().flatten().filter_map(Value::as_object);
    for object in value.as_object().into_iter().chain(items) {
        let invalid = match object.get("object").and_then(Value::as_str) {
            Some("assistant") => Assistant::from_map_ref(object).invalid_members(),
            Some("thread") => Thread::from_map_ref(object).invalid_members(),
            Some("thread.message") => Message::from_map_ref(object).invalid_members(),
            Some("thread.run") => Run::from_map_ref(object).invalid_members(),
            Some("thread.run.step") => RunStep::from_map_ref(object).invalid_members(),
            Some("file") => FileObject::from_map_ref(object).invalid_members(),
            Some("list") => ListEnvelope::from_map_ref(object).invalid_members(),
            _ => Vec::new(),
        };
        assert_eq!(invalid, [""; 0], "{object:?}");
    }
}

/// Returns a schema of the document, given as a pointer below `/components/schemas`.
fn schema<'a>(document: &'a Value, pointer: &str) -> &'a Value {
    let found = document.pointer(&format!("/components/schemas/{pointer}"));
    found.unwrap_or_else(|| panic!("the document has no schema {pointer}"))
}

#[test]
fn accessors_are_the_members_of_the_document() {
    let document = json::read(DOCUMENT).unwrap();
    for Type { name, members, schemas, undocumented, .. } in types() {
        let properties = schemas.iter().flat_map(|pointer| {
            schema(&document, pointer)["properties"].as_object().unwrap_or_else(|| panic!("{pointer}")).keys()
        });
        let documented: BTreeSet<&str> = properties.map(String::as_str).chain(undocumented.iter().copied()).collect();
        assert_eq!(members.iter().copied().collect::<BTreeSet<_>>(), documented, "{name}");
    }
}

/// Returns a value that agrees with a schema and has every member. `n` selects among alternatives.
fn sample(document: &Value, node: &Value, n: usize, depth: usize) -> Value {
    if depth > 12 {
        return Value::Null;
    }
    let next = |node: &Value| sample(document, node, n, depth + 1);
    if let Some(reference) = node["$ref"].as_str() {
        return next(document.pointer(reference.trim_start_matches('#')).unwrap());
    }
    if let Some(values) = node["enum"].as_array() {
        return values[n % values.len()].clone();
    }
    for choice in ["anyOf", "oneOf"] {
        if let Some(choices) = node[choice].as_array() {
            return next(&choices[n % choices.len()]);
        }
    }
    if let Some(parts) = node["allOf"].as_array() {
        return next(&parts[0]);
    }
    if let Some(members) = node["properties"].as_object() {
        return members.iter().map(|(name, node)| (name.clone(), next(node))).collect::<Map<_, _>>().into();
    }
    match node["type"].as_str() {
        Some("object") => json!({}),
        Some("array") => json!([next(&node["items"])]),
        Some("string") => "text".into(),
        Some("integer") => 7.into(),
        Some("number") => json!(0.5),
        Some("boolean") => true.into(),
        _ => Value::Null,
    }
}

#[test]
fn accessors_have_the_types_of_the_document() {
    let document = json::read(DOCUMENT).unwrap();
    for Type { name, invalid, schemas, .. } in types() {
        for pointer in schemas {
            for n in 0..9 {
                let Value::Object(sample) = sample(&document, schema(&document, pointer), n, 0) else {
                    panic!("{pointer} is not the schema of an object");
                };
                assert_eq!(invalid(&sample), [""; 0], "{name} as {pointer}: {sample:?}");
            }
        }
    }
}

fn check_enum<E: OpenEnum + std::fmt::Debug>(document: &Value, pointer: &str, undocumented: &[&str]) {
    let values = schema(document, pointer)["enum"].as_array().unwrap_or_else(|| panic!("{pointer}"));
    let documented: BTreeSet<&str> = values.iter().map(|text| text.as_str().unwrap()).collect();
    let all: BTreeSet<&str> = documented.into_iter().chain(undocumented.iter().copied()).collect();
    assert_eq!(E::VALUES.iter().map(|(_, name)| *name).collect::<BTreeSet<_>>(), all, "{pointer}");
    for (value, name) in E::VALUES {
        assert_eq!((value.name(), E::named(name)), (*name, Some(*value)), "{pointer}");
    }
}

#[test]
fn enums_have_the_values_of_the_document() {
    let document = json::read(DOCUMENT).unwrap();
    check_enum::<RunStatus>(&document, "RunObject/properties/status", &[]);
    check_enum::<TruncationType>(&document, "TruncationObject/properties/type", &[]);
    check_enum::<MessageStatus>(&document, "MessageObject/properties/status", &[]);
    check_enum::<Role>(&document, "MessageObject/properties/role", &[]);
    check_enum::<StepStatus>(&document, "RunStepObject/properties/status", &[]);
    check_enum::<StepType>(&document, "RunStepObject/properties/type", &[]);
    check_enum::<FilePurpose>(&document, "OpenAIFile/properties/purpose", &[]);
    check_enum::<FileStatus>(&document, "OpenAIFile/properties/status", &[]);
    check_enum::<VectorStoreStatus>(&document, "VectorStoreObject/properties/status", &[]);
    check_enum::<IndexingStatus>(&document, "VectorStoreFileObject/properties/status", &[]);
    check_enum::<IndexingStatus>(&document, "VectorStoreFileBatchObject/properties/status", &[]);
    check_enum::<UploadStatus>(&document, "Upload/properties/status", &[]);
    check_enum::<ItemStatus>(&document, "MessageStatus", &[]);
    // Each type of these has a schema of its own.
    check_enum::<ToolType>(&document, "AssistantToolsCode/properties/type", &["file_search", "function"]);
    let others = ["image_file", "image_url", "refusal"];
    check_enum::<ContentType>(&document, "MessageContentTextObject/properties/type", &others);
    let citation = "MessageContentTextAnnotationsFileCitationObject/properties/type";
    check_enum::<AnnotationType>(&document, citation, &["file_path", "url_citation"]);
    check_enum::<ChunkingType>(&document, "StaticChunkingStrategyResponseParam/properties/type", &["other"]);
    let others = ["function_call", "function_call_output", "item_reference"];
    check_enum::<ItemType>(&document, "Message/properties/type", &others);
}

/// Returns JSON texts in compact form. Names, numbers, and texts include those that parsers treat specially.
fn json_text() -> impl Strategy<Value = String> {
    let numbers = ["0", "-0", "1.50", "1E+2", "1e999", "-123456789012345678901234567890", "0.1"];
    let texts = [r#""""#, r#""auto""#, r#""in_progress""#, r#""function""#, r#""\"\\\n""#, r#""ä\u0000😀""#];
    let literals = ["null", "true", "false"];
    let leaf = prop::sample::select([numbers.as_slice(), &texts, &literals].concat()).prop_map(str::to_owned);
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((name(), inner), 0..5).prop_map(object_text),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    let known: Vec<String> = types().iter().flat_map(|one| one.members).map(|name| (*name).to_owned()).collect();
    let private = ["$serde_json::private::Number", "$serde_json::private::RawValue", "", "x_unknown"];
    prop::sample::select(known.into_iter().chain(private.map(str::to_owned)).collect::<Vec<_>>())
}

/// Returns the text of an object. If a name occurs again, the member is left out.
fn object_text(members: Vec<(String, String)>) -> String {
    let mut names = BTreeSet::new();
    let members = members.into_iter().filter(|(name, _)| names.insert(name.clone()));
    let members: Vec<String> = members.map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// Unknown members, wrong types, the order of members, and number literals survive in every type.
    #[test]
    fn an_object_is_written_as_it_was_read(members in prop::collection::vec((name(), json_text()), 0..12)) {
        let text = object_text(members);
        for Type { name, rewrite, .. } in types() {
            prop_assert_eq!(rewrite(&text), text.as_str(), "{}", name);
        }
    }
}

fn run(value: Value) -> Run {
    Run::from_map(json::into_object(value).unwrap())
}

#[test]
fn absent_null_valid_and_invalid_members_are_distinguished() {
    let with = |value| run(json!({ "id": value }));
    assert_eq!(run(json!({})).id(), Field::Absent);
    assert_eq!(with(Value::Null).id(), Field::Null);
    assert_eq!(with("run_1".into()).id(), Field::Valid("run_1"));
    assert_eq!(with(7.into()).id(), Field::Invalid(&json!(7)));
}

#[test]
fn an_unknown_enum_value_keeps_its_text() {
    let paused = run(json!({ "status": "paused" }));
    assert_eq!(paused.status(), Field::Valid(Open::Unknown("paused")));
    assert_eq!((paused.status().known(), paused.status().text()), (None, Some("paused")));
    assert!(!paused.has_ended());
    assert!(run(json!({ "status": "expired" })).has_ended());
}

#[test]
fn pending_tool_calls_are_read_through_any_shape() {
    let waiting = |calls: Value| {
        run(
            json!({ "required_action": { "type": "submit_tool_outputs", "submit_tool_outputs": { "tool_calls": calls } } }),
        )
    };
    let found = waiting(json!([{ "id": "call_1", "type": "function", "function": { "name": "f" } }, 7]));
    let ids: Vec<_> = found.pending_tool_calls().valid().map(|call| call.id().valid()).collect();
    assert_eq!(ids, [Some("call_1")]);
    assert_eq!(found.pending_tool_calls().fields().last(), Some(Field::Invalid(&json!(7))));
    for odd in [json!({}), json!({ "required_action": null }), json!({ "required_action": [] })] {
        assert!(run(odd.clone()).pending_tool_calls().is_empty(), "{odd}");
    }
    assert!(waiting(json!("x")).pending_tool_calls().is_empty());
}

#[test]
fn the_text_of_a_part_is_read_in_both_forms() {
    let text = |value: Value| ContentPart::from_map(json::into_object(value).unwrap()).plain_text().map(str::to_owned);
    assert_eq!(text(json!({ "type": "text", "text": "a" })).as_deref(), Some("a"));
    assert_eq!(text(json!({ "type": "text", "text": { "value": "b" } })).as_deref(), Some("b"));
    assert_eq!(text(json!({ "type": "text", "text": 7 })), None);
}

#[test]
fn a_changed_member_keeps_its_place() {
    let mut changed = run(json!({ "id": "run_1", "status": "queued", "x": 1.50 }));
    changed.set("status", RunStatus::Completed.name());
    assert_eq!(serde_json::to_string(&changed).unwrap(), r#"{"id":"run_1","status":"completed","x":1.5}"#);
}
