//! The events of the embedded server's streams, validated against the schemas of the document.

use super::document::{Contract, Publisher};
use crate::serve::{Reader, ask, path, with_thread};
use crate::support::test_env::Asst;
use serde_json::json;

#[test]
fn events_are_valid_by_the_document() {
    let contract = Contract::read(Publisher::OpenAi);
    let asst = Asst::new();
    let server = asst.serve(&["--run-expiry", "5s"]);
    let mut met = std::collections::BTreeSet::new();
    let mut hold = |events: Vec<(String, serde_json::Value)>| {
        for (name, data) in events.iter().filter(|(name, _)| name != "done") {
            contract.event(name, data);
            met.insert(name.clone());
        }
        events
    };
    let open = |message: &str| Reader::open(&server.url, "/threads/runs", with_thread(&server.url, message));
    for message in ["one two", "fail no luck", "half\nincomplete", "pace 60s\none two"] {
        hold(open(message).rest());
    }
    let mut reader = open("pace 60s\none two");
    let run = reader.until("thread.run.in_progress").clone();
    reader.until("thread.message.delta");
    ask(&server.url, "POST", &format!("{}/cancel", path(&run)), None);
    hold(reader.rest());
    let events = hold(open("call look {\"at\": \"it\"}").rest());
    let run = &events[events.len() - 2].1;
    let call = &run["required_action"]["submit_tool_outputs"]["tool_calls"][0]["id"];
    let outputs = json!({"tool_outputs": [{"tool_call_id": call, "output": "a hill"}]});
    hold(Reader::open(&server.url, &format!("{}/submit_tool_outputs", path(run)), outputs).rest());
    // A search, its citation, and the passages.
    asst.file("handbook.md", "Everybody has 28 days of leave.");
    let mut upload = asst.command(["files", "upload", "handbook.md", "-o", "id"]);
    upload.env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
    let file = asst.ran(upload.output().unwrap()).ok().id();
    let tools = json!([{"type": "file_search"}]);
    let assistant = ask(&server.url, "POST", "/assistants", Some(json!({"model": "echo", "tools": tools})));
    let messages = json!([{"role": "user", "content": "leave", "attachments": [{"file_id": file, "tools": tools}]}]);
    let thread = ask(&server.url, "POST", "/threads", Some(json!({"messages": messages})));
    let include = "include%5B%5D=step_details.tool_calls%5B*%5D.file_search.results%5B*%5D.content";
    let runs = format!("/threads/{}/runs?{include}", thread["id"].as_str().unwrap());
    let events = hold(Reader::open(&server.url, &runs, json!({"assistant_id": assistant["id"]})).rest());
    let message = &events.iter().find(|(name, _)| name == "thread.message.completed").unwrap().1;
    assert_eq!(message["content"][0]["text"]["annotations"][0]["file_citation"]["file_id"], json!(file));
    // Only a failed step is missing: its round is repeated.
    let expected = ["created"].into_iter().map(|name| format!("thread.{name}")).chain(
        [
            "created",
            "queued",
            "in_progress",
            "requires_action",
            "completed",
            "incomplete",
            "failed",
            "cancelling",
            "cancelled",
            "expired",
        ]
        .map(|status| format!("thread.run.{status}")),
    );
    let expected = expected
        .chain(
            ["created", "in_progress", "delta", "completed", "cancelled", "expired"]
                .map(|what| format!("thread.run.step.{what}")),
        )
        .chain(
            ["created", "in_progress", "delta", "completed", "incomplete"].map(|what| format!("thread.message.{what}")),
        );
    assert_eq!(met, expected.collect());
}
