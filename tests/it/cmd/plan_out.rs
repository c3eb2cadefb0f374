//! `asst plan --out` and `--markdown`, and `asst apply --plan`.

use crate::support::test_env::{Asst, Server, served};

const MANIFEST: &str = "asst: 1
project: hr
assistants:
  helper:
    model: gpt-4o
    instructions: {file: helper.md}
  bot: {model: gpt-4o}
";

fn project() -> (Server, Asst) {
    let (server, asst) = served(&[]);
    asst.file("asst.yaml", MANIFEST);
    asst.file("helper.md", "Be kind.\nBe brief.\n");
    (server, asst)
}

#[test]
fn a_saved_plan_has_no_values_and_applies_once() {
    let (_server, asst) = project();
    asst.run(["plan", "--out", "plan.json"]).ok();
    let saved = std::fs::read_to_string(asst.work().join("plan.json")).unwrap();
    assert!(!saved.contains("Be kind") && !saved.contains("gpt-4o"), "{saved}");
    let ran = asst.run(["apply", "--plan", "plan.json", "-o", "json"]).ok();
    assert_eq!(ran.json().as_array().unwrap().len(), 2);
    // The objects exist now, so the plan does not hold any more.
    asst.run(["apply", "--plan", "plan.json"]).code(9).says("helper");
}

#[test]
fn a_saved_plan_is_refused_if_a_side_has_moved() {
    let (_server, asst) = project();
    asst.run(["apply"]).ok();
    asst.file("helper.md", "Be kind.\nBe long.\n");
    asst.run(["plan", "--out", "plan.json"]).ok();
    asst.file("helper.md", "Be kind.\nBe short.\n");
    let ran = asst.run(["apply", "--plan", "plan.json", "--trace"]).code(9).says("changed in the manifest");
    assert!(!ran.stderr.contains("> POST"), "{}", ran.text());
    asst.file("helper.md", "Be kind.\nBe long.\n");
    let bot = asst.run(["assistants", "list", "-o", "json"]).ok().json();
    let bot =
        bot.as_array().unwrap().iter().find(|one| one["metadata"]["asst_key"] == "hr/default/bot").unwrap().clone();
    let bot = bot["id"].as_str().unwrap();
    asst.run(["assistants", "update", bot, "--model", "other"]).ok();
    asst.run(["apply", "--plan", "plan.json"]).code(9).says("hr/default/bot").says("changed at the backend");
    asst.run(["assistants", "update", bot, "--model", "gpt-4o"]).ok();
    asst.run(["apply", "--plan", "plan.json"]).ok();
}

#[test]
fn a_saved_plan_is_refused_if_the_manifest_changed_in_what_is_not_compared() {
    let (_server, asst) = project();
    asst.run(["apply"]).ok();
    asst.run(["plan", "--out", "plan.json"]).ok();
    let ignoring = MANIFEST.replace("bot: {model: gpt-4o}", "bot: {model: gpt-4o, lifecycle: {ignore: [temperature]}}");
    asst.file("asst.yaml", ignoring);
    asst.run(["plan", "--exit-code"]).ok();
    asst.run(["apply", "--plan", "plan.json"]).code(9).says("hr/default/bot").says("changed in the manifest");
}

#[test]
fn a_plan_of_another_project_or_an_edited_one_is_refused() {
    let (_server, asst) = project();
    asst.run(["plan", "--out", "plan.json"]).ok();
    let saved = std::fs::read_to_string(asst.work().join("plan.json")).unwrap();
    asst.file("edited.json", saved.replace("\"create\"", "\"delete\""));
    asst.run(["apply", "--plan", "edited.json"]).code(2).says("was changed after it was saved");
    asst.run(["apply", "--plan", "asst.yaml"]).code(2).says("expected a saved plan");
    asst.run(["apply", "--plan", "missing.json"]).code(2).says("no such file");
    asst.file("asst.yaml", MANIFEST.replace("project: hr", "project: it"));
    asst.run(["apply", "--plan", "plan.json"]).code(2).says("saved for the project hr");
    let (_other, asst_of_other) = project();
    asst_of_other.file("plan.json", &saved);
    asst_of_other.run(["apply", "--plan", "plan.json"]).code(2).says("saved for the backend");
    assert!(asst.run(["assistants", "list", "-o", "id"]).ok().ids().is_empty());
}

#[test]
fn markdown_has_a_marker_and_fits() {
    let (_server, asst) = project();
    asst.run(["apply"]).ok();
    asst.file("helper.md", "Be kind.\n```sh\nls\n```\n");
    let text = asst.run(["plan", "--markdown"]).ok().stdout;
    assert!(text.starts_with("<!-- asst plan hr/default -->\n"), "{text}");
    assert!(text.contains("````diff\n@@ instructions @@\n Be kind.\n-Be brief.\n+```sh"), "{text}");
    assert!(text.contains("| update | 1 |"), "{text}");
    asst.file("helper.md", "a line of the text\n".repeat(9_000));
    for limit in ["1000", "60000"] {
        let text = asst.run(["plan", "--markdown", "--max-bytes", limit]).ok().stdout;
        assert!(text.len() <= limit.parse().unwrap(), "{} of {limit}", text.len());
        assert!(text.contains("too long: the differences of 1 object."), "{text}");
    }
    asst.run(["plan", "--markdown", "--max-bytes", "70000"]).code(2);
    asst.run(["apply"]).ok();
    assert!(asst.run(["plan", "--markdown"]).ok().stdout.contains("No changes"));
}
