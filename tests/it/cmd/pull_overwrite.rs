//! `asst pull --force` loses no part of a manifest that the backend does not have.

use super::pull::{applied, created, read};
use serde_json::json;

#[test]
fn a_manifest_with_objects_does_not_become_empty() {
    let (_server, asst) = applied(&[]);
    let before = read(&asst, "asst.yaml");
    let other = before.replace("project: hr", "project: it");
    asst.file("asst.yaml", &other);
    for args in [&["pull"][..], &["pull", "--force"], &["pull", "--force", "--dry-run"]] {
        asst.run(args).code(2).says("the backend has no object to pull");
        assert_eq!(read(&asst, "asst.yaml"), other, "{args:?}");
    }
}

#[test]
fn a_pull_does_not_drop_what_it_cannot_write() {
    let (_server, asst) = applied(&[]);
    let before = read(&asst, "asst.yaml");
    for (part, named) in [
        ("vars: {A: b}\n", "`vars`"),
        ("env: [A]\n", "`env`"),
        ("defaults: {assistants: {model: gpt-4o}}\n", "`defaults`"),
        ("moved: [{from: assistants.old, to: assistants.bot}]\n", "`moved`"),
        ("environments: {default: {}, test: {}}\n", "the environment `test`"),
        ("environments: {default: {assistants: {bot: {top_p: 1}}}}\n", "the overlay of the environment `default`"),
        ("adopt: [{to: assistants.gone, id: asst_1}]\n", "`adopt`"),
    ] {
        let text = format!("{before}{part}");
        asst.file("asst.yaml", &text);
        let ran = asst.run(["pull", "--force", "--project", "hr"]).code(2).says("has parts that a pull does not write");
        assert!(ran.stderr.contains(named) && ran.stderr.contains("--into"), "{part}: {}", ran.text());
        assert_eq!(read(&asst, "asst.yaml"), text, "{part}");
    }
    asst.file("asst.yaml", &before);
    asst.run(["pull", "--force"]).ok();
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn a_variable_in_a_kept_member_does_not_hide_what_is_lost() {
    let (_server, asst) = applied(&[]);
    let member = "    name: Handbook\n    description: ${A}\n";
    let before = read(&asst, "asst.yaml").replace("    name: Handbook\n", member);
    for (part, named) in [("vars: {A: b}\n", "`vars`"), ("env: [A]\n", "`env`")] {
        let text = format!("{before}{part}");
        asst.file("asst.yaml", &text);
        let ran = asst.run(["pull", "--force"]).code(2);
        assert!(ran.stderr.contains(&format!("does not write: {named}\n")), "{part}: {}", ran.text());
        assert_eq!(read(&asst, "asst.yaml"), text, "{part}");
    }
}

#[test]
fn a_pull_of_some_objects_does_not_drop_the_others() {
    let (_server, asst) = applied(&[]);
    let before = read(&asst, "asst.yaml");
    let id = |name: &str| {
        let listed =
            asst.run(["assistants", "list", "--jq", &format!(".[] | select(.metadata.asst_key == \"{name}\") | .id")]);
        listed.ok().stdout.trim().to_owned()
    };
    let (helper, bot) = (id("hr/default/helper"), id("hr/default/bot"));
    for (selection, named) in [
        (&["--id", &helper][..], "`assistants.bot`"),
        (&["--id", &bot], "`vector_stores.handbook`, `assistants.helper`"),
        (&["--metadata", "team=hr"], "`assistants.bot`"),
    ] {
        for force in [&[][..], &["--force"]] {
            let ran = asst.run([&["pull"], selection, force].concat()).code(2);
            assert!(ran.stderr.contains(named) && ran.stderr.contains("--into"), "{selection:?}: {}", ran.text());
            assert_eq!(read(&asst, "asst.yaml"), before, "{selection:?}");
        }
    }
    asst.run(["pull", "--id", &helper, "--id", &bot, "--force"]).ok();
    // Another object with the same name does not take the place of one that is not pulled.
    let other = created(&asst, "/assistants", &json!({ "model": "gpt-4o", "name": "bot" }));
    let before = read(&asst, "asst.yaml");
    asst.run(["pull", "--id", &helper, "--id", &other, "--force"]).code(2).says("`assistants.bot`");
    assert_eq!(read(&asst, "asst.yaml"), before);
}

#[test]
fn long_names_with_the_same_beginning_have_files_of_their_own() {
    let (_server, asst) = applied(&[]);
    let name = |last: &str| format!("{}-{last}", "a".repeat(50));
    let manifest = format!(
        "asst: 1\nproject: long\nassistants:\n  {}: {{model: gpt-4o, instructions: \"a\\nb\"}}\n  {}: {{model: gpt-4o, instructions: \"c\\nd\"}}\n",
        name("x"),
        name("y")
    );
    asst.file("long.yaml", &manifest);
    asst.run(["apply", "long.yaml"]).ok();
    asst.run(["pull", "--project", "long", "--into", "new"]).ok();
    asst.run(["plan", "new/asst.yaml", "--exit-code"]).ok();
}

#[test]
fn the_profile_of_the_same_project_stays() {
    let (server, asst) = applied(&[]);
    created(&asst, "/assistants", &json!({ "model": "gpt-4o" }));
    asst.run(["pull", "--project", "hr", "--into", "new"]).ok();
    let text = read(&asst, "new/asst.yaml").replace("project: hr\n", "project: hr\nprofile: other\n");
    asst.file("new/asst.yaml", &text);
    asst.run(["pull", "--project", "hr", "--into", "new"]).code(2).says("no profile `other`");
    assert_eq!(read(&asst, "new/asst.yaml"), text);
    drop(server);
}

#[cfg(unix)]
#[test]
fn a_link_to_the_manifest_stays() {
    let (_server, asst) = applied(&[]);
    asst.run(["pull", "--project", "hr", "--into", "new"]).ok();
    let real = read(&asst, "new/asst.yaml");
    std::fs::remove_file(asst.work().join("new/asst.yaml")).unwrap();
    asst.file("new/real.yaml", format!("{real}# old\n"));
    std::os::unix::fs::symlink("real.yaml", asst.work().join("new/asst.yaml")).unwrap();
    asst.run(["pull", "--project", "hr", "--into", "new", "--force"]).ok();
    assert!(asst.work().join("new/asst.yaml").is_symlink());
    assert_eq!(read(&asst, "new/real.yaml"), real);
}
