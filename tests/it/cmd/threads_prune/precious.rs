//! Situations in which pruning must not delete a thread.

use crate::support::aged_backend::{World, at, days};
use crate::support::mock_server::Deed;
use crate::support::test_env::Asst;
use serde_json::json;

#[test]
fn an_old_assistant_that_was_replaced_orphans_nothing() {
    let world = World::new();
    let id = world.thread_of("asst_blue");
    world.backend().run(&id, "asst_green", "completed", days(-50));
    world.backend().run(&id, "asst_blue", "completed", days(-40));
    world.backend().assistants.insert("asst_green".into());
    world.prune(&["--orphaned", "--yes"]).ok().says("0 deleted, 0 already gone, 1 in use");
    assert_eq!(world.deleted(), Vec::<String>::new());
}

#[test]
fn activity_missing_from_the_ledger_keeps_the_thread() {
    let world = World::new();
    // Another program has used both threads.
    let (run, message) = (world.thread_of("asst_gone"), world.thread_of("asst_gone"));
    world.backend().run(&run, "asst_gone", "completed", days(-2));
    world.backend().message(&message, days(-2));
    world.prune(&["--orphaned", "--yes"]).ok().says("0 deleted").says("2 in use");
    // A use by asst itself also counts, although the thread looks old at the backend.
    let used = world.thread_of("asst_gone");
    world.asst.run(["messages", "create", &used, "--content", "hi"]).ok();
    let asked = world.listener.lines().len();
    world.prune(&["--orphaned", "--yes"]).ok().says("0 deleted").says("3 in use");
    let lines = world.listener.lines().split_off(asked);
    assert!(!lines.iter().any(|line| line.contains(&used)), "what the ledger knows spares the question: {lines:?}");
    assert_eq!(world.deleted(), Vec::<String>::new());
}

#[test]
fn imported_threads_are_not_pruned_by_default() {
    let world = World::new();
    let id = world.thread_of("asst_gone");
    std::fs::remove_file(world.asst.ledger()).unwrap();
    world.asst.fed(&id, &["ledger", "import", "-"]).ok();
    world.prune(&["--orphaned", "--yes"]).ok().says("0 deleted, 0 already gone, 0 in use, 0 unknown, 0 failed");
    world.prune(&["--orphaned", "--source", "created", "--yes"]).ok().says("0 deleted");
    assert_eq!(world.deleted(), Vec::<String>::new());
    world.prune(&["--orphaned", "--source", "any", "--yes"]).ok().says("1 deleted");
}

#[test]
fn wrong_key_stops_pruning_and_deletes_nothing() {
    let world = World::new();
    let ids: Vec<String> = (0..15).map(|_| world.thread_of("asst_gone")).collect();
    world.backend().hook(|_, _| Some(Deed::error(401, "Incorrect API key provided", Some("invalid_api_key"))));
    let asked = world.listener.lines().len();
    world
        .prune(&["--orphaned", "--yes", "--concurrency", "1"])
        .code(4)
        .says("0 deleted")
        .says("10 unknown")
        .says("hint: ");
    assert!(world.listener.lines().len() - asked < 15, "it went on asking");
    assert_eq!((world.deleted(), world.present().len()), (vec![], ids.len()));
}

#[test]
fn backend_without_thread_endpoints_exits_11_with_a_reason() {
    let gone = "Unknown request URL: GET /threads/thread_1. Please check the URL for typos.";
    let listener = crate::support::mock_server::Listener::new(move |_, _| Deed::error(404, gone, Some("unknown_url")));
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
    let world = World::new();
    let id = world.thread();
    // The same server under another address is another origin.
    let url = world.listener.at("/other/v1");
    let ran = world.asst.ran(
        world.asst.command(["threads", "prune", "--empty", "--yes"]).env("OPENAI_BASE_URL", url).output().unwrap(),
    );
    ran.ok().says("0 deleted, 0 already gone, 0 in use, 0 unknown");
    assert_eq!((world.deleted(), world.present()), (vec![], vec![id]));
}

