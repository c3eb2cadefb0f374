//! Tests of several servers on one store. With `ASST_TEST_STORE=postgres` the store is a PostgreSQL database.

use super::*;
use crate::serve::model::EndpointSettings;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Returns the texts of all messages that runs created in a thread.
async fn answers(world: &World, thread: &str) -> Vec<String> {
    let messages = world.list(&format!("/threads/{thread}/messages?limit=100&order=asc")).await;
    messages.iter().filter(|message| message["role"] == "assistant").map(|message| said(message).to_owned()).collect()
}

/// Polls a run until it reaches a status.
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
            assert_eq!(said, 400, "the thread is locked by another server");
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
    let (busy, other) = shared.busy_and_idle().await;
    let run = busy.run("sleep 600s", json!({})).await;
    until(&other, &run, "in_progress").await;
    other.post(&format!("{}/cancel", path(&run)), json!({})).await;
    until(&other, &run, "cancelled").await;
}

/// A TCP proxy to a database that can be interrupted.
struct Way {
    url: String,
    open: watch::Sender<bool>,
    /// Drops the connection before the next `commit` reaches the database.
    breaks: Arc<AtomicBool>,
}

impl Way {
    async fn to(url: &str) -> Self {
        let (before, rest) = url.split_once('@').unwrap();
        let (host, database) = rest.split_once('/').unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{before}@{}/{database}", listener.local_addr().unwrap());
        let (open, is_open) = watch::channel(true);
        let (host, breaks) = (host.to_owned(), Arc::new(AtomicBool::new(false)));
        let way = Self { url, open, breaks: breaks.clone() };
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (host, mut is_open, breaks) = (host.clone(), is_open.clone(), breaks.clone());
                tokio::spawn(async move {
                    let mut far = tokio::net::TcpStream::connect(host).await.unwrap();
                    let ((mut near_in, mut near_out), (mut far_in, mut far_out)) = (near.split(), far.split());
                    tokio::select! {
                        _ = is_open.wait_for(|open| !open) => {}
                        () = forward(&mut near_in, &mut far_out, &breaks) => {}
                        _ = tokio::io::copy(&mut far_in, &mut near_out) => {}
                    }
                });
            }
        });
        way
    }
}

async fn forward(from: &mut (impl AsyncRead + Unpin), to: &mut (impl AsyncWrite + Unpin), breaks: &AtomicBool) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        let commits = bytes[..length].windows(7).any(|seven| seven == b"commit\0");
        if commits && breaks.swap(false, Ordering::SeqCst) || to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}

/// Executes a run while its database is disturbed. Returns the text of its stream.
async fn disturbed(disturb: impl AsyncFnOnce(&Way, watch::Receiver<u32>)) -> String {
    let way = Way::to(&crate::db::fresh_for_tests()).await;
    let (report, reported) = watch::channel(0);
    let report: Reporter = Arc::new(move |_| report.send_modify(|times| *times += 1));
    let at = StoreLocation::Server(Box::new(store::server(&way.url)));
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
    disturb(&way, reported).await;
    while let Some(more) = tokio::time::timeout(Duration::from_secs(60), response.chunk()).await.unwrap().unwrap() {
        text.extend(more);
    }
    let text = String::from_utf8(text).unwrap();
    assert!(text.ends_with("event: done\ndata: [DONE]\n\n") && text.contains("event: thread.run.completed"), "{text}");
    assert!(!way.breaks.load(Ordering::SeqCst), "what was to break has broken");
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
async fn a_postgres_server_that_is_away_for_a_while_fails_no_run() {
    disturbed(async |way, mut reported| {
        way.open.send_replace(false);
        let troubled = reported.wait_for(|times| *times > 3);
        tokio::time::timeout(Duration::from_secs(60), troubled).await.unwrap().unwrap();
        way.open.send_replace(true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
async fn a_postgres_connection_that_breaks_at_the_end_of_a_round_fails_no_run() {
    let text = disturbed(async |way, _| {
        way.breaks.store(true, Ordering::SeqCst);
    })
    .await;
    assert_eq!(text.matches("event: thread.message.created").count(), 1, "the model is called again: {text}");
}

/// Starts a model endpoint that asks for a search first, and then answers, each time after a delay. `asked` is called with
/// the number of each request. Returns its URL, and the number of its requests.
async fn searching_endpoint(
    delay: Duration,
    asked: impl Fn(usize) + Clone + Send + Sync + 'static,
) -> (String, Arc<AtomicUsize>) {
    let requests = Arc::new(AtomicUsize::new(0));
    let count = requests.clone();
    let respond = move |request: String| {
        asked(count.fetch_add(1, Ordering::SeqCst) + 1);
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
    until(&world, &run, "completed").await;
    assert_eq!(world.list(&format!("{}/steps", path(&run))).await.len(), 2);
    assert_eq!(requests.load(Ordering::SeqCst), 2, "a search and an answer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
async fn a_postgres_server_that_is_away_during_a_search_does_not_run_the_model_again() {
    let way = Way::to(&crate::db::fresh_for_tests()).await;
    let (report, mut reported) = watch::channel(0);
    let report: Reporter = Arc::new(move |_| report.send_modify(|times| *times += 1));
    let open = way.open.clone();
    let (url, requests) =
        searching_endpoint(Duration::ZERO, move |times| open.send_modify(|open| *open = times != 1)).await;
    let world = World::with(ServerSettings {
        store: StoreLocation::Server(Box::new(store::server(&way.url))),
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
    way.open.send_replace(true);
    until(&world, &run, "completed").await;
    assert_eq!(answers(&world, run["thread_id"].as_str().unwrap()).await, ["28 days."]);
    assert_eq!(requests.load(Ordering::SeqCst), 2, "the model is not asked again for the search");
}
