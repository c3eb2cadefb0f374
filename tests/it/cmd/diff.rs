//! `asst diff` compares two objects, or an object of the backend with the manifest.

use crate::support::terminal::Terminal;
use crate::support::test_env::{Asst, Server, served};
use serde_json::{Value, json};

const MANIFEST: &str = "asst: 1
project: hr
environments:
  staging: {profile: staging}
  prod:
    profile: prod
    assistants: {helper: {model: gpt-4o, temperature: 0.1}}
vector_stores:
  handbook: {name: Handbook}
assistants:
  helper:
    model: gpt-4o-mini
    instructions: {file: helper.md}
    tools: [file_search]
    tool_resources: {file_search: {vector_store_ids: [{ref: vector_stores.handbook}]}}
    metadata: {team: hr}
    lifecycle: {ignore: [metadata.app_*]}
";

/// Returns a user with two backends, each with what the manifest states for its environment.
fn two_environments() -> (Server, Server, Asst) {
    let asst = Asst::new();
    let [staging, prod] = [&["--store", "staging"][..], &["--store", "prod"]].map(|args| asst.serve(args));
    let profile = |name: &str, server: &Server| {
        format!("[profiles.{name}]\nbackend = 'compatible'\nbase_url = '{}'\n", server.url)
    };
    asst.config(&format!("{}{}", profile("staging", &staging), profile("prod", &prod)));
    asst.file("asst.yaml", MANIFEST);
    asst.file("helper.md", "Be kind to everyone.\nBe brief.\n");
    for env in ["staging", "prod"] {
        asst.run(["apply", "--env", env]).ok();
    }
    (staging, prod, asst)
}

/// Returns the ID of the only assistant of a backend.
fn helper(asst: &Asst, profile: &str) -> String {
    let ids = asst.run(["assistants", "list", "--profile", profile, "-o", "id"]).ok().ids();
    assert_eq!(ids.len(), 1);
    ids[0].clone()
}

fn paths(differences: &Value) -> Vec<&str> {
    differences.as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect()
}

#[test]
fn two_environments_differ_in_what_the_manifest_states_and_not_in_ids() {
    let (_staging, _prod, asst) = two_environments();
    let ran = asst.run(["diff", "helper@staging", "assistants.helper@prod", "--exit-code"]).code(9);
    let [staging, prod] = ["staging", "prod"].map(|profile| helper(&asst, profile));
    let expected = format!(
        "--- hr/staging/helper {staging}\n+++ hr/prod/helper {prod}\n- model: \"gpt-4o-mini\"\n+ model: \"gpt-4o\"\n\
         + temperature: 0.1\n"
    );
    assert_eq!(ran.stdout, expected, "{}", ran.text());
    let ran = asst.run(["diff", "helper@staging", "helper@prod", "-o", "json"]).ok();
    let temperature = json!({ "path": "temperature", "before": null, "after": 0.1 });
    assert_eq!(ran.json()[1], temperature, "{}", ran.text());
    // The environment's own profile is used, whatever profile a flag selects.
    let ran = asst.run(["diff", "helper@staging", "helper@staging", "--profile", "prod", "--exit-code"]).ok();
    ran.says("no differences");
    let ran = asst.run(["diff", "helper", "helper@staging", "--env", "prod", "-o", "json"]).ok();
    assert_eq!(paths(&ran.json()), ["model", "temperature"], "{}", ran.text());
}

#[test]
fn a_single_name_compares_the_backend_with_the_manifest() {
    let (_staging, _prod, asst) = two_environments();
    asst.run(["diff", "helper", "--env", "prod", "--exit-code"]).ok().says("no differences");
    asst.file("helper.md", "Be kind to nobody.\nBe brief.\n");
    let ran = asst.run(["diff", "helper@prod", "--exit-code"]).code(9);
    let expected = "  instructions:\n    - Be kind to everyone.\n                 ^^^^^^^^^\n    + Be kind to nobody.\n\
                    \x20                ^^^^^^^\n      Be brief.\n";
    assert!(ran.stdout.ends_with(expected), "{}", ran.text());
    // Metadata that the manifest ignores, and the marker, are no difference.
    let id = helper(&asst, "prod");
    let live = asst.run(["assistants", "get", &id, "--profile", "prod", "-o", "json"]).ok().json();
    let mut changed = live.clone();
    changed["metadata"]["app_seen"] = "1".into();
    changed["metadata"]["asst_digest"] = "other".into();
    changed["created_at"] = 1.into();
    asst.file("saved.json", changed.to_string());
    asst.run(["diff", "helper@prod", "saved.json", "--exit-code"]).ok();
    let ran = asst.run(["diff", &id, "saved.json", "--profile", "prod", "-o", "json"]).ok();
    assert_eq!(ran.json(), json!([{ "path": "metadata.app_seen", "before": null, "after": "1" }]), "{}", ran.text());
    changed["top_p"] = 0.5.into();
    let ran = asst.fed(changed.to_string(), &["diff", "saved.json", "-", "--exit-code"]);
    assert_eq!(ran.code(9).stdout, "--- saved.json\n+++ standard input\n+ top_p: 0.5\n");
}

