//! What commands send and what the embedded server answers, held against OpenAI's published document with a JSON Schema
//! library. The document is large and not ours, so it is no fixture: `ASST_OPENAPI` says where it is, and
//! `ASST_REQUIRE_OPENAPI` makes its absence a failure.

use crate::operations_table::{OPERATIONS, command, flags, members};
use crate::world::{Asst, call, eventually};
use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The document's schemas of the operations that have a command.
struct Contract {
    requests: BTreeMap<String, Validator>,
    answers: BTreeMap<String, Validator>,
}

impl Contract {
    /// Reads the document; says aloud where it is missing.
    fn read() -> Option<Self> {
        let path = match std::env::var_os("ASST_OPENAPI") {
            Some(path) => PathBuf::from(path),
            None => {
                let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
                root.join("../shared/protocol/openai-assistants-v2.openapi.json")
            }
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => Some(Self::new(serde_json::from_str(&text).unwrap())),
            Err(error) => {
                assert!(std::env::var_os("ASST_REQUIRE_OPENAPI").is_none(), "{}: {error}", path.display());
                let why = format!("{}: {error}; ASST_OPENAPI says where the document is", path.display());
                crate::world::skipped("contract", &why);
                None
            }
        }
    }

    fn new(mut document: Value) -> Self {
        let mut operations = BTreeMap::new();
        for path in document["paths"].as_object().unwrap().values() {
            for operation in path.as_object().unwrap().values() {
                if let Some(id) = operation["operationId"].as_str() {
                    operations.insert(id.to_owned(), operation.clone());
                }
            }
        }
        let mut schemas = document["components"]["schemas"].take();
        plain_schema(&mut schemas);
        as_the_wire_has_it(&mut schemas);
        let root = relocated(&json!({ "components": { "schemas": schemas } }));
        let draft = Draft::Draft202012;
        let registry = Registry::new().add(HOME, draft.create_resource(root)).unwrap().prepare().unwrap();
        let validator = |schema: &Value| {
            let mut schema = relocated(schema);
            plain_schema(&mut schema);
            jsonschema::options().with_draft(draft).with_registry(&registry).build(&schema).unwrap()
        };
        let (mut requests, mut answers) = (BTreeMap::new(), BTreeMap::new());
        for (name, ..) in OPERATIONS {
            let operation = operations.get(name).unwrap_or_else(|| panic!("{name} is not in the document"));
            let content = &operation["requestBody"]["content"];
            if let Some(body) = content.as_object().and_then(|content| content.values().next()) {
                requests.insert(name.to_owned(), validator(&body["schema"]));
            }
            answers.insert(
                name.to_owned(),
                validator(&operation["responses"]["200"]["content"]["application/json"]["schema"]),
            );
        }
        Self { requests, answers }
    }

    #[track_caller]
    fn request(&self, operation: &str, body: &Value) {
        hold(&self.requests[operation], operation, "request", body);
    }

    #[track_caller]
    fn answer(&self, operation: &str, body: &Value) {
        hold(&self.answers[operation], operation, "answer", body);
    }
}

#[track_caller]
fn hold(validator: &Validator, operation: &str, what: &str, body: &Value) {
    let wrong: Vec<String> =
        validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{what} of {operation}:\n{}\nin {body:#}", wrong.join("\n"));
}

/// Under which name the document's components are known to every schema.
const HOME: &str = "doc:openai";

/// Points every reference at the shared components.
fn relocated(schema: &Value) -> Value {
    let mut schema = schema.clone();
    fn visit(value: &mut Value) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(target)) = map.get_mut("$ref")
                    && target.starts_with('#')
                {
                    target.insert_str(0, HOME);
                }
                map.values_mut().for_each(visit);
            }
            Value::Array(items) => items.iter_mut().for_each(visit),
            _ => {}
        }
    }
    visit(&mut schema);
    schema
}

