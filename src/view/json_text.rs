//! JSON output that keeps the order of members and unknown members as the server sent them.

use serde_json::Value;

/// Returns a value on several lines.
pub fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// Returns a value on one line.
pub(super) fn compact(value: &Value) -> String {
    format!("{value}\n")
}

/// A JSON array under construction. It stores the texts of its items, because they use less memory than parsed values.
#[derive(Debug, Default)]
pub(super) struct Array {
    items: String,
}

impl Array {
    /// Appends an item.
    pub(super) fn push(&mut self, item: &Value) {
        self.items.push_str(if self.items.is_empty() { "\n  " } else { ",\n  " });
        // In JSON text, line breaks occur only between tokens, so every line can be indented.
        self.items.push_str(&format!("{item:#}").replace('\n', "\n  "));
    }

    /// Returns the text of the array, and leaves it empty.
    pub(super) fn finish(&mut self) -> String {
        match std::mem::take(&mut self.items) {
            none if none.is_empty() => "[]\n".to_owned(),
            items => format!("[{items}\n]\n"),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn array_of_single_items_equals_the_serialized_array() {
        let items = [json!({"b": "x\ny", "a": [1, {"c": null}], "e": {}}), json!(null), json!("text"), json!([])];
        for count in 0..=items.len() {
            let mut array = Array::default();
            items[..count].iter().for_each(|item| array.push(item));
            assert_eq!(array.finish(), serde_json::to_string_pretty(&items[..count]).unwrap() + "\n", "{count:?}");
        }
    }
}
