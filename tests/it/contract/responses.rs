//! The answers of the embedded server.

use super::document::{Contract, Publisher};
use super::requests::FUNCTION;
use crate::support::operations::{OPERATIONS, members};
use crate::support::raw_http::call;
use crate::support::test_env::{Asst, eventually};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Sends requests to a server and validates each answer against the document.
pub(super) struct Caller<'a> {
    /// `None` if another program validates the answers.
    contract: Option<&'a Contract>,
    base: String,
    /// The end of every query.
    version: &'static str,
    document: Value,
    seen: RefCell<BTreeSet<String>>,
}

impl<'a> Caller<'a> {
    pub(super) fn new(server: &str, contract: Option<&'a Contract>) -> Self {
        let publisher = contract.map_or(Publisher::OpenAi, |contract| contract.publisher);
        let (base, version) = match publisher {
            Publisher::OpenAi => (server.to_owned(), ""),
            Publisher::Foundry => (server.replace("/v1", "/api/projects/web"), "api-version=v1"),
        };
        Self { contract, base, version, document: members(), seen: RefCell::new(BTreeSet::new()) }
    }

    /// Returns `true` if the document has this operation.
    fn has(&self, operation: &str) -> bool {
        self.contract.is_none_or(|contract| contract.has(operation))
    }

    #[track_caller]
    pub(super) fn ask(&self, operation: &str, ids: &[&str], query: &str, body: Option<Value>) -> Value {
        let facts = &self.document[operation];
        let mut path = facts["path"].as_str().unwrap().to_owned();
        for (name, id) in facts["path_params"].as_array().unwrap().iter().zip(ids) {
            path = path.replace(&format!("{{{}}}", name.as_str().unwrap()), id);
        }
        let parts = [query, self.version].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
        let target = if parts.is_empty() { path.clone() } else { format!("{path}?{parts}") };
        let (status, answer) = call(&self.base, facts["method"].as_str().unwrap(), &target, body.as_ref()).unwrap();
        let text = String::from_utf8_lossy(&answer);
        assert_eq!(status, 200, "{operation} {path}: {text}");
        let answer = serde_json::from_str(&text).unwrap();
        self.hold(operation, &answer);
        answer
    }

    #[track_caller]
    fn hold(&self, operation: &str, answer: &Value) {
        if let Some(contract) = self.contract {
            contract.answer(operation, answer);
        }
        self.seen.borrow_mut().insert(operation.to_owned());
    }

    /// Starts a run with this message on a new thread, and waits for a status.
    #[track_caller]
    fn run(&self, assistant: &str, message: &str, state: &str) -> (String, String) {
        let body =
            json!({ "assistant_id": assistant, "thread": { "messages": [{ "role": "user", "content": message }] } });
        let run = self.ask("createThreadAndRun", &[], "", Some(body));
        assert_eq!(run["status"], "queued");
        let (thread, run) = (text(&run["thread_id"]), text(&run["id"]));
        self.wait(&thread, &run, state);
        self.ask("listRuns", &[&thread], "", None);
        self.ask("listRunSteps", &[&thread, &run], "", None);
        self.ask("listMessages", &[&thread], "", None);
        (thread, run)
    }

