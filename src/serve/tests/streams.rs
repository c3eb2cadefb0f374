//! Tests of run streams (docs/protocol/streaming.md): order, deltas, and streams that end early.

mod followed;

use super::*;
use crate::api::objects::{Run, RunStatus};
use crate::http::sse::Parser;

/// The name and the data of an event. Data that is not JSON is kept as a string.
pub(super) type Event = (String, Value);

/// A response that is read event by event.
struct Reader {
    response: reqwest::Response,
    parser: Parser,
    events: Vec<Event>,
}

impl World {
    /// Sends a request with `stream` and returns the reader of the response.
    async fn open(&self, path: &str, mut body: Value) -> Reader {
        body["stream"] = true.into();
        let request = as_json(self.request(Method::POST, &format!("/v1{path}")), &body);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}: {}", response.text().await.unwrap());
        assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
        Reader { response, parser: Parser::default(), events: Vec::new() }
    }

    pub(super) async fn stream(&self, path: &str, body: Value) -> Vec<Event> {
        self.open(path, body).await.rest().await
    }

    /// Returns the body of a request that creates a thread with a message and runs an assistant on it.
    async fn run_body(&self, text: &str, options: Value) -> Value {
        let mut body = json!({
            "assistant_id": self.assistant().await,
            "thread": {"messages": [{"role": "user", "content": text}]},
        });
        body.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        body
    }

    /// Creates a thread and a run on it. Returns the events of its stream.
    async fn run_events(&self, text: &str, options: Value) -> Vec<Event> {
        self.stream("/threads/runs", self.run_body(text, options).await).await
    }
}

impl Reader {
    /// Waits for a keep-alive comment. Panics if nothing arrives in time.
    async fn comment(&mut self) {
        let alive = async {
            loop {
                let bytes = self.response.chunk().await.unwrap().unwrap();
                if bytes.starts_with(b": heartbeat\n") {
                    return;
                }
                self.parser.push(&bytes);
            }
        };
        tokio::time::timeout(Duration::from_secs(60), alive).await.unwrap();
    }

    /// Reads until an event with this name has arrived or the stream ends.
    async fn until(&mut self, name: &str) -> &Value {
        let more = async {
            while self.events.last().is_none_or(|(last, _)| last != name) {
                if let Some(event) = self.parser.next().unwrap() {
                    let data = serde_json::from_str(&event.data).unwrap_or_else(|_| event.data.clone().into());
                    self.events.push((event.name.unwrap().to_owned(), data));
                } else {
                    let Some(bytes) = self.response.chunk().await.unwrap() else { break };
                    self.parser.push(&bytes);
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(60), more).await.unwrap();
        &self.events.last().unwrap().1
    }

    async fn rest(mut self) -> Vec<Event> {
        self.until("").await;
        self.events
    }
}

/// Returns the names of the events, without the prefix `thread.`, in one text. Consecutive deltas count once.
fn event_names(events: &[Event]) -> String {
    let mut names: Vec<&str> = events.iter().map(|(name, _)| name.trim_start_matches("thread.")).collect();
    names.dedup_by(|next, last| next == last && next.ends_with("delta"));
    names.join(" ")
}

/// Returns the ID of each message with the text that its deltas form.
fn delta_texts(events: &[Event]) -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> = Vec::new();
    for (_, data) in events.iter().filter(|(name, _)| name == "thread.message.delta") {
        let part = &data["delta"]["content"][0];
        let (message, piece) = (id(data), part["text"]["value"].as_str().unwrap());
        let known = texts.iter_mut().find(|(known, _)| *known == message);
        assert_eq!(part["text"]["annotations"].is_array(), known.is_none(), "only the first delta has annotations");
        match known {
            Some((_, text)) => text.push_str(piece),
            None => texts.push((message, piece.to_owned())),
        }
    }
    texts
}

/// Returns the data of the event with this name, which must occur exactly once.
fn only_event<'a>(events: &'a [Event], name: &str) -> &'a Value {
    let mut found = events.iter().filter(|(known, _)| known == name);
    let (_, data) = found.next().unwrap_or_else(|| panic!("no {name} in {}", event_names(events)));
    assert!(found.next().is_none(), "one {name} in {}", event_names(events));
    data
}

