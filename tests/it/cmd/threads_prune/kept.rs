//! Situations in which pruning must not delete a thread.

use crate::support::aged_backend::{Setup, at, days};
use crate::support::mock_server::Response;
use crate::support::test_env::Asst;
use serde_json::json;

#[test]
fn an_old_assistant_that_was_replaced_orphans_nothing() {
    let setup = Setup::new();
    let id = setup.thread_of("asst_blue");
    setup.backend().run(&id, "asst_green", "completed", days(-50));
    setup.backend().run(&id, "asst_blue", "completed", days(-40));
    setup.backend().assistants.insert("asst_green".into());
    setup.prune(&["--orphaned", "--yes"]).ok().says("0 deleted, 0 already gone, 1 in use");
    assert_eq!(setup.deleted(), Vec::<String>::new());
}

#[test]
fn activity_missing_from_the_ledger_keeps_the_thread() {
    let setup = Setup::new();
    // Another program has used both threads.
    let (run, message) = (setup.thread_of("asst_gone"), setup.thread_of("asst_gone"));
    setup.backend().run(&run, "asst_gone", "completed", days(-2));
    setup.backend().message(&message, days(-2));
    setup.prune(&["--orphaned", "--yes"]).ok().says("0 deleted").says("2 in use");
    // A use by asst itself also counts, although the thread looks old at the backend.
    let used = setup.thread_of("asst_gone");
    setup.asst.run(["messages", "create", &used, "--content", "hi"]).ok();
    let requests = setup.listener.lines().len();
    setup.prune(&["--orphaned", "--yes"]).ok().says("0 deleted").says("3 in use");
    let lines = setup.listener.lines().split_off(requests);
    assert!(!lines.iter().any(|line| line.contains(&used)), "what the ledger knows spares the question: {lines:?}");
    assert_eq!(setup.deleted(), Vec::<String>::new());
}

#[test]
fn imported_threads_are_not_pruned_by_default() {
    let setup = Setup::new();
    let id = setup.thread_of("asst_gone");
    std::fs::remove_file(setup.asst.ledger()).unwrap();
    setup.asst.fed(&id, &["ledger", "import", "-"]).ok();
    setup.prune(&["--orphaned", "--yes"]).ok().says("0 deleted, 0 already gone, 0 in use, 0 unknown, 0 failed");
    setup.prune(&["--orphaned", "--source", "created", "--yes"]).ok().says("0 deleted");
    assert_eq!(setup.deleted(), Vec::<String>::new());
    setup.prune(&["--orphaned", "--source", "any", "--yes"]).ok().says("1 deleted");
}

#[test]
fn wrong_key_stops_pruning_and_deletes_nothing() {
    let setup = Setup::new();
    let ids: Vec<String> = (0..15).map(|_| setup.thread_of("asst_gone")).collect();
    setup.backend().hook(|_, _| Some(Response::error(401, "Incorrect API key provided", Some("invalid_api_key"))));
    let requests = setup.listener.lines().len();
    setup
        .prune(&["--orphaned", "--yes", "--concurrency", "1"])
        .code(4)
        .says("0 deleted")
        .says("10 unknown")
        .says("hint: ");
    assert!(setup.listener.lines().len() - requests < 15, "it went on asking");
    assert_eq!((setup.deleted(), setup.present().len()), (vec![], ids.len()));
}

#[test]
fn backend_without_thread_endpoints_exits_11_with_a_reason() {
    let gone = "Unknown request URL: GET /threads/thread_1. Please check the URL for typos.";
    let listener =
        crate::support::mock_server::MockServer::new(move |_, _| Response::error(404, gone, Some("unknown_url")));
    let asst = Asst::new().env("KEY", "sk-test-0123456789").env("ASST_PROFILE", "gone");
    asst.config(&format!(
        "[profiles.gone]\nbackend = \"openai\"\nbase_url = \"{}\"\napi_key_env = \"KEY\"\norigin = \"here\"\n",
        listener.url()
    ));
    asst.fed("thread_1\n", &["ledger", "import", "-"]).ok();
    let ran = asst.run(["threads", "prune", "--orphaned", "--source", "any", "--yes"]).code(11).says("1 unknown");
    ran.says("OpenAI switched its Assistants endpoints off");
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().ids(), ["thread_1"]);
}

#[test]
fn threads_of_another_origin_are_not_pruned() {
    let setup = Setup::new();
    let id = setup.thread();
    // The same server under another address is another origin.
    let url = setup.listener.at("/other/v1");
    let ran = setup.asst.ran(
        setup.asst.command(["threads", "prune", "--empty", "--yes"]).env("OPENAI_BASE_URL", url).output().unwrap(),
    );
    ran.ok().says("0 deleted, 0 already gone, 0 in use, 0 unknown");
    assert_eq!((setup.deleted(), setup.present()), (vec![], vec![id]));
}

