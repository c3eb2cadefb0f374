//! The proof that an assistant is missing: an error of the protocol that names it, and a list without it.

use crate::support::aged_backend::{Setup, at, days};
use crate::support::mock_server::Response;
use crate::support::test_env::Ran;
use serde_json::json;

const HERE: &str = "/v1/assistants/asst_here";

/// Returns a setup with a thread whose assistant exists. The function answers the requests for assistants.
fn with(answer: impl FnMut(&str) -> Option<Response> + Send + 'static) -> Setup {
    let setup = Setup::new();
    setup.thread_of("asst_here");
    let mut answer = answer;
    setup.backend().assistants.extend(["asst_here".to_owned(), "asst_other".to_owned()]);
    setup.backend().hook(move |request, _| {
        let path = request.target.split('?').next().unwrap_or_default();
        path.starts_with("/v1/assistants").then(|| answer(path)).flatten()
    });
    setup
}

fn list(ids: &[&str]) -> Response {
    let data: Vec<_> = ids.iter().map(|id| json!({ "id": id, "object": "assistant" })).collect();
    Response::json(200, &json!({ "object": "list", "data": data, "has_more": false }))
}

fn named() -> Response {
    Response::error(404, "No assistant found with id 'asst_here'.", None)
}

#[track_caller]
fn stays(setup: &Setup, told: &str) -> Ran {
    let ran = setup.prune(&["--orphaned", "--yes", "--retries", "0"]);
    assert!(ran.code != Some(0) && ran.stderr.contains("0 deleted"), "{told}: {}", ran.text());
    assert_eq!(setup.deleted(), Vec::<String>::new(), "{told}");
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
            let setup = with(move |path| match path {
                HERE => Some(Response::error(404, message, None)),
                _ => Some(list(ids)),
            });
            stays(&setup, message);
        }
    }
}

#[test]
fn not_found_outside_the_error_envelope_does_not_prove_absence() {
    let text = "No assistant found with id 'asst_here'.";
    let answers: [fn(&str) -> Response; 8] = [
        |text| Response::text(404, text),
        |text| Response::json(404, &json!(text)),
        |text| Response::json(404, &json!({ "error": text })),
        |text| Response::json(404, &json!({ "detail": text })),
        |text| Response::json(404, &json!({ "message": text })),
        |text| Response::json(404, &json!({ "error": { "message": text, "type": "gateway_error" } })),
        |text| Response::json(404, &json!({ "error": { "message": text, "code": "route_not_found" } })),
        |text| Response::json(410, &json!({ "error": { "message": text } })),
    ];
    for (number, answer) in answers.into_iter().enumerate() {
        let setup = with(move |path| Some(if path == HERE { answer(text) } else { list(&["asst_other"]) }));
        stays(&setup, &number.to_string());
    }
}

#[test]
fn listed_assistant_is_not_missing() {
    let setup = with(|path| (path == HERE).then(named));
    let id = setup.present()[0].clone();
    stays(&setup, "the list has it").says(&format!("thread {id} is kept")).says("lists it, but returned a 404 for it");
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
        let setup = with(move |path| Some(if path == HERE { named() } else { Response::json(200, &page) }));
        stays(&setup, &told);
    }
    for (status, told) in [(500, "failed"), (403, "forbidden"), (429, "limited")] {
        let setup = with(move |path| Some(if path == HERE { named() } else { Response::error(status, "no", None) }));
        stays(&setup, told);
    }
}

#[test]
fn list_without_the_assistant_and_named_error_prove_absence() {
    let setup = with(|path| Some(if path == HERE { named() } else { list(&["asst_other"]) }));
    let second = setup.thread_of("asst_here");
    let requests = setup.listener.lines().len();
    let mut ids = setup.present();
    ids.sort();
    let mut gone = setup.prune(&["--orphaned", "--yes", "--concurrency", "1"]).ok().says("2 deleted").ids();
    gone.sort();
    assert!(ids.contains(&second));
    assert_eq!(gone, ids);
    let lists = setup.listener.lines().split_off(requests).iter().filter(|line| line.contains("/assistants?")).count();
    assert_eq!(lists, 1, "the list is read once in a command");
}

#[test]
fn not_found_from_one_of_several_servers_does_not_prove_absence() {
    // Every second request reaches a server that is not the backend.
    let mut count = 0;
    let setup = with(move |_| {
        count += 1;
        (count % 2 == 0).then(|| Response::text(404, "default backend - 404"))
    });
    setup.backend().assistants.insert("asst_second".into());
    for _ in 0..6 {
        setup.thread_of("asst_here");
        setup.thread_of("asst_second");
    }
    for concurrency in ["1", "4"] {
        setup.prune(&["--orphaned", "--yes", "--concurrency", concurrency]);
    }
    assert_eq!(setup.deleted(), Vec::<String>::new());
}

#[test]
fn absence_without_a_list_needs_a_second_error_an_hour_later() {
    let no_list = || {
        with(|path| {
            Some(match path {
                HERE => named(),
                _ => Response::error(405, "Method Not Allowed", None),
            })
        })
    };
    let setup = no_list();
    setup.backend().date = Some(String::new());
    let prune = |time: i64, args: &[&str]| at(&setup.asst, time, &[&["threads", "prune", "--orphaned"], args].concat());
    // A dry run records no observation.
    for _ in 0..2 {
        prune(days(-2), &["--dry-run"]).code(1).says("1 unknown");
    }
    prune(days(0) - 7_000, &["--yes"]).code(1).says("1 unknown").says("after an hour");
    prune(days(0) - 3_500, &["--yes"]).code(1).says("1 unknown");
    assert_eq!(setup.deleted(), Vec::<String>::new());
    prune(days(0), &["--yes"]).ok().says("1 deleted");
    // One response is enough for an assistant that asst itself deleted.
    let setup = no_list();
    let (thread, time) = (setup.present()[0].clone(), days(0));
    setup.backend().date = Some(String::new());
    setup.backend().hook(|request, _| match (request.method.as_str(), request.target.split('?').next().unwrap()) {
        ("DELETE", HERE) => Some(Response::json(200, &json!({ "id": "asst_here", "deleted": true }))),
        ("GET", HERE) => Some(named()),
        ("GET", "/v1/assistants") => Some(Response::error(404, "", None)),
        _ => None,
    });
    at(&setup.asst, time - 3_700, &["assistants", "delete", "asst_here"]).ok();
    assert_eq!(at(&setup.asst, time, &["threads", "prune", "--orphaned", "--yes", "-o", "id"]).ok().ids(), [thread]);
}

#[test]
fn another_assistant_in_the_response_does_not_prove_absence() {
    for answer in [
        json!({ "id": "asst_other", "object": "assistant" }),
        json!({ "error": { "message": "No assistant found with id 'asst_here'." } }),
        json!({}),
    ] {
        let told = answer.to_string();
        let setup =
            with(move |path| Some(if path == HERE { Response::json(200, &answer) } else { list(&["asst_other"]) }));
        stays(&setup, &told);
    }
}
