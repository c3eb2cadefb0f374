//! `asst files prune` deletes files that no object references. It deletes nothing if it cannot read all objects.

mod concurrent_use;
mod conversations;
mod vector_stores;

use crate::support::aged_backend::{Setup, at, days};
use crate::support::mock_server::Response;
use crate::support::test_env::{Asst, Ran};
use serde_json::json;

fn prune(setup: &Setup, args: &[&str]) -> Ran {
    setup.asst.run([&["files", "prune"], args].concat())
}

fn deleted(setup: &Setup) -> Vec<String> {
    let lines = setup.listener.lines();
    lines.iter().filter_map(|line| line.strip_prefix("DELETE /v1/files/")).map(str::to_owned).collect()
}

/// Returns a backend with one file for each kind of reference, and one without a reference.
fn full() -> Setup {
    let setup = Setup::new();
    let thread = setup.thread();
    let mut backend = setup.backend();
    for id in ["file-free", "file-thread", "file-run", "file-attached", "file-image", "file-cited", "file-stored"] {
        backend.file(id);
    }
    backend.file("file-young");
    backend.files.get_mut("file-young").unwrap()["created_at"] = json!(days(-3));
    backend.threads.get_mut(&thread).unwrap()["tool_resources"] =
        json!({ "code_interpreter": { "file_ids": ["file-thread"] } });
    let run = json!({ "id": "run_1", "status": "completed", "created_at": days(-90), "assistant_id": "asst_1",
        "tools": [{ "type": "code_interpreter", "container": { "file_ids": ["file-run"] } }] });
    backend.runs.insert(thread.clone(), vec![run]);
    let message = json!({ "id": "msg_1", "created_at": days(-90), "attachments": [{ "file_id": "file-attached" }],
        "content": [
            { "type": "image_file", "image_file": { "file_id": "file-image" } },
            { "type": "text", "text": { "annotations": [{ "file_citation": { "file_id": "file-cited" } }] } }
        ] });
    backend.messages.insert(thread, vec![message]);
    backend.stores = Some([("vs_1".to_owned(), vec![json!({ "id": "file-stored", "created_at": 1 })])].into());
    drop(backend);
    setup
}

