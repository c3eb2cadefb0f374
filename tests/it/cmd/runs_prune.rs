//! `asst runs prune` cancels stuck runs, and no other ones.

use crate::support::aged_backend::{Setup, at, days};
use crate::support::mock_server::Response;
use crate::support::test_env::{Asst, Ran, eventually, shows};
use serde_json::json;

fn prune(setup: &Setup, args: &[&str]) -> Ran {
    setup.asst.run([&["runs", "prune"], args].concat())
}

fn status(setup: &Setup, thread: &str, run: &str) -> String {
    let runs = &setup.backend().runs[thread];
    runs.iter().find(|known| known["id"] == run).unwrap()["status"].as_str().unwrap().to_owned()
}

fn cancels(setup: &Setup) -> usize {
    setup.listener.lines().iter().filter(|line| line.ends_with("/cancel")).count()
}

#[test]
fn only_stuck_runs_are_cancelled() {
    let setup = Setup::new();
    let thread = setup.thread();
    let run = |status: &str, age: i64| setup.backend().run(&thread, "asst_1", status, age);
    let (ended, stuck) = (run("completed", days(-90)), run("requires_action", days(-2)));
    let fresh = run("in_progress", days(0) - 330);
    shows!(prune(&setup, &["--stuck", "--dry-run", "--columns", "id,parent,verdict,result,reason"]), @r"
    [run]	[thread]	in use	stays	in_progress, created 5m ago
    [run]	[thread]	stuck	would go	requires_action, although it expired 1d ago
    --- stderr ---
    1 would go, 0 already gone, 1 in use, 0 unknown
    exit 0
    ");
    assert_eq!(cancels(&setup), 0);
    assert_eq!(
        prune(&setup, &["--stuck", "--yes", "-o", "id"]).ok().says("1 cancelled").ids(),
        std::slice::from_ref(&stuck)
    );
    assert_eq!(
        [&ended, &stuck, &fresh].map(|id| status(&setup, &thread, id)),
        ["completed", "cancelled", "in_progress"]
    );
    prune(&setup, &["--stuck", "--yes"]).ok().says("0 cancelled, 0 already gone, 1 in use");
}

#[test]
fn a_cancellation_by_prune_does_not_count_as_use_of_the_thread() {
    let setup = Setup::new();
    let thread = setup.thread();
    setup.backend().run(&thread, "asst_gone", "queued", days(-90));
    prune(&setup, &["--stuck", "--yes"]).ok().says("1 cancelled");
    assert_eq!(setup.prune(&["--orphaned", "--yes"]).ok().ids(), [thread]);
}

#[test]
fn runs_of_unknown_threads_are_found_by_their_own_rows() {
    let setup = Setup::new();
    let create = ["runs", "create", "thread_of_others", "--assistant-id", "asst_1", "-o", "id"];
    let run = at(&setup.asst, days(-100), &create).ok().id();
    assert_eq!(prune(&setup, &["--stuck", "--yes", "-o", "id"]).ok().ids(), [run]);
    let requests = setup.listener.lines().len();
    prune(&setup, &["--stuck", "--yes"]).ok().says("0 cancelled");
    assert_eq!(setup.listener.lines().len(), requests, "the ledger knows that it has ended");
}

#[test]
fn filters_and_max_limit_the_cancelled_runs() {
    let setup = Setup::new();
    let thread = setup.thread();
    let runs: Vec<String> =
        (1..5).map(|number| setup.backend().run(&thread, &format!("asst_{number}"), "queued", days(-90))).collect();
    assert_eq!(prune(&setup, &["--assistant", "asst_2", "--yes", "-o", "id"]).ok().ids(), [runs[1].clone()]);
    prune(&setup, &["--older-than", "91d", "--yes"]).ok().says("0 cancelled").says("3 in use");
    prune(&setup, &["--stuck", "--max", "1", "--yes", "--concurrency", "1"]).ok().says("1 cancelled");
    assert_eq!(cancels(&setup), 2);
}

#[test]
fn a_run_that_ends_before_the_cancellation_is_not_counted() {
    let setup = Setup::new();
    let thread = setup.thread();
    setup.backend().run(&thread, "asst_1", "in_progress", days(-2));
    setup.backend().hook(|request, backend| {
        if !request.target.ends_with("/cancel") {
            return None;
        }
        backend.runs.values_mut().flatten().for_each(|run| run["status"] = json!("completed"));
        Some(Response::error(400, "Cannot cancel run with status 'completed'.", None))
    });
    let ran = prune(&setup, &["--stuck", "--yes"]).ok();
    assert_eq!((ran.stdout.as_str(), cancels(&setup)), ("", 1), "{}", ran.text());
}

#[test]
fn a_backend_that_cannot_cancel_exits_11() {
    let setup = Setup::new();
    let thread = setup.thread();
    setup.backend().run(&thread, "asst_1", "in_progress", days(-2));
    setup.backend().hook(|request, _| request.target.ends_with("/cancel").then(|| Response::error(405, "no", None)));
    prune(&setup, &["--stuck", "--yes"]).code(11).says("could not cancel run").says("1 failed");
}

#[test]
fn a_wrong_key_or_a_wrong_backend_cancels_nothing() {
    for (deed, code) in [((401, "no"), 4), ((404, ""), 1)] {
        let setup = Setup::new();
        (0..12).for_each(|_| {
            let thread = setup.thread();
            setup.backend().run(&thread, "asst_1", "queued", days(-90));
        });
        setup.backend().hook(move |_, _| Some(Response::error(deed.0, deed.1, None)));
        prune(&setup, &["--stuck", "--yes", "--concurrency", "1"]).code(code);
        assert_eq!(cancels(&setup), 0, "{deed:?}");
    }
}

#[test]
fn runs_prune_needs_a_filter_and_a_confirmation() {
    let setup = Setup::new();
    prune(&setup, &["--yes"]).code(2).says("--stuck");
    prune(&setup, &["--grace", "1d", "--source", "any", "--yes"]).code(2);
    prune(&setup, &["--stuck"]).code(2).says("--yes");
    prune(&setup, &["--stuck", "--grace", "-1d", "--yes"]).code(2);
    assert_eq!(setup.listener.lines(), Vec::<String>::new());
}

#[test]
fn stuck_runs_of_the_embedded_server_are_cancelled() {
    // The server creates everything with yesterday's time.
    let past = Asst::new().env("ASST_NOW", days(-1).to_string());
    let server = past.serve(&[]);
    let asst = Asst::new().env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
    let assistant = asst.run(["assistants", "create", "--model", "echo", "-o", "id"]).ok().id();
    let thread = asst.run(["threads", "create", "--message", "stuck", "-o", "id"]).ok().id();
    let run = asst.run(["runs", "create", &thread, "--assistant-id", &assistant, "-o", "id"]).ok().id();
    let status = || asst.run(["runs", "get", &thread, &run, "-o", "json"]).ok().json()["status"].clone();
    eventually("the run", || (status() == "in_progress").then_some(()));
    let ran = asst.run(["runs", "prune", "--stuck", "--yes", "-o", "id"]).ok().says("1 cancelled");
    assert_eq!((ran.ids(), status()), (vec![run], json!("cancelled")));
}