#[test]
fn backend_without_any_of_the_threads_stops_pruning() {
    let setup = Setup::new();
    let ids: Vec<String> = (0..12).map(|_| setup.thread()).collect();
    setup.backend().hook(|_, _| Some(Response::error(404, "", None)));
    let requests = setup.listener.lines().len();
    let ran = setup.prune(&["--empty", "--yes", "--concurrency", "2"]);
    ran.code(1).says("this may be the wrong backend").says("0 deleted, 0 already gone");
    assert!(setup.listener.lines().len() - requests <= 12);
    assert_eq!((setup.deleted(), setup.present().len()), (vec![], ids.len()));
}

#[test]
fn thread_reported_missing_is_recorded_as_gone() {
    let setup = Setup::new();
    let id = setup.thread();
    setup.backend().threads.remove(&id);
    setup.prune(&["--empty", "--dry-run"]).ok().says("1 already gone");
    assert_eq!(setup.present(), std::slice::from_ref(&id), "a dry run writes nothing down");
    assert_eq!(setup.prune(&["--empty", "--yes"]).ok().says("0 deleted, 1 already gone").ids(), [id]);
    assert_eq!((setup.deleted(), setup.present()), (vec![], vec![]));
}

/// Returns a setup whose backend answers all requests for assistants by the function.
fn without_assistants(answer: fn(&str) -> Option<Response>) -> Setup {
    let setup = Setup::new();
    setup.thread_of("asst_here");
    setup.backend().assistants.insert("asst_here".into());
    setup.backend().assistants.insert("asst_other".into());
    setup.backend().hook(move |request, _| {
        let path = request.target.split('?').next().unwrap_or_default().to_owned();
        path.starts_with("/v1/assistants").then(|| answer(&path)).flatten()
    });
    setup
}

#[test]
fn missing_assistants_endpoint_does_not_prove_absence() {
    let no_collection: fn(&str) -> Option<Response> =
        |path| Some(Response::error(404, &format!("Invalid URL (GET {path})"), None));
    let no_route: fn(&str) -> Option<Response> = |path| {
        let single = path.starts_with("/v1/assistants/");
        single.then(|| Response::text(404, "404 page not found"))
    };
    let another: fn(&str) -> Option<Response> =
        |_| Some(Response::error(404, "No assistant found with id 'asst_here2'.", None));
    for answer in [
        no_collection,
        no_route,
        another,
        |_| Some(Response::error(405, "Method Not Allowed", None)),
        |_| Some(Response::error(500, "no", None)),
        |_| Some(Response::error(403, "no", None)),
        |_| Some(Response::text(200, "<html>")),
    ] {
        let setup = without_assistants(answer);
        let ran = setup.prune(&["--orphaned", "--yes", "--retries", "0"]);
        assert!(ran.code != Some(0) && ran.stderr.contains("0 deleted"), "{}", ran.text());
        assert!(ran.stderr.contains("1 unknown"), "{}", ran.text());
        assert_eq!(setup.deleted(), Vec::<String>::new(), "{answer:?}");
    }
}

#[test]
fn run_started_after_the_check_keeps_the_thread() {
    let setup = Setup::new();
    let id = setup.thread_of("asst_gone");
    setup.backend().hook(|request, _| {
        let lock = "Can't delete thread while a run run_1 is active.";
        (request.method == "DELETE").then(|| Response::error(400, lock, None))
    });
    for flags in [&["--orphaned", "--yes"][..], &["--orphaned", "--cancel-runs", "--yes"]] {
        setup.prune(flags).ok().says("0 deleted, 0 already gone, 1 in use");
    }
    assert!(!setup.listener.lines().iter().any(|line| line.ends_with("/cancel")), "a run was cancelled");
    assert_eq!(setup.present(), [id]);
}

#[test]
fn a_clock_that_goes_back_deletes_nothing() {
    let setup = Setup::new();
    setup.thread();
    setup.backend().date = Some(String::new());
    for time in [days(-101), days(-90), 1] {
        at(&setup.asst, time, &["threads", "prune", "--empty", "--yes"]).ok().says("0 deleted").says("1 in use");
    }
    assert_eq!(setup.deleted(), Vec::<String>::new());
}

#[test]
fn wrong_or_incomplete_lists_prove_nothing() {
    let message = |id: u32, age: i64| json!({ "id": format!("msg_{id}"), "created_at": days(-age) });
    // The server ignores the order and returns the oldest first, so the newest is on the second page.
    let first = [message(1, 90), message(2, 80)];
    let lying = Setup::new();
    lying.thread_of("asst_gone");
    let newest = message(3, 1);
    lying.backend().hook(move |request, _| {
        let data = if request.target.contains("after=") { vec![newest.clone()] } else { first.to_vec() };
        let more = data.len() == 2;
        request.target.contains("/messages").then(|| Response::json(200, &json!({ "data": data, "has_more": more })))
    });
    lying.prune(&["--orphaned", "--yes"]).ok().says("0 deleted").says("1 in use");
    // This server returns the same page repeatedly.
    let repeating = Setup::new();
    repeating.thread_of("asst_gone");
    repeating.backend().hook(|request, _| {
        let run = json!({ "id": "run_1", "created_at": days(-90), "status": "completed", "assistant_id": "asst_gone" });
        request.target.contains("/runs").then(|| Response::json(200, &json!({ "data": [run], "has_more": true })))
    });
    repeating.prune(&["--orphaned", "--yes"]).code(1).says("0 deleted").says("1 unknown");
    assert_eq!((lying.deleted(), repeating.deleted()), (vec![], vec![]));
}

