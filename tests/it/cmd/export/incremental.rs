//! A second export requests only what is new.

use super::fake::{Fake, standing};
use super::{manifest, read};

#[test]
fn a_thread_without_news_takes_three_requests() {
    let mut fake = Fake::with_thread("thread_1");
    fake.say("thread_1", 150, "x");
    fake.list("threads/thread_1/runs").push(r#"{"id":"run_1","status":"completed"}"#.into());
    fake.list("threads/thread_1/runs/run_1/steps").push(r#"{"id":"step_1","run_id":"run_1"}"#.into());
    let (fake, listener, asst) = standing(fake);
    asst.run(["export", "out", "thread_1"]).ok();
    let before = listener.lines().len();
    assert_eq!(asst.run(["export", "out", "thread_1"]).ok().stdout, "thread_1\tunchanged\t150\t1\t1\n");
    let behind = |kind: &str, id: &str| format!("GET /v1/threads/thread_1/{kind}?order=asc&after={id}&limit=100");
    let quiet = ["GET /v1/threads/thread_1".to_owned(), behind("runs", "run_1"), behind("messages", "msg_000149")];
    assert_eq!(listener.lines()[before..], quiet);
    fake.lock().unwrap().say("thread_1", 1, "y");
    let before = listener.lines().len();
    assert_eq!(asst.run(["export", "out", "thread_1"]).ok().stdout, "thread_1\tupdated\t151\t1\t1\n");
    assert_eq!(listener.lines()[before..], quiet);
    let lines = read(&asst, "threads/thread_1/messages.jsonl");
    assert_eq!(lines.lines().collect::<Vec<_>>(), fake.lock().unwrap().lists["threads/thread_1/messages"]);
    asst.run(["export", "verify", "out"]).ok();
}

#[test]
fn a_run_that_was_in_progress_is_requested_again() {
    let runs = "threads/thread_1/runs";
    let mut fake = Fake::with_thread("thread_1");
    fake.list(runs)
        .extend([r#"{"id":"run_1","status":"completed"}"#.into(), r#"{"id":"run_2","status":"queued"}"#.into()]);
    fake.list("threads/thread_1/runs/run_1/steps").push(r#"{"id":"step_1","run_id":"run_1"}"#.into());
    fake.list("threads/thread_1/messages").extend([
        r#"{"id":"msg_1","status":"completed"}"#.into(),
        r#"{"id":"msg_2","status":"in_progress","content":[]}"#.into(),
    ]);
    let (fake, listener, asst) = standing(fake);
    asst.run(["export", "out", "thread_1"]).ok();
    {
        let mut fake = fake.lock().unwrap();
        fake.list(runs)[1] = r#"{"id":"run_2","status":"failed"}"#.into();
        fake.list("threads/thread_1/runs/run_2/steps").push(r#"{"id":"step_2","run_id":"run_2"}"#.into());
        fake.list("threads/thread_1/messages")[1] = r#"{"id":"msg_2","status":"completed","content":["whole"]}"#.into();
    }
    let before = listener.lines().len();
    assert_eq!(asst.run(["export", "out", "thread_1"]).ok().stdout, "thread_1\tupdated\t2\t2\t2\n");
    let requests = listener.lines().split_off(before);
    assert!(!requests.iter().any(|line| line.contains("run_1/steps")), "{requests:?}");
    let fake = fake.lock().unwrap();
    for (file, list) in [("runs", runs), ("messages", "threads/thread_1/messages")] {
        let lines = read(&asst, &format!("threads/thread_1/{file}.jsonl"));
        assert_eq!(lines.lines().collect::<Vec<_>>(), fake.lists[list], "{file:?}");
    }
    assert!(manifest(&asst)["threads"]["thread_1"]["runs"].get("settled").is_none());
}

#[test]
fn an_export_keeps_deleted_messages_and_adds_new_ones() {
    let mut fake = Fake::with_thread("thread_1");
    fake.say("thread_1", 3, "x");
    let (fake, _listener, asst) = standing(fake);
    asst.run(["export", "out", "thread_1"]).ok();
    {
        let mut fake = fake.lock().unwrap();
        fake.say("thread_1", 1, "y");
        // The message after which the export would continue.
        fake.list("threads/thread_1/messages").remove(2);
    }
    assert_eq!(asst.run(["export", "out", "thread_1"]).ok().stdout, "thread_1\tupdated\t4\t0\t0\n");
    let text = read(&asst, "threads/thread_1/messages.jsonl");
    let ids: Vec<&str> = text.lines().map(|line| &line[7..17]).collect();
    assert_eq!(ids, ["msg_000000", "msg_000001", "msg_000002", "msg_000003"]);
}

#[test]
fn a_deleted_thread_keeps_its_folder() {
    let mut fake = Fake::with_thread("thread_1");
    fake.say("thread_1", 2, "x");
    let (fake, _listener, asst) = standing(fake);
    asst.run(["export", "out", "thread_1"]).ok();
    fake.lock().unwrap().threads.clear();
    assert_eq!(asst.run(["export", "out", "thread_1"]).ok().stdout, "thread_1\tgone\t2\t0\t0\n");
    assert!(manifest(&asst)["threads"]["thread_1"]["gone_at"].is_string());
    assert_eq!(read(&asst, "threads/thread_1/messages.jsonl").lines().count(), 2);
    asst.run(["export", "verify", "out", "--remote", "--exit-code"]).ok();
}

#[test]
fn an_export_continues_after_its_standard_output_is_closed() {
    let mut fake = Fake::default();
    let ids: Vec<String> = (0..20).map(|number| format!("thread_{number}")).collect();
    ids.iter().for_each(|id| fake.thread(id));
    let (_fake, _listener, asst) = standing(fake);
    let mut child = asst.command(["export", "out"].into_iter().chain(ids.iter().map(String::as_str))).spawn().unwrap();
    drop(child.stdout.take());
    asst.ran(child.wait_with_output().unwrap()).ok();
    assert_eq!(manifest(&asst)["threads"].as_object().unwrap().len(), 20);
}

#[test]
fn full_exports_unchanged_objects_again() {
    let mut fake = Fake::with_thread("thread_1");
    fake.say("thread_1", 2, "x");
    let (fake, _listener, asst) = standing(fake);
    asst.run(["export", "out", "thread_1"]).ok();
    let changed = r#"{"id":"msg_000000","metadata":{"changed":"later"}}"#;
    fake.lock().unwrap().list("threads/thread_1/messages")[0] = changed.into();
    asst.run(["export", "out", "thread_1"]).ok();
    assert!(!read(&asst, "threads/thread_1/messages.jsonl").contains("changed"));
    assert_eq!(asst.run(["export", "out", "thread_1", "--full"]).ok().stdout, "thread_1\tupdated\t2\t0\t0\n");
    assert!(read(&asst, "threads/thread_1/messages.jsonl").starts_with(changed));
}
