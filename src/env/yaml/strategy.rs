//! Generates values for property tests of readers and writers of YAML.

use proptest::prelude::*;
use serde_json::Value;

/// Returns values of all types, with texts that are hard to write. `numbers` generates the numbers.
pub(crate) fn values(numbers: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        r"[ -~\n\t]{0,60}",
        r"\PC{0,8}",
        r"[a \n\x00-\x1f\x7f-\u{a0}\u{2028}\u{feff}]{0,8}",
        r"([ab] ?[-:#,]?\n?){0,6}",
        "(yes|off|null|~|1e3|0o7|\\.inf|<<|: |# a|[>|]-?)"
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        numbers,
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text.clone(), inner), 0..4).prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}
