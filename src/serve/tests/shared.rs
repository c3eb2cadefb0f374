//! Many servers on one store: who works on what, who sees what. With `ASST_TEST_STORE=postgres` the store is a database.

use super::*;

/// Texts of all the messages that runs made in a thread.
async fn answers(world: &World, thread: &str) -> Vec<String> {
    let messages = world.list(&format!("/threads/{thread}/messages?limit=100&order=asc")).await;
    messages.iter().filter(|message| message["role"] == "assistant").map(|message| said(message).to_owned()).collect()
}

/// Asks a server for a run until it has a status.
async fn until(world: &World, run: &Value, status: &str) {
    let reached = async {
        while world.get(&path(run)).await["status"] != status {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), reached).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_servers_do_each_run_once() {
    let shared = Shared::new();
    let worlds: Vec<World> = (0..4).map(|_| shared.world()).collect();
    assert!(worlds.iter().all(|world| world.server.store_id() == worlds[0].server.store_id()));
    let mut runs = Vec::new();
    for round in 0..10 {
        for world in &worlds {
            runs.push(world.run(&format!("round {round}"), json!({})).await);
        }
    }
    for (run, world) in runs.iter().zip(worlds.iter().cycle().skip(1)) {
        until(world, run, "completed").await;
        assert_eq!(answers(world, run["thread_id"].as_str().unwrap()).await.len(), 1);
        assert_eq!(world.list(&format!("{}/steps", path(run))).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_runs_at_eight_servers_one_gets_the_thread() {
    let shared = Shared::new();
    let worlds: Vec<Arc<World>> = (0..8).map(|_| Arc::new(shared.world())).collect();
    let assistant = worlds[0].assistant().await;
    for _ in 0..5 {
        let body = json!({"messages": [{"role": "user", "content": "stuck"}]});
        let thread = id(&worlds[0].post("/threads", body).await);
        let tries = worlds.iter().map(|world| {
            let (world, thread, assistant) = (world.clone(), thread.clone(), assistant.clone());
            tokio::spawn(async move {
                let run = world.try_post(&format!("/threads/{thread}/runs"), json!({"assistant_id": assistant})).await;
                let text = json!({"role": "user", "content": "hi"});
                (run, world.try_post(&format!("/threads/{thread}/messages"), text).await)
            })
        });
        let mut won = 0;
        for one in tries.collect::<Vec<_>>() {
            let ((status, value), (said, _)) = one.await.unwrap();
            won += usize::from(status == 200);
            assert!(status == 200 || status == 400, "{status}: {value}");
            assert_eq!(said, 400, "the thread is locked, whoever locked it");
        }
        assert_eq!(won, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_change_of_eight_is_lost() {
    let shared = Shared::new();
    let worlds: Vec<Arc<World>> = (0..8).map(|_| Arc::new(shared.world())).collect();
    let thread = id(&worlds[0].post("/threads", json!({})).await);
    let changes = worlds.iter().enumerate().map(|(number, world)| {
        let (world, thread) = (world.clone(), thread.clone());
        tokio::spawn(async move {
            for round in 0..5 {
                let file = world.upload("assistants", format!("{number} {round}").as_bytes()).await;
                let attachment = json!({"file_id": file, "tools": [{"type": "code_interpreter"}]});
                let message = json!({"role": "user", "content": "look", "attachments": [attachment]});
                world.post(&format!("/threads/{thread}/messages"), message).await;
            }
        })
    });
    for change in changes.collect::<Vec<_>>() {
        change.await.unwrap();
    }
    let found = worlds[7].get(&format!("/threads/{thread}")).await;
    let files = found["tool_resources"]["code_interpreter"]["file_ids"].as_array().unwrap().clone();
    assert_eq!(files.len(), 40, "an attachment is a change of the thread");
    // And back: each is taken out where it is named.
    let removals = files.iter().zip(worlds.iter().cycle()).map(|(file, world)| {
        let (world, path) = (world.clone(), format!("/files/{}", file.as_str().unwrap()));
        tokio::spawn(async move { world.delete(&path).await })
    });
    for removal in removals.collect::<Vec<_>>() {
        let (status, value) = removal.await.unwrap();
        assert_eq!(status, 200, "{value}");
    }
    let found = worlds[3].get(&format!("/threads/{thread}")).await;
    assert_eq!(found["tool_resources"]["code_interpreter"]["file_ids"], json!([]));
}

#[tokio::test]
async fn bytes_that_one_server_took_another_gives() {
    let shared = Shared::new();
    let (one, other) = (shared.world(), shared.world());
    for length in [0, 1, 262_144, 1_000_000] {
        let bytes: Vec<u8> = (0..length).map(|at: u32| (at % 251) as u8).collect();
        let file = one.upload("batch", &bytes).await;
        let path = format!("/v1/files/{file}/content");
        let response = other.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(response.headers()["content-length"], length.to_string().as_str());
        assert!(response.bytes().await.unwrap() == bytes, "{length} bytes");
        assert_eq!(other.delete(&format!("/files/{file}")).await.0, 200);
        assert_eq!(one.request(Method::GET, &path).send().await.unwrap().status(), 404);
    }
    one.end().await;
    other.end().await;
}

#[tokio::test]
async fn a_cancellation_reaches_the_server_that_works_on_the_run() {
    let shared = Shared::new();
    let (busy, other) = (shared.world(), shared.world());
    other.server.abandon().await;
    let run = busy.run("sleep 600s", json!({})).await;
    until(&other, &run, "in_progress").await;
    other.post(&format!("{}/cancel", path(&run)), json!({})).await;
    until(&other, &run, "cancelled").await;
}
