//! `asst manifest lint` and `asst manifest init`: a manifest is checked without a request.

use crate::support::test_env::{Asst, shows};
use serde_json::json;

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

#[test]
fn the_first_version_of_the_api_is_converted_with_a_note() {
    let asst = Asst::new();
    let text = "asst: 1\nproject: hr\nassistants:\n  a: {model: m, tools: [retrieval]}\n  \
                b: {model: m, tools: [code_interpreter], file_ids: [file-abc123]}\n";
    asst.file("asst.yaml", text);
    shows!(asst.run(["manifest", "lint"]), @r"
    --- stderr ---
    note: asst.yaml:4:25: `retrieval` is read as `file_search`
    note: asst.yaml:5:54: `file_ids` is read as `tool_resources.code_interpreter.file_ids`
    note: 2 assistants in the environment default of hr
    exit 0
    ");
    asst.file(
        "asst.yaml",
        "asst: 1\nproject: hr\nassistants: {a: {model: m, tools: [retrieval], file_ids: [file-abc123]}}\n",
    );
    let ran = asst.run(["manifest", "lint"]).code(2);
    assert!(ran.stderr.contains("asst.yaml:3:58: `file_ids` belongs to the first version"), "{}", ran.text());
}

#[test]
fn a_credential_is_refused_and_not_printed() {
    let asst = Asst::new();
    let key = ["sk-proj-", "abcdefghij0123456789"].concat();
    asst.file("helper.md", format!("Call the service with {key}.\n"));
    let head = "asst: 1\nproject: hr\nenv: [TEAM_KEY]\nassistants:\n";
    asst.file("asst.yaml", format!("{head}  a: {{model: m, metadata: {{team: '${{TEAM_KEY}}'}}}}\n  b: {{model: m, instructions: {{file: helper.md}}}}\n"));
    let ran = asst.env("TEAM_KEY", &key).run(["manifest", "lint"]).code(2);
    for expected in ["asst.yaml:5:34: `metadata.team` contains", "asst.yaml:6:31: `instructions` contains"] {
        assert!(ran.stderr.contains(expected), "{expected}: {}", ran.text());
    }
    assert!(!ran.text().contains(&key), "{}", ran.text());
}

#[test]
fn the_dialect_of_the_profile_decides_about_members() {
    let asst = Asst::new();
    asst.config("[profiles.new]\nbackend = 'foundry'\nbase_url = 'https://h.example/api/projects/p'\n");
    let text = |profile: &str| {
        format!(
            "asst: 1\nproject: hr\n{profile}assistants:\n  a: {{model: m, tools: [{{type: bing_grounding, bing_grounding: \
             {{connections: [{{connection_id: c}}]}}}}]}}\n"
        )
    };
    asst.file("asst.yaml", text("profile: new\n"));
    asst.run(["manifest", "lint"]).ok();
    asst.run(["--local", "manifest", "lint"]).code(2).says("asst.yaml:5:");
    asst.file("asst.yaml", text(""));
    asst.run(["manifest", "lint"]).code(2).says("asst.yaml:4:");
}

#[test]
fn the_schema_accepts_manifests_and_rejects_misspelt_keys() {
    let asst = Asst::new();
    let schema = asst.run(["manifest", "schema"]).ok().json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let good = serde_json::json!({
        "asst": 1, "project": "hr", "vars": { "MODEL": null }, "defaults": { "assistants": { "top_p": 0.5 } },
        "environments": { "prod": { "profile": "p", "assistants": { "helper": { "temperature": 0.1 } } }, "staging": null },
        "files": { "rates": { "path": "data/*.csv" } },
        "vector_stores": { "handbook": { "file_ids": [{ "ref": "files.rates" }, "file-abc123"] }, "empty": {} },
        "assistants": { "helper": { "model": "${MODEL}", "instructions": { "file": "a.md" },
            "tools": ["file_search", { "file": "t.json" }, { "type": "function", "function": { "name": "f" } }],
            "tool_resources": { "file_search": { "vector_store_ids": [{ "ref": "vector_stores.handbook" }] } },
            "metadata": { "team": "hr" }, "response_format": "auto",
            "lifecycle": { "protect": true, "ignore": ["temperature"] } } },
        "moved": [{ "from": "assistants.a", "to": "assistants.helper" }],
        "adopt": [{ "to": "assistants.helper", "id": "asst_123" }],
    });
    let errors: Vec<String> = validator.iter_errors(&good).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    for (pointer, key) in [
        ("", "asistants"),
        ("/assistants/helper", "modle"),
        ("/vector_stores/handbook", "nam"),
        ("/files/rates", "pth"),
        ("/environments/prod", "var"),
        ("/assistants/helper/lifecycle", "protected"),
    ] {
        let mut bad = good.clone();
        bad.pointer_mut(pointer).unwrap()[key] = "x".into();
        assert!(!validator.is_valid(&bad), "{pointer}/{key}");
    }
}

#[test]
fn the_schema_and_the_reader_accept_null_in_the_same_places() {
    let asst = Asst::new();
    let schema = asst.run(["manifest", "schema"]).ok().json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (key, value, is_accepted) in [
        ("vars", json!(null), true),
        ("environments", json!(null), true),
        ("environments", json!({ "prod": null }), true),
        ("environments", json!({ "prod": { "vars": null, "assistants": null } }), true),
        ("defaults", json!(null), true),
        ("defaults", json!({ "assistants": null }), true),
        ("files", json!(null), true),
        ("files", json!({ "rates": null }), false),
        ("vector_stores", json!({ "handbook": null }), true),
        ("vector_stores", json!({ "handbook": { "metadata": null, "lifecycle": null } }), true),
        ("vector_stores", json!({ "handbook": { "name": null } }), false),
        ("vector_stores", json!({ "handbook": { "lifecycle": { "protect": null } } }), false),
        ("assistants", json!({ "helper": null }), false),
        ("assistants", json!({ "helper": { "model": "m", "lifecycle": { "ignore": null } } }), false),
        ("env", json!(null), false),
        ("moved", json!(null), false),
        ("profile", json!(null), false),
    ] {
        let mut manifest = json!({ "asst": 1, "project": "hr" });
        manifest[key] = value;
        let errors: Vec<String> = validator.iter_errors(&manifest).map(|error| error.to_string()).collect();
        assert_eq!(errors.is_empty(), is_accepted, "{manifest}: {errors:?}");
        asst.file("asst.json", manifest.to_string());
        let lint = asst.run(["manifest", "lint", "asst.json"]);
        assert_eq!(lint.code, Some(if is_accepted { 0 } else { 2 }), "{manifest}: {}", lint.text());
    }
}

#[test]
fn the_schema_and_the_reader_accept_the_same_members_of_sync() {
    let asst = Asst::new();
    std::fs::create_dir(asst.work().join("pages")).unwrap();
    let schema = asst.run(["manifest", "schema"]).ok().json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (sync, is_accepted) in [
        (json!("pages"), true),
        (json!("${DIR}"), true),
        (json!(null), true),
        (json!({ "dir": "${DIR}", "delete": "${DELETE}", "max_delete": "${MAX}", "prefix": "${DIR}" }), true),
        (
            json!({ "dir": ["pages"], "prefix": null, "include": null, "exclude": null, "no_ignore": null,
                "attributes": null, "delete": null, "max_delete": null, "keep_files": null, "track_renames": null }),
            true,
        ),
        (json!({ "dir": "pages", "max_delete": 5, "delete": "none", "attributes": { "a": 1, "b": true } }), true),
        (json!({ "dir": null }), false),
        (json!({ "prefix": "a" }), false),
        (json!({ "dir": [] }), false),
        (json!({ "dir": "pages", "delete": "some" }), false),
        (json!({ "dir": "pages", "max_delete": "many" }), false),
        (json!({ "dir": "pages", "max_delete": -1 }), false),
        (json!({ "dir": "pages", "no_ignore": "${DELETE}" }), false),
        (json!({ "dir": "pages", "folder": "x" }), false),
        (json!(1), false),
    ] {
        let manifest = json!({ "asst": 1, "project": "hr", "vars": { "DIR": "pages", "DELETE": "all", "MAX": "20%" },
            "vector_stores": { "handbook": { "sync": sync } } });
        let errors: Vec<String> = validator.iter_errors(&manifest).map(|error| error.to_string()).collect();
        assert_eq!(errors.is_empty(), is_accepted, "{sync}: {errors:?}");
        asst.file("asst.json", manifest.to_string());
        let lint = asst.run(["manifest", "lint", "asst.json"]);
        assert_eq!(lint.code, Some(if is_accepted { 0 } else { 2 }), "{sync}: {}", lint.text());
    }
}

#[test]
fn all_rejected_members_of_an_object_are_reported() {
    let asst = Asst::new();
    let head = "asst: 1\nproject: hr\n";
    let text = "assistants: {a: {model: m, temperature: 9, top_p: 9, reasoning_effort: 7}, b: {model: m, top_p: 8}}\n";
    asst.file("asst.yaml", format!("{head}{text}"));
    let ran = asst.run(["manifest", "lint"]).code(2);
    for column in [41, 51, 72, 97] {
        assert!(ran.stderr.contains(&format!("error: asst.yaml:3:{column}")), "column {column}: {}", ran.text());
    }
    // A folder that does not exist is reported together with other problems.
    let stores = "vector_stores: {v: {sync: nope}, w: {sync: ., file_ids: [file-abc123]}}\n";
    asst.file("asst.yaml", format!("{head}{stores}"));
    let ran = asst.run(["manifest", "lint"]).code(2).says("nope");
    assert!(ran.stderr.matches("error: ").count() >= 2, "{}", ran.text());
}

#[test]
fn the_environment_of_a_manifest_without_environments_can_be_named() {
    let asst = Asst::new();
    asst.run(["manifest", "init"]).ok();
    asst.run(["manifest", "lint", "--env", "default"]).ok().says("environment default of my-project");
    asst.run(["manifest", "lint", "--env", "prod"]).code(2).says("its only one is `default`");
    asst.file("two.yaml", "asst: 1\nproject: hr\nenvironments: {prod: {}}\n");
    asst.run(["manifest", "lint", "two.yaml", "--env", "default"]).code(2).says("known environments: prod");
}

#[test]
fn a_dry_run_of_init_writes_nothing() {
    let asst = Asst::new();
    asst.run(["manifest", "init", "a.yaml", "--dry-run"]).ok().says("a.yaml would be written");
    assert!(!asst.work().join("a.yaml").exists());
    asst.file("a.yaml", "");
    asst.run(["manifest", "init", "a.yaml", "--dry-run"]).code(2).says("exists already");
}

#[test]
fn the_hint_for_a_file_in_place_of_a_vector_store_names_the_vector_store() {
    let asst = Asst::new();
    asst.file("f.md", "text");
    let list = "tool_resources: {file_search: {vector_store_ids: [{ref: files.f}]}}";
    let files = "asst: 1\nproject: hr\nfiles: {f: {path: f.md}}\n";
    asst.file("asst.yaml", format!("{files}assistants: {{a: {{model: m, {list}}}}}\n"));
    asst.run(["manifest", "lint"]).code(2).says("under `file_ids` of a vector store");
}

#[test]
fn a_variable_of_an_environment_that_nothing_uses_is_noted() {
    let asst = Asst::new();
    let manifest = |vars: &str| {
        format!(
            "asst: 1\nproject: p\nvars: {{MODEL: small}}\nenvironments:\n  prod:\n    vars: {{{vars}}}\n    assistants: {{a: \
             {{name: '${{MODEL}} ${{OWN:-x}}'}}}}\nassistants: {{a: {{model: '${{MODEL}}'}}}}\n"
        )
    };
    asst.file("asst.yaml", manifest("MODLE: large, OWN: y, zzz: q"));
    let ran = asst.run(["manifest", "lint"]).ok();
    ran.says("note: asst.yaml:6:12: nothing uses the variable `MODLE` of the environment; did you mean `MODEL`?")
        .says("note: asst.yaml:6:34: nothing uses the variable `zzz` of the environment\n");
    asst.file("asst.yaml", manifest("MODEL: large, OWN: y"));
    let ran = asst.run(["manifest", "lint"]).ok();
    assert!(!ran.stderr.contains("nothing uses"), "{}", ran.text());
}
