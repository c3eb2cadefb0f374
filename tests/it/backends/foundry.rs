//! Azure AI Foundry "Agents (classic)" (PROTOCOL.md 12.3).

use super::{KEY, backend, main_job};
use crate::listener::Listener;
use crate::world::{Asst, Standing, shows};

fn foundry(lines: &str) -> (Standing, Asst) {
    let profile = "backend = \"foundry\"\nbase_url = \"BASE/api/projects/web\"";
    backend(&[], &format!("{profile}\ntoken_command = \"echo {KEY}\"\n{lines}"))
}

#[test]
fn the_main_job() {
    let (_server, asst) = foundry("");
    main_job(&asst);
}

#[test]
fn threads_are_listed_by_the_backend() {
    let (_server, asst) = foundry("");
    let known = asst.run(["threads", "create", "-o", "id"]).ok().id();
    let forgotten = asst.run(["threads", "create", "--no-ledger", "-o", "id"]).ok().id();
    assert_eq!(
        asst.run(["threads", "list"]).ok().says("this backend lists threads itself").ids(),
        std::slice::from_ref(&known)
    );
    let mut all: Vec<String> = (0..3).map(|_| asst.run(["threads", "create", "-o", "id"]).ok().id()).collect();
    all.extend([known, forgotten.clone()]);
    let mut listed = asst.run(["threads", "list", "--remote", "-o", "id"]).ok().ids();
    all.sort();
    listed.sort();
    assert_eq!(listed, all);
    assert_eq!(asst.run(["threads", "list", "--source", "listed"]).ok().ids(), [forgotten]);
}

#[test]
fn tools_that_it_alone_knows() {
    let (_server, asst) = foundry("");
    const BING: &str =
        r#"{"type":"bing_grounding","bing_grounding":{"search_configurations":[{"connection_id":"c"}]}}"#;
    const SEARCH: &str = r#"{"azure_ai_search":{"indexes":[{"index_name":"i","index_connection_id":"c"}]}}"#;
    let args = ["assistants", "create", "--model", "echo", "--tool", BING, "--tool-resources", SEARCH, "-o", "json"];
    let made = asst.run(args).ok().json();
    assert_eq!(made["tools"][0]["type"], "bing_grounding");
    assert_eq!(made["tool_resources"]["azure_ai_search"]["indexes"][0]["index_name"], "i");
    let thread = asst.run(["threads", "create", "-o", "id"]).ok().id();
    let run = ["runs", "create", &thread, "--assistant-id", made["id"].as_str().unwrap()];
    shows!(asst.run([&run[..], &["--tool-choice", "required"]].concat()), @r"
    --- stderr ---
    error: Invalid value: 'required'. Supported values are: 'none' and 'auto'. (code invalid_value, param tool_choice)
      hint: --tool-choice gives it
    exit 2
    ");
    asst.run([&run[..], &["--tool-choice", r#"{"type":"bing_grounding"}"#]].concat()).ok();
}

#[test]
fn what_it_does_not_have_is_said() {
    let (_server, asst) = foundry("");
    let thread = asst.run(["threads", "create", "--message", "hi", "-o", "id"]).ok().id();
    let message = asst.run(["messages", "list", &thread, "-o", "id"]).ok().id();
    shows!(asst.run(["messages", "delete", &thread, &message]), @r"
    --- stderr ---
    error: could not delete message [msg]: not offered (405, code method_not_supported, request id [req])
      caused by: Not allowed to DELETE on /api/projects/web/threads/[thread]/messages/[msg].
      hint: Azure AI Foundry has no uploads, no conversations and no search of vector stores, and deletes messages in api_version 2025-05-15-preview only
    exit 11
    ");
    asst.run(["messages", "get", &thread, &message]).ok();
    shows!(asst.run(["files", "list", "--order", "asc"]), @r"
    --- stderr ---
    error: Unknown parameter: 'order'. (code unknown_parameter, param order)
      hint: --order gives it
    exit 2
    ");
    asst.file("a.txt", "content");
    shows!(asst.run(["files", "upload", "a.txt", "--expires-after", "1h"]), @r"
    --- stderr ---
    error: could not upload file: refused (400, code unknown_parameter, param expires_after, request id [req])
      caused by: Unknown parameter: 'expires_after'.
    exit 5
    ");
    asst.run(["api", "POST", "/uploads", "--body", "{}"]).code(11);
    // In the preview, messages are deleted.
    let (_server, asst) = foundry("api_version = \"2025-05-15-preview\"");
    let thread = asst.run(["threads", "create", "--message", "hi", "-o", "id"]).ok().id();
    let message = asst.run(["messages", "list", &thread, "-o", "id"]).ok().id();
    asst.run(["messages", "delete", &thread, &message]).ok();
}

#[test]
fn a_service_that_answers_404_for_it() {
    let listener = Listener::scripted([crate::listener::Deed::error(404, "Resource not found", Some("404"))]);
    let asst = Asst::new();
    asst.config(&format!(
        "default_profile = \"work\"\n[profiles.work]\nbackend = \"foundry\"\nbase_url = \"{}\"\ntoken_command = \"echo {KEY}\"",
        listener.url()
    ));
    asst.run(["messages", "delete", "thread_1", "msg_1"]).code(11);
}

#[test]
fn files_are_listed_in_one_request() {
    let (_server, asst) = foundry("");
    asst.file("a.txt", "content");
    let files: Vec<String> = (0..3).map(|_| asst.run(["files", "upload", "a.txt", "-o", "id"]).ok().id()).collect();
    let ran = asst.run(["files", "list", "-o", "id", "--trace"]).ok();
    let mut listed = ran.ids();
    listed.sort();
    let mut wanted = files;
    wanted.sort();
    assert_eq!(listed, wanted);
    assert_eq!(ran.stderr.matches("GET http").count(), 1, "{}", ran.text());
    assert_eq!(asst.run(["files", "list", "--limit", "2"]).ok().ids().len(), 2);
}

#[test]
fn its_requests_have_a_version_and_a_bearer_and_no_beta_header() {
    let (_server, asst) = foundry("");
    let ran = asst.run(["threads", "create", "--dry-run"]).ok();
    assert!(ran.stdout.contains("/api/projects/web/threads?api-version=v1\n"), "{}", ran.text());
    let head = ran.stdout.to_lowercase();
    assert!(head.contains("authorization: ") && !head.contains("beta") && !head.contains("api-key"), "{head}");
}
