//! Exports that are refused or fail.

use super::fake::{Fake, standing};
use super::{manifest, openai_after_the_shutdown, tree};
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, served, shows};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn folder_of_another_origin_is_refused_before_any_request() {
    let (_fake, _listener, asst) = standing(Fake::with_thread("thread_1"));
    asst.run(["export", "out", "thread_1"]).ok();
    let before = std::fs::read(asst.work().join("out/manifest.json")).unwrap();
    let other = MockServer::minting();
    let mut command = asst.command(["export", "out", "thread_1"]);
    let ran = asst.ran(command.env("OPENAI_BASE_URL", other.url()).output().unwrap());
    ran.code(2).says("found an archive of ").says("select the profile of that origin");
    let mut command = asst.command(["export", "verify", "out", "--remote"]);
    asst.ran(command.env("OPENAI_BASE_URL", other.url()).output().unwrap()).code(2).says("found an archive of ");
    assert_eq!(other.lines(), [""; 0]);
    assert_eq!(std::fs::read(asst.work().join("out/manifest.json")).unwrap(), before);
}

#[test]
fn unusable_export_folder_is_refused() {
    let (_fake, listener, asst) = standing(Fake::with_thread("thread_1"));
    asst.file("out", "a file");
    shows!(asst.run(["export", "out", "thread_1"]), @r"
    --- stderr ---
    error: out: expected a folder, found a file
    exit 2
    ");
    shows!(asst.run(["export", ".", "thread_1"]), @r"
    --- stderr ---
    error: .: expected an empty folder or an archive, found other files
      hint: pass a new or an empty folder
    exit 2
    ");
    asst.run(["export"]).code(2);
    asst.run(["export", "new", "run_1"]).code(2).says("got a run ID");
    asst.run(["export", "new", "../x"]).code(2);
    asst.run(["export", "new", "thread_1", "--idle", "3d"]).code(2);
    asst.run(["export", "new", "--origin", "url:http://elsewhere"]).code(2);
    asst.run(["export", "verify", "new", "--exit-code"]).code(2);
    assert_eq!(listener.lines(), [""; 0]);
}

#[test]
fn threads_that_cannot_be_fetched_are_listed_with_the_reason() {
    let mut fake = Fake::with_thread("thread_1");
    fake.say("thread_1", 1, "x");
    let (fake, _listener, asst) = standing(fake);
    let ran = asst.run(["export", "out", "thread_0", "thread_1"]).code(8);
    assert_eq!(ran.stdout, "thread_1\tnew\t1\t0\t0\n");
    ran.says("could not get thread thread_0: not found").says("1 could not be fetched");
    let failed = manifest(&asst)["failed"]["thread/thread_0"].clone();
    assert_eq!((&failed["exit_code"], &failed["id"]), (&3.into(), &"thread_0".into()));
    assert!(failed["reason"].as_str().unwrap().contains("No thread found with id 'thread_0'."), "{failed}");
    asst.run(["export", "verify", "out"]).code(1).says("1 object not fetched");
    asst.run(["export", "out", "thread_0"]).code(3);
    fake.lock().unwrap().thread("thread_0");
    asst.run(["export", "out", "thread_0"]).ok();
    asst.run(["export", "verify", "out"]).ok();
}

#[test]
fn export_stops_if_the_first_ten_threads_fail() {
    let (_fake, listener, asst) = standing(Fake::default());
    let ids: String = (0..100).map(|number| format!("thread_{number}\n")).collect();
    let ran = asst.fed(ids, &["export", "out", "-", "--concurrency", "2"]);
    ran.code(3).says("stopping: the first 10 threads failed");
    assert!(listener.lines().len() <= 12, "{:?}", listener.lines());
    let closed = MockServer::new(|_, _| Response::error(401, "Incorrect API key provided.", None));
    let asst = Asst::with_backend(&closed.url());
    let ids: String = (0..100).map(|number| format!("thread_{number}\n")).collect();
    asst.fed(ids, &["export", "out", "-", "--concurrency", "2"]).code(4).says("stopping: the first 10 threads failed");
    assert!(closed.lines().len() <= 24, "{:?}", closed.lines());
}

#[test]
fn unsupported_list_fails_only_if_it_was_requested() {
    let listener = MockServer::new(|_, _| Response::error(405, "Method Not Allowed", None));
    let asst = Asst::with_backend(&listener.url());
    asst.run(["export", "out"]).ok().says("this backend does not list assistants");
    asst.run(["export", "out", "--kind", "assistants"]).code(11);
    assert_eq!(tree(&asst), ["manifest.json"]);
}

#[test]
fn ids_with_a_kind_that_has_none_are_refused() {
    let (_fake, listener, asst) = standing(Fake::with_thread("thread_1"));
    for kinds in ["files", "assistants", "uploads", "files,assistants", "threads,vector-stores", "conversations,files"]
    {
        let ran = asst.run(["export", "out", "thread_1", "--kind", kinds]).code(2);
        ran.says(&format!("got `{kinds}`"))
            .says("or threads with assistants, files or uploads")
            .says("run the command once for each kind");
    }
    assert!(listener.lines().is_empty() && !asst.work().join("out").exists());
}

#[test]
fn a_remote_export_continues_if_the_backend_does_not_list_threads() {
    let (_server, asst) = openai_after_the_shutdown();
    let run = |args: &[&str]| asst.run([&["-p", "openai"], args].concat());
    let store = run(&["vector-stores", "create", "--name", "docs"]).ok().id();
    let conversation = run(&["conversations", "create"]).ok().id();
    run(&["export", "out", "--remote"])
        .ok()
        .says("this backend does not list threads")
        .says("this backend does not list conversations");
    for path in [format!("vector_stores/{store}/files.jsonl"), format!("conversations/{conversation}/items.jsonl")] {
        assert!(tree(&asst).contains(&path), "{path}: {:?}", tree(&asst));
    }
    run(&["export", "verify", "out"]).ok();
    std::fs::remove_dir_all(asst.work().join("out")).unwrap();
    // Lists that were requested by name are failures, and the other kinds are exported.
    run(&["export", "out", "--remote", "--kind", "threads,conversations,vector-stores"])
        .code(8)
        .says("error: this backend does not list threads")
        .says("the threads in the ledger are exported; remove --remote to silence this");
    assert_eq!(manifest(&asst)["failed"]["threads"]["exit_code"], 11);
    assert!(tree(&asst).contains(&format!("vector_stores/{store}/files.jsonl")), "{:?}", tree(&asst));
    run(&["export", "out", "--remote"]).ok();
    assert_eq!(manifest(&asst)["failed"], serde_json::json!({}));
}

#[test]
fn a_list_of_threads_that_fails_is_recorded_until_it_succeeds() {
    let broken = Arc::new(AtomicBool::new(true));
    let fails = Arc::clone(&broken);
    let mut fake = Fake::default();
    for id in ["thread_1", "thread_2"] {
        fake.thread(id);
        fake.list("threads").push(format!("{{\"id\":\"{id}\"}}"));
    }
    fake.list("assistants").push(r#"{"id":"asst_1"}"#.into());
    let listener = MockServer::new(move |request, _| match request.target.split('?').next().unwrap() {
        "/v1/threads" if fails.load(Ordering::SeqCst) => Response::error(400, "no such page", None),
        _ => fake.answer(request),
    });
    let asst = Asst::with_backend(&listener.url());
    asst.run(["threads", "get", "thread_1"]).ok();
    let ran = asst.run(["export", "out", "--remote"]).code(8).says("no such page");
    assert_eq!(ran.stdout, "thread_1\tnew\t0\t0\t0\n", "threads in the ledger are exported");
    assert!(tree(&asst).contains(&"assistants.jsonl".to_owned()), "{:?}", tree(&asst));
    assert_eq!(manifest(&asst)["failed"]["threads"]["exit_code"], 5);
    asst.run(["export", "verify", "out"]).code(1).says("1 object not fetched");
    broken.store(false, Ordering::SeqCst);
    let mut ids = asst.run(["export", "out", "--remote"]).ok().ids();
    ids.sort();
    assert_eq!(ids, ["thread_1", "thread_2"]);
    asst.run(["export", "verify", "out"]).ok();
}

#[test]
fn a_filter_that_matches_no_thread_is_named_as_the_reason() {
    let (_fake, _listener, asst) = standing(Fake::with_thread("thread_1"));
    let export = |filter: &[&str]| asst.run([&["export", "out", "--kind", "threads"], filter].concat()).ok();
    export(&[]).says("note: the ledger has no threads of ");
    asst.run(["threads", "get", "thread_1"]).ok();
    for filter in [["--metadata", "team=docs"], ["--id-prefix", "x"], ["--state", "gone"], ["--source", "created"]] {
        let ran = export(&filter);
        let notes: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("note: ")).collect();
        assert_eq!(notes, ["note: no thread in the ledger matches the filters"], "{filter:?}");
    }
    assert_eq!(export(&["--source", "met"]).ids(), ["thread_1"]);
}

#[test]
fn a_dry_run_without_ids_names_the_objects_with_which_the_export_begins() {
    let (_fake, listener, asst) = standing(Fake::default());
    for (kinds, expected) in [
        ("threads,files", "the threads that `asst threads list` shows"),
        ("files,conversations", "the conversations that `asst conversations list` shows"),
        ("vector-stores", "the vector stores that `asst vector-stores list` shows"),
        ("assistants", "the assistants that `asst assistants list` shows"),
        ("files", "the list of files that `asst files list` shows"),
        ("uploads", "the uploads in the ledger"),
    ] {
        let ran = asst.run(["export", "out", "--kind", kinds, "--dry-run"]).ok();
        ran.says(&format!("the export begins with {expected}"));
    }
    assert!(listener.lines().is_empty() && !asst.work().join("out").exists());
}

#[test]
fn dry_run_sends_nothing_and_writes_nothing() {
    let (_fake, listener, asst) = standing(Fake::with_thread("thread_1"));
    let ran = asst.run(["export", "out", "thread_1", "--dry-run"]).ok();
    assert!(ran.stdout.starts_with("GET http://") && ran.stdout.contains("/threads/thread_1"), "{}", ran.stdout);
    assert!(listener.lines().is_empty() && !asst.work().join("out").exists());
}

#[cfg(unix)]
#[test]
fn unwritable_export_folder_exits_1() {
    use std::os::unix::fs::PermissionsExt;
    let (_fake, _listener, asst) = standing(Fake::with_thread("thread_1"));
    std::fs::create_dir(asst.work().join("closed")).unwrap();
    let asst = asst.unprivileged();
    std::fs::set_permissions(asst.work().join("closed"), std::fs::Permissions::from_mode(0o555)).unwrap();
    let ran = asst.run(["export", "closed/out", "thread_1"]).code(1);
    ran.says("closed/out: Permission denied");
}

#[cfg(unix)]
#[test]
fn full_disk_ends_the_export_and_the_next_one_resumes() {
    let mut fake = Fake::with_thread("thread_1");
    fake.say("thread_1", 500, &"x".repeat(1000));
    let (_fake, _listener, asst) = standing(fake);
    let binary = asst.command(["--version"]).get_program().to_owned();
    // A limit on the file size replaces a full disk. The unit is 512 or 1024 bytes, so it is 200 or 400 KiB.
    let script = "trap '' XFSZ; ulimit -f 400; exec \"$0\" --no-ledger export out thread_1";
    let mut command = std::process::Command::new("sh");
    command.arg("-c").arg(script).arg(binary).current_dir(asst.work());
    for (name, value) in asst.command([""; 0]).get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    let ran = asst.ran(command.output().unwrap()).code(1);
    ran.says("File too large");
    asst.run(["export", "out", "thread_1"]).ok();
    asst.run(["export", "verify", "out", "--remote", "--exit-code"]).ok();
}

#[test]
fn an_incomplete_list_is_a_failure_and_what_was_read_is_kept() {
    let fault = "endless-has-more,on=GET /threads/{thread_id}/messages,times=2";
    let (_server, asst) = served(&["--fault", fault]);
    let thread = asst.run(["threads", "create", "--message", "hello", "-o", "id"]).ok().id();
    let ran = asst.run(["export", "out", "-q"]).code(8);
    assert!(ran.stderr.contains(&format!("could not list messages of {thread} completely")), "{}", ran.text());
    let failed = manifest(&asst)["failed"].to_string();
    assert!(failed.contains(&thread), "{failed}");
    assert!(super::read(&asst, &format!("threads/{thread}/messages.jsonl")).contains("hello"));
    asst.run(["export", "verify", "out"]).code(1).says("not fetched");
    // The next export reads the thread again as a whole.
    asst.run(["export", "out"]).ok();
    asst.run(["export", "verify", "out"]).ok();
}
