//! The workflows of GitHub Actions.

use super::machine::{EDITED, Machine, root};
use super::workflow::{Context, Jobs, run};
use serde_json::json;
use std::fs;

const ASSISTANTS: &str = "examples/ci/github/assistants.yml";
const DRIFT: &str = "examples/ci/github/drift.yml";
const TESTS: &str = "examples/ci/github/tests.yml";

/// Returns the values of expressions at an event.
fn context(machine: &Machine, event: &str, git_ref: &str) -> Context {
    [
        ("github.event_name", event),
        ("github.ref", git_ref),
        ("github.repository", "team/hr"),
        ("github.token", "any"),
        ("github.event.pull_request.head.repo.full_name", "team/hr"),
        ("github.event.pull_request.number", "7"),
        ("runner.os", "Linux"),
        ("vars.ASST_SOURCE", "https://git.example/asst"),
        ("vars.ASST_REVISION", "0123abc"),
        ("vars.ASST_NO_LEDGER", machine.no_ledger()),
        ("vars.OPENAI_BASE_URL", &machine.backend.url),
        ("secrets.OPENAI_API_KEY", "any"),
        ("secrets.ASST_LEDGER", &machine.ledger),
        ("GITHUB_REPOSITORY", "team/hr"),
        ("GITHUB_SHA", "c0ffee"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

fn pull_request(machine: &Machine) -> Jobs {
    run(machine, ASSISTANTS, &context(machine, "pull_request", "refs/pull/7/merge"))
}

fn merge(machine: &Machine) -> Jobs {
    run(machine, ASSISTANTS, &context(machine, "push", "refs/heads/main"))
}

/// Returns a machine whose repository has an open pull request without comments.
fn machine(shared: bool) -> Machine {
    let machine = Machine::new(shared);
    machine.hosts("/repos/team/hr/issues/7/comments", json!([]));
    machine.hosts("/repos/team/hr/commits/c0ffee/pulls", json!([{ "head": { "sha": "beef" } }]));
    machine.hosts("/runs", json!([{ "databaseId": 4711 }]));
    machine
}

fn plan_and_apply(shared: bool) {
    let machine = machine(shared);
    let pushed = run(&machine, ASSISTANTS, &context(&machine, "push", "refs/heads/topic")).ok();
    assert_eq!(pushed.ran, ["lint"]);
    assert_eq!(machine.calls(), Vec::<String>::new(), "asst is installed already");

    let planned = pull_request(&machine).ok();
    assert_eq!(planned.ran, ["lint", "plan"]);
    let calls = machine.calls();
    let posted = "gh api --method POST repos/team/hr/issues/7/comments --field body=@plan.md --silent";
    assert_eq!(calls.last().map(String::as_str), Some(posted), "{calls:?}");
    let comment = fs::read_to_string(machine.work().join("plan.md")).unwrap();
    assert!(comment.starts_with("<!-- asst plan hr/prod -->\n") && comment.contains("| create | 1 |"), "{comment}");

    // The comment of an earlier run is replaced, and nobody else's.
    let comments = [
        ("somebody", 1, comment.as_str()),
        ("github-actions[bot]", 2, "tests failed"),
        ("github-actions[bot]", 3, &comment),
    ]
    .map(|(login, id, body)| json!({ "id": id, "user": { "login": login }, "body": body }));
    machine.hosts("/repos/team/hr/issues/7/comments", json!(comments));
    pull_request(&machine).ok();
    let calls = machine.calls();
    let patched = "gh api --method PATCH repos/team/hr/issues/comments/3 --field body=@plan.md --silent";
    assert_eq!(calls.last().map(String::as_str), Some(patched), "{calls:?}");

    let applied = merge(&machine).ok();
    assert_eq!(applied.ran, ["lint", "apply", "deploy"]);
    let id = machine.assistant()["id"].as_str().unwrap().to_owned();
    let said = format!("the application uses the assistant {id}\n");
    assert_eq!(applied.step("Hand the ID over to the application").stdout, said);
    assert!(machine.calls().iter().any(|call| call.starts_with("gh run download 4711 --name plan")));

    // What changed since the plan stops the apply.
    let again = merge(&machine);
    assert_eq!(again.failed.as_deref(), Some("Apply the plan"));
    again.step("Apply the plan").clone().code(9).says("make a new plan");
}

#[test]
fn a_pull_request_shows_the_plan_and_its_merge_applies_it() {
    plan_and_apply(false);
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn a_merge_applies_the_plan_with_a_ledger_on_postgres() {
    plan_and_apply(true);
}

#[test]
fn a_push_without_a_pull_request_applies_nothing() {
    let machine = machine(false);
    machine.hosts("/repos/team/hr/commits/c0ffee/pulls", json!([]));
    let jobs = merge(&machine);
    assert_eq!(jobs.failed.as_deref(), Some("Fetch the plan of the pull request"));
    assert!(machine.person(&["assistants", "list", "-o", "id"]).ok().ids().is_empty());
}

#[test]
fn a_pull_request_of_a_fork_and_a_wrong_manifest_make_no_plan() {
    let machine = machine(false);
    let mut forked = context(&machine, "pull_request", "refs/pull/7/merge");
    forked.insert("github.event.pull_request.head.repo.full_name".into(), "other/hr".into());
    assert_eq!(run(&machine, ASSISTANTS, &forked).ok().ran, ["lint"]);
    machine.asst.file("asst.yaml", "asst: 1\nproject: hr\nassistants: {helper: {modle: m}}\n");
    let jobs = pull_request(&machine);
    assert_eq!(jobs.failed.as_deref(), Some("Lint the manifest"));
    assert!(jobs.ran.is_empty(), "{jobs:?}");
}

#[test]
fn the_nightly_job_opens_a_pull_request_if_somebody_changed_an_assistant() {
    let machine = machine(false);
    machine.hosts("/pulls", json!([]));
    machine.person(&["apply", "--env", "prod"]).ok();
    assert_eq!(night(&machine).ok().steps.len(), 2, "there is nothing to report");
    machine.edit_assistant();
    let jobs = night(&machine);
    assert_eq!(jobs.failed.as_deref(), Some("Report the drift"));
    jobs.step("Report the drift").clone().code(9);
    // The pull request has the edit in the file from which the member comes.
    assert_eq!(machine.prompt(), EDITED);
    let calls = machine.calls();
    for expected in ["git push --force origin assistants-drift", "gh pr create --head assistants-drift"] {
        assert!(calls.iter().any(|call| call.starts_with(expected)), "{expected}: {calls:?}");
    }
    // The open pull request of an earlier night is changed.
    fs::copy(root().join("examples/ci/prompts/helper.md"), machine.work().join("prompts/helper.md")).unwrap();
    machine.hosts("/pulls", json!([{ "number": 12 }]));
    night(&machine);
    let calls = machine.calls();
    assert_eq!(calls.last().map(String::as_str), Some("gh pr edit 12 --body-file drift.md"), "{calls:?}");
    let report = fs::read_to_string(machine.work().join("drift.md")).unwrap();
    assert!(report.contains(EDITED), "{report}");
    // A backend that cannot be reached is a failure of another kind.
    let mut gone = context(&machine, "schedule", "refs/heads/main");
    gone.insert("vars.OPENAI_BASE_URL".into(), "http://127.0.0.1:9/v1".into());
    assert_eq!(run(&machine, DRIFT, &gone).failed.as_deref(), Some("Compare the backend with the manifest"));
}

/// Runs the nightly job.
fn night(machine: &Machine) -> Jobs {
    run(machine, DRIFT, &context(machine, "schedule", "refs/heads/main"))
}

#[test]
fn an_object_that_also_changed_in_the_manifest_does_not_hinder_the_pull_request_for_others() {
    let machine = machine(false);
    machine.hosts("/pulls", json!([]));
    let manifest = fs::read_to_string(machine.work().join("asst.yaml")).unwrap();
    let both = format!("{manifest}  greeter: {{model: gpt-4o-mini, name: Old}}\n");
    machine.asst.file("asst.yaml", &both);
    machine.commit();
    machine.person(&["apply", "--env", "prod"]).ok();
    let ids = machine.person(&["assistants", "list", "-o", "id"]).ok().ids();
    ids.iter().for_each(|id| drop(machine.person(&["assistants", "update", id, "--name", "New"]).ok()));
    machine.asst.file("asst.yaml", both.replace("name: HR helper", "name: HR assistant"));
    machine.commit();
    let jobs = night(&machine);
    assert_eq!(jobs.failed.as_deref(), Some("Report the drift"), "{jobs:#?}");
    let text = fs::read_to_string(machine.work().join("asst.yaml")).unwrap();
    assert!(text.contains("name: New") && text.contains("name: HR assistant"), "{text}");
    assert!(machine.calls().iter().any(|call| call.starts_with("gh pr create")));
    // Without any change that the manifest can take over, there is nothing to commit.
    machine.asst.file("asst.yaml", text.replace("name: New", "name: Newer"));
    machine.commit();
    let jobs = night(&machine);
    assert_eq!(jobs.failed.as_deref(), Some("Report the drift"), "{jobs:#?}");
    let calls = machine.calls();
    assert!(!calls.iter().any(|call| call.contains(" commit ") || call.starts_with("gh pr")), "{calls:?}");
}

fn test_job(shared: bool) {
    let created = "asst --no-ledger threads create -o id | tee -a threads\n";
    for (case, end, failed) in [
        ("the tests pass", "exit 0", None),
        ("the tests fail", "exit 1", Some("Test")),
        ("the job is killed", "kill -KILL $PPID; sleep 5", Some("Test")),
    ] {
        let machine = machine(shared);
        machine.write_tests(&format!("{created}{created}{end}"));
        let jobs = run(&machine, TESTS, &context(&machine, "pull_request", "refs/pull/7/merge"));
        assert_eq!(jobs.failed.as_deref(), failed, "{case}: {jobs:#?}");
        jobs.step("Clean up what a killed job left").clone().ok();
        let threads = fs::read_to_string(machine.work().join("threads")).unwrap();
        assert_eq!(threads.lines().count(), 2, "{case}: {jobs:#?}");
        for thread in threads.lines() {
            assert_eq!(machine.person(&["threads", "get", thread]).code, Some(3), "{case}: {thread} is deleted");
        }
    }
}

#[test]
fn the_threads_of_the_tests_are_deleted_whatever_becomes_of_the_job() {
    test_job(false);
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn the_threads_of_the_tests_are_deleted_with_a_ledger_on_postgres() {
    test_job(true);
}