/// Makes JSON Schema of the dialect of OpenAPI 3.0, and mends the document's slips: its objects without a type, its
/// alternatives that overlap, its lists that are never empty.
fn plain_schema(value: &mut Value) {
    let map = match value {
        Value::Array(items) => return items.iter_mut().for_each(plain_schema),
        Value::Object(map) => map,
        _ => return,
    };
    map.values_mut().for_each(plain_schema);
    // `allOf: [X, {nullable: true}]` means X or null, and the second half alone was made "anything" above.
    let mut nullable = map.get("nullable") == Some(&json!(true));
    if let Some(all) = map.get_mut("allOf").and_then(Value::as_array_mut) {
        let before = all.len();
        all.retain(|part| *part != nothing_but_null());
        nullable |= all.len() < before;
    }
    if map.get("nullable").is_some_and(Value::is_boolean) {
        map.remove("nullable");
        if map.is_empty() {
            *value = nothing_but_null();
            return;
        }
    }
    if map.get("properties").is_some_and(Value::is_object) && map.get("required").is_some_and(Value::is_array) {
        map.entry("type").or_insert_with(|| json!("object"));
    }
    if map.get("discriminator").is_some_and(|told| told["propertyName"].is_string())
        && let Some(choices) = map.remove("oneOf")
    {
        map.insert("anyOf".to_owned(), choices);
    }
    if let Some(properties) = map.get_mut("properties").and_then(Value::as_object_mut)
        && properties.contains_key("has_more")
    {
        for end in ["first_id", "last_id"] {
            properties.get_mut(end).into_iter().for_each(or_null);
        }
    }
    if nullable {
        or_null(value);
    }
}

/// What a bare `{nullable: true}` becomes; only an `allOf` around it can make sense of it.
fn nothing_but_null() -> Value {
    json!({ "x-nullable": true })
}

fn or_null(schema: &mut Value) {
    let simple = schema
        .as_object()
        .is_some_and(|map| !map.keys().any(|key| key == "enum" || key == "$ref" || key.ends_with("Of")));
    match &schema["type"] {
        Value::Array(_) => {}
        Value::String(name) if simple => schema["type"] = json!([name, "null"]),
        _ => *schema = json!({ "anyOf": [schema.take(), { "type": "null" }] }),
    }
}

/// What the wire has and the document has not (PROTOCOL.md 11): nulls, and members that only some states have.
fn as_the_wire_has_it(schemas: &mut Value) {
    for (object, member) in
        [("OpenAIFile", "expires_at"), ("OpenAIFile", "status_details"), ("RunObject", "instructions")]
    {
        or_null(&mut schemas[object]["properties"][member]);
    }
    let optional = [
        ("RunObject", &["required_action"][..]),
        ("MessageObject", &["status", "incomplete_details", "completed_at", "incomplete_at"][..]),
    ];
    for (object, members) in optional {
        let required = schemas[object]["required"].as_array_mut().unwrap();
        required.retain(|name| !members.contains(&name.as_str().unwrap_or_default()));
    }
}

/// Returns the body that a command would send.
fn dry(asst: &Asst, words: &[&str], args: &[&str]) -> Value {
    let ran = asst.run([words, args, &["--dry-run"]].concat()).ok();
    let (_, body) = ran.stdout.split_once("\n\n").unwrap_or_else(|| panic!("no body:\n{}", ran.text()));
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}:\n{body}"))
}

const FUNCTION: &str =
    r#"{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}"#;
const RESOURCES: &str = r#"{"file_search":{"vector_store_ids":["vs_1"]},"code_interpreter":{"file_ids":["file-1"]}}"#;
const MESSAGE: &str = r#"{"role":"assistant","content":[{"type":"text","text":"hi"}],"metadata":{"a":"b"}}"#;
const SCHEMA: &str = r#"{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}"#;

/// A request: operation, ids, the required flags, all the others, and those that cannot stand beside them.
type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a str], Vec<&'a str>, Vec<&'a str>);

