//! Workflows and actions of GitHub: their steps and expressions. Whatever is not known here fails the test.

use super::machine::Machine;
use crate::support::test_env::Ran;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::{fmt, fs};

/// Actions of others, each at a commit.
const ACTIONS: [&str; 3] = [
    "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683",
    "actions/cache@5a3ec84eff668545956fd18022155c47e93e2684",
    "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02",
];

const STEP_KEYS: [&str; 7] = ["name", "id", "if", "uses", "with", "env", "run"];
const JOB_KEYS: [&str; 9] =
    ["if", "needs", "runs-on", "timeout-minutes", "concurrency", "permissions", "env", "outputs", "steps"];

/// The values of expressions.
pub(super) type Context = BTreeMap<String, String>;

/// The results of jobs.
#[derive(Default)]
pub(super) struct Jobs {
    /// The names of the jobs that ran, in order.
    pub(super) ran: Vec<String>,
    /// The results of the steps with a script, in order.
    pub(super) steps: Vec<(String, Ran)>,
    /// The name of the first step that failed.
    pub(super) failed: Option<String>,
}

impl fmt::Debug for Jobs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "jobs {:?}, failed: {:?}", self.ran, self.failed)?;
        self.steps.iter().try_for_each(|(name, ran)| write!(out, "\n== {name}\n{}", ran.text()))
    }
}

impl Jobs {
    /// Returns the result of the step with this name.
    #[track_caller]
    pub(super) fn step(&self, name: &str) -> &Ran {
        let found = self.steps.iter().find(|(step, _)| step == name);
        found.map(|(_, ran)| ran).unwrap_or_else(|| panic!("{name} did not run: {self:#?}"))
    }

    #[track_caller]
    pub(super) fn ok(self) -> Self {
        assert!(self.failed.is_none(), "{self:#?}");
        self
    }
}

/// Reads a file of YAML.
pub(super) fn document(path: &str) -> Value {
    let text = fs::read_to_string(super::machine::root().join(path)).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Checks that an object has no other keys.
#[track_caller]
pub(super) fn only(object: &Value, keys: &[&str]) {
    let unknown: Vec<&String> =
        object.as_object().unwrap().keys().filter(|key| !keys.contains(&key.as_str())).collect();
    assert!(unknown.is_empty(), "the test does not know {unknown:?} of {object}");
}

/// Runs the jobs of a workflow whose condition holds, until one fails.
pub(super) fn run(machine: &Machine, path: &str, context: &Context) -> Jobs {
    let workflow = document(path);
    only(&workflow, &["name", "on", "permissions", "defaults", "env", "jobs"]);
    assert_eq!(workflow["permissions"], serde_json::json!({ "contents": "read" }), "{path}");
    assert_eq!(workflow["defaults"]["run"]["shell"], "bash", "{path}");
    let mut context = context.clone();
    let mut jobs = Jobs::default();
    for (name, job) in workflow["jobs"].as_object().unwrap() {
        only(job, &JOB_KEYS);
        assert!(job["timeout-minutes"].is_u64(), "{name} has a limit");
        let needs = job["needs"].as_str();
        if needs.is_some_and(|needed| !jobs.ran.iter().any(|ran| ran == needed)) || !holds(&job["if"], &context) {
            continue;
        }
        let mut vars = variables(&workflow["env"], &context);
        vars.extend(variables(&job["env"], &context));
        for step in job["steps"].as_array().unwrap() {
            self::step(machine, step, &vars, &mut context, &mut jobs);
        }
        for (output, value) in job["outputs"].as_object().into_iter().flatten() {
            let value = replaced(value.as_str().unwrap(), &context);
            context.insert(format!("needs.{name}.outputs.{output}"), value);
        }
        if jobs.failed.is_some() {
            return jobs;
        }
        jobs.ran.push(name.clone());
    }
    jobs
}

/// Runs a step, unless its condition does not hold.
pub(super) fn step(
    machine: &Machine,
    step: &Value,
    vars: &BTreeMap<String, String>,
    context: &mut Context,
    jobs: &mut Jobs,
) {
    only(step, &STEP_KEYS);
    let always = step["if"] == "always()";
    if !always && (jobs.failed.is_some() || !holds(&step["if"], context)) {
        return;
    }
    if let Some(action) = step["uses"].as_str() {
        assert!(ACTIONS.contains(&action), "the test does not know the action {action}");
        if action.starts_with("actions/upload-artifact") {
            machine.keep(step["with"]["name"].as_str().unwrap(), step["with"]["path"].as_str().unwrap());
        }
        return;
    }
    let name = step["name"].as_str().expect("a step with a script has a name");
    let files =
        ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH"].map(|name| (name, machine.asst.home().join(name)));
    let mut vars = vars.clone();
    vars.extend(variables(&step["env"], context));
    for (name, path) in &files {
        fs::write(path, "").unwrap();
        vars.insert((*name).to_owned(), path.to_string_lossy().into_owned());
    }
    for (name, value) in context.iter().filter(|(name, _)| name.starts_with("GITHUB_")) {
        vars.insert(name.clone(), value.clone());
    }
    vars.insert("RUNNER_TEMP".to_owned(), machine.asst.home().join("tmp").to_string_lossy().into_owned());
    let script = step["run"].as_str().unwrap_or_else(|| panic!("the test does not know how to run {step}"));
    assert!(!script.contains("${{"), "an expression in a script can be a command: {script}");
    let ran = machine.bash(script, &vars);
    if let Some(id) = step["id"].as_str() {
        for line in fs::read_to_string(&files[0].1).unwrap().lines() {
            let (output, value) = line.split_once('=').unwrap_or_else(|| panic!("expected NAME=VALUE: {line}"));
            context.insert(format!("steps.{id}.outputs.{output}"), value.to_owned());
        }
    }
    if ran.code != Some(0) && jobs.failed.is_none() {
        jobs.failed = Some(name.to_owned());
    }
    jobs.steps.push((name.to_owned(), ran));
}

/// Returns the variables of a key `env`.
pub(super) fn variables(env: &Value, context: &Context) -> BTreeMap<String, String> {
    let none = Map::new();
    let env = env.as_object().unwrap_or(&none);
    env.iter().map(|(name, value)| (name.clone(), replaced(value.as_str().unwrap(), context))).collect()
}

/// Replaces the expressions in a text.
pub(super) fn replaced(text: &str, context: &Context) -> String {
    let mut parts = text.split("${{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (expression, rest) = part.split_once("}}").unwrap_or_else(|| panic!("an open expression: {text}"));
        out.push_str(&value(expression.trim(), context));
        out.push_str(rest);
    }
    out
}

fn value(expression: &str, context: &Context) -> String {
    if let Some(text) = expression.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return text.to_owned();
    }
    let known = context.get(expression).cloned();
    // An output that no step has written is empty.
    let unset = (expression.starts_with("steps.") || expression.starts_with("needs.")).then(String::new);
    known.or(unset).unwrap_or_else(|| panic!("the test does not know the expression {expression}"))
}

/// Evaluates a condition: comparisons that are joined by `&&`.
fn holds(condition: &Value, context: &Context) -> bool {
    let Some(condition) = condition.as_str() else { return true };
    condition.split("&&").all(|part| {
        let (left, right) =
            part.split_once("==").unwrap_or_else(|| panic!("the test does not know the condition {part}"));
        value(left.trim(), context) == value(right.trim(), context)
    })
}
