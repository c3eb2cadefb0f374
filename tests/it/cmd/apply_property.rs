//! Whatever a manifest states: after an apply, the next plan is empty, and so is the plan of what a pull writes.

use crate::support::test_env::served;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Map, Value, json};

/// Returns texts without a reference to a variable.
fn text() -> impl Strategy<Value = String> {
    "[ -~\u{e9}\u{6f22}\n\t]{0,40}".prop_map(|text| text.replace("${", "$ {"))
}

fn metadata() -> impl Strategy<Value = Value> {
    btree_map("[a-z_.-]{1,12}", text(), 0..5).prop_map(|pairs| json!(pairs))
}

/// Returns an object with those members that have a value.
fn with<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let members = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(members.collect::<Map<_, _>>())
}

fn function() -> impl Strategy<Value = Value> {
    let parameters = select(vec![
        json!({ "type": "object", "properties": {} }),
        json!({ "type": "object", "properties": { "a": { "type": "number", "default": 0, "maximum": 1.50 } }, "required": ["a"] }),
        json!({ "type": "object", "properties": { "file": { "type": "string", "description": "" } }, "additionalProperties": false }),
    ]);
    (option::of(text()), option::of(parameters), option::of(any::<bool>())).prop_map(
        |(description, parameters, strict)| {
            let function = with([
                ("name", Some("f".into())),
                ("description", description.map(Value::from)),
                ("parameters", parameters),
                ("strict", strict.map(Value::from)),
            ]);
            json!({ "type": "function", "function": function })
        },
    )
}

fn assistant() -> impl Strategy<Value = Value> {
    let tools = vec![json!("file_search"), json!({ "type": "code_interpreter" })];
    let formats = select(vec![
        json!("auto"),
        json!({ "type": "text" }),
        json!({ "type": "json_schema", "json_schema": { "name": "n", "schema": { "type": "object", "minimum": 1.0 } } }),
    ]);
    let numbers = || option::of((0..=100_u32).prop_map(|n| f64::from(n) / 100.0));
    let texts = (option::of(text()), option::of(text()), option::of(text()));
    let tools = (subsequence(tools, 0..=2), option::of(function()));
    (texts, tools, numbers(), numbers(), option::of(metadata()), option::of(formats), any::<[bool; 2]>()).prop_map(
        |((name, description, instructions), (mut tools, function), temperature, top_p, metadata, format, refers)| {
            tools.extend(function);
            let files = refers[0].then(|| json!({ "file_ids": [{ "ref": "files.data" }] }));
            let stores = refers[1].then(|| json!({ "vector_store_ids": [{ "ref": "vector_stores.s" }] }));
            with([
                ("model", Some("m".into())),
                ("name", name.map(Value::from)),
                ("description", description.map(Value::from)),
                ("instructions", instructions.map(Value::from)),
                ("tools", Some(tools.into())),
                ("temperature", temperature.map(Value::from)),
                ("top_p", top_p.map(Value::from)),
                ("metadata", metadata),
                ("response_format", format),
                ("tool_resources", Some(with([("code_interpreter", files), ("file_search", stores)]))),
            ])
        },
    )
}

fn store() -> impl Strategy<Value = Value> {
    let expiry = (1..=365_u32).prop_map(|days| json!({ "anchor": "last_active_at", "days": days }));
    (option::of(text()), option::of(expiry), option::of(metadata()), any::<bool>()).prop_map(
        |(name, expires_after, metadata, has_files)| {
            with([
                ("name", name.map(Value::from)),
                ("expires_after", expires_after),
                ("metadata", metadata),
                ("file_ids", has_files.then(|| json!([{ "ref": "files.data" }]))),
            ])
        },
    )
}

#[test]
fn a_plan_after_an_apply_is_empty() {
    let (_server, asst) = served(&[]);
    let manifest = (vec(assistant(), 0..3), store(), "[a-z]{1,20}");
    let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
    let checked = TestRunner::new(config).run(&manifest, |(assistants, store, data)| {
        asst.file("data.txt", &data);
        let assistants: Map<String, Value> =
            assistants.into_iter().enumerate().map(|(n, assistant)| (format!("a{n}"), assistant)).collect();
        let manifest = json!({ "asst": 1, "project": "p", "files": { "data": { "path": "data.txt" } },
            "vector_stores": { "s": store }, "assistants": assistants });
        asst.file("asst.yaml", manifest.to_string());
        // The object may have changed in any way since the last case.
        for (command, flags) in [
            ("apply", &["--prune", "--yes", "--on-drift", "overwrite"][..]),
            ("plan", &["--prune", "--exit-code"]),
            ("pull", &["--project", "p", "--into", "pulled", "--force"]),
            ("plan", &["pulled/asst.yaml", "--prune", "--exit-code"]),
        ] {
            let ran = asst.run([&[command][..], flags].concat());
            if ran.code != Some(0) {
                return Err(TestCaseError::fail(format!("{command}: {}", ran.text())));
            }
        }
        Ok(())
    });
    checked.unwrap();
}
