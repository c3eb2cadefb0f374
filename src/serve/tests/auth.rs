//! Tests of authentication and of rejected requests with their error messages.

use super::*;
use reqwest::header::HeaderMap;

#[tokio::test]
async fn keys_hosts_origins_and_the_beta_header_are_checked() {
    let world = World::with(ServerSettings { key: Some("sk-right-key-1".into()), ..ServerSettings::default() });
    let get = |path: &str| world.http.get(format!("{}{path}", world.base));
    let code = async |request: RequestBuilder| {
        let (status, value) = World::status_and_json(request).await;
        (status, value["error"]["code"].as_str().unwrap_or_default().to_owned())
    };
    let wrong = World::status_and_json(get("/v1/files").bearer_auth("sk-wrong-key-2")).await;
    assert_eq!(wrong.1["error"]["message"], "Incorrect API key provided: sk***-2.");
    let right = |path: &str| get(path).bearer_auth("sk-right-key-1");
    let in_header = |path: &str| get(path).header("api-key", "sk-right-key-1");
    let table = [
        (get("/v1/files"), 401, ""),
        (get("/v1/files").bearer_auth("sk-wrong-key-2"), 401, "invalid_api_key"),
        (right("/v1/files"), 200, ""),
        (right("/files"), 200, ""),
        (right("/files").header("host", "localhost:1"), 200, ""),
        (right("/files").header("host", "evil.test"), 403, "forbidden_host"),
        (right("/files").header("origin", "http://127.0.0.1"), 403, "forbidden_origin"),
        (right("/v1/assistants"), 400, "invalid_beta"),
        (right("/assistants").header("openai-beta", "assistants=v1"), 400, "invalid_beta"),
        (right("/assistants").header("openai-beta", "other, assistants=v2"), 200, ""),
        (right("/openai/assistants?api-version=2024-05-01-preview"), 200, ""),
        (in_header("/openai/assistants?api-version=2024-05-01-preview"), 200, ""),
        (in_header("/openai/v1/threads"), 200, ""),
        (in_header("/v1/files"), 401, ""),
        (right("/openai/assistants"), 400, "MissingApiVersionParameter"),
        (right("/openai/assistants?api-version=2024-02-15-preview"), 400, "UnsupportedApiVersionValue"),
        (right("/api/projects/p/assistants?api-version=v1"), 200, ""),
        (in_header("/api/projects/p/assistants?api-version=v1"), 401, ""),
        (right("/api/projects/p/assistants"), 400, "MissingApiVersionParameter"),
        (right("/api/projects/p/threads/thread_x?api-version=v1"), 404, ""),
        (right("/nothing"), 404, ""),
    ];
    for (n, (request, status, expected)) in table.into_iter().enumerate() {
        assert_eq!(code(request).await, (status, expected.to_owned()), "line {n}");
    }
    world.end().await;
}

#[tokio::test]
async fn error_messages_are_those_of_the_protocol() {
    let world = World::new();
    let thread = id(&world.post("/threads", json!({})).await);
    let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
    let table = [
        (&get, "/v1/nothing".to_owned(), 404, "Invalid URL (GET /v1/nothing)"),
        (&delete, "/v1/files".to_owned(), 405, "Not allowed to DELETE on /v1/files."),
        (
            &get,
            "/v1/threads/new".to_owned(),
            400,
            "Invalid 'thread_id': 'new'. Expected an ID that begins with 'thread'.",
        ),
        (&get, "/v1/threads/thread_x".to_owned(), 404, "No thread found with id 'thread_x'."),
        (&get, "/v1/threads/thread_x/messages".to_owned(), 404, "No thread found with id 'thread_x'."),
        (&get, format!("/v1/threads/{thread}/runs/run_x"), 404, "No run found with id 'run_x'."),
        (&post, format!("/v1/threads/{thread}/runs/run_x/cancel"), 404, "No run found with id 'run_x'."),
        (&get, format!("/v1/threads/{thread}/messages/msg_x"), 404, "No message found with id 'msg_x'."),
        (&get, "/v1/files/file-x".to_owned(), 404, "No such File object: file-x"),
        (&get, "/v1/files?limit=0".to_owned(), 400, "limit must be between 1 and 10000."),
        (
            &get,
            "/v1/threads?limit=101".to_owned(),
            400,
            "Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 101 instead.",
        ),
        (
            &get,
            "/v1/threads?limit=abc".to_owned(),
            400,
            "Invalid type for 'limit': expected an integer, but got a string instead.",
        ),
        (
            &get,
            "/v1/threads?order=sideways".to_owned(),
            400,
            "Invalid value: 'sideways'. Supported values are: 'asc' and 'desc'.",
        ),
        (&get, "/v1/threads?foo=bar".to_owned(), 400, "Unknown parameter: 'foo'."),
        (&get, "/v1/assistants?after=asst_x".to_owned(), 404, "No assistant found with id 'asst_x'."),
        (&post, "/v1/assistants".to_owned(), 400, "Missing required parameter: 'model'."),
    ];
    for (method, path, status, message) in table {
        let (found, value) = World::status_and_json(world.request(method.clone(), &path)).await;
        assert_eq!((found, value["error"]["message"].as_str().unwrap()), (status, message), "{path}");
        assert_eq!(value["error"]["type"], "invalid_request_error");
    }
    world.end().await;
}