const ANSWER: &str = "run.in_progress run.step.created run.step.in_progress message.created message.in_progress \
                      message.delta message.completed run.step.completed run.completed done";

#[tokio::test]
async fn a_message_is_streamed_in_the_documented_order() {
    let world = World::new();
    let events = world.run_events("one two\nthree", json!({})).await;
    assert_eq!(event_names(&events), format!("created run.created run.queued {ANSWER}"));
    assert_eq!(events.iter().filter(|(name, _)| name == "thread.message.delta").count(), 3, "word by word");
    let run = only_event(&events, "thread.run.completed");
    assert_eq!(run, &world.get(&path(run)).await);
    let (thread, message) = (only_event(&events, "thread.created"), only_event(&events, "thread.message.completed"));
    assert_eq!(thread, &world.get(&format!("/threads/{}", id(thread))).await);
    assert_eq!(message, &world.get(&format!("/threads/{}/messages/{}", id(thread), id(message))).await);
    assert_eq!(delta_texts(&events), [(id(message), text_of(message).to_owned())]);
    let step = only_event(&events, "thread.run.step.completed");
    assert_eq!(step, &world.get(&format!("{}/steps/{}", path(run), id(step))).await);
    let begun = only_event(&events, "thread.message.created");
    assert_eq!((&begun["content"], &begun["status"]), (&json!([]), &json!("in_progress")));
    assert_eq!((&begun["created_at"], &begun["completed_at"]), (&message["created_at"], &Value::Null));
    let begun = only_event(&events, "thread.run.step.created");
    assert_eq!(
        (&begun["status"], &begun["usage"], &begun["step_details"]),
        (&json!("in_progress"), &Value::Null, &step["step_details"])
    );
    for status in ["created", "queued", "in_progress"] {
        let beginning = only_event(&events, &format!("thread.run.{status}"));
        assert_eq!((&beginning["id"], beginning["expires_at"].is_number()), (&run["id"], true));
        assert_eq!(beginning["status"], if status == "created" { "queued" } else { status });
    }
    assert_eq!(events.last().unwrap().1, "[DONE]");

    let body =
        json!({"assistant_id": world.assistant().await, "additional_messages": [{"role": "user", "content": "again"}]});
    let again = world.stream(&format!("/threads/{}/runs", id(thread)), body).await;
    assert_eq!(event_names(&again), format!("run.created run.queued {ANSWER}"));
    world.end().await;
}

#[tokio::test]
async fn tool_calls_end_a_stream_and_their_outputs_begin_the_next() {
    let world = World::new();
    let events = world.run_events("call a {\"x\": 1}\nhello\ncall b", json!({})).await;
    let waits = "run.in_progress run.step.created run.step.in_progress run.step.delta run.requires_action done";
    assert_eq!(event_names(&events), format!("created run.created run.queued {waits}"));
    let run = only_event(&events, "thread.run.requires_action").clone();
    assert_eq!(run, world.get(&path(&run)).await);
    assert_eq!(
        only_event(&events, "thread.run.step.created")["step_details"],
        json!({"type": "tool_calls", "tool_calls": []})
    );
    let deltas: Vec<&Value> = (events.iter().filter(|(name, _)| name == "thread.run.step.delta"))
        .map(|(_, data)| &data["delta"]["step_details"]["tool_calls"][0])
        .collect();
    let calls = &run["required_action"]["submit_tool_outputs"]["tool_calls"];
    assert_eq!(
        deltas[0],
        &json!({"index": 0, "id": calls[0]["id"], "type": "function", "function": {"name": "a", "arguments": "", "output": null}})
    );
    assert_eq!(deltas[1], &json!({"index": 0, "type": "function", "function": {"arguments": "{\"x\": "}}));
    assert_eq!(deltas[3]["id"], calls[1]["id"]);

    let outputs = json!({"tool_outputs": [
        {"tool_call_id": calls[0]["id"], "output": "1"}, {"tool_call_id": calls[1]["id"], "output": "2"},
    ]});
    let then = world.stream(&format!("{}/submit_tool_outputs", path(&run)), outputs).await;
    let answer = ANSWER.replacen("run.step.completed", "STEP", 1);
    assert_eq!(
        event_names(&then).replace(" run.step.completed run.completed", " STEP run.completed"),
        format!("run.step.completed run.queued {answer}")
    );
    let (name, first) = &then[0];
    assert_eq!(
        (name.as_str(), &first["id"]),
        ("thread.run.step.completed", &only_event(&events, "thread.run.step.created")["id"])
    );
    assert_eq!(first["step_details"]["tool_calls"][1]["function"]["output"], "2");
    assert_eq!(only_event(&then, "thread.run.queued")["required_action"], Value::Null);
    assert_eq!(delta_texts(&then)[0].1, "hello\na: 1\nb: 2");
    world.end().await;
}

