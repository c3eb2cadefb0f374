//! Files that are attached during `asst files prune`, in objects that it has read already.

use crate::support::aged_backend::{Backend, Setup, days};
use crate::support::mock_server::Response;
use crate::support::test_env::Ran;
use serde_json::{Value, json};

fn prune(setup: &Setup) -> Ran {
    setup.asst.run(["files", "prune", "--unreferenced", "--yes", "-o", "id"])
}

/// Returns two files that no object references, beside threads and a vector store that could reference them.
fn setup() -> (Setup, Vec<String>) {
    let setup = Setup::new();
    let threads = (0..3).map(|_| setup.thread_of("asst_1")).collect();
    setup.backend().file("file-aaaaaaaa");
    setup.backend().file("file-bbbbbbbb");
    // The list has the newest first, so this file comes second.
    setup.backend().files.get_mut("file-bbbbbbbb").unwrap()["created_at"] = json!(days(-120));
    setup.backend().stores = Some([("vs_1".to_owned(), Vec::new())].into());
    (setup, threads)
}

/// Attaches the second file at the first request whose line contains a text.
fn attach(setup: &Setup, at: &'static str, place: fn(&mut Backend, &[String], &Value), threads: Vec<String>) {
    let mut done = false;
    setup.backend().hook(move |request, backend| {
        if !done && format!("{} {}", request.method, request.target).contains(at) {
            done = true;
            place(backend, &threads, &json!("file-bbbbbbbb"));
        }
        None
    });
}

#[test]
fn file_attached_during_pruning_is_kept() {
    type Place = fn(&mut Backend, &[String], &Value);
    let places: [(&str, Place); 5] = [
        ("thread", |backend, threads, file| {
            let thread = backend.threads.get_mut(&threads[0]).unwrap();
            thread["tool_resources"] = json!({ "code_interpreter": { "file_ids": [file] } });
        }),
        ("message", |backend, threads, file| {
            let message = json!({ "id": "msg_x", "created_at": days(0), "attachments": [{ "file_id": file }] });
            backend.messages.entry(threads[0].clone()).or_default().push(message);
        }),
        ("run", |backend, threads, file| {
            let run = json!({ "id": "run_x", "status": "queued", "created_at": days(0), "metadata": { "f": file } });
            backend.runs.entry(threads[0].clone()).or_default().push(run);
        }),
        ("store", |backend, _, file| {
            let files = json!({ "id": file, "created_at": days(0) });
            backend.stores.as_mut().unwrap().get_mut("vs_1").unwrap().push(files);
        }),
        ("new thread", |backend, _, file| {
            let thread = json!({ "id": "thread_new", "created_at": days(0), "metadata": { "file": file } });
            backend.threads.insert("thread_new".to_owned(), thread);
        }),
    ];
    for (name, place) in places {
        for at in
            ["GET /v1/threads/", "/messages", "/steps", "GET /v1/vector_stores/", "DELETE /v1/files/file-aaaaaaaa"]
        {
            let (setup, threads) = setup();
            attach(&setup, at, place, threads);
            if name == "new thread" {
                let listing = |request: &crate::support::mock_server::Request, backend: &mut Backend| {
                    let (path, _) = request.target.split_once('?')?;
                    let data: Vec<&Value> = backend.threads.values().collect();
                    let page = json!({ "object": "list", "data": data, "has_more": false });
                    (path == "/v1/threads" && request.method == "GET").then(|| Response::json(200, &page))
                };
                let mut done = false;
                setup.backend().hook(move |request, backend| {
                    if !done && format!("{} {}", request.method, request.target).contains(at) {
                        done = true;
                        place(backend, &[], &json!("file-bbbbbbbb"));
                    }
                    listing(request, backend)
                });
            }
            let ran = prune(&setup);
            assert_eq!(ran.code, Some(0), "{name}, {at}: {}", ran.text());
            assert_eq!(ran.ids(), ["file-aaaaaaaa"], "{name}, {at}: {}", ran.text());
            assert!(ran.stderr.contains("1 deleted, 0 already gone, 1 in use"), "{name}, {at}: {}", ran.text());
            assert!(setup.backend().files.contains_key("file-bbbbbbbb"), "{name}, {at}");
        }
    }
}

#[test]
fn failed_recheck_ends_pruning() {
    let (setup, _) = setup();
    let mut reads = 0;
    setup.backend().hook(move |request, _| {
        reads += u32::from(request.target.starts_with("/v1/assistants?"));
        // The first read is for the list, and each further one precedes a deletion.
        (reads == 3).then(|| Response::error(500, "no", None))
    });
    let ran = setup.asst.run(["files", "prune", "--unreferenced", "--yes", "-o", "id", "--retries", "0"]);
    assert_eq!(ran.code, Some(7), "{}", ran.text());
    assert_eq!(setup.backend().files.len(), 1, "the first had gone");
}

#[test]
fn steps_of_ended_runs_are_read_once() {
    let (setup, threads) = setup();
    setup.backend().run(&threads[0], "asst_1", "in_progress", days(-1));
    assert_eq!(prune(&setup).ok().ids().len(), 2);
    let lines = setup.listener.lines();
    let steps = lines.iter().filter(|line| line.contains("/steps?")).count();
    // Three runs have ended and are read once. The active run is read for the list and before each file.
    assert_eq!(steps, 3 + 3, "{lines:?}");
}

#[test]
fn rechecks_of_many_files_share_requests() {
    let setup = Setup::new();
    (0..40).for_each(|_| drop(setup.thread()));
    (0..30).for_each(|number| drop(setup.backend().file(&format!("file-{number:08}"))));
    setup.backend().stores = Some(Default::default());
    let requests = setup.listener.lines().len();
    assert_eq!(prune(&setup).ok().ids().len(), 30);
    let requests = setup.listener.lines().len() - requests;
    // A graph of 123 requests is read once, then at most 50 requests follow per file.
    assert!(requests < 130 + 30 * 51 + 130, "{requests}");
    assert!(requests > 130 * 10, "{requests}");
}
