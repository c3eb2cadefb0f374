//! `asst ledger verify` requests the objects of the ledger from the backend (docs/design/bulk.md).

use crate::support::mock_server::{MockServer, Response, mint};
use crate::support::test_env::{Asst, served};
use serde_json::json;

#[test]
fn verify_marks_existing_objects_live_and_missing_ones_gone() {
    let (server, asst) = served(&[]);
    let kept = asst.run(["threads", "create"]).ok().id();
    let lost = asst.run(["threads", "create"]).ok().id();
    let bot = asst.run(["assistants", "create", "--model", "echo"]).ok().id();
    asst.run(["runs", "create", &kept, "--assistant-id", &bot]).ok();
    // Deletes the thread outside of the ledger.
    crate::support::raw_http::call(&server.url, "DELETE", &format!("/threads/{lost}"), None).unwrap();
    let ran = asst.run(["ledger", "verify", "--exit-code"]).code(9).says("3 live, 1 gone, 0 unknown");
    assert_eq!(ran.stdout.lines().count(), 4);
    assert_eq!(asst.run(["threads", "list", "--state", "gone"]).ok().ids(), [lost]);
    asst.run(["ledger", "verify", "--exit-code", "--kind", "thread"]).ok().says("1 live, 0 gone, 0 unknown");
}

/// Returns a backend that answers 404 without a message for every ID that the function rejects.
fn forgetful(knows: impl Fn(&str) -> bool + Send + Sync + 'static) -> (MockServer, Asst) {
    let listener = MockServer::new(move |request, before| {
        let id = request.target.rsplit('/').next().unwrap_or_default().to_owned();
        match request.method.as_str() {
            "GET" if !knows(&id) => Response::error(404, "", None),
            _ => mint(request, before),
        }
    });
    let asst = Asst::with_backend(&listener.url());
    (listener, asst)
}

#[test]
fn verify_stops_at_a_backend_that_has_none_of_the_objects() {
    let (listener, asst) = forgetful(|_| false);
    let ids: Vec<String> = (0..12).map(|_| asst.run(["threads", "create"]).ok().id()).collect();
    let requests = listener.lines().len();
    let ran = asst.run(["ledger", "verify"]).code(1).says("this may be the wrong backend");
    assert_eq!(ran.stdout.lines().count(), 10, "{}", ran.text());
    assert!(listener.lines().len() - requests <= 10 + 16, "it went on asking");
    assert_eq!(asst.run(["threads", "list"]).ok().ids().len(), ids.len(), "something was called gone");
}

#[test]
fn a_404_without_a_message_proves_nothing_even_if_other_objects_exist() {
    let (_listener, asst) = forgetful(|id| id.ends_with('3'));
    (0..4).for_each(|_| drop(asst.run(["threads", "create"]).ok()));
    let ran = asst.run(["ledger", "verify", "--concurrency", "1"]).ok();
    // The newest thread is requested first, and exists.
    assert_eq!(ran.ids().len(), 4);
    ran.says("1 live, 0 gone, 3 unknown");
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().ids().len(), 4);
}

#[test]
fn a_404_with_another_message_proves_nothing() {
    for message in
        ["No such route: GET /v1/threads/ID", "No route found with id 'ID'.", "No thread found with id 'ID' here"]
    {
        let listener = MockServer::new(move |request, before| {
            let id = request.target.rsplit('/').next().unwrap_or_default();
            match request.method.as_str() {
                "GET" => Response::error(404, &message.replace("ID", id), None),
                _ => mint(request, before),
            }
        });
        let asst = Asst::with_backend(&listener.url());
        let id = asst.run(["threads", "create"]).ok().id();
        asst.run(["ledger", "verify"]).ok().says("0 live, 0 gone, 1 unknown");
        assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().ids(), [id], "{message}");
    }
}

#[test]
fn objects_of_one_kind_prove_nothing_about_another_kind() {
    // Like a gateway that has assistants but no threads.
    let listener = MockServer::new(|request, before| match request.target.rsplit_once('/') {
        Some(("/v1/threads", _)) => Response::error(404, "", None),
        Some(("/v1/assistants", id)) => Response::json(200, &serde_json::json!({ "id": id, "object": "assistant" })),
        _ => mint(request, before),
    });
    let asst = Asst::with_backend(&listener.url());
    let thread = asst.run(["threads", "create"]).ok().id();
    asst.run(["assistants", "create", "--model", "m"]).ok();
    asst.run(["ledger", "verify", "--concurrency", "1"]).ok().says("1 live, 0 gone, 1 unknown");
    assert_eq!(asst.run(["threads", "list"]).ok().ids(), [thread]);
}

#[test]
fn a_server_error_leaves_the_state_unchanged() {
    let listener = MockServer::new(|request, before| match request.method.as_str() {
        "GET" => Response::error(500, "no", None),
        _ => mint(request, before),
    });
    let asst = Asst::with_backend(&listener.url());
    asst.run(["threads", "create"]).ok();
    asst.run(["ledger", "verify", "--retries", "0"]).code(7).says("0 live, 0 gone, 1 unknown");
    assert_eq!(asst.run(["threads", "list", "--state", "live"]).ok().ids().len(), 1);
}

#[test]
fn ids_of_another_origin_are_not_requested() {
    let (_listener, asst) = forgetful(|_| true);
    asst.run(["ledger", "verify", "--origin", "foundry:h/p"]).code(2).says("got another origin");
}