#[test]
fn runs_without_required_members_prove_nothing() {
    let run = || json!({ "id": "run_1", "created_at": days(-90), "status": "completed", "assistant_id": "asst_gone" });
    let without = |member: &str| {
        let mut run = run();
        run.as_object_mut().unwrap().remove(member);
        run
    };
    let strange = |member: &str, value: serde_json::Value| {
        let mut run = run();
        run[member] = value;
        run
    };
    for (run, expected) in [
        (without("created_at"), "1 unknown"),
        (without("assistant_id"), "1 unknown"),
        (strange("created_at", json!(0)), "1 unknown"),
        (strange("created_at", json!("yesterday")), "1 unknown"),
        (without("status"), "1 in use"),
        (strange("status", json!("paused")), "1 in use"),
        (strange("assistant_id", json!("../files")), "1 unknown"),
    ] {
        let setup = Setup::new();
        let id = setup.thread();
        setup.backend().runs.insert(id, vec![run.clone()]);
        let ran = setup.prune(&["--orphaned", "--yes"]);
        assert!(ran.stderr.contains("0 deleted") && ran.stderr.contains(expected), "{run}: {}", ran.text());
        assert_eq!(setup.deleted(), Vec::<String>::new(), "{expected:?}");
    }
}

#[test]
fn thread_with_unlisted_messages_is_not_empty() {
    let setup = Setup::new();
    let args = ["threads", "create", "--message", "hello", "-o", "id"];
    let id = at(&setup.asst, days(-100), &args).ok().id();
    // The lists of the backend do not contain the message.
    for flags in [&["--empty"][..], &["--orphaned"], &["--older-than", "90d", "--any-assistant"]] {
        setup.prune(&[flags, &["--yes"]].concat()).code(1).says("0 deleted").says("1 unknown");
    }
    assert_eq!(setup.present(), [id]);
}

#[test]
fn an_invalid_id_in_the_ledger_does_not_stop_the_other_threads() {
    let setup = Setup::new();
    let named = |id: &str| {
        setup.backend().next_id = Some(id.to_owned());
        setup.thread()
    };
    let (odd, good, prefixed) = (named("thread.1/../x"), named("thread_2"), named("run_3"));
    setup.backend().run(&good, "thread_x", "completed", days(-90));
    setup.prune(&["--orphaned", "--dry-run"]).ok().says("2 would go").says("1 unknown");
    let ran = setup.prune(&["--orphaned", "--yes", "--any-id", "-o", "id"]).ok();
    let mut ids = ran.ids();
    ids.sort();
    assert_eq!(ids, [prefixed, good]);
    assert_eq!(setup.present(), std::slice::from_ref(&odd));
    setup.asst.run(["runs", "prune", "--stuck", "--yes"]).ok().says("1 unknown");
    setup.asst.run(["files", "prune", "--unreferenced", "--yes"]).ok();
    setup.backend().file("file-1");
    setup.asst.run(["files", "prune", "--unreferenced", "--yes"]).code(11);
}

#[test]
fn thread_with_a_zero_timestamp_is_not_old() {
    let setup = Setup::new();
    let id = setup.thread();
    setup.backend().threads.get_mut(&id).unwrap()["created_at"] = json!(0);
    setup.prune(&["--empty", "--yes"]).code(1).says("1 unknown");
    assert_eq!(setup.deleted(), Vec::<String>::new());
}

#[test]
fn an_active_run_on_a_later_page_is_seen() {
    let setup = Setup::new();
    let id = setup.thread();
    for number in 0..250 {
        let status = if number == 0 { "in_progress" } else { "completed" };
        setup.backend().run(&id, "asst_gone", status, days(-100) + number);
    }
    setup.prune(&["--orphaned", "--yes"]).ok().says("0 deleted").says("1 in use");
}

#[test]
fn another_thread_in_the_response_proves_nothing() {
    let setup = Setup::new();
    setup.thread();
    setup.backend().hook(|request, _| {
        let other = json!({ "id": "thread_other", "object": "thread", "created_at": 1, "metadata": {} });
        (request.method == "GET" && request.target.matches('/').count() == 3).then(|| Response::json(200, &other))
    });
    setup.prune(&["--empty", "--yes"]).code(7).says("0 deleted").says("1 unknown");
}