fn cases() -> Vec<Case<'static>> {
    let assistant = vec![
        "--name",
        "n",
        "--description",
        "d",
        "--instructions",
        "i",
        "--reasoning-effort",
        "low",
        "--tool",
        "code_interpreter",
        "--tool",
        "file_search",
        "--tool",
        FUNCTION,
        "--tool-resources",
        RESOURCES,
        "--metadata",
        "k=v",
        "--temperature",
        "0.5",
        "--top-p",
        "1",
        "--response-format",
        SCHEMA,
    ];
    let options = vec![
        "--model",
        "gpt-4o",
        "--instructions",
        "i",
        "--tool",
        "code_interpreter",
        "--tool",
        FUNCTION,
        "--metadata",
        "k=v",
        "--temperature",
        "2",
        "--top-p",
        "0.1",
        "--max-prompt-tokens",
        "256",
        "--max-completion-tokens",
        "256",
        "--truncation-strategy",
        "last_messages:3",
        "--tool-choice",
        "function:f",
        "--parallel-tool-calls=false",
        "--response-format",
        "json_object",
    ];
    let run = [
        &options[..],
        &[
            "--reasoning-effort",
            "high",
            "--additional-instructions",
            "a",
            "--additional-message",
            "m",
            "--additional-message-json",
            MESSAGE,
        ],
    ];
    let both = [
        &options[..],
        &[
            "--thread",
            "{\"metadata\":{\"x\":\"y\"}}",
            "--thread-message",
            "m",
            "--thread-message-json",
            MESSAGE,
            "--thread-metadata",
            "k=v",
            "--thread-tool-resources",
            RESOURCES,
            "--tool-resources",
            RESOURCES,
        ],
    ];
    let file = vec!["--instructions-file", "text.md"];
    let message = vec![
        "--role",
        "assistant",
        "--image-file",
        "file-1",
        "--image-url",
        "https://example.com/a.png",
        "--content-part",
        r#"{"type":"text","text":"t"}"#,
        "--attachment",
        "file-1=file_search,code_interpreter",
        "--metadata",
        "k=v",
    ];
    let model = [&["--model", "gpt-4o"][..], &assistant[..]].concat();
    vec![
        ("createAssistant", &[], &["--model", "gpt-4o"], assistant, file.clone()),
        ("modifyAssistant", &["asst_1"], &[], model, file.clone()),
        (
            "createThread",
            &[],
            &[],
            vec!["--message", "m", "--message-json", MESSAGE, "--tool-resources", RESOURCES, "--metadata", "k=v"],
            vec![],
        ),
        ("modifyThread", &["thread_1"], &[], vec!["--tool-resources", RESOURCES, "--metadata", "k=v"], vec![]),
        ("createThreadAndRun", &[], &["--assistant-id", "asst_1"], both.concat(), file.clone()),
        ("createMessage", &["thread_1"], &["--content", "hi"], message, vec![]),
        ("modifyMessage", &["thread_1", "msg_1"], &[], vec!["--metadata", "k=v"], vec![]),
        (
            "createRun",
            &["thread_1"],
            &["--assistant-id", "asst_1"],
            [run.concat(), vec!["--include", "step_details.tool_calls[*].file_search.results[*].content"]].concat(),
            file,
        ),
        ("modifyRun", &["thread_1", "run_1"], &[], vec!["--metadata", "k=v"], vec![]),
        (
            "submitToolOuputsToRun",
            &["thread_1", "run_1"],
            &["--tool-output", "call_1=a=b"],
            vec![
                "--tool-output-file",
                "call_2=text.md",
                "--tool-outputs",
                r#"[{"tool_call_id":"call_3","output":"x"}]"#,
            ],
            vec![],
        ),
    ]
}

