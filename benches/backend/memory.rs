//! A server on axum that creates threads and returns them from a map. It validates nothing and stores nothing on disk.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
    serve::ListenerExt,
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{
        Arc, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::net::TcpListener;

#[derive(Default)]
struct Threads {
    made: AtomicU64,
    docs: RwLock<HashMap<String, Value>>,
}

/// Serves until the process ends.
pub(super) async fn serve(listener: TcpListener) {
    let router = Router::new()
        .route("/v1/threads", post(create))
        .route("/v1/threads/{id}", get(get_thread))
        .with_state(Arc::new(Threads::default()));
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router).await.unwrap();
}

async fn create(State(threads): State<Arc<Threads>>, Json(given): Json<Value>) -> Json<Value> {
    let id = format!("thread_{:024}", threads.made.fetch_add(1, Ordering::Relaxed));
    let doc = json!({
        "id": id,
        "object": "thread",
        "created_at": 1_700_000_000,
        "metadata": given.get("metadata").unwrap_or(&Value::Null),
        "tool_resources": {},
    });
    threads.docs.write().unwrap().insert(id, doc.clone());
    Json(doc)
}

async fn get_thread(State(threads): State<Arc<Threads>>, Path(id): Path<String>) -> Result<Json<Value>, StatusCode> {
    threads.docs.read().unwrap().get(&id).cloned().map(Json).ok_or(StatusCode::NOT_FOUND)
}