    #[track_caller]
    pub(super) fn wait(&self, thread: &str, run: &str, state: &str) -> Value {
        eventually(state, || Some(self.ask("getRun", &[thread, run], "", None)).filter(|run| run["status"] == state))
    }
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

#[test]
fn responses_are_valid_by_the_document() {
    for publisher in [Publisher::OpenAi, Publisher::Foundry] {
        let contract = Contract::read(publisher);
        let asst = Asst::new();
        let server = asst.serve(&[]);
        let asst = asst.env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
        tour(&asst, &server.url, Some(&contract));
    }
}

/// Runs every operation of the document on an empty server, with runs in every status but `expired`. The user's
/// environment names the same server.
pub(crate) fn tour(asst: &Asst, base: &str, contract: Option<&Contract>) {
    let caller = Caller::new(base, contract);
    let foundry = contract.is_some_and(|contract| contract.publisher == Publisher::Foundry);
    let ask = |operation: &str, ids: &[&str], body: Value| caller.ask(operation, ids, "", Some(body));
    let look = |operation: &str, ids: &[&str]| caller.ask(operation, ids, "", None);
    // Empty lists.
    look("listAssistants", &[]);
    look("listFiles", &[]);
    asst.file("a.txt", "content");
    let upload = |args: &[&str]| asst.run([&["files", "upload", "a.txt", "-o", "json"], args].concat()).ok().json();
    let file = upload(&["--expires-after", "1h"]);
    let image = upload(&["--purpose", "vision"]);
    caller.hold("createFile", &file);
    caller.hold("createFile", &image);
    let (file, image) = (text(&file["id"]), text(&image["id"]));
    look("retrieveFile", &[&file]);
    look("listFiles", &[]);
    // Assistants with required members only, then with all members.
    let bare = text(&ask("createAssistant", &[], json!({ "model": "echo" }))["id"]);
    let function: Value = serde_json::from_str(FUNCTION).unwrap();
    let full = json!({
        "model": "echo", "name": "n", "description": "d", "instructions": "i", "metadata": { "k": "v" },
        "tools": [function, { "type": "code_interpreter" }], "tool_resources": { "code_interpreter": { "file_ids": [file] } },
        "temperature": 0.5, "top_p": 0.9, "response_format": { "type": "text" },
    });
    let full = text(&ask("createAssistant", &[], full)["id"]);
    look("getAssistant", &[&full]);
    ask("modifyAssistant", &[&full], json!({ "name": null, "metadata": {}, "tools": [function] }));
    look("listAssistants", &[]);
    // Threads and messages of every kind.
    let thread = text(&look("createThread", &[])["id"]);
    look("listMessages", &[&thread]);
    look("listRuns", &[&thread]);
    ask(
        "modifyThread",
        &[&thread],
        json!({ "metadata": { "a": "b" }, "tool_resources": { "code_interpreter": { "file_ids": [file] } } }),
    );
    look("getThread", &[&thread]);
    let parts = json!([
        { "type": "text", "text": "look" },
        { "type": "image_file", "image_file": { "file_id": image, "detail": "low" } },
        { "type": "image_url", "image_url": { "url": "https://example.com/a.png" } },
    ]);
    let attached = json!([{ "file_id": file, "tools": [{ "type": "code_interpreter" }] }]);
    let message =
        ask("createMessage", &[&thread], json!({ "role": "user", "content": parts, "attachments": attached }));
    let message = text(&message["id"]);
    ask("createMessage", &[&thread], json!({ "role": "assistant", "content": "so it was" }));
    look("getMessage", &[&thread, &message]);
    ask("modifyMessage", &[&thread, &message], json!({ "metadata": { "seen": "yes" } }));
    caller.ask("listMessages", &[&thread], "limit=1&order=asc", None);
    if caller.has("deleteMessage") {
        look("deleteMessage", &[&thread, &message]);
    }
    // Runs in every status but `expired`.
    let run = text(&ask("createRun", &[&thread], json!({ "assistant_id": bare, "metadata": { "k": "v" } }))["id"]);
    caller.wait(&thread, &run, "completed");
    ask("modifyRun", &[&thread, &run], json!({ "metadata": { "k": "w" } }));
    let (made, run) = caller.run(&bare, "hello", "completed");
    let step = text(&look("listRunSteps", &[&made, &run])["data"][0]["id"]);
    look("getRunStep", &[&made, &run, &step]);
    caller.run(&bare, "fail out of order", "failed");
    if !foundry {
        // The stable version of Foundry's document lacks this status. Its preview has it.
        caller.run(&bare, "incomplete", "incomplete");
    }
    let (stuck, run) = caller.run(&bare, "stuck", "in_progress");
    look("cancelRun", &[&stuck, &run]);
    caller.wait(&stuck, &run, "cancelled");
    look("listRunSteps", &[&stuck, &run]);
    let (called, run) = caller.run(&full, "call f {\"a\":1}\ncall f {}", "requires_action");
    let waiting = look("getRun", &[&called, &run]);
    let calls = waiting["required_action"]["submit_tool_outputs"]["tool_calls"].as_array().unwrap();
    let outputs: Vec<Value> = calls.iter().map(|call| json!({ "tool_call_id": call["id"], "output": "1" })).collect();
    ask("submitToolOuputsToRun", &[&called, &run], json!({ "tool_outputs": outputs }));
    caller.wait(&called, &run, "completed");
    let types: BTreeSet<String> = look("listRunSteps", &[&called, &run])["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| text(&step["type"]))
        .collect();
    assert_eq!(types.into_iter().collect::<Vec<_>>(), ["message_creation", "tool_calls"]);
    vector_stores(&caller, [&file, &image]);
    search_in_a_run(&caller, &file);
    if !foundry {
        uploads(asst, &caller);
        conversations(&caller);
    }
    // Deletions come last, because other operations need the objects.
    look("deleteThread", &[&made]);
    look("deleteAssistant", &[&bare]);
    look("deleteFile", &[&image]);
    let seen = caller.seen.borrow();
    let held = |name: &str| name != "downloadFile" && caller.has(name);
    for (name, ..) in OPERATIONS.into_iter().filter(|(name, ..)| held(name)) {
        assert!(seen.contains(name), "{name} was not tried");
    }
}

/// A vector store with files and batches, which are indexed, cannot be indexed, and are cancelled.
fn vector_stores(caller: &Caller, [file, image]: [&str; 2]) {
    let ask = |operation: &str, ids: &[&str], body: Value| caller.ask(operation, ids, "", Some(body));
    let look = |operation: &str, ids: &[&str]| caller.ask(operation, ids, "", None);
    let settled = |store: &str| {
        let counts = || look("getVectorStore", &[store])["file_counts"]["in_progress"].clone();
        eventually("indexed files", || (counts() == 0).then_some(()))
    };
    look("listVectorStores", &[]);
    let bare = text(&ask("createVectorStore", &[], json!({}))["id"]);
    let made = json!({
        "name": "n", "metadata": { "k": "v" }, "file_ids": [file],
        "expires_after": { "anchor": "last_active_at", "days": 7 },
    });
    let store = text(&ask("createVectorStore", &[], made)["id"]);
    ask("modifyVectorStore", &[&bare], json!({ "name": "b", "metadata": null }));
    settled(&store);
    ask("createVectorStoreFile", &[&bare], json!({ "file_id": file, "chunking_strategy": { "type": "auto" } }));
    settled(&bare);
    look("getVectorStoreFile", &[&bare, file]);
    let batch = text(&ask("createVectorStoreFileBatch", &[&store], json!({ "file_ids": [file, image] }))["id"]);
    settled(&store);
    look("getVectorStoreFileBatch", &[&store, &batch]);
    look("listFilesInVectorStoreBatch", &[&store, &batch]);
    look("cancelVectorStoreFileBatch", &[&store, &batch]);
    caller.ask("listVectorStoreFiles", &[&store], "limit=1&order=asc", None);
    if caller.has("searchVectorStore") {
        ask(
            "updateVectorStoreFileAttributes",
            &[&store, file],
            json!({ "attributes": { "a": "b", "n": 1, "t": true } }),
        );
        look("listVectorStoreFiles", &[&store]);
        let found = ask("searchVectorStore", &[&store], json!({ "query": "content" }));
        assert_eq!(found["data"][0]["attributes"]["n"], 1);
        look("retrieveVectorStoreFileContent", &[&store, file]);
    }
    look("deleteVectorStoreFile", &[&store, file]);
    look("listVectorStores", &[]);
    look("deleteVectorStore", &[&store]);
}

/// A run that searches a file, with a step and a citation.
fn search_in_a_run(caller: &Caller, file: &str) {
    let ask = |operation: &str, ids: &[&str], body: Value| caller.ask(operation, ids, "", Some(body));
    let assistant = json!({ "model": "echo", "tools": [{ "type": "file_search" }] });
    let assistant = text(&ask("createAssistant", &[], assistant)["id"]);
    let attachments = json!([{ "file_id": file, "tools": [{ "type": "file_search" }] }]);
    let thread = json!({ "messages": [{ "role": "user", "content": "content", "attachments": attachments }] });
    let run = ask("createThreadAndRun", &[], json!({ "assistant_id": assistant, "thread": thread }));
    let (thread, run) = (text(&run["thread_id"]), text(&run["id"]));
    caller.wait(&thread, &run, "completed");
    let include = "include%5B%5D=step_details.tool_calls%5B*%5D.file_search.results%5B*%5D.content";
    for query in ["order=asc".to_owned(), format!("order=asc&{include}")] {
        let steps = caller.ask("listRunSteps", &[&thread, &run], &query, None);
        let call = &steps["data"][0]["step_details"]["tool_calls"][0];
        assert_eq!(call["file_search"]["results"][0]["file_id"], json!(file), "{call}");
        caller.ask(
            "getRunStep",
            &[&thread, &run, &text(&steps["data"][0]["id"])],
            &query.replace("order=asc", ""),
            None,
        );
    }
    let messages = caller.ask("listMessages", &[&thread], "limit=1", None);
    assert_eq!(messages["data"][0]["content"][0]["text"]["annotations"][0]["type"], "file_citation");
}

/// Uploads that are completed and cancelled.
fn uploads(asst: &Asst, caller: &Caller) {
    let ask = |operation: &str, ids: &[&str], body: Value| caller.ask(operation, ids, "", Some(body));
    let whole = json!({
        "filename": "whole.txt", "purpose": "assistants", "bytes": 7, "mime_type": "text/plain",
        "expires_after": { "anchor": "created_at", "seconds": 3600 },
    });
    let upload = text(&ask("createUpload", &[], whole.clone())["id"]);
    let part = asst.run(["uploads", "add-part", &upload, "a.txt", "-o", "json"]).ok().json();
    caller.hold("addUploadPart", &part);
    ask("completeUpload", &[&upload], json!({ "part_ids": [part["id"]] }));
    let upload = text(&ask("createUpload", &[], whole)["id"]);
    caller.ask("cancelUpload", &[&upload], "", None);
}

/// A conversation with items of several types.
fn conversations(caller: &Caller) {
    let ask = |operation: &str, ids: &[&str], body: Value| caller.ask(operation, ids, "", Some(body));
    caller.ask("createConversation", &[], "", None);
    let items = json!([{ "role": "user", "content": "hello" }, { "role": "assistant", "content": "there" }]);
    let made = ask("createConversation", &[], json!({ "items": items, "metadata": { "k": "v" } }));
    let conversation = text(&made["id"]);
    caller.ask("getConversation", &[&conversation], "", None);
    ask("updateConversation", &[&conversation], json!({ "metadata": null }));
    let items = json!([
        { "role": "user", "content": [{ "type": "input_image", "image_url": "https://example.com/a.png" }] },
        { "type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}" },
        { "type": "function_call_output", "call_id": "call_1", "output": "1" },
        { "type": "file_search_call", "id": "fs_1", "status": "completed", "queries": ["q"], "results": [] },
        { "type": "code_interpreter_call", "id": "ci_1", "container_id": "c", "code": "1", "outputs": [] },
        { "type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x" },
        { "type": "custom_tool_call", "call_id": "call_2", "name": "n", "input": "i" },
        { "type": "custom_tool_call_output", "call_id": "call_2", "output": "o" },
        { "type": "mcp_list_tools", "id": "mcpl_1", "server_label": "s", "tools": [] },
        { "type": "compaction", "encrypted_content": "x" },
    ]);
    caller.ask("createConversationItems", &[&conversation], "", Some(json!({ "items": items })));
    let every = "include=file_search_call.results&include=code_interpreter_call.outputs&\
                 include=message.input_image.image_url&include=reasoning.encrypted_content";
    caller.ask("listConversationItems", &[&conversation], "limit=2", None);
    let listed = caller.ask("listConversationItems", &[&conversation], &format!("order=asc&{every}"), None);
    assert_eq!(listed["data"].as_array().unwrap().len(), 12);
    for item in listed["data"].as_array().unwrap() {
        caller.ask("getConversationItem", &[&conversation, &text(&item["id"])], "", None);
    }
    caller.ask("deleteConversationItem", &[&conversation, &text(&listed["first_id"])], "", None);
    caller.ask("deleteConversation", &[&conversation], "", None);
}

#[test]
fn an_expired_run_is_valid_by_the_document() {
    let contract = Contract::read(Publisher::OpenAi);
    let asst = Asst::new();
    let server = asst.serve(&["--run-expiry", "1s"]);
    expiry(&server.url, Some(&contract));
}

/// Lets a run expire on a server whose runs expire after a second or two.
pub(crate) fn expiry(base: &str, contract: Option<&Contract>) {
    let caller = Caller::new(base, contract);
    let assistant = text(&caller.ask("createAssistant", &[], "", Some(json!({ "model": "echo" })))["id"]);
    caller.run(&assistant, "stuck", "expired");
}
