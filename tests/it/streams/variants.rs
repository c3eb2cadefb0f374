//! Servers whose streams deviate from the protocol (docs/protocol/servers.md#what-a-client-must-tolerate).

use super::*;
use crate::support::mock_server::MockServer;
use crate::support::test_env::Asst;

fn run_on(stream: String, flags: &[&str]) -> crate::support::test_env::Ran {
    let listener = MockServer::new(move |_, _| streamed(&stream, 11));
    Asst::with_backend(&listener.url()).run([&CREATE[..], flags].concat())
}

#[test]
fn event_names_may_be_in_the_json_or_missing() {
    let enveloped: String =
        story().iter().map(|(name, data)| format!("data: {}\n\n", json!({"data": data, "event": name}))).collect();
    assert_eq!(run_on(enveloped.clone(), &["--stream"]).ok().stdout, SAID);
    let lines = run_on(enveloped, &["--stream", "-o", "jsonl"]).ok().stdout;
    assert!(lines.starts_with("{\"event\":\"thread.run.created\",\"data\":{\"id\":\"run_1\""), "{lines}");
    let bare: String = story().iter().map(|(_, data)| format!("data: {data}\n\n")).collect();
    assert_eq!(run_on(bare, &["--stream"]).ok().stdout, SAID);
}

#[test]
fn a_stream_may_end_without_done_after_the_run_ended() {
    let ran = run_on(text(&story()), &["--stream"]).ok();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (SAID, ""));
    // The last empty line may be missing, too.
    let text = text(&story());
    assert_eq!(run_on(text.trim_end().to_owned(), &["--stream"]).ok().stdout, SAID);
}

#[test]
fn deltas_may_come_before_the_message_and_nulls_are_ignored() {
    let null = json!({"id": "msg_1", "delta": {"role": null, "content": [
        {"index": 0, "type": "text", "text": {"value": "hi", "annotations": null}}
    ]}});
    let mut begun = created("msg_1").1;
    begun["content"] = json!([{"type": "text", "text": {"value": "", "annotations": []}}]);
    let events = [
        ("thread.run.created", run("queued")),
        ("thread.message.delta", null),
        ("thread.message.created", begun),
        delta("msg_1", " there"),
        ("thread.run.completed", run("completed")),
    ];
    assert_eq!(run_on(text(&events), &["--stream"]).ok().stdout, "hi there\n");
}

#[test]
fn a_message_without_deltas_is_shown() {
    let events = [
        ("thread.run.created", run("queued")),
        ("thread.message.completed", message("msg_1", "at once", &json!([]))),
        ("thread.run.completed", run("completed")),
    ];
    assert_eq!(run_on(text(&events), &["--stream"]).ok().stdout, "at once\n");
}

#[test]
fn a_run_without_its_thread_id_is_found() {
    let listener = MockServer::new(move |request, _| match request.method.as_str() {
        "POST" if request.json()["stream"] == true => {
            streamed("data: {\"id\":\"run_1\",\"object\":\"thread.run\",\"status\":\"queued\"}\n\n", 9)
        }
        "POST" => Response::json(200, &json!({"id": "run_1", "status": "queued"})),
        _ if lists_messages(request) => list(&[message("msg_1", "polled", &json!([]))]),
        _ => Response::json(200, &json!({"id": "run_1", "status": "completed"})),
    });
    for way in ["--stream", "--wait"] {
        let ran = Asst::with_backend(&listener.url()).run([&CREATE[..], &[way]].concat()).ok();
        assert_eq!(ran.stdout, "polled\n", "{way:?}");
    }
    assert!(listener.lines().contains(&"GET /v1/threads/thread_1/runs/run_1".to_owned()));
}

#[test]
fn a_response_that_is_not_a_stream_is_polled() {
    for status in ["queued", "completed"] {
        let listener = MockServer::new(move |request, _| match request.method.as_str() {
            "POST" => Response::json(201, &run(status)),
            _ if lists_messages(request) => list(&[message("msg_1", "polled", &json!([]))]),
            _ => Response::json(200, &run("completed")),
        });
        let ran = Asst::with_backend(&listener.url()).run([&CREATE[..], &["--stream"]].concat()).ok();
        assert_eq!(ran.stdout, "polled\n", "{status:?}");
        ran.says("note: the backend does not stream this response; polling the run instead");
    }
}

#[test]
fn a_stream_that_stays_open_after_the_run_ended_is_closed() {
    let listener = MockServer::new(|_, _| hanging(&text(&story())));
    let ran = Asst::with_backend(&listener.url()).run([&CREATE[..], &["--stream"]].concat()).ok();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (SAID, ""));
}

#[test]
fn a_run_without_an_id_leaves_the_outcome_unknown() {
    let bare = [("thread.run.created", json!({"status": "queued"})), delta("msg_1", "hi")];
    let listener = MockServer::new(move |_, _| streamed(&text(&bare), 11));
    let asst = Asst::with_backend(&listener.url());
    asst.run([&CREATE[..], &["--stream"]].concat()).code(10).says("the stream ended before an event contained the run");
    asst.run(["ledger", "doctor", "--exit-code"]).code(9);
}

#[test]
fn a_run_id_that_is_invalid_in_a_path_is_an_error() {
    let mut odd = run("queued");
    odd["id"] = json!("../run");
    let listener = MockServer::new(move |_, _| streamed(&text(&[("thread.run.created", odd.clone())]), 11));
    let ran = Asst::with_backend(&listener.url()).run([&CREATE[..], &["--stream"]].concat()).code(1);
    ran.says("`../run` is not an ID");
    assert_eq!(listener.lines().len(), 1);
}

#[test]
fn keepalive_events_are_ignored() {
    let forms = [
        ": quiet\n",
        ": quiet\n\n",
        "event: keepalive\ndata:\n\n",
        "event: keepalive\ndata: \n\n",
        "event: keepalive\n\n",
        "event: ping\ndata: {}\n\n",
    ];
    for quiet in forms {
        let events = story();
        let stream: String =
            events.iter().map(|event| format!("{quiet}{}", text(std::slice::from_ref(event)))).collect();
        let stream = stream + quiet;
        assert_eq!(run_on(stream.clone(), &["--stream"]).ok().stdout, SAID, "{quiet:?}");
        let lines = run_on(stream, &["--stream", "-o", "jsonl"]).ok().stdout;
        let read = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("{quiet:?}: {line}")));
        let of_the_run = read.filter(|line| line["event"].as_str().is_some_and(|name| name.starts_with("thread.")));
        assert_eq!(of_the_run.count(), events.len(), "{quiet:?}");
    }
}