#[test]
fn the_document_refuses_what_is_wrong() {
    let Some(contract) = Contract::read() else { return };
    for answer in [json!({}), json!({ "id": 1 }), json!([]), json!(null), json!({ "id": "a", "object": "thread" })] {
        for (name, validator) in contract.answers.iter().filter(|(name, _)| *name != "downloadFile") {
            assert!(!validator.is_valid(&answer), "{name} takes {answer}");
        }
    }
    for (name, body) in [
        ("createAssistant", json!({ "name": "n" })),
        ("createAssistant", json!({ "model": "m", "novelty": 1 })),
        ("createMessage", json!({ "role": "user", "content": [{ "type": "novelty" }] })),
        ("createRun", json!({ "assistant_id": null })),
        ("submitToolOuputsToRun", json!({ "tool_outputs": [{ "output": 5 }] })),
    ] {
        assert!(!contract.requests[name].is_valid(&body), "{name} takes {body}");
    }
}

#[test]
fn bodies_are_as_the_document_has_them() {
    let Some(contract) = Contract::read() else { return };
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    asst.file("text.md", "text of a file");
    let cases = cases();
    for (name, ids, required, rest, others) in &cases {
        let (_, noun, verb) = OPERATIONS.into_iter().find(|(known, ..)| known == name).unwrap();
        let words = [&[noun, verb], *ids].concat();
        let all = [required, &rest[..]].concat();
        contract.request(name, &dry(&asst, &words, required));
        let whole = dry(&asst, &words, &all);
        contract.request(name, &whole);
        if !others.is_empty() {
            contract.request(name, &dry(&asst, &words, &[required, &others[..]].concat()));
        }
        // The whole given as a body is the whole; and flags are laid over it.
        let text = whole.to_string();
        assert_eq!(dry(&asst, &words, &["--body", &text]), whole, "{name}");
        let over = dry(&asst, &words, &[&["--body", text.as_str()], *required].concat());
        contract.request(name, &over);
        // No flag of the command was forgotten here.
        let tried: BTreeSet<&str> = (all.iter().chain(others))
            .filter_map(|arg| arg.strip_prefix("--"))
            .map(|flag| flag.split('=').next().unwrap())
            .collect();
        let found = flags(&command(noun, verb));
        let own = ["body", "unset", "content-file"];
        let forgotten: Vec<_> =
            found.iter().filter(|flag| !tried.contains(flag.as_str()) && !own.contains(&flag.as_str())).collect();
        assert!(forgotten.is_empty(), "{noun} {verb}: {forgotten:?} are not tried");
        // Every member that the document knows was sent.
        for member in
            members()[name]["body"]["members"].as_object().unwrap().keys().filter(|member| *member != "stream")
        {
            assert!(whole.get(member).is_some(), "{name}: `{member}` is in no body");
        }
    }
    let tried: BTreeSet<&str> = cases.iter().map(|(name, ..)| *name).collect();
    let document = members();
    for (name, ..) in OPERATIONS.into_iter().filter(|(name, ..)| *name != "createFile") {
        assert_eq!(tried.contains(name), document[name]["body"].is_object(), "{name}");
    }
}

