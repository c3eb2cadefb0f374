//! Conversations with their items, and uploads: both come from the ledger.

use super::{manifest, openai_after_the_shutdown, read, tree};
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, eventually, served};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const ITEM: &str = r#"{"type":"message","role":"user","content":"hello"}"#;

#[test]
fn a_conversation_in_the_ledger_is_exported_with_its_items() {
    let (_server, asst) = served(&[]);
    let id = asst.run(["conversations", "create", "--items", ITEM]).ok().id();
    let other = asst.run(["conversations", "create", "--no-ledger"]).ok().id();
    asst.run(["export", "out", "--kind", "conversations"]).ok().says("1 of 1 conversation (1 new)");
    let path = format!("conversations/{id}/items.jsonl");
    let items = read(&asst, &path);
    assert_eq!(items, asst.run(["conversations", "items", "list", &id, "--order", "asc", "-o", "jsonl"]).ok().stdout);
    asst.run(["export", "out", "--kind", "conversations"]).ok().says("1 of 1 conversation (1 unchanged)");
    asst.run(["conversations", "items", "create", &id, "--items", ITEM]).ok();
    asst.run(["export", "verify", "out", "--remote", "--exit-code"]).code(9).says("1 difference from");
    asst.run(["export", "out"]).ok().says("1 of 1 conversation (1 updated)");
    assert_eq!(read(&asst, &path).lines().count(), 2);
    assert!(read(&asst, &path).starts_with(&items), "items that were exported are not fetched again");
    asst.run(["export", "verify", "out", "--remote", "--exit-code"]).ok().says("1 conversation match");
    asst.run(["export", "out", "--remote"]).ok().says("2 of 2 conversations (1 new, 1 unchanged)");
    assert!(tree(&asst).contains(&format!("conversations/{other}/conversation.json")), "{:?}", tree(&asst));
    asst.run(["conversations", "delete", &id]).ok();
    asst.run(["export", "out", &id, "--kind", "conversations"]).ok().says("(1 gone)");
    assert_eq!(read(&asst, &path).lines().count(), 2);
    asst.run(["export", "verify", "out", "--remote", "--exit-code"]).ok();
}

/// Returns the page of 250 items that a request asks for.
fn page(target: &str) -> Response {
    let after = target.split("after=item_").nth(1).map_or(0, |rest| rest[..3].parse::<usize>().unwrap() + 1);
    let item = |n: usize| format!("{{\"id\":\"item_{n:03}\",\"type\":\"message\",\"status\":\"completed\"}}");
    let items: Vec<_> = (after..250).take(100).map(item).collect();
    let has_more = after + items.len() < 250;
    Response::text(200, format!("{{\"object\":\"list\",\"data\":[{}],\"has_more\":{has_more}}}", items.join(",")))
}

