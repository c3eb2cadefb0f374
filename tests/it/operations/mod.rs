//! Every operation through the real binary, both in process with `--local` and on a running embedded server.

mod forms;
pub(crate) mod main_job;
mod vector_stores;

use crate::support::test_env::{Asst, shows};

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
      hint: run `asst profiles show environment` to see which credential was used
    exit 4
    ");
    with("sk-right-0123456789").ok();
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
