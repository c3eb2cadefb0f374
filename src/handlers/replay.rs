//! The replay of a log: returns the logged outputs for the same functions and arguments, without running a program.

use super::log::Entry;
use super::{Answered, Failure, unusable};
use crate::env::text;
use crate::exit::Usage;
use crate::json;
use std::collections::{HashMap, VecDeque};
use std::io::Read as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The logged results by function and arguments, in the order of the log.
type Answers = HashMap<(String, String), VecDeque<Result<String, String>>>;

/// The results of a log, ready to be replayed.
pub(super) struct Replay(Mutex<Answers>);

impl Replay {
    /// Reads and parses a log.
    pub(super) fn read(path: &Path) -> Result<Self, Usage> {
        let what = "the log of handlers";
        let mut text = String::new();
        let read = text::open_file_or_pipe(path).and_then(|mut file| file.read_to_string(&mut text));
        read.map_err(|error| unusable(path, what, error))?;
        parse(&text::without_bom(text))
            .map(|answers| Self(Mutex::new(answers)))
            .map_err(|why| unusable(path, what, why))
    }

    /// Returns the logged results of a call in their order. The last result is repeated for all further calls.
    pub(super) fn answer(&self, name: &str, arguments: &str) -> Answered {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = answers.get_mut(&(name.to_owned(), arguments.to_owned())) else {
            return Failure::NotRecorded.into();
        };
        let answer = if known.len() > 1 { known.pop_front() } else { known.front().cloned() };
        Answered { output: answer.unwrap_or_else(|| Ok(String::new())).map_err(Failure::Recorded), exit_code: None }
    }
}

fn parse(text: &str) -> Result<Answers, String> {
    let mut answers = Answers::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |why: String| format!("line {}: {why}", number + 1);
        let entry: Entry = json::closed(line).map_err(|error| wrong(error.to_string()))?;
        let answer = match (entry.output, entry.error) {
            (Some(output), None) => Ok(output),
            (None, Some(error)) => Err(error),
            _ => return Err(wrong("it has to have either `output` or `error`".to_owned())),
        };
        answers.entry((entry.name, entry.arguments)).or_default().push_back(answer);
    }
    Ok(answers)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_same_call_is_answered_in_the_order_of_the_log() {
        let log = r#"
            {"name":"a","arguments":"{}","output":"1"}
            {"name":"a","arguments":"{}","error":"no luck"}
            {"name":"a","arguments":"{ }","output":"other","new":"member"}"#;
        let replay = Replay(Mutex::new(parse(log).unwrap()));
        let answer = |arguments| replay.answer("a", arguments).output;
        assert_eq!(answer("{}"), Ok("1".to_owned()));
        assert_eq!(answer("{}"), Err(Failure::Recorded("no luck".to_owned())));
        assert_eq!(answer("{}"), Err(Failure::Recorded("no luck".to_owned())));
        assert_eq!(answer("{ }"), Ok("other".to_owned()));
        assert_eq!(answer("{  }"), Err(Failure::NotRecorded));
        assert_eq!(replay.answer("b", "{}").output, Err(Failure::NotRecorded));
    }

    #[test]
    fn what_is_no_entry_is_told_by_its_line() {
        for (line, says) in [
            ("x", "line 2: expected value"),
            (r#"{"name":"a"}"#, "line 2: missing field"),
            (r#"{"name":"a","arguments":"","output":"","error":""}"#, "either"),
            (r#"{"name":"a","arguments":""}"#, "either"),
        ] {
            let error = parse(&format!("\n{line}\n")).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