#[tokio::test]
async fn bodies_that_are_no_json_object_or_too_large_are_rejected() {
    let world = World::new();
    let post = |kind: &str, body: Vec<u8>| {
        let request = world.request(Method::POST, "/v1/threads").header("content-type", kind).body(body);
        async { World::status_and_json(request).await.0 }
    };
    assert_eq!(post("application/json", Vec::new()).await, 200);
    assert_eq!(post("application/json; charset=utf-8", b"{}".to_vec()).await, 200);
    assert_eq!(post("text/plain", b"{}".to_vec()).await, 415);
    assert_eq!(post("application/json", b"[]".to_vec()).await, 400);
    assert_eq!(post("application/json", b"{".to_vec()).await, 400);
    let (status, value) = world.try_post("/threads", json!({"title": "x"})).await;
    assert_eq!((status, &value["error"]["code"]), (400, &json!("unknown_parameter")));
    let empty = world.request(Method::GET, "/v1/assistants").header("content-type", "application/json");
    assert_eq!(World::status_and_json(empty).await.0, 200);
    let big = connection::json_body::BODY_LIMIT;
    let pad = |length: usize| format!("{{}}{}", " ".repeat(length - 2)).into_bytes();
    assert_eq!(post("application/json", pad(big)).await, 200);
    let stream = futures_util::stream::iter((0..=16).map(|_| Ok::<_, io::Error>(vec![b' '; 1 << 20])));
    let request = world.request(Method::POST, "/v1/threads").header("content-type", "application/json");
    if let Ok(response) = request.body(reqwest::Body::wrap_stream(stream)).send().await {
        assert_eq!(response.status(), 413);
    }
    world.end().await;
}

#[tokio::test]
async fn every_response_has_the_headers_for_request_version_and_store() {
    let world = World::new();
    for path in ["/v1/assistants", "/v1/nothing"] {
        let response = world.request(Method::GET, path).send().await.unwrap();
        let headers: &HeaderMap = response.headers();
        let text = |name: &str| headers[name].to_str().unwrap();
        assert!(text("x-request-id").starts_with("req_"));
        assert_eq!(text("openai-version"), "2020-10-01");
        assert!(text("openai-processing-ms").parse::<u64>().is_ok());
        assert_eq!(text("asst-store"), world.server.store_id());
    }
    world.end().await;
}

#[tokio::test]
async fn compatible_mode_does_not_list_threads() {
    let world = World::with(ServerSettings { openai: OpenAiMode::Compatible, ..ServerSettings::default() });
    let (status, value) = World::status_and_json(world.request(Method::GET, "/v1/threads")).await;
    assert_eq!((status, &value["error"]["code"]), (401, &json!("missing_scope")));
    let thread = id(&world.post("/threads", json!({})).await);
    world.get(&format!("/threads/{thread}")).await;
    // Unlike OpenAI, Foundry lists threads.
    let foundry = world.request(Method::GET, "/api/projects/p/threads?api-version=v1");
    assert_eq!(World::status_and_json(foundry).await.0, 200);
    world.end().await;
}
