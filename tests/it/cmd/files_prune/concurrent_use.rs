//! Files that are attached during `asst files prune`, in objects that it has read already.

use crate::support::aged_backend::{Backend, World, days};
use crate::support::mock_server::Deed;
use crate::support::test_env::Ran;
use serde_json::{Value, json};

fn prune(world: &World) -> Ran {
    world.asst.run(["files", "prune", "--unreferenced", "--yes", "-o", "id"])
}

/// Returns two files that no object references, beside threads and a vector store that could reference them.
fn world() -> (World, Vec<String>) {
    let world = World::new();
    let threads = (0..3).map(|_| world.thread_of("asst_1")).collect();
    world.backend().file("file-aaaaaaaa");
    world.backend().file("file-bbbbbbbb");
    // The list has the newest first, so this file comes second.
    world.backend().files.get_mut("file-bbbbbbbb").unwrap()["created_at"] = json!(days(-120));
    world.backend().stores = Some([("vs_1".to_owned(), Vec::new())].into());
    (world, threads)
}

/// Attaches the second file at the first request whose line contains a text.
fn attach(world: &World, at: &'static str, place: fn(&mut Backend, &[String], &Value), threads: Vec<String>) {
    let mut done = false;
    world.backend().hook(move |asked, backend| {
        if !done && format!("{} {}", asked.method, asked.target).contains(at) {
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
            let (world, threads) = world();
            attach(&world, at, place, threads);
            if name == "new thread" {
                let listing = |asked: &crate::support::mock_server::Asked, backend: &mut Backend| {
                    let (path, _) = asked.target.split_once('?')?;
                    let data: Vec<&Value> = backend.threads.values().collect();
                    let page = json!({ "object": "list", "data": data, "has_more": false });
                    (path == "/v1/threads" && asked.method == "GET").then(|| Deed::json(200, &page))
                };
                let mut done = false;
                world.backend().hook(move |asked, backend| {
                    if !done && format!("{} {}", asked.method, asked.target).contains(at) {
                        done = true;
                        place(backend, &[], &json!("file-bbbbbbbb"));
                    }
                    listing(asked, backend)
                });
            }
            let ran = prune(&world);
            assert_eq!(ran.code, Some(0), "{name}, {at}: {}", ran.text());
            assert_eq!(ran.ids(), ["file-aaaaaaaa"], "{name}, {at}: {}", ran.text());
            assert!(ran.stderr.contains("1 deleted, 0 already gone, 1 in use"), "{name}, {at}: {}", ran.text());
            assert!(world.backend().files.contains_key("file-bbbbbbbb"), "{name}, {at}");
        }
    }
}

#[test]
fn failed_recheck_ends_pruning() {
    let (world, _) = world();
    let mut reads = 0;
    world.backend().hook(move |asked, _| {
        reads += u32::from(asked.target.starts_with("/v1/assistants?"));
        // The first read is for the list, and each further one precedes a deletion.
        (reads == 3).then(|| Deed::error(500, "no", None))
    });
    let ran = world.asst.run(["files", "prune", "--unreferenced", "--yes", "-o", "id", "--retries", "0"]);
    assert_eq!(ran.code, Some(7), "{}", ran.text());
    assert_eq!(world.backend().files.len(), 1, "the first had gone");
}

#[test]
fn steps_of_ended_runs_are_read_once() {
    let (world, threads) = world();
    world.backend().run(&threads[0], "asst_1", "in_progress", days(-1));
    assert_eq!(prune(&world).ok().ids().len(), 2);
    let lines = world.listener.lines();
    let steps = lines.iter().filter(|line| line.contains("/steps?")).count();
    // Three runs have ended and are read once. The active run is read for the list and before each file.
    assert_eq!(steps, 3 + 3, "{lines:?}");
}

#[test]
fn rechecks_of_many_files_share_requests() {
    let world = World::new();
    (0..40).for_each(|_| drop(world.thread()));
    (0..30).for_each(|number| drop(world.backend().file(&format!("file-{number:08}"))));
    world.backend().stores = Some(Default::default());
    let asked = world.listener.lines().len();
    assert_eq!(prune(&world).ok().ids().len(), 30);
    let asked = world.listener.lines().len() - asked;
    // A graph of 123 requests is read once, then at most 50 requests follow per file.
    assert!(asked < 130 + 30 * 51 + 130, "{asked}");
    assert!(asked > 130 * 10, "{asked}");
}
