//! YAML that reads back as the same value: strings that look like something else are quoted.

use serde_json::Value;

/// Returns a value as a YAML document.
pub(super) fn document(value: &Value) -> Result<String, String> {
    let mut text = serde_saphyr::to_string(value).map_err(|error| error.to_string())?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(text: &str) -> Value {
        serde_saphyr::from_str_with_options(text, serde_saphyr::options! { strict_booleans: true }).unwrap()
    }

    #[test]
    fn strings_that_look_like_others_stay_strings() {
        let value = json!({"a": "true", "b": "no", "c": "12", "d": "", "e": "null", "f": "~", "g": "2024-01-01", "h": "0x1f", "i": "- x"});
        assert_eq!(read(&document(&value).unwrap()), value);
    }

    fn values() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            r"[ -~\n\t]{0,60}",
            r"\PC{0,8}",
            r"[a \n\x00-\x1f\x7f-\u{a0}\u{2028}\u{feff}]{0,8}",
            "(yes|off|null|~|1e3|0o7|\\.inf|<<|: |# a|[>|]-?)"
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            text.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((text.clone(), inner), 0..4).prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in values()) {
            let text = document(&value).unwrap();
            prop_assert_eq!(read(&text), value, "{}", text);
        }
    }
}
