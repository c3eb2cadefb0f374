//! `asst pull` writes a manifest that the backend matches.

use crate::support::test_env::{Asst, Ran, Server, served};
use serde_json::{Value, json};
use std::path::Path;

const MANIFEST: &str = "asst: 1
project: hr
files:
  rates: {path: rates.csv, purpose: vision}
vector_stores:
  handbook:
    name: Handbook
    expires_after: {anchor: last_active_at, days: 30}
    file_ids: [{ref: files.rates}]
assistants:
  helper:
    name: Helper
    model: gpt-4o
    instructions: {file: helper.md}
    tools: [file_search, code_interpreter, {file: leave.json}]
    tool_resources:
      file_search: {vector_store_ids: [{ref: vector_stores.handbook}]}
      code_interpreter: {file_ids: [{ref: files.rates}]}
    metadata: {team: hr, price: '$${A}'}
    lifecycle: {protect: true}
  bot: {model: gpt-4o, temperature: 0.2, instructions: Be brief., tools: [{file: leave.json}]}
";

const LEAVE: &str = r#"{"type": "function", "function": {"name": "get_leave", "description": "Uses ${x}",
"parameters": {"type": "object", "properties": {"file": {"type": "string"}, "b": {"const": {"file": "x"}}}, "required": ["file"]}}}"#;

/// Returns a user of a server that has the objects of the manifest.
pub(super) fn applied(faults: &[&str]) -> (Server, Asst) {
    let (server, asst) = served(faults);
    asst.file("asst.yaml", MANIFEST);
    asst.file("helper.md", "Be kind.\n\nBe brief. ${NAME}\n");
    asst.file("leave.json", LEAVE);
    asst.file("rates.csv", "year,rate\n2024,1\n");
    asst.run(["apply"]).ok();
    (server, asst)
}

/// Creates an object by the request itself and returns its ID.
pub(super) fn created(asst: &Asst, path: &str, body: &Value) -> String {
    asst.run(["api", "POST", path, "--body", &body.to_string()]).ok().json()["id"].as_str().unwrap().to_owned()
}

pub(super) fn read(asst: &Asst, path: &str) -> String {
    std::fs::read_to_string(asst.work().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the files below a folder of the user with their contents, in order.
pub(super) fn tree(asst: &Asst, folder: &str) -> Vec<(String, Vec<u8>)> {
    fn walk(root: &Path, folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(root, &path, found),
                false => {
                    let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                    found.push((name, std::fs::read(&path).unwrap()));
                }
            }
        }
    }
    let (root, mut found) = (asst.work().join(folder), Vec::new());
    if root.exists() {
        walk(&root, &root, &mut found);
    }
    found.sort();
    found
}

pub(super) fn outcomes(ran: &Ran) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    ran.json().as_array().unwrap().iter().map(|one| (text(&one["path"]), text(&one["outcome"]))).collect()
}

#[test]
fn a_plan_after_a_pull_of_the_project_is_empty() {
    let (_server, asst) = applied(&[]);
    let pulled = asst.run(["pull", "--project", "hr", "--into", "new/hr", "-o", "json"]).ok();
    let paths = ["files/rates.csv", "prompts/helper.md", "tools/get_leave.json", "asst.yaml"];
    let expected: Vec<_> = paths.iter().map(|path| (format!("new/hr/{path}"), "created".to_owned())).collect();
    assert_eq!(outcomes(&pulled), expected, "{}", pulled.text());
    let names: Vec<String> = tree(&asst, "new").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["hr/asst.yaml", "hr/files/rates.csv", "hr/prompts/helper.md", "hr/tools/get_leave.json"]);
    asst.run(["plan", "new/hr/asst.yaml", "--prune", "--exit-code"]).ok();
    let manifest = read(&asst, "new/hr/asst.yaml");
    let expected = "\
asst: 1
project: hr
files:
  rates: {path: files/rates.csv, purpose: vision}
vector_stores:
  handbook:
    name: Handbook
    expires_after: {anchor: last_active_at, days: 30}
    file_ids: [{ref: files.rates}]
assistants:
  bot:
    model: gpt-4o
    instructions: Be brief.
    tools: [{file: tools/get_leave.json}]
    temperature: 0.2
  helper:
    model: gpt-4o
    name: Helper
    instructions: {file: prompts/helper.md}
    tools: [file_search, code_interpreter, {file: tools/get_leave.json}]
    tool_resources:
      file_search: {vector_store_ids: [{ref: vector_stores.handbook}]}
      code_interpreter: {file_ids: [{ref: files.rates}]}
    metadata: {team: hr, price: \"$${A}\"}
    lifecycle: {protect: true}
";
    assert_eq!(manifest, expected);
    assert_eq!(read(&asst, "new/hr/prompts/helper.md"), "Be kind.\n\nBe brief. ${NAME}\n");
    let again = asst.run(["pull", "--into", "new/hr", "-o", "json"]).ok();
    assert!(outcomes(&again).iter().all(|(_, outcome)| outcome == "unchanged"), "{}", again.text());
}

