//! Makes names for entries of a manifest and for files from texts of the backend, which can contain any character.

use std::collections::BTreeSet;

/// The maximum length of a name that is made from a text. It leaves room for a suffix.
const MAX_NAME: usize = 48;

/// The names of devices on Windows, which cannot be names of files with any extension.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The names of ports on Windows, each followed by a digit.
const PORTS: [&str; 2] = ["com", "lpt"];

/// A set of names that are unique without regard to case, because some file systems ignore case.
#[derive(Default)]
pub(super) struct UsedNames(BTreeSet<String>);

impl UsedNames {
    /// Adds a name as it is. Returns `false` if it is already used.
    pub(super) fn insert(&mut self, name: &str) -> bool {
        self.0.insert(name.to_lowercase())
    }

    /// Returns a name that is not used yet, with a suffix if necessary, and adds it.
    pub(super) fn unused(&mut self, name: &str) -> String {
        let numbered = (2_u64..).map(|number| format!("{name}-{number}"));
        let found = std::iter::once(name.to_owned()).chain(numbered).find(|name| self.insert(name));
        found.unwrap_or_default() // The numbers do not end.
    }
}

/// Returns a name for a manifest from a text, or from the ID if the text has no suitable character.
pub(super) fn slug(text: &str, id: &str) -> String {
    let from_text = words(&text.to_lowercase(), |character| character.is_ascii_lowercase());
    if !from_text.is_empty() {
        return from_text;
    }
    let from_id = words(&id.to_lowercase(), |character| character.is_ascii_lowercase());
    if from_id.is_empty() { "object".to_owned() } else { from_id }
}

/// Returns the name of a file without extension from a text.
pub(super) fn file_stem(text: &str) -> String {
    let stem = words(text, |character| character.is_ascii_alphabetic());
    match stem {
        empty if empty.is_empty() => "unnamed".to_owned(),
        device if is_device(&device) => format!("_{device}"),
        other => other,
    }
}

/// Returns `true` if the name of a file at the backend can be the name of a file on every system.
pub(super) fn is_file_name(name: &str) -> bool {
    let is_plain = |character: char| !character.is_control() && !r#"\/:*?"<>|[]{}$"#.contains(character);
    let fits = !name.starts_with(['.', ' ', '~', '-']) && !name.ends_with(['.', ' ']) && name.len() <= 200;
    fits && name.chars().all(is_plain) && !is_device(name)
}

/// Returns `true` if a name is the name of a device on Windows, with any extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let port = PORTS.iter().find_map(|port| stem.strip_prefix(port));
    DEVICES.contains(&stem.as_str()) || port.is_some_and(|port| matches!(port.as_bytes(), [b'1'..=b'9']))
}

/// Returns the text with each run of characters other than letters, digits, `.`, `_` and `-` replaced by one `-`. Cuts
/// the result after `MAX_NAME` characters.
fn words(text: &str, is_letter: fn(char) -> bool) -> String {
    let mut name = String::new();
    for character in text.chars() {
        let is_plain = is_letter(character) || character.is_ascii_digit() || "._-".contains(character);
        match is_plain {
            _ if name.len() >= MAX_NAME => break,
            true => name.push(character),
            false if !name.ends_with('-') => name.push('-'),
            false => {}
        }
    }
    name.trim_matches(['.', '_', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::is_name;

    #[test]
    fn every_text_becomes_a_valid_name() {
        for (text, expected) in [
            ("HR Helper", "hr-helper"),
            ("../../etc/passwd", "etc-passwd"),
            ("  Réponse  ", "r-ponse"),
            ("漢字", "asst_1"),
            ("", "asst_1"),
            ("...", "asst_1"),
            ("a__b..c", "a__b..c"),
            ("CON", "con"),
        ] {
            assert_eq!(slug(text, "asst_1"), expected, "{text}");
        }
        for text in ["x".repeat(300), "\u{0}\n".to_owned(), "-".repeat(90), "İ".to_owned()] {
            assert!(is_name(&slug(&text, "-_-")), "{text}: {}", slug(&text, "-_-"));
        }
    }

    #[test]
    fn names_differ_also_without_their_case() {
        let mut used = UsedNames::default();
        let names: Vec<String> = ["a", "A", "a", "a-2"].into_iter().map(|name| used.unused(name)).collect();
        assert_eq!(names, ["a", "A-2", "a-3", "a-2-2"]);
    }

    #[test]
    fn no_file_has_the_name_of_a_device_or_of_another_folder() {
        for (text, expected) in [
            ("con", "_con"),
            ("NUL.x", "_NUL.x"),
            ("Com1", "_Com1"),
            ("../x", "x"),
            ("", "unnamed"),
            ("get_A", "get_A"),
            ("come", "come"),
            ("com0", "com0"),
        ] {
            assert_eq!(file_stem(text), expected, "{text}");
        }
        for name in ["../x.csv", "a/b", "a\\b", ".env", "a*", "nul.txt", "LPT9.csv", "x.", "-rf", "a\u{7}", "${X}.csv"]
        {
            assert!(!is_file_name(name), "{name}");
        }
        for name in ["Rates 2024 (final).é.csv", "come.csv", "computers.csv"] {
            assert!(is_file_name(name), "{name}");
        }
    }
}
