//! `asst pull --drift` changes nothing besides the drifted members, and refuses a change with the reason.

use super::pull::read;
use super::pull_drift::{HEAD, change, live, project, pulled};
use serde_json::json;

#[test]
fn an_environment_that_cannot_be_read_does_not_change() {
    for (environments, members) in [
        // The anchor is also the overlay of the other environment.
        (
            "  prod:\n    assistants:\n      helper: &h {name: A}\n  test:\n    vars: {KEY: }\n    assistants:\n      helper: {<<: *h, description: '${KEY}'}\n",
            json!({ "name": "B" }),
        ),
        ("  prod: &p {assistants: {helper: {name: A}}}\n  test: *p\n", json!({ "name": "B" })),
    ] {
        let body = "vars: {KEY: }\nassistants:\n  helper: {model: gpt-4o, instructions: '${KEY}'}\n";
        let manifest = format!("{HEAD}environments:\n{environments}{body}");
        let (_server, asst) = project(&manifest);
        asst.run(["apply", "--env", "prod", "--var", "KEY=k"]).ok();
        change(&asst, "prod", "helper", &members);
        // With the variable only for one environment, the other one cannot be read.
        let manifest =
            manifest.replace("  prod:\n", "  prod:\n    vars: {KEY: k}\n").replace("&p {", "&p {vars: {KEY: k}, ");
        let is_shared_overlay = manifest.contains("*p");
        asst.file("asst.yaml", &manifest);
        let ran = asst.run(["pull", "--drift", "--env", "prod"]).code(1);
        assert_eq!(read(&asst, "asst.yaml"), manifest, "{environments}");
        if !is_shared_overlay {
            assert!(ran.stderr.contains("the environment `test`"), "{environments}: {}", ran.text());
            assert!(ran.stderr.contains("--var KEY="), "{environments}: {}", ran.text());
        }
    }
}

#[test]
fn a_file_that_an_unreadable_environment_names_does_not_change() {
    for (section, overlay) in [
        ("", "assistants: {helper: {instructions: {file: pages/helper.md}}}"),
        ("files: {f: {path: leave.json}}\n", "files: {f: {path: 'pages/{helper,x}.md'}}"),
        ("vector_stores: {s: {name: S}}\n", "vector_stores: {s: {sync: pages}}"),
        ("vector_stores: {s: {name: S}}\n", "vector_stores: {s: {sync: {dir: [pages]}}}"),
    ] {
        let manifest = format!(
            "{HEAD}vars: {{KEY: }}\nenvironments:\n  prod:\n    vars: {{KEY: k}}\n    assistants:\n      helper: {{instructions: {{file: pages/helper.md}}}}\n  test: {{{overlay}}}\n{section}assistants:\n  helper: {{model: gpt-4o, name: '${{KEY}}'}}\n"
        );
        let (_server, asst) = project(&manifest);
        std::fs::create_dir(asst.work().join("pages")).unwrap();
        asst.file("pages/helper.md", "Be kind.\nBe brief.\n");
        asst.run(["apply", "--env", "prod"]).ok();
        change(&asst, "prod", "helper", &json!({ "instructions": "New." }));
        let ran = asst.run(["pull", "--drift", "--env", "prod"]).ok();
        assert!(ran.stderr.contains("the value replaces a reference to a file"), "{overlay}: {}", ran.text());
        assert_eq!(read(&asst, "pages/helper.md"), "Be kind.\nBe brief.\n", "{overlay}");
        let expected = manifest.replacen("{instructions: {file: pages/helper.md}}", "{instructions: New.}", 1);
        assert_eq!(read(&asst, "asst.yaml"), expected, "{overlay}");
    }
}

#[test]
fn ignored_metadata_stays_in_the_manifest() {
    let before = format!(
        "{HEAD}assistants:\n  helper:\n    model: gpt-4o\n    metadata: {{x: initial, a: one}}\n    lifecycle: {{ignore: [metadata.x]}}\n"
    );
    let (_server, _asst, text) = pulled(&before, &json!({ "metadata": { "a": "two", "x": "other" } }));
    assert_eq!(text, before.replace("a: one", "a: two"));
    // The overlay gets the whole member.
    let manifest = format!("{HEAD}environments: {{prod: {{}}, test: {{}}}}\n{}", before.trim_start_matches(HEAD));
    let (_server, asst) = project(&manifest);
    asst.run(["apply", "--env", "prod"]).ok();
    change(&asst, "prod", "helper", &json!({ "metadata": { "a": "two" } }));
    asst.run(["pull", "--drift", "--env", "prod"]).ok();
    let text = read(&asst, "asst.yaml");
    let overlay = text.split("assistants:").nth(1).unwrap_or_default();
    assert!(overlay.contains("x: initial") && overlay.contains("a: two"), "{text}");
}

