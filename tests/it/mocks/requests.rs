//! The command of every operation, with the required flags only and with all flags. The mock server refuses requests
//! that the document does not allow.

use super::recorder::Recorder;
use super::validator::Validator;
use crate::contract::requests::{cases, dry};
use crate::support::operations::{OPERATIONS, command, declaration, flags, members, words};
use crate::support::raw_http::call;
use crate::support::test_env::Asst;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An operation without a body: its IDs, all its flags, and those that conflict with them.
type Case = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const INCLUDE: &str = "step_details.tool_calls[*].file_search.results[*].content";

const BARE: [Case; 35] = [
    (
        "listAssistants",
        &[],
        &["--limit", "1", "--page-size", "9", "--order", "asc", "--after", "a", "--before", "b"],
        &[],
    ),
    ("getAssistant", &["asst_1"], &["--ignore-not-found", "--allow-empty"], &[]),
    ("deleteAssistant", &["asst_1"], &["--ignore-not-found", "--allow-empty"], &[]),
    ("getThread", &["thread_1"], &["--ignore-not-found", "--allow-empty"], &[]),
    ("deleteThread", &["thread_1"], &["--ignore-not-found", "--allow-empty"], &[]),
    (
        "listMessages",
        &["thread_1"],
        &[
            "--limit",
            "1",
            "--page-size",
            "100",
            "--order",
            "desc",
            "--after",
            "a",
            "--before",
            "b",
            "--run-id",
            "run_1",
        ],
        &[],
    ),
    ("getMessage", &["thread_1", "msg_1"], &["--ignore-not-found", "--allow-empty"], &[]),
    ("deleteMessage", &["thread_1", "msg_1"], &["--ignore-not-found", "--allow-empty"], &[]),
    (
        "listRuns",
        &["thread_1"],
        &["--limit", "1", "--page-size", "100", "--order", "desc", "--after", "a", "--before", "b"],
        &[],
    ),
    ("getRun", &["thread_1", "run_1"], &["--ignore-not-found", "--allow-empty"], &[]),
    ("cancelRun", &["thread_1", "run_1"], &[], &[]),
    (
        "listRunSteps",
        &["thread_1", "run_1"],
        &["--limit", "1", "--page-size", "5", "--order", "asc", "--after", "a", "--before", "b", "--include", INCLUDE],
        &[],
    ),
    (
        "getRunStep",
        &["thread_1", "run_1", "step_1"],
        &["--include", INCLUDE, "--ignore-not-found", "--allow-empty"],
        &[],
    ),
    (
        "listFiles",
        &[],
        &["--limit", "1", "--page-size", "10000", "--order", "asc", "--after", "a", "--purpose", "vision"],
        &[],
    ),
    ("createFile", &["text.md"], &["--filename", "other.md", "--purpose", "user_data", "--expires-after", "30d"], &[]),
    ("retrieveFile", &["file-1"], &["--ignore-not-found", "--allow-empty"], &[]),
    ("deleteFile", &["file-1"], &["--ignore-not-found", "--allow-empty"], &[]),
    ("downloadFile", &["file-1"], &["--to", "here.bin", "--force"], &["--remote-name"]),
    (
        "listVectorStores",
        &[],
        &["--limit", "1", "--page-size", "100", "--order", "desc", "--after", "a", "--before", "b"],
        &[],
    ),
    ("getVectorStore", &["vs_1"], &["--ignore-not-found", "--allow-empty"], &[]),
    ("deleteVectorStore", &["vs_1"], &["--ignore-not-found", "--allow-empty"], &[]),
    (
        "listVectorStoreFiles",
        &["vs_1"],
        &[
            "--limit",
            "1",
            "--page-size",
            "100",
            "--order",
            "desc",
            "--after",
            "a",
            "--before",
            "b",
            "--filter",
            "completed",
        ],
        &[],
    ),
    ("getVectorStoreFile", &["vs_1", "file-1"], &["--ignore-not-found", "--allow-empty"], &[]),
    ("deleteVectorStoreFile", &["vs_1", "file-1"], &["--ignore-not-found", "--allow-empty"], &[]),
    ("retrieveVectorStoreFileContent", &["vs_1", "file-1"], &[], &[]),
    ("getVectorStoreFileBatch", &["vs_1", "vsfb_1"], &["--ignore-not-found", "--allow-empty"], &[]),
    ("cancelVectorStoreFileBatch", &["vs_1", "vsfb_1"], &[], &[]),
    (
        "listFilesInVectorStoreBatch",
        &["vs_1", "vsfb_1"],
        &[
            "--limit",
            "1",
            "--page-size",
            "100",
            "--order",
            "asc",
            "--after",
            "a",
            "--before",
            "b",
            "--filter",
            "failed",
        ],
        &[],
    ),
    ("addUploadPart", &["upload_1", "text.md"], &[], &[]),
    ("cancelUpload", &["upload_1"], &[], &[]),
    ("getConversation", &["conv_1"], &["--ignore-not-found", "--allow-empty"], &[]),
    ("deleteConversation", &["conv_1"], &["--ignore-not-found", "--allow-empty"], &[]),
    (
        "listConversationItems",
        &["conv_1"],
        &["--limit", "1", "--page-size", "100", "--order", "asc", "--after", "a", "--include", ITEM_INCLUDE],
        &[],
    ),
    (
        "getConversationItem",
        &["conv_1", "msg_1"],
        &["--include", ITEM_INCLUDE, "--ignore-not-found", "--allow-empty"],
        &[],
    ),
    ("deleteConversationItem", &["conv_1", "msg_1"], &["--ignore-not-found", "--allow-empty"], &[]),
];

