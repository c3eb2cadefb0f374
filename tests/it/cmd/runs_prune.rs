//! `asst runs prune` cancels stuck runs, and no other ones.

use crate::support::aged_backend::{World, at, days};
use crate::support::mock_server::Deed;
use crate::support::test_env::{Asst, Ran, eventually, shows};
use serde_json::json;

fn prune(world: &World, args: &[&str]) -> Ran {
    world.asst.run([&["runs", "prune"], args].concat())
}

fn status(world: &World, thread: &str, run: &str) -> String {
    let runs = &world.backend().runs[thread];
    runs.iter().find(|known| known["id"] == run).unwrap()["status"].as_str().unwrap().to_owned()
}

fn cancels(world: &World) -> usize {
    world.listener.lines().iter().filter(|line| line.ends_with("/cancel")).count()
}

#[test]
fn only_stuck_runs_are_cancelled() {
    let world = World::new();
    let thread = world.thread();
    let run = |status: &str, age: i64| world.backend().run(&thread, "asst_1", status, age);
    let (ended, stuck) = (run("completed", days(-90)), run("requires_action", days(-2)));
    let fresh = run("in_progress", days(0) - 330);
    shows!(prune(&world, &["--stuck", "--dry-run", "--columns", "id,parent,verdict,result,reason"]), @r"
    [run]	[thread]	in use	stays	in_progress, created 5m ago
    [run]	[thread]	stuck	would go	requires_action, although it expired 1d ago
    --- stderr ---
    1 would go, 0 already gone, 1 in use, 0 unknown
    exit 0
    ");
    assert_eq!(cancels(&world), 0);
    assert_eq!(
        prune(&world, &["--stuck", "--yes", "-o", "id"]).ok().says("1 cancelled").ids(),
        std::slice::from_ref(&stuck)
    );
    assert_eq!(
        [&ended, &stuck, &fresh].map(|id| status(&world, &thread, id)),
        ["completed", "cancelled", "in_progress"]
    );
    prune(&world, &["--stuck", "--yes"]).ok().says("0 cancelled, 0 already gone, 1 in use");
}

#[test]
fn a_cancellation_by_prune_does_not_count_as_use_of_the_thread() {
    let world = World::new();
    let thread = world.thread();
    world.backend().run(&thread, "asst_gone", "queued", days(-90));
    prune(&world, &["--stuck", "--yes"]).ok().says("1 cancelled");
    assert_eq!(world.prune(&["--orphaned", "--yes"]).ok().ids(), [thread]);
}

#[test]
fn runs_of_unknown_threads_are_found_by_their_own_rows() {
    let world = World::new();
    let create = ["runs", "create", "thread_of_others", "--assistant-id", "asst_1", "-o", "id"];
    let run = at(&world.asst, days(-100), &create).ok().id();
    assert_eq!(prune(&world, &["--stuck", "--yes", "-o", "id"]).ok().ids(), [run]);
    let asked = world.listener.lines().len();
    prune(&world, &["--stuck", "--yes"]).ok().says("0 cancelled");
    assert_eq!(world.listener.lines().len(), asked, "the ledger knows that it has ended");
}

#[test]
fn filters_and_max_limit_the_cancelled_runs() {
    let world = World::new();
    let thread = world.thread();
    let runs: Vec<String> =
        (1..5).map(|number| world.backend().run(&thread, &format!("asst_{number}"), "queued", days(-90))).collect();
    assert_eq!(prune(&world, &["--assistant", "asst_2", "--yes", "-o", "id"]).ok().ids(), [runs[1].clone()]);
    prune(&world, &["--older-than", "91d", "--yes"]).ok().says("0 cancelled").says("3 in use");
    prune(&world, &["--stuck", "--max", "1", "--yes", "--concurrency", "1"]).ok().says("1 cancelled");
    assert_eq!(cancels(&world), 2);
}

#[test]
fn a_run_that_ends_before_the_cancellation_is_not_counted() {
    let world = World::new();
    let thread = world.thread();
    world.backend().run(&thread, "asst_1", "in_progress", days(-2));
    world.backend().hook(|asked, backend| {
        if !asked.target.ends_with("/cancel") {
            return None;
        }
        backend.runs.values_mut().flatten().for_each(|run| run["status"] = json!("completed"));
        Some(Deed::error(400, "Cannot cancel run with status 'completed'.", None))
    });
    let ran = prune(&world, &["--stuck", "--yes"]).ok();
    assert_eq!((ran.stdout.as_str(), cancels(&world)), ("", 1), "{}", ran.text());
}

#[test]
fn a_backend_that_cannot_cancel_exits_11() {
    let world = World::new();
    let thread = world.thread();
    world.backend().run(&thread, "asst_1", "in_progress", days(-2));
    world.backend().hook(|asked, _| asked.target.ends_with("/cancel").then(|| Deed::error(405, "no", None)));
    prune(&world, &["--stuck", "--yes"]).code(11).says("could not be cancelled").says("1 failed");
}

#[test]
fn a_wrong_key_or_a_wrong_backend_cancels_nothing() {
    for (deed, code) in [((401, "no"), 4), ((404, ""), 1)] {
        let world = World::new();
        (0..12).for_each(|_| {
            let thread = world.thread();
            world.backend().run(&thread, "asst_1", "queued", days(-90));
        });
        world.backend().hook(move |_, _| Some(Deed::error(deed.0, deed.1, None)));
        prune(&world, &["--stuck", "--yes", "--concurrency", "1"]).code(code);
        assert_eq!(cancels(&world), 0);
    }
}

#[test]
fn runs_prune_needs_a_filter_and_a_confirmation() {
    let world = World::new();
    prune(&world, &["--yes"]).code(2).says("--stuck");
    prune(&world, &["--grace", "1d", "--source", "any", "--yes"]).code(2);
    prune(&world, &["--stuck"]).code(2).says("--yes");
    prune(&world, &["--stuck", "--grace", "-1d", "--yes"]).code(2);
    assert_eq!(world.listener.lines(), Vec::<String>::new());
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