#[test]
fn a_file_that_is_also_an_upload_does_not_change() {
    let manifest = format!(
        "{HEAD}files:\n  f: {{path: helper.md, purpose: vision}}\nassistants:\n  helper: {{model: gpt-4o, instructions: {{file: helper.md}}}}\n"
    );
    let (_server, asst, text) = pulled(&manifest, &json!({ "instructions": "New." }));
    assert_eq!(text, manifest.replace("{file: helper.md}", "New."));
    assert_eq!(read(&asst, "helper.md"), "Be kind.\nBe brief.\n");
}

#[test]
fn a_file_in_a_synced_folder_does_not_change() {
    for (sync, is_uploaded) in [
        ("pages", true),
        ("{dir: [pages]}", true),
        ("{dir: pages, include: ['*.txt']}", false),
        ("{dir: pages, exclude: [helper.md]}", false),
    ] {
        let manifest = format!(
            "{HEAD}vector_stores:\n  s: {{sync: {sync}}}\nassistants:\n  helper: {{model: gpt-4o, instructions: {{file: pages/helper.md}}}}\n"
        );
        let (_server, asst) = project(&manifest);
        std::fs::create_dir(asst.work().join("pages")).unwrap();
        ["helper.md", "other.txt"].iter().for_each(|name| drop(asst.file(&format!("pages/{name}"), "Old.\n")));
        asst.run(["apply"]).ok();
        change(&asst, "default", "helper", &json!({ "instructions": "New." }));
        let ran = asst.run(["pull", "--drift"]);
        assert_eq!(ran.code, Some(0), "{sync}: {}", ran.text());
        let (file, text) = match is_uploaded {
            true => ("Old.\n", manifest.replace("{file: pages/helper.md}", "New.")),
            false => ("New.\n", manifest),
        };
        assert_eq!((read(&asst, "pages/helper.md").as_str(), read(&asst, "asst.yaml")), (file, text), "{sync}");
        asst.run(["plan", "--exit-code"]).ok();
    }
}

#[test]
fn a_manifest_that_it_uploads_itself_does_not_change() {
    for (section, is_uploaded) in [
        ("vector_stores: {s: {sync: .}}\n", true),
        ("files: {f: {path: asst.yaml}}\n", true),
        ("vector_stores: {s: {sync: {dir: ., exclude: [asst.yaml]}}}\n", false),
    ] {
        let manifest = format!("{HEAD}{section}assistants:\n  helper: {{model: gpt-4o, name: A}}\n");
        let (_server, asst) = project(&manifest);
        asst.run(["apply"]).ok();
        change(&asst, "default", "helper", &json!({ "name": "B" }));
        let ran = asst.run(["pull", "--drift"]);
        let (code, text) = match is_uploaded {
            true => (1, manifest),
            false => (0, manifest.replace("name: A", "name: B")),
        };
        assert_eq!(ran.code, Some(code), "{section}: {}", ran.text());
        let is_named = ran.stderr.contains("asst.yaml too (`files` or `sync`), so a change would replace the upload");
        assert_eq!((is_named, read(&asst, "asst.yaml")), (is_uploaded, text), "{section}: {}", ran.text());
    }
}

#[test]
fn a_reference_to_a_file_that_will_be_replaced_stays() {
    let manifest = format!(
        "{HEAD}files:\n  f: {{path: data.csv}}\nassistants:\n  helper:\n    model: gpt-4o\n    name: A\n    tools: [code_interpreter]\n    tool_resources: {{code_interpreter: {{file_ids: [{{ref: files.f}}]}}}}\n"
    );
    let (_server, asst) = project(&manifest);
    asst.file("data.csv", "a,b\n");
    asst.run(["apply"]).ok();
    change(&asst, "default", "helper", &json!({ "name": "B" }));
    asst.file("data.csv", "a,b\n1,2\n");
    asst.run(["pull", "--drift", "--force"]).ok();
    assert_eq!(read(&asst, "asst.yaml"), manifest.replace("name: A", "name: B"));
}

