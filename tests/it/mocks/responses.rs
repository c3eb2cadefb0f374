//! The embedded server behind a validating proxy, which reports every answer that the document does not allow. It
//! validates JSON only. Other tests cover the content of files.

use super::recorder::Recorder;
use super::validator::Validator;
use crate::contract::forms::forms;
use crate::contract::responses::{expiry, tour};
use crate::operations::main_job::main_job;
use crate::support::mock_server::{MockServer, Response};
use crate::support::operations::{OPERATIONS, members};
use crate::support::raw_http::call;
use crate::support::test_env::{Asst, Server};
use serde_json::json;

/// A user, an embedded server with these flags, and the validating proxy between them.
struct Watched {
    recorder: Recorder,
    asst: Asst,
    _judge: Validator,
    _server: Server,
}

fn watched(flags: &[&str]) -> Watched {
    let asst = Asst::new();
    let server = asst.serve(flags);
    let judge = Validator::of_answers(&server.url);
    let recorder = Recorder::before(&judge);
    let asst = asst.env("OPENAI_BASE_URL", recorder.url()).env("OPENAI_API_KEY", "any");
    Watched { recorder, asst, _judge: judge, _server: server }
}

#[test]
#[ignore = "needs two mock servers: tests/mocks/run"]
fn every_response_is_valid_by_the_proxy() {
    let watched = watched(&[]);
    tour(&watched.asst, &watched.recorder.url(), None);
    assert!(watched.recorder.satisfied() > OPERATIONS.len());
}

#[test]
#[ignore = "needs two mock servers: tests/mocks/run"]
fn an_expired_run_is_valid_by_the_proxy() {
    let watched = watched(&["--run-expiry", "2s"]);
    expiry(&watched.recorder.url(), None);
    assert!(watched.recorder.satisfied() > 5);
}

#[test]
#[ignore = "needs two mock servers: tests/mocks/run"]
fn the_main_job_and_its_errors_are_valid_by_the_proxy() {
    let watched = watched(&[]);
    let asst = &watched.asst;
    main_job(asst, &|args| asst.run(args.iter().copied()));
    watched.recorder.satisfied();
    let refused: Vec<u16> =
        watched.recorder.judged().iter().map(|one| one.status).filter(|status| *status != 200).collect();
    assert!(refused.contains(&400) && refused.contains(&404), "{refused:?}");
}

#[test]
#[ignore = "needs two mock servers: tests/mocks/run"]
fn responses_to_requests_of_every_form_are_valid_by_the_proxy() {
    let watched = watched(&[]);
    forms(&watched.recorder.url(), None);
    assert!(watched.recorder.satisfied() > 50);
}

#[test]
#[ignore = "needs two mock servers: tests/mocks/run"]
fn errors_have_the_envelope_of_the_document() {
    let watched = watched(&["--openai-compat"]);
    let many: String = "x".repeat(600);
    let mut otherwise = Vec::new();
    for (method, path, body, status) in [
        ("GET", "/assistants?limit=0", None, 400),
        ("GET", "/assistants?limit=101", None, 400),
        ("GET", "/assistants?limit=many", None, 400),
        ("GET", "/assistants?order=sideways", None, 400),
        ("GET", "/assistants?novelty=1", None, 400),
        ("GET", "/files?limit=10001", None, 400),
        ("GET", "/assistants/asst_000000000000000000000000", None, 404),
        ("GET", "/assistants/thread_00000000000000000000000", None, 400),
        ("DELETE", "/threads/thread_000000000000000000000000", None, 404),
        ("DELETE", "/files/file-000000000000000000000000", None, 404),
        ("GET", "/files/file-000000000000000000000000/content", None, 404),
        ("GET", "/threads/thread_000000000000000000000000/messages", None, 404),
        ("POST", "/threads/thread_000000000000000000000000/runs/run_1/cancel", None, 404),
        ("POST", "/assistants", None, 400),
        ("POST", "/assistants", Some(json!([])), 400),
        ("POST", "/assistants", Some(json!({ "name": "n" })), 400),
        ("POST", "/assistants", Some(json!({ "model": "echo", "novelty": 1 })), 400),
        ("POST", "/assistants", Some(json!({ "model": "echo", "temperature": 3 })), 400),
        ("POST", "/assistants", Some(json!({ "model": "echo", "metadata": { "k": many } })), 400),
        ("POST", "/assistants", Some(json!({ "model": "echo", "tools": [{ "type": "retrieval" }] })), 400),
        ("POST", "/threads", Some(json!({ "messages": [{ "role": "novelty", "content": "x" }] })), 400),
        ("POST", "/threads/runs", Some(json!({ "assistant_id": "asst_000000000000000000000000" })), 404),
        ("POST", "/files", Some(json!({ "purpose": "assistants" })), 400),
    ] {
        let (told, answer) = call(&watched.recorder.url(), method, path, body.as_ref()).unwrap();
        if told != status {
            otherwise.push(format!("{method} {path} {body:?}: {told} {}", String::from_utf8_lossy(&answer)));
        }
    }
    assert_eq!(otherwise, Vec::<String>::new());
    assert_eq!(watched.recorder.satisfied(), 23);
}

#[test]
#[ignore = "needs two mock servers: tests/mocks/run"]
fn the_proxy_reports_invalid_responses() {
    // Invalid answers: an object whose only member is a numeric ID, and an error without its envelope.
    let listener = MockServer::new(|request, _| match request.target.contains("refused") {
        true => Response::json(404, &json!({ "message": "no" })),
        false => Response::json(200, &json!({ "id": 1 })),
    });
    let judge = Validator::of_answers(&listener.url());
    let recorder = Recorder::before(&judge);
    let document = members();
    let mut expected = 0;
    const FORMS: [&str; 3] = ["downloadFile", "createFile", "addUploadPart"];
    for (name, ..) in OPERATIONS.into_iter().filter(|(name, ..)| !FORMS.contains(name)) {
        let path = document[name]["path"].as_str().unwrap();
        let body = document[name]["body"].is_object().then(|| json!({}));
        call(&recorder.url(), document[name]["method"].as_str().unwrap(), path, body.as_ref()).unwrap();
        expected += 1;
        let judged = recorder.judged();
        assert_eq!(judged.len(), expected, "{name:?}");
        assert_ne!(judged[expected - 1].complaints, Vec::<String>::new(), "{name}");
    }
    call(&recorder.url(), "GET", "/threads/refused", None).unwrap();
    assert_ne!(recorder.judged()[expected].complaints, Vec::<String>::new());
}
