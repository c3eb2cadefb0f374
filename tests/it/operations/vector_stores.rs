//! `asst vector-stores`, `uploads` and `conversations`: requests, checks before a request, and output.

use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::Asst;
use serde_json::{Value, json};

fn offline() -> Asst {
    Asst::with_backend("http://127.0.0.1:1/v1")
}

/// Returns the first line of stderr of a command that is refused before it sends anything.
#[track_caller]
fn refused(args: &[&str]) -> String {
    let ran = offline().run(args.iter().copied()).code(2);
    ran.stderr.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn invalid_bodies_are_refused_before_a_request() {
    let attributes = |count: usize| -> Value { (0..count).map(|n| (n.to_string(), json!("v"))).collect() };
    let file = |attributes: Value| json!({ "file_id": "file-1", "attributes": attributes }).to_string();
    let create = ["vector-stores", "create"];
    let add = ["vector-stores", "files", "add", "vs_1"];
    let batch = ["vector-stores", "batches", "create", "vs_1"];
    let search = ["vector-stores", "search", "vs_1", "--query", "q"];
    let many = vec!["file-1"; 501].join(",");
    let items = vec![r#"{"role":"user","content":"hi"}"#; 21].join(",");
    let items = format!("[{items}]");
    let seventeen = file(attributes(17));
    let long = file(json!({ "k": "v".repeat(513) }));
    let list = file(json!({ "k": [1] }));
    let key = file(json!({ "k".repeat(65): "v" }));
    let table: Vec<(Vec<&str>, &str)> = vec![
        ([&create[..], &["--file-ids", &many]].concat(), "maximum length 500, but got an array with length 501"),
        ([&create[..], &["--expires-after", "366"]].concat(), "'expires_after.days': integer above maximum value"),
        ([&create[..], &["--expires-after", "0d"]].concat(), "'expires_after.days': integer below minimum value"),
        (
            [&create[..], &["--body", r#"{"expires_after":{"anchor":"created_at","seconds":3600}}"#]].concat(),
            "Invalid value: 'created_at'. Supported values are: 'last_active_at'.",
        ),
        ([&create[..], &["--chunking-strategy", "static:99,0"]].concat(), "max_chunk_size_tokens': integer below"),
        (
            [&create[..], &["--chunking-strategy", "static:800,401"]].concat(),
            "the overlap must be at most half of the chunk size 800, but got 401 instead.",
        ),
        ([&add[..], &["--body", &seventeen]].concat(), "at most 16 properties, but got an object with 17"),
        ([&add[..], &["--body", &long]].concat(), "maximum length 512, but got a string with length 513"),
        ([&add[..], &["--body", &list]].concat(), "expected a string or a decimal or a boolean, but got an array"),
        ([&add[..], &["--body", &key]].concat(), "maximum length 64, but got a property name with length 65"),
        (add.to_vec(), "Missing required parameter: 'file_id'."),
        (batch.to_vec(), "Missing required parameter: 'file_ids' or 'files'."),
        (
            [&batch[..], &["--body", r#"{"file_ids":["file-1"],"files":[{"file_id":"file-2"}]}"#]].concat(),
            "Mutually exclusive parameters: 'file_ids' and 'files'.",
        ),
        (
            [&batch[..], &["--files", r#"{"attributes":{}}"#]].concat(),
            "Missing required parameter: 'files[0].file_id'.",
        ),
        (search[..3].to_vec(), "Missing required parameter: 'query'."),
        ([&search[..], &["--filters", r#"{"type":"eq","key":"k"}"#]].concat(), "parameter: 'filters.value'."),
        (
            [&search[..], &["--filters", r#"{"type":"or","filters":[{"type":"and","filters":[{"type":"eq"}]}]}"#]]
                .concat(),
            "Missing required parameter: 'filters.filters[0].filters[0].key'.",
        ),
        (
            [&search[..], &["--filters", r#"{"type":"in","key":"k","value":[true]}"#]].concat(),
            "Invalid type for 'filters.value[0]': expected a string or a decimal, but got a boolean",
        ),
        ([&search[..], &["--max-num-results", "51"]].concat(), "'max_num_results': integer above maximum value"),
        ([&search[..], &["--ranking-options", r#"{"score_threshold":2}"#]].concat(), "ranking_options.score_threshold"),
        (vec!["uploads", "create", "--filename", "a"], "Missing required parameter: 'bytes'."),
        (vec!["uploads", "complete", "upload_1"], "Missing required parameter: 'part_ids'."),
        (vec!["conversations", "create", "--items", &items], "maximum length 20, but got an array with length 21"),
        (vec!["conversations", "items", "create", "conv_1"], "Missing required parameter: 'items'."),
        (vec!["vector-stores", "get", "vsfb_1"], "vsfb_1"),
        (vec!["vector-stores", "files", "get", "vs_1", "vs_2"], "vs_2"),
        (vec!["conversations", "items", "get", "thread_1", "msg_1"], "thread_1"),
    ];
    for (args, expected) in table {
        let found = refused(&args);
        assert!(found.contains(expected), "{args:?}: {found}");
    }
}

#[test]
fn ids_of_items_and_of_files_in_stores_may_have_other_prefixes() {
    for args in [
        &["conversations", "items", "get", "conv_1", "fc_1"][..],
        &["conversations", "items", "delete", "conv_1", "msg_1"],
        &["vector-stores", "files", "get", "vs_1", "file-1", "assistant-AbCdEfGhIjKlMnOpQrSt1234"],
    ] {
        offline().run([args, &["--dry-run"]].concat()).ok();
    }
}

#[test]
fn search_results_are_printed_and_more_results_are_announced() {
    let server = MockServer::new(|request, before| {
        // A search changes nothing, so it is repeated.
        if before == 0 {
            return Response::error(500, "broken", None);
        }
        assert_eq!(request.json(), json!({ "query": ["a", "b"], "max_num_results": 1 }));
        let content = json!([{ "type": "text", "text": "30 days" }]);
        let result =
            json!({ "file_id": "file-1", "filename": "hr.md", "score": 0.5, "attributes": {}, "content": content });
        let page = json!({ "object": "vector_store.search_results.page", "data": [result], "has_more": true });
        Response::json(200, &page)
    });
    let asst = Asst::with_backend(&server.url());
    let args = ["vector-stores", "search", "vs_1", "--query", "a", "--query", "b", "--max-num-results", "1"];
    let ran = asst.run(args).ok().says("the backend has more items than it returned");
    assert_eq!(ran.stdout, "file-1\thr.md\t0.5\t30 days\n");
    assert_eq!(asst.run([&args[..], &["-o", "id"]].concat()).ok().ids(), ["file-1"]);
    assert_eq!(server.lines(), ["POST /v1/vector_stores/vs_1/search"; 3]);
}

#[test]
fn a_response_without_items_is_an_error() {
    let server = MockServer::new(|_, _| Response::json(200, &json!({ "object": "error" })));
    let asst = Asst::with_backend(&server.url());
    asst.run(["vector-stores", "search", "vs_1", "--query", "a"]).code(1).says("no array `data`");
}

#[test]
fn the_text_of_a_file_is_printed_as_it_is() {
    let server = MockServer::new(|_, _| {
        let parts = json!([{ "type": "text", "text": "one" }, { "type": "text", "text": "two" }]);
        Response::json(200, &json!({ "object": "vector_store.file_content.page", "data": parts, "has_more": false }))
    });
    let asst = Asst::with_backend(&server.url());
    let args = ["vector-stores", "files", "content", "vs_1", "file-1"];
    assert_eq!(asst.run(args).ok().stdout, "one\ntwo\n");
    assert_eq!(asst.run([&args[..], &["-o", "json"]].concat()).ok().json()[1]["text"], "two");
}

#[test]
fn a_batch_keeps_its_id_if_the_backend_returns_that_of_the_store() {
    let server = MockServer::new(|request, _| {
        let id = if request.target.ends_with("vsfb_2") { "vs_2" } else { "vs_1" };
        Response::json(200, &json!({ "id": id, "object": "vector_store.file_batch", "status": "completed" }))
    });
    let asst = Asst::with_backend(&server.url());
    let get = asst.run(["vector-stores", "batches", "get", "vs_1", "vsfb_1", "-o", "json"]).ok().json();
    assert_eq!((&get["id"], &get["status"]), (&json!("vsfb_1"), &json!("completed")));
    let cancel = asst.run(["vector-stores", "batches", "cancel", "vs_1", "vsfb_1", "-o", "id"]).ok();
    assert_eq!(cancel.ids(), ["vsfb_1"]);
    let other = asst.run(["vector-stores", "batches", "get", "vs_1", "vsfb_2", "--retries", "0"]).code(7);
    assert!(other.stderr.contains("expected file_batch vsfb_2, got an object with the ID vs_2"), "{}", other.text());
}

#[test]
fn an_upload_part_is_sent_as_a_form() {
    let server = MockServer::new(|request, _| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        assert!(body.contains("name=\"data\"") && body.contains("\r\n\r\nbytes\r\n"), "{body}");
        Response::json(200, &json!({ "id": "part_1", "object": "upload.part", "upload_id": "upload_1" }))
    });
    let asst = Asst::with_backend(&server.url());
    asst.file("part.bin", "bytes");
    assert_eq!(asst.run(["uploads", "add-part", "upload_1", "part.bin", "-o", "id"]).ok().ids(), ["part_1"]);
}

#[test]
fn stores_uploads_and_conversations_are_recorded() {
    let server = MockServer::new(|request, before| {
        let id = match request.target.trim_start_matches("/v1/") {
            "vector_stores" => "vs_1",
            "conversations" => "conv_1",
            "uploads" => "upload_1",
            "uploads/upload_1/complete" => {
                let file = json!({ "id": "file-1", "object": "file", "filename": "a.txt" });
                return Response::json(200, &json!({ "id": "upload_1", "status": "completed", "file": file }));
            }
            _ => return Response::json(200, &json!({ "id": "conv_1", "object": "list", "data": [], "deleted": true })),
        };
        Response::json(200, &json!({ "id": id, "created_at": 1_700_000_000 + before }))
    });
    let asst = Asst::with_backend(&server.url());
    asst.run(["vector-stores", "create", "--name", "n"]).ok();
    asst.run(["conversations", "create"]).ok();
    asst.run(["uploads", "create", "--filename", "a.txt", "--bytes", "1", "--mime-type", "text/plain"]).ok();
    asst.run(["uploads", "complete", "upload_1", "--part-ids", "part_1"]).ok();
    // An added item is activity of its conversation, and creates no row.
    asst.run(["conversations", "items", "add", "conv_1", "--items", r#"{"role":"user","content":"hi"}"#]).ok();
    let rows = asst.run(["ledger", "list", "--state", "any", "-o", "json"]).ok().json();
    let mut rows: Vec<String> = (rows.as_array().unwrap().iter())
        .map(|row| format!("{} {} {} {}", row["kind"], row["id"], row["state"], row["source"]).replace('"', ""))
        .collect();
    rows.sort();
    assert_eq!(
        rows,
        [
            "conversation conv_1 live created",
            "file file-1 live created",
            "upload upload_1 deleted created",
            "vector_store vs_1 live created",
        ]
    );
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn removing_a_file_from_a_store_does_not_mark_the_file_as_deleted() {
    let server = MockServer::new(|request, _| match request.method.as_str() {
        "POST" => Response::json(200, &json!({ "id": "file-1", "object": "file" })),
        _ => Response::json(200, &json!({ "id": "file-1", "object": "vector_store.file.deleted", "deleted": true })),
    });
    let asst = Asst::with_backend(&server.url());
    asst.file("a.txt", "content");
    asst.run(["files", "upload", "a.txt"]).ok();
    asst.run(["vector-stores", "files", "detach", "vs_1", "file-1"]).ok();
    assert_eq!(asst.run(["ledger", "list", "-o", "json"]).ok().json()[0]["state"], "live");
}

#[test]
fn a_completed_upload_without_its_file_leaves_the_intent_open() {
    let server = MockServer::new(|_, _| Response::json(200, &json!({ "id": "upload_1", "file": null })));
    let asst = Asst::with_backend(&server.url());
    asst.run(["uploads", "complete", "upload_1", "--part-ids", "part_1"]).ok().says("stays open");
    asst.run(["ledger", "doctor", "--exit-code"]).code(9);
}
