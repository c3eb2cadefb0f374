//! The requests of a `foundry` profile, validated against Foundry's own document.

use super::document::{Contract, Publisher};
use super::requests::cases;
use crate::support::operations::{declaration, words};
use crate::support::test_env::Asst;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const BASE: &str = "http://127.0.0.1:1/api/projects/web";

/// The parameters of Foundry's paths, each with the ID that replaces it here.
const IDS: [(&str, &str); 8] = [
    ("{assistantId}", "asst_1"),
    ("{threadId}", "thread_1"),
    ("{messageId}", "msg_1"),
    ("{runId}", "run_1"),
    ("{stepId}", "step_1"),
    ("{fileId}", "file-1"),
    ("{vectorStoreId}", "vs_1"),
    ("{batchId}", "vsfb_1"),
];

/// Returns `true` if a flag sets a member of the operation that Foundry lacks. Each such flag takes a value.
fn is_lacking(operation: &str, flag: &str) -> bool {
    let foundry = &declaration(operation).details.foundry;
    let refused = foundry.refuses.iter().map(|(member, _)| member);
    foundry.lacks.iter().chain(refused).any(|member| flag == format!("--{}", member.replace('_', "-")))
}

fn user() -> Asst {
    let asst = Asst::new();
    asst.file("text.md", "text of a file");
    asst.config(&format!(
        "default_profile = \"work\"\n[profiles.work]\nbackend = \"foundry\"\ntoken_command = \"echo t\"\n\
         base_url = \"{BASE}\"\n"
    ));
    asst
}

/// Validates a command's method, path, query and headers against the document, and returns the body of the dry run.
#[track_caller]
fn dry(contract: &Contract, operation: &str, asst: &Asst, args: &[&str]) -> Option<Value> {
    let ran = asst.run([args, &["--dry-run"]].concat()).ok();
    let (target, rest) = ran.stdout.split_once('\n').unwrap();
    let (target, query) = target.split_once('?').unwrap_or_else(|| panic!("no version:\n{}", ran.text()));
    let place = &contract.places()[operation];
    let path = IDS.iter().fold(place.path.clone(), |path, (name, id)| path.replace(name, id));
    assert_eq!(target, format!("{} {BASE}{path}", place.method), "{operation}");
    let names = query.split('&').map(|pair| pair.split('=').next().unwrap().replace("%5B%5D", "[]")).collect();
    contract.query(operation, &names);
    assert!(!rest.to_lowercase().contains("openai-beta"), "{}", ran.text());
    let (head, body) = rest.split_once("\n\n").unwrap_or((rest, ""));
    match head.contains("multipart/form-data") {
        true => Some(body.lines().map(|line| line.split_once(": ").unwrap()).collect()),
        false => serde_json::from_str(body).ok(),
    }
}

#[test]
fn requests_are_valid_by_the_document_of_foundry() {
    let contract = Contract::read(Publisher::Foundry);
    let asst = user();
    let mut held = BTreeSet::new();
    for (name, ids, required, rest, _) in cases() {
        if !contract.has(name) || required.iter().any(|flag| is_lacking(name, flag)) {
            continue;
        }
        let words = words(name);
        let mut kept = Vec::new();
        let mut flags = rest.into_iter();
        while let Some(flag) = flags.next() {
            if is_lacking(name, flag) { flags.next().map(drop).unwrap() } else { kept.push(flag) }
        }
        for given in [required.to_vec(), [required, &kept[..]].concat()] {
            if words.last() == Some(&"update") && given.is_empty() {
                continue;
            }
            let body = dry(&contract, name, &asst, &[&words, ids, &given[..]].concat());
            contract.request(name, &body.unwrap_or_else(|| panic!("{name} has no body")));
        }
        held.insert(name);
    }
    let upload = ["files", "upload", "text.md", "--purpose", "assistants"];
    let form = dry(&contract, "createFile", &asst, &upload).unwrap();
    assert_eq!(form["purpose"], json!("assistants"));
    contract.request("createFile", &form);
    held.insert("createFile");
    for (name, args) in BODILESS {
        assert_eq!(dry(&contract, name, &asst, args), None, "{name}");
        held.insert(name);
    }
    let known: BTreeSet<&str> = contract.places().keys().map(String::as_str).collect();
    assert_eq!(held, known);
}

const BODILESS: [(&str, &[&str]); 25] = [
    ("listAssistants", &["assistants", "list", "--order", "asc", "--after", "asst_1", "--before", "asst_2"]),
    ("listMessages", &["messages", "list", "thread_1", "--run-id", "run_1", "--order", "asc"]),
    ("listRuns", &["runs", "list", "thread_1", "--after", "run_1"]),
    ("listRunSteps", &["steps", "list", "thread_1", "run_1", "--before", "step_1"]),
    ("listFiles", &["files", "list", "--purpose", "vision", "--limit", "5"]),
    ("getAssistant", &["assistants", "get", "asst_1"]),
    ("getThread", &["threads", "get", "thread_1"]),
    ("getMessage", &["messages", "get", "thread_1", "msg_1"]),
    ("getRun", &["runs", "get", "thread_1", "run_1"]),
    ("getRunStep", &["steps", "get", "thread_1", "run_1", "step_1"]),
    ("retrieveFile", &["files", "get", "file-1"]),
    ("cancelRun", &["runs", "cancel", "thread_1", "run_1"]),
    ("deleteAssistant", &["assistants", "delete", "asst_1"]),
    ("deleteThread", &["threads", "delete", "thread_1"]),
    ("deleteFile", &["files", "delete", "file-1"]),
    ("downloadFile", &["files", "content", "file-1"]),
    ("listVectorStores", &["vector-stores", "list", "--order", "asc", "--before", "vs_2"]),
    ("listVectorStoreFiles", &["vector-stores", "files", "list", "vs_1", "--filter", "failed"]),
    ("listFilesInVectorStoreBatch", &["vector-stores", "batches", "files", "vs_1", "vsfb_1", "--filter", "failed"]),
    ("getVectorStore", &["vector-stores", "get", "vs_1"]),
    ("getVectorStoreFile", &["vector-stores", "files", "get", "vs_1", "file-1"]),
    ("getVectorStoreFileBatch", &["vector-stores", "batches", "get", "vs_1", "vsfb_1"]),
    ("cancelVectorStoreFileBatch", &["vector-stores", "batches", "cancel", "vs_1", "vsfb_1"]),
    ("deleteVectorStore", &["vector-stores", "delete", "vs_1"]),
    ("deleteVectorStoreFile", &["vector-stores", "files", "delete", "vs_1", "file-1"]),
];
