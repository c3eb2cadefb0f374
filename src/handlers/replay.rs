//! The replay of a log: returns the logged outputs for the same functions and arguments, without running a program.

use super::error::ToolCallError;
use super::log::LogEntry;
use super::result::ToolCallResult;
use super::unusable_file::{LOG_ROLE, unusable};
use crate::env::text;
use crate::exit::Usage;
use crate::json;
use std::collections::{HashMap, VecDeque};
use std::io::Read as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The logged outputs or errors by function and arguments, in the order of the log.
type LoggedResults = HashMap<(String, String), VecDeque<Result<String, String>>>;

/// The results of a log, ready to be replayed.
pub(super) struct Replay(Mutex<LoggedResults>);

impl Replay {
    /// Reads and parses a log.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read. Returns an error with the number of the line if a line is not an entry.
    pub(super) fn read(path: &Path) -> Result<Self, Usage> {
        let mut text = String::new();
        let read = text::open_file_or_pipe(path).and_then(|mut file| file.read_to_string(&mut text));
        read.map_err(|error| unusable(path, LOG_ROLE, error))?;
        parse(&text::without_bom(text))
            .map(|results| Self(Mutex::new(results)))
            .map_err(|reason| unusable(path, LOG_ROLE, reason))
    }

    /// Returns the next logged result for calls with this name and these arguments. After the last one, returns the
    /// last one again.
    pub(super) fn next_result(&self, name: &str, arguments: &str) -> ToolCallResult {
        let mut results = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(results) = results.get_mut(&(name.to_owned(), arguments.to_owned())) else {
            return ToolCallError::NotInLog.into();
        };
        let next = if results.len() > 1 { results.pop_front() } else { results.front().cloned() };
        match next {
            Some(result) => ToolCallResult { output: result.map_err(ToolCallError::Replayed), exit_code: None },
            None => ToolCallError::NotInLog.into(),
        }
    }
}

fn parse(text: &str) -> Result<LoggedResults, String> {
    let mut results = LoggedResults::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at_line = |reason: String| format!("line {}: {reason}", number + 1);
        let entry: LogEntry = json::closed(line).map_err(|error| at_line(error.to_string()))?;
        let result = match (entry.output, entry.error) {
            (Some(output), None) => Ok(output),
            (None, Some(error)) => Err(error),
            (None, None) => return Err(at_line("expected either `output` or `error`, found neither".to_owned())),
            (Some(_), Some(_)) => return Err(at_line("expected either `output` or `error`, found both".to_owned())),
        };
        results.entry((entry.name, entry.arguments)).or_default().push_back(result);
    }
    Ok(results)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn equal_calls_get_the_results_in_the_order_of_the_log() {
        let log = r#"
            {"name":"a","arguments":"{}","output":"1"}
            {"name":"a","arguments":"{}","error":"no luck"}
            {"name":"a","arguments":"{ }","output":"other","new":"member"}"#;
        let replay = Replay(Mutex::new(parse(log).unwrap()));
        let output = |arguments| replay.next_result("a", arguments).output;
        assert_eq!(output("{}"), Ok("1".to_owned()));
        assert_eq!(output("{}"), Err(ToolCallError::Replayed("no luck".to_owned())));
        assert_eq!(output("{}"), Err(ToolCallError::Replayed("no luck".to_owned())));
        assert_eq!(output("{ }"), Ok("other".to_owned()));
        assert_eq!(output("{  }"), Err(ToolCallError::NotInLog));
        assert_eq!(replay.next_result("b", "{}").output, Err(ToolCallError::NotInLog));
    }

    #[test]
    fn invalid_entry_is_reported_with_its_line() {
        for (line, expected) in [
            ("x", "line 2: expected value"),
            (r#"{"name":"a"}"#, "line 2: missing field"),
            (r#"{"name":"a","arguments":"","output":"","error":""}"#, "line 2: expected either `output` or `error`"),
            (r#"{"name":"a","arguments":""}"#, "found neither"),
        ] {
            let error = parse(&format!("\n{line}\n")).unwrap_err();
            assert!(error.contains(expected), "{line}: {error}");
        }
    }
}
