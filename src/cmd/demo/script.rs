//! A parser for the subset of shell syntax that `examples/demo.sh` uses.
//!
//! The demo prints each line of the script and then runs it. A user can therefore run the printed lines in a shell.
//! This module performs no I/O and runs no command.

use std::collections::BTreeMap;

/// A logical line of the script. A backslash at the end of a line continues it on the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ScriptLine<'a> {
    /// A comment for the reader, including its `#`, or an empty line.
    Comment(&'a str),
    /// A command. `shown` is its text in the script, and `action` is the parsed form.
    Command { shown: &'a str, action: DemoAction<'a> },
}

/// A command of the script in parsed form. Each variant shows its syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DemoAction<'a> {
    /// `asst …`
    Run(&'a str),
    /// `NAME=$(asst …)`
    Assign { name: &'a str, command: &'a str },
    /// `until [ "$(asst …)" = WORD ]; do sleep 0.2; done`
    Until { command: &'a str, word: &'a str },
    /// `cat PATH`
    Show(&'a str),
}

/// The values that commands have assigned, by variable name.
pub(super) type Variables = BTreeMap<String, String>;

// The fixed parts of an `until` command. The command stands after the first part, and the word after the second.
const UNTIL_START: &str = "until [ \"$(";
const UNTIL_EQUALS: &str = ")\" = ";
const UNTIL_END: &str = " ]; do sleep 0.2; done";

/// Parses the script from its first empty line on. The part above it is for the shell only.
///
/// # Errors
/// Returns the first line that has none of the supported forms.
pub(super) fn parse_lines(script: &str) -> Result<Vec<ScriptLine<'_>>, &str> {
    let (_, mut rest) = script.split_once("\n\n").unwrap_or_default();
    let mut lines = Vec::new();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(end_of_line(rest));
        rest = after.strip_prefix('\n').unwrap_or(after);
        lines.push(if line.is_empty() || line.starts_with('#') {
            ScriptLine::Comment(line)
        } else {
            ScriptLine::Command { shown: line, action: parse_action(line).ok_or(line)? }
        });
    }
    Ok(lines)
}

/// Returns the byte position of the line break that ends the first logical line, or the length of the text.
fn end_of_line(text: &str) -> usize {
    let ends = text.match_indices('\n').map(|(at, _)| at);
    ends.into_iter().find(|&at| !text[..at].ends_with('\\')).unwrap_or(text.len())
}

/// Parses a command, or returns `None` if it has none of the supported forms.
fn parse_action(line: &str) -> Option<DemoAction<'_>> {
    let is_asst = |command: &&str| command.starts_with("asst ");
    if is_asst(&line) {
        return Some(DemoAction::Run(line));
    }
    if let Some(path) = line.strip_prefix("cat ") {
        return Some(DemoAction::Show(path));
    }
    if let Some(condition) = line.strip_prefix(UNTIL_START) {
        let (command, word) = condition.strip_suffix(UNTIL_END)?.rsplit_once(UNTIL_EQUALS)?;
        return Some(DemoAction::Until { command, word }).filter(|_| is_asst(&command));
    }
    let (name, value) = line.split_once("=$(")?;
    let command = value.strip_suffix(')').filter(is_asst)?;
    name.chars().all(is_name).then_some(DemoAction::Assign { name, command })
}

/// Returns `true` if a character may be part of a variable name in the script.
fn is_name(letter: char) -> bool {
    letter.is_ascii_uppercase() || letter == '_'
}

/// Splits a command into words like a shell: with quotes, variables, and continued lines.
///
/// # Errors
/// Returns a message if a variable is not set, or if a quote is not closed.
pub(super) fn words(command: &str, variables: &Variables) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut letters = command.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            ('$', None | Some('"')) => {
                let mut name = String::new();
                while let Some(letter) = letters.next_if(|&letter| is_name(letter)) {
                    name.push(letter);
                }
                let value = variables.get(&name).ok_or_else(|| format!("${name} is not set"))?;
                word.get_or_insert_default().push_str(value);
            }
            ('\\', None) if letters.next_if_eq(&'\n').is_some() => words.extend(word.take()),
            ('"' | '\'', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (letter, Some(open)) if letter == open => quote = None,
            (letter, None) if letter.is_whitespace() => words.extend(word.take()),
            (letter, _) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    if quote.is_some() { Err(format!("a quote is not closed in: {command}")) } else { Ok(words) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_supported_form_of_a_line_is_parsed() {
        let script = "#!/bin/sh\nset -eu\n\n# Hello.\nA=$(asst x \\\n  -o id)\ncat a.txt\n\
                      until [ \"$(asst y --jq .s)\" = done ]; do sleep 0.2; done\nasst z $A\n";
        let actions: Vec<_> = parse_lines(script).unwrap();
        let shown = "A=$(asst x \\\n  -o id)";
        let action = DemoAction::Assign { name: "A", command: "asst x \\\n  -o id" };
        assert_eq!(actions[..2], [ScriptLine::Comment("# Hello."), ScriptLine::Command { shown, action }]);
        let rest = actions[2..].iter().map(|step| match step {
            ScriptLine::Command { action, .. } => action.clone(),
            ScriptLine::Comment(_) => unreachable!("only commands are left"),
        });
        let until = DemoAction::Until { command: "asst y --jq .s", word: "done" };
        assert_eq!(rest.collect::<Vec<_>>(), [DemoAction::Show("a.txt"), until, DemoAction::Run("asst z $A")]);
    }

    #[test]
    fn other_forms_are_refused() {
        for line in ["rm -rf /", "A=$(rm -rf /)", "A=1", "until false; do :; done", "a=$(asst x)"] {
            assert_eq!(parse_lines(&format!("\n\n{line}\n")), Err(line), "{line:?}");
        }
    }

    #[test]
    fn words_are_those_of_a_shell() {
        let variables = Variables::from([("ID".to_owned(), "run_1".to_owned())]);
        let split = |text| words(text, &variables);
        assert_eq!(split("asst  a \"b c\" '' '$ID \"q\"'").unwrap(), ["asst", "a", "b c", "", "$ID \"q\""]);
        assert_eq!(split("a $ID=57 \"$ID\" \\\n  b").unwrap(), ["a", "run_1=57", "run_1", "b"]);
        assert_eq!(split("a $NONE").unwrap_err(), "$NONE is not set");
        assert!(split("a 'b").is_err());
    }
}
