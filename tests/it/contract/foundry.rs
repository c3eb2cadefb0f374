//! The requests of a `foundry` profile, held against Foundry's own document.

use super::document::{Contract, Publisher};
use super::requests::cases;
use crate::operations_table::OPERATIONS;
use crate::world::Asst;
use serde_json::Value;
use std::collections::BTreeSet;

/// Flags of members that Foundry lacks; each takes a value.
const LACKING: [&str; 1] = ["--reasoning-effort"];

fn user() -> Asst {
    let asst = Asst::new();
    asst.file("text.md", "text of a file");
    asst.config(
        "default_profile = \"work\"\n[profiles.work]\nbackend = \"foundry\"\ntoken_command = \"echo t\"\n\
         base_url = \"http://127.0.0.1:1/api/projects/web\"\n",
    );
    asst
}

/// Returns the parameters in the query and the body of what a command would send.
fn dry(asst: &Asst, args: &[&str]) -> (BTreeSet<String>, Option<Value>) {
    let ran = asst.run([args, &["--dry-run"]].concat()).ok();
    let (target, head) = ran.stdout.split_once('\n').unwrap();
    let (_, query) = target.split_once('?').unwrap_or_else(|| panic!("no version:\n{}", ran.text()));
    let names = query.split('&').map(|pair| pair.split('=').next().unwrap().replace("%5B%5D", "[]")).collect();
    assert!(!head.to_lowercase().contains("openai-beta"), "{}", ran.text());
    (names, head.split_once("\n\n").and_then(|(_, body)| serde_json::from_str(body).ok()))
}

#[test]
fn requests_are_as_its_document_has_them() {
    let Some(contract) = Contract::read(Publisher::Foundry) else { return };
    let asst = user();
    let mut held = BTreeSet::new();
    for (name, ids, required, rest, _) in cases() {
        let (_, noun, verb) = OPERATIONS.into_iter().find(|(known, ..)| *known == name).unwrap();
        let mut kept = Vec::new();
        let mut flags = rest.into_iter();
        while let Some(flag) = flags.next() {
            if LACKING.contains(&flag) { flags.next().map(drop).unwrap() } else { kept.push(flag) }
        }
        for given in [required.to_vec(), [required, &kept[..]].concat()] {
            let (query, body) = dry(&asst, &[&[noun, verb], ids, &given[..]].concat());
            contract.query(name, &query);
            contract.request(name, &body.unwrap_or_else(|| panic!("{name} has no body")));
        }
        held.insert(name);
    }
    let bodiless = [
        ("listAssistants", &["assistants", "list", "--order", "asc", "--after", "asst_1", "--before", "asst_2"][..]),
        ("listMessages", &["messages", "list", "thread_1", "--run-id", "run_1", "--order", "asc"]),
        ("listRuns", &["runs", "list", "thread_1", "--after", "run_1"]),
        ("listRunSteps", &["steps", "list", "thread_1", "run_1", "--before", "step_1"]),
        ("listFiles", &["files", "list", "--purpose", "vision", "--limit", "5"]),
        ("getAssistant", &["assistants", "get", "asst_1"]),
        ("cancelRun", &["runs", "cancel", "thread_1", "run_1"]),
        ("deleteThread", &["threads", "delete", "thread_1"]),
        ("downloadFile", &["files", "content", "file-1"]),
    ];
    for (name, args) in bodiless {
        let (query, body) = dry(&asst, args);
        contract.query(name, &query);
        assert_eq!(body, None, "{name}");
        held.insert(name);
    }
    assert!(held.len() > 15);
}
