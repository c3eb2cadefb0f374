//! `asst conversations list`: the rows of the ledger, and with `--remote` the conversations of the backend.

use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, served};
use serde_json::{Value, json};

fn conversation(id: &str) -> Value {
    json!({ "id": id, "object": "conversation", "created_at": 1_700_000_000, "metadata": { "team": "hr" } })
}

/// Returns a server that creates conversations and lists two others, on two pages.
fn listing() -> MockServer {
    MockServer::new(|request, before| match (request.method.as_str(), request.target.contains("after=conv_a")) {
        ("POST", _) => Response::json(200, &conversation(&format!("conv_{before}"))),
        (_, false) => Response::json(
            200,
            &json!({ "object": "list", "data": [conversation("conv_a")], "last_id": "conv_a", "has_more": true }),
        ),
        (_, true) => {
            Response::json(200, &json!({ "object": "list", "data": [conversation("conv_b")], "has_more": false }))
        }
    })
}

#[test]
fn conversations_are_listed_from_the_ledger_without_a_request() {
    let server = listing();
    let asst = Asst::with_backend(&server.url());
    let created = asst.run(["conversations", "create"]).ok().id();
    let requests = server.lines().len();
    let ran = asst.run(["conversations", "list"]).ok();
    assert_eq!(ran.ids(), [created.as_str()]);
    assert!(ran.stderr.starts_with("1 conversation in the ledger ("), "{}", ran.text());
    ran.says("; pass --remote to ask the backend, if it can list conversations");
    assert_eq!(asst.run(["conversations", "ls", "--metadata", "team=it", "-o", "id"]).ok().stdout, "");
    assert_eq!(asst.run(["conversations", "ls", "--metadata", "team=hr", "-o", "id"]).ok().ids(), [created]);
    assert_eq!(server.lines().len(), requests);
}

#[test]
fn remote_lists_all_pages_and_records_them() {
    let server = listing();
    let asst = Asst::with_backend(&server.url());
    assert_eq!(asst.run(["conversations", "list", "--remote", "-o", "id"]).ok().ids(), ["conv_a", "conv_b"]);
    assert!(server.lines()[0].starts_with("GET /v1/conversations?"), "{:?}", server.lines());
    let mut listed = asst.run(["conversations", "list", "--source", "listed", "-o", "id"]).ok().ids();
    listed.sort();
    assert_eq!(listed, ["conv_a", "conv_b"]);
    asst.run(["conversations", "list", "--remote", "--state", "live"]).code(2);
}

#[test]
fn a_backend_without_the_list_exits_11() {
    let server = MockServer::new(|_, _| Response::error(404, "Invalid URL (GET /v1/conversations)", None));
    Asst::with_backend(&server.url()).run(["conversations", "list", "--remote"]).code(11);
    let asst = Asst::new().env("K", "sk-test-0123456789");
    asst.config(&format!(
        "[profiles.openai]\nbackend = \"openai\"\nbase_url = \"{0}\"\napi_key_env = \"K\"\n\
         [profiles.foundry]\nbackend = \"foundry\"\nbase_url = \"{0}\"\napi_key_env = \"K\"\n",
        server.url()
    ));
    let requests = server.lines().len();
    for profile in ["openai", "foundry"] {
        asst.run(["-p", profile, "conversations", "list", "--remote"])
            .code(11)
            .says(&format!("could not list conversations: the backend `{profile}` has no such list"))
            .says("hint: `asst conversations list` shows those in the ledger");
    }
    assert_eq!(server.lines().len(), requests, "nothing was sent");
}

#[test]
fn the_embedded_server_lists_conversations_unless_it_imitates_openai() {
    let (_server, asst) = served(&[]);
    let id = asst.run(["conversations", "create", "--no-ledger"]).ok().id();
    assert_eq!(asst.run(["conversations", "list"]).ok().stdout, "");
    assert_eq!(asst.run(["conversations", "list", "--remote"]).ok().ids(), [id.as_str()]);
    assert_eq!(asst.run(["conversations", "list"]).ok().ids(), [id]);
    let local = Asst::new();
    let id = local.local(&["conversations", "create", "--metadata", "team=hr"]).ok().id();
    assert_eq!(local.local(&["conversations", "list", "--remote", "-o", "id"]).ok().ids(), [id]);
    let (_server, asst) = served(&["--openai-compat"]);
    asst.run(["conversations", "list", "--remote"]).code(11);
}