#[test]
fn a_removal_within_a_schema_changes_only_the_schema() {
    let tool = |rest: &str| {
        format!(
            "      # the tool\n      - type: function\n        function:\n          name: f\n          parameters: # schema\n            type: object\n{rest}            properties: {{a: {{type: string}}}} # a\n"
        )
    };
    for rest in ["            additionalProperties: false\n", "            required: []\n", "            x: {}\n"] {
        let before = format!("{HEAD}assistants:\n  helper:\n    model: gpt-4o\n    tools:\n{}", tool(rest));
        let parameters = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
        let new = json!({ "type": "function", "function": { "name": "f", "parameters": parameters } });
        let (_server, _asst, text) = pulled(&before, &json!({ "tools": [new] }));
        assert_eq!(text, before.replace(rest, ""), "{rest}");
    }
}

#[test]
fn comments_that_a_change_removes_are_noted_with_their_place() {
    let parameters = "type: object\n# all\nrequired:\n- a # first\n- b\n";
    let indented = parameters.replace('\n', "\n            ");
    let tool = format!(
        "- type: function\n        function:\n          name: f\n          parameters:\n            {indented}"
    );
    for (tool, place) in [(tool.trim_end(), "asst.yaml:16:15: "), ("- {file: tool.yaml}", "tool.yaml:8:11: ")] {
        let manifest = format!("{HEAD}assistants:\n  helper:\n    model: gpt-4o\n    tools:\n      {tool}\n");
        let (_server, asst) = project(&manifest);
        let file = format!(
            "type: function\nfunction:\n    name: f\n    parameters:\n        {}",
            parameters.replace('\n', "\n        ")
        );
        asst.file("tool.yaml", file.trim_end());
        asst.run(["apply"]).ok();
        let parameters = json!({ "type": "object", "required": ["b", "a"] });
        let new = json!({ "type": "function", "function": { "name": "f", "parameters": parameters } });
        change(&asst, "default", "helper", &json!({ "tools": [new] }));
        let ran = asst.run(["pull", "--drift"]).ok();
        let note = format!("note: {place}the value replaces comments");
        assert!(ran.stderr.contains(&note), "{note}: {}", ran.text());
        assert!(read(&asst, place.split(':').next().unwrap()).contains("# all\n"), "{tool}");
        asst.run(["plan", "--exit-code"]).ok();
    }
}

#[test]
fn a_variable_that_only_one_overlay_declares_can_be_given() {
    // The pattern could match any file. So the file of the prompt changes only if the other environment can be read.
    let manifest = format!(
        "{HEAD}environments:\n  prod: {{vars: {{KEY: }}, assistants: {{helper: {{name: '${{KEY}}', instructions: {{file: helper.md}}}}}}}}\n  test: {{}}\nfiles: {{data: {{path: '*.csv'}}}}\nassistants:\n  helper: {{model: gpt-4o}}\n"
    );
    let (_server, asst) = project(&manifest);
    asst.file("data.csv", "a,b\n");
    asst.run(["apply", "--env", "prod", "--var", "KEY=k"]).ok();
    change(&asst, "prod", "helper", &json!({ "instructions": "New." }));
    asst.run(["pull", "--drift", "--env", "prod", "--var", "KEY=k"]).ok();
    assert_eq!((read(&asst, "helper.md").as_str(), read(&asst, "asst.yaml")), ("New.\n", manifest));
    asst.run(["plan", "--env", "test", "--var", "KEY=k"]).ok();
    asst.run(["plan", "--env", "test", "--var", "KEZ=k"]).code(2).says("the variable `KEZ` is not declared");
}

#[test]
fn comments_within_flow_style_do_not_move() {
    let manifest = format!(
        "{HEAD}assistants:\n  helper:\n    model: gpt-4o\n    metadata: {{\n      a: x, # of a\n      b: y, # of b\n      c: 'z#z' }}\n"
    );
    let (_server, asst) = project(&manifest);
    asst.run(["apply"]).ok();
    change(&asst, "default", "helper", &json!({ "metadata": { "a": null } }));
    let ran = asst.run(["pull", "--drift"]).code(1).says("the comments within");
    assert!(ran.stderr.contains("asst.yaml:"), "{}", ran.text());
    assert_eq!(read(&asst, "asst.yaml"), manifest);
    change(&asst, "default", "helper", &json!({ "metadata": { "a": "x", "b": "new" } }));
    asst.run(["pull", "--drift"]).ok();
    assert_eq!(read(&asst, "asst.yaml"), manifest.replace("b: y", "b: new"));
}

