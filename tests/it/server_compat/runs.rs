//! Line 6 of the list (see `mod.rs`). Runs that complete at once, that never start, or that have nulls in the place of
//! objects.

use super::server;
use crate::support::mock_server::Response;
use serde_json::{Value, json};

fn run(status: &str, more: Value) -> Value {
    let mut run = json!({ "id": "run_1", "object": "thread.run", "thread_id": "thread_1", "assistant_id": "asst_1", "status": status });
    if let (Value::Object(run), Value::Object(more)) = (&mut run, more) {
        run.extend(more);
    }
    run
}

#[test]
fn a_created_run_may_have_any_status() {
    for status in ["queued", "completed", "requires_action", "failed", "a_state_of_tomorrow", ""] {
        let body = run(status, json!({}));
        let (_listener, asst) = server(move |_| Response::json(201, &body));
        let ran = asst.run(["runs", "create", "thread_1", "--assistant-id", "asst_1", "--columns", "id,status"]).ok();
        assert_eq!(ran.stdout, format!("run_1\t{status}\n"), "{status:?}");
        asst.run(["ledger", "doctor", "--exit-code"]).ok();
    }
}

#[test]
fn a_run_with_nulls_in_all_members_is_accepted() {
    let nothing = json!({
        "assistant_id": null, "thread_id": null, "started_at": null, "expires_at": null, "usage": null, "tools": null,
        "required_action": null, "last_error": null, "metadata": null, "instructions": null, "model": null,
    });
    let hollow = [
        run("queued", nothing),
        run("requires_action", json!({ "required_action": null })),
        run("requires_action", json!({ "required_action": { "type": null, "submit_tool_outputs": null } })),
        run("requires_action", json!({ "required_action": { "submit_tool_outputs": { "tool_calls": null } } })),
        run("failed", json!({ "last_error": {} })),
        json!({ "id": "run_1", "status": null }),
        json!({ "id": "run_1", "assistant_id": "00000000-0000-0000-0000-000000000000", "status": "queued" }),
    ];
    for body in hollow {
        let answer = body.clone();
        let (_listener, asst) = server(move |request| match request.target.contains("limit=") {
            true => Response::json(200, &json!({ "data": [answer], "has_more": false })),
            false => Response::json(200, &answer),
        });
        asst.run(["runs", "create", "thread_1", "--assistant-id", "asst_1"]).ok();
        asst.run(["threads", "create-and-run", "--assistant-id", "asst_1"]).ok();
        asst.run(["runs", "list", "thread_1"]).ok();
        asst.run(["runs", "cancel", "thread_1", "run_1"]).ok();
        assert_eq!(asst.run(["runs", "get", "thread_1", "run_1", "-o", "json"]).ok().json(), body, "{body:?}");
        asst.run(["ledger", "list"]).ok();
        asst.run(["threads", "list"]).ok();
    }
}

#[test]
fn a_run_that_stays_queued_is_shown_as_queued() {
    let (_listener, asst) = server(|_| Response::json(200, &run("queued", json!({}))));
    for _ in 0..3 {
        assert_eq!(asst.run(["runs", "get", "thread_1", "run_1", "--jq", ".status"]).ok().stdout, "queued\n");
    }
}

#[test]
fn steps_of_unknown_types_are_listed() {
    let steps = json!({ "data": [
        { "id": "step_1", "type": "tool_calls", "step_details": { "tool_calls": [{ "type": "browser", "browser": {} }] } },
        { "id": "step_2", "type": null, "step_details": null, "usage": null },
        { "id": "step_3" },
    ], "has_more": false });
    let (_listener, asst) = server(move |_| Response::json(200, &steps));
    assert_eq!(asst.run(["steps", "list", "thread_1", "run_1"]).ok().ids(), ["step_1", "step_2", "step_3"]);
}
