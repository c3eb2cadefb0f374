//! The pipeline of GitLab.

use super::machine::{EDITED, Machine};
use super::workflow::{document, only};
use crate::support::test_env::Ran;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;

const PIPELINE: &str = "examples/ci/gitlab-ci.yml";
const JOB_KEYS: [&str; 8] =
    ["stage", "rules", "script", "after_script", "artifacts", "resource_group", "interruptible", "needs"];

/// The results of the jobs of a pipeline, in order.
type Jobs = Vec<(String, Ran)>;

/// Returns the variables of a pipeline.
fn variables(machine: &Machine, source: &str) -> BTreeMap<String, String> {
    let folder = machine.work().to_string_lossy().into_owned();
    [
        ("CI_PIPELINE_SOURCE", source),
        ("CI_PROJECT_ID", "1"),
        ("CI_PROJECT_DIR", &folder),
        ("CI_API_V4_URL", "https://gitlab.example/api/v4"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "1"),
        ("CI_COMMIT_BRANCH", "main"),
        ("CI_DEFAULT_BRANCH", "main"),
        ("CI_COMMIT_SHA", "c0ffee"),
        ("CI_SERVER_HOST", "gitlab.example"),
        ("CI_PROJECT_PATH", "team/hr"),
        ("GITLAB_TOKEN", "any"),
        ("ASST_SOURCE", "https://git.example/asst"),
        ("ASST_REVISION", "0123abc"),
        ("ASST_LEDGER", &machine.ledger),
        ("ASST_NO_LEDGER", machine.no_ledger()),
        ("OPENAI_BASE_URL", &machine.backend.url),
        ("OPENAI_API_KEY", "any"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// Runs the jobs whose rules hold, stage by stage, until one fails.
fn run(machine: &Machine, vars: &BTreeMap<String, String>) -> Jobs {
    let pipeline = document(PIPELINE);
    let setup = &pipeline["default"]["before_script"];
    only(&pipeline["default"], &["image", "cache", "before_script"]);
    let mut vars = vars.clone();
    let mut done = Jobs::new();
    for stage in pipeline["stages"].as_array().unwrap() {
        let jobs = pipeline.as_object().unwrap().iter().filter(|(_, job)| job["stage"] == *stage);
        let chosen =
            |(_, job): &(&String, &Value)| job["rules"].as_array().unwrap().iter().any(|rule| holds(rule, &vars));
        for (name, job) in jobs.filter(chosen).collect::<Vec<_>>() {
            only(job, &JOB_KEYS);
            let ran = machine.bash(&[lines(setup), lines(&job["script"])].concat(), &vars);
            if job["after_script"].is_array() {
                machine.bash(&lines(&job["after_script"]), &vars).ok();
            }
            let failed = ran.code != Some(0);
            done.push((name.clone(), ran));
            if failed {
                return done;
            }
            for path in job["artifacts"]["paths"].as_array().into_iter().flatten() {
                machine.keep(name, path.as_str().unwrap());
            }
            if let Some(path) = job["artifacts"]["reports"]["dotenv"].as_str() {
                let ids = fs::read_to_string(machine.work().join(path)).unwrap();
                let pairs = ids.lines().filter_map(|line| line.split_once('='));
                vars.extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
            }
        }
    }
    done
}

fn lines(script: &Value) -> String {
    script.as_array().unwrap().iter().map(|line| format!("{}\n", line.as_str().unwrap())).collect()
}

/// Evaluates a rule: comparisons that are joined by `&&`.
fn holds(rule: &Value, vars: &BTreeMap<String, String>) -> bool {
    only(rule, &["if"]);
    let value = |text: &str| match text.trim().strip_prefix('$') {
        Some(name) => vars.get(name).cloned().unwrap_or_else(|| panic!("the test does not know {name}")),
        None => text.trim().trim_matches('"').to_owned(),
    };
    rule["if"].as_str().unwrap().split("&&").all(|part| {
        let (left, right) = part.split_once("==").unwrap_or_else(|| panic!("the test does not know the rule {part}"));
        value(left) == value(right)
    })
}

fn machine(shared: bool) -> Machine {
    let machine = Machine::new(shared);
    machine.hosts("/user", json!({ "id": 11 }));
    machine.hosts("/projects/1/merge_requests/7/notes", json!([]));
    machine.hosts("/projects/1/repository/commits/c0ffee/merge_requests", json!([{ "iid": 7, "state": "merged" }]));
    machine.write_tests("asst --no-ledger threads create -o id > thread");
    machine
}

#[track_caller]
fn names(jobs: &Jobs) -> Vec<&str> {
    assert!(jobs.iter().all(|(_, ran)| ran.code == Some(0)), "{jobs:#?}");
    jobs.iter().map(|(name, _)| name.as_str()).collect()
}

fn plan_and_apply(shared: bool) {
    let machine = machine(shared);
    let mut vars = variables(&machine, "merge_request_event");
    // The tests are recorded in a ledger of the job, if there is no shared one.
    vars.remove("ASST_NO_LEDGER");
    assert_eq!(names(&run(&machine, &vars)), ["lint", "tests", "plan"]);
    let thread = fs::read_to_string(machine.work().join("thread")).unwrap();
    machine.person(&["threads", "get", thread.trim()]).code(3);
    let note = |calls: &[String]| calls.iter().rfind(|call| call.contains("--request")).unwrap().clone();
    let posted = note(&machine.calls());
    assert!(posted.ends_with("--request POST --data-urlencode body@plan.md https://gitlab.example/api/v4/projects/1/merge_requests/7/notes"), "{posted}");
    let body = fs::read_to_string(machine.work().join("plan.md")).unwrap();
    let notes = [(10, 1), (11, 2)].map(|(author, id)| json!({ "id": id, "author": { "id": author }, "body": body }));
    machine.hosts("/projects/1/merge_requests/7/notes", json!(notes));
    names(&run(&machine, &vars));
    let put = note(&machine.calls());
    assert!(put.contains("--request PUT") && put.ends_with("/merge_requests/7/notes/2"), "{put}");

    let vars = variables(&machine, "push");
    let applied = run(&machine, &vars);
    assert_eq!(names(&applied), ["lint", "apply", "deploy"]);
    let id = machine.assistant()["id"].as_str().unwrap().to_owned();
    assert!(applied[2].1.stdout.ends_with(&format!("the application uses the assistant {id}\n")), "{applied:#?}");
    let again = run(&machine, &vars);
    again.last().unwrap().1.clone().code(9).says("make a new plan");

    let vars = variables(&machine, "schedule");
    assert_eq!(names(&run(&machine, &vars)), ["drift"]);
    machine.edit_assistant();
    run(&machine, &vars)[0].1.clone().code(9);
    assert_eq!(machine.prompt(), EDITED);
    let pushed = machine.calls().pop().unwrap();
    assert!(pushed.starts_with("git push --force --push-option merge_request.create"), "{pushed}");
    assert!(pushed.ends_with("https://oauth2:any@gitlab.example/team/hr.git HEAD:assistants-drift"), "{pushed}");
    // A change on both sides is reported, and there is nothing to push.
    machine.commit_prompt("Written by the team\n");
    run(&machine, &vars)[0].1.clone().code(9);
    assert_eq!(machine.prompt(), "Written by the team");
    assert!(!machine.calls().iter().any(|call| call.starts_with("git push")));
}

#[test]
fn a_merge_request_shows_the_plan_and_its_merge_applies_it() {
    plan_and_apply(false);
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn a_merge_applies_the_plan_with_a_ledger_on_postgres() {
    plan_and_apply(true);
}

#[test]
fn a_commit_without_a_merge_request_applies_nothing() {
    let machine = machine(false);
    machine.hosts("/projects/1/repository/commits/c0ffee/merge_requests", json!([{ "iid": 7, "state": "opened" }]));
    let jobs = run(&machine, &variables(&machine, "push"));
    let (name, ran) = jobs.last().unwrap();
    assert_eq!((name.as_str(), ran.code), ("apply", Some(1)), "{}", ran.text());
    assert!(machine.person(&["assistants", "list", "-o", "id"]).ok().ids().is_empty());
}
