//! The tests of line 5 are in `streams/odd.rs`. This file covers requests without a stream: raw requests, which have no
//! reader for one, and servers without streams.

use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, shows};

#[test]
fn raw_request_with_stream_is_refused() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    shows!(asst.run(["api", "POST", "/threads/thread_1/runs", "--body", r#"{"stream":true}"#]), @r"
    --- stderr ---
    error: nothing here would read the stream that `stream` asks for
      hint: `runs create`, `runs submit-tool-outputs` and `threads create-and-run` read one: --stream
    exit 2
    ");
    asst.run(["api", "POST", "/chat/completions", "--body", r#"{"stream":true}"#]).code(2);
    asst.run(["threads", "create", "--body", r#"{"stream":true}"#]).code(2);
    assert_eq!(listener.lines(), Vec::<String>::new());
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
    let whole = ["runs", "create", "thread_1", "--assistant-id", "asst_1", "--body", r#"{"stream":false}"#];
    asst.run(whole).ok();
}

#[test]
fn wait_for_an_object_without_an_id_exits_7() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    asst.run(["runs", "create", "thread_1", "--assistant-id", "asst_1", "--wait"])
        .code(7)
        .says("got an object without an ID");
}
