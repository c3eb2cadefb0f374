//! `asst pull --drift` writes what changed at the backend into the manifest, and nothing else.

use super::pull::read;
use crate::support::test_env::{Asst, Server, served};
use serde_json::{Map, Value, json};

pub(super) const HEAD: &str = "# The objects of the HR team.\nasst: 1\nproject: hr   # never change it\n\n";

pub(super) fn project(manifest: &str) -> (Server, Asst) {
    let (server, asst) = served(&[]);
    asst.file("asst.yaml", manifest);
    asst.file("helper.md", "Be kind.\nBe brief.\n");
    asst.file("leave.json", "{\n  \"type\": \"function\",\n  \"function\": {\"name\": \"get_leave\", \"description\": \"Old\", \"strict\": false}\n}\n");
    (server, asst)
}

/// Returns an assistant of the backend by its name in the manifest.
pub(super) fn live(asst: &Asst, environment: &str, name: &str) -> Value {
    let listed = asst.run(["assistants", "list", "-o", "json"]).ok().json();
    let key = format!("hr/{environment}/{name}");
    listed.as_array().unwrap().iter().find(|one| one["metadata"]["asst_key"] == key.as_str()).unwrap().clone()
}

/// Changes an assistant at the backend. Pairs of null are removed from the metadata, and the others stay.
pub(super) fn change(asst: &Asst, environment: &str, name: &str, members: &Value) {
    let live = live(asst, environment, name);
    let mut body: Map<String, Value> = members.as_object().unwrap().clone();
    if let Some(Value::Object(changes)) = body.get("metadata") {
        let mut pairs = live["metadata"].as_object().unwrap().clone();
        pairs.extend(changes.clone());
        pairs.retain(|_, value| !value.is_null());
        body.insert("metadata".into(), pairs.into());
    }
    let path = format!("/assistants/{}", live["id"].as_str().unwrap());
    asst.run(["api", "POST", &path, "--body", &Value::Object(body).to_string()]).ok();
}

/// Applies a manifest with one assistant `helper`, changes the assistant, and pulls the drift. Returns the new manifest.
pub(super) fn pulled(manifest: &str, members: &Value) -> (Server, Asst, String) {
    let (server, asst) = project(manifest);
    asst.run(["apply"]).ok();
    change(&asst, "default", "helper", members);
    let ran = asst.run(["pull", "--drift"]);
    assert_eq!(ran.code, Some(0), "{members}: {}{manifest}", ran.text());
    let plan = asst.run(["plan", "--exit-code"]);
    assert_eq!(plan.code, Some(0), "{members}: {}{}", plan.text(), read(&asst, "asst.yaml"));
    let text = read(&asst, "asst.yaml");
    (server, asst, text)
}