#[test]
fn a_manifest_pulled_from_one_backend_applies_to_another_one() {
    let (_server, asst) = applied(&[]);
    asst.run(["pull", "--project", "hr", "--into", "new"]).ok();
    let (_other, other) = served(&[]);
    for (name, contents) in tree(&asst, "new") {
        let path = other.work().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, contents).unwrap();
    }
    other.run(["apply"]).ok().says("4 created");
    other.run(["plan", "--prune", "--exit-code"]).ok();
    other.run(["pull", "-o", "json"]).ok();
}

#[test]
fn each_dialect_has_an_empty_plan_after_a_pull() {
    let (server, asst) = served(&[]);
    let root = server.url.trim_end_matches("/v1");
    asst.config(&format!(
        "[profiles.openai]\nbackend = \"openai\"\nbase_url = \"{root}/v1\"\napi_key_env = \"K\"\n\
         [profiles.azure]\nbackend = \"azure-openai\"\nbase_url = \"{root}\"\napi_version = \"2024-05-01-preview\"\napi_key_env = \"K\"\n\
         [profiles.foundry]\nbackend = \"foundry\"\nbase_url = \"{root}/api/projects/p\"\napi_key_env = \"K\"\n"
    ));
    let asst = asst.env("K", "any");
    asst.file("helper.md", "Be kind.\nBe brief.\n");
    asst.file("leave.json", LEAVE);
    asst.file("rates.csv", "year,rate\n2024,1\n");
    for profile in ["openai", "azure", "foundry"] {
        let manifest = MANIFEST.replace("project: hr", &format!("project: {profile}\nenvironments: {{prod: {{}}}}"));
        asst.file("asst.yaml", manifest);
        asst.run(["-p", profile, "apply"]).ok();
        asst.run(["-p", profile, "pull", "--project", profile, "--env", "prod", "--into", profile]).ok();
        let plan = asst.run(["-p", profile, "plan", &format!("{profile}/asst.yaml"), "--prune", "--exit-code"]);
        assert_eq!(plan.code, Some(0), "{profile}: {}", plan.text());
        assert!(read(&asst, &format!("{profile}/asst.yaml")).contains("environments: {prod: {}}"), "{profile}");
    }
}

#[test]
fn objects_without_an_identity_are_adopted() {
    let (_server, asst) = served(&[]);
    let store = created(&asst, "/vector_stores", &json!({ "name": "Handbook", "metadata": { "file": "x" } }));
    let resources = json!({ "file_search": { "vector_store_ids": [store] } });
    let tools = json!([{ "type": "file_search" }]);
    let body = json!({ "model": "m", "name": "../Helper", "tools": tools, "tool_resources": resources, "metadata": { "team": "hr" } });
    let helper = created(&asst, "/assistants", &body);
    created(&asst, "/assistants", &json!({ "model": "m", "name": "Other" }));
    for (selection, into) in
        [(&["--id", &helper][..], "one"), (&["--metadata", "team=hr"], "two"), (&["--all"], "three")]
    {
        let ran = asst.run([&["pull", "--project", "hr", "--into", into][..], selection].concat()).ok();
        let manifest = read(&asst, &format!("{into}/asst.yaml"));
        for line in [
            "vector_store_ids: [{ref: vector_stores.handbook}]",
            "metadata: {file: values/handbook.metadata.json}",
            &format!("  - {{to: assistants.helper, id: {helper}}}"),
            &format!("  - {{to: vector_stores.handbook, id: {store}}}"),
        ] {
            assert!(manifest.contains(line), "{selection:?}: {line}: {manifest}{}", ran.text());
        }
        assert_eq!(manifest.contains("name: Other"), into == "three", "{selection:?}: {manifest}");
        let plan = asst.run(["plan", &format!("{into}/asst.yaml"), "-o", "json"]).ok().json();
        for object in plan["objects"].as_array().unwrap() {
            assert_eq!((&object["reason"], &object["members"]), (&"is adopted".into(), &json!([])), "{object}");
        }
    }
    asst.run(["apply", "three/asst.yaml"]).ok().says("3 updated");
    asst.run(["plan", "three/asst.yaml", "--prune", "--exit-code"]).ok();
}

#[test]
fn an_object_of_another_project_is_left_out_or_refused() {
    let (_server, asst) = applied(&[]);
    let listed = asst.run(["assistants", "list", "--jq", ".[].id"]).ok();
    let id = listed.stdout.lines().next().unwrap().to_owned();
    let all = asst.run(["pull", "--project", "other", "--all", "--into", "new"]).ok();
    assert!(all.stderr.contains("belongs to hr/default/helper") && all.stderr.contains("left out"), "{}", all.text());
    assert_eq!(read(&asst, "new/asst.yaml"), "asst: 1\nproject: other\n");
    asst.run(["pull", "--project", "other", "--id", &id, "--into", "two"]).code(2).says("cannot adopt it");
    asst.run(["pull", "--project", "hr", "--id", "asst_missing", "--into", "two"]).code(3).says("asst_missing");
    assert!(!asst.work().join("two").exists());
}

