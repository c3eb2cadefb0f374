//! The commands in the last user message, one per line.

use crate::serve::model::{ModelInput, RequestedCall, ToolChoice};
use std::time::Duration;

/// The commands in a message, and its lines that are not commands.
#[derive(Debug, Default)]
pub(super) struct Commands {
    /// The pause before the first word.
    pub(super) delay: Duration,
    /// The pause before each further word.
    pub(super) pace: Duration,
    /// The calls of the `call` commands.
    pub(super) calls: Vec<RequestedCall>,
    /// The message of the failure, if the run must fail.
    pub(super) fail: Option<String>,
    /// `true` if the run must end as incomplete.
    pub(super) incomplete: bool,
    /// `true` if the model must never respond.
    pub(super) stuck: bool,
    /// The lines that are not commands.
    pub(super) text: Vec<String>,
}

impl Commands {
    /// Reads the commands from the last user message.
    pub(super) fn of(input: &ModelInput) -> Self {
        let mut commands = Self::default();
        for line in input.last_user_text().unwrap_or_default().lines() {
            if !commands.add(line.trim(), input) {
                commands.text.push(line.to_owned());
            }
        }
        commands
    }

    /// Reads a line as a command. Returns `false` if the line is text.
    fn add(&mut self, line: &str, input: &ModelInput) -> bool {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        match (word, rest) {
            ("stuck", "") => self.stuck = true,
            ("incomplete", "") => self.incomplete = true,
            ("fail", "") => self.fail = Some("The message contains the command 'fail'.".to_owned()),
            ("fail", text) => self.fail = Some(text.to_owned()),
            ("sleep", time) => match duration(time) {
                Some(time) => self.delay = self.delay.saturating_add(time),
                None => return false,
            },
            ("pace", time) => match duration(time) {
                Some(time) => self.pace = time,
                None => return false,
            },
            ("call", rest) => {
                let (name, arguments) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                if input.choice == ToolChoice::None || !input.functions().any(|known| known == name) {
                    return false;
                }
                let arguments = if arguments.trim().is_empty() { "{}" } else { arguments.trim() };
                self.calls.push(RequestedCall { name: name.to_owned(), arguments: arguments.to_owned() });
            }
            _ => return false,
        }
        true
    }
}

/// Parses a duration such as `2s`, `1500ms`, or `1m`.
fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.find(|char: char| !char.is_ascii_digit())?)?;
    let number: u64 = number.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_secs(number.checked_mul(60)?)),
        _ => None,
    }
}