const ITEM_INCLUDE: &str = "message.output_text.logprobs";

/// A command line and the requests that it must send, as method and path.
struct Line {
    args: Vec<String>,
    requests: Vec<(String, String)>,
}

/// Returns the command line of an operation with these flags.
fn line(name: &str, ids: &[&str], args: &[&str]) -> Line {
    let mut requests = vec![request(name, ids)];
    if args.contains(&"--remote-name") {
        // The command requests the file name first.
        requests.insert(0, request("retrieveFile", ids));
    }
    Line { args: [&words(name)[..], ids, args].concat().into_iter().map(str::to_owned).collect(), requests }
}

fn request(name: &str, ids: &[&str]) -> (String, String) {
    let spec = declaration(name);
    (spec.method.name().to_owned(), format!("/v1{}", spec.path_of(ids)))
}

/// Returns the command lines of the operations with a body: with flags, with the whole body in `--body`, and with
/// nulls.
fn with_bodies(asst: &Asst) -> Vec<Line> {
    let document = members();
    let mut lines = Vec::new();
    for (name, ids, required, rest, others) in cases() {
        let all = [required, &rest[..]].concat();
        // An update without any member is refused before it is sent.
        if !required.is_empty() || words(name).last() != Some(&"update") {
            lines.push(line(name, ids, required));
        }
        lines.push(line(name, ids, &all));
        if !others.is_empty() {
            lines.push(line(name, ids, &[required, &others[..]].concat()));
        }
        if name == "createMessage" {
            lines.push(line(name, ids, &["--content-file", "text.md"]));
        }
        let words = line(name, ids, &[]).args;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        lines.push(line(name, ids, &["--body", &dry(asst, &words, &all).to_string()]));
        let nullable: Vec<&str> = (document[name]["body"]["members"].as_object().unwrap().iter())
            .filter(|(member, facts)| facts["nullable"] == true && *member != "stream")
            .map(|(member, _)| member.as_str())
            .collect();
        if !nullable.is_empty() {
            lines.push(line(name, ids, &[required, &["--unset", &nullable.join(",")]].concat()));
        }
    }
    lines
}

fn without_bodies() -> Vec<Line> {
    let mut lines = Vec::new();
    for (name, ids, all, others) in BARE {
        lines.push(line(name, ids, &[]));
        lines.push(line(name, ids, all));
        if !others.is_empty() {
            lines.push(line(name, ids, others));
        }
    }
    lines
}

/// Returns the flags that are no member of a request.
fn own_flags() -> BTreeSet<String> {
    let flags: toml::Table = toml::from_str(include_str!("../fixtures/flags.toml")).unwrap();
    flags["own"].as_table().unwrap().keys().cloned().collect()
}

