//! `kill -9` during a sync, and two syncs at once: the next sync ends in the same state.

use super::Desk;
use crate::support::test_env::Asst;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// The number of times that a sync is killed.
const KILLS: u32 = 24;

fn content(path: usize, version: u32) -> String {
    // Files of one version have different sizes, so that a lost upload can be told from others.
    format!("version {version} of {path} {}", "x".repeat(path))
}

#[test]
fn a_killed_sync_continues_without_copies() {
    let desk = Desk::new(&[]);
    let paths: Vec<String> = (0..20).map(|number| format!("{number:02}.md")).collect();
    (0..20).for_each(|number| desk.write(&paths[number], content(number, 0)));
    let begun = Instant::now();
    desk.sync(&[]).ok();
    let usual = begun.elapsed();
    for kill in 1..=KILLS {
        // Half of the files change, one disappears, and one comes back.
        for number in (0..20).filter(|number| (number + kill as usize).is_multiple_of(2)) {
            desk.write(&paths[number], content(number, kill));
        }
        desk.write("extra.md", content(30, kill));
        let wait = usual.mul_f64(f64::from(kill) / f64::from(KILLS));
        let args = desk.args(&[]);
        let mut child = desk.asst.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let start = Instant::now();
        while start.elapsed() < wait && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ = child.kill();
        child.wait().unwrap();
        if kill % 2 == 0 {
            desk.remove("extra.md");
        }
    }
    desk.sync(&["--verify"]).ok();
    let expected: Vec<&str> = paths.iter().map(String::as_str).collect();
    desk.has_exactly(&expected);
    assert_eq!(desk.asst.run(["ledger", "doctor", "--exit-code"]).code, Some(0), "an intent stays open");
}

#[test]
fn two_syncs_at_once_add_each_file_once() {
    let desk = Desk::new(&[]);
    (0..30).for_each(|number| desk.write(&format!("{number:02}.md"), content(number, 0)));
    std::thread::scope(|scope| {
        let both = [0, 1].map(|_| scope.spawn(|| desk.sync(&[])));
        both.into_iter().for_each(|sync| drop(sync.join().unwrap().ok()));
    });
    let expected: Vec<String> = (0..30).map(|number| format!("{number:02}.md")).collect();
    desk.has_exactly(&expected.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn two_machines_at_once_end_with_one_copy_of_each_file() {
    let desk = Desk::new(&[]);
    (0..30).for_each(|number| desk.write(&format!("{number:02}.md"), content(number, 0)));
    let docs = desk.asst.work().join("docs");
    let docs = docs.to_str().unwrap();
    let url = desk._server.url.clone();
    let other = Asst::new().env("OPENAI_BASE_URL", url).env("OPENAI_API_KEY", "any");
    std::thread::scope(|scope| {
        let first = scope.spawn(|| desk.sync(&[]));
        let second = scope.spawn(|| other.run(["vector-stores", "sync", docs, "--to", &desk.store]));
        drop(first.join().unwrap());
        drop(second.join().unwrap());
    });
    desk.sync(&[]).ok();
    desk.sync(&["--verify"]).ok();
    let expected: Vec<String> = (0..30).map(|number| format!("{number:02}.md")).collect();
    desk.has_exactly(&expected.iter().map(String::as_str).collect::<Vec<_>>());
}
