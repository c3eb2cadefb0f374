//! Line 5 has its tests in `streams/odd.rs`. Here is what asks for no stream: a raw call, which would not know what to make
//! of one, and what has none.

use crate::mock_server::Listener;
use crate::test_env::{Asst, shows};

#[test]
fn a_stream_is_not_asked_for_where_nothing_reads_one() {
    let listener = Listener::minting();
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
fn what_is_polled_must_be_a_run() {
    let listener = Listener::minting();
    let asst = Asst::with_backend(&listener.url());
    asst.run(["runs", "create", "thread_1", "--assistant-id", "asst_1", "--wait"])
        .code(7)
        .says("got an object without an ID");
}
