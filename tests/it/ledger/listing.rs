//! The rows of the ledger: lists, imports, and `ledger forget`.

use super::{minting, threads};
use crate::support::mock_server::{MockServer, Response, mint};
use crate::support::test_env::{Asst, shows};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn a_deleted_thread_stays_deleted() {
    let (_listener, asst) = minting();
    let id = asst.run(["threads", "create"]).ok().id();
    asst.run(["threads", "delete", &id]).ok();
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().stdout, "");
    assert_eq!(asst.run(["threads", "list", "--state", "deleted"]).ok().id(), id);
    // An import does not revive a deleted object.
    asst.fed(format!("{id}\n"), &["ledger", "import", "-"]).ok();
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().stdout, "");
    let row = asst.run(["ledger", "list", "--state", "any", "-o", "json"]).ok().json()[0].clone();
    assert_eq!((&row["state"], &row["raw"]), (&json!("deleted"), &json!(null)));
}

#[test]
fn a_404_that_names_the_object_marks_it_gone() {
    let gone = Arc::new(AtomicBool::new(false));
    let named = Arc::clone(&gone);
    let listener = MockServer::new(move |request, before| match request.method.as_str() {
        "GET" if named.load(Ordering::SeqCst) => {
            let id = request.target.rsplit('/').next().unwrap_or_default();
            Response::error(404, &format!("No thread found with id '{id}'."), None)
        }
        "GET" => Response::text(404, "404 page not found"),
        _ => mint(request, before),
    });
    let asst = Asst::with_backend(&listener.url());
    let id = asst.run(["threads", "create"]).ok().id();
    // A 404 without the ID may come from a wrong backend.
    asst.run(["threads", "get", &id]).code(3);
    assert_eq!(asst.run(["threads", "list"]).ok().id(), id);
    gone.store(true, Ordering::SeqCst);
    asst.run(["threads", "get", &id]).code(3);
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().stdout, "");
    assert_eq!(asst.run(["threads", "list", "--state", "gone"]).ok().id(), id);
}

