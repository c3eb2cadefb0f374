//! Hostile JSON in requests to the embedded server. The server survives, and every object that it accepts can be read
//! in every envelope.

use super::{NUMBER, RAW, disguised, function, nested};
use crate::support::raw_http::call;
use crate::support::test_env::{Asst, Server, eventually};
use serde_json::{Value, json};

fn setup() -> (Server, Asst) {
    let asst = Asst::new();
    let server = asst.serve(&[]);
    let asst = asst.env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
    (server, asst)
}

fn post(server: &Server, path: &str, body: &Value) -> (u16, Value) {
    let (status, answer) = call(&server.url, "POST", path, Some(body)).unwrap();
    (status, asst::json::read(answer).unwrap())
}

#[test]
fn an_accepted_object_can_be_read_in_every_envelope() {
    let (server, asst) = setup();
    let levels = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    // The deepest value that is accepted, and objects that serde could mistake for its own markers.
    let deepest: Value = asst::json::read(levels(100 - 5)).unwrap();
    let mut made = 0;
    for inside in [disguised(), vec![nested(60, 10), deepest]].concat() {
        let (status, assistant) =
            post(&server, "/assistants", &json!({ "model": "echo", "tools": [function(&inside)] }));
        assert_eq!(status, 200, "{assistant}");
        assert_eq!(assistant["tools"][0]["function"]["parameters"]["x"].to_string(), inside.to_string(), "{inside:?}");
        made += 1;
        let id = assistant["id"].as_str().unwrap();
        let (status, changed) = post(&server, &format!("/assistants/{id}"), &json!({ "name": "n" }));
        assert_eq!((status, changed["tools"].to_string()), (200, assistant["tools"].to_string()), "{inside:?}");
        asst.run(["assistants", "get", id, "-o", "json"]).ok();
        let thread = asst.run(["threads", "create", "-o", "id"]).ok().id();
        asst.run(["messages", "create", &thread, "--content", "hi"]).ok();
        asst.run(["runs", "create", &thread, "--assistant-id", id, "--stream", "-o", "jsonl"]).ok();
        eventually("the run", || {
            let runs = asst.run(["runs", "list", &thread, "-o", "json"]).ok().json();
            (runs[0]["status"] == "completed").then_some(())
        });
        asst.run(["threads", "delete", &thread]).ok();
    }
    assert_eq!(asst.run(["assistants", "list", "-o", "id"]).ok().ids().len(), made);
    let refused = asst::json::read(levels(100 - 4)).unwrap();
    let (status, error) = post(&server, "/assistants", &json!({ "model": "echo", "tools": [function(&refused)] }));
    assert_eq!(status, 400);
    assert!(error["error"]["message"].as_str().unwrap().contains("at most 100 levels"), "{error}");
}

#[test]
fn no_member_of_a_request_crashes_the_server() {
    let (server, asst) = setup();
    let assistant = asst.run(["assistants", "create", "--model", "echo", "-o", "id"]).ok().id();
    let thread = asst.run(["threads", "create", "-o", "id"]).ok().id();
    let metadata = json!({ RAW: "[[", NUMBER: "1" });
    let (status, made) = post(&server, "/threads", &json!({ "metadata": metadata }));
    assert_eq!((status, made["metadata"].to_string()), (200, metadata.to_string()));
    for inside in [disguised(), vec![nested(60, 10), nested(120, 10)]].concat() {
        let bodies = [
            ("/assistants".to_owned(), json!({ "model": inside })),
            ("/assistants".to_owned(), inside.clone()),
            ("/assistants".to_owned(), json!({ "model": "m", "response_format": inside })),
            (format!("/assistants/{assistant}"), json!({ "tool_resources": inside, "metadata": inside })),
            (format!("/assistants/{assistant}"), json!({ "tools": [inside] })),
            ("/threads".to_owned(), json!({ "messages": [{ "role": "user", "content": inside }] })),
            (format!("/threads/{thread}"), json!({ "metadata": { "k": inside } })),
            (format!("/threads/{thread}/messages"), json!({ "role": "user", "content": [inside] })),
            (format!("/threads/{thread}/runs"), json!({ "assistant_id": assistant, "tool_choice": inside })),
            ("/threads/runs".to_owned(), json!({ "assistant_id": assistant, "thread": inside })),
        ];
        for (path, body) in bodies {
            let (status, answer) = post(&server, &path, &body);
            assert!((400..500).contains(&status), "{path} {body}: {status} {answer}");
        }
    }
    let query = format!("/assistants?{}=1&limit={}", RAW.replace('$', "%24"), "%7B%22%24serde_json%22");
    assert_eq!(call(&server.url, "GET", &query, None).unwrap().0, 400);
    asst.run(["assistants", "list"]).ok();
}