#[test]
fn hostile_names_stay_in_the_folder_and_differ() {
    let (_server, asst) = served(&[]);
    let names = ["../x", "..", "/etc/passwd", "x", "X", "漢字", &"n".repeat(256), "con", "a\nb", "-rf"];
    for name in names {
        let function = json!({ "type": "function", "function": { "name": "f", "description": name } });
        let body = json!({ "model": "m", "name": name, "instructions": "a\nb", "tools": [function] });
        created(&asst, "/assistants", &body);
    }
    asst.run(["pull", "--project", "hr", "--all", "--into", "new"]).ok();
    let files: Vec<String> = tree(&asst, "new").into_iter().map(|(name, _)| name).collect();
    assert_eq!(files.len(), 2 * names.len() + 1, "{files:?}");
    assert!(files.contains(&"prompts/x-2.md".to_owned()) && files.contains(&"tools/f-10.json".to_owned()), "{files:?}");
    assert_eq!(tree(&asst, ".").len(), files.len(), "nothing else was written");
    let plan = asst.run(["plan", "new/asst.yaml", "-o", "json"]).ok().json();
    assert_eq!(plan["summary"]["update"], names.len(), "{plan}");
}

#[test]
fn every_text_survives_exactly() {
    let (_server, asst) = served(&[]);
    let texts = [
        "\u{feff}a\nb",
        "a\r\nb",
        "a\nb\r",
        "a\nb",
        "a\nb\n",
        "a\nb\n\n",
        "\n",
        "\n\na",
        "${HOME}",
        "$${x}\n",
        "a\u{1}\nb",
        "\u{85}\n\u{2028}",
        " ",
        "yes",
        "01",
        "~",
        "{file: x}",
        "a: b",
        "# c",
        "tab\t\nx ",
        "@a",
        "- a\n- b",
        "'\"\\",
    ];
    for (n, text) in texts.iter().enumerate() {
        let parameters =
            json!({ "type": "object", "properties": { "a": { "default": text, "const": { "file": text } } } });
        let function = json!({ "type": "function", "function": { "name": "f", "parameters": parameters } });
        let format = json!({ "type": "json_schema", "json_schema": { "name": "n", "schema": { "type": "object", "title": text } } });
        let body = json!({ "model": "gpt-4o", "name": format!("a{n}"), "instructions": text, "description": text, "metadata": { "k": text },
            "tools": [function], "response_format": format });
        created(&asst, "/assistants", &body);
    }
    asst.run(["pull", "--project", "hr", "--all", "--into", "new"]).ok();
    let plan = asst.run(["plan", "new/asst.yaml", "-o", "json"]).ok().json();
    for object in plan["objects"].as_array().unwrap() {
        assert_eq!((&object["reason"], &object["members"]), (&"is adopted".into(), &json!([])), "{object}");
    }
    assert_eq!(plan["summary"]["update"], texts.len());
    assert!(!asst.work().join("new/prompts/a1.md").exists(), "a text with CRLF is in the manifest");
    assert_eq!(read(&asst, "new/prompts/a4.md"), "a\nb\n\n");
}

#[test]
fn an_object_that_a_manifest_cannot_state_is_named_and_nothing_is_written() {
    let (_server, asst) = served(&[]);
    let id =
        created(&asst, "/assistants", &json!({ "model": "m", "instructions": "the key sk-proj-abcdefghij0123456789" }));
    let ran = asst.run(["pull", "--project", "hr", "--all", "--into", "new"]).code(1);
    ran.says(&format!("({id}): `instructions` contains what looks like a credential"))
        .says("a manifest cannot represent these objects of the backend (1 problem); nothing was written");
    assert!(!asst.work().join("new").exists());
}

#[test]
fn a_pull_without_a_project_needs_a_manifest() {
    let (_server, asst) = served(&[]);
    asst.run(["pull"]).code(2).says("--project NAME");
    asst.run(["pull", "--project", "No Name"]).code(2).says("1 to 64 characters");
    asst.run(["pull", "--project", "hr", "--all", "--id", "asst_1"]).code(2).says("cannot be used with");
    asst.file("asst.yaml", "asst: 1\nproject: hr\nenvironments: {a: {}, b: {}}\n");
    asst.run(["pull"]).code(2).says("--env with one of a, b");
    asst.run(["pull", "--env", "a"]).code(2).says("asst.yaml");
    asst.run(["pull", "--env", "a", "--force"]).code(2).says("the environment `b`");
    asst.file("asst.yaml", "# Empty.\nasst: 1\nproject: hr\nenvironments: {a: {}}\nassistants: {}\n");
    asst.run(["pull", "--env", "a", "--force"]).ok();
    assert_eq!(read(&asst, "asst.yaml"), "asst: 1\nproject: hr\nenvironments: {a: {}}\n");
}