#[test]
fn a_404_for_an_id_of_another_origin_has_a_hint() {
    let (_listener, asst) = minting();
    let id = asst.run(["threads", "create"]).ok().id();
    let elsewhere = MockServer::new(|_, _| Response::error(404, "No thread found with id 'x'.", None));
    let mut command = asst.command(["threads", "get", &id]);
    let ran = asst.ran(command.env("OPENAI_BASE_URL", elsewhere.url()).output().unwrap());
    shows!(ran, @r"
    --- stderr ---
    error: could not get thread [thread]: not found (404)
      caused by: No thread found with id 'x'.
      hint: the ledger knows it from [origin], and this is [origin]
    exit 3
    ");
}

#[test]
fn threads_list_filters_by_the_columns_of_the_ledger() {
    let (_listener, asst) = minting();
    let run = |args: &[&str]| asst.run(args.iter().copied()).ok();
    let listed = |args: &[&str]| run(&[&["threads", "list", "-o", "id"], args].concat()).ids();
    let hr = run(&["threads", "create", "--metadata", "team=hr", "--metadata", "env=prod"]).id();
    let it = run(&["threads", "create", "--metadata", "team=it"]).id();
    run(&["runs", "create", &it, "--assistant-id", "asst_77"]);
    asst.fed("thread_imported9\n", &["ledger", "import", "-"]).ok();
    assert_eq!(listed(&["--metadata", "team=hr"]), [hr.as_str()]);
    assert_eq!(listed(&["--metadata", "team=hr", "--metadata", "env=dev"]), Vec::<String>::new());
    assert_eq!(listed(&["--assistant", "asst_77"]), [it.as_str()]);
    assert_eq!(listed(&["--source", "imported"]), ["thread_imported9"]);
    assert_eq!(listed(&["--state", "unknown"]), ["thread_imported9"]);
    assert_eq!(listed(&["--source", "created"]).len(), 2);
    assert_eq!(listed(&["--id-prefix", "thread_imp"]), ["thread_imported9"]);
    assert_eq!(listed(&["--limit", "1"]).len(), 1);
    assert_eq!(
        listed(&["--newer-than", "1d", "--source", "created"]),
        Vec::<String>::new(),
        "the backend's own time counts"
    );
    assert_eq!(listed(&["--older-than", "1d", "--source", "created"]).len(), 2);
    assert_eq!(listed(&["--idle", "1h", "--source", "created"]), Vec::<String>::new());
    assert_eq!(listed(&["--origin", "elsewhere"]), Vec::<String>::new());
    assert_eq!(listed(&["--all-origins"]).len(), 3);
    shows!(run(&["threads", "list", "--metadata", "team=hr", "--columns", "id,state,metadata.env"]), @r"
    [thread]	live	prod
    --- stderr ---
    1 thread in the ledger ([origin]), last checked [age] ago; --remote asks the backend, if it lists threads
    exit 0
    ");
}

#[test]
fn a_thread_is_orphaned_when_its_assistants_are_deleted() {
    let (_listener, asst) = minting();
    let run = |args: &[&str]| asst.run(args.iter().copied()).ok();
    let assistant = run(&["assistants", "create", "--model", "m"]).id();
    let other = run(&["assistants", "create", "--model", "m"]).id();
    let orphan = run(&["threads", "create"]).id();
    let kept = run(&["threads", "create"]).id();
    run(&["runs", "create", &orphan, "--assistant-id", &assistant]);
    run(&["runs", "create", &kept, "--assistant-id", &other]);
    assert_eq!(run(&["threads", "list", "--orphaned", "-o", "id"]).stdout, "");
    run(&["assistants", "delete", &assistant]);
    assert_eq!(run(&["threads", "list", "--orphaned"]).ids(), [orphan]);
}

#[test]
fn the_ledger_can_be_read_without_a_profile() {
    let asst = Asst::new();
    asst.fed("thread_1\nthread_2\n", &["ledger", "import", "-", "--origin", "openai:default"]).ok();
    shows!(asst.run(["threads", "list", "--columns", "id,state,source"]), @r"
    thread_2	unknown	imported
    thread_1	unknown	imported
    --- stderr ---
    2 threads in the ledger (all origins), never checked
    exit 0
    ");
    shows!(asst.run(["ledger", "stats"]), @r"
    openai:default	thread	unknown	2
    --- stderr ---
    open intents: 0, events: 0, in [home]/state/asst/ledger.db
    exit 0
    ");
}

#[test]
fn ids_are_imported_from_text_csv_and_json_lines() {
    let (_listener, asst) = minting();
    let lines =
        "thread_1\twhatever\n\n\"asst_1\",name\n{\"id\":\"thread_2\",\"created_at\":5,\"metadata\":{\"a\":\"b\"}}\n";
    shows!(asst.fed(lines, &["ledger", "import", "-"]), @r"
    --- stderr ---
    3 new, 0 known before
    exit 0
    ");
    shows!(asst.fed(lines, &["ledger", "import", "-"]), @r"
    --- stderr ---
    0 new, 3 known before
    exit 0
    ");
    shows!(asst.fed("thread_3\n6b29fc40-ca47\n", &["ledger", "import", "-"]), @r"
    --- stderr ---
    1 new, 0 known before
    error: standard input, line 2: `6b29fc40-ca47` does not say its kind, which --kind gives
      hint: the lines before it are in the ledger; importing them again does no harm
    exit 2
    ");
    asst.fed("6b29fc40-ca47\n", &["ledger", "import", "-", "--kind", "threads"]).ok();
    assert_eq!(asst.run(["ledger", "list"]).ok().ids().len(), 5);
    assert_eq!(asst.run(["ledger", "list", "--kind", "assistant"]).ok().ids(), ["asst_1"]);
    asst.run(["ledger", "list", "--kind", "message"]).code(2);
    asst.run(["ledger", "import", "nothing.txt"]).code(2);
    shows!(Asst::new().fed("thread_1\n", &["ledger", "import", "-"]), @r"
    --- stderr ---
    error: an id means something in its origin only, and none is known
      hint: --origin or a profile says which
    exit 2
    ");
}

#[test]
fn forget_needs_consent() {
    let (_listener, asst) = minting();
    asst.fed("thread_1\nthread_2\nthread_3\n", &["ledger", "import", "-"]).ok();
    asst.run(["ledger", "forget", "thread_1"]).ok().says("forgot 1");
    // Without a terminal there is no prompt.
    shows!(asst.run(["ledger", "forget", "--matching", "--id-prefix", "thread_2"]), @r"
    --- stderr ---
    error: cannot ask `Forget these rows of the ledger?` (1 in all): standard input and standard error are not both terminals; `--yes` answers
    exit 2
    ");
    asst.run(["ledger", "forget", "--matching", "--id-prefix", "thread_2", "--yes"]).ok().says("forgot 1");
    assert_eq!(threads(&asst), ["thread_3"]);
    shows!(asst.run(["ledger", "forget"]), @r"
    --- stderr ---
    error: nothing says what to forget
      hint: give ids, or --matching for everything that the filters find
    exit 2
    ");
    // An ID is valid only in its origin.
    asst.run(["ledger", "forget", "thread_3", "--all-origins"]).code(2).says("and none is known");
    // A filter alone is not consent to forget everything that it matches.
    asst.run(["ledger", "forget", "--id-prefix", "thread_", "--purge", "--yes"]).code(2).says("nothing says what");
    assert_eq!(threads(&asst), ["thread_3"]);
}

/// Rows of other origins must not be listed, because the list may be piped into a command that deletes or forgets.
#[test]
fn an_embedded_server_that_never_ran_has_no_rows() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    asst.run(["threads", "create"]).ok();
    shows!(asst.local(&["threads", "list"]), @r"
    --- stderr ---
    0 threads in the ledger (asst:none), never checked; this backend lists threads itself: --remote
    exit 0
    ");
    asst.local(&["ledger", "forget", "--matching", "--yes"]).ok().says("forgot 0");
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().ids().len(), 1);
}

#[test]
fn messages_that_a_run_adds_are_not_counted_as_sent() {
    let asst = crate::support::test_env::Asst::new();
    let bot = asst.local(&["assistants", "create", "--model", "echo"]).ok().id();
    let thread = asst.local(&["threads", "create", "--message", "one"]).ok().id();
    asst.local(&["runs", "create", &thread, "--assistant-id", &bot, "--wait"]).ok();
    assert_eq!(asst.local(&["messages", "list", &thread]).ok().ids().len(), 2);
    let shown = asst.local(&["threads", "list", "--header"]).ok().stdout;
    let head = shown.lines().next().unwrap();
    assert!(head.contains("sent") && !head.contains("messages"), "{shown}");
    assert_eq!(asst.local(&["threads", "list", "-o", "json"]).ok().json()[0]["messages"], 1, "the key stays");
}
