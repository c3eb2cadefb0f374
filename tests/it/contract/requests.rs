//! The request bodies that commands build.

use super::document::{Contract, Publisher};
use crate::support::operations::{OPERATIONS, command, flags, members, words};
use crate::support::test_env::Asst;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Returns the body that a command would send.
pub(crate) fn dry(asst: &Asst, words: &[&str], args: &[&str]) -> Value {
    let ran = asst.run([words, args, &["--dry-run"]].concat()).ok();
    let (_, body) = ran.stdout.split_once("\n\n").unwrap_or_else(|| panic!("no body:\n{}", ran.text()));
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}:\n{body}"))
}

pub(crate) const FUNCTION: &str =
    r#"{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}"#;
const RESOURCES: &str = r#"{"file_search":{"vector_store_ids":["vs_1"]},"code_interpreter":{"file_ids":["file-1"]}}"#;
const MESSAGE: &str = r#"{"role":"assistant","content":[{"type":"text","text":"hi"}],"metadata":{"a":"b"}}"#;
const SCHEMA: &str = r#"{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}"#;

const FILTERS: &str = r#"{"type":"and","filters":[{"type":"eq","key":"team","value":"hr"},{"type":"or","filters":[
    {"type":"gte","key":"year","value":2024},{"type":"in","key":"tag","value":["a",1]},
    {"type":"ne","key":"draft","value":true}]}]}"#;
const ITEM: &str = r#"{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}"#;

/// A request: the operation, its IDs, the required flags, the optional flags, and the flags that conflict with these.
pub(crate) type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a str], Vec<&'a str>, Vec<&'a str>);

pub(crate) fn cases() -> Vec<Case<'static>> {
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
        "--stream",
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
                "--stream",
                "--tool-outputs",
                r#"[{"tool_call_id":"call_3","output":"x"}]"#,
            ],
            vec![],
        ),
        (
            "createVectorStore",
            &[],
            &[],
            vec![
                "--name",
                "n",
                "--description",
                "d",
                "--file-ids",
                "file-1,file-2",
                "--expires-after",
                "30d",
                "--chunking-strategy",
                "static:800,400",
                "--metadata",
                "k=v",
            ],
            vec![],
        ),
        ("modifyVectorStore", &["vs_1"], &[], vec!["--name", "n", "--expires-after", "1", "--metadata", "k=v"], vec![]),
        (
            "searchVectorStore",
            &["vs_1"],
            &["--query", "holidays"],
            vec![
                "--rewrite-query",
                "--max-num-results",
                "50",
                "--filters",
                FILTERS,
                "--ranking-options",
                r#"{"ranker":"default-2024-11-15","score_threshold":0.5}"#,
            ],
            vec!["--query", "leave", "--filter", "team = \"hr\" and year not in (2022, 2023)"],
        ),
        (
            "createVectorStoreFile",
            &["vs_1"],
            &["--file-id", "file-1"],
            vec!["--chunking-strategy", "auto", "--attributes", "team=hr", "--attributes", "year:=2024"],
            vec![],
        ),
        (
            "updateVectorStoreFileAttributes",
            &["vs_1", "file-1"],
            &[],
            vec!["--attributes", "team=hr", "--attributes", "draft:=true"],
            vec![],
        ),
        (
            "createVectorStoreFileBatch",
            &["vs_1"],
            &["--file-ids", "file-1"],
            vec!["--chunking-strategy", "static:100,50", "--attributes", "score:=0.5"],
            vec![],
        ),
        (
            "createVectorStoreFileBatch",
            &["vs_1"],
            &["--files", r#"[{"file_id":"file-1"},{"file_id":"file-2","attributes":{"a":"b"}}]"#],
            vec!["--files", r#"{"file_id":"file-3","chunking_strategy":{"type":"auto"}}"#],
            vec![],
        ),
        (
            "createUpload",
            &[],
            &["--filename", "a.txt", "--bytes", "5", "--mime-type", "text/plain"],
            vec!["--purpose", "vision", "--expires-after", "12h"],
            vec![],
        ),
        (
            "completeUpload",
            &["upload_1"],
            &["--part-ids", "part_1,part_2"],
            vec!["--md5", "d41d8cd98f00b204e9800998ecf8427e"],
            vec![],
        ),
        ("createConversation", &[], &[], vec!["--items", ITEM, "--metadata", "k=v"], vec![]),
        ("updateConversation", &["conv_1"], &["--metadata", "k=v"], vec![], vec![]),
        (
            "createConversationItems",
            &["conv_1"],
            &["--items", ITEM],
            vec!["--include", "message.output_text.logprobs", "--items", "[]"],
            vec![],
        ),
    ]
}

