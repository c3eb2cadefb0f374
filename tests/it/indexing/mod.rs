//! Waiting until files are indexed: what the commands with `--wait` share.

mod deadline;
mod embedded;
mod failures;
mod interrupted;

use crate::support::mock_server::{MockServer, Request, Response};
use serde_json::{Value, json};

/// Returns a batch as a server shows it, with the counts in progress, completed, failed and cancelled.
pub(crate) fn batch(status: &str, [in_progress, completed, failed, cancelled]: [u64; 4]) -> Value {
    json!({
        "id": "vsfb_1", "object": "vector_store.file_batch", "created_at": 1_700_000_000, "vector_store_id": "vs_1",
        "status": status, "file_counts": counts([in_progress, completed, failed, cancelled]),
    })
}

/// Returns a vector store as a server shows it.
pub(crate) fn store(status: &str, counted: [u64; 4]) -> Value {
    json!({
        "id": "vs_1", "object": "vector_store", "created_at": 1_700_000_000, "name": "n", "status": status,
        "usage_bytes": 0, "file_counts": counts(counted),
    })
}

/// Returns a file of a vector store as a server shows it.
pub(crate) fn file(id: &str, status: &str) -> Value {
    let error = match status {
        "failed" => json!({ "code": "unsupported_file", "message": format!("{id} has no text") }),
        _ => Value::Null,
    };
    json!({
        "id": id, "object": "vector_store.file", "created_at": 1_700_000_000, "vector_store_id": "vs_1",
        "status": status, "last_error": error,
    })
}

fn counts([in_progress, completed, failed, cancelled]: [u64; 4]) -> Value {
    json!({
        "in_progress": in_progress, "completed": completed, "failed": failed, "cancelled": cancelled,
        "total": in_progress + completed + failed + cancelled,
    })
}

/// Returns a server that shows these states in turn, and then the last one for ever. It lists the failed files.
pub(crate) fn showing(states: Vec<Value>, failed: Vec<Value>) -> MockServer {
    let shown = std::sync::atomic::AtomicUsize::new(0);
    MockServer::new(move |request, _| {
        if is_list(request) {
            let files = if request.target.contains("filter=failed") { failed.clone() } else { Vec::new() };
            return Response::json(200, &json!({ "object": "list", "data": files, "has_more": false }));
        }
        let at = shown.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Response::json(200, &states[at.min(states.len() - 1)])
    })
}

/// Returns `true` if a request lists the files of a vector store or of a batch.
fn is_list(request: &Request) -> bool {
    request.method == "GET" && request.target.contains("filter=")
}
