//! Updates without any change, and flags that contradict each other.

use super::refused;
use crate::support::test_env::Asst;

#[test]
fn an_update_without_members_is_refused() {
    let asst = Asst::new();
    for path in [
        &["assistants", "update", "asst_1"][..],
        &["threads", "update", "thread_1"],
        &["messages", "update", "thread_1", "msg_1"],
        &["runs", "update", "thread_1", "run_1"],
    ] {
        for more in [&[][..], &["--body", "{}"], &["--dry-run"], &["-o", "json"]] {
            refused(&asst, &[path, more].concat()).code(2).says("nothing to change: no flag sets a member");
        }
        asst.run([path, &["--unset", "metadata", "--dry-run"]].concat()).code(4);
    }
    let dry = Asst::with_backend("http://127.0.0.1:9/v1");
    for more in [&["--unset", "metadata"][..], &["--metadata", "a=1"], &["--body", "{\"name\":\"b\"}"]] {
        dry.run([&["assistants", "update", "asst_1", "--dry-run"], more].concat()).ok();
    }
}

#[test]
fn a_key_with_two_values_is_refused() {
    let asst = Asst::new();
    for (command, flag, pair) in [
        (&["assistants", "create", "--model", "m"][..], "--metadata", ["a=1", "a=2"]),
        (&["assistants", "update", "asst_1"], "--metadata", ["a=1", "a="]),
        (&["threads", "create"], "--metadata", ["a=1", "a=2"]),
        (&["threads", "create-and-run", "--assistant-id", "asst_1"], "--thread-metadata", ["a=1", "a=2"]),
        (&["threads", "list"], "--metadata", ["a=1", "a=2"]),
        (&["runs", "submit-tool-outputs", "thread_1", "run_1"], "--tool-output", ["call_1=1", "call_1=2"]),
    ] {
        let key = pair[0].split('=').next().unwrap();
        let ran = refused(&asst, &[command, &[flag, pair[0]], &[flag, pair[1]]].concat());
        ran.code(2).says(&format!("{flag} sets `{key}` to two values"));
    }
    let dry = Asst::with_backend("http://127.0.0.1:9/v1");
    let same = ["threads", "create", "--dry-run", "--metadata", "a=1", "--metadata", "a=1", "--metadata", "b=1"];
    dry.run(same).ok();
}

#[test]
fn assistant_filter_warns_of_a_name_and_refuses_a_run_id() {
    let asst = Asst::with_backend("http://127.0.0.1:9/v1");
    asst.run(["threads", "list", "--assistant", "Bot"])
        .ok()
        .says("--assistant expects an assistant ID such as asst_abc, got `Bot`");
    let ran = asst.run(["threads", "list", "--assistant", "run_abc"]);
    ran.code(2).says("--assistant: expected an assistant ID, got a run ID: run_abc").says("--any-id");
    let quiet = asst.run(["threads", "list", "--assistant", "asst_abc"]).ok();
    assert!(!quiet.stderr.contains("expects"), "{}", quiet.text());
}
