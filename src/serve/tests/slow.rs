//! Tests of slow callers and of too many callers. They lose their own connections, and all others are served.

use super::*;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

const HALF: &[u8] = b"GET /v1/files HTTP/1.1\r\nhost: localhost\r\nx-slow: ";
/// A request whose response leaves the connection open.
const WHOLE: &[u8] = b"GET /v1/files HTTP/1.1\r\nhost: localhost\r\n\r\n";

fn limited(connections: usize) -> ServerSettings {
    ServerSettings {
        limits: ConnectionLimits { connections, ..ConnectionLimits::default() },
        ..ServerSettings::default()
    }
}

fn send(world: &World, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(world.server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let _ = stream.write_all(bytes); // The server may have closed the connection.
    stream
}

/// Reads until the peer closes the connection, and returns the bytes.
async fn read_to_end(mut stream: TcpStream) -> Vec<u8> {
    let task = tokio::task::spawn_blocking(move || {
        let mut found = Vec::new();
        match stream.read_to_end(&mut found) {
            Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{error}"),
            _ => found,
        }
    });
    task.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn half_sent_requests_do_not_keep_others_out() {
    let silent: &[u8] = b"";
    let after_another = [WHOLE, HALF].concat();
    let half_a_body = b"POST /v1/threads HTTP/1.1\r\nhost: localhost\r\nopenai-beta: assistants=v2\r\n\
                        content-type: application/json\r\ncontent-length: 9\r\n\r\n{";
    for begin in [HALF, silent, &after_another, &half_a_body[..]] {
        let world = World::with(ServerSettings { peer_timeout: Duration::from_millis(500), ..limited(40) });
        let _slow: Vec<TcpStream> = (0..400).map(|_| send(&world, begin)).collect();
        let began = Instant::now();
        let served = async {
            // While all connections work on bodies, other requests are rejected until those time out.
            while world.request(Method::GET, "/v1/files").send().await.unwrap().status() != 200 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), served).await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", String::from_utf8_lossy(begin));
        world.end().await;
    }
}

#[tokio::test]
async fn late_heads_and_idle_connections_are_closed() {
    let limits =
        ConnectionLimits { connections: 40, head: Duration::from_millis(100), idle: Duration::from_millis(100) };
    let world = World::with(ServerSettings { limits, ..ServerSettings::default() });
    assert_eq!(read_to_end(send(&world, HALF)).await, b"");
    let response = String::from_utf8(read_to_end(send(&world, WHOLE)).await).unwrap();
    assert!(response.starts_with("HTTP/1.1 200 ") && response.ends_with('}'), "{response}");
    world.end().await;
}

#[tokio::test]
async fn a_body_that_arrives_too_slowly_returns_408() {
    let world = World::with(ServerSettings { peer_timeout: Duration::from_millis(300), ..ServerSettings::default() });
    let mut stream = send(
        &world,
        b"POST /v1/threads HTTP/1.1\r\nhost: localhost\r\nopenai-beta: assistants=v2\r\nconnection: close\r\n\
          content-type: application/json\r\ncontent-length: 1000\r\n\r\n{",
    );
    let mut trickle = stream.try_clone().unwrap();
    let began = Instant::now();
    let writing = std::thread::spawn(move || {
        while trickle.write_all(b" ").is_ok() && began.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    let response = tokio::task::spawn_blocking(move || {
        let mut line = [0; 12];
        stream.read_exact(&mut line).unwrap();
        String::from_utf8_lossy(&line).into_owned()
    });
    assert_eq!(response.await.unwrap(), "HTTP/1.1 408");
    assert!(began.elapsed() < Duration::from_secs(5));
    writing.join().unwrap();
    world.end().await;
}

#[tokio::test]
async fn callers_that_do_not_read_the_response_are_disconnected() {
    const LENGTH: usize = 32 << 20;
    let world = World::with(ServerSettings { peer_timeout: Duration::from_millis(300), ..ServerSettings::default() });
    let file = world.upload("vision", &vec![b'x'; LENGTH]).await;
    let ask = format!("GET /v1/files/{file}/content HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    let stream = send(&world, ask.as_bytes());
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(read_to_end(stream).await.len() < LENGTH);
    // A slow reader receives all of it.
    let mut stream = send(&world, ask.as_bytes());
    let slowly = tokio::task::spawn_blocking(move || {
        let (mut found, mut piece) = (0, vec![0; 1 << 20]);
        loop {
            match stream.read(&mut piece).unwrap() {
                0 => return found,
                length => found += length,
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    assert!(slowly.await.unwrap() > LENGTH);
    world.end().await;
}

#[tokio::test]
async fn requests_in_progress_are_limited_per_key_and_in_total() {
    let world = World::with(limited(8));
    let thread = id(&world.post("/threads", json!({})).await);
    let assistant = world.assistant().await;
    let stuck = json!({"assistant_id": assistant, "stream": true, "thread": {"messages": [{"role": "user", "content": "stuck"}]}});
    let ask = async |key: &str| {
        let request = world.request(Method::POST, "/v1/threads/runs").bearer_auth(key);
        as_json(request, &stuck).send().await.unwrap()
    };
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(ask("one").await);
    }
    let refused = ask("one").await;
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (429, "1"));
    streams.push(ask("two").await);
    streams.push(ask("two").await);
    assert!(streams.iter().all(|stream| stream.status() == 200));
    let refused = ask("three").await;
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    assert!(refused.headers().contains_key("asst-store"));
    drop(streams);
    let served = async {
        while world.request(Method::GET, &format!("/v1/threads/{thread}")).send().await.unwrap().status() != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), served).await.unwrap();
    world.end().await;
}
