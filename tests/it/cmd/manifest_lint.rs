//! `asst manifest lint` and `asst manifest init`: a manifest is checked without a request.

use crate::support::test_env::{Asst, shows};

#[test]
fn every_problem_is_reported() {
    let asst = Asst::new();
    let text = "asst: 1\nproject: hr\nassistants:\n  helper:\n    modle: gpt-4o\n    instructions: {file: helper.md}\n  \
                bot: {model: '${MODEL}'}\nasistants: {}\n";
    asst.file("asst.yaml", text);
    shows!(asst.run(["manifest", "lint"]), @r"
    --- stderr ---
    error: asst.yaml:8:1: unknown key `asistants` in the manifest
      hint: did you mean `assistants`?
    error: asst.yaml:6:26: cannot read the file `helper.md`: No such file or directory (os error 2)
    error: asst.yaml:7:16: the variable `MODEL` is not declared
      hint: declare it under `vars`, or under `env` to read it from the environment; write $${MODEL} for the text itself
    exit 2
    ");
    let lint = asst.run(["manifest", "lint"]);
    assert_eq!(asst.run(["plan"]).text(), lint.text(), "a plan checks the manifest before any request");
    shows!(asst.run(["manifest", "lint", "other.yaml"]), @r"
    --- stderr ---
    error: no such file: other.yaml
    exit 2
    ");
    asst.file("asst.yaml", "asst: 1\nasst: 1\n");
    shows!(asst.run(["manifest", "lint"]), @r"
    --- stderr ---
    error: asst.yaml is not valid YAML: duplicate mapping key: asst (line 2, column 1)
    exit 2
    ");
}

#[test]
fn the_first_manifest_applies() {
    let asst = Asst::new();
    shows!(asst.run(["manifest", "init"]), @r"
    --- stderr ---
    note: asst.yaml is written; `asst --local plan asst.yaml` shows what it would create
    exit 0
    ");
    shows!(asst.run(["manifest", "init"]), @r"
    --- stderr ---
    error: the file asst.yaml exists already
      hint: choose another name, or move the file away
    exit 2
    ");
    shows!(asst.run(["manifest", "lint"]), @r"
    --- stderr ---
    note: 1 assistant in the environment default of my-project
    exit 0
    ");
    shows!(asst.local(&["plan"]), @r#"
    + my-project/default/helper: does not exist
        instructions: "Answer in one sentence."
        metadata.team: "support"
        model: "gpt-4o-mini"
        name: "Helper"
    1 object: 1 create
    exit 0
    "#);
    asst.local(&["apply"]).ok();
    shows!(asst.local(&["plan", "--exit-code"]), @r"
    1 object, no changes
    exit 0
    ");
}
