//! The ledger stores neither the values of flags nor the texts of messages.

use super::shared::database;
use crate::support::mock_server::{MockServer, Response, mint};
use crate::support::test_env::Asst;
use std::process::Command;

/// Runs commands with flag values that may be secret.
fn whisper(asst: &Asst) {
    asst.file("words.txt", "SECRET-of-a-file");
    let run = |args: &[&str]| asst.run(args.iter().copied()).ok();
    let assistant = run(&[
        "assistants",
        "create",
        "--model",
        "m",
        "--instructions",
        "SECRET-instructions",
        "--description",
        "SECRET-words",
    ])
    .id();
    let thread = run(&["threads", "create", "--message", "SECRET-message"]).id();
    run(&["messages", "create", &thread, "--content-file", "words.txt"]);
    run(&[
        "runs",
        "create",
        &thread,
        "--assistant-id",
        &assistant,
        "--instructions",
        "SECRET-run",
        "--additional-instructions",
        "SECRET-more",
    ]);
    run(&["threads", "create", "--body", r#"{"messages":[{"role":"user","content":"SECRET-body"}]}"#]);
    run(&["threads", "delete", &thread]);
    run(&["threads", "delete", "thread_unknown", "--request-timeout", "61s"]);
}

#[test]
fn ledger_stores_no_flag_values_and_no_messages() {
    let listener = MockServer::new(|request, before| {
        // This server echoes all members of the request.
        match (mint(request, before), request.json()) {
            (Response::Whole { status: 200, body, .. }, serde_json::Value::Object(said))
                if request.method == "POST" =>
            {
                let mut answer: serde_json::Value = serde_json::from_slice(&body).unwrap();
                answer.as_object_mut().unwrap().extend(said.into_iter().filter(|(name, _)| name != "metadata"));
                Response::json(200, &answer)
            }
            (deed, _) => deed,
        }
    });
    let asst = Asst::with_backend(&listener.url());
    whisper(&asst);
    let folder = asst.ledger().parent().unwrap().to_owned();
    for file in std::fs::read_dir(folder).unwrap().flatten().filter(|file| file.path().is_file()) {
        let held = std::fs::read(file.path()).unwrap();
        let found = held.windows(7).position(|window| window == b"SECRET-");
        assert_eq!(found.map(|at| String::from_utf8_lossy(&held[at..at + 20]).into_owned()), None, "{:?}", file.path());
    }
    let Some(url) = database("ledger_stores_no_flag_values_and_no_messages") else { return };
    let shared = Asst::with_backend(&listener.url()).env("ASST_LEDGER", &url);
    whisper(&shared);
    for table in ["object", "object_metadata", "intent", "intent_object", "event", "spill"] {
        let all = Command::new("psql").args([&url, "-Atc", &format!("select * from {table}")]).output().unwrap();
        let held = String::from_utf8(all.stdout).unwrap();
        assert!(all.status.success() && !held.contains("SECRET-") && !held.contains("61s"), "{table}: {held}");
        assert!(!held.is_empty() || ["object_metadata", "spill"].contains(&table), "{table} is empty");
    }
}
