//! `src/api/facts.rs` is generated from the fixture `members.json`; `ASST_BLESS=1 cargo test facts` rewrites it.

use serde_json::{Map, Value};
use std::fmt::Write;

const HEAD: &str = r#"//! The rules of the protocol's document for the members of each operation. Generated from
//! `tests/it/fixtures/members.json`: `ASST_BLESS=1 cargo test facts` writes this file again.

use super::rules::Type::{Array, Boolean, Integer, Number, Object, String as Text};
use super::rules::{Member, Operation};

const M: Member = Member::PLAIN;

/// Every operation of the document.
pub static OPERATIONS: &[Operation] = &[
"#;

fn types(fact: &Value) -> String {
    let names: Vec<&str> = match &fact["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let names: Vec<&str> = names
        .into_iter()
        .map(|name| match name {
            "string" => "Text",
            "integer" => "Integer",
            "number" => "Number",
            "boolean" => "Boolean",
            "array" => "Array",
            "object" => "Object",
            other => panic!("a type this generator does not know: {other}"),
        })
        .collect();
    names.join(", ")
}

fn member(name: &str, fact: &Value) -> String {
    let mut out = format!("M.of(\"{name}\", &[{}])", types(fact));
    if fact["required"] == true {
        out.push_str(".required()");
    }
    if fact["nullable"] == true {
        out.push_str(".nullable()");
    }
    if let (Some(names), false) = (fact["enum"].as_array(), fact["open"] == true) {
        let names: Vec<String> = names.iter().map(Value::to_string).collect();
        let _ = write!(out, ".one_of(&[{}])", names.join(", "));
    }
    if let Some(longest) = fact["maxLength"].as_u64() {
        let _ = write!(out, ".longest({longest})");
    }
    let range = fact["described_range"].as_array().cloned().unwrap_or_default();
    let bound = |key: &str, at: usize| fact[key].as_f64().or_else(|| range.get(at).and_then(Value::as_f64));
    if let Some(least) = bound("minimum", 0) {
        let _ = write!(out, ".least({least:?})");
    }
    if let Some(most) = bound("maximum", 1) {
        let _ = write!(out, ".most({most:?})");
    }
    if let Some(items) = fact["minItems"].as_u64() {
        let _ = write!(out, ".min_items({items})");
    }
    if let Some(items) = fact["maxItems"].as_u64() {
        let _ = write!(out, ".max_items({items})");
    }
    out
}

fn members(facts: &Map<String, Value>) -> String {
    if facts.is_empty() {
        return "&[]".into();
    }
    let mut out = String::from("&[\n");
    for (name, fact) in facts {
        let _ = writeln!(out, "            {},", member(name, fact));
    }
    out.push_str("        ]");
    out
}

fn render(document: &Map<String, Value>) -> String {
    let mut out = HEAD.to_owned();
    let none = Map::new();
    for (name, operation) in document {
        let body = &operation["body"];
        let closed = body["closed"] == true;
        let query = members(operation["query"].as_object().unwrap_or(&none));
        let members_of_body = match body["members"].as_object() {
            Some(facts) => format!("Some({})", members(facts)),
            None => "None".into(),
        };
        let choices = body["one_of_required"].as_array().into_iter().flatten().filter_map(|choice| choice[0].as_str());
        let choices: Vec<String> = choices.map(|name| format!("\"{name}\"")).collect();
        let choices = choices.join(", ");
        let (method, path) = (&operation["method"], &operation["path"]);
        let _ = write!(
            out,
            "    Operation {{\n        name: \"{name}\",\n        method: {method},\n        path: {path},\n        \
             closed: {closed},\n        query: {query},\n        body: {members_of_body},\n        \
             one_of_required: &[{choices}],\n    }},\n"
        );
    }
    out.push_str("];\n");
    out
}

#[test]
fn the_facts_match_the_document() {
    let root = env!("CARGO_MANIFEST_DIR");
    let document = std::fs::read_to_string(format!("{root}/tests/it/fixtures/members.json")).unwrap();
    let path = format!("{root}/src/api/facts.rs");
    let expected = render(&serde_json::from_str(&document).unwrap());
    if std::env::var_os("ASST_BLESS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap();
    assert!(found == expected, "src/api/facts.rs is not what members.json says: ASST_BLESS=1 cargo test facts");
}
