//! Tests of several servers on one store. With `ASST_TEST_STORE=postgres` the store is a PostgreSQL database.

use super::*;
use crate::serve::model::EndpointSettings;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Returns the texts of all messages that runs created in a thread.
async fn run_messages(world: &World, thread: &str) -> Vec<String> {
    let messages = world.list(&format!("/threads/{thread}/messages?limit=100&order=asc")).await;
    messages
        .iter()
        .filter(|message| message["role"] == "assistant")
        .map(|message| text_of(message).to_owned())
        .collect()
}

/// Polls a run until it reaches a status.
async fn wait_for_status(world: &World, run: &Value, status: &str) {
    let reached = async {
        while world.get(&path(run)).await["status"] != status {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), reached).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_servers_execute_each_run_once() {
    let shared = SharedStore::new();
    let worlds: Vec<World> = (0..4).map(|_| shared.world()).collect();
    assert!(worlds.iter().all(|world| world.server.store_id() == worlds[0].server.store_id()));
    let mut runs = Vec::new();
    for round in 0..10 {
        for world in &worlds {
            runs.push(world.run(&format!("round {round}"), json!({})).await);
        }
    }
    for (run, world) in runs.iter().zip(worlds.iter().cycle().skip(1)) {
        wait_for_status(world, run, "completed").await;
        assert_eq!(run_messages(world, run["thread_id"].as_str().unwrap()).await.len(), 1);
        assert_eq!(world.list(&format!("{}/steps", path(run))).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_servers_start_only_one_run_on_a_thread() {
    let shared = SharedStore::new();
    let worlds: Vec<Arc<World>> = (0..8).map(|_| Arc::new(shared.world())).collect();
    let assistant = worlds[0].assistant().await;
    for _ in 0..5 {
        let body = json!({"messages": [{"role": "user", "content": "stuck"}]});
        let thread = id(&worlds[0].post("/threads", body).await);
        let attempts = worlds.iter().map(|world| {
            let (world, thread, assistant) = (world.clone(), thread.clone(), assistant.clone());
            tokio::spawn(async move {
                let run = world.try_post(&format!("/threads/{thread}/runs"), json!({"assistant_id": assistant})).await;
                let text = json!({"role": "user", "content": "hi"});
                (run, world.try_post(&format!("/threads/{thread}/messages"), text).await)
            })
        });
        let mut won = 0;
        for attempt in attempts.collect::<Vec<_>>() {
            let ((status, value), (message_status, _)) = attempt.await.unwrap();
            won += usize::from(status == 200);
            assert!(status == 200 || status == 400, "{status}: {value}");
            assert_eq!(message_status, 400, "the thread is locked by another server");
        }
        assert_eq!(won, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_changes_on_eight_servers_are_all_kept() {
    let shared = SharedStore::new();
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
    // Deleting the files removes every reference to them.
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
async fn a_file_uploaded_to_one_server_is_downloaded_from_another() {
    let shared = SharedStore::new();
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
    let shared = SharedStore::new();
    let (busy, other) = shared.busy_and_idle().await;
    let run = busy.run("sleep 600s", json!({})).await;
    wait_for_status(&other, &run, "in_progress").await;
    other.post(&format!("{}/cancel", path(&run)), json!({})).await;
    wait_for_status(&other, &run, "cancelled").await;
}

/// A TCP proxy to a database, which can interrupt the connections.
struct DatabaseProxy {
    url: String,
    /// `false` closes the connections and accepts no data.
    open: watch::Sender<bool>,
    /// Drops the connection before the next `commit` reaches the database.
    drop_next_commit: Arc<AtomicBool>,
}

impl DatabaseProxy {
    async fn start(url: &str) -> Self {
        let (before, rest) = url.split_once('@').unwrap();
        let (host, database) = rest.split_once('/').unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{before}@{}/{database}", listener.local_addr().unwrap());
        let (open, is_open) = watch::channel(true);
        let (host, drop_next_commit) = (host.to_owned(), Arc::new(AtomicBool::new(false)));
        let proxy = Self { url, open, drop_next_commit: drop_next_commit.clone() };
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (host, mut is_open, drop_next_commit) = (host.clone(), is_open.clone(), drop_next_commit.clone());
                tokio::spawn(async move {
                    let mut far = tokio::net::TcpStream::connect(host).await.unwrap();
                    let ((mut near_in, mut near_out), (mut far_in, mut far_out)) = (near.split(), far.split());
                    tokio::select! {
                        _ = is_open.wait_for(|open| !open) => {}
                        () = forward(&mut near_in, &mut far_out, &drop_next_commit) => {}
                        _ = tokio::io::copy(&mut far_in, &mut near_out) => {}
                    }
                });
            }
        });
        proxy
    }
}

async fn forward(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    drop_next_commit: &AtomicBool,
) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        let commits = bytes[..length].windows(7).any(|seven| seven == b"commit\0");
        if commits && drop_next_commit.swap(false, Ordering::SeqCst) || to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}

/// Executes a run, and calls `disturb` with the proxy to its database once it is in progress. Returns the text of its
/// stream.
async fn stream_of_disturbed_run(disturb: impl AsyncFnOnce(&DatabaseProxy, watch::Receiver<u32>)) -> String {
    let proxy = DatabaseProxy::start(&crate::db::fresh_for_tests()).await;
    let (report, reported) = watch::channel(0);
    let report: Reporter = Arc::new(move |_| report.send_modify(|times| *times += 1));
    let at = StoreLocation::Server(Box::new(store::server(&proxy.url)));
    let world = World::with(ServerSettings {
        store: at,
        lease: Duration::from_millis(300),
        report,
        ..ServerSettings::default()
    });
    let body = json!({
        "assistant_id": world.assistant().await,
        "thread": {"messages": [{"role": "user", "content": "sleep 500ms\nhello"}]},
        "stream": true,
    });
    let mut response = as_json(world.request(Method::POST, "/v1/threads/runs"), &body).send().await.unwrap();
    let mut text = Vec::new();
    while !String::from_utf8_lossy(&text).contains("event: thread.run.in_progress") {
        text.extend(response.chunk().await.unwrap().unwrap());
    }
    disturb(&proxy, reported).await;
    while let Some(more) = tokio::time::timeout(Duration::from_secs(60), response.chunk()).await.unwrap().unwrap() {
        text.extend(more);
    }
    let text = String::from_utf8(text).unwrap();
    assert!(text.ends_with("event: done\ndata: [DONE]\n\n") && text.contains("event: thread.run.completed"), "{text}");
    assert!(!proxy.drop_next_commit.load(Ordering::SeqCst), "the connection was not dropped");
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
async fn a_run_survives_a_time_without_postgres() {
    stream_of_disturbed_run(async |proxy, mut reported| {
        proxy.open.send_replace(false);
        let troubled = reported.wait_for(|times| *times > 3);
        tokio::time::timeout(Duration::from_secs(60), troubled).await.unwrap().unwrap();
        proxy.open.send_replace(true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
async fn a_run_survives_a_lost_commit_on_postgres_without_a_second_round() {
    let text = stream_of_disturbed_run(async |proxy, _| {
        proxy.drop_next_commit.store(true, Ordering::SeqCst);
    })
    .await;
    assert_eq!(text.matches("event: thread.message.created").count(), 1, "the model is called again: {text}");
}

/// Starts a model endpoint that first calls `file_search` and then returns a message. It responds after a delay, and
/// calls `on_request` with the number of each request, from 1. Returns its URL and its request count.
async fn searching_endpoint(
    delay: Duration,
    on_request: impl Fn(usize) + Clone + Send + Sync + 'static,
) -> (String, Arc<AtomicUsize>) {
    let requests = Arc::new(AtomicUsize::new(0));
    let count = requests.clone();
    let respond = move |request: String| {
        on_request(count.fetch_add(1, Ordering::SeqCst) + 1);
        let call = json!({"name": "file_search", "arguments": r#"{"query":"leave"}"#});
        let delta = match request.contains(r#""role":"tool""#) {
            true => json!({"content": "28 days."}),
            false => json!({"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": call}]}),
        };
        let chunk = json!({"choices": [{"index": 0, "delta": delta, "finish_reason": "stop"}]});
        let body = format!("data: {chunk}\n\ndata: [DONE]\n\n");
        async move {
            tokio::time::sleep(delay).await;
            ([("content-type", "text/event-stream")], body)
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let routes = axum::Router::new().fallback(axum::routing::post(respond));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (url, requests)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_whose_lease_expires_while_it_works_does_not_begin_the_run_again() {
    let (url, requests) = searching_endpoint(Duration::from_millis(300), |_| ()).await;
    let model = Model::named(&format!("openai:{url}"), EndpointSettings::default()).unwrap();
    // The lease is shorter than the pause between two renewals.
    let world = World::with(ServerSettings { model, lease: Duration::from_millis(15), ..ServerSettings::default() });
    let run = world.run("leave?", json!({"tools": [{"type": "file_search"}]})).await;
    wait_for_status(&world, &run, "completed").await;
    assert_eq!(world.list(&format!("{}/steps", path(&run))).await.len(), 2);
    assert_eq!(requests.load(Ordering::SeqCst), 2, "a search and an answer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
async fn a_time_without_postgres_during_a_search_repeats_no_round() {
    let proxy = DatabaseProxy::start(&crate::db::fresh_for_tests()).await;
    let (report, mut reported) = watch::channel(0);
    let report: Reporter = Arc::new(move |_| report.send_modify(|times| *times += 1));
    let open = proxy.open.clone();
    let (url, requests) =
        searching_endpoint(Duration::ZERO, move |times| open.send_modify(|open| *open = times != 1)).await;
    let world = World::with(ServerSettings {
        store: StoreLocation::Server(Box::new(store::server(&proxy.url))),
        model: Model::named(&format!("openai:{url}"), EndpointSettings::default()).unwrap(),
        lease: Duration::from_millis(300),
        report,
        ..ServerSettings::default()
    });
    let file = world.upload_as("a.txt", "28 days of leave").await;
    let store = world.indexed(&[&file]).await;
    let resources = json!({"file_search": {"vector_store_ids": [store]}});
    let body = json!({"model": "m", "tools": [{"type": "file_search"}], "tool_resources": resources});
    let assistant = id(&world.post("/assistants", body).await);
    let thread = json!({"messages": [{"role": "user", "content": "leave?"}]});
    let run = world.post("/threads/runs", json!({"assistant_id": assistant, "thread": thread})).await;
    let troubled = reported.wait_for(|times| *times > 3);
    tokio::time::timeout(Duration::from_secs(60), troubled).await.unwrap().unwrap();
    proxy.open.send_replace(true);
    wait_for_status(&world, &run, "completed").await;
    assert_eq!(run_messages(&world, run["thread_id"].as_str().unwrap()).await, ["28 days."]);
    assert_eq!(requests.load(Ordering::SeqCst), 2, "the model is not called again after the search");
}
