//! The composite action in `action.yml`.

use super::machine::{Machine, root};
use super::workflow::{Context, Jobs, document, only, replaced, step};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// Runs the action with these inputs. Returns the result and the outputs.
fn run(machine: &Machine, inputs: &[(&str, &str)]) -> (Jobs, BTreeMap<String, String>) {
    let action = document("action.yml");
    only(&action, &["name", "description", "inputs", "outputs", "runs"]);
    assert_eq!(action["runs"]["using"], "composite");
    let mut context = Context::from([("github.action_path".to_owned(), root().to_string_lossy().into_owned())]);
    for (name, input) in action["inputs"].as_object().unwrap() {
        let given = inputs.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
        let value = given.or(input["default"].as_str()).unwrap_or_else(|| panic!("the input {name} is required"));
        context.insert(format!("inputs.{name}"), value.to_owned());
    }
    let vars = [("OPENAI_BASE_URL", machine.backend.url.as_str()), ("OPENAI_API_KEY", "any")];
    let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let mut jobs = Jobs::default();
    for one in action["runs"]["steps"].as_array().unwrap() {
        let mut one = one.clone();
        // A composite action names the shell of each step.
        assert_eq!(one.as_object_mut().unwrap().remove("shell"), Some(Value::from("bash")), "{one}");
        step(machine, &one, &vars, &mut context, &mut jobs);
    }
    let outputs = action["outputs"].as_object().unwrap().iter();
    let outputs = outputs.map(|(name, output)| (name.clone(), replaced(output["value"].as_str().unwrap(), &context)));
    (jobs, outputs.collect())
}

#[test]
fn the_action_plans_and_applies() {
    let machine = Machine::new(false);
    let (jobs, outputs) = run(&machine, &[("command", "plan"), ("env", "prod"), ("args", "--exit-code")]);
    jobs.ok();
    assert_eq!(outputs["exit-code"], "9");
    let markdown = fs::read_to_string(&outputs["markdown"]).unwrap();
    assert!(markdown.starts_with("<!-- asst plan hr/prod -->"), "{markdown}");
    let saved = format!("--plan\n{}\n", outputs["plan"]);
    let (jobs, outputs) = run(&machine, &[("command", "apply"), ("env", "prod"), ("args", &saved)]);
    jobs.ok();
    let id = machine.assistant()["id"].as_str().unwrap().to_owned();
    assert_eq!(outputs["ids"], format!("{{\"hr_helper_id\":\"{id}\"}}"));
    assert_eq!((outputs["exit-code"].as_str(), outputs["plan"].as_str()), ("0", ""));
    // The saved plan does not hold any more, which fails the step.
    let (jobs, outputs) = run(&machine, &[("command", "apply"), ("env", "prod"), ("args", &saved)]);
    assert_eq!((jobs.failed.as_deref(), outputs["exit-code"].as_str()), (Some("Run asst"), "9"));
    run(&machine, &[("command", "manifest lint"), ("env", "prod")]).0.ok();
    run(&machine, &[("command", "destroy"), ("env", "prod"), ("args", "--yes")]).0.ok();
    assert!(machine.person(&["assistants", "list", "-o", "id"]).ok().ids().is_empty());
}

#[test]
fn an_input_of_the_action_is_never_a_command_or_a_flag_of_the_manifest() {
    let machine = Machine::new(false);
    for inputs in [
        [("command", "plan; touch made"), ("manifest", "asst.yaml")],
        [("command", "plan"), ("manifest", "$(touch made)")],
        [("command", "plan"), ("manifest", "--var")],
        [("command", "plan"), ("args", "`touch made`\n--env\nprod; touch made")],
    ] {
        let (jobs, _) = run(&machine, &inputs);
        jobs.step("Run asst").clone().code(2);
        assert!(!machine.work().join("made").exists(), "{inputs:?}");
    }
}

#[test]
fn the_action_builds_the_program_if_there_is_none() {
    let machine = Machine::new(false);
    let build = document("action.yml")["runs"]["steps"][0]["run"].as_str().unwrap().to_owned();
    // A machine without the program: `command -v` finds nothing.
    let script = format!("command() {{ return 1; }}\n{build}");
    let path = machine.asst.home().join("path");
    let vars = BTreeMap::from([
        ("ACTION".to_owned(), "/action".to_owned()),
        ("RUNNER_TEMP".to_owned(), "/temp".to_owned()),
        ("GITHUB_PATH".to_owned(), path.to_string_lossy().into_owned()),
    ]);
    machine.bash(&script, &vars).ok();
    assert_eq!(machine.calls(), ["cargo install --locked --root /temp/asst --path /action"]);
    assert_eq!(fs::read_to_string(path).unwrap(), "/temp/asst/bin\n");
}