#[test]
fn only_unreferenced_files_are_deleted() {
    let setup = full();
    let ran = prune(&setup, &["--unreferenced", "--dry-run", "-o", "json"]).ok().says("\"would_go\":1");
    let verdict = |id: &str| {
        let all = ran.json();
        all.as_array().unwrap().iter().find(|item| item["id"] == id).unwrap()["reason"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict("file-stored"), "named by vector_store vs_1");
    assert!(verdict("file-cited").starts_with("named by thread thread_"));
    assert_eq!(verdict("file-young"), "created 3d ago");
    assert_eq!(deleted(&setup), Vec::<String>::new());
    let ran = prune(&setup, &["--unreferenced", "--yes", "-o", "id"]).ok().says("1 deleted, 0 already gone, 7 in use");
    assert_eq!((ran.ids(), deleted(&setup)), (vec!["file-free".to_owned()], vec!["file-free".to_owned()]));
    assert!(setup.asst.run(["ledger", "events", "-o", "id"]).ok().ids().contains(&"file-free".to_owned()));
}

#[test]
fn a_part_that_cannot_be_read_prevents_deletions_and_is_named() {
    for (part, path) in [
        ("assistants", "/v1/assistants?"),
        ("threads", "/v1/threads/"),
        ("threads", "/runs?"),
        ("threads", "/messages?"),
        ("steps", "/steps?"),
        ("vector-stores", "/v1/vector_stores?"),
        ("vector-stores", "/vs_1/files?"),
    ] {
        let answers: [fn() -> Response; 4] = [
            || Response::error(500, "no", None),
            || Response::error(403, "no", None),
            || Response::error(404, "", None),
            || Response::json(200, &json!({ "data": [{ "id": "x" }], "has_more": true })),
        ];
        for answer in answers {
            let setup = full();
            setup.backend().hook(move |request, _| request.target.contains(path).then(answer));
            let ran = prune(&setup, &["--unreferenced", "--yes", "--retries", "0"]);
            assert!(ran.code != Some(0) && ran.stderr.contains(part), "{path}: {}", ran.text());
            assert_eq!(deleted(&setup), Vec::<String>::new(), "{answer:?}");
        }
    }
}

#[test]
fn a_missing_endpoint_must_be_confirmed_with_without() {
    let setup = full();
    setup.backend().stores = None;
    prune(&setup, &["--unreferenced", "--yes"]).code(11).says("vector-stores").says("--without vector-stores");
    assert_eq!(deleted(&setup), Vec::<String>::new());
    let ran = prune(&setup, &["--unreferenced", "--without", "vector-stores", "--yes", "-o", "id"]).ok();
    assert_eq!(ran.ids().len(), 2);
}

#[test]
fn a_gateway_with_the_openai_backend_is_pruned_like_any_other() {
    let setup = full();
    setup.asst.config(&format!(
        "[profiles.gateway]\nbackend = \"openai\"\nbase_url = \"{}\"\napi_key_env = \"OPENAI_API_KEY\"\n",
        setup.listener.url()
    ));
    // The ledger has no thread of this profile, so only the list of the backend contains it.
    let thread = setup.backend().threads.values().next().unwrap().clone();
    setup.backend().hook(move |request, _| {
        (request.method == "GET" && request.target.starts_with("/v1/threads?"))
            .then(|| Response::json(200, &json!({ "data": [thread], "has_more": false })))
    });
    let args = ["--unreferenced", "--profile", "gateway", "--yes", "-o", "id"];
    assert_eq!(prune(&setup, &args).ok().ids(), ["file-free"]);
}

#[test]
fn references_of_threads_outside_the_ledger_count() {
    let setup = full();
    setup.backend().file("file-elsewhere");
    setup.backend().hook(|request, _| {
        let listed = json!({ "id": "thread_unknown", "object": "thread", "created_at": 1,
            "tool_resources": { "code_interpreter": { "file_ids": ["file-elsewhere"] } } });
        let path = request.target.split('?').next().unwrap();
        match (request.method.as_str(), path) {
            ("GET", "/v1/threads") => Some(Response::json(200, &json!({ "data": [listed], "has_more": false }))),
            ("GET", "/v1/threads/thread_unknown") => Some(Response::json(200, &listed)),
            _ => None,
        }
    });
    assert_eq!(prune(&setup, &["--unreferenced", "--yes", "-o", "id"]).ok().ids(), ["file-free"]);
}

#[test]
fn only_a_documented_refusal_means_that_threads_are_not_listed() {
    let refused = |response: fn() -> Response| {
        let setup = full();
        setup.backend().hook(move |request, _| {
            (request.method == "GET" && request.target.starts_with("/v1/threads?")).then(response)
        });
        let ran = prune(&setup, &["--unreferenced", "--yes", "--retries", "0"]);
        (setup, ran)
    };
    let other: [fn() -> Response; 6] = [
        || Response::error(404, "", None),
        || Response::error(404, "default backend - 404", None),
        || Response::error(404, "No thread found.", None),
        || Response::json(404, &json!({ "detail": "Not Found" })),
        || Response::json(404, &json!({ "message": "Invalid URL" })),
        || Response::error(401, "no", None),
    ];
    for response in other {
        let (setup, ran) = refused(response);
        assert!(ran.code != Some(0) && ran.stderr.contains("not all threads could be read"), "{}", ran.text());
        assert_eq!(deleted(&setup), Vec::<String>::new(), "{response:?}");
    }
    let documented: [fn() -> Response; 4] = [
        || Response::error(404, "Invalid URL (GET /v1/threads)", None),
        || Response::error(405, "no", None),
        || Response::error(501, "no", None),
        || Response::error(401, "no", Some("missing_scope")),
    ];
    for response in documented {
        let (setup, ran) = refused(response);
        ran.ok().says("this backend does not list threads");
        assert_eq!(deleted(&setup), ["file-free"], "{response:?}");
    }
}

#[test]
fn objects_of_another_type_prevent_deletions_of_files() {
    for stated in [json!(7), json!("model"), json!({})] {
        for (part, path) in [
            ("assistants", "/v1/assistants?"),
            ("threads", "/v1/threads?"),
            ("threads", "/runs?"),
            ("threads", "/messages?"),
        ] {
            let setup = full();
            let page = json!({ "object": "list", "data": [{ "id": "x_1", "object": stated }], "has_more": false });
            setup.backend().hook(move |request, _| {
                (request.method == "GET" && request.target.contains(path)).then(|| Response::json(200, &page))
            });
            let ran = prune(&setup, &["--unreferenced", "--yes"]);
            let names_part = ran.stderr.contains(&format!("not all {part} could be read"));
            assert!(ran.code != Some(0) && names_part, "{path} {stated}: {}", ran.text());
            assert_eq!(deleted(&setup), Vec::<String>::new(), "{path} {stated}");
        }
    }
}

#[test]
fn a_list_of_threads_that_fails_later_prevents_deletions() {
    let setup = full();
    let mut asked_before = false;
    setup.backend().hook(move |request, _| {
        (request.method == "GET" && request.target.starts_with("/v1/threads?")).then(|| {
            match std::mem::replace(&mut asked_before, true) {
                false => Response::json(200, &json!({ "data": [], "has_more": false })),
                true => Response::error(404, "default backend - 404", None),
            }
        })
    });
    let ran = prune(&setup, &["--unreferenced", "--yes"]);
    assert!(ran.code != Some(0) && ran.stderr.contains("not all threads could be read"), "{}", ran.text());
    assert_eq!(deleted(&setup), Vec::<String>::new());
}

#[test]
fn unreferenced_files_of_the_embedded_server_are_deleted() {
    let asst = Asst::new();
    let path = asst.file("notes.txt", "notes");
    let upload = || asst.local(&["files", "upload", path.to_str().unwrap(), "-o", "id"]).ok().id();
    let (free, used) = (upload(), upload());
    let attachment = format!("{used}=code_interpreter");
    let thread = asst.local(&["threads", "create", "--message", "hi", "-o", "id"]).ok().id();
    asst.local(&["messages", "create", &thread, "--content", "hi", "--attachment", &attachment]).ok();
    asst.local(&["files", "prune", "--unreferenced", "--yes"]).ok().says("0 deleted");
    let later = |args: &[&str]| at(&asst, days(100), &[&["--local"], args].concat());
    assert_eq!(later(&["files", "prune", "--unreferenced", "--yes", "-o", "id"]).ok().ids(), [free]);
    asst.local(&["files", "get", &used]).ok();
}

#[test]
fn files_of_other_purposes_are_kept_and_invalid_flags_are_refused() {
    let setup = full();
    let requests = setup.listener.lines().len();
    prune(&setup, &["--yes"]).code(2);
    prune(&setup, &["--unreferenced"]).code(2);
    prune(&setup, &["--unreferenced", "--purpose", "user_data", "--yes"]).code(2).says("user_data");
    prune(&setup, &["--unreferenced", "--without", "nothing", "--yes"]).code(2);
    assert_eq!(setup.listener.lines().len(), requests);
    prune(&setup, &["--unreferenced", "--older-than", "200d", "--yes"]).ok().says("0 deleted");
    prune(&setup, &["--unreferenced", "--purpose", "vision", "--yes"]).ok().says("0 deleted");
    // A file without a date may be new.
    setup.backend().files.get_mut("file-free").unwrap()["created_at"] = json!(null);
    prune(&setup, &["--unreferenced", "--yes"]).ok().says("0 deleted").says("1 unknown");
}