#[test]
fn request_bodies_match_the_document() {
    let contract = Contract::read(Publisher::OpenAi);
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    asst.file("text.md", "text of a file");
    let cases = cases();
    let (mut tried, mut sent) = (BTreeMap::<&str, BTreeSet<String>>::new(), BTreeMap::<&str, BTreeSet<String>>::new());
    for (name, ids, required, rest, others) in &cases {
        let command = words(name);
        let words = [&command, *ids].concat();
        let all = [required, &rest[..]].concat();
        // An update without any member is refused.
        if command.last() != Some(&"update") || !required.is_empty() {
            contract.request(name, &dry(&asst, &words, required));
        }
        let whole = dry(&asst, &words, &all);
        contract.request(name, &whole);
        if !others.is_empty() {
            contract.request(name, &dry(&asst, &words, &[required, &others[..]].concat()));
        }
        // `--body` with the whole body sends it unchanged, and flags override its members.
        let text = whole.to_string();
        assert_eq!(dry(&asst, &words, &["--body", &text]), whole, "{name}");
        let over = dry(&asst, &words, &[&["--body", text.as_str()], *required].concat());
        contract.request(name, &over);
        let flags = all.iter().chain(others).filter_map(|arg| arg.strip_prefix("--"));
        tried.entry(name).or_default().extend(flags.map(|flag| flag.split('=').next().unwrap().to_owned()));
        sent.entry(name).or_default().extend(whole.as_object().unwrap().keys().cloned());
    }
    let document = members();
    for (name, noun, verb) in OPERATIONS.into_iter().filter(|(name, ..)| !FORMS.contains(name)) {
        assert_eq!(tried.contains_key(name), document[name]["body"].is_object(), "{name}");
        let Some(tried) = tried.get(name) else { continue };
        // Every flag of the command must occur in the cases.
        let own = ["body", "unset", "content-file", "wait", "timeout", "poll-interval", "cancel-on-interrupt"];
        // Flags about handlers are not part of a request.
        let is_own = |flag: &str| own.contains(&flag) || flag.contains("handler");
        let found = flags(&command(noun, verb));
        let forgotten: Vec<_> = found.iter().filter(|flag| !tried.contains(*flag) && !is_own(flag)).collect();
        assert!(forgotten.is_empty(), "{noun} {verb}: {forgotten:?} are not tried");
        // Every member in the document must have been sent.
        for member in document[name]["body"]["members"].as_object().unwrap().keys() {
            assert!(sent[name].contains(member), "{name}: `{member}` is in no body");
        }
    }
}

/// Operations whose body is a multipart form.
const FORMS: [&str; 2] = ["createFile", "addUploadPart"];

#[test]
fn unknown_body_members_and_nulls_are_sent() {
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    let body = dry(&asst, &["threads", "create"], &["--body", r#"{"novelty":{"a":[1]}}"#, "--metadata", "k=v"]);
    assert_eq!(body, json!({ "novelty": { "a": [1] }, "metadata": { "k": "v" } }));
    let body = dry(&asst, &["assistants", "update", "asst_1"], &["--unset", "name,description", "--unset", "top_p"]);
    assert_eq!(body, json!({ "name": null, "description": null, "top_p": null }));
    let body = dry(&asst, &["messages", "create", "thread_1"], &["--body", r#"{"role":"assistant","content":"x"}"#]);
    assert_eq!(body["role"], "assistant", "a default of asst's own went over the body");
}