#[test]
fn backend_without_any_of_the_threads_stops_pruning() {
    let world = World::new();
    let ids: Vec<String> = (0..12).map(|_| world.thread()).collect();
    world.backend().hook(|_, _| Some(Deed::error(404, "", None)));
    let asked = world.listener.lines().len();
    let ran = world.prune(&["--empty", "--yes", "--concurrency", "2"]);
    ran.code(1).says("this backend may not be the one").says("0 deleted, 0 already gone");
    assert!(world.listener.lines().len() - asked <= 12);
    assert_eq!((world.deleted(), world.present().len()), (vec![], ids.len()));
}

#[test]
fn thread_reported_missing_is_recorded_as_gone() {
    let world = World::new();
    let id = world.thread();
    world.backend().threads.remove(&id);
    world.prune(&["--empty", "--dry-run"]).ok().says("1 already gone");
    assert_eq!(world.present(), std::slice::from_ref(&id), "a dry run writes nothing down");
    assert_eq!(world.prune(&["--empty", "--yes"]).ok().says("0 deleted, 1 already gone").ids(), [id]);
    assert_eq!((world.deleted(), world.present()), (vec![], vec![]));
}

/// Returns a world whose backend answers all requests for assistants by the function.
fn without_assistants(answer: fn(&str) -> Option<Deed>) -> World {
    let world = World::new();
    world.thread_of("asst_here");
    world.backend().assistants.insert("asst_here".into());
    world.backend().assistants.insert("asst_other".into());
    world.backend().hook(move |asked, _| {
        let path = asked.target.split('?').next().unwrap_or_default().to_owned();
        path.starts_with("/v1/assistants").then(|| answer(&path)).flatten()
    });
    world
}

#[test]
fn missing_assistants_endpoint_does_not_prove_absence() {
    let no_collection: fn(&str) -> Option<Deed> =
        |path| Some(Deed::error(404, &format!("Invalid URL (GET {path})"), None));
    let no_route: fn(&str) -> Option<Deed> = |path| {
        let single = path.starts_with("/v1/assistants/");
        single.then(|| Deed::text(404, "404 page not found"))
    };
    let another: fn(&str) -> Option<Deed> =
        |_| Some(Deed::error(404, "No assistant found with id 'asst_here2'.", None));
    for answer in [
        no_collection,
        no_route,
        another,
        |_| Some(Deed::error(405, "Method Not Allowed", None)),
        |_| Some(Deed::error(500, "no", None)),
        |_| Some(Deed::error(403, "no", None)),
        |_| Some(Deed::text(200, "<html>")),
    ] {
        let world = without_assistants(answer);
        let ran = world.prune(&["--orphaned", "--yes", "--retries", "0"]);
        assert!(ran.code != Some(0) && ran.stderr.contains("0 deleted"), "{}", ran.text());
        assert!(ran.stderr.contains("1 unknown"), "{}", ran.text());
        assert_eq!(world.deleted(), Vec::<String>::new());
    }
}

#[test]
fn run_started_after_the_check_keeps_the_thread() {
    let world = World::new();
    let id = world.thread_of("asst_gone");
    world.backend().hook(|asked, _| {
        let lock = "Can't delete thread while a run run_1 is active.";
        (asked.method == "DELETE").then(|| Deed::error(400, lock, None))
    });
    for flags in [&["--orphaned", "--yes"][..], &["--orphaned", "--cancel-runs", "--yes"]] {
        world.prune(flags).ok().says("0 deleted, 0 already gone, 1 in use");
    }
    assert!(!world.listener.lines().iter().any(|line| line.ends_with("/cancel")), "nobody's run is cancelled");
    assert_eq!(world.present(), [id]);
}

#[test]
fn a_clock_that_goes_back_deletes_nothing() {
    let world = World::new();
    world.thread();
    world.backend().date = Some(String::new());
    for time in [days(-101), days(-90), 1] {
        at(&world.asst, time, &["threads", "prune", "--empty", "--yes"]).ok().says("0 deleted").says("1 in use");
    }
    assert_eq!(world.deleted(), Vec::<String>::new());
}