#[test]
fn verify_updates_the_state_of_every_id_however_it_was_added() {
    let (_server, asst) = served(&[]);
    let made = |_| asst.run(["threads", "create", "--no-ledger"]).ok().id();
    let (kept, lost): (Vec<String>, Vec<String>) = ((0..3).map(made).collect(), (0..3).map(made).collect());
    let all = [kept.clone(), lost.clone()].concat();
    asst.fed(all[0..2].join("\n") + "\n" + &all[3], &["ledger", "import", "-"]).ok();
    let log = asst.file("log.txt", format!("a {} b {}", all[2], all[4]));
    asst.run(["ledger", "scan", log.to_str().unwrap()]).ok();
    asst.run(["ledger", "sync", "--kind", "thread"]).ok();
    lost.iter().for_each(|id| drop(asst.run(["threads", "delete", id, "--no-ledger"]).ok()));
    let ran = asst.run(["ledger", "verify", "-o", "json"]).ok().says(r#""live":3,"gone":3"#);
    for said in ran.json().as_array().unwrap() {
        let row =
            asst.run(["ledger", "list", "--state", "any", "--id-prefix", said["id"].as_str().unwrap(), "-o", "json"]);
        assert_eq!(row.ok().json()[0]["state"], said["state"], "{said}");
    }
    let mut left = asst.run(["threads", "list"]).ok().ids();
    left.sort();
    let mut kept = kept;
    kept.sort();
    assert_eq!(left, kept);
    // A deleted object stays deleted, and is reported as such.
    asst.run(["threads", "delete", &kept[0]]).ok();
    let ran = asst.run(["ledger", "verify", "--state", "deleted"]).ok().says("0 live, 1 gone, 0 unknown");
    assert_eq!(ran.stdout.trim_end(), format!("{}\tthread\tdeleted\tdeleted", kept[0]));
}

#[test]
fn vector_stores_and_conversations_are_verified() {
    let server = MockServer::new(|request, _| {
        let id = request.target.rsplit('/').next().unwrap_or_default();
        match (request.method.as_str(), id) {
            ("POST", "vector_stores") => Response::json(200, &json!({ "id": "vs_1" })),
            ("POST", _) => Response::json(200, &json!({ "id": "conv_1" })),
            (_, "vs_1") => Response::error(404, "No vector store found with id 'vs_1'.", None),
            _ => Response::json(200, &json!({ "id": id })),
        }
    });
    let asst = Asst::with_backend(&server.url());
    asst.run(["vector-stores", "create"]).ok();
    asst.run(["conversations", "create"]).ok();
    asst.run(["ledger", "verify", "--exit-code"]).code(9).says("1 live, 1 gone, 0 unknown");
}

#[test]
fn a_file_batch_is_recorded_with_its_vector_store_and_verified() {
    let server = MockServer::new(|request, _| {
        let batch = json!({ "id": "vsfb_1", "object": "vector_store.file_batch", "vector_store_id": "vs_1",
            "status": "in_progress", "created_at": 1_700_000_000 });
        match request.target.trim_start_matches("/v1/vector_stores/") {
            "vs_1/file_batches" => Response::json(200, &batch),
            // A real backend returns the ID of the vector store.
            "vs_1/file_batches/vsfb_1" => Response::json(
                200,
                &json!({ "id": "vs_1", "object": "vector_store.file_batch", "vector_store_id": "vs_1",
                    "status": "completed", "created_at": 1_700_000_000 }),
            ),
            _ => Response::error(404, "Invalid URL", None),
        }
    });
    let asst = Asst::with_backend(&server.url());
    asst.run(["vector-stores", "batches", "create", "vs_1", "--file-ids", "file-1"]).ok();
    asst.run(["vector-stores", "batches", "get", "vs_1", "vsfb_1"]).ok();
    let rows = asst.run(["ledger", "list", "--kind", "file_batch", "-o", "json"]).ok().json();
    assert_eq!(
        (&rows[0]["id"], &rows[0]["parent"], rows.as_array().unwrap().len()),
        (&json!("vsfb_1"), &json!("vs_1"), 1)
    );
    assert_eq!(rows[0]["raw"]["status"], "completed");
    asst.run(["ledger", "verify", "--kind", "file_batch", "--exit-code"]).ok().says("1 live, 0 gone, 0 unknown");
    // Without its vector store, no request can check a batch.
    asst.fed("vsfb_2\nupload_1\n", &["ledger", "import", "-"]).ok();
    asst.run(["ledger", "verify"]).ok().says("1 live, 0 gone, 0 unknown; 2 rows that no request can check");
}

#[test]
fn the_kinds_without_threads_are_imported_scanned_and_counted() {
    for (kind, id) in [
        ("vector_store", "vs_68a1f0c2b3d4e5f60718293a4b5c6d7e"),
        ("file_batch", "vsfb_68a1f0c2b3d4e5f60718293a4b5c6d7e"),
        ("upload", "upload_68a1f0c2b3d4e5f60718293a4b5c6d7e"),
        ("conversation", "conv_68a1f0c2b3d4e5f60718293a4b5c6d7e68a1f0c2b3d4e5f6"),
    ] {
        for add in ["import", "scan"] {
            let asst = Asst::new().env("OPENAI_API_KEY", "sk-none");
            asst.file("ids.txt", format!("{id}\n"));
            let ran = asst.run(["ledger", add, "ids.txt"]);
            let shown = ran.text();
            let of_kind = asst.run(["ledger", "list", "--kind", kind, "-o", "id"]).ok().ids();
            assert_eq!(of_kind, [id], "{kind} {add}: {shown}");
            let stats = asst.run(["ledger", "stats", "-o", "json"]).ok().json();
            assert_eq!((&stats[0]["kind"], &stats[0]["amount"]), (&json!(kind), &json!(1)), "{add}");
        }
    }
}
