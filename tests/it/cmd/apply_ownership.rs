//! The objects that `asst apply` and `asst destroy` take over, keep, and delete.

use super::apply_kinds::{MANIFEST, listed, project, writes};
use serde_json::Value;

#[test]
fn left_over_stores_are_deleted_after_the_assistants() {
    let (_server, asst) = project(&[], MANIFEST);
    asst.run(["apply"]).ok();
    asst.run(["vector-stores", "create", "--name", "Handbook"]).ok();
    asst.file("asst.yaml", "asst: 1\nproject: hr\nassistants: {bot: {model: gpt-4o}}\n");
    let ran = asst.run(["apply", "--prune", "--yes", "--trace"]).ok().says("2 deleted");
    let deletions: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("> DELETE")).collect();
    assert!(deletions[0].contains("/assistants/") && deletions[1].contains("/vector_stores/"), "{deletions:?}");
    assert_eq!(listed(&asst, "vector-stores").len(), 1, "a store without the identity is kept");
    asst.file("asst.yaml", MANIFEST);
    asst.run(["apply"]).ok();
    asst.run(["destroy", "--yes"]).ok().says("3 deleted");
    assert_eq!(listed(&asst, "vector-stores").len(), 1);
}

#[test]
fn a_moved_object_keeps_its_id() {
    let (_server, asst) = project(&[], MANIFEST);
    asst.run(["apply"]).ok();
    let before = [listed(&asst, "assistants"), listed(&asst, "vector-stores")];
    let moved = MANIFEST.replace("handbook", "manual").replace("bot:", "greeter:")
        + "moved:\n  - {from: assistants.bot, to: assistants.greeter}\n  - {from: vector_stores.handbook, to: vector_stores.manual}\n";
    asst.file("asst.yaml", &moved);
    let plan = asst.run(["plan", "--exit-code"]).code(9);
    assert!(plan.stdout.contains("moved from hr/default/bot"), "{}", plan.text());
    asst.run(["apply"]).ok().says("2 updated");
    let after = [listed(&asst, "assistants"), listed(&asst, "vector-stores")];
    for (before, after) in before.iter().zip(&after) {
        let ids = |objects: &[Value]| objects.iter().map(|object| object["id"].clone()).collect::<Vec<_>>();
        assert_eq!(ids(before), ids(after));
    }
    asst.run(["plan", "--exit-code"]).ok();
    asst.file("asst.yaml", moved.split("moved:").next().unwrap());
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn an_object_is_adopted_unless_it_belongs_to_somebody() {
    let (_server, asst) = project(&[], MANIFEST);
    let created =
        asst.run(["assistants", "create", "--model", "m", "--instructions", "By hand", "-o", "json"]).ok().json();
    let id = created["id"].as_str().unwrap();
    asst.file("asst.yaml", format!("{MANIFEST}adopt:\n  - {{to: assistants.bot, id: {id}}}\n"));
    let ran = asst.run(["apply"]).ok().says("2 created, 1 updated");
    ran.says("a snapshot of the present objects is in");
    let bot = asst.run(["assistants", "get", id, "-o", "json"]).ok().json();
    assert_eq!((&bot["model"], &bot["instructions"]), (&"gpt-4o".into(), &Value::Null));
    asst.run(["plan", "--exit-code"]).ok();
    asst.file(
        "asst.yaml",
        format!("asst: 1\nproject: it\nassistants: {{x: {{model: m}}}}\nadopt: [{{to: assistants.x, id: {id}}}]\n"),
    );
    let refused = asst.run(["apply", "--trace"]).code(2);
    assert!(refused.stderr.contains(&format!("asst.yaml:4:32: {id} belongs to hr/default/bot")), "{}", refused.text());
    assert_eq!(writes(&refused), 0, "{}", refused.text());
}

#[test]
fn destroy_leaves_an_object_that_was_never_applied() {
    let (_server, asst) = project(&[], MANIFEST);
    let created = asst.run(["assistants", "create", "--model", "m", "-o", "json"]).ok().json();
    let id = created["id"].as_str().unwrap();
    let adopting = format!("{MANIFEST}adopt:\n  - {{to: assistants.bot, id: {id}}}\n");
    asst.file("asst.yaml", &adopting);
    asst.run(["destroy", "--yes"]).ok();
    assert_eq!(listed(&asst, "assistants").len(), 1);
    asst.run(["apply"]).ok();
    asst.run(["destroy", "--yes"]).ok().says("3 deleted");
    assert!(listed(&asst, "assistants").is_empty());
}

#[test]
fn a_store_that_another_assistant_uses_is_kept() {
    let (_server, asst) = project(&[], MANIFEST);
    asst.run(["apply"]).ok();
    let store = listed(&asst, "vector-stores").pop().unwrap()["id"].as_str().unwrap().to_owned();
    let resources = serde_json::json!({ "file_search": { "vector_store_ids": [store] } }).to_string();
    asst.run(["assistants", "create", "--model", "m", "--tool", "file_search", "--tool-resources", &resources]).ok();
    asst.run(["destroy", "--yes"]).ok().says("2 deleted, 1 kept").says("is kept: assistant asst_");
    assert_eq!((listed(&asst, "vector-stores").len(), listed(&asst, "assistants").len()), (1, 1));
}

#[test]
fn a_protected_object_is_not_pruned() {
    let protected = MANIFEST.replace("bot: {model: gpt-4o}", "bot: {model: gpt-4o, lifecycle: {protect: true}}");
    let (_server, asst) = project(&[], MANIFEST);
    asst.run(["apply"]).ok();
    asst.file("asst.yaml", &protected);
    let plan = asst.run(["plan"]).ok();
    assert!(plan.stdout.contains("lifecycle.protect: false -> true"), "{}", plan.text());
    asst.run(["apply"]).ok().says("1 updated");
    asst.run(["plan", "--exit-code"]).ok();
    let without = MANIFEST.replace("  bot: {model: gpt-4o}\n", "");
    asst.file("asst.yaml", &without);
    let plan = asst.run(["plan", "--prune", "--exit-code"]).ok();
    assert!(plan.stdout.contains("no longer in the manifest, and protected"), "{}", plan.text());
    asst.run(["destroy", "--yes"]).ok().says("2 deleted");
    assert_eq!(listed(&asst, "assistants").len(), 1);
}
