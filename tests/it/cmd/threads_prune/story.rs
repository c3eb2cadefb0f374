//! The main purpose of pruning: orphaned threads are deleted, used threads are kept, and both are reported with the
//! reason.

use crate::support::aged_backend::{World, at, days};
use crate::support::test_env::{Asst, shows};
use serde_json::json;

#[test]
fn orphaned_threads_are_deleted_and_the_rest_is_kept() {
    // This server created everything 100 days ago.
    let past = Asst::new().env("ASST_NOW", days(-100).to_string());
    let server = past.serve(&[]);
    let asst = Asst::new().env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
    let then = |args: &[&str]| at(&asst, days(-100), args).ok();
    let make = |name: &str| then(&["assistants", "create", "--model", "echo", "--name", name, "-o", "id"]).id();
    let (blue, green) = (make("blue"), make("green"));
    let thread = || then(&["threads", "create", "--message", "hello", "-o", "id"]).id();
    let run = |thread: &str, assistant: &str| {
        let run = then(&["runs", "create", thread, "--assistant-id", assistant, "-o", "id"]).id();
        crate::support::test_env::eventually("the run", || {
            let status = then(&["runs", "get", thread, &run, "-o", "json"]).json()["status"].clone();
            (status == "completed").then_some(())
        });
    };
    let (old, both) = (thread(), thread());
    run(&old, &blue);
    run(&both, &blue);
    run(&both, &green);
    let empty = then(&["threads", "create", "-o", "id"]).id();
    then(&["assistants", "delete", &blue]);
    let young = asst
        .run(["threads", "prune", "--orphaned", "--grace", "200d", "--yes"])
        .ok()
        .says("0 deleted, 0 already gone, 3 in use");
    assert_eq!(young.stdout, "");
    let ran = asst.run(["threads", "prune", "--orphaned", "--dry-run", "-o", "json"]).ok();
    let verdict = |id: &str| {
        let all = ran.json();
        let found = all.as_array().unwrap().iter().find(|item| item["id"] == id).unwrap().clone();
        format!("{}: {}", found["verdict"].as_str().unwrap(), found["reason"].as_str().unwrap())
    };
    assert_eq!(verdict(&both), format!("in use: its assistant {green} exists"));
    assert!(
        verdict(&old).starts_with(&format!("orphaned: 1 run, all of missing assistants ({blue})")),
        "{}",
        ran.text()
    );
    assert!(verdict(&empty).starts_with("orphaned: neither run nor message"), "{}", ran.text());
    assert_eq!(asst.run(["threads", "list"]).ok().ids().len(), 3, "a dry run deletes nothing");
    let ran = asst.run(["threads", "prune", "--orphaned", "--yes", "-o", "id"]).ok();
    let mut gone = ran.ids();
    gone.sort();
    let mut expected = [old.clone(), empty];
    expected.sort();
    assert_eq!(gone, expected, "{}", ran.text());
    ran.says("2 deleted, 0 already gone, 1 in use, 0 unknown, 0 failed");
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().ids(), std::slice::from_ref(&both));
    asst.run(["threads", "get", &both]).ok();
    asst.run(["threads", "get", &old]).code(3);
    assert!(asst.run(["ledger", "events", "-o", "id"]).ok().ids().contains(&old));
}