#[test]
fn every_flag_of_a_command_without_a_body_is_covered() {
    let known: BTreeSet<&str> =
        BARE.iter().map(|(name, ..)| *name).chain(cases().iter().map(|(name, ..)| *name)).collect();
    let own = own_flags();
    for (name, noun, verb) in OPERATIONS {
        assert!(known.contains(name), "{name} is not tried");
        let Some((_, _, all, others)) = BARE.iter().find(|(bare, ..)| *bare == name) else { continue };
        let is_member = |flag: &&str| !own.contains(*flag);
        let tried = all.iter().chain(*others).filter_map(|arg| arg.strip_prefix("--"));
        let tried: BTreeSet<&str> = tried.filter(is_member).collect();
        let found = flags(&command(noun, verb));
        let found = found.iter().map(String::as_str).filter(is_member);
        assert_eq!(tried, found.collect(), "{noun} {verb}");
    }
}

#[test]
#[ignore = "needs two mock servers: tests/mocks/run"]
fn every_request_matches_the_document() {
    let judge = Validator::of_requests();
    let recorder = Recorder::before(&judge);
    let asst = Asst::with_backend(&recorder.url());
    asst.file("text.md", "text of a file");
    let lines: Vec<Line> = with_bodies(&asst).into_iter().chain(without_bodies()).collect();
    let mut before = 0;
    for Line { args, requests } in &lines {
        // The mock server does not stream, and its runs never end.
        let streamed = args.iter().any(|arg| arg == "--stream" || arg.replace(' ', "").contains("\"stream\":true"));
        let brief: &[&str] = if streamed { &["--timeout", "2s", "--poll-interval", "60s"] } else { &[] };
        let given: Vec<&str> = args.iter().map(AsRef::as_ref).chain(brief.iter().copied()).collect();
        let ran = asst.run(given).code(if streamed { 25 } else { 0 });
        let judged = recorder.judged();
        let made = judged[before..].iter().map(|one| (one.method.clone(), one.path().to_owned()));
        assert_eq!(&made.collect::<Vec<_>>(), requests, "{args:?}:\n{}", ran.text());
        before = judged.len();
    }
    assert_eq!(recorder.satisfied(), lines.iter().map(|line| line.requests.len()).sum::<usize>());
}

#[test]
#[ignore = "needs two mock servers: tests/mocks/run"]
fn mock_refuses_invalid_requests() {
    let judge = Validator::of_requests();
    let recorder = Recorder::before(&judge);
    let mut count = 0;
    let mut wrong = |method: &str, path: &str, body: Option<&Value>| {
        let (status, _) = call(&recorder.url(), method, path, body).unwrap();
        count += 1;
        let judged = recorder.judged();
        assert_eq!((judged.len(), status), (count, judged[count - 1].status));
        assert!((400..500).contains(&status), "{method} {path} {body:?}: {status}");
        assert_ne!(judged[count - 1].complaints, Vec::<String>::new(), "{method} {path} {body:?}");
    };
    // A body that no operation accepts, and a body with an unknown member.
    for (name, ids, ..) in cases() {
        let (method, path) = request(name, ids);
        let path = path.trim_start_matches("/v1");
        wrong(&method, path, Some(&json!({ "metadata": 5, "tool_outputs": 5 })));
        // The document lets some operations of conversations have any members.
        if declaration(name).facts.is_some_and(|facts| facts.closed) {
            wrong(&method, path, Some(&json!({ "assistant_id": "a", "model": "m", "novelty": 1 })));
        }
    }
    for path in ["/assistants", "/threads/thread_1/messages", "/threads/thread_1/runs", "/files"] {
        wrong("GET", &format!("{path}?order=sideways"), None);
        wrong("GET", &format!("{path}?limit=many"), None);
    }
    wrong("GET", "/nothing", None);
    // The command reports the refusal.
    let asst = Asst::with_backend(&recorder.url());
    asst.run(["api", "POST", "/assistants", "--body", r#"{"name":"n"}"#]).code(5).says("Validation failed");
}
