//! Whole servers, modelled on observed deviations from the protocol.

use super::server;
use crate::support::mock_server::{Request, Response};
use serde_json::json;

fn parts(request: &Request) -> (String, Vec<String>) {
    let path = request.target.split('?').next().unwrap_or_default();
    (request.method.clone(), path.split('/').skip(2).map(str::to_owned).collect())
}

/// A gateway with some routes only: 405 for single assistants, 404 for single messages.
fn gateway(request: &Request) -> Response {
    let (method, parts) = parts(request);
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match (method.as_str(), parts.as_slice()) {
        // This includes creating a run with its thread, which is posted to `/threads/runs`.
        ("GET" | "POST", ["assistants", _]) | ("DELETE" | "POST", ["threads", _]) => {
            Response::json(405, &json!({ "detail": "Method Not Allowed" }))
        }
        ("GET", ["threads", _, "messages", _]) => Response::json(404, &json!({ "detail": "Not Found" })),
        ("GET", ["files"]) => Response::text(500, "Internal Server Error"),
        ("POST", ["vector_stores"]) => {
            Response::json(400, &json!({ "error": { "message": "{'error': 'No connected db.'}" } }))
        }
        _ => Response::json(200, &json!({ "id": "0123456789abcdef01234567", "data": [], "has_more": false })),
    }
}

#[test]
fn missing_routes_of_a_gateway_exit_11() {
    let (_listener, asst) = server(gateway);
    asst.run(["assistants", "list"]).ok();
    asst.run(["assistants", "get", "asst_1"]).code(11).says("Method Not Allowed");
    asst.run(["assistants", "update", "asst_1", "--name", "n"]).code(11);
    asst.run(["threads", "update", "thread_1", "--metadata", "a=b"]).code(11);
    asst.run(["threads", "delete", "thread_1"]).code(11);
    asst.run(["messages", "get", "thread_1", "msg_1"]).code(3).says("Not Found");
    asst.run(["threads", "create-and-run", "--assistant-id", "asst_1"]).code(11);
    asst.run(["files", "list", "--retries", "0"]).code(7);
    asst.run(["api", "POST", "/vector_stores"]).code(5).says("No connected db.");
    // The refused requests created nothing.
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

/// A server that fails instead of refusing, drops data that others keep, and confirms deletions of missing objects.
fn forgetful(request: &Request) -> Response {
    let (method, parts) = parts(request);
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match (method.as_str(), parts.as_slice()) {
        ("POST", ["assistants"]) if request.json()["instructions"].is_null() => Response::Cut,
        ("POST", ["threads", "runs"]) => Response::text(500, "invalid assistant_id"),
        ("DELETE", ["threads", _, "messages", _]) => Response::text(200, "null"),
        ("DELETE", ["threads", "thread_full"]) => Response::text(500, "violates foreign key constraint"),
        ("DELETE", [_, id]) => Response::json(200, &json!({ "id": id, "object": "assistant", "deleted": true })),
        ("GET", [_, _]) => Response::text(500, "no rows returned by a query that expected to return at least one row"),
        _ => Response::json(
            200,
            &json!({ "id": "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "object": "", "created_at": 1_700_000_000 }),
        ),
    }
}

#[test]
fn server_errors_in_place_of_refusals_are_reported() {
    let (_listener, asst) = server(forgetful);
    asst.run(["assistants", "create", "--model", "m", "--instructions", "i", "-o", "id"]).ok();
    asst.run(["assistants", "create", "--model", "m"]).code(10).says("stays open");
    asst.run(["threads", "create-and-run", "--assistant-id", "asst_1"]).code(10).says("invalid assistant_id");
    asst.run(["messages", "delete", "thread_1", "msg_1"]).code(1).says("did not confirm the deletion: null");
    asst.run(["threads", "delete", "thread_full", "--retries", "0"]).code(7).says("foreign key");
    asst.run(["threads", "delete", "thread_none"]).ok();
    asst.run(["threads", "get", "thread_none", "--retries", "0"]).code(7).says("no rows");
}

/// A server whose errors have nonstandard status codes and shapes.
fn particular(request: &Request) -> Response {
    let (method, parts) = parts(request);
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match (method.as_str(), parts.as_slice()) {
        _ if request.header("authorization") != Some("Bearer sk-test-0123456789") => {
            Response::json(403, &json!({ "detail": "Forbidden" }))
        }
        ("POST", ["assistants", _]) if request.json()["model"].is_null() => Response::json(
            422,
            &json!({ "detail": [{ "loc": ["body", "model"], "msg": "field required", "type": "missing" }] }),
        ),
        ("GET", ["files", _]) => Response::json(400, &json!({ "detail": "Invalid value: File 'file-1' not found" })),
        ("GET", ["assistants", _]) => Response::text(404, "").with("content-type", "text/plain"),
        ("DELETE", [_, id]) => Response::json(200, &json!({ "id": id, "deleted": false })),
        _ => Response::json(201, &json!({ "id": "asst_1", "created_at": 1_700_000_000_000_u64, "tools": null })),
    }
}

#[test]
fn nonstandard_status_codes_and_error_shapes_are_supported() {
    let (listener, asst) = server(particular);
    asst.run(["assistants", "update", "asst_1", "--name", "n"]).code(5).says("field required");
    asst.run(["assistants", "update", "asst_1", "--name", "n", "--model", "m"]).ok();
    asst.run(["files", "get", "file-1"]).code(5).says("not found");
    asst.run(["assistants", "get", "asst_1"]).code(3).says("not found");
    asst.run(["assistants", "get", "asst_1", "--ignore-not-found"]).ok();
    asst.run(["assistants", "delete", "asst_1"]).code(1).says("\"deleted\":false");
    let stranger = crate::support::test_env::Asst::new()
        .env("OPENAI_BASE_URL", listener.url())
        .env("OPENAI_API_KEY", "sk-other-key");
    let ran = stranger.run(["assistants", "list"]).code(4).says("Forbidden");
    assert!(!ran.text().contains("sk-other-key"));
}