#[test]
fn each_member_changes_at_its_place_and_nothing_else() {
    let tool =
        |description: &str| json!({ "type": "function", "function": { "name": "f", "description": description } });
    for (before, members, after) in [
        (
            "model: gpt-4o # the model\n    name: 'A' # name\n",
            json!({ "model": "gpt-5" }),
            "model: gpt-5 # the model\n    name: 'A' # name\n",
        ),
        ("{model: gpt-4o, name: A}  # flow\n", json!({ "name": "B: c" }), "{model: gpt-4o, name: \"B: c\"}  # flow\n"),
        ("{model: gpt-4o, name: A}\n", json!({ "name": null }), "{model: gpt-4o}\n"),
        ("{name: A, model: gpt-4o}\n", json!({ "name": "" }), "{model: gpt-4o}\n"),
        ("{model: gpt-4o}\n", json!({ "description": "a\nb" }), "{model: gpt-4o, description: \"a\\nb\"}\n"),
        ("model: gpt-4o\n", json!({ "description": "a\nb" }), "model: gpt-4o\n    description: |-\n      a\n      b\n"),
        (
            "model: gpt-4o\n    name: A # gone\n    # stays\n    top_p: 0.5\n",
            json!({ "name": null }),
            "model: gpt-4o\n    # stays\n    top_p: 0.5\n",
        ),
        (
            "model: gpt-4o\n    temperature: 0.5 # low\n",
            json!({ "temperature": 0.75 }),
            "model: gpt-4o\n    temperature: 0.75 # low\n",
        ),
        (
            "model: gpt-4o\n    description: |  # why\n      a\n\n      b\n\n    # end\n    name: A\n",
            json!({ "description": "c\nd" }),
            "model: gpt-4o\n    description: |- # why\n      c\n      d\n\n    # end\n    name: A\n",
        ),
        (
            "description: one # why\n    model: gpt-4o\n",
            json!({ "description": "c\nd\n" }),
            "description: | # why\n      c\n      d\n    model: gpt-4o\n",
        ),
        (
            "model: gpt-4o\n    metadata:\n      # pairs\n      a: '1' # one\n      b: \"2\"\n      c: x\n    name: A\n",
            json!({ "metadata": { "a": "3", "b": null, "d": "new: x" } }),
            "model: gpt-4o\n    metadata:\n      # pairs\n      a: \"3\" # one\n      c: x\n      d: \"new: x\"\n    name: A\n",
        ),
        (
            "model: gpt-4o\n    metadata: {a: x, b: y}\n",
            json!({ "metadata": { "a": null, "c": "z" } }),
            "model: gpt-4o\n    metadata: {b: y, c: z}\n",
        ),
        (
            "model: gpt-4o\n    metadata: {a: x, b: y}\n",
            json!({ "metadata": { "a": null, "b": null } }),
            "model: gpt-4o\n",
        ),
        (
            "model: gpt-4o\n    metadata:\n",
            json!({ "metadata": { "a": "x" } }),
            "model: gpt-4o\n    metadata: {a: x}\n",
        ),
        (
            "model: gpt-4o\n    tools: [file_search, code_interpreter] # both\n",
            json!({ "tools": [{ "type": "code_interpreter" }] }),
            "model: gpt-4o\n    tools: [code_interpreter] # both\n",
        ),
        (
            "model: gpt-4o\n    tools:\n      # search\n      - file_search\n      - code_interpreter # code\n    name: A\n",
            json!({ "tools": [{ "type": "file_search" }, tool("new")] }),
            "model: gpt-4o\n    tools:\n      # search\n      - file_search\n      - type: function\n        function: {name: f, description: new}\n    name: A\n",
        ),
        (
            "model: gpt-4o\n    tools:\n      - type: function # f\n        function:\n          name: f # its name\n          description: old\n          strict: false\n",
            json!({ "tools": [tool("new")] }),
            "model: gpt-4o\n    tools:\n      - type: function # f\n        function:\n          name: f # its name\n          description: new\n          strict: false\n",
        ),
        (
            "model: gpt-4o\n    tools:\n      -\n        type: function\n        function:\n          name: f # its name\n          description: old\n      - # search\n        type: file_search\n    name: A\n",
            json!({ "tools": [tool("new"), { "type": "code_interpreter" }] }),
            "model: gpt-4o\n    tools:\n      -\n        type: function\n        function:\n          name: f # its name\n          description: new\n      - code_interpreter\n    name: A\n",
        ),
        (
            "model: gpt-4o\n    tools:\n      - # the function\n        type: function\n        function: {name: f, description: old}\n",
            json!({ "tools": [tool("new"), { "type": "code_interpreter" }] }),
            "model: gpt-4o\n    tools:\n      - # the function\n        type: function\n        function: {name: f, description: new}\n      - code_interpreter\n",
        ),
        ("model: gpt-4o", json!({ "name": "A" }), "model: gpt-4o\n    name: A"),
        (
            "model: gpt-4o\n    description: $${x}\n",
            json!({ "description": "${y}" }),
            "model: gpt-4o\n    description: \"$${y}\"\n",
        ),
    ] {
        let entry = |text: &str| match text.starts_with('{') {
            true => format!("{HEAD}assistants:\n  helper: {text}"),
            false => format!("{HEAD}assistants:\n  helper:\n    {text}"),
        };
        let (_server, _asst, text) = pulled(&entry(before), &members);
        assert_eq!(text, entry(after), "{before}{members}");
    }
}