#[test]
fn wrong_or_incomplete_lists_prove_nothing() {
    let message = |id: u32, age: i64| json!({ "id": format!("msg_{id}"), "created_at": days(-age) });
    // The server ignores the order and returns the oldest first, so the newest is on the second page.
    let first = [message(1, 90), message(2, 80)];
    let lying = World::new();
    lying.thread_of("asst_gone");
    let newest = message(3, 1);
    lying.backend().hook(move |asked, _| {
        let data = if asked.target.contains("after=") { vec![newest.clone()] } else { first.to_vec() };
        let more = data.len() == 2;
        asked.target.contains("/messages").then(|| Deed::json(200, &json!({ "data": data, "has_more": more })))
    });
    lying.prune(&["--orphaned", "--yes"]).ok().says("0 deleted").says("1 in use");
    // This server returns the same page repeatedly.
    let repeating = World::new();
    repeating.thread_of("asst_gone");
    repeating.backend().hook(|asked, _| {
        let run = json!({ "id": "run_1", "created_at": days(-90), "status": "completed", "assistant_id": "asst_gone" });
        asked.target.contains("/runs").then(|| Deed::json(200, &json!({ "data": [run], "has_more": true })))
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
        let world = World::new();
        let id = world.thread();
        world.backend().runs.insert(id, vec![run.clone()]);
        let ran = world.prune(&["--orphaned", "--yes"]);
        assert!(ran.stderr.contains("0 deleted") && ran.stderr.contains(expected), "{run}: {}", ran.text());
        assert_eq!(world.deleted(), Vec::<String>::new());
    }
}

#[test]
fn thread_with_unlisted_messages_is_not_empty() {
    let world = World::new();
    let args = ["threads", "create", "--message", "hello", "-o", "id"];
    let id = at(&world.asst, days(-100), &args).ok().id();
    // The lists of the backend do not contain the message.
    for flags in [&["--empty"][..], &["--orphaned"], &["--older-than", "90d", "--any-assistant"]] {
        world.prune(&[flags, &["--yes"]].concat()).code(1).says("0 deleted").says("1 unknown");
    }
    assert_eq!(world.present(), [id]);
}

#[test]
fn an_odd_id_does_not_stop_the_others() {
    let world = World::new();
    let named = |id: &str| {
        world.backend().next_id = Some(id.to_owned());
        world.thread()
    };
    let (odd, good, prefixed) = (named("thread.1/../x"), named("thread_2"), named("run_3"));
    world.backend().run(&good, "thread_x", "completed", days(-90));
    world.prune(&["--orphaned", "--dry-run"]).ok().says("2 would go").says("1 unknown");
    let ran = world.prune(&["--orphaned", "--yes", "--any-id", "-o", "id"]).ok();
    let mut ids = ran.ids();
    ids.sort();
    assert_eq!(ids, [prefixed, good]);
    assert_eq!(world.present(), std::slice::from_ref(&odd));
    world.asst.run(["runs", "prune", "--stuck", "--yes"]).ok().says("1 unknown");
    world.asst.run(["files", "prune", "--unreferenced", "--yes"]).ok();
    world.backend().file("file-1");
    world.asst.run(["files", "prune", "--unreferenced", "--yes"]).code(11);
}

#[test]
fn thread_with_a_zero_timestamp_is_not_old() {
    let world = World::new();
    let id = world.thread();
    world.backend().threads.get_mut(&id).unwrap()["created_at"] = json!(0);
    world.prune(&["--empty", "--yes"]).code(1).says("1 unknown");
    assert_eq!(world.deleted(), Vec::<String>::new());
}

#[test]
fn an_active_run_on_a_later_page_is_seen() {
    let world = World::new();
    let id = world.thread();
    for number in 0..250 {
        let status = if number == 0 { "in_progress" } else { "completed" };
        world.backend().run(&id, "asst_gone", status, days(-100) + number);
    }
    world.prune(&["--orphaned", "--yes"]).ok().says("0 deleted").says("1 in use");
}

#[test]
fn another_thread_in_the_response_proves_nothing() {
    let world = World::new();
    world.thread();
    world.backend().hook(|asked, _| {
        let other = json!({ "id": "thread_other", "object": "thread", "created_at": 1, "metadata": {} });
        (asked.method == "GET" && asked.target.matches('/').count() == 3).then(|| Deed::json(200, &other))
    });
    world.prune(&["--empty", "--yes"]).code(7).says("0 deleted").says("1 unknown");
}
