//! The contents of the export folder.

use super::fake::{Fake, standing};
use super::{manifest, read, tree};

/// A message that no serialiser here would write: many digits, escapes, white space, unknown members, and a repeated
/// member.
const ODD: &str = r#"{"id" : "msg_1","n":1.10000000000000000000000000000000001,"big":123456789012345678901234567890,"t":"\u00e9\/","unknown":{"a":[ ]},"created_at":1,"created_at":2,"role":"user","content":[{"type":"text","text":{"value":"see\u001b[31m it","annotations":[{"file_path":{"file_id":"file-a"}}]}},{"type":"image_file","image_file":{"file_id":"file-b"}}],"attachments":[{"file_id":"file-c"}],"metadata":{"file_id":"file-no"}}"#;

fn odd() -> Fake {
    let mut fake = Fake::with_thread("thread_1");
    fake.list("threads/thread_1/messages")
        .extend([ODD.to_owned(), "{\n  \"id\": \"msg_2\",\r\n \"role\": \"user\"}".into()]);
    fake.list("threads/thread_1/runs").push(r#"{"id":"run_1","status":"completed","temperature":1.0}"#.into());
    fake.list("threads/thread_1/runs/run_1/steps").push(
        r#"{"id":"step_1","run_id":"run_1","step_details":{"tool_calls":[{"code_interpreter":{"outputs":[{"image":{"file_id":"file-d"}}]}}]}}"#
            .into(),
    );
    for id in ["file-a", "file-b", "file-c"] {
        fake.files.insert(id.into(), format!("{{\"id\":\"{id}\",\"filename\":\"../../etc/passwd\"}}"));
    }
    fake.contents.insert("file-a".into(), b"\0bytes\xff".to_vec());
    fake.contents.insert("file-b".into(), vec![7; 3_000_000]);
    fake
}

#[test]
fn objects_are_saved_as_the_server_sent_them() {
    let (fake, _listener, asst) = standing(odd());
    let ran = asst.run(["export", "out", "thread_1"]).ok();
    assert_eq!(ran.stdout, "thread_1\tnew\t2\t1\t1\n");
    assert_eq!(
        read(&asst, "threads/thread_1/messages.jsonl"),
        format!("{ODD}\n{{   \"id\": \"msg_2\",   \"role\": \"user\"}}\n")
    );
    let fake = fake.lock().unwrap();
    assert_eq!(read(&asst, "threads/thread_1/thread.json"), fake.threads["thread_1"]);
    for (file, list) in [("runs", "threads/thread_1/runs"), ("steps", "threads/thread_1/runs/run_1/steps")] {
        assert_eq!(
            read(&asst, &format!("threads/thread_1/{file}.jsonl")),
            format!("{}\n", fake.lists[list][0]),
            "{file:?}"
        );
    }
    let transcript = read(&asst, "threads/thread_1/transcript.md");
    assert!(transcript.contains("> see[31m it") && !transcript.contains('\u{1b}'), "{transcript}");
}

#[test]
fn referenced_files_are_downloaded_if_allowed() {
    let (_fake, listener, asst) = standing(odd());
    asst.run(["export", "out", "thread_1"]).ok().says("2 new files");
    let expected = [
        "files/file-a/content",
        "files/file-a/file.json",
        "files/file-b/content",
        "files/file-b/file.json",
        "files/file-c/file.json",
        "manifest.json",
        "threads/thread_1/messages.jsonl",
        "threads/thread_1/runs.jsonl",
        "threads/thread_1/steps.jsonl",
        "threads/thread_1/thread.json",
        "threads/thread_1/transcript.md",
    ];
    assert_eq!(tree(&asst), expected, "no name comes from the server, and nothing temporary is left");
    assert_eq!(std::fs::read(asst.work().join("out/files/file-a/content")).unwrap(), b"\0bytes\xff");
    assert_eq!(std::fs::metadata(asst.work().join("out/files/file-b/content")).unwrap().len(), 3_000_000);
    let files = manifest(&asst)["files"].clone();
    assert_eq!(files["file-a"]["state"], "saved");
    assert_eq!(files["file-c"]["state"], "not_downloadable");
    assert_eq!(files["file-c"]["reason"], "Not allowed to download files of purpose: assistants");
    assert_eq!(files["file-d"]["state"], "gone");
    assert!(files.get("file-no").is_none(), "metadata is free text");
    let before = listener.lines().len();
    asst.run(["export", "out", "thread_1"]).ok();
    let again = listener.lines().split_off(before);
    assert!(!again.iter().any(|line| line.contains("/files/")), "{again:?}");
}

#[test]
fn a_file_that_two_threads_name_is_fetched_once() {
    let mut fake = odd();
    fake.thread("thread_2");
    fake.list("threads/thread_2/messages").push(ODD.into());
    let (_fake, listener, asst) = standing(fake);
    asst.run(["export", "out", "thread_1", "thread_2"]).ok();
    let requests = listener.lines().iter().filter(|line| line.ends_with("/files/file-b/content")).count();
    assert_eq!(requests, 1);
}

#[test]
fn lists_are_saved_beside_the_threads() {
    let mut fake = Fake::default();
    fake.list("assistants").push(r#"{"id":"asst_1","temperature":0.10}"#.into());
    fake.list("files").push(r#"{"id":"file-1","bytes":1e3}"#.into());
    let (_fake, _listener, asst) = standing(fake);
    asst.run(["export", "out"]).ok().says("no threads of");
    assert_eq!(read(&asst, "assistants.jsonl"), "{\"id\":\"asst_1\",\"temperature\":0.10}\n");
    assert_eq!(read(&asst, "files.jsonl"), "{\"id\":\"file-1\",\"bytes\":1e3}\n");
    assert_eq!(manifest(&asst)["lists"]["assistants"]["count"], 1);
    asst.run(["export", "out", "--kind", "assistants", "-o", "json"]).ok();
}