#[tokio::test]
async fn a_stream_ends_as_its_run_does() {
    let world = World::new();
    let beginning = "run.step.created run.step.in_progress message.created message.in_progress";
    let long = "word ".repeat(300);
    let table = [
        ("fail no luck", json!({}), "run.failed".to_owned()),
        (
            "hi there\nincomplete",
            json!({}),
            format!("{beginning} message.delta message.incomplete run.step.completed run.incomplete"),
        ),
        (
            &long,
            json!({"max_completion_tokens": 256}),
            format!("{beginning} message.delta message.incomplete run.step.completed run.incomplete"),
        ),
        (
            &long,
            json!({"max_prompt_tokens": 256}),
            format!("{beginning} message.delta message.incomplete run.step.completed run.incomplete"),
        ),
    ];
    for (text, options, rest) in table {
        let events = world.run_events(text, options).await;
        assert_eq!(event_names(&events), format!("created run.created run.queued run.in_progress {rest} done"));
        if let Some((_, message)) = events.iter().find(|(name, _)| name == "thread.message.incomplete") {
            assert_eq!(delta_texts(&events), [(id(message), text_of(message).to_owned())]);
            assert_eq!(message["incomplete_details"]["reason"], "max_tokens");
            let thread = message["thread_id"].as_str().unwrap();
            assert_eq!(message, &world.get(&format!("/threads/{thread}/messages/{}", id(message))).await);
        }
    }
    world.end().await;
}

#[tokio::test]
async fn a_run_that_is_cancelled_during_its_stream_keeps_the_sent_text() {
    let world = World::new();
    let text = format!("pace 30s\nsome {}", "words ".repeat(9));
    let mut reader = world.open("/threads/runs", world.run_body(&text, json!({})).await).await;
    let run = reader.until("thread.run.in_progress").await.clone();
    reader.until("thread.message.delta").await;
    world.post(&format!("{}/cancel", path(&run)), json!({})).await;
    let events = reader.rest().await;
    let beginning =
        "run.in_progress run.step.created run.step.in_progress message.created message.in_progress message.delta";
    let then = "run.cancelling message.incomplete run.step.cancelled run.cancelled done";
    assert_eq!(event_names(&events), format!("created run.created run.queued {beginning} {then}"));
    let message = only_event(&events, "thread.message.incomplete");
    assert_eq!((text_of(message), &message["incomplete_details"]["reason"]), ("some ", &json!("run_cancelled")));
    assert_eq!(delta_texts(&events)[0].1, "some ");
    let thread = run["thread_id"].as_str().unwrap();
    assert_eq!(message, &world.get(&format!("/threads/{thread}/messages/{}", id(message))).await);
    let step = only_event(&events, "thread.run.step.cancelled");
    assert_eq!(step, &world.get(&format!("{}/steps/{}", path(&run), id(step))).await);
    world.end().await;
}

