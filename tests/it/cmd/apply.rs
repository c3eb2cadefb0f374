//! `asst apply` changes a backend until it matches the manifest, and finds its objects again by their identity.

use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, Ran, Server, eventually, served};
use serde_json::{Value, json};

const MANIFEST: &str = "asst: 1
project: hr
assistants:
  helper:
    name: Helper
    model: gpt-4o
    instructions: {file: helper.md}
    tools: [file_search]
    metadata: {team: hr}
    lifecycle: {ignore: [metadata.app_*]}
  bot: {model: gpt-4o, temperature: 0.2}
";

/// Returns a user with a manifest and a server.
fn project(faults: &[&str]) -> (Server, Asst) {
    let (server, asst) = served(faults);
    asst.file("asst.yaml", MANIFEST);
    asst.file("helper.md", "Be kind.\nBe brief.\n");
    (server, asst)
}

/// Returns the assistants of the backend, the oldest first.
fn assistants(asst: &Asst) -> Vec<Value> {
    let listed = asst.run(["assistants", "list", "--order", "asc", "-o", "json"]).ok().json();
    listed.as_array().unwrap().clone()
}

fn writes(ran: &Ran) -> usize {
    let is_write = |line: &&str| line.starts_with("> POST") || line.starts_with("> DELETE");
    ran.stderr.lines().filter(is_write).count()
}

/// Returns the path of the snapshot that a command names.
fn snapshot_of(asst: &Asst, ran: &Ran) -> String {
    let word = ran.stderr.split_whitespace().find(|word| word.contains("asst.json")).unwrap();
    word.trim_end_matches(';').replace("[home]", &asst.home().to_string_lossy())
}

fn id_of(asst: &Asst, name: &str) -> String {
    let key = format!("hr/default/{name}");
    let all = assistants(asst);
    let found = all.iter().find(|one| one["metadata"]["asst_key"] == key.as_str());
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_second_apply_sends_no_write() {
    let (_server, asst) = project(&[]);
    let plan = asst.run(["plan", "--exit-code"]).code(9);
    assert!(plan.stdout.contains("+ hr/default/helper: does not exist"), "{}", plan.text());
    assert!(assistants(&asst).is_empty(), "a plan changes nothing");
    let first = asst.run(["apply", "--output-env", "ids.env", "--trace"]).ok();
    assert_eq!(writes(&first), 2, "{}", first.text());
    let [helper, bot] = ["helper", "bot"].map(|name| id_of(&asst, name));
    let ids = std::fs::read_to_string(asst.work().join("ids.env")).unwrap();
    assert_eq!(ids, format!("HR_HELPER_ID={helper}\nHR_BOT_ID={bot}\n"));
    let stored = asst.run(["assistants", "get", &helper, "-o", "json"]).ok().json();
    assert_eq!(stored["instructions"], "Be kind.\nBe brief.");
    let second = asst.run(["apply", "--trace"]).ok().says("no changes");
    assert_eq!(writes(&second), 0, "{}", second.text());
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn the_ids_are_appended_to_the_outputs_of_a_step_on_request_only() {
    let (_server, asst) = project(&[]);
    asst.run(["apply", "--github-output", "--trace"]).code(2).says("the variable GITHUB_OUTPUT is not set");
    let path = asst.file("outputs", "before=1\n");
    let asst = asst.env("GITHUB_OUTPUT", &path);
    asst.run(["apply"]).ok();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "before=1\n");
    asst.run(["apply", "--github-output"]).ok();
    let [helper, bot] = ["helper", "bot"].map(|name| id_of(&asst, name));
    let lines = format!("before=1\nhr_helper_id={helper}\nhr_bot_id={bot}\n");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), lines);
    asst.file("asst.yaml", MANIFEST.replace("  bot:", "  helper.id: {model: m}\n  helper-id:"));
    asst.run(["apply", "--github-output"]).code(2).says("have the same variable HR_HELPER_ID_ID");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), lines);
}