#[test]
fn prune_shows_verdict_result_and_reason_of_each_thread() {
    let world = World::new();
    world.thread_of("asst_gone");
    let used = world.thread_of("asst_here");
    world.backend().assistants.insert("asst_here".into());
    world.backend().message(&used, days(-1));
    shows!(world.prune(&["--orphaned", "--dry-run", "--concurrency", "1", "--columns", "id,verdict,result,source,reason"]), @r"
    [thread]	in use	stays	created	its assistant asst_here exists
    [thread]	orphaned	would go	created	1 run, all of missing assistants (asst_gone), last used 100d ago
    --- stderr ---
    1 would go, 0 already gone, 1 in use, 0 unknown
    exit 0
    ");
    shows!(world.prune(&["--orphaned", "--yes", "--columns", "id,verdict,result"]), @r"
    [thread]	orphaned	deleted
    --- stderr ---
    1 deleted, 0 already gone, 1 in use, 0 unknown, 0 failed
    exit 0
    ");
}

#[test]
fn filters_are_checked_against_the_backend() {
    let world = World::new();
    let create = |team: &str| {
        let pair = format!("team={team}");
        at(&world.asst, days(-100), &["threads", "create", "--metadata", &pair, "-o", "id"]).ok().id()
    };
    let (hr, it) = (create("hr"), create("it"));
    let moved = create("hr");
    world.backend().threads.get_mut(&moved).unwrap()["metadata"]["team"] = json!("it");
    let ran = world.prune(&["--metadata", "team=hr", "--yes"]).ok().says("1 deleted, 0 already gone, 1 in use");
    assert_eq!(ran.ids(), [hr]);
    assert_eq!(world.present().len(), 2);
    world.prune(&["--metadata", "team=it", "--older-than", "200d", "--yes"]).ok();
    assert_eq!(world.prune(&["--metadata", "team=it", "--empty", "--idle", "90d", "--yes"]).ok().ids(), [it]);
}

#[test]
fn any_assistant_flag_prunes_by_age_alone() {
    let world = World::new();
    world.backend().assistants.insert("asst_here".into());
    let (old, used) = (world.thread_of("asst_here"), world.thread_of("asst_here"));
    world.backend().run(&used, "asst_here", "completed", days(-40));
    world.prune(&["--idle", "60d", "--yes"]).ok().says("0 deleted").says("--any-assistant");
    let ran = world.prune(&["--idle", "60d", "--any-assistant", "--yes", "-o", "json"]).ok();
    assert_eq!(ran.json()[0]["id"], json!(old));
    assert_eq!(ran.json()[0]["verdict"], "expired");
    assert_eq!(world.present(), [used]);
}

#[test]
fn max_flag_limits_the_deletions() {
    let world = World::new();
    (0..5).for_each(|_| drop(world.thread()));
    assert_eq!(world.prune(&["--empty", "--max", "2", "--dry-run"]).ok().ids().len(), 2);
    world.prune(&["--empty", "--max", "2", "--yes"]).ok().says("2 deleted");
    assert_eq!(world.deleted().len(), 2);
    world.prune(&["--empty", "--yes"]).ok().says("3 deleted");
}

#[test]
fn backup_exports_each_thread_before_its_deletion() {
    let world = World::new();
    let ids: Vec<String> = (0..3).map(|_| world.thread_of("asst_gone")).collect();
    world.backend().message(&ids[0], days(-90));
    world.prune(&["--orphaned", "--backup", "kept", "--yes"]).ok().says("3 deleted");
    world.asst.run(["export", "verify", "kept"]).ok();
    let kept = world.asst.work().join("kept/threads");
    for id in &ids {
        assert!(kept.join(id).join("messages.jsonl").exists(), "{id}");
    }
    let lines = std::fs::read_to_string(kept.join(&ids[0]).join("messages.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 1);
}

#[test]
fn thread_that_cannot_be_exported_is_kept() {
    let world = World::new();
    let (good, bad) = (world.thread_of("asst_gone"), world.thread_of("asst_gone"));
    // Only the export fetches the steps of a run.
    let steps = format!("/v1/threads/{bad}/runs/run_");
    world.backend().hook(move |asked, _| {
        let refused = asked.target.starts_with(&steps) && asked.target.contains("/steps");
        refused.then(|| crate::support::mock_server::Deed::error(403, "no", None))
    });
    world.prune(&["--orphaned", "--backup", "kept", "--yes"]).code(8).says("1 deleted").says("1 failed");
    assert_eq!((world.deleted(), world.present()), (vec![good], vec![bad]));
}

#[test]
fn cancel_runs_flag_cancels_hanging_runs() {
    let world = World::new();
    let id = world.thread();
    world.backend().run(&id, "asst_gone", "requires_action", days(-100));
    world.prune(&["--orphaned", "--yes"]).ok().says("0 deleted").says("1 in use");
    world.prune(&["--orphaned", "--cancel-runs", "--yes"]).ok().says("1 deleted");
    let lines = world.listener.lines();
    let cancelled = lines.iter().position(|line| line.ends_with("/cancel")).unwrap();
    let deleted = lines.iter().position(|line| line.starts_with("DELETE")).unwrap();
    assert!(cancelled < deleted);
}

#[test]
fn retention_file_applies_rules_and_holds() {
    let world = World::new();
    let create =
        |pair: &str| at(&world.asst, days(-100), &["threads", "create", "--metadata", pair, "-o", "id"]).ok().id();
    let (ci, legal, other) = (create("ci=1"), create("case=7"), create("x=y"));
    world.asst.file(
        "retention.toml",
        format!(
            "[[rule]]\nname = 'ci'\nmetadata = {{ ci = '1' }}\n[[rule]]\nname = 'old'\nolder_than = '90d'\n\
             [[hold]]\nname = 'legal'\nmetadata = {{ case = '7' }}\n[[hold]]\nname = 'mine'\nids = ['{other}']\n"
        ),
    );
    let ran = world.prune(&["--policy", "retention.toml", "--dry-run", "-o", "json"]).ok();
    let rules: Vec<String> = ran
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|item| format!("{} {} {}", item["id"].as_str().unwrap(), item["rule"].as_str().unwrap(), item["reason"]))
        .collect();
    assert!(rules.iter().any(|line| line.starts_with(&format!("{ci} ci "))), "{rules:?}");
    assert!(rules.contains(&format!("{legal} old \"held by `legal`\"")), "{rules:?}");
    world.prune(&["--policy", "retention.toml", "--yes"]).ok();
    assert_eq!(world.deleted(), [ci]);
    // The project file names the retention file too. Then its holds apply whatever flags are given.
    world.asst.file("asst.toml", "policy = 'retention.toml'\n");
    world.prune(&["--orphaned", "--yes"]).ok().says("0 deleted");
    world.prune(&["--yes"]).ok().says("0 deleted");
    std::fs::remove_file(world.asst.work().join("asst.toml")).unwrap();
    world.prune(&["--orphaned", "--yes"]).ok().says("2 deleted");
    assert_eq!(world.present(), Vec::<String>::new());
}

#[test]
fn hint_never_suggests_a_flag_that_was_given() {
    let world = World::new();
    world.thread_of("asst_here");
    world.backend().assistants.insert("asst_here".into());
    let dry = world.prune(&["--orphaned", "--dry-run"]).ok().says("--any-assistant leaves the decision");
    assert!(!dry.stderr.contains("--dry-run"), "{}", dry.text());
    world.prune(&["--orphaned", "--yes"]).ok().says("--dry-run says why each stays");
}
