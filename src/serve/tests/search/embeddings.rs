//! Tests of searches with embeddings, with an endpoint whose vectors count the words of a few topics.

use super::*;
use crate::serve::model::{EmbeddingEndpoint, EndpointSettings};
use axum::{Json, Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use std::sync::{Arc, Mutex};

const TOPICS: [&[&str]; 3] =
    [&["car", "automobile", "vehicle"], &["leave", "vacation", "holiday"], &["salary", "pay", "wage"]];

/// The state of an embeddings endpoint on loopback, which tests set and read.
#[derive(Debug, Default)]
struct Endpoint {
    /// The status codes of the next responses, in reverse order. Later responses have status code 200.
    failures: Vec<u16>,
    /// The number of zeros to append to each vector.
    padding: usize,
    /// The received requests: the header `Authorization`, and the body.
    requests: Vec<(String, Value)>,
}

type Handle = Arc<Mutex<Endpoint>>;

/// Starts an endpoint. Returns it with the settings of a server that uses it, and the messages of that server.
async fn endpoint() -> (Handle, ServerSettings, Arc<Mutex<Vec<String>>>) {
    let shared = Handle::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("openai:http://{}/v1", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/embeddings", post(respond)).with_state(shared.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let key = Some("secret-key".into());
    let settings = EndpointSettings { key, timeout: Duration::from_secs(10), ..EndpointSettings::default() };
    let embeddings = Some(Arc::new(EmbeddingEndpoint::named(&url, "topics", &settings).unwrap()));
    let messages = Arc::<Mutex<Vec<String>>>::default();
    let reported = messages.clone();
    let report = Arc::new(move |text: &str| reported.lock().unwrap().push(text.to_owned()));
    (shared, ServerSettings { embeddings, report, ..ServerSettings::default() }, messages)
}

async fn respond(
    State(shared): State<Handle>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, HeaderMap, Json<Value>) {
    let request: Value = serde_json::from_slice(&body).unwrap();
    let texts: Vec<String> =
        request["input"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_lowercase()).collect();
    let mut endpoint = shared.lock().unwrap();
    endpoint.requests.push((headers["authorization"].to_str().unwrap().to_owned(), request));
    if let Some(status) = endpoint.failures.pop() {
        let headers = HeaderMap::from_iter([("retry-after".parse().unwrap(), "0".parse().unwrap())]);
        let error = json!({"error": {"message": "no vectors for secret-key"}});
        return (StatusCode::from_u16(status).unwrap(), headers, Json(error));
    }
    let vector = |text: &String| {
        let count = |words: &&[&str]| words.iter().map(|word| text.matches(word).count()).sum::<usize>();
        TOPICS.iter().map(count).chain(std::iter::repeat_n(0, endpoint.padding)).collect::<Vec<_>>()
    };
    let data: Vec<Value> =
        texts.iter().enumerate().map(|(n, text)| json!({"index": n, "embedding": vector(text)})).collect();
    (StatusCode::OK, HeaderMap::new(), Json(json!({"object": "list", "data": data})))
}

#[tokio::test]
async fn passages_are_found_by_their_meaning_and_by_their_words() {
    let (endpoint, settings, _) = endpoint().await;
    let folder = tempfile::tempdir().unwrap();
    let store = match crate::serve::store::database() {
        Some(server) => StoreLocation::Server(Box::new(server)),
        None => StoreLocation::Folder(folder.path().join("s")),
    };
    let world = World::with(ServerSettings { store: store.clone(), ..settings });
    let vector_store = world.indexed(&[]).await;
    for (name, text) in [
        ("a.md", "The automobile is parked in the yard."),
        ("b.md", "Pay day is the last Friday."),
        ("c.md", "A car needs a permit."),
    ] {
        world.add_text(&vector_store, name, text, json!({"name": name})).await;
    }
    world.wait_for_files().await;
    {
        let requests = &endpoint.lock().unwrap().requests;
        assert_eq!(requests.len(), 3);
        assert!(requests.iter().all(|(key, body)| key == "Bearer secret-key" && body["model"] == "topics"));
        assert!(requests.iter().any(|(_, body)| body["input"] == json!(["A car needs a permit."])), "{requests:?}");
    }
    let search = async |world: &World, body: Value| {
        let hits = world.search(&vector_store, body).await;
        hits.iter()
            .map(|hit| (hit["filename"].as_str().unwrap().to_owned(), hit["score"].as_f64().unwrap()))
            .collect::<Vec<_>>()
    };
    let found = search(&world, json!({"query": "vehicle parked"})).await;
    assert_eq!(found[0], ("a.md".to_owned(), 1.0), "first in both rankings");
    assert_eq!(found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a.md", "c.md"]);
    let found = search(&world, json!({"query": "vehicle"})).await;
    assert_eq!(found[0], ("a.md".to_owned(), 0.5), "first in one of two rankings");
    assert_eq!(found.len(), 2);
    for (body, expected) in [
        (json!({"query": "vehicle", "max_num_results": 1}), vec!["a.md"]),
        (json!({"query": "vehicle", "filters": {"type": "eq", "key": "name", "value": "c.md"}}), vec!["c.md"]),
        (json!({"query": "vehicle", "ranking_options": {"score_threshold": 0.9}}), vec![]),
        (json!({"query": ["wage", "Friday"]}), vec!["b.md"]),
        (json!({"query": "?!"}), vec![]),
    ] {
        let found = search(&world, body.clone()).await;
        assert_eq!(found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), expected, "{body}");
    }
    let body = json!({"model": "echo", "tools": [{"type": "file_search"}],
        "tool_resources": {"file_search": {"vector_store_ids": [vector_store]}}});
    let assistant = id(&world.post("/assistants", body).await);
    let thread = json!({"messages": [{"role": "user", "content": "wage"}]});
    let run = world.post("/threads/runs", json!({"assistant_id": assistant, "thread": thread})).await;
    let run = world.wait_for_run(&run).await;
    let steps = world.list(&format!("{}/steps?order=asc", path(&run))).await;
    assert_eq!(steps[0]["step_details"]["tool_calls"][0]["file_search"]["results"][0]["file_name"], "b.md");
    world.end().await;

    // A server without the endpoint ignores the embeddings.
    let world = World::with(ServerSettings { store, ..ServerSettings::default() });
    assert_eq!(search(&world, json!({"query": "vehicle"})).await, []);
    let found = search(&world, json!({"query": "vehicle parked"})).await;
    assert!(found.len() == 1 && found[0].0 == "a.md" && found[0].1 < 1.0, "{found:?}");
    world.end().await;
}

#[tokio::test]
async fn a_file_without_embeddings_fails_and_can_be_added_again() {
    let (endpoint, settings, messages) = endpoint().await;
    let world = World::with(settings);
    let store = world.indexed(&[]).await;
    endpoint.lock().unwrap().failures = vec![401];
    let file = world.add_text(&store, "a.md", "A car.", json!({})).await;
    world.wait_for_files().await;
    let path = format!("/vector_stores/{store}/files");
    let found = world.get(&format!("{path}/{file}")).await;
    let message = "The server could not get the embeddings of the file. Try again.";
    assert_eq!(found["last_error"], json!({"code": "server_error", "message": message}));
    let text = messages.lock().unwrap().join("\n");
    assert!(text.contains("status 401") && !text.contains("secret-key"), "{text}");

    endpoint.lock().unwrap().failures = vec![503, 429];
    world.post(&path, json!({"file_id": file})).await;
    world.wait_for_files().await;
    assert_eq!(world.get(&format!("{path}/{file}")).await["status"], "completed", "temporary failures are tried again");
    assert_eq!(world.search(&store, json!({"query": "vehicle"})).await.len(), 1);

    endpoint.lock().unwrap().failures = vec![401];
    assert_eq!(names(&world.search(&store, json!({"query": "car"})).await), ["a.md"], "found by its words");
    let text = messages.lock().unwrap().join("\n");
    assert!(text.contains("the search uses words only"), "{text}");
    world.end().await;
}

#[tokio::test]
async fn embeddings_of_another_length_fail_the_file_and_leave_searches_to_words() {
    let (endpoint, settings, messages) = endpoint().await;
    let world = World::with(settings);
    let store = world.indexed(&[]).await;
    world.add_text(&store, "a.md", "A car.", json!({})).await;
    world.wait_for_files().await;
    endpoint.lock().unwrap().padding = 2;
    let file = world.add_text(&store, "b.md", "A vehicle.", json!({})).await;
    world.wait_for_files().await;
    let found = world.get(&format!("/vector_stores/{store}/files/{file}")).await;
    let message = found["last_error"]["message"].as_str().unwrap();
    assert_eq!(found["last_error"]["code"], "server_error");
    assert!(message.contains("have 3 numbers, those of the file have 5"), "{message}");
    let hits = world.search(&store, json!({"query": "a car"})).await;
    assert!(names(&hits) == ["a.md"] && hits[0]["score"] != 1.0, "{hits:?}");
    let text = messages.lock().unwrap().join("\n");
    assert!(text.contains("an embedding of 5 numbers") && text.contains("embeddings of 3"), "{text}");
    // Another vector store may have another length.
    let other = world.indexed(&[&file]).await;
    assert_eq!(world.search(&other, json!({"query": "automobile"})).await.len(), 1);
    world.end().await;
}
