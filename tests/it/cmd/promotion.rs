//! `--after` of `asst plan` and `asst apply`: an environment is applied only after another one.

use crate::support::test_env::{Asst, Server};

const MANIFEST: &str = "asst: 1
project: hr
environments:
  staging: {profile: staging}
  prod: {profile: prod, vars: {MODEL: gpt-4o}}
vars: {MODEL: gpt-4o-mini}
assistants:
  helper: {model: '${MODEL}', instructions: Be kind.}
";

/// Starts a server for each environment, and writes a profile for each.
fn environments() -> (Asst, [Server; 2]) {
    let asst = Asst::new();
    let [staging, prod] = ["staging", "prod"].map(|name| asst.serve(&["--store", name]));
    let profile = |name: &str, url: &str| format!("[profiles.{name}]\nbackend = 'compatible'\nbase_url = '{url}'\n");
    asst.config(&format!("{}{}", profile("staging", &staging.url), profile("prod", &prod.url)));
    (asst, [staging, prod])
}

#[test]
fn a_variable_of_one_environment_can_be_given_to_a_command_for_two() {
    let (asst, _servers) = environments();
    for (declaring, other) in [("prod", "staging"), ("staging", "prod")] {
        let overlay = "vars: {KEY: }, assistants: {helper: {name: '${KEY}'}}";
        asst.file(
            "asst.yaml",
            format!(
                "asst: 1\nproject: {declaring}\nenvironments:\n  {other}: {{profile: {other}}}\n  \
                 {declaring}: {{profile: {declaring}, {overlay}}}\nassistants:\n  helper: {{model: gpt-4o}}\n"
            ),
        );
        for environment in [other, declaring] {
            let ran = asst.run(["apply", "--env", environment, "--var", "KEY=k"]);
            assert_eq!(ran.code, Some(0), "{declaring} {environment}: {}", ran.text());
        }
        let (here, there) = (format!("helper@{declaring}"), format!("helper@{other}"));
        for args in [
            &["plan", "--env", declaring, "--after", other][..],
            &["plan", "--env", other, "--after", declaring],
            &["diff", &here, &there],
        ] {
            let ran = asst.run([args, &["--var", "KEY=k"]].concat());
            assert_eq!(ran.code, Some(0), "{declaring} {args:?}: {}", ran.text());
            let ran = asst.run([args, &["--var", "KEZ=k"]].concat()).code(2);
            assert!(ran.stderr.contains("did you mean `KEY`?"), "{declaring} {args:?}: {}", ran.text());
        }
    }
}

#[test]
fn an_environment_is_refused_while_the_one_before_it_differs() {
    let (asst, [staging, _prod]) = environments();
    asst.file("asst.yaml", MANIFEST);
    let made = |profile: &str| asst.run(["assistants", "list", "--profile", profile, "-o", "id"]).ok().ids().len();
    for command in ["plan", "apply"] {
        let ran = asst.run([command, "--env", "prod", "--after", "staging", "--trace"]).code(9);
        let ran = ran.says("assistant hr/staging/helper: does not exist");
        assert!(ran.stdout.is_empty() && !ran.stderr.contains("> POST"), "{}", ran.text());
        let others =
            ran.stderr.lines().filter(|line| line.starts_with("> GET") && !line.contains(&staging.url)).count();
        assert_eq!(others, 0, "{}", ran.text());
    }
    assert_eq!(made("prod"), 0);
    asst.run(["apply", "--env", "staging"]).ok();
    let plan = asst.run(["plan", "--env", "prod", "--after", "staging", "--exit-code"]).code(9);
    assert!(plan.stdout.contains("+ hr/prod/helper: does not exist"), "{}", plan.text());
    asst.run(["apply", "--env", "prod", "--after", "staging"]).ok();
    assert_eq!((made("staging"), made("prod")), (1, 1));
    // A change in the manifest has to be applied to staging first; a change at its backend counts too.
    asst.file("asst.yaml", MANIFEST.replace("Be kind.", "Be brief."));
    asst.run(["apply", "--env", "prod", "--after", "staging"]).code(9).says("changed in the manifest");
    asst.run(["apply", "--env", "staging"]).ok();
    let id = asst.run(["assistants", "list", "--profile", "staging", "-o", "id"]).ok().id();
    asst.run(["assistants", "update", &id, "--model", "other", "--profile", "staging"]).ok();
    asst.run(["apply", "--env", "prod", "--after", "staging"]).code(9).says("changed at the backend");
    asst.run(["apply", "--env", "staging", "--on-drift", "overwrite"]).ok();
    asst.run(["apply", "--env", "prod", "--after", "staging"]).ok().says("1 updated");
    asst.run(["plan", "--env", "prod", "--after", "prod"]).code(2).says("is the environment of the command itself");
    asst.file(
        "single.yaml",
        "asst: 1\nproject: hr\nenvironments: {prod: {profile: prod}}\nassistants: {a: {model: m}}\n",
    );
    for command in ["plan", "apply"] {
        let ran = asst.run([command, "single.yaml", "--after", "prod", "--trace"]).code(2);
        let ran = ran.says("is the environment of the command itself");
        assert!(!ran.stderr.contains("> GET"), "{command}: {}", ran.text());
    }
    // The output of the IDs is checked before any backend is asked.
    let ran = asst.run(["apply", "--env", "prod", "--after", "staging", "--github-output", "--trace"]).code(2);
    let ran = ran.says("GITHUB_OUTPUT is not set");
    assert!(!ran.stderr.contains("> GET"), "{}", ran.text());
    asst.run(["plan", "--env", "prod", "--after", "stagin"]).code(2).says("did you mean `staging`?");
}
