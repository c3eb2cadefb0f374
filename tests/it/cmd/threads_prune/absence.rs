//! The proof that an assistant is missing: an error of the protocol that names it, and a list without it.

use crate::support::aged_backend::{World, at, days};
use crate::support::mock_server::Deed;
use crate::support::test_env::Ran;
use serde_json::json;

const HERE: &str = "/v1/assistants/asst_here";

/// Returns a world with a thread whose assistant exists. The function answers the requests for assistants.
fn with(answer: impl FnMut(&str) -> Option<Deed> + Send + 'static) -> World {
    let world = World::new();
    world.thread_of("asst_here");
    let mut answer = answer;
    world.backend().assistants.extend(["asst_here".to_owned(), "asst_other".to_owned()]);
    world.backend().hook(move |asked, _| {
        let path = asked.target.split('?').next().unwrap_or_default();
        path.starts_with("/v1/assistants").then(|| answer(path)).flatten()
    });
    world
}

fn list(ids: &[&str]) -> Deed {
    let data: Vec<_> = ids.iter().map(|id| json!({ "id": id, "object": "assistant" })).collect();
    Deed::json(200, &json!({ "object": "list", "data": data, "has_more": false }))
}

fn named() -> Deed {
    Deed::error(404, "No assistant found with id 'asst_here'.", None)
}

#[track_caller]
fn stays(world: &World, told: &str) -> Ran {
    let ran = world.prune(&["--orphaned", "--yes", "--retries", "0"]);
    assert!(ran.code != Some(0) && ran.stderr.contains("0 deleted"), "{told}: {}", ran.text());
    assert_eq!(world.deleted(), Vec::<String>::new(), "{told}");
    ran
}

#[test]
fn not_found_in_other_words_does_not_prove_absence() {
    for message in [
        "No such route: GET /v1/assistants/asst_here",
        "No such path /v1/assistants/asst_here",
        "no such host: asst_here",
        "No such assistant: asst_here",
        "no such resource asst_here",
        "No route found with id 'asst_here'.",
        "No backend found with id 'asst_here'.",
        "No assistant found with id 'asst_here' in tenant blue.",
        "No assistant found with id 'asst_here' at this host",
        "No deployment of asst_here: No assistant found with id 'asst_here'.",
        "Invalid URL (GET /v1/assistants/asst_here)",
        "asst_here not found",
        "",
    ] {
        // This also holds if the list no longer has it.
        for ids in [&["asst_here", "asst_other"][..], &["asst_other"]] {
            let world = with(move |path| match path {
                HERE => Some(Deed::error(404, message, None)),
                _ => Some(list(ids)),
            });
            stays(&world, message);
        }
    }
}

#[test]
fn not_found_outside_the_error_envelope_does_not_prove_absence() {
    let text = "No assistant found with id 'asst_here'.";
    let answers: [fn(&str) -> Deed; 8] = [
        |text| Deed::text(404, text),
        |text| Deed::json(404, &json!(text)),
        |text| Deed::json(404, &json!({ "error": text })),
        |text| Deed::json(404, &json!({ "detail": text })),
        |text| Deed::json(404, &json!({ "message": text })),
        |text| Deed::json(404, &json!({ "error": { "message": text, "type": "gateway_error" } })),
        |text| Deed::json(404, &json!({ "error": { "message": text, "code": "route_not_found" } })),
        |text| Deed::json(410, &json!({ "error": { "message": text } })),
    ];
    for (number, answer) in answers.into_iter().enumerate() {
        let world = with(move |path| Some(if path == HERE { answer(text) } else { list(&["asst_other"]) }));
        stays(&world, &number.to_string());
    }
}

#[test]
fn listed_assistant_is_not_missing() {
    let world = with(|path| (path == HERE).then(named));
    let id = world.present()[0].clone();
    stays(&world, "the list has it").says(&format!("thread {id} stays")).says("lists it, and says that it is missing");
}

