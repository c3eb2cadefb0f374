//! `asst serve --embed` as a process: its flags, and endpoints that fail in different ways.

use crate::support::mock_server::{MockServer, Request, Response};
use crate::support::test_env::Asst;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// Returns embeddings that separate texts on vehicles from all other texts.
fn vectors(request: &Request) -> Response {
    let input = request.json()["input"].as_array().cloned().unwrap_or_default();
    let vector = |text: &Value| {
        let text = text.as_str().unwrap_or_default().to_lowercase();
        let is_vehicle = ["car", "automobile", "vehicle"].iter().any(|word| text.contains(word));
        if is_vehicle { [1.0, 0.1] } else { [0.1, 1.0] }
    };
    let data: Vec<Value> =
        input.iter().enumerate().map(|(n, text)| json!({ "index": n, "embedding": vector(text) })).collect();
    Response::json(200, &json!({ "object": "list", "data": data }))
}

/// Adds two files to a new vector store of a server, and returns its ID and the status of its last file.
fn indexed(asst: &Asst, url: &str) -> (String, Value) {
    let run = |args: &[&str]| {
        let mut command = asst.command(args);
        asst.ran(command.env("OPENAI_BASE_URL", url).env("OPENAI_API_KEY", "any").output().unwrap())
    };
    let store = run(&["vector-stores", "create", "--name", "s", "-o", "id"]).ok().id();
    let mut last = Value::Null;
    for (name, text) in [("a.md", "The automobile is parked."), ("b.md", "Pay day is Friday.")] {
        asst.file(name, text);
        let file = run(&["files", "upload", name, "-o", "id"]).ok().id();
        run(&["vector-stores", "files", "create", &store, "--file-id", &file, "--wait", "-o", "json"]);
        last = run(&["vector-stores", "files", "get", &store, &file, "-o", "json"]).ok().json();
    }
    (store, last)
}

/// Searches, and returns the names of the files that were found.
fn found(asst: &Asst, url: &str, store: &str, more: &[&str]) -> Vec<String> {
    let mut command = asst.command([&["vector-stores", "search", store, "-o", "json"], more].concat());
    let ran = asst.ran(command.env("OPENAI_BASE_URL", url).env("OPENAI_API_KEY", "any").output().unwrap()).ok();
    let found = ran.json().as_array().unwrap().clone();
    found.iter().map(|hit| hit["filename"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn wrong_values_of_the_flags_are_refused_before_the_server_listens() {
    let asst = Asst::new();
    for (args, expected) in [
        (&["--embed", "https://example.test/v1"][..], "--embed: expected openai:URL, got `https://example.test/v1`"),
        (&["--embed", "openai:"], "--embed: "),
        (&["--embed", "openai:ftp://example.test"], "--embed: "),
        (
            &["--embed", "openai:http://127.0.0.1:1/v1", "--embed-key-env", "NO_SUCH_KEY"],
            "the variable NO_SUCH_KEY is not set",
        ),
        (&["--embed", "openai:http://127.0.0.1:1/v1", "--embed-timeout", "soon"], "--embed-timeout"),
        (&["--embed-model", "m"], "--embed"),
    ] {
        let ran = asst.run([&["serve", "--listen", "127.0.0.1:0"], args].concat()).code(2);
        assert!(ran.stderr.contains(expected) && !ran.stderr.contains("listening"), "{args:?}: {}", ran.text());
    }
}

#[test]
fn the_key_is_sent_and_a_passage_is_found_by_its_meaning() {
    let endpoint = MockServer::new(|request, _| vectors(request));
    let asst = Asst::new().env("EMBED_KEY", "sk-embed-0123456789");
    let url = format!("openai:{}", endpoint.url());
    let server = asst.serve(&["--embed", &url, "--embed-key-env", "EMBED_KEY", "--embed-model", "small"]);
    let (store, last) = indexed(&asst, &server.url);
    assert_eq!(last["status"], "completed", "{last}");
    let search = |more: &[&str]| found(&asst, &server.url, &store, &[&["--query", "vehicle"], more].concat());
    assert_eq!(search(&[])[0], "a.md");
    let weights = |text: &str| search(&["--ranking-options", text]);
    let only_words = r#"{"hybrid_search":{"embedding_weight":0,"text_weight":1}}"#;
    assert_eq!(weights(only_words), [""; 0], "no passage has the word");
    let only_meaning = r#"{"hybrid_search":{"embedding_weight":1,"text_weight":0}}"#;
    assert_eq!(weights(only_meaning)[0], "a.md");
    for request in endpoint.requests() {
        assert_eq!(request.header("authorization"), Some("Bearer sk-embed-0123456789"));
        assert_eq!(request.json()["model"], "small");
    }
}

#[test]
fn a_file_fails_and_a_search_falls_back_if_the_endpoint_answers_garbage_or_is_not_there() {
    let garbage = MockServer::new(|_, _| Response::text(200, "<html>It works</html>"));
    let wrong = MockServer::new(|_, _| Response::error(404, "no such page", None));
    for (url, reason) in [
        (garbage.url(), "expected embeddings"),
        (wrong.url(), "status 404"),
        ("http://127.0.0.1:1/v1".to_owned(), "127.0.0.1:1"),
    ] {
        let asst = Asst::new();
        let server = asst.serve(&["--embed", &format!("openai:{url}")]);
        let (store, last) = indexed(&asst, &server.url);
        assert_eq!((&last["status"], &last["last_error"]["code"]), (&"failed".into(), &"server_error".into()), "{url}");
        server.says(reason);
        assert_eq!(found(&asst, &server.url, &store, &["--query", "automobile"]), [""; 0], "{url}");
        server.says("the search uses words only");
    }
}

#[test]
fn a_search_uses_words_after_the_time_limit_of_the_endpoint() {
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    let endpoint = MockServer::new(move |request, _| {
        let mut count = count.lock().unwrap();
        *count += 1;
        if *count > 2 { Response::Stall } else { vectors(request) }
    });
    let asst = Asst::new();
    let url = format!("openai:{}", endpoint.url());
    let server = asst.serve(&["--embed", &url, "--embed-timeout", "1s"]);
    let (store, last) = indexed(&asst, &server.url);
    assert_eq!(last["status"], "completed", "{last}");
    assert_eq!(found(&asst, &server.url, &store, &["--query", "automobile vehicle"]), ["a.md"]);
    server.says("the search uses words only");
}

#[test]
fn weights_without_embeddings_have_no_effect_and_wrong_ones_are_refused() {
    let asst = Asst::new();
    let server = asst.serve(&[]);
    let (store, _) = indexed(&asst, &server.url);
    for weights in
        ["null", r#"{"embedding_weight":1,"text_weight":0}"#, r#"{"embedding_weight":0.2,"text_weight":0.8}"#]
    {
        let options = format!("{{\"hybrid_search\":{weights}}}");
        let more = ["--query", "automobile", "--ranking-options", &options];
        assert_eq!(found(&asst, &server.url, &store, &more), ["a.md"], "{weights}");
    }
    for (weights, code) in [
        (r#"{"embedding_weight":0,"text_weight":0}"#, 5),
        (r#"{"embedding_weight":-1,"text_weight":1}"#, 5),
        (r#"{"embedding_weight":1}"#, 2),
        ("7", 2),
    ] {
        let options = format!("{{\"hybrid_search\":{weights}}}");
        let args = ["vector-stores", "search", &store, "--query", "automobile", "--ranking-options", &options];
        let mut command = asst.command(args);
        let ran = asst.ran(command.env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any").output().unwrap());
        ran.code(code).says("ranking_options.hybrid_search");
    }
}
