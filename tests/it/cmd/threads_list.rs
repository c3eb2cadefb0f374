//! `asst threads list`: the rows of the ledger, and with `--remote` the threads of the backend.

use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, minting, served, shows};

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
    1 matching thread in the ledger ([origin]), last checked [age] ago; pass --remote to ask the backend, if it can list threads
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

/// Rows of other origins must not be listed, because the list may be piped into a command that deletes or forgets.
#[test]
fn an_embedded_server_that_never_ran_has_no_rows() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    asst.run(["threads", "create"]).ok();
    shows!(asst.local(&["threads", "list"]), @r"
    --- stderr ---
    0 threads in the ledger (asst:none), never checked; pass --remote to list the threads of the backend
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

#[test]
fn listed_thread_shows_activity_assistant_and_job() {
    let (_listener, asst) = minting();
    let asst = asst.env("GITHUB_ACTIONS", "true").env("GITHUB_RUN_ID", "42").env("GITHUB_REPOSITORY", "o/r");
    let asst = asst.env("GITHUB_SERVER_URL", "https://github.example");
    let assistant = asst.run(["assistants", "create", "--model", "m", "--name", "Helper"]).ok().id();
    let thread = asst.run(["threads", "create", "--message", "hello"]).ok().id();
    asst.run(["runs", "create", &thread, "--assistant-id", &assistant]).ok();
    let listed = asst.run(["threads", "list", "--header"]).ok().stdout;
    let mut lines = listed.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let names = ["id", "state", "created", "active", "sent", "assistant", "assistant name", "source", "made by"];
    assert_eq!(header, names);
    let row = lines.next().unwrap();
    assert_eq!((row[0], row[1], row[2]), (&*thread, "live", "2023-11-14T22:13:20Z"));
    assert!(row[3].starts_with("20"), "it is active since a time: {row:?}");
    let job = "https://github.example/o/r/actions/runs/42";
    assert_eq!(row[4..], ["1", &*assistant, "Helper", "created", job]);
    // Times are ages at a terminal only. A script may select the name alone.
    assert_eq!(asst.run(["threads", "list", "--columns", "assistant_name"]).ok().stdout, "Helper\n");
}

#[test]
fn threads_are_listed_by_the_backend_and_recorded() {
    let (_server, asst) = served(&[]);
    let id = asst.run(["threads", "create", "--no-ledger"]).ok().id();
    assert_eq!(asst.run(["threads", "list"]).ok().stdout, "");
    assert_eq!(asst.run(["threads", "list", "--remote"]).ok().id(), id);
    assert_eq!(asst.run(["threads", "list", "--source", "listed"]).ok().id(), id);
    for form in [&["--paginate"][..], &[]] {
        let id = asst.run(["threads", "create", "--no-ledger"]).ok().id();
        asst.run([&["api", "GET", "/threads"], form].concat()).ok();
        let listed = asst.run(["threads", "list", "--source", "listed", "--id-prefix", &id]).ok().stdout;
        assert!(listed.starts_with(&id), "api {form:?} records the threads that it lists: {listed}");
    }
    let (_server, asst) = served(&["--openai-compat"]);
    shows!(asst.run(["threads", "list", "--remote"]), @r"
    --- stderr ---
    error: could not list threads: not permitted (401, code missing_scope, request id [req])
      caused by: Your request to GET /v1/threads must be made with a session key (that is, it can only be made from the browser). You made it with the following key type: secret.
      hint: this backend cannot list threads; `asst threads list` shows the threads in the ledger
    exit 4
    ");
}

#[test]
fn the_summary_states_a_limit_and_a_filter() {
    let (_listener, asst) = minting();
    (0..3).for_each(|_| drop(asst.run(["threads", "create"]).ok()));
    let says = |flags: &[&str], begin: &str| {
        let ran = asst.run([&["threads", "list"], flags].concat()).ok();
        assert!(ran.stderr.starts_with(begin), "{flags:?}: {}", ran.text());
    };
    says(&[], "3 threads in the ledger (");
    says(&["--limit", "3"], "3 threads in the ledger (");
    says(&["--limit", "2"], "newest 2 threads in the ledger (");
    says(&["--metadata", "team=nobody"], "0 matching threads in the ledger (");
    says(&["--source", "created", "--limit", "1"], "newest 1 matching thread in the ledger (");
    says(&["--orphaned"], "0 matching threads in the ledger (");
}
