//! Tests of the form of messages and function calls in requests.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::restore::known_files::KnownFiles;
use crate::restore::options::CitationMode;
use std::collections::BTreeMap;

const THREADS: Conversion = Conversion {
    form: TargetForm::Threads,
    citations: CitationMode::Keep,
    images: ImageMode::Link,
    tool_calls: ToolCallMode::Drop,
};
const ITEMS: Conversion = Conversion { form: TargetForm::Conversations, tool_calls: ToolCallMode::Pairs, ..THREADS };

fn source(role: &str, parts: Vec<Part>) -> SourceMessage {
    SourceMessage {
        role: role.to_owned(),
        parts,
        attachments: Vec::new(),
        metadata: Map::new(),
        created_at: Some(1_700_000_000),
        run_id: Some("run_1".to_owned()),
        losses: Losses::default(),
    }
}

fn rendered(from: SourceMessage, conversion: &Conversion) -> (Value, Losses) {
    let new_ids = BTreeMap::from([("file-known".to_owned(), Some("file-new".to_owned()))]);
    let uses = [FileUse::Vision, FileUse::Assistants, FileUse::UserData];
    let names = BTreeMap::from([("file-x".to_owned(), "file-x, not in the archive".to_owned())]);
    let files = KnownFiles { new_ids: uses.map(|purpose| (purpose, new_ids.clone())).into(), names };
    let addition = message(from, conversion, &files);
    (addition.items[0].clone().into(), addition.losses)
}

fn image(id: &str) -> Part {
    Part::ImageFile { file_id: id.to_owned(), detail: Some("low".to_owned()) }
}

#[test]
fn a_message_of_a_thread_keeps_its_time_and_run_in_its_metadata() {
    let (object, losses) = rendered(source("user", vec![Part::Text("hello".into())]), &THREADS);
    let expected = json!({"role": "user", "content": "hello", "metadata": {
        "asst_created_at": "2023-11-14T22:13:20Z", "asst_run": "run_1"}});
    assert_eq!(object, expected);
    assert_eq!(losses, Losses { messages: 1, ..Losses::default() });
}

#[test]
fn full_metadata_leaves_no_room_for_the_time() {
    let mut from = source("user", vec![Part::Text("hello".into())]);
    from.metadata = (0..16).map(|n| (format!("k{n}"), "v".into())).collect();
    let (object, losses) = rendered(from, &THREADS);
    assert_eq!(object["metadata"].as_object().unwrap().len(), 16);
    assert_eq!((losses.times_lost, losses.metadata), (1, 16));
}

#[test]
fn images_are_sent_by_their_new_file_or_named() {
    let (object, losses) = rendered(source("user", vec![image("file-known")]), &THREADS);
    let expected = json!([{"type": "image_file", "image_file": {"file_id": "file-new", "detail": "low"}}]);
    assert_eq!((&object["content"], losses.images), (&expected, 1));
    let (object, losses) = rendered(source("user", vec![image("file-known")]), &ITEMS);
    let expected = json!([{"type": "input_image", "file_id": "file-new", "detail": "low"}]);
    assert_eq!((&object["content"], losses.images), (&expected, 1));
    let (object, losses) = rendered(source("user", vec![image("file-x")]), &THREADS);
    assert_eq!(object["content"], "[image file-x, not in the archive]");
    assert_eq!((losses.images_lost, losses.messages_changed), (1, 1));
}

#[test]
fn an_assistant_in_a_conversation_has_only_texts() {
    let (object, losses) = rendered(source("assistant", vec![image("file-known")]), &ITEMS);
    assert_eq!(object["content"][0]["type"], "output_text");
    assert_eq!((losses.images, losses.images_lost), (0, 1));
}

#[test]
fn an_attachment_becomes_an_attachment_an_input_file_or_a_text() {
    let attached = |id: &str| {
        let mut from = source("user", vec![Part::Text("see".into())]);
        from.attachments = vec![super::super::source::Attachment { file_id: id.to_owned(), tools: None }];
        from
    };
    let (object, _) = rendered(attached("file-known"), &THREADS);
    assert_eq!(object["attachments"], json!([{"file_id": "file-new", "tools": [{"type": "file_search"}]}]));
    let (object, _) = rendered(attached("file-known"), &ITEMS);
    assert_eq!(object["content"][1], json!({"type": "input_file", "file_id": "file-new"}));
    let (object, losses) = rendered(attached("file-x"), &THREADS);
    assert_eq!(object["content"][1]["text"], "[file file-x, not in the archive]");
    assert_eq!(losses.attachments_lost, 1);
}

#[test]
fn a_message_without_content_is_not_left_out() {
    let (object, losses) = rendered(source("assistant", vec![Part::Text(String::new())]), &THREADS);
    assert_eq!((object["content"].as_str(), losses.messages_changed), (Some(NO_CONTENT), 1));
}

#[test]
fn a_function_call_is_two_items_or_a_text() {
    let pair = FunctionPair {
        call_id: "call_1".into(),
        name: "add".into(),
        arguments: "{\"a\":1}".into(),
        output: "2".into(),
    };
    let addition = function_pair(&pair, &ITEMS).unwrap();
    assert_eq!(addition.items[0]["call_id"], addition.items[1]["call_id"]);
    assert!(addition.items.iter().all(|item| !item.contains_key("id")), "the services refuse foreign IDs");
    assert!(function_pair(&pair, &THREADS).is_none());
    let text = function_pair(&pair, &Conversion { tool_calls: ToolCallMode::Text, ..THREADS }).unwrap();
    assert_eq!(text.items[0]["content"], "[function add({\"a\":1}) returned: 2]");
}
