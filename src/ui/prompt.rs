//! Confirmation of changes (docs/design/command_line.md#changes-and-consent). Asks only if standard input and standard
//! error are terminals.

use super::{StreamKind, Ui, sanitize};
use std::io::{BufRead as _, Write as _};

/// Whether the user has confirmed in advance (`--yes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Consent {
    #[default]
    Ask,
    Given,
}

/// The user's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    Yes,
    No,
}

/// The error if confirmation is needed and there is no terminal to ask for it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot ask `{question}` ({count} in all): standard input and standard error are not both terminals; pass --yes \
    to answer yes"
)]
pub struct CannotAsk {
    pub question: String,
    pub count: u64,
}

impl Ui {
    /// Returns `true` if a change can be confirmed: `--yes` was given, or there is a terminal to ask on.
    pub fn can_confirm(&self) -> bool {
        self.settings.consent == Consent::Given || self.is_interactive()
    }

    /// Asks for confirmation on stderr, unless `--yes` was given. Any answer other than `y` or `yes` counts as no.
    /// `count` is the number of affected objects.
    pub fn confirm(&self, question: &str, count: u64) -> Result<Confirmation, CannotAsk> {
        if self.settings.consent == Consent::Given {
            return Ok(Confirmation::Yes);
        }
        if !self.can_confirm() {
            return Err(CannotAsk { question: question.to_owned(), count });
        }
        Ok(self.ask(&format!("{question} ({count} in all)")))
    }

    /// Returns `true` if stdin and stderr are terminals, so that a user can see and answer a question.
    pub fn is_interactive(&self) -> bool {
        (self.terminal.stdin, self.terminal.stderr) == (StreamKind::Terminal, StreamKind::Terminal)
    }

    /// Asks a question on stderr, even if `--yes` was given. Any answer other than `y` or `yes` counts as no.
    pub fn ask(&self, question: &str) -> Confirmation {
        let answer = self.with_hidden_bars(|| {
            let mut streams = self.streams();
            // If the question cannot be written, no answer is read.
            write!(streams.err, "{} [y/N] ", sanitize(question)).ok()?;
            streams.err.flush().ok()?;
            let mut line = String::new();
            streams.input.read_line(&mut line).ok()?;
            if !line.ends_with('\n') {
                let _ = writeln!(streams.err);
            }
            Some(line)
        });
        let yes = answer.is_some_and(|line| matches!(line.trim().to_lowercase().as_str(), "y" | "yes"));
        if yes { Confirmation::Yes } else { Confirmation::No }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::ui;
    use crate::ui::{TerminalInfo, UiSettings};

    const TERMINALS: TerminalInfo = TerminalInfo {
        stdin: StreamKind::Terminal,
        stdout: StreamKind::Pipe,
        stderr: StreamKind::Terminal,
        width: 80,
        environment: None,
    };

    #[test]
    fn any_answer_other_than_yes_counts_as_no() {
        for (typed, expected) in [
            ("y\n", Confirmation::Yes),
            ("YES\r\n", Confirmation::Yes),
            ("\n", Confirmation::No),
            ("", Confirmation::No),
            ("yep\n", Confirmation::No),
        ] {
            let (ui, out, err) = ui(UiSettings::default(), TERMINALS, typed);
            assert_eq!(ui.confirm("delete these threads?", 14), Ok(expected), "{typed:?}");
            assert!(err.text().starts_with("delete these threads? (14 in all) [y/N] "), "{typed:?}");
            assert_eq!(out.text(), "", "{typed:?}");
        }
    }

    #[test]
    fn without_a_terminal_only_the_flag_confirms() {
        for facts in [
            TerminalInfo { stdin: StreamKind::Pipe, ..TERMINALS },
            TerminalInfo { stderr: StreamKind::Pipe, ..TERMINALS },
        ] {
            let (asking, _, err) = ui(UiSettings::default(), facts, "y\n");
            let refused = asking.confirm("delete?", 2).expect_err("there is no terminal");
            assert!(refused.to_string().contains("--yes"), "{facts:?}");
            assert_eq!(err.text(), "", "{facts:?}");
            let (given, _, err) = ui(UiSettings { consent: Consent::Given, ..UiSettings::default() }, facts, "");
            assert_eq!(given.confirm("delete?", 2), Ok(Confirmation::Yes), "{facts:?}");
            assert_eq!(err.text(), "", "{facts:?}");
        }
    }
}
