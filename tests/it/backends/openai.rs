//! OpenAI before and after the shutdown of the Assistants endpoints
//! (docs/protocol/dialects.md#openai-after-the-shutdown), and any other base URL.

use super::{backend, main_job};
use crate::support::test_env::{Asst, Server, shows};

const PROFILE: &str = "base_url = \"BASE/v1\"\napi_key_env = \"BACKEND_KEY\"";

fn openai(serve: &[&str]) -> (Server, Asst) {
    backend(serve, &format!("backend = \"openai\"\n{PROFILE}"))
}

#[test]
fn the_main_job_works_on_openai_before_the_shutdown() {
    let (_server, asst) = openai(&["--openai-compat"]);
    main_job(&asst);
}

#[test]
fn the_main_job_works_on_a_compatible_server() {
    for base in ["/v1", ""] {
        let (_server, asst) = backend(&[], &format!("backend = \"compatible\"\n{}", PROFILE.replace("/v1", base)));
        main_job(&asst);
    }
}

#[test]
fn endpoints_that_were_shut_down_exit_11_with_a_hint() {
    let (_server, asst) = openai(&["--openai-sunset"]);
    shows!(asst.run(["assistants", "list"]), @r"
    --- stderr ---
    error: could not list assistants: not offered (404, request id [req])
      caused by: not found
      hint: OpenAI switched its Assistants endpoints off on 2026-08-26; files, vector stores, uploads and conversations still work there; pass --local to use the embedded server
    exit 11
    ");
    shows!(asst.run(["threads", "get", "thread_1"]), @r"
    --- stderr ---
    error: could not get thread thread_1: not offered (404, request id [req])
      caused by: not found
      hint: OpenAI switched its Assistants endpoints off on 2026-08-26; files, vector stores, uploads and conversations still work there; pass --local to use the embedded server
    exit 11
    ");
    asst.run(["threads", "create"]).code(11);
    asst.run(["threads", "delete", "thread_1"]).code(11);
    asst.run(["runs", "create", "thread_1", "--assistant-id", "asst_1"]).code(11);
    // No intent stays open, because the backend cannot have created anything.
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
    let json = asst.run(["assistants", "get", "asst_1", "-o", "json"]).code(11);
    assert!(json.stderr.contains("\"exit_code\":11") && json.stderr.contains("2026-08-26"), "{}", json.text());
}

#[test]
fn files_still_work_after_the_shutdown() {
    let (_server, asst) = openai(&["--openai-sunset"]);
    asst.file("a.txt", "content");
    let file = asst.run(["files", "upload", "a.txt", "--purpose", "vision", "-o", "id"]).ok().id();
    assert_eq!(asst.run(["files", "list", "-o", "id"]).ok().id(), file);
    asst.run(["profiles", "check"]).ok();
}
