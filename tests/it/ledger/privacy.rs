//! The ledger stores neither the values of flags nor the texts of messages.

use crate::support::mock_server::{MockServer, Response, mint};
use crate::support::postgres::database;
use crate::support::test_env::Asst;
use std::process::Command;

/// Runs commands with flag values that may be secret.
fn run_with_secrets(asst: &Asst) {
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

/// Returns a server that echoes all members of a request.
fn echoing() -> MockServer {
    MockServer::new(|request, before| match (mint(request, before), request.json()) {
        (Response::Whole { status: 200, body, .. }, serde_json::Value::Object(members)) if request.method == "POST" => {
            let mut answer: serde_json::Value = serde_json::from_slice(&body).unwrap();
            answer.as_object_mut().unwrap().extend(members.into_iter().filter(|(name, _)| name != "metadata"));
            Response::json(200, &answer)
        }
        (response, _) => response,
    })
}

#[test]
fn ledger_stores_no_flag_values_and_no_messages() {
    let listener = echoing();
    let asst = Asst::with_backend(&listener.url());
    run_with_secrets(&asst);
    let folder = asst.ledger().parent().unwrap().to_owned();
    for file in std::fs::read_dir(folder).unwrap().flatten().filter(|file| file.path().is_file()) {
        let bytes = std::fs::read(file.path()).unwrap();
        let found = bytes.windows(7).position(|window| window == b"SECRET-");
        let found = found.map(|at| String::from_utf8_lossy(&bytes[at..(at + 20).min(bytes.len())]).into_owned());
        assert_eq!(found, None, "{:?}", file.path());
    }
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn ledger_on_postgres_stores_no_flag_values_and_no_messages() {
    let url = database();
    let listener = echoing();
    run_with_secrets(&Asst::with_backend(&listener.url()).env("ASST_LEDGER", &url));
    for table in ["object", "object_metadata", "intent", "intent_object", "event", "spill"] {
        let all = Command::new("psql").args([&url, "-Atc", &format!("select * from {table}")]).output().unwrap();
        let rows = String::from_utf8(all.stdout).unwrap();
        assert!(all.status.success() && !rows.contains("SECRET-") && !rows.contains("61s"), "{table}: {rows}");
        assert!(!rows.is_empty() || ["object_metadata", "spill"].contains(&table), "{table} is empty");
    }
}
