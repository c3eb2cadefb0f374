//! Files and vector stores that only the items of a conversation name.

use super::{deleted, full, prune};
use crate::support::aged_backend::{Setup, at, days};
use crate::support::mock_server::Response;
use crate::support::test_env::Asst;
use serde_json::{Value, json};

/// Creates an item that names a file, in the form of the Responses API.
fn item(file: &str) -> Value {
    json!({ "type": "message", "role": "user", "content": [{ "type": "input_file", "file_id": file }] })
}

/// Creates a file at the embedded server, 100 days ago.
fn local_file(asst: &Asst) -> String {
    asst.file("a.txt", "one");
    at(asst, days(-100), &["--local", "files", "upload", "a.txt", "-o", "id"]).ok().id()
}

/// Creates a conversation at the embedded server, 100 days ago.
fn local_conversation(asst: &Asst, item: &Value) -> String {
    let item = item.to_string();
    at(asst, days(-100), &["--local", "conversations", "create", "--items", &item, "-o", "id"]).ok().id()
}

#[test]
fn a_file_that_a_conversation_names_is_kept() {
    let asst = Asst::new();
    let file = local_file(&asst);
    let conversation = local_conversation(&asst, &item(&file));
    let args = ["--local", "files", "prune", "--unreferenced"];
    let ran = asst.run([&args[..], &["--dry-run", "-o", "json"]].concat()).ok();
    assert_eq!(ran.json()[0]["reason"], format!("named by conversation {conversation}"));
    asst.run([&args[..], &["--yes"]].concat()).ok().says("0 deleted, 0 already gone, 1 in use");
    // The list of the backend shows a conversation that the ledger lacks.
    asst.run(["--local", "ledger", "forget", &conversation, "--yes"]).ok();
    asst.run([&args[..], &["--yes"]].concat()).ok().says("1 in use");
    asst.run(["--local", "conversations", "delete", &conversation, "--yes"]).ok();
    asst.run([&args[..], &["--yes"]].concat()).ok().says("1 deleted");
}

#[test]
fn a_cascade_keeps_a_file_that_a_conversation_names() {
    let asst = Asst::new();
    let file = local_file(&asst);
    let conversation = local_conversation(&asst, &item(&file));
    let store = ["--local", "vector-stores", "create", "--file-ids", &file, "--wait", "-o", "id"];
    let store = asst.run(store).ok().id();
    let ran = asst.run(["--local", "vector-stores", "delete", &store, "--cascade", "--yes", "-o", "id"]).ok();
    assert_eq!(ran.ids(), [store]);
    ran.says(&format!("file {file} stays: named by conversation {conversation}"));
    asst.run(["--local", "files", "get", &file]).ok();
}

#[test]
fn a_vector_store_that_a_conversation_names_is_attached() {
    let asst = Asst::new();
    let store = ["--local", "vector-stores", "create", "--name", "s", "-o", "id"];
    let store = at(&asst, days(-100), &store).ok().id();
    let call = json!({ "type": "file_search_call", "id": "fs_1", "status": "completed", "queries": ["x"],
        "vector_store_ids": [store] });
    let conversation = local_conversation(&asst, &call);
    let args = ["--local", "vector-stores", "prune", "--unattached", "--dry-run", "-o", "json"];
    let ran = asst.run(args).ok();
    assert_eq!(ran.json()[0]["reason"], format!("named by conversation {conversation}"));
}

/// Returns a backend without a list of conversations, and a ledger with the conversation `conv_1`. `items` answers the
/// request for its items.
fn unlisted(items: impl Fn() -> Response + Send + 'static) -> Setup {
    let setup = full();
    setup.asst.fed("conv_1\n", &["ledger", "import", "-"]).ok();
    setup.backend().hook(move |request, _| {
        match (request.method.as_str(), request.target.split('?').next().unwrap()) {
            ("GET", "/v1/conversations/conv_1") => {
                Some(Response::json(200, &json!({ "id": "conv_1", "object": "conversation", "created_at": 1 })))
            }
            ("GET", "/v1/conversations/conv_1/items") => Some(items()),
            _ => None,
        }
    });
    setup
}

#[test]
fn conversations_in_the_ledger_are_read_if_the_backend_does_not_list_them() {
    let named = json!([{ "id": "msg_1", "type": "message", "content": [{ "file_id": "file-free" }] }]);
    let page = json!({ "object": "list", "data": named, "has_more": false });
    let setup = unlisted(move || Response::json(200, &page));
    let ran = prune(&setup, &["--unreferenced", "--yes"]).ok().says("this backend does not list conversations");
    ran.says("0 deleted");
    assert_eq!(deleted(&setup), Vec::<String>::new());
    let ran = prune(&setup, &["--unreferenced", "--without", "conversations", "--yes", "-o", "id"]).ok();
    assert!(!ran.stderr.contains("does not list conversations"), "{}", ran.text());
    assert_eq!(ran.ids(), ["file-free"]);
}

#[test]
fn items_that_cannot_be_read_prevent_deletions() {
    let answers: [fn() -> Response; 3] = [
        || Response::error(500, "no", None),
        || Response::error(404, "", None),
        || Response::json(200, &json!({ "data": [{ "id": "x" }], "has_more": true })),
    ];
    for answer in answers {
        let setup = unlisted(answer);
        let ran = prune(&setup, &["--unreferenced", "--yes", "--retries", "0"]);
        let names_part = ran.stderr.contains("not all conversations could be read");
        assert!(ran.code != Some(0) && names_part, "{}", ran.text());
        assert_eq!(deleted(&setup), Vec::<String>::new(), "{answer:?}");
    }
}

#[test]
fn a_server_without_conversations_is_pruned_with_without() {
    for command in [["files", "prune", "--unreferenced"], ["vector-stores", "delete", "vs_1"]] {
        let setup = full();
        setup.backend().hook(|request, _| {
            let path = request.target.split('?').next().unwrap();
            match (request.method.as_str(), path) {
                ("GET", "/v1/conversations") => Some(Response::json(404, &json!({ "detail": "Not Found" }))),
                ("GET", "/v1/vector_stores/vs_1") => {
                    Some(Response::json(200, &json!({ "id": "vs_1", "object": "vector_store" })))
                }
                ("GET", "/v1/files/file-stored") => Some(Response::json(
                    200,
                    &json!({ "id": "file-stored", "object": "file", "purpose": "assistants" }),
                )),
                _ => None,
            }
        });
        let cascade: &[&str] = if command[1] == "delete" { &["--cascade"] } else { &[] };
        let args = [&command[..], cascade, &["--dry-run"]].concat();
        let ran = setup.asst.run(&args);
        assert!(ran.code != Some(0), "{command:?}: {}", ran.text());
        ran.says("not all conversations could be read").says("--without conversations");
        setup.asst.run([&args[..], &["--without", "conversations"]].concat()).ok();
    }
}

#[test]
fn a_conversation_that_is_missing_for_the_first_time_prevents_deletions() {
    let setup = full();
    setup.asst.fed("conv_1\n", &["ledger", "import", "-"]).ok();
    setup.backend().hook(|request, _| {
        let is_conversation = request.target.starts_with("/v1/conversations/conv_1");
        is_conversation.then(|| Response::error(404, "Conversation with id 'conv_1' not found.", None))
    });
    let ran = prune(&setup, &["--unreferenced", "--yes"]);
    assert!(ran.code != Some(0), "{}", ran.text());
    ran.says("the backend reported these conversations as missing for the first time: conv_1");
    assert_eq!(deleted(&setup), Vec::<String>::new());
}
