//! A manifest in several files, in a folder, and in TOML.

use crate::support::test_env::{Asst, shows};

#[test]
fn a_folder_is_one_manifest() {
    let asst = Asst::new();
    std::fs::create_dir_all(asst.work().join("m/prompts")).unwrap();
    asst.file("m/a.yaml", "asst: 1\nproject: hr\nvars: {MODEL: m}\nassistants:\n  one: {model: '${MODEL}'}\n");
    asst.file(
        "m/b.json",
        r#"{"asst": 1, "assistants": {"two": {"model": "m", "instructions": {"file": "prompts/two.md"}}}}"#,
    );
    let toml = "asst = 1\n[vector_stores.handbook]\nname = 'Handbook'\n[assistants.three]\nmodel = 'm'\ntemperature = 0.5\n\
                tool_resources.file_search.vector_store_ids = [{ref = 'vector_stores.handbook'}]\n";
    asst.file("m/c.toml", toml);
    asst.file("m/prompts/two.md", "Two.\n");
    asst.file("m/.hidden.yaml", "nothing");
    asst.file("m/README.md", "nothing");
    shows!(asst.run(["manifest", "lint", "m"]), @r"
    --- stderr ---
    note: 1 vector store, 3 assistants in the environment default of hr
    exit 0
    ");
    let files = ["m/a.yaml", "m/b.json", "m/c.toml"];
    asst.run([&["manifest", "lint"][..], &files].concat()).ok();
    asst.run(["--local", "apply", "m"]).ok().says("4 created");
    asst.run(["--local", "plan", "m", "--exit-code"]).ok();
}

#[test]
fn an_entry_of_two_files_is_an_error_with_both_places() {
    let asst = Asst::new();
    asst.file("a.yaml", "asst: 1\nproject: hr\nvars: {A: x}\nassistants:\n  one: {model: m}\n");
    asst.file("b.yaml", "asst: 1\nproject: it\nvars: {A: y}\nassistants:\n  one: {name: x}\n");
    asst.file("c.toml", "asst = 1\n[assistants.one]\ntemperatur = 1\n");
    asst.file("d.toml", "[assistants.four]\nmodel = 1.0\n");
    shows!(asst.run(["manifest", "lint", "a.yaml", "b.yaml", "c.toml"]), @r"
    --- stderr ---
    error: b.yaml:2:1: `project` is defined twice; the first definition is at a.yaml:2:1
    error: b.yaml:3:8: `vars.A` is defined twice; the first definition is at a.yaml:3:8
    error: b.yaml:5:3: `assistants.one` is defined twice; the first definition is at a.yaml:5:3
    error: c.toml:2:13: `assistants.one` is defined twice; the first definition is at a.yaml:5:3
    exit 2
    ");
    shows!(asst.run(["manifest", "lint", "a.yaml", "d.toml"]), @r"
    --- stderr ---
    error: d.toml:1:1: the version of the format is missing
      hint: write `asst: 1` at the beginning
    error: d.toml:2:9: Invalid type for 'model': expected a string, but got a decimal instead.
    exit 2
    ");
    asst.file("e.toml", "asst = 1\nproject = \n");
    let ran = asst.run(["manifest", "lint", "e.toml"]).code(2);
    assert!(ran.stderr.contains("e.toml is not valid TOML") && ran.stderr.contains("line 2"), "{}", ran.text());
    std::fs::create_dir(asst.work().join("empty")).unwrap();
    asst.run(["manifest", "lint", "empty"]).code(2).says("no such file: empty/asst.yaml");
}

#[test]
fn a_file_may_be_a_whole_schema_and_is_a_value_inside_one() {
    let asst = Asst::new();
    asst.file("weather.json", r#"{"type": "object", "properties": {"place": {"type": "string"}}}"#);
    asst.file("nope.txt", "the content of the file");
    let tool = |name: &str, parameters: &str| {
        format!("      - {{type: function, function: {{name: {name}, parameters: {parameters}}}}}\n")
    };
    let inside = "{type: object, properties: {path: {default: {file: nope.txt}, parameters: {file: missing.json}}}}";
    let tools = tool("weather", "{file: weather.json}") + &tool("save", inside);
    asst.file("asst.yaml", format!("asst: 1\nproject: hr\nassistants:\n  one:\n    model: m\n    tools:\n{tools}"));
    asst.run(["manifest", "lint"]).ok();
    asst.run(["--local", "apply"]).ok();
    let one = asst.local(&["assistants", "list", "-o", "json"]).ok().json();
    let parameters = |n: usize| &one[0]["tools"][n]["function"]["parameters"]["properties"];
    assert_eq!(parameters(0)["place"]["type"], "string");
    assert_eq!(parameters(1)["path"]["default"]["file"], "nope.txt");
    assert_eq!(parameters(1)["path"]["parameters"]["file"], "missing.json");
    asst.run(["--local", "plan", "--exit-code"]).ok();
}