#[test]
fn a_text_and_a_tool_from_a_file_change_in_the_file() {
    let manifest = format!(
        "{HEAD}assistants:\n  helper:\n    model: gpt-4o\n    instructions: {{file: helper.md}} # the prompt\n    tools: [{{file: leave.json}}]\n"
    );
    let tool = json!({ "type": "function", "function": { "name": "get_leave", "description": "New", "parameters": { "type": "object", "properties": { "a": {} } } } });
    let (_server, asst, text) = pulled(&manifest, &json!({ "instructions": "Be kind.\n${x}\n", "tools": [tool] }));
    assert_eq!(text, manifest);
    assert_eq!(read(&asst, "helper.md"), "Be kind.\n${x}\n\n");
    let file = read(&asst, "leave.json");
    assert!(file.starts_with("{\n  \"type\": \"function\",\n  \"function\": {\"name\": \"get_leave\", \"description\": \"New\", \"strict\": false, \"parameters\": "), "{file}");
    // A text that a file cannot hold exactly takes the place of the file's name.
    change(&asst, "default", "helper", &json!({ "instructions": "a\r\nb" }));
    // The marker is that of the apply, so that both sides have changed since.
    asst.run(["pull", "--drift"]).code(9);
    asst.run(["pull", "--drift", "--force"]).ok();
    assert!(
        read(&asst, "asst.yaml").contains("    instructions: \"a\\r\\nb\" # the prompt\n"),
        "{}",
        read(&asst, "asst.yaml")
    );
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn line_ends_and_a_byte_order_mark_stay() {
    let manifest =
        format!("\u{feff}{HEAD}assistants:\n  helper:\n    instructions: {{file: helper.md}}\n    model: gpt-4o # m\n")
            .replace('\n', "\r\n");
    let (_server, asst) = project(&manifest);
    asst.file("helper.md", "\u{feff}One.\r\nTwo.");
    asst.run(["apply"]).ok();
    change(&asst, "default", "helper", &json!({ "instructions": "One.\nThree.", "name": "A", "description": "a\nb" }));
    asst.run(["pull", "--drift"]).ok();
    let added = "    name: A\r\n    description: |-\r\n      a\r\n      b\r\n";
    assert_eq!(read(&asst, "asst.yaml"), format!("{manifest}{added}"));
    assert_eq!(read(&asst, "helper.md"), "\u{feff}One.\r\nThree.");
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn a_variable_is_replaced_with_a_note() {
    let manifest = format!("{HEAD}vars: {{MODEL: gpt-4o}}\nassistants:\n  helper: {{model: '${{MODEL}}'}}\n");
    let (_server, asst) = project(&manifest);
    asst.run(["apply"]).ok();
    change(&asst, "default", "helper", &json!({ "model": "gpt-5" }));
    asst.run(["pull", "--drift"]).ok().says("asst.yaml:7:19: the value replaces ${MODEL}");
    assert_eq!(read(&asst, "asst.yaml"), manifest.replace("'${MODEL}'", "gpt-5"));
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn one_of_several_environments_gets_the_value_in_its_overlay() {
    let head = format!(
        "{HEAD}environments:\n  prod: {{vars: {{}}}} # prod\n  test:\n    assistants:\n      helper: {{top_p: 0.5}}\n"
    );
    let body =
        "assistants:\n  helper:\n    model: gpt-4o\n    instructions: {file: helper.md}\n  bot: {model: gpt-4o}\n";
    let (_server, asst) = project(&format!("{head}{body}"));
    for environment in ["prod", "test"] {
        asst.run(["apply", "--env", environment]).ok();
    }
    change(&asst, "test", "helper", &json!({ "top_p": 0.25, "instructions": "a\nb" }));
    change(&asst, "prod", "bot", &json!({ "name": "B" }));
    change(&asst, "prod", "helper", &json!({ "name": "H" }));
    asst.run(["pull", "--drift", "--env", "test"]).ok();
    asst.run(["pull", "--drift", "--env", "prod"]).ok();
    let expected = "environments:\n  prod: {vars: {}, assistants: {helper: {name: H}, bot: {name: B}}} # prod\n  test:\n    assistants:\n      helper: {top_p: 0.25, instructions: \"a\\nb\"}\n";
    assert_eq!(read(&asst, "asst.yaml"), format!("{HEAD}{expected}{body}"));
    assert_eq!(read(&asst, "helper.md"), "Be kind.\nBe brief.\n");
    for environment in ["prod", "test"] {
        asst.run(["plan", "--env", environment, "--exit-code"]).ok();
    }
}

#[test]
fn a_default_of_all_objects_stays() {
    let manifest = format!(
        "{HEAD}defaults: {{assistants: {{top_p: 0.5}}}}\nassistants:\n  helper: {{model: gpt-4o}}\n  bot: {{model: gpt-4o}}\n"
    );
    let (_server, asst, text) = pulled(&manifest, &json!({ "top_p": 1 }));
    assert_eq!(text, manifest.replace("helper: {model: gpt-4o}", "helper: {model: gpt-4o, top_p: 1}"));
    assert_eq!(live(&asst, "default", "bot")["top_p"], 0.5);
}

#[test]
fn json_changes_in_place_and_toml_is_refused() {
    let (_server, asst) = project("");
    std::fs::remove_file(asst.work().join("asst.yaml")).unwrap();
    let json = "{\n  \"asst\": 1,\n  \"project\": \"hr\",\n  \"assistants\": {\n    \"helper\": {\n      \"model\": \"gpt-4o\",\n      \"metadata\": {\"a\": \"1\"}\n    }\n  }\n}\n";
    asst.file("asst.json", json);
    asst.run(["apply", "asst.json"]).ok();
    let changes = json!({ "model": "gpt-5", "name": "A\u{85}", "metadata": { "b": "2" } });
    change(&asst, "default", "helper", &changes);
    asst.file("team.toml", "asst = 1\nproject = 'hr'\n[assistants.helper]\nmodel = 'gpt-4o'\nmetadata = {a = '1'}\n");
    let refused = asst.run(["pull", "--drift", "team.toml"]).code(1).says("team.toml:3:13");
    assert!(refused.stderr.contains("assistants.helper.model should be \"gpt-5\""), "{}", refused.text());
    asst.run(["pull", "--drift", "asst.json", "--exit-code"]).code(9);
    let expected = json
        .replace("gpt-4o", "gpt-5")
        .replace("{\"a\": \"1\"}", "{\"a\": \"1\", \"b\": \"2\"},\n      \"name\": \"A\\u0085\"");
    assert_eq!(read(&asst, "asst.json"), expected);
    assert!(serde_json::from_str::<Value>(&read(&asst, "asst.json")).is_ok());
    asst.run(["plan", "asst.json", "--exit-code"]).ok();
}

#[test]
fn an_object_that_changed_on_both_sides_needs_force() {
    let manifest = format!("{HEAD}assistants:\n  helper: {{model: gpt-4o, name: A}}\n  bot: {{model: gpt-4o}}\n");
    let (_server, asst) = project(&manifest);
    asst.run(["apply"]).ok();
    change(&asst, "default", "helper", &json!({ "name": "B" }));
    change(&asst, "default", "bot", &json!({ "name": "C" }));
    let edited = manifest.replace("name: A", "name: D");
    asst.file("asst.yaml", &edited);
    let dry = asst.run(["pull", "--drift", "--dry-run", "--target", "bot"]).ok();
    assert!(dry.stdout.contains("asst.yaml"), "{}", dry.text());
    assert_eq!(read(&asst, "asst.yaml"), edited);
    let ran = asst
        .run(["pull", "--drift"])
        .code(9)
        .says("hr/default/helper changed in the manifest and at the backend: name");
    assert!(ran.stdout.contains("asst.yaml"), "{}", ran.text());
    assert_eq!(read(&asst, "asst.yaml"), edited.replace("bot: {model: gpt-4o}", "bot: {model: gpt-4o, name: C}"));
    asst.run(["pull", "--drift", "--force"]).ok();
    asst.run(["plan", "--exit-code"]).ok();
    asst.run(["pull", "--drift", "--exit-code"]).ok().says("nothing changed at the backend");
    asst.run(["pull", "asst.yaml"]).code(2).says("--drift");
}

#[test]
fn a_shared_value_does_not_change_for_others() {
    let manifest = format!(
        "{HEAD}assistants:\n  helper: &h\n    model: gpt-4o\n    instructions: {{file: helper.md}}\n  bot: {{<<: *h, top_p: 0.5}}\n  third: {{model: gpt-4o, instructions: {{file: helper.md}}}}\n"
    );
    let (_server, asst) = project(&manifest);
    asst.run(["apply"]).ok();
    change(&asst, "default", "bot", &json!({ "model": "gpt-5" }));
    asst.run(["pull", "--drift", "--force"]).ok();
    assert_eq!(read(&asst, "asst.yaml"), manifest.replace("top_p: 0.5}", "top_p: 0.5, model: gpt-5}"));
    // The same text for all: the file changes. Another one for one: the object states it itself.
    for name in ["helper", "bot", "third"] {
        change(&asst, "default", name, &json!({ "instructions": "New." }));
    }
    asst.run(["pull", "--drift", "--force"]).ok();
    assert_eq!(read(&asst, "helper.md"), "New.\n");
    change(&asst, "default", "third", &json!({ "instructions": "Other." }));
    asst.run(["pull", "--drift", "--force"]).ok();
    assert_eq!(read(&asst, "helper.md"), "New.\n");
    assert!(
        read(&asst, "asst.yaml").contains("third: {model: gpt-4o, instructions: Other.}"),
        "{}",
        read(&asst, "asst.yaml")
    );
    asst.run(["plan", "--exit-code"]).ok();
    // A change of an anchor would change the aliases too.
    let before = read(&asst, "asst.yaml");
    change(&asst, "default", "helper", &json!({ "description": "Only mine" }));
    asst.run(["pull", "--drift", "--force"]).code(1).says("assistants.helper.description should be \"Only mine\"");
    assert_eq!(read(&asst, "asst.yaml"), before);
}

#[test]
fn references_stay_references() {
    let manifest = format!(
        "{HEAD}vector_stores:\n  a: {{name: A}}\n  b: {{name: B}}\nassistants:\n  helper:\n    model: gpt-4o\n    tools: [file_search]\n    tool_resources:\n      file_search:\n        vector_store_ids: [{{ref: vector_stores.a}}] # one\n"
    );
    let (_server, asst) = project(&manifest);
    asst.run(["apply"]).ok();
    let stores = asst.run(["vector-stores", "list", "-o", "json"]).ok().json();
    let id = |name: &str| stores.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["id"].clone();
    change(
        &asst,
        "default",
        "helper",
        &json!({ "tool_resources": { "file_search": { "vector_store_ids": [id("B")] } } }),
    );
    asst.run(["pull", "--drift"]).ok();
    assert_eq!(read(&asst, "asst.yaml"), manifest.replace("{ref: vector_stores.a}", "{ref: vector_stores.b}"));
    asst.run(["plan", "--exit-code"]).ok();
    let body = json!({ "name": "New", "metadata": stores[0]["metadata"] }).to_string();
    asst.run(["api", "POST", &format!("/vector_stores/{}", stores[0]["id"].as_str().unwrap()), "--body", &body]).ok();
    asst.run(["pull", "--drift"]).ok();
    assert!(read(&asst, "asst.yaml").contains("{name: New}"), "{}", read(&asst, "asst.yaml"));
    asst.run(["plan", "--exit-code"]).ok();
}
