//! The syntax of `--fault`: errors, and its page.

use crate::support::test_env::{Asst, shows};

#[test]
fn an_invalid_fault_is_refused_with_the_valid_ones() {
    shows!(Asst::new().run(["serve", "--listen", "127.0.0.1:0", "--fault", "explode"]), @r"
    --- stderr ---
    error: invalid value 'explode' for '--fault <FAULT>': unknown fault `explode`; the faults are latency=TIME, STATUS, STATUS-after-commit, cut, cut-after-commit, cut-within[=BYTES], stall[=TIME], stall-after-commit[=TIME], stall-within[=BYTES], slow=TIME, stuck=STATUS, detach-everywhere, endless-has-more, ignore-after, wrong-object[=NAME], missing[=MEMBER+MEMBER]
    exit 2
    ");
    shows!(Asst::new().run(["serve", "--listen", "127.0.0.1:0", "--fault", "429,often=1"]), @r"
    --- stderr ---
    error: invalid value '429,often=1' for '--fault <FAULT>': this fault has no option `often`; the options are retry-after=SECONDS, code=CODE, message=TEXT, body=json|html|text|empty, on=METHOD PATH, rate=0..1, times=N, after=N
    exit 2
    ");
    shows!(Asst::new().run(["serve", "--listen", "127.0.0.1:0", "--fault", "cut,on=DELETE /thread"]), @r"
    --- stderr ---
    error: invalid value 'cut,on=DELETE /thread' for '--fault <FAULT>': on: no operation matches `DELETE /thread`; the operations are DELETE /assistants/{assistant_id}, DELETE /threads/{thread_id}, DELETE /threads/{thread_id}/messages/{message_id}, DELETE /files/{file_id}, DELETE /vector_stores/{vector_store_id}, DELETE /vector_stores/{vector_store_id}/files/{file_id}, DELETE /conversations/{conversation_id}, DELETE /conversations/{conversation_id}/items/{item_id}
    exit 2
    ");
    shows!(Asst::new().env("ASST_FAULT", "cut; stall=soon").local(&["assistants", "list"]), @r"
    --- stderr ---
    error: ASST_FAULT: stall: expected a duration, got `soon`; write `30s`, `5m`, `1h30m`, `30d` or seconds
    exit 2
    ");
    shows!(Asst::new().env("ASST_FAULT", "cut").env("ASST_FAULT_SEED", "x").local(&["assistants", "list"]), @r"
    --- stderr ---
    error: ASST_FAULT_SEED: expected a number
    exit 2
    ");
}

#[test]
fn every_fault_is_documented() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/faults.md")).unwrap();
    for (kind, what) in asst::serve::FAULTS {
        assert!(page.contains(&format!("| `{kind}` | {what}")), "docs/faults.md does not have `{kind}` as it is");
    }
}
