//! A parser for the subset of shell syntax that `examples/demo.sh` uses.
//!
//! The demo prints the lines of the script and runs them, so its output is exactly what a shell would run. Must not
//! perform I/O or depend on the execution of commands.

use std::collections::BTreeMap;

/// A line of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// Text for the reader, or an empty line between two scenes.
    Say(&'a str),
    /// A command, with its text as shown to the reader.
    Do { shown: &'a str, action: Action<'a> },
}

/// The parsed form of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action<'a> {
    /// `asst …`
    Run(&'a str),
    /// `NAME=$(asst …)`
    Keep { name: &'a str, command: &'a str },
    /// `until [ "$(asst …)" = WORD ]; do sleep 0.2; done`
    Until { command: &'a str, word: &'a str },
    /// `cat PATH`
    Show(&'a str),
}

/// The values that commands have assigned, by variable name.
pub(super) type Variables = BTreeMap<String, String>;

const BEFORE: &str = "until [ \"$(";
const BETWEEN: &str = ")\" = ";
const AFTER: &str = " ]; do sleep 0.2; done";

/// Parses the script from its first empty line on. The part above it is for the shell only.
///
/// # Errors
/// Returns the first line that has none of the supported forms.
pub(super) fn steps(script: &str) -> Result<Vec<Step<'_>>, &str> {
    let (_, mut rest) = script.split_once("\n\n").unwrap_or_default();
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(end_of_line(rest));
        rest = after.strip_prefix('\n').unwrap_or(after);
        steps.push(if line.is_empty() || line.starts_with('#') {
            Step::Say(line)
        } else {
            Step::Do { shown: line, action: action(line).ok_or(line)? }
        });
    }
    Ok(steps)
}

/// Returns the end of the first logical line, which a backslash continues on the next line.
fn end_of_line(text: &str) -> usize {
    let ends = text.match_indices('\n').map(|(at, _)| at);
    ends.into_iter().find(|&at| !text[..at].ends_with('\\')).unwrap_or(text.len())
}

fn action(line: &str) -> Option<Action<'_>> {
    let is_asst = |command: &&str| command.starts_with("asst ");
    if is_asst(&line) {
        return Some(Action::Run(line));
    }
    if let Some(path) = line.strip_prefix("cat ") {
        return Some(Action::Show(path));
    }
    if let Some(condition) = line.strip_prefix(BEFORE) {
        let (command, word) = condition.strip_suffix(AFTER)?.rsplit_once(BETWEEN)?;
        return Some(Action::Until { command, word }).filter(|_| is_asst(&command));
    }
    let (name, value) = line.split_once("=$(")?;
    let command = value.strip_suffix(')').filter(is_asst)?;
    name.chars().all(is_name).then_some(Action::Keep { name, command })
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_uppercase() || letter == '_'
}

/// Splits a command into words like a shell: with quotes, variables, and continued lines.
///
/// # Errors
/// Returns a description of an unset variable or an open quote.
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
    if quote.is_some() { Err(format!("a quote is open in: {command}")) } else { Ok(words) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_said_run_kept_or_waited_for() {
        let script = "#!/bin/sh\nset -eu\n\n# Hello.\nA=$(asst x \\\n  -o id)\ncat a.txt\n\
                      until [ \"$(asst y --jq .s)\" = done ]; do sleep 0.2; done\nasst z $A\n";
        let actions: Vec<_> = steps(script).unwrap();
        let shown = "A=$(asst x \\\n  -o id)";
        let action = Action::Keep { name: "A", command: "asst x \\\n  -o id" };
        assert_eq!(actions[..2], [Step::Say("# Hello."), Step::Do { shown, action }]);
        let rest = actions[2..].iter().map(|step| match step {
            Step::Do { action, .. } => action.clone(),
            Step::Say(_) => unreachable!("only commands are left"),
        });
        let until = Action::Until { command: "asst y --jq .s", word: "done" };
        assert_eq!(rest.collect::<Vec<_>>(), [Action::Show("a.txt"), until, Action::Run("asst z $A")]);
    }

    #[test]
    fn other_forms_are_refused() {
        for line in ["rm -rf /", "A=$(rm -rf /)", "A=1", "until false; do :; done", "a=$(asst x)"] {
            assert_eq!(steps(&format!("\n\n{line}\n")), Err(line), "{line:?}");
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