#[test]
fn what_cannot_be_compared_is_refused_before_any_request() {
    let (_server, asst) = served(&[]);
    asst.file("asst.yaml", "asst: 1\nproject: hr\nvector_stores: {a: {}, b: {}}\nassistants: {a: {model: m}}\n");
    asst.file("store.json", json!({ "object": "vector_store", "id": "vs_1", "name": "x" }).to_string());
    asst.file("helper.yaml", "object: assistant\nid: asst_1\n");
    asst.file("thread.json", json!({ "object": "thread", "id": "thread_1" }).to_string());
    asst.file("broken.json", "{\"object\": }");
    for (args, code, text) in [
        (&["store.json", "helper.yaml"][..], 2, "expected two objects of one kind"),
        (&["thread.json", "helper.yaml"], 2, "found an object `thread`"),
        (&["broken.json", "helper.yaml"], 2, "broken.json is not valid JSON: expected value (line 1, column 12)"),
        (&["missing.json", "helper.yaml"], 2, "missing.json"),
        (&["store.json"], 2, "expected two objects, got one"),
        (&["-", "-"], 2, "only one of the two"),
        (&["a"], 2, "vector_stores.a, assistants.a"),
        (&["helper", "store.json"], 2, "the manifest has no object `helper`"),
        (&["vector_stores.b@prod", "store.json"], 2, "no environment `prod`"),
        (&["--manifest", "other.yaml", "b"], 2, "other.yaml"),
        (&["vector_stores.b", "store.json"], 3, "hr/default/b does not exist"),
        (&["asst_abcdefghijklmnopqrstuvwx", "helper.yaml"], 3, "not found"),
    ] {
        let ran = asst.run([&["diff", "--trace"], args].concat());
        assert_eq!(ran.code, Some(code), "{args:?}: {}", ran.text());
        assert!(ran.stderr.contains(text), "{args:?}: {}", ran.text());
        assert!(ran.stdout.is_empty() && (code == 3 || !ran.stderr.contains("> GET")), "{args:?}: {}", ran.text());
    }
}

#[test]
fn an_object_that_the_backend_lacks_is_shown_as_added() {
    let (_server, asst) = served(&[]);
    asst.file("asst.yaml", "asst: 1\nproject: hr\nassistants: {a: {model: m}}\n");
    let ran = asst.run(["diff", "a", "--exit-code"]).code(9);
    assert_eq!(ran.stdout, "--- hr/default/a (missing)\n+++ the manifest\n+ model: \"m\"\n", "{}", ran.text());
}

#[test]
fn an_incomplete_list_gives_no_answer() {
    let (_server, asst) = served(&["--fault", "endless-has-more,on=GET /assistants"]);
    asst.file("asst.yaml", "asst: 1\nproject: hr\nassistants: {a: {model: m}}\n");
    asst.run(["assistants", "create", "--model", "m"]).ok();
    let ran = asst.run(["diff", "a", "--exit-code"]).code(8).says("may be incomplete");
    assert!(ran.stdout.is_empty(), "{}", ran.text());
}

#[test]
fn the_files_of_a_vector_store_are_compared_if_both_sides_have_them() {
    let (_server, asst) = served(&[]);
    let file = asst.file("a.md", "# A\n");
    let file = asst.run(["files", "upload", &file.to_string_lossy(), "--purpose", "assistants", "-o", "id"]).ok().ids();
    let store = |args: &[&str]| {
        let ran = asst.run([&["vector-stores", "create", "--name", "a", "-o", "id"], args].concat());
        ran.ok().ids()[0].clone()
    };
    let (with, without) = (store(&["--file-ids", &file[0]]), store(&[]));
    let ran = asst.run(["diff", &with, &without, "-o", "json"]).ok();
    assert_eq!(ran.json(), json!([{ "path": "file_ids", "before": [file[0]], "after": null }]), "{}", ran.text());
    let saved = asst.run(["vector-stores", "get", &with, "-o", "json"]).ok().stdout;
    asst.file("saved.json", saved);
    asst.run(["diff", &with, "saved.json", "--exit-code"]).ok();
}

#[test]
fn a_terminal_shows_marked_words_and_no_control_characters() {
    let (_server, asst) = served(&[]);
    let text = |word: &str| {
        json!({ "object": "assistant", "id": "asst_1", "instructions":
        format!("First line of it\nSecond \u{1b}]0;x\u{7} {word} line of it\n") })
    };
    asst.file("one.json", text("old").to_string());
    asst.file("two.json", text("new").to_string());
    for (color, expected) in [("always", "\u{1b}[7m"), ("never", "^^^")] {
        let mut terminal = Terminal::new();
        let mut child = terminal.start(asst.command(["diff", "one.json", "two.json", "--color", color]), true);
        let shown = terminal.until("+ Second");
        assert!(child.wait().unwrap().success());
        let shown = shown + &terminal.until(expected);
        assert!(!shown.contains("\u{1b}]0") && !shown.contains('\u{7}'), "{color}: {shown:?}");
    }
}

#[test]
fn a_path_of_the_backend_adds_no_line_and_no_control_character() {
    let (_server, asst) = served(&[]);
    let text = |value: &str| {
        let key = "a\n+ forged\u{1b}[2J";
        serde_json::json!({ "object": "assistant", "id": "asst_1", "metadata": { key: value } }).to_string()
    };
    asst.file("one.json", text("1"));
    asst.file("two.json", text("2"));
    let ran = asst.run(["diff", "one.json", "two.json"]).ok();
    let path = "metadata.a\\n+ forged\\u{1b}[2J";
    assert_eq!(ran.stdout, format!("--- one.json\n+++ two.json\n- {path}: \"1\"\n+ {path}: \"2\"\n"), "{}", ran.text());
}