#[test]
fn inconclusive_list_leaves_the_verdict_unknown() {
    for page in [
        json!([]),
        json!({ "data": null, "has_more": false }),
        json!({ "object": "list", "data": [] }),
        json!({ "object": "list", "data": [], "has_more": true }),
        json!({ "object": "list", "data": [], "has_more": "false" }),
        json!({ "object": "list", "data": [], "has_more": 0 }),
        json!({ "object": "list", "data": [{ "id": "asst_1" }], "has_more": true }),
        json!({ "object": "list", "data": [{ "id": "asst_1" }], "has_more": false, "next_page": "2" }),
        json!({ "object": "list", "data": [{ "name": "x" }], "has_more": false }),
        json!({ "object": "list", "data": [{ "id": "asst_1" }, { "id": "asst_1" }], "has_more": false }),
        json!({ "error": { "message": "no" }, "data": [], "has_more": false }),
        json!({ "assistants": [] }),
        json!("no"),
    ] {
        let told = page.to_string();
        let world = with(move |path| Some(if path == HERE { named() } else { Deed::json(200, &page) }));
        stays(&world, &told);
    }
    for (status, told) in [(500, "failed"), (403, "forbidden"), (429, "limited")] {
        let world = with(move |path| Some(if path == HERE { named() } else { Deed::error(status, "no", None) }));
        stays(&world, told);
    }
}

#[test]
fn list_without_the_assistant_and_named_error_prove_absence() {
    let world = with(|path| Some(if path == HERE { named() } else { list(&["asst_other"]) }));
    let second = world.thread_of("asst_here");
    let asked = world.listener.lines().len();
    let mut ids = world.present();
    ids.sort();
    let mut gone = world.prune(&["--orphaned", "--yes", "--concurrency", "1"]).ok().says("2 deleted").ids();
    gone.sort();
    assert!(ids.contains(&second));
    assert_eq!(gone, ids);
    let lists = world.listener.lines().split_off(asked).iter().filter(|line| line.contains("/assistants?")).count();
    assert_eq!(lists, 1, "the list is read once in a command");
}

#[test]
fn not_found_from_one_of_several_servers_does_not_prove_absence() {
    // Every second request reaches a server that is not the backend.
    let mut count = 0;
    let world = with(move |_| {
        count += 1;
        (count % 2 == 0).then(|| Deed::text(404, "default backend - 404"))
    });
    world.backend().assistants.insert("asst_second".into());
    for _ in 0..6 {
        world.thread_of("asst_here");
        world.thread_of("asst_second");
    }
    for concurrency in ["1", "4"] {
        world.prune(&["--orphaned", "--yes", "--concurrency", concurrency]);
    }
    assert_eq!(world.deleted(), Vec::<String>::new());
}

#[test]
fn absence_without_a_list_needs_a_second_error_an_hour_later() {
    let no_list = || {
        with(|path| {
            Some(match path {
                HERE => named(),
                _ => Deed::error(405, "Method Not Allowed", None),
            })
        })
    };
    let world = no_list();
    world.backend().date = Some(String::new());
    let prune = |time: i64, args: &[&str]| at(&world.asst, time, &[&["threads", "prune", "--orphaned"], args].concat());
    // A dry run records no observation.
    for _ in 0..2 {
        prune(days(-2), &["--dry-run"]).code(1).says("1 unknown");
    }
    prune(days(0) - 7_000, &["--yes"]).code(1).says("1 unknown").says("an hour later");
    prune(days(0) - 3_500, &["--yes"]).code(1).says("1 unknown");
    assert_eq!(world.deleted(), Vec::<String>::new());
    prune(days(0), &["--yes"]).ok().says("1 deleted");
    // One response is enough for an assistant that asst itself deleted.
    let world = no_list();
    let (thread, time) = (world.present()[0].clone(), days(0));
    world.backend().date = Some(String::new());
    world.backend().hook(|asked, _| match (asked.method.as_str(), asked.target.split('?').next().unwrap()) {
        ("DELETE", HERE) => Some(Deed::json(200, &json!({ "id": "asst_here", "deleted": true }))),
        ("GET", HERE) => Some(named()),
        ("GET", "/v1/assistants") => Some(Deed::error(404, "", None)),
        _ => None,
    });
    at(&world.asst, time - 3_700, &["assistants", "delete", "asst_here"]).ok();
    assert_eq!(at(&world.asst, time, &["threads", "prune", "--orphaned", "--yes", "-o", "id"]).ok().ids(), [thread]);
}

#[test]
fn another_assistant_in_the_response_does_not_prove_absence() {
    for answer in [
        json!({ "id": "asst_other", "object": "assistant" }),
        json!({ "error": { "message": "No assistant found with id 'asst_here'." } }),
        json!({}),
    ] {
        let told = answer.to_string();
        let world = with(move |path| Some(if path == HERE { Deed::json(200, &answer) } else { list(&["asst_other"]) }));
        stays(&world, &told);
    }
}
