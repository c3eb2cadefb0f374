//! Line 5, as far as this version goes: it reads no streams, and asks for none.

use crate::listener::Listener;
use crate::world::{Asst, shows};

#[test]
fn a_stream_is_not_asked_for() {
    let listener = Listener::minting();
    let asst = Asst::with_backend(&listener.url());
    let create = ["runs", "create", "thread_1", "--assistant-id", "asst_1", "--body", r#"{"stream":true}"#];
    shows!(asst.run(create), @r"
    --- stderr ---
    error: this version does not read streams, which `stream` asks for
      hint: leave it out: the run goes on by itself, and `asst runs get` tells how it is
    exit 2
    ");
    asst.run(["api", "POST", "/threads/thread_1/runs", "--body", r#"{"stream":true}"#]).code(2);
    asst.run(["api", "POST", "/chat/completions", "--body", r#"{"stream":true}"#]).code(2);
    assert_eq!(listener.lines(), Vec::<String>::new());
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
    let whole = ["runs", "create", "thread_1", "--assistant-id", "asst_1", "--body", r#"{"stream":false}"#];
    asst.run(whole).ok();
}
