//! YAML output that parses back to the same value. Strings that look like other types are quoted.

use serde::ser::{Serialize, Serializer};
use serde_json::Value;
use std::cell::RefCell;

/// Returns a value as a YAML document. Numbers keep their original digits.
pub(super) fn document(value: &Value) -> Result<String, String> {
    let numbers = Numbers { mark: mark(value), texts: RefCell::default() };
    let root = YamlValue { value, numbers: &numbers };
    let mut text = serde_saphyr::to_string(&root).map_err(|error| error.to_string())?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(numbers.put_back(&text))
}

/// The numbers that the YAML serializer cannot write with their original digits. Each is serialized as a placeholder,
/// which is replaced by the number in the finished document.
struct Numbers {
    /// The prefix of the placeholders.
    mark: String,
    texts: RefCell<Vec<String>>,
}

impl Numbers {
    /// Stores a number and returns its placeholder.
    fn keep(&self, text: String) -> String {
        let mut texts = self.texts.borrow_mut();
        texts.push(text);
        format!("{}{}z", self.mark, texts.len() - 1)
    }

    /// Replaces the placeholders with the numbers.
    fn put_back(&self, document: &str) -> String {
        let texts = self.texts.borrow();
        if texts.is_empty() {
            return document.to_owned();
        }
        let mut parts = document.split(self.mark.as_str());
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (index, rest) = part.split_once('z').unwrap_or((part, ""));
            text.push_str(index.parse().ok().and_then(|index: usize| texts.get(index)).map_or("", String::as_str));
            text.push_str(rest);
        }
        text
    }
}

/// Returns a prefix for placeholders that does not occur in the value.
fn mark(value: &Value) -> String {
    let text = value.to_string();
    let mut mark = "number".to_owned();
    while text.contains(&mark) {
        mark.push('q');
    }
    mark
}

/// A value to serialize, with the store for its numbers.
struct YamlValue<'a> {
    value: &'a Value,
    numbers: &'a Numbers,
}

impl Serialize for YamlValue<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let numbers = self.numbers;
        match self.value {
            Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(whole), _) => out.serialize_i64(whole),
                (None, Some(whole)) => out.serialize_u64(whole),
                (None, None) => out.serialize_str(&numbers.keep(number.to_string())),
            },
            Value::Array(items) => out.collect_seq(items.iter().map(|value| YamlValue { value, numbers })),
            Value::Object(members) => {
                out.collect_map(members.iter().map(|(name, value)| (name, YamlValue { value, numbers })))
            }
            other => other.serialize(out),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::env::input::InputSource;
    use crate::env::yaml::strategy::values;
    use proptest::prelude::*;
    use serde_json::json;

    /// Parses a document with our reader and with an independent one, which reads `yes` as `true`.
    fn read(text: &str) -> Value {
        let own = crate::env::input::parse_json_or_yaml(text, &InputSource::File("document.yaml".into())).unwrap();
        let other: Value = serde_saphyr::from_str(text).unwrap();
        assert_eq!(own, other, "{text}");
        own
    }

    #[test]
    fn strings_that_look_like_other_types_are_quoted() {
        let value = json!({"a": "true", "b": "no", "c": "12", "d": "", "e": "null", "f": "~", "g": "2024-01-01", "h": "0x1f", "i": "- x"});
        assert_eq!(read(&document(&value).unwrap()), value);
    }

    #[test]
    fn numbers_keep_all_digits() {
        let text = r#"{"a":1.50,"number":[123456789012345678901234567890,-0.10,1e400,7],"b":"number0z"}"#;
        let value: Value = serde_json::from_str(text).unwrap();
        let expected = "a: 1.50\nnumber:\n- 123456789012345678901234567890\n- -0.10\n- 1e+400\n- 7\nb: number0z\n";
        assert_eq!(document(&value).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn document_parses_back_to_the_same_value(value in values(any::<i64>().prop_map(Value::from))) {
            let text = document(&value).unwrap();
            prop_assert_eq!(read(&text), value, "{}", text);
        }
    }
}
