#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn attributes(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

#[test]
fn comparisons_match_by_value_and_type() {
    let file =
        attributes(json!({"team": "hr", "year": 2024, "ratio": 0.5, "draft": false, "big": 9007199254740993_u64}));
    for (expression, expected) in [
        ("team = \"hr\"", true),
        ("team = 'HR'", false),
        ("team != \"it\"", true),
        ("team > \"ha\" and team < \"hz\"", true),
        ("year = 2024.0", true),
        ("year >= 2024 and year <= 2.024e3", true),
        ("year > 2024 or year < 2024", false),
        ("ratio > 0 and ratio < 1", true),
        ("big = 9007199254740992", false),
        ("draft = false", true),
        ("draft != true", true),
        ("draft >= false", false),
        ("year in (2023, 2024)", true),
        ("year not in (2023, 2024)", false),
        ("year not in ()", true),
        ("year in ()", false),
        ("year = \"2024\"", false),
        ("year != \"2024\"", true),
        ("year > \"2023\"", false),
        ("team in (\"it\", \"hr\", 3)", true),
        ("team = \"hr\" and (year = 1 or draft = false)", true),
        ("team = \"it\" and year = 2024 or draft = false", true),
    ] {
        assert_eq!(expression.parse::<Filter>().unwrap().matches(&file), expected, "{expression}");
    }
}

#[test]
fn missing_attribute_never_matches() {
    let file = attributes(json!({"team": null, "list": ["a"]}));
    for key in ["team", "list", "other"] {
        for test in ["= \"a\"", "!= \"a\"", "< 1", "<= 1", "> 1", ">= 1", "in (\"a\")", "not in (\"a\")", "not in ()"] {
            let filter: Filter = format!("{key} {test}").parse().unwrap();
            assert!(!filter.matches(&file), "{filter}");
        }
    }
}

#[test]
fn expressions_and_json_are_the_same_filters() {
    for (expression, json) in [
        ("team = \"hr\"", json!({"type": "eq", "key": "team", "value": "hr"})),
        ("a<=1.50", json!({"type": "lte", "key": "a", "value": serde_json::from_str::<Value>("1.50").unwrap()})),
        ("a NOT IN (1, true)", json!({"type": "nin", "key": "a", "value": [1, true]})),
        (
            "team = 'hr' and year >= 2024 or \"in\" != -1",
            json!({"type": "or", "filters": [
                {"type": "and", "filters": [
                    {"type": "eq", "key": "team", "value": "hr"},
                    {"type": "gte", "key": "year", "value": 2024},
                ]},
                {"type": "ne", "key": "in", "value": -1},
            ]}),
        ),
        ("((部門 = \"人\\u4e8b\\ud83d\\ude00\"))", json!({"type": "eq", "key": "部門", "value": "人事😀"})),
    ] {
        let filter: Filter = expression.parse().unwrap();
        assert_eq!(filter.to_json(), json, "{expression}");
        assert_eq!(Filter::from_json(&json), Ok(filter), "{expression}");
    }
    let single =
        json!({"type": "and", "filters": [{"type": "or", "filters": [{"type": "lt", "key": "a", "value": 1}]}]});
    assert_eq!(Filter::from_json(&single).unwrap().to_string(), "a < 1");
}

#[test]
fn errors_of_expressions_have_the_column_and_what_was_expected() {
    for (expression, expected) in [
        ("", "column 1: expected the name of an attribute, found the end"),
        ("team = hr", "column 8: expected a text in quotation marks, a number, `true`, or `false`, found `hr`"),
        ("team == \"hr\"", "column 7: expected a text in quotation marks, a number, `true`, or `false`, found `=`"),
        ("team", "column 5: expected `=`, `!=`, `<`, `<=`, `>`, `>=`, `in`, or `not in`, found the end"),
        ("a = 1 b = 2", "column 7: expected `and`, `or`, or the end, found `b`"),
        ("a = 1 and", "column 10: expected the name of an attribute, found the end"),
        ("(a = 1", "column 7: expected `and`, `or`, or `)`, found the end"),
        ("a in 1", "column 6: expected `(` and a list of values, found `1`"),
        ("a in (1 2)", "column 9: expected `,` or `)`, found `2`"),
        ("a not (1)", "column 7: expected `in`, found `(`"),
        ("not = 1", "column 1: expected the name of an attribute, found `not`"),
        ("größe = 'x", "column 11: expected `'`, found the end"),
        ("a = \"\\q\"", "column 6: expected an escape of JSON, such as `\\n`, found another one"),
        ("a = \"\\ud800\"", "column 6: expected an escape of JSON, such as `\\n`, found another one"),
        ("a = 01", "column 5: expected a text in quotation marks, a number, `true`, or `false`, found `01`"),
        (
            "a = \u{1b}[31m",
            "column 5: expected a text in quotation marks, a number, `true`, or `false`, found `\\u{1b}[31m`",
        ),
    ] {
        let error = expression.parse::<Filter>().unwrap_err();
        assert_eq!(error.to_string(), expected, "{expression}");
    }
}

