//! Tests of the server through its HTTP interface on loopback, started by [`start`].
#![allow(clippy::unwrap_used)]

mod auth;
mod conversations;
mod dialects;
mod file_search;
mod files;
mod hostile;
mod objects;
mod runs;
mod search;
mod shared;
mod slow;
mod streams;
mod uploads;
mod vector_stores;

use super::*;
use crate::api::objects::tests::check_response;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use std::net::TcpListener;

/// A server and a client of it.
struct World {
    base: String,
    http: Client,
    server: Server,
}

impl World {
    fn new() -> Self {
        Self::with(ServerSettings::default())
    }

    fn with(mut settings: ServerSettings) -> Self {
        if let (StoreLocation::Memory, Some(server)) = (&settings.store, store::database()) {
            settings.store = StoreLocation::Server(Box::new(server));
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = start(listener, settings).unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default(); // Another test may have installed it.
        let http = Client::builder().no_proxy().build().unwrap();
        Self { base: format!("http://{}", server.address()), http, server }
    }

    async fn end(self) {
        self.server.stop().await;
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).header("openai-beta", "assistants=v2")
    }

    /// Sends a request. Returns the status code and the JSON body.
    async fn status_and_json(request: RequestBuilder) -> (u16, Value) {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        check_response(&text);
        (status, serde_json::from_str(&text).unwrap())
    }

    async fn get(&self, path: &str) -> Value {
        let (status, value) = Self::status_and_json(self.request(Method::GET, &format!("/v1{path}"))).await;
        assert_eq!(status, 200, "{path}: {value}");
        value
    }

    /// Posts a body. Returns the status code and the JSON body.
    async fn try_post(&self, path: &str, body: Value) -> (u16, Value) {
        Self::status_and_json(as_json(self.request(Method::POST, &format!("/v1{path}")), &body)).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let (status, value) = self.try_post(path, body).await;
        assert_eq!(status, 200, "{path}: {value}");
        value
    }

    async fn delete(&self, path: &str) -> (u16, Value) {
        Self::status_and_json(self.request(Method::DELETE, &format!("/v1{path}"))).await
    }

    /// Posts a request that is rejected, and returns the error message.
    async fn post_rejected(&self, path: &str, body: Value) -> String {
        let (status, value) = self.try_post(path, body).await;
        assert!(status >= 400, "{path}: {value}");
        value["error"]["message"].as_str().unwrap().to_owned()
    }

    /// Creates an assistant with the functions `a` and `b`. Returns its ID.
    async fn assistant(&self) -> String {
        let function = |name| json!({"type": "function", "function": {"name": name}});
        let body = json!({"model": "echo", "instructions": "Be brief.", "tools": [function("a"), function("b")]});
        id(&self.post("/assistants", body).await)
    }

    /// Creates a thread with one message and runs an assistant on it.
    async fn run(&self, text: &str, options: Value) -> Value {
        let mut body = json!({
            "assistant_id": self.assistant().await,
            "thread": {"messages": [{"role": "user", "content": text}]},
        });
        body.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        self.post("/threads/runs", body).await
    }

    /// Waits until the engine is idle, and returns the run.
    async fn wait_for_run(&self, run: &Value) -> Value {
        assert!(self.server.drain(Duration::from_secs(20)).await, "{run}");
        self.get(&path(run)).await
    }

    async fn list(&self, path: &str) -> Vec<Value> {
        self.get(path).await["data"].as_array().unwrap().clone()
    }
}

/// A store that several servers share.
struct SharedStore {
    at: StoreLocation,
    _folder: tempfile::TempDir,
}

impl SharedStore {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = match store::database() {
            Some(server) => StoreLocation::Server(Box::new(server)),
            None => StoreLocation::Folder(folder.path().join("s")),
        };
        Self { at, _folder: folder }
    }

    /// Starts one of the servers, with short leases.
    fn world(&self) -> World {
        let lease = Duration::from_millis(300);
        World::with(ServerSettings { store: self.at.clone(), lease, ..ServerSettings::default() })
    }

    /// Starts two of the servers. The second works on no runs.
    async fn busy_and_idle(&self) -> (World, World) {
        let (busy, idle) = (self.world(), self.world());
        idle.server.abandon().await;
        (busy, idle)
    }
}

fn as_json(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}

fn id(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

/// Returns the path of a run.
fn path(run: &Value) -> String {
    format!("/threads/{}/runs/{}", run["thread_id"].as_str().unwrap(), id(run))
}

/// Returns the text of a message.
fn text_of(message: &Value) -> &str {
    message["content"][0]["text"]["value"].as_str().unwrap()
}