#[test]
fn an_id_that_would_be_a_command_or_a_second_line_is_not_written() {
    for id in ["asst_1\nother=1", "$(touch made)"] {
        let server = MockServer::new(move |request, _| {
            let bot = json!({ "id": id, "object": "assistant", "created_at": 1, "model": "m",
                "metadata": { "asst_key": "hr/default/bot" } });
            let data = if request.target.contains("after=") { json!([]) } else { json!([bot]) };
            Response::json(200, &json!({ "object": "list", "data": data, "has_more": false }))
        });
        let asst = Asst::with_backend(&server.url());
        asst.file("asst.yaml", "asst: 1\nproject: hr\nassistants: {bot: {model: m}}\n");
        let path = asst.file("outputs", "");
        let asst = asst.env("GITHUB_OUTPUT", &path);
        for flags in [&["--github-output"][..], &["--output-env", "outputs"]] {
            let ran =
                asst.run([&["apply"][..], flags].concat()).code(1).says("the ID of hr/default/bot cannot be written");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), "", "{id}, {flags:?}: {}", ran.text());
        }
    }
}

#[test]
fn a_change_in_the_manifest_updates_the_changed_members_only() {
    let (_server, asst) = project(&[]);
    asst.run(["apply"]).ok();
    let helper = id_of(&asst, "helper");
    // A pair that the manifest ignores survives, although an update replaces all metadata.
    let stored = asst.run(["assistants", "get", &helper, "-o", "json"]).ok().json();
    let digest = format!("asst_digest={}", stored["metadata"]["asst_digest"].as_str().unwrap());
    let pairs = ["team=hr", "app_seen=1", "asst_key=hr/default/helper", &digest];
    let pairs: Vec<&str> = pairs.into_iter().flat_map(|pair| ["--metadata", pair]).collect();
    asst.run([&["assistants", "update", helper.as_str()][..], &pairs].concat()).ok();
    asst.run(["plan", "--exit-code"]).ok();
    asst.file("helper.md", "Be kind.\nBe short.\n");
    asst.file("asst.yaml", MANIFEST.replace("name: Helper\n", "description: The HR helper\n"));
    let plan = asst.run(["plan"]).ok();
    for line in
        ["~ hr/default/helper", "changed in the manifest", "name: \"Helper\" is removed", "- Be brief.", "+ Be short."]
    {
        assert!(plan.stdout.contains(line), "{line}: {}", plan.text());
    }
    let applied = asst.run(["apply", "--trace"]).ok();
    assert_eq!(writes(&applied), 1, "{}", applied.text());
    let stored = asst.run(["assistants", "get", &helper, "-o", "json"]).ok().json();
    assert_eq!(stored["instructions"], "Be kind.\nBe short.");
    assert_eq!((&stored["name"], &stored["description"]), (&Value::Null, &"The HR helper".into()));
    assert_eq!(stored["metadata"]["app_seen"], "1");
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn a_change_at_the_backend_is_overwritten_on_request_only() {
    let (_server, asst) = project(&[]);
    asst.run(["apply"]).ok();
    let bot = id_of(&asst, "bot");
    asst.run(["assistants", "update", &bot, "--instructions", "Edited in the portal"]).ok();
    asst.file("helper.md", "A change in the manifest");
    let plan = asst.run(["plan", "--drift", "--exit-code"]).code(9);
    assert!(plan.stdout.contains(&format!("! hr/default/bot {bot}: changed at the backend")), "{}", plan.text());
    assert!(!plan.stdout.contains("hr/default/helper"), "{}", plan.text());
    asst.file("helper.md", "Be kind.\nBe brief.\n");
    for policy in [&[][..], &["--on-drift", "fail"]] {
        let refused = asst.run([&["apply", "--trace"][..], policy].concat()).code(9);
        assert_eq!(writes(&refused), 0, "{policy:?}: {}", refused.text());
        assert!(refused.stderr.contains("Edited in the portal"), "{policy:?}: {}", refused.text());
    }
    asst.run(["apply", "--on-drift", "keep"]).ok().says("1 kept");
    let overwritten = asst.run(["apply", "--on-drift", "overwrite"]).ok().says("1 updated");
    let instructions =
        |asst: &Asst| asst.run(["assistants", "get", &bot, "-o", "json"]).ok().json()["instructions"].clone();
    assert_eq!(instructions(&asst), Value::Null);
    // The snapshot is a manifest that restores what was overwritten.
    let snapshot = snapshot_of(&asst, &overwritten);
    asst.run(["apply", &snapshot]).ok();
    assert_eq!(instructions(&asst), "Edited in the portal");
}

#[test]
fn a_change_on_both_sides_is_a_conflict() {
    let (_server, asst) = project(&[]);
    asst.run(["apply"]).ok();
    asst.run(["assistants", "update", &id_of(&asst, "bot"), "--temperature", "0.9"]).ok();
    asst.file("asst.yaml", MANIFEST.replace("temperature: 0.2", "temperature: 0.3"));
    let plan = asst.run(["plan", "-o", "json"]).ok().json();
    assert_eq!(plan["summary"]["conflict"], 1, "{plan}");
    asst.run(["apply"]).code(9);
    asst.run(["apply", "--on-drift", "overwrite"]).ok();
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn objects_that_left_the_manifest_are_deleted_with_prune_only() {
    let (_server, asst) = project(&[]);
    asst.run(["apply"]).ok();
    asst.run(["assistants", "create", "--model", "m", "--name", "Helper"]).ok();
    asst.file("asst.yaml", MANIFEST.split("  bot:").next().unwrap());
    let plan = asst.run(["plan", "--exit-code"]).ok();
    assert!(plan.stdout.contains("no longer in the manifest; --prune deletes it"), "{}", plan.text());
    asst.run(["apply", "--output-env", "ids.env"]).ok();
    assert_eq!(assistants(&asst).len(), 3);
    let ids = std::fs::read_to_string(asst.work().join("ids.env")).unwrap();
    assert_eq!(ids, format!("HR_HELPER_ID={}\n", id_of(&asst, "helper")), "an object that left has no variable");
    // The test has no terminal to confirm at.
    asst.run(["apply", "--prune"]).code(2);
    asst.run(["apply", "--prune", "--yes"]).ok().says("1 deleted");
    let left = assistants(&asst);
    assert_eq!(left.len(), 2, "an object without the identity of the project is kept: {left:?}");
    asst.run(["plan", "--prune", "--exit-code"]).ok();
}

#[test]
fn a_repeated_apply_finds_what_a_failed_one_created() {
    for fault in ["500-after-commit,times=1,on=POST /assistants", "cut-after-commit,times=1,on=POST /assistants"] {
        let (_server, asst) = project(&["--fault", fault]);
        let first = asst.run(["apply", "--retries", "0"]);
        assert_ne!(first.code, Some(0), "{fault}: {}", first.text());
        asst.run(["apply"]).ok();
        assert_eq!(assistants(&asst).len(), 2, "{fault}");
        asst.run(["plan", "--exit-code"]).ok();
    }
}

#[test]
fn an_apply_that_is_killed_leaves_no_duplicate() {
    let (_server, asst) = project(&["--fault", "latency=40ms,on=POST /assistants"]);
    let many: String = (0..8).map(|n| format!("  a{n}: {{model: m}}\n")).collect();
    asst.file("asst.yaml", format!("asst: 1\nproject: hr\nassistants:\n{many}"));
    for milliseconds in [5, 30, 60, 90, 120, 150, 200, 300] {
        let mut child = asst.command(["apply", "--concurrency", "2"]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        let _ = child.kill();
        child.wait().unwrap();
    }
    // A request may still be on its way when its sender is killed.
    eventually("the server is idle", || {
        let count = assistants(&asst).len();
        std::thread::sleep(std::time::Duration::from_millis(200));
        (assistants(&asst).len() == count).then_some(())
    });
    asst.run(["apply"]).ok();
    assert_eq!(assistants(&asst).len(), 8);
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn two_applies_at_once_end_with_one_object_each() {
    let (_server, asst) = project(&["--fault", "latency=30ms,on=POST /assistants"]);
    let children: Vec<_> = (0..4).map(|_| asst.command(["apply"]).spawn().unwrap()).collect();
    for child in children {
        let ran = asst.ran(child.wait_with_output().unwrap());
        assert!(matches!(ran.code, Some(0 | 8)), "{}", ran.text());
    }
    let left = assistants(&asst);
    assert_eq!(left.len(), 2, "{left:?}");
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn a_copy_with_the_same_identity_is_shown_and_not_changed() {
    let (_server, asst) = project(&[]);
    asst.run(["apply"]).ok();
    let bot = asst.run(["assistants", "get", &id_of(&asst, "bot"), "-o", "json"]).ok().json();
    let digest = format!("asst_digest={}", bot["metadata"]["asst_digest"].as_str().unwrap());
    let copy = ["assistants", "create", "--model", "gpt-4o", "--temperature", "0.2", "--metadata", &digest];
    asst.run([&copy[..], &["--metadata", "asst_key=hr/default/bot"]].concat()).ok();
    let plan = asst.run(["plan", "-o", "json"]).ok().json();
    assert_eq!(plan["summary"]["ambiguous"], 1, "{plan}");
    let applied = asst.run(["apply", "--trace"]).code(8);
    assert_eq!(writes(&applied), 0, "{}", applied.text());
    assert_eq!(assistants(&asst).len(), 3);
    // The snapshot has both objects, although their name in the manifest is the same.
    let ran = asst.run(["destroy", "--yes"]).ok().says("3 deleted");
    let saved = std::fs::read_to_string(snapshot_of(&asst, &ran)).unwrap();
    assert!(saved.contains("\"bot\": {") && saved.contains("\"bot-2\": {"), "{saved}");
}

#[test]
fn a_state_that_no_apply_left_is_saved_before_it_is_overwritten() {
    let (_server, asst) = project(&[]);
    let key = ["--metadata", "asst_key=hr/default/bot"];
    asst.run([&["assistants", "create", "--model", "m", "--instructions", "By hand"][..], &key].concat()).ok();
    let ran = asst.run(["apply"]).ok().says("1 created, 1 updated");
    let saved = std::fs::read_to_string(snapshot_of(&asst, &ran)).unwrap();
    assert!(saved.contains("By hand"), "{saved}");
}

#[test]
fn a_variable_of_the_environment_replaces_the_profile_of_the_manifest() {
    let asst = Asst::new();
    asst.config("[profiles.prod]\nbackend = 'compatible'\nbase_url = 'http://127.0.0.1:9/v1'\n");
    asst.file("asst.yaml", "asst: 1\nproject: hr\nprofile: prod\nassistants: {bot: {model: m}}\n");
    asst.run(["plan", "--retries", "0"]).code(7);
    asst.run(["--local", "plan"]).ok();
    asst.run(["--profile", "local", "plan"]).ok();
    let asst = asst.env("ASST_LOCAL", "1");
    asst.run(["plan"]).ok();
    let asst = asst.env("ASST_LOCAL", "0").env("ASST_PROFILE", "local");
    asst.run(["plan"]).ok();
}

#[test]
fn the_ids_are_printed_although_the_last_check_fails() {
    // The list is read before the creates, and once more after them.
    let (_server, asst) = project(&["--fault", "500,after=1,on=GET /assistants"]);
    let ran = asst.run(["apply", "--retries", "0"]).code(7);
    assert_eq!(ran.stdout.matches("created").count(), 2, "{}", ran.text());
}

#[test]
fn destroy_deletes_the_objects_of_the_environment_except_protected_ones() {
    let (_server, asst) = project(&[]);
    asst.file("asst.yaml", MANIFEST.replace("ignore: [metadata.app_*]", "protect: true"));
    asst.run(["apply"]).ok();
    asst.run(["assistants", "create", "--model", "m"]).ok();
    let shown = asst.run(["destroy", "--dry-run"]).ok();
    assert!(shown.stdout.contains("- hr/default/bot"), "{}", shown.text());
    asst.run(["destroy"]).code(2);
    assert_eq!(assistants(&asst).len(), 3);
    let ran = asst.run(["destroy", "--yes"]).ok().says("1 deleted, 1 kept");
    let left = assistants(&asst);
    assert_eq!(left.len(), 2, "{left:?}");
    // The snapshot restores what was deleted, as a new object.
    let snapshot = snapshot_of(&asst, &ran);
    asst.run(["apply", &snapshot]).ok().says("1 created");
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn a_plan_reads_a_hundred_assistants_per_request() {
    let (_server, asst) = project(&[]);
    let many: String = (0..250).map(|n| format!("  a{n}: {{model: m, metadata: {{n: '{n}'}}}}\n")).collect();
    asst.file("asst.yaml", format!("asst: 1\nproject: hr\nassistants:\n{many}"));
    asst.run(["apply"]).ok().says("250 created");
    for command in ["plan", "apply"] {
        let ran = asst.run([command, "--trace"]).ok();
        let requests: Vec<&str> =
            ran.stderr.lines().filter(|line| line.starts_with("> ") && line.contains(" http")).collect();
        // Three pages, and a last request that proves the end of the list.
        assert_eq!(requests.len(), 4, "{command}: {requests:?}");
        assert!(requests.iter().all(|line| line.starts_with("> GET")), "{command}: {requests:?}");
    }
}

#[test]
fn a_path_to_which_no_ids_can_be_written_is_refused_before_any_object_is_created() {
    let (_server, asst) = project(&[]);
    for path in ["nowhere/ids.env", "."] {
        asst.run(["apply", "--output-env", path]).code(2).says("--output-env");
        assert_eq!(assistants(&asst), Vec::<Value>::new(), "{path}");
    }
}
