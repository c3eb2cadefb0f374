//! The main job on every kind of backend (docs/protocol/dialects.md#backends). The embedded server plays each backend
//! in its dialect and demands a key.

mod azure;
mod foundry;
mod openai;

use crate::support::test_env::{Asst, Server};

const KEY: &str = "sk-backend-0123456789";

/// Starts a server that demands the key, and returns it with a user whose default profile has these lines. `BASE` in
/// the lines stands for the address of the server.
fn backend(serve: &[&str], profile: &str) -> (Server, Asst) {
    let asst = Asst::new().env("ASST_SERVE_KEY", KEY);
    let server = asst.serve(serve);
    let base = server.url.trim_end_matches("/v1");
    asst.config(&format!("default_profile = \"work\"\n[profiles.work]\n{}\n", profile.replace("BASE", base)));
    (server, asst.env("BACKEND_KEY", KEY))
}

/// Does the work that every backend with assistants supports: creates an assistant, a thread, and a run with a tool
/// call, submits the output, and deletes everything.
#[track_caller]
fn main_job(asst: &Asst) {
    const TOOL: &str = r#"{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}"#;
    let assistant = asst.run(["assistants", "create", "--model", "echo", "--tool", TOOL, "-o", "id"]).ok().id();
    let thread = asst.run(["threads", "create", "--message", "call f {}", "-o", "id"]).ok().id();
    let run = asst.run(["runs", "create", &thread, "--assistant-id", &assistant, "-o", "id"]).ok().id();
    let waiting = crate::support::test_env::eventually("requires_action", || {
        let run = asst.run(["runs", "get", &thread, &run, "-o", "json"]).ok().json();
        (run["status"] == "requires_action").then_some(run)
    });
    let call = waiting["required_action"]["submit_tool_outputs"]["tool_calls"][0]["id"].as_str().unwrap();
    asst.run(["runs", "submit-tool-outputs", &thread, &run, "--tool-output", &format!("{call}=42")]).ok();
    crate::support::test_env::eventually("completed", || {
        (asst.run(["runs", "get", &thread, &run, "--jq", ".status"]).ok().stdout == "completed\n").then_some(())
    });
    let said = asst.run(["messages", "list", &thread, "--jq", ".[0].content[0].text.value"]).ok();
    assert!(said.stdout.contains("42"), "{}", said.text());
    assert_eq!(asst.run(["steps", "list", &thread, &run]).ok().ids().len(), 2);
    assert_eq!(asst.run(["runs", "list", &thread]).ok().ids(), [run]);
    asst.file("note.txt", "content");
    let file = asst.run(["files", "upload", "note.txt", "--purpose", "vision", "-o", "id"]).ok().id();
    assert_eq!(asst.run(["files", "content", &file, "--to", "-"]).ok().stdout, "content");
    assert_eq!(asst.run(["files", "list"]).ok().ids(), std::slice::from_ref(&file));
    assert_eq!(asst.run(["threads", "list"]).ok().ids(), std::slice::from_ref(&thread), "the ledger has it");
    asst.run(["files", "delete", &file]).ok();
    asst.run(["threads", "delete", &thread]).ok();
    asst.run(["assistants", "delete", &assistant]).ok();
    asst.run(["assistants", "get", &assistant]).code(3);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}
