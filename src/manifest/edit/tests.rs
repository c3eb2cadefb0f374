//! Tests of changes in a text: the changed value is read back, and the rest of the text stays.
#![allow(clippy::unwrap_used)]

use super::text::EditedText;
use crate::env::input::{InputSource, nodes};
use crate::env::yaml::{NodeKind, YamlNode};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Texts in which the value of `a` is to be changed.
const TEXTS: [&str; 22] = [
    "a: old # why\nb: 1\n",
    "a: 'old'\n\n# next\nb: 1\n",
    "a: \"old\"",
    "b: 1\na: old",
    "a:\nb: 1\n",
    "a: # why\n  old\nb: 1\n",
    "a: |\n  old\n  text\n\n\n# next\nb: 1\n",
    "a: >- # why\n     old\n\n     text\nb: 1\n",
    "a: |+\n  old\n\nb: 1\n",
    "a: old\n  folded\nb: 1\n",
    "a: {x: 1, y: [2]} # why\nb: 1\n",
    "a:\n  x: 1 # x\n  y: [2] # y\n# next\nb: 1\n",
    "a:\n- 1\n- 2 # two\nb: 1\n",
    "{a: old, b: 1}\n",
    "{b: 1, a: {x: 1}} # why\n",
    "{\n  \"b\": 1,\n  \"a\": [\n    1\n  ]\n}\n",
    "a : old\nb: 1\n",
    "\"a\": old\r\nb: 1\r\n",
    "é: ü\na: é # ü\nb: 1\n",
    "a: !!str 12\nb: 1\n",
    "a: &x old\nb: 1\n",
    "? a\n: old\n",
];

fn read(text: &str) -> YamlNode {
    nodes(text, &InputSource::Inline).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Returns a text after a change at its member `a`.
fn changed(text: &str, change: impl Fn(&mut EditedText, &super::Slot<'_>)) -> String {
    let root = read(text);
    let mut edited = EditedText::new(text.to_owned(), text.starts_with("{\n"));
    let slot = edited.root(&root);
    let NodeKind::Mapping(members) = &root.kind else { panic!("{text}") };
    let slot = edited.member(&slot, members.iter().find(|(name, _)| name.name == "a").unwrap()).unwrap();
    change(&mut edited, &slot);
    edited.finished().unwrap()
}

/// Checks that only `a` differs, and returns it.
fn value_of_a(before: &str, after: &str) -> Value {
    let (mut before_value, mut after_value) = (read(before).into_value(), read(after).into_value());
    let found = after_value.as_object_mut().unwrap().shift_remove("a").unwrap();
    before_value.as_object_mut().unwrap().shift_remove("a");
    assert_eq!(before_value, after_value, "{before}\n{after}");
    for comment in ["# why", "# next", "# ü"] {
        assert_eq!(before.contains(comment), after.contains(comment), "{comment}: {before}\n{after}");
    }
    found
}

#[test]
fn entries_are_added_and_removed() {
    for (before, after) in [
        ("a: {x: 1, y: 2, z: 3}\n", "a: {y: 2, m: new}\n"),
        ("a: { x: 1, y: 2,\n  z: 3, }\n", "a: { y: 2,\n  m: new, }\n"),
        ("a:\n  x: 1 # x\n  # y\n  y: 2 # two\n  z: 3\nb: 1\n", "a:\n  # y\n  y: 2 # two\n  m: new\nb: 1\n"),
        (
            "a:\n    x: 1\n    z: {v: 1,\n     w: 2}\n    y: |\n      t\n\nb: 1\n",
            "a:\n    y: |\n      t\n    m: new\n\nb: 1\n",
        ),
        ("{\"a\": {\n  \"x\": 1,\n  \"y\": 2,\n  \"z\": 3\n}}", "{\"a\": {\n  \"y\": 2,\n  m: new\n}}"),
    ] {
        let found = changed(before, |text, slot| {
            text.remove_members(slot, &["x", "z"]).unwrap();
            text.insert(slot, "m", &json!("new")).unwrap();
        });
        assert_eq!(found, after, "{before}");
    }
    for (before, after) in [
        ("a: [x, y, z] # why\n", "a: [y, new] # why\n"),
        ("a:\n- x\n# y\n- y # two\n-   z\nb: 1\n", "a:\n# y\n- y # two\n- new\nb: 1\n"),
        ("a:\n  - {x: 1}\n  - y:\n      t: 1\n  - |\n    z\n", "a:\n  - y:\n      t: 1\n  - new\n"),
        (
            "a:\n  -\n    x: 1\n  - # y\n    y: 1\n  -\n\n    # z - z\n    z: 1\nb: 1\n",
            "a:\n  - # y\n    y: 1\n  - new\nb: 1\n",
        ),
    ] {
        let found = changed(before, |text, slot| {
            text.remove_items(slot, &[0, 2]).unwrap();
            text.append(slot, &json!("new")).unwrap();
        });
        assert_eq!(found, after, "{before}");
    }
}

#[test]
fn every_kind_of_value_takes_the_place_of_every_other() {
    for before in TEXTS {
        for value in [
            json!("x"),
            json!("a: b\n"),
            json!("l\nm"),
            json!(12),
            json!({ "k": ["v", { "w": "a\nb" }] }),
            json!([]),
            json!(["a\nb"]),
        ] {
            let after = changed(before, |text, slot| text.replace(slot, &value).unwrap());
            assert_eq!(value_of_a(before, &after), value, "{before}\n{after}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_takes_the_place_of_a_value(at in 0..TEXTS.len(), text in r"([ab:#|>'\x22{}\[\],&*!%@`\\-]|\n|  ?|\t|\r|é|\u{85}|\u{2028}){0,12}") {
        let before = TEXTS[at];
        let after = changed(before, |edited, slot| edited.replace(slot, &json!(text)).unwrap());
        prop_assert_eq!(value_of_a(before, &after), json!(text), "{}\n{}", before, after);
    }
}