#[test]
fn a_member_of_tomorrow_passes_and_a_null_is_sent() {
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    let body = dry(&asst, &["threads", "create"], &["--body", r#"{"novelty":{"a":[1]}}"#, "--metadata", "k=v"]);
    assert_eq!(body, json!({ "novelty": { "a": [1] }, "metadata": { "k": "v" } }));
    let body = dry(&asst, &["assistants", "update", "asst_1"], &["--unset", "name,description", "--unset", "top_p"]);
    assert_eq!(body, json!({ "name": null, "description": null, "top_p": null }));
    let body = dry(&asst, &["messages", "create", "thread_1"], &["--body", r#"{"role":"assistant","content":"x"}"#]);
    assert_eq!(body["role"], "assistant", "a default of asst's own went over the body");
}

/// Asks a server and holds each answer against the document.
struct Caller<'a> {
    contract: &'a Contract,
    base: &'a str,
    document: Value,
    seen: RefCell<BTreeSet<String>>,
}

impl Caller<'_> {
    #[track_caller]
    fn ask(&self, operation: &str, ids: &[&str], query: &str, body: Option<Value>) -> Value {
        let facts = &self.document[operation];
        let mut path = facts["path"].as_str().unwrap().to_owned();
        for (name, id) in facts["path_params"].as_array().unwrap().iter().zip(ids) {
            path = path.replace(&format!("{{{}}}", name.as_str().unwrap()), id);
        }
        let (status, answer) =
            call(self.base, facts["method"].as_str().unwrap(), &format!("{path}{query}"), body.as_ref()).unwrap();
        let text = String::from_utf8_lossy(&answer);
        assert_eq!(status, 200, "{operation} {path}: {text}");
        let answer = serde_json::from_str(&text).unwrap();
        self.hold(operation, &answer);
        answer
    }

    #[track_caller]
    fn hold(&self, operation: &str, answer: &Value) {
        self.contract.answer(operation, answer);
        self.seen.borrow_mut().insert(operation.to_owned());
    }

    /// Starts a run on a new thread with this message and waits for a state.
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
    fn wait(&self, thread: &str, run: &str, state: &str) -> Value {
        eventually(state, || Some(self.ask("getRun", &[thread, run], "", None)).filter(|run| run["status"] == state))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

#[test]
fn answers_are_as_the_document_has_them() {
    let Some(contract) = Contract::read() else { return };
    let asst = Asst::new();
    let server = asst.serve(&[]);
    let asst = asst.env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
    let caller =
        Caller { contract: &contract, base: &server.url, document: members(), seen: RefCell::new(BTreeSet::new()) };
    let ask = |operation: &str, ids: &[&str], body: Value| caller.ask(operation, ids, "", Some(body));
    let look = |operation: &str, ids: &[&str]| caller.ask(operation, ids, "", None);
    // Nothing is there yet.
    look("listAssistants", &[]);
    look("listFiles", &[]);
    // Files.
    asst.file("a.txt", "content");
    let upload = |args: &[&str]| asst.run([&["files", "upload", "a.txt", "-o", "json"], args].concat()).ok().json();
    let file = upload(&["--expires-after", "1h"]);
    let image = upload(&["--purpose", "vision"]);
    caller.hold("createFile", &file);
    caller.hold("createFile", &image);
    let (file, image) = (text(&file["id"]), text(&image["id"]));
    look("retrieveFile", &[&file]);
    look("listFiles", &[]);
    // Assistants, bare and full.
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
    caller.ask("listMessages", &[&thread], "?limit=1&order=asc", None);
    look("deleteMessage", &[&thread, &message]);
    // Runs in every state.
    let run = text(&ask("createRun", &[&thread], json!({ "assistant_id": bare, "metadata": { "k": "v" } }))["id"]);
    caller.wait(&thread, &run, "completed");
    ask("modifyRun", &[&thread, &run], json!({ "metadata": { "k": "w" } }));
    let (made, run) = caller.run(&bare, "hello", "completed");
    let step = text(&look("listRunSteps", &[&made, &run])["data"][0]["id"]);
    look("getRunStep", &[&made, &run, &step]);
    caller.run(&bare, "fail out of order", "failed");
    caller.run(&bare, "incomplete", "incomplete");
    let (stuck, run) = caller.run(&bare, "stuck", "in_progress");
    look("cancelRun", &[&stuck, &run]);
    caller.wait(&stuck, &run, "cancelled");
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
    // The end of it all.
    look("deleteThread", &[&made]);
    look("deleteAssistant", &[&bare]);
    look("deleteFile", &[&image]);
    let seen = caller.seen.into_inner();
    for (name, ..) in OPERATIONS.into_iter().filter(|(name, ..)| *name != "downloadFile") {
        assert!(seen.contains(name), "{name} was not tried");
    }
}

#[test]
fn an_expired_run_is_as_the_document_has_it() {
    let Some(contract) = Contract::read() else { return };
    let asst = Asst::new();
    let server = asst.serve(&["--run-expiry", "1s"]);
    let caller =
        Caller { contract: &contract, base: &server.url, document: members(), seen: RefCell::new(BTreeSet::new()) };
    let assistant = text(&caller.ask("createAssistant", &[], "", Some(json!({ "model": "echo" })))["id"]);
    caller.run(&assistant, "stuck", "expired");
}