#[tokio::test]
async fn a_run_that_expires_during_its_stream_sends_its_final_events() {
    let world = World::with(ServerSettings { run_life: Duration::from_secs(3), ..ServerSettings::default() });
    let events = world.run_events("pace 60s\nsome words", json!({})).await;
    let beginning =
        "run.in_progress run.step.created run.step.in_progress message.created message.in_progress message.delta";
    let then = "message.incomplete run.step.expired run.expired done";
    assert_eq!(event_names(&events), format!("created run.created run.queued {beginning} {then}"));
    let message = only_event(&events, "thread.message.incomplete");
    assert_eq!((text_of(message), &message["incomplete_details"]["reason"]), ("some ", &json!("run_expired")));
    let thread = message["thread_id"].as_str().unwrap();
    assert_eq!(message, &world.get(&format!("/threads/{thread}/messages/{}", id(message))).await);
    world.end().await;
}

#[tokio::test]
async fn a_run_continues_after_its_stream_is_closed() {
    let world = World::new();
    let mut reader =
        world.open("/threads/runs", world.run_body("pace 20ms\none two three four", json!({})).await).await;
    let run = reader.until("thread.run.in_progress").await.clone();
    reader.until("thread.message.delta").await;
    drop(reader);
    let done = world.wait_for_run(&run).await;
    assert_eq!(done["status"], "completed");
    let messages = world.list(&format!("/threads/{}/messages", run["thread_id"].as_str().unwrap())).await;
    assert_eq!(text_of(&messages[0]), "one two three four");
    world.end().await;
}

#[tokio::test]
async fn an_idle_stream_sends_heartbeats_and_does_not_delay_the_shutdown() {
    let world = World::with(ServerSettings { heartbeat: Duration::from_millis(10), ..ServerSettings::default() });
    let mut reader = world.open("/threads/runs", world.run_body("stuck", json!({})).await).await;
    reader.until("thread.run.in_progress").await;
    reader.comment().await;
    let began = std::time::Instant::now();
    let (events, ()) = tokio::join!(reader.rest(), world.end());
    assert_eq!(
        event_names(&events),
        "created run.created run.queued run.in_progress",
        "a run that has not ended has no final event"
    );
    assert!(began.elapsed() < ServerSettings::default().grace, "the shutdown waited for a closed stream");
}

#[tokio::test]
async fn the_status_of_a_streamed_run_comes_from_its_object() {
    let world = World::with(ServerSettings { heartbeat: Duration::from_millis(10), ..ServerSettings::default() });
    let mut reader = world.open("/threads/runs", world.run_body("stuck", json!({})).await).await;
    let run = reader.until("thread.run.in_progress").await.clone();
    let store = &world.server.state.store;
    // The status changes before the document. A reader between the two writes must not see the run as complete.
    let row = store.run(&id(&run)).await.unwrap().unwrap();
    store.commit(store::Batch::default().run_status(&row, RunStatus::Completed)).await.unwrap();
    reader.comment().await;
    let mut stored = store.load::<Run>(&row.thread, &id(&run)).await.unwrap().unwrap();
    stored.object.set_status(RunStatus::Completed);
    store.commit(store::Batch::default().replace(&stored)).await.unwrap();
    let events = reader.rest().await;
    assert_eq!(only_event(&events, "thread.run.completed")["status"], "completed");
    world.end().await;
}

#[tokio::test]
async fn deleting_a_thread_ends_the_streams_of_its_runs() {
    let world = World::new();
    let mut reader = world.open("/threads/runs", world.run_body("stuck", json!({})).await).await;
    let run = reader.until("thread.run.in_progress").await.clone();
    world.delete(&format!("/threads/{}", run["thread_id"].as_str().unwrap())).await;
    let events = reader.rest().await;
    assert_eq!(event_names(&events), "created run.created run.queued run.in_progress error done");
    assert_eq!(only_event(&events, "error")["message"], format!("No run found with id '{}'.", id(&run)));
    world.end().await;
}