#[test]
fn a_file_in_toml_does_not_hinder_changes_in_others() {
    let (_server, asst) = project("");
    std::fs::remove_file(asst.work().join("asst.yaml")).unwrap();
    std::fs::remove_file(asst.work().join("leave.json")).unwrap();
    let yaml = "\"asst\": 1\nproject: hr\nassistants:\n  helper: {model: gpt-4o}\n";
    asst.file("a.yaml", yaml);
    asst.file("b.toml", "asst = 1\n[assistants.bot]\nmodel = 'gpt-4o'\n");
    asst.run(["apply", "."]).ok();
    change(&asst, "default", "helper", &json!({ "name": "A", "description": "a\nb" }));
    asst.run(["pull", "--drift", "."]).ok();
    assert!(read(&asst, "a.yaml").contains("{model: gpt-4o, name: A, "), "{}", read(&asst, "a.yaml"));
    change(&asst, "default", "bot", &json!({ "name": "B", "metadata": { "key": "sk-proj-abcdefghij0123456789" } }));
    let ran = asst.run(["pull", "--drift", "."]).code(1).says("a file in TOML is not changed in place");
    assert!(ran.stderr.contains("assistants.bot.name should be \"B\""), "{}", ran.text());
    assert!(!ran.stderr.contains("sk-proj"), "{}", ran.text());
}

#[test]
fn a_long_value_is_shortened_and_a_removed_one_is_named() {
    let manifest = format!("{HEAD}assistants:\n  bot: &b {{model: gpt-4o, name: A}}\n  helper: *b\n");
    let (_server, asst) = project(&manifest);
    asst.run(["apply"]).ok();
    change(&asst, "default", "helper", &json!({ "name": null, "instructions": "x".repeat(5000) }));
    let ran =
        asst.run(["pull", "--drift"]).code(1).says("assistants.helper.name has its default at the backend: remove it");
    assert!(ran.stderr.len() < 2000, "{}", ran.stderr.len());
    assert_eq!(read(&asst, "asst.yaml"), manifest);
}

#[test]
fn a_deleted_object_is_named() {
    let manifest = format!("{HEAD}assistants:\n  helper: {{model: gpt-4o}}\n");
    let (_server, asst) = project(&manifest);
    asst.run(["apply"]).ok();
    let id = live(&asst, "default", "helper")["id"].as_str().unwrap().to_owned();
    asst.run(["api", "DELETE", &format!("/assistants/{id}")]).ok();
    let ran = asst.run(["pull", "--drift"]).ok().says("hr/default/helper does not exist at the backend");
    assert!(!ran.stderr.contains("nothing changed"), "{}", ran.text());
    asst.run(["pull", "--drift", "--exit-code"]).code(9);
    asst.run(["pull", "--drift", "-"]).code(2).says("a manifest on stdin cannot be changed in place");
}

#[test]
fn an_object_that_exists_several_times_is_named() {
    let manifest = format!("{HEAD}assistants:\n  helper: {{model: gpt-4o}}\n");
    let (_server, asst) = project(&manifest);
    asst.run(["apply"]).ok();
    let live = live(&asst, "default", "helper");
    let body = json!({ "model": "gpt-4o", "metadata": live["metadata"] }).to_string();
    asst.run(["api", "POST", "/assistants", "--body", &body]).ok();
    let ran = asst.run(["pull", "--drift"]).ok().says("hr/default/helper exists several times at the backend");
    assert!(!ran.stderr.contains("nothing changed") && ran.stderr.contains("`asst plan` shows"), "{}", ran.text());
    asst.run(["pull", "--drift", "--exit-code"]).code(9);
    assert_eq!(read(&asst, "asst.yaml"), manifest);
    let whole = asst.run(["pull", "--into", "new", "--project", "hr"]).ok();
    assert!(
        whole.stderr.contains("has the same identity as an older assistant, which is pulled; it is left out"),
        "{}",
        whole.text()
    );
}
