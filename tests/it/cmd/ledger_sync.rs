//! `asst ledger sync` adds the listed objects of the backend to the ledger (docs/design/bulk.md).

use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, served};
use serde_json::json;

#[test]
fn sync_adds_every_listed_object() {
    let (_server, asst) = served(&[]);
    let thread = asst.run(["threads", "create", "--no-ledger"]).ok().id();
    let bot = asst.run(["assistants", "create", "--model", "echo", "--no-ledger"]).ok().id();
    let synced = asst.run(["ledger", "sync"]).ok().stdout;
    assert!(synced.starts_with("assistant\t1\t\nfile\t0\t\nthread\t1\t\nvector_store\t0\t"), "{synced}");
    assert_eq!(asst.run(["ledger", "list", "--source", "listed", "-o", "id"]).ok().ids(), [thread.clone(), bot]);
    // A list does not revive a deleted object.
    asst.run(["threads", "delete", &thread]).ok();
    asst.run(["ledger", "sync", "--kind", "thread"]).ok();
    assert_eq!(asst.run(["threads", "list"]).ok().stdout, "");
    asst.run(["ledger", "sync", "--kind", "run"]).code(2);
}

#[test]
fn sync_reports_a_backend_that_lists_no_threads() {
    let asst = Asst::new();
    let server = asst.serve(&["--openai-compat"]);
    let asst = asst.env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
    let ran = asst.run(["ledger", "sync"]).ok();
    assert!(ran.stdout.contains("thread\t0\tthe backend does not list them"), "{}", ran.text());
}

#[test]
fn sync_adds_vector_stores_and_conversations_of_backends_that_list_them() {
    let server = MockServer::new(|request, _| {
        let object = |id: &str, object: &str| json!({ "id": id, "object": object, "created_at": 1_700_000_000 });
        let items = match request.target.split('?').next().unwrap_or_default() {
            "/v1/vector_stores" => json!([object("vs_1", "vector_store")]),
            "/v1/conversations" => json!([object("conv_1", "conversation")]),
            _ => json!([]),
        };
        Response::json(200, &json!({ "object": "list", "data": items, "has_more": false }))
    });
    let asst = Asst::with_backend(&server.url());
    asst.run(["ledger", "sync", "--kind", "vector-stores", "--kind", "conversations"]).ok();
    let mut ids = asst.run(["ledger", "list", "--source", "listed", "-o", "id"]).ok().ids();
    ids.sort();
    assert_eq!(ids, ["conv_1", "vs_1"]);
}
