//! Tests of filters: their results and their errors.
#![allow(clippy::unwrap_used)]

use super::limits::LimitExceeded;
use super::*;
use serde_json::json;

fn run(filter: &str, value: &Value) -> Result<Vec<Value>, String> {
    Jq::parse(filter).unwrap().apply(value)
}

#[test]
fn filters_return_the_results_of_jq() {
    let value = json!([{"b": 1, "a": "x"}, {"b": 2.5, "a": "y"}]);
    assert_eq!(run(".[].a", &value), Ok(vec![json!("x"), json!("y")]));
    assert_eq!(run("map(select(.b > 2)) | length", &value), Ok(vec![json!(1)]));
    assert_eq!(run(".[0] | to_entries | map(.key)", &value), Ok(vec![json!(["b", "a"])]));
    assert_eq!(run(".", &value), Ok(vec![value.clone()]));
    assert_eq!(run(".", &json!(u64::MAX)), Ok(vec![json!(u64::MAX)]));
    assert_eq!(run("nan, empty, 1e400 | isinfinite", &json!(null)).map(|all| all.len()), Ok(2));
    let long: Value = serde_json::from_str(r#"{"a":[1.50,123456789012345678901234567890,1e400]}"#).unwrap();
    assert_eq!(run(".", &long).map(|all| all[0].to_string()), Ok(long.to_string()));
    assert_eq!(run("1, halt, 2", &json!(null)), Ok(vec![json!(1)]));
}

#[test]
fn failing_filter_reports_the_cause() {
    assert!(run(".a", &json!([1])).unwrap_err().contains("index"));
    assert_eq!(run("reduce range(5e3) as $i (0; [.])", &json!(null)), Err(LimitExceeded::Depth.to_string()));
    let error = run("reduce range(5e3) as $i (0; {a: .}) | error", &json!(null));
    assert!(error.unwrap_err().contains("cannot be shown"));
    assert_eq!(run("[reduce range(250) as $i (0; [.])] | length", &json!(null)), Ok(vec![json!(1)]));
    assert_eq!(run("error(\"no\")", &json!(null)), Err("no".to_owned()));
    assert_eq!(run("repeat(1)", &json!(null)), Err(LimitExceeded::Values.to_string()));
    assert_eq!(run("[range(2e6)]", &json!(null)), Err(LimitExceeded::Values.to_string()));
    assert_eq!(run("range(9e5)", &json!(null)).map(|all| all.len()), Ok(900_000));
    assert_eq!(run("halt_error", &json!("x")), Err("the filter halted with code 5".to_owned()));
    assert_eq!(run("stderr", &json!("x")), Ok(vec![json!("x")]));
}

#[test]
fn invalid_filter_reports_its_position() {
    let at = |filter: &str| {
        let error = Jq::parse(filter).unwrap_err();
        (error.position, error.message)
    };
    assert_eq!(at(".a | nope(1)"), (6, "unknown filter `nope`".to_owned()));
    assert_eq!(at("\"é\" | $x").0, 7);
    assert_eq!(at(".a | "), (6, "expected term, found the end".to_owned()));
    assert_eq!(at("map(.a").1, "expected the end of `(`");
    for bad in ["", "&", "[", "\"\\q\"", ".a )"] {
        assert!(!Jq::parse(bad).unwrap_err().to_string().is_empty(), "{bad:?}");
    }
}

#[test]
fn modules_are_refused_before_the_filter_runs() {
    for (filter, position) in [
        ("import \"x\"; .", 1),
        ("import \"x\" as x; .", 1),
        ("import \"x\" as $x; .", 1),
        (" include \"x\"; .", 2),
        ("module {}; import \"x\" as x; .", 20),
        ("module {}; import \"x\" as $x; .", 20),
    ] {
        let error = Jq::parse(filter).unwrap_err();
        assert_eq!((error.message.as_str(), error.position), ("modules are not supported", position), "{filter}");
    }
    assert_eq!(run("{import: 1} | .import", &json!(null)), Ok(vec![json!(1)]));
}

#[test]
fn filters_can_be_command_line_values() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<Jq>();
}

#[test]
fn csv_and_tsv_formats_are_defined() {
    let results = |filter: &str| {
        let jq = Jq::parse(filter).expect("it can be read");
        jq.apply(&json!(["a\tb", "c\\d", 1, null, "e\"f"])).expect("it can be applied")
    };
    assert_eq!(results("@tsv"), [json!("a\\tb\tc\\\\d\t1\t\te\"f")]);
    assert_eq!(results("@csv"), [json!("\"a\tb\",\"c\\d\",1,,\"e\"\"f\"")]);
}

#[test]
fn long_filters_are_parsed_with_enough_stack() {
    let nested = |levels: usize| format!("{}1{}", "(".repeat(levels), ")".repeat(levels));
    assert_eq!(run(&nested(5_000), &json!(null)), Ok(vec![json!(1)]));
    assert!(Jq::parse(&"[".repeat(30_000)).is_err());
    let error = Jq::parse(&nested(50_000)).unwrap_err().to_string();
    assert!(error.contains("at most 65536 bytes, got 100001 bytes") && error.len() < 200, "{error}");
}
