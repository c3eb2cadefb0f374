//! Tests of hostile callers and panicking handlers. Each caller receives a response, and the server keeps running.

use super::*;
use axum::{Router, ServiceExt, routing::get};
use std::io::{Read, Write};
use std::net::TcpStream;

/// Sends raw bytes, and returns everything that the server sends until it closes the connection.
async fn raw(world: &World, head: &str, body: Vec<u8>) -> String {
    let (address, head) = (world.server.address(), head.to_owned());
    let task = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        let _ = stream.write_all(&body); // The server may stop reading early.
        let mut response = Vec::new();
        let _ = stream.read_to_end(&mut response); // A reset may follow the response.
        String::from_utf8(response).unwrap()
    });
    task.await.unwrap()
}

#[tokio::test]
async fn a_panicking_handler_returns_500_and_the_server_keeps_running() {
    let world = World::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    async fn panics() {
        panic!("a secret")
    }
    let routes = Router::new().route("/v1/panics", get(panics)).route("/v1/lives", get(async || "{}"));
    let router = router::service(routes, world.server.state.clone());
    let other = tokio::spawn(axum::serve(listener, router.into_make_service()).into_future());
    for _ in 0..3 {
        let (status, value) = World::status_and_json(world.http.get(format!("http://{address}/v1/panics"))).await;
        assert_eq!((status, &value["error"]["message"]), (500, &json!("internal error")));
        assert_eq!(value["error"]["type"], "server_error");
        assert_eq!(World::status_and_json(world.http.get(format!("http://{address}/v1/lives"))).await.0, 200);
    }
    other.abort();
    world.end().await;
}

#[tokio::test]
async fn a_body_that_stalls_returns_408() {
    let world = World::with(ServerSettings { peer_timeout: Duration::from_millis(50), ..ServerSettings::default() });
    let json = "POST /v1/threads HTTP/1.1\r\nhost: localhost\r\nopenai-beta: assistants=v2\r\n\
                content-type: application/json\r\ncontent-length: 9\r\n\r\n{";
    let form = "POST /v1/files HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=B\r\nconnection: close\r\n\
                content-length: 999\r\n\r\n--B\r\ncontent-disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nx";
    for head in [json, form] {
        let response = raw(&world, head, Vec::new()).await;
        assert!(response.starts_with("HTTP/1.1 408 ") && response.contains("did not arrive in time"), "{response}");
    }
    world.end().await;
}

#[tokio::test]
async fn callers_that_send_the_whole_body_first_receive_the_response() {
    let world = World::with(ServerSettings { key: Some("sk-right-key-1".into()), ..ServerSettings::default() });
    let length = 32 << 20;
    let head = |key: &str| {
        format!(
            "POST /v1/threads HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\
             openai-beta: assistants=v2\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    for (key, status) in [("sk-wrong-key-2", "401"), ("sk-right-key-1", "413")] {
        let response = raw(&world, &head(key), vec![b' '; length]).await;
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{response}");
    }
    world.end().await;
}

#[tokio::test]
async fn an_unfinished_request_does_not_delay_the_shutdown() {
    let world = World::with(ServerSettings { grace: Duration::from_millis(50), ..ServerSettings::default() });
    let mut stream = TcpStream::connect(world.server.address()).unwrap();
    stream.write_all(b"GET /v1/files HTT").unwrap();
    world.list("/files").await; // The connection above was accepted before this one.
    tokio::time::timeout(Duration::from_secs(20), world.end()).await.unwrap();
}

#[tokio::test]
async fn a_form_with_too_many_bytes_outside_of_its_parts_is_rejected() {
    let world = World::new();
    let head = |length: usize| {
        format!(
            "POST /v1/files HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=B\r\nconnection: close\r\n\
             content-length: {length}\r\n\r\n"
        )
    };
    let long = 64 << 20;
    let preamble = vec![b'a'; long];
    let header = [b"--B\r\nx: ".to_vec(), vec![b'a'; long]].concat();
    let text = [b"--B\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\n".to_vec(), vec![b'a'; long]].concat();
    let outside = "too many bytes outside of its parts";
    for (body, message) in [(preamble, outside), (header, outside), (text, "exceed 65536 bytes")] {
        let response = raw(&world, &head(body.len()), body).await;
        assert!(
            response.is_empty() || response.starts_with("HTTP/1.1 400 ") && response.contains(message),
            "{response}"
        );
    }
    let many: String = (0..10_000)
        .map(|n| format!("--B\r\ncontent-disposition: form-data; name=\"{n}\"\r\n\r\n{}\r\n", "x".repeat(100)))
        .collect();
    let response = raw(&world, &head(many.len()), many.into_bytes()).await;
    assert!(response.is_empty() || response.contains("exceed 65536 bytes"), "{response}");
    world.end().await;
}

#[tokio::test]
async fn a_request_needs_a_host_name_of_this_server() {
    let world = World::new();
    for (request, status) in [
        ("GET /v1/files HTTP/1.0\r\n\r\n", 200),
        ("GET /v1/files HTTP/1.1\r\nconnection: close\r\n\r\n", 400),
        ("GET /v1/files HTTP/1.1\r\nhost: localhost\r\nhost: evil.test\r\nconnection: close\r\n\r\n", 403),
        ("GET http://evil.test/v1/files HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", 403),
    ] {
        let response = raw(&world, request, Vec::new()).await;
        assert_eq!(response[9..12].parse::<u16>().unwrap(), status, "{response}");
    }
    world.end().await;
}

#[tokio::test]
async fn error_messages_do_not_repeat_long_input() {
    let world = World::new();
    let thread = id(&world.post("/threads", json!({})).await);
    let long = "ä".repeat(1 << 20);
    for body in
        [json!({"assistant_id": long}), json!({long.as_str(): 1}), json!({"assistant_id": "a", "tool_choice": long})]
    {
        let (status, value) = world.try_post(&format!("/threads/{thread}/runs"), body).await;
        assert!(status >= 400 && value.to_string().len() < 10_000, "{status}");
    }
    world.end().await;
}
