//! `asst export verify`.

use super::fake::{Fake, standing};
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, eventually, shows};

#[test]
fn verify_finds_changed_files() {
    let mut fake = Fake::with_thread("thread_1");
    fake.thread("thread_2");
    fake.say("thread_1", 2, "x");
    let (_fake, _listener, asst) = standing(fake);
    asst.run(["export", "out", "thread_1", "thread_2"]).ok();
    asst.run(["export", "verify", "out"]).ok().says("10 files of 2 threads match the manifest");
    let out = asst.work().join("out");
    let messages = out.join("threads/thread_1/messages.jsonl");
    let text = std::fs::read_to_string(&messages).unwrap();
    std::fs::write(&messages, text.replacen("\"x\"", "\"y\"", 1)).unwrap();
    std::fs::remove_file(out.join("threads/thread_2/thread.json")).unwrap();
    std::fs::write(out.join("threads/thread_2/runs.jsonl"), "{}\n").unwrap();
    std::fs::write(out.join("notes.txt"), "mine").unwrap();
    let ran = asst.run(["export", "verify", "out", "--columns", "id,wrong"]);
    shows!(ran, @r"
    threads/thread_1/messages.jsonl	content
    threads/thread_2/runs.jsonl	length
    threads/thread_2/thread.json	missing
    notes.txt	unknown
    --- stderr ---
    7 files of 2 threads match the manifest
    error: the archive in out is incomplete: 3 files damaged, missing or unfinished, 0 objects not fetched
      hint: run `asst export out` to fetch the rest; with --full, it fetches all objects again
    exit 1
    ");
    asst.run(["export", "out", "--full", "thread_1", "thread_2"]).ok();
    asst.run(["export", "verify", "out"]).ok();
}

#[test]
fn remote_verify_finds_objects_missing_from_the_export() {
    let mut fake = Fake::with_thread("thread_1");
    fake.say("thread_1", 120, "x");
    fake.list("threads/thread_1/runs").push(r#"{"id":"run_1","status":"completed"}"#.into());
    let (fake, listener, asst) = standing(fake);
    asst.run(["export", "out", "thread_1"]).ok();
    asst.run(["export", "verify", "out", "--remote", "--exit-code"]).ok();
    {
        let mut fake = fake.lock().unwrap();
        fake.list("threads/thread_1/messages").remove(3);
        fake.say("thread_1", 1, "y");
        fake.list("threads/thread_1/messages").push(r#"{"id":"msg_new"}"#.into());
        fake.list("threads/thread_1/runs/run_1/steps").push(r#"{"id":"step_1"}"#.into());
    }
    let ran = asst.run(["export", "verify", "out", "--remote", "--exit-code", "--columns", "id,wrong,parent"]);
    shows!(ran, @r"
    msg_new	only_there	thread_1
    msg_000003	only_here	thread_1
    step_1	only_there	thread_1
    --- stderr ---
    5 files of 1 thread match the manifest; 3 differences from the backend
    exit 9
    ");
    asst.run(["export", "verify", "out", "--remote"]).ok();
    fake.lock().unwrap().threads.clear();
    assert_eq!(listener.lines().iter().filter(|line| !line.starts_with("GET ")).count(), 0);
}

#[test]
fn the_hint_leaves_out_ids_that_the_backend_does_not_have() {
    let (_fake, listener, asst) = standing(Fake::with_thread("thread_1"));
    asst.run(["export", "out", "thread_1", "thread_mistyped"]).code(8);
    let ran = asst.run(["export", "verify", "out", "--columns", "id,wrong"]);
    shows!(ran, @r"
    thread_mistyped	not_fetched
    --- stderr ---
    5 files of 1 thread match the manifest
    note: not found at the backend: thread_mistyped; manifest.json lists an ID until an export of it succeeds
    error: the archive in out is incomplete: 0 files damaged, missing or unfinished, 1 object not fetched
    exit 1
    ");
    // Other failures can be fetched.
    std::fs::remove_file(asst.work().join("out/threads/thread_1/thread.json")).unwrap();
    let ids: Vec<String> = (0..6).map(|number| format!("thread_mistyped_{number}")).collect();
    asst.run(["export", "out"].into_iter().chain(ids.iter().map(String::as_str))).code(3);
    let ran = asst.run(["export", "verify", "out"]).code(1);
    ran.says("not found at the backend: thread_mistyped, thread_mistyped_0, thread_mistyped_1 and 4 more")
        .says("7 objects not fetched")
        .says("run `asst export out` to fetch the rest");
    drop(listener);
}

#[test]
fn files_of_an_interrupted_list_are_unfinished_and_other_files_are_unknown() {
    let listener = MockServer::new(|request, _| match request.target.split('?').next().unwrap() {
        path if request.target.contains("after=") || path.ends_with("/messages") => Response::Stall,
        "/v1/vector_stores/vs_1/files" => {
            Response::text(200, r#"{"object":"list","data":[{"id":"file-1"}],"has_more":true}"#)
        }
        path if path.ends_with("/runs") => {
            Response::text(200, r#"{"object":"list","data":[{"id":"run_1","status":"completed"}],"has_more":false}"#)
        }
        path if path.ends_with("/steps") => Response::text(200, r#"{"object":"list","data":[],"has_more":false}"#),
        path => Response::text(200, format!("{{\"id\":\"{}\"}}", path.rsplit('/').next().unwrap())),
    });
    for (id, kind, last, file) in [
        ("vs_1", "vector-stores", "after=", "vector_stores/vs_1/files.jsonl.part"),
        ("thread_1", "threads", "/messages", "threads/thread_1/runs.jsonl.part"),
    ] {
        let asst = Asst::with_backend(&listener.url());
        let mut child = asst.command(["export", "out", id, "--kind", kind]).spawn().unwrap();
        eventually("the last request", || listener.lines().iter().any(|line| line.contains(last)).then_some(()));
        child.kill().unwrap();
        child.wait().unwrap();
        let own =
            ["notes.part", "threads/notes.jsonl.part", &file.replace("jsonl", "txt"), &file.replace(".part", "~")];
        std::fs::create_dir_all(asst.work().join("out/threads")).unwrap();
        for path in own {
            asst.file(&format!("out/{path}"), "mine");
        }
        let ran = asst.run(["export", "verify", "out", "--columns", "id,wrong"]).code(1);
        assert!(ran.stdout.contains(&format!("{file}\tunfinished\n")), "{}", ran.text());
        for path in own {
            assert!(ran.stdout.contains(&format!("{path}\tunknown\n")), "{path}: {}", ran.text());
        }
    }
}

#[test]
fn verify_of_a_folder_without_an_export_fails() {
    let asst = Asst::new();
    asst.run(["export", "verify", "out"]).code(2).says("expected an archive, found no manifest.json");
    std::fs::create_dir(asst.work().join("out")).unwrap();
    for (text, code) in [
        ("{", 1),
        (r#"{"format":2}"#, 1),
        (
            r#"{"format":1,"asst":"1","origin":"o","begun_at":"t","lists":{"../x":{"exported_at":"t","count":1,"bytes":1,"sha256":""}}}"#,
            1,
        ),
        (
            r#"{"format":1,"asst":"1","origin":"o","begun_at":"t","threads":{"../x":{"exported_at":"t","messages":{"whole":{"bytes":0,"count":0}},"runs":{"whole":{"bytes":0,"count":0}},"steps":{"whole":{"bytes":0,"count":0}},"parts":{}}}}"#,
            2,
        ),
    ] {
        asst.file("out/manifest.json", text);
        asst.run(["export", "verify", "out"]).code(code);
    }
}
