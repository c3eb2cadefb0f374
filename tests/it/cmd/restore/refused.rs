//! Restores that are refused before any request, and failures of single objects.

use super::moved;

#[test]
fn bad_arguments_are_refused_before_any_request() {
    let world = moved(&[]);
    let thread = world.thread(1);
    let run = |args: &[&str]| world.asst.run([&["restore"], args].concat());
    run(&["out", "--to", "new"]).code(2).says("expected an archive, found no manifest.json");
    world.export(&[]);
    run(&["out"]).code(2).says("which still has these objects");
    run(&["out", "--to", "nowhere"]).code(2).says("nowhere");
    run(&["out", "--to", "new", "thread_unknown"]).code(3).says("the archive has no thread or conversation");
    run(&["out", "--to", "new", "--tool-calls", "pairs"]).code(2).says("--as conversations");
    run(&["out", "--to", "new", &thread, "--kind", "threads"]).code(2);
    run(&["verify", "out"]).code(2).says("which still has these objects");
    assert!(world.made("threads").is_empty());
}

#[test]
fn a_damaged_thread_is_not_restored_and_the_others_are() {
    let world = moved(&[]);
    let (damaged, good) = (world.thread(2), world.thread(2));
    world.export(&[]);
    let path = world.asst.work().join(format!("out/threads/{damaged}/messages.jsonl"));
    let text = std::fs::read_to_string(&path).unwrap().replacen("message 0", "message X", 1);
    std::fs::write(&path, text).unwrap();
    let ran = world.asst.run(["restore", "out", "--to", "new"]).code(8);
    let ran = ran.says("messages.jsonl: the file has other contents than the manifest states");
    assert!(ran.stdout.contains(&good) && !ran.stdout.contains(&damaged), "{}", ran.text());
    assert_eq!(world.made("threads").len(), 1);
    world.asst.run(["restore", "verify", "out", "--to", "new"]).code(1).says("(1 not_restored, 1 same)");
}

#[test]
fn an_incomplete_archive_is_restored_with_code_8() {
    let world = moved(&[]);
    let thread = world.thread(1);
    world.export(&[]);
    world.asst.run(["export", "out", "thread_missing", "--any-id"]).code(3);
    let manifest = world.asst.work().join("out/manifest.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let failed = r#""failed": {"thread/thread_gone": {"kind":"thread","id":"thread_gone","reason":"x","exit_code":7,"at":"2026-12-01T00:00:00Z"}}"#;
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let failed: serde_json::Value = serde_json::from_str(&format!("{{{failed}}}")).unwrap();
    value["failed"] = failed["failed"].clone();
    std::fs::write(&manifest, value.to_string()).unwrap();
    world.asst.run(["restore", "out", "--to", "new"]).code(8).says("the archive lacks 1 object");
    world.asst.run(["restore", "out", "--to", "new", &thread]).ok();
}

#[test]
fn a_backend_that_refuses_the_key_stops_the_restore() {
    let world = moved(&["--fault", "401,on=POST /threads"]);
    (0..5).for_each(|_| drop(world.thread(1)));
    world.export(&[]);
    let ran = world.asst.run(["restore", "out", "--to", "new", "--concurrency", "1"]).code(4);
    ran.says("no further object is restored");
    assert!(world.new.url.starts_with("http"));
}

#[test]
fn two_restores_at_once_are_refused() {
    let world = moved(&["--fault", "latency=3s,on=POST /threads"]);
    world.thread(1);
    world.export(&[]);
    let mut first = world.asst.command(["restore", "out", "--to", "new"]).spawn().unwrap();
    // The first restore has the lock once its map has the request.
    crate::support::test_env::eventually("the request of the first restore", || {
        let folder = std::fs::read_dir(world.asst.work().join("out/restored")).ok()?;
        let mut maps = folder.filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok());
        maps.any(|map| map.contains("requested")).then_some(())
    });
    world.asst.run(["restore", "verify", "out", "--to", "new"]).code(1).says("another asst process");
    assert!(first.wait().unwrap().success());
}