#[test]
fn errors_of_json_have_the_path() {
    for (value, expected) in [
        (json!([]), "`filters`: expected an object with `type`, got an array"),
        (json!({"key": "a"}), "`filters.type`: expected a string, got null or nothing"),
        (
            json!({"type": "eq", "key": "a"}),
            "`filters.value`: expected a string, a number, or a boolean, got null or nothing",
        ),
        (
            json!({"type": "eq", "key": "a", "value": [1]}),
            "`filters.value`: expected a string, a number, or a boolean, got an array",
        ),
        (json!({"type": "in", "key": "a", "value": 1}), "`filters.value`: expected an array of values, got a number"),
        (json!({"type": "and", "filters": []}), "`filters.filters`: expected at least one filter, got none"),
        (
            json!({"type": "and", "filters": [{"type": "in", "key": "a", "value": [1, null]}]}),
            "`filters.filters[0].value[1]`: expected a string, a number, or a boolean, got null or nothing",
        ),
        (
            json!({"type": "or", "filters": [], "key": "a"}),
            "`filters`: expected the members `type`, `filters`, got `key`",
        ),
        (
            json!({"type": "like", "key": "a", "value": 1}),
            "`filters.type`: expected one of `eq`, `ne`, `gt`, `gte`, `lt`, `lte`, `in`, `nin`, `and`, `or`, got `like`",
        ),
    ] {
        assert_eq!(Filter::from_json(&value).unwrap_err().to_string(), expected, "{value}");
    }
}

#[test]
fn deep_and_large_filters_are_refused() {
    let nested = |depth: usize| format!("{}a = 1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(nested(MAX_DEPTH - 1).parse::<Filter>().is_ok());
    assert_eq!(nested(100_000).parse::<Filter>().unwrap_err().column, MAX_DEPTH);
    let mut value = json!({"type": "eq", "key": "a", "value": 1});
    for depth in 2..=MAX_DEPTH + 1 {
        assert!(Filter::from_json(&value).is_ok(), "{depth}");
        value = json!({"type": "and", "filters": [value, {"type": "eq", "key": "b", "value": 2}]});
    }
    assert_eq!(Filter::from_json(&value).unwrap_err().expected, format!("at most {MAX_DEPTH} levels of filters"));
    let list = |count: usize| format!("a in ({})", vec!["1"; count].join(","));
    assert!(list(MAX_VALUES).parse::<Filter>().is_ok());
    assert!(list(MAX_VALUES + 1).parse::<Filter>().is_err());
    assert!(Filter::from_json(&json!({"type": "in", "key": "a", "value": vec![1; MAX_VALUES + 1]})).is_err());
}

fn scalars() -> impl Strategy<Value = Scalar> {
    prop_oneof![
        ".*".prop_map(Scalar::Text),
        any::<bool>().prop_map(Scalar::Bool),
        any::<i64>().prop_map(|number| Scalar::Number(number.into())),
        any::<f64>().prop_filter_map("finite", |number| Number::from_f64(number).map(Scalar::Number)),
    ]
}

fn filters() -> impl Strategy<Value = Filter> {
    let operators = prop::sample::select(OPERATORS.map(|(operator, ..)| operator).to_vec());
    let tests = prop_oneof![
        (operators, scalars()).prop_map(|(operator, value)| Test::Is(operator, value)),
        prop::collection::vec(scalars(), 0..4).prop_map(Test::In),
        prop::collection::vec(scalars(), 0..4).prop_map(Test::NotIn),
    ];
    let keys = prop_oneof!["[a-z_][a-z0-9_.-]{0,8}", ".*", Just("and".to_owned()), Just("True".to_owned())];
    let comparisons = (keys, tests).prop_map(|(key, test)| Filter::Compare { key, test });
    comparisons.prop_recursive(4, 24, 4, |inner| {
        let several = prop::collection::vec(inner, 2..4);
        prop_oneof![several.clone().prop_map(Filter::And), several.prop_map(Filter::Or)]
    })
}

proptest! {
    #[test]
    fn written_filter_is_read_as_the_same(filter in filters()) {
        let text = filter.to_string();
        prop_assert_eq!(text.parse::<Filter>(), Ok(filter.clone()), "{}", text);
        prop_assert_eq!(Filter::from_json(&filter.to_json()), Ok(filter));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "([a-c]| |\\(|\\)|=|!|<|>|,|\"|'|\\\\|u|d8|1|-|and|or|not|in|\\PC){0,40}") {
        match text.parse::<Filter>() {
            Ok(filter) => prop_assert_eq!(filter.to_string().parse::<Filter>(), Ok(filter)),
            Err(error) => prop_assert!((1..=text.chars().count() + 1).contains(&error.column)),
        }
    }
}