#[test]
fn a_killed_export_of_a_conversation_continues_after_its_last_page() {
    let free = Arc::new(AtomicBool::new(false));
    let open = Arc::clone(&free);
    let listener = MockServer::new(move |request, _| match request.target.contains("/items") {
        true if request.target.contains("after=item_199") && !open.load(Ordering::SeqCst) => Response::Stall,
        true => page(&request.target),
        false => Response::text(200, r#"{"id":"conv_1","object":"conversation"}"#),
    });
    let asst = Asst::with_backend(&listener.url());
    let args = ["export", "out", "conv_1", "--kind", "conversations"];
    let mut child = asst.command(args).spawn().unwrap();
    eventually("the third page", || listener.lines().iter().any(|line| line.contains("item_199")).then_some(()));
    child.kill().unwrap();
    child.wait().unwrap();
    let ran = asst.run(["export", "verify", "out", "--columns", "id,wrong"]).code(1);
    assert!(ran.stdout.contains("conversations/conv_1/items.jsonl.part\tunfinished"), "{}", ran.text());
    free.store(true, Ordering::SeqCst);
    let before = listener.lines().len();
    asst.run(args).ok();
    let requests = listener.lines().split_off(before);
    assert_eq!(requests.len(), 2, "{requests:?}");
    assert!(requests[1].contains("after=item_199"), "{requests:?}");
    let items = read(&asst, "conversations/conv_1/items.jsonl");
    let ids: Vec<&str> = items.lines().map(|line| &line[7..15]).collect();
    assert_eq!(ids, (0..250).map(|n| format!("item_{n:03}")).collect::<Vec<_>>());
    asst.run(["export", "verify", "out", "--remote", "--exit-code"]).ok();
}

/// Returns a backend with one conversation of one item, which names a file. The request for the file is not answered
/// until it is released.
fn with_held_file() -> (MockServer, Asst, Arc<AtomicBool>) {
    let free = Arc::new(AtomicBool::new(false));
    let open = Arc::clone(&free);
    let listener = MockServer::new(move |request, _| match request.target.split('?').next().unwrap() {
        "/v1/conversations/conv_1" => Response::text(200, r#"{"id":"conv_1","object":"conversation"}"#),
        "/v1/conversations/conv_1/items" => {
            let item = r#"{"id":"msg_1","type":"message","content":[{"type":"input_file","file_id":"file-1"}]}"#;
            let items = if request.target.contains("after=msg_1") { "" } else { item };
            Response::text(200, format!("{{\"object\":\"list\",\"data\":[{items}],\"has_more\":false}}"))
        }
        "/v1/files/file-1" if !open.load(Ordering::SeqCst) => Response::Stall,
        "/v1/files/file-1" => Response::text(200, r#"{"id":"file-1","object":"file"}"#),
        "/v1/files/file-1/content" => Response::text(200, "bytes"),
        other => panic!("unexpected request: {other}"),
    });
    let asst = Asst::with_backend(&listener.url());
    (listener, asst, free)
}

#[test]
fn a_killed_export_of_a_conversation_still_fetches_the_files_that_its_items_name() {
    let (listener, asst, free) = with_held_file();
    let args = ["export", "out", "conv_1", "--kind", "conversations"];
    let mut child = asst.command(args).spawn().unwrap();
    eventually("the file", || listener.lines().iter().any(|line| line.contains("/files/file-1")).then_some(()));
    child.kill().unwrap();
    child.wait().unwrap();
    free.store(true, Ordering::SeqCst);
    asst.run(args).ok().says("1 of 1 conversation (1 new) and 1 new file");
    assert_eq!(read(&asst, "files/file-1/content"), "bytes");
    assert_eq!(read(&asst, "conversations/conv_1/items.jsonl").lines().count(), 1);
    asst.run(["export", "verify", "out"]).ok();
    asst.run(args).ok().says("1 of 1 conversation (1 unchanged) and 0 new files");
}

#[test]
fn uploads_in_the_ledger_are_exported_as_its_rows() {
    let (_server, asst) = served(&[]);
    asst.run(["export", "out"]).ok();
    assert!(!tree(&asst).contains(&"uploads.jsonl".to_owned()), "{:?}", tree(&asst));
    asst.file("a.txt", "first text");
    asst.run(["files", "upload", "a.txt", "--parts"]).ok();
    let args = ["uploads", "create", "--filename", "b.txt", "--bytes", "7", "--mime-type", "text/plain"];
    let open = asst.run(args).ok().id();
    asst.run(["export", "out"]).ok();
    let rows = read(&asst, "uploads.jsonl");
    assert_eq!(rows.lines().count(), 2, "{rows}");
    let last: serde_json::Value = serde_json::from_str(rows.lines().last().unwrap()).unwrap();
    assert_eq!((&last["id"], &last["raw"]["filename"]), (&open.clone().into(), &"b.txt".into()), "{rows}");
    assert_eq!(manifest(&asst)["lists"]["uploads"]["count"], 2);
    asst.run(["export", "verify", "out"]).ok();
    asst.run(["export", "out", "--kind", "uploads", "--no-ledger"]).code(2);
}

#[test]
fn after_the_shutdown_the_other_kinds_are_exported_and_the_threads_are_named() {
    let (_server, asst) = openai_after_the_shutdown();
    let run = |args: &[&str]| asst.run([&["-p", "openai"], args].concat());
    let store = run(&["vector-stores", "create", "--name", "docs"]).ok().id();
    let conversation = run(&["conversations", "create", "--items", ITEM]).ok().id();
    run(&["export", "out"]).ok().says("this backend does not list assistants");
    run(&["export", "verify", "out"]).ok();
    let threads: String = (0..30).map(|n| format!("thread_{n:020}\n")).collect();
    asst.fed(threads, &["-p", "openai", "ledger", "import", "-"]).ok();
    let ran = run(&["export", "out", "--concurrency", "1"]).code(8);
    ran.says("no further threads are requested, because this backend does not have them")
        .says("1 of 1 vector store (1 unchanged)")
        .says("1 of 1 conversation (1 unchanged)");
    for path in [format!("vector_stores/{store}/files.jsonl"), format!("conversations/{conversation}/items.jsonl")] {
        assert!(tree(&asst).contains(&path), "{path}: {:?}", tree(&asst));
    }
    let failed = manifest(&asst)["failed"].clone();
    assert_eq!(failed.as_object().unwrap().len(), 1, "the first refusal ends the requests for threads: {failed}");
    run(&["export", "other", "--kind", "vector-stores,conversations,files,uploads"]).ok();
    run(&["export", "third", "--kind", "assistants"]).code(11);
    run(&["export", "fourth", "--kind", "uploads,assistants"]).code(8);
}
