//! Every operation through the real binary, both in process with `--local` and on a running embedded server.

mod files;
mod forms;
pub(crate) mod main_job;

use crate::support::test_env::{Asst, Server, shows};

/// Starts a server and returns it with its user.
fn standing(args: &[&str]) -> (Server, Asst) {
    let asst = Asst::new();
    let server = asst.serve(args);
    let asst = asst.env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
    (server, asst)
}

#[test]
fn api_command_sends_raw_requests() {
    let (_server, asst) = standing(&[]);
    let made = asst.run(["api", "POST", "/threads", "--body", r#"{"metadata":{"a":"b"}}"#]).ok().json();
    let path = format!("/threads/{}", made["id"].as_str().unwrap());
    assert_eq!(asst.run(["api", "get", &path]).ok().json()["metadata"]["a"], "b");
    assert_eq!(asst.run(["api", "DELETE", &path, "--jq", ".deleted"]).ok().stdout, "true\n");
    asst.run(["api", "GET", &path]).code(3);
    asst.run(["api", "GET", "/nothing"]).code(3);
    asst.run(["api", "GET", "/vector_stores"]).code(11);
    asst.run(["api", "POST", "/uploads", "--body", "{}"]).code(11);
}

#[test]
fn threads_are_listed_by_the_backend_and_recorded() {
    let (_server, asst) = standing(&[]);
    let id = asst.run(["threads", "create", "--no-ledger"]).ok().id();
    assert_eq!(asst.run(["threads", "list"]).ok().stdout, "");
    assert_eq!(asst.run(["threads", "list", "--remote"]).ok().id(), id);
    assert_eq!(asst.run(["threads", "list", "--source", "listed"]).ok().id(), id);
    let (_server, asst) = standing(&["--openai-compat"]);
    shows!(asst.run(["threads", "list", "--remote"]), @r"
    --- stderr ---
    error: could not list threads: not permitted (401, code missing_scope, request id [req])
      caused by: Your request to GET /v1/threads must be made with a session key (that is, it can only be made from the browser). You made it with the following key type: secret.
      hint: this backend lists no threads; `asst threads list` shows those that the ledger knows
    exit 4
    ");
}

#[test]
fn missing_object_exits_3() {
    let asst = Asst::new();
    shows!(asst.local(&["threads", "get", "thread_000000000000000000000000"]), @r"
    --- stderr ---
    error: could not get thread [thread]: not found (404, request id [req])
      caused by: No thread found with id '[thread]'.
    exit 3
    ");
    shows!(asst.local(&["runs", "create", "thread_000000000000000000000000", "--assistant-id", "asst_1"]), @r"
    --- stderr ---
    error: could not create run of [thread]: not found (404, request id [req])
      caused by: No thread found with id '[thread]'.
    exit 3
    ");
    shows!(asst.local(&["files", "get", "file-000000000000000000000000", "-o", "json"]), @r#"
    --- stderr ---
    {"error":{"exit_code":3,"kind":"not_found","message":"could not get file [file]: not found: No such File object: [file]","status":404,"type":"invalid_request_error","code":null,"param":null,"request_id":"[req]","hint":null,"retryable":false}}
    exit 3
    "#);
    asst.local(&["threads", "delete", "thread_000000000000000000000000", "--ignore-not-found"]).ok();
}

#[test]
fn wrong_key_exits_4() {
    let asst = Asst::new();
    asst.file("key", "sk-right-0123456789\n");
    let server = asst.serve(&["--key-file", "key"]);
    let asst = asst.env("OPENAI_BASE_URL", &server.url);
    let with = |key: &str| asst.ran(asst.command(["assistants", "list"]).env("OPENAI_API_KEY", key).output().unwrap());
    let ran = with("sk-wrong-0123456789");
    assert!(!ran.text().contains("sk-wrong-0123456789"), "{}", ran.text());
    shows!(ran, @r"
    --- stderr ---
    error: could not list assistants: not permitted (401, code invalid_api_key, request id [req])
      caused by: Incorrect API key provided: sk***89.
      hint: `asst profiles show environment` tells which credential was used
    exit 4
    ");
    with("sk-right-0123456789").ok();
}

#[test]
fn a_server_without_a_key_listens_on_loopback_only() {
    shows!(Asst::new().run(["serve", "--listen", "0.0.0.0:0"]), @r"
    --- stderr ---
    error: --listen 0.0.0.0:0: only loopback may be listened on without a key
      hint: --key-file PATH or ASST_SERVE_KEY sets one
    exit 2
    ");
    shows!(Asst::new().run(["serve", "--listen", "nonsense"]), @r"
    --- stderr ---
    error: --listen nonsense: expected HOST:PORT
    exit 2
    ");
    shows!(Asst::new().run(["serve", "--listen", "127.0.0.1:0", "--model", "nonsense"]), @r"
    --- stderr ---
    error: --model: expected echo, script:FILE, or openai:URL, got `nonsense`
    exit 2
    ");
}

#[test]
fn two_processes_share_the_local_store() {
    let asst = Asst::new();
    asst.local(&["assistants", "list"]).ok();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..4).for_each(|_| drop(asst.local(&["threads", "create"]).ok())));
        }
    });
    assert_eq!(asst.local(&["threads", "list", "--remote", "-o", "id"]).ok().ids().len(), 16);
    assert_eq!(asst.local(&["threads", "list", "-o", "id"]).ok().ids().len(), 16);
}
