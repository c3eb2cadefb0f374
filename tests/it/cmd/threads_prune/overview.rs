//! The main purpose of pruning: orphaned threads are deleted, used threads are kept, and both are reported with the
//! reason.

use crate::support::aged_backend::{Setup, at, days};
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
    assert!(verdict(&old).starts_with(&format!("orphaned: 1 run of missing assistants ({blue})")), "{}", ran.text());
    assert!(verdict(&empty).starts_with("orphaned: no runs and no messages"), "{}", ran.text());
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
    let setup = Setup::new();
    setup.thread_of("asst_gone");
    let used = setup.thread_of("asst_here");
    setup.backend().assistants.insert("asst_here".into());
    setup.backend().message(&used, days(-1));
    shows!(setup.prune(&["--orphaned", "--dry-run", "--concurrency", "1", "--columns", "id,verdict,result,source,reason"]), @r"
    [thread]	in use	stays	created	its assistant asst_here exists
    [thread]	orphaned	would go	created	1 run of missing assistants (asst_gone), last used 100d ago
    --- stderr ---
    1 would go, 0 already gone, 1 in use, 0 unknown
    exit 0
    ");
    shows!(setup.prune(&["--orphaned", "--yes", "--columns", "id,verdict,result"]), @r"
    [thread]	orphaned	deleted
    --- stderr ---
    1 deleted, 0 already gone, 1 in use, 0 unknown, 0 failed
    exit 0
    ");
}

#[test]
fn filters_are_checked_against_the_backend() {
    let setup = Setup::new();
    let create = |team: &str| {
        let pair = format!("team={team}");
        at(&setup.asst, days(-100), &["threads", "create", "--metadata", &pair, "-o", "id"]).ok().id()
    };
    let (hr, it) = (create("hr"), create("it"));
    let moved = create("hr");
    setup.backend().threads.get_mut(&moved).unwrap()["metadata"]["team"] = json!("it");
    let ran = setup.prune(&["--metadata", "team=hr", "--yes"]).ok().says("1 deleted, 0 already gone, 1 in use");
    assert_eq!(ran.ids(), [hr]);
    assert_eq!(setup.present().len(), 2);
    setup.prune(&["--metadata", "team=it", "--older-than", "200d", "--yes"]).ok();
    assert_eq!(setup.prune(&["--metadata", "team=it", "--empty", "--idle", "90d", "--yes"]).ok().ids(), [it]);
}

#[test]
fn any_assistant_flag_prunes_by_age_alone() {
    let setup = Setup::new();
    setup.backend().assistants.insert("asst_here".into());
    let (old, used) = (setup.thread_of("asst_here"), setup.thread_of("asst_here"));
    setup.backend().run(&used, "asst_here", "completed", days(-40));
    setup.prune(&["--idle", "60d", "--yes"]).ok().says("0 deleted").says("--any-assistant");
    let ran = setup.prune(&["--idle", "60d", "--any-assistant", "--yes", "-o", "json"]).ok();
    assert_eq!(ran.json()[0]["id"], json!(old));
    assert_eq!(ran.json()[0]["verdict"], "expired");
    assert_eq!(setup.present(), [used]);
}

#[test]
fn max_flag_limits_the_deletions() {
    let setup = Setup::new();
    (0..5).for_each(|_| drop(setup.thread()));
    assert_eq!(setup.prune(&["--empty", "--max", "2", "--dry-run"]).ok().ids().len(), 2);
    setup.prune(&["--empty", "--max", "2", "--yes"]).ok().says("2 deleted");
    assert_eq!(setup.deleted().len(), 2);
    setup.prune(&["--empty", "--yes"]).ok().says("3 deleted");
}

#[test]
fn backup_exports_each_thread_before_its_deletion() {
    let setup = Setup::new();
    let ids: Vec<String> = (0..3).map(|_| setup.thread_of("asst_gone")).collect();
    setup.backend().message(&ids[0], days(-90));
    setup.prune(&["--orphaned", "--backup", "kept", "--yes"]).ok().says("3 deleted");
    setup.asst.run(["export", "verify", "kept"]).ok();
    let kept = setup.asst.work().join("kept/threads");
    for id in &ids {
        assert!(kept.join(id).join("messages.jsonl").exists(), "{id}");
    }
    let lines = std::fs::read_to_string(kept.join(&ids[0]).join("messages.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 1);
}

#[test]
fn thread_that_cannot_be_exported_is_kept() {
    let setup = Setup::new();
    let (good, bad) = (setup.thread_of("asst_gone"), setup.thread_of("asst_gone"));
    // Only the export fetches the steps of a run.
    let steps = format!("/v1/threads/{bad}/runs/run_");
    setup.backend().hook(move |request, _| {
        let refused = request.target.starts_with(&steps) && request.target.contains("/steps");
        refused.then(|| crate::support::mock_server::Response::error(403, "no", None))
    });
    setup.prune(&["--orphaned", "--backup", "kept", "--yes"]).code(8).says("1 deleted").says("1 failed");
    assert_eq!((setup.deleted(), setup.present()), (vec![good], vec![bad]));
}

#[test]
fn cancel_runs_flag_cancels_hanging_runs() {
    let setup = Setup::new();
    let id = setup.thread();
    setup.backend().run(&id, "asst_gone", "requires_action", days(-100));
    setup.prune(&["--orphaned", "--yes"]).ok().says("0 deleted").says("1 in use");
    setup.prune(&["--orphaned", "--cancel-runs", "--yes"]).ok().says("1 deleted");
    let lines = setup.listener.lines();
    let cancelled = lines.iter().position(|line| line.ends_with("/cancel")).unwrap();
    let deleted = lines.iter().position(|line| line.starts_with("DELETE")).unwrap();
    assert!(cancelled < deleted);
}

#[test]
fn retention_file_applies_rules_and_holds() {
    let setup = Setup::new();
    let create =
        |pair: &str| at(&setup.asst, days(-100), &["threads", "create", "--metadata", pair, "-o", "id"]).ok().id();
    let (ci, legal, other) = (create("ci=1"), create("case=7"), create("x=y"));
    setup.asst.file(
        "retention.toml",
        format!(
            "[[rule]]\nname = 'ci'\nmetadata = {{ ci = '1' }}\n[[rule]]\nname = 'old'\nolder_than = '90d'\n\
             [[hold]]\nname = 'legal'\nmetadata = {{ case = '7' }}\n[[hold]]\nname = 'mine'\nids = ['{other}']\n"
        ),
    );
    let ran = setup.prune(&["--policy", "retention.toml", "--dry-run", "-o", "json"]).ok();
    let rules: Vec<String> = ran
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|item| format!("{} {} {}", item["id"].as_str().unwrap(), item["rule"].as_str().unwrap(), item["reason"]))
        .collect();
    assert!(rules.iter().any(|line| line.starts_with(&format!("{ci} ci "))), "{rules:?}");
    assert!(rules.contains(&format!("{legal} old \"held by `legal`\"")), "{rules:?}");
    setup.prune(&["--policy", "retention.toml", "--yes"]).ok();
    assert_eq!(setup.deleted(), [ci]);
    // If the project file names the retention file, the holds apply even without --policy.
    setup.asst.file("asst.toml", "policy = 'retention.toml'\n");
    setup.prune(&["--orphaned", "--yes"]).ok().says("0 deleted");
    setup.prune(&["--yes"]).ok().says("0 deleted");
    std::fs::remove_file(setup.asst.work().join("asst.toml")).unwrap();
    setup.prune(&["--orphaned", "--yes"]).ok().says("2 deleted");
    assert_eq!(setup.present(), Vec::<String>::new());
}

#[test]
fn hint_never_suggests_a_flag_that_was_given() {
    let setup = Setup::new();
    setup.thread_of("asst_here");
    setup.backend().assistants.insert("asst_here".into());
    let dry = setup.prune(&["--orphaned", "--dry-run"]).ok().says("--any-assistant leaves the decision");
    assert!(!dry.stderr.contains("--dry-run"), "{}", dry.text());
    setup.prune(&["--orphaned", "--yes"]).ok().says("--dry-run shows why each thread is kept");
}
