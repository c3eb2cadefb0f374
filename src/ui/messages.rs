//! Messages on stderr, as text for people or as JSON Lines for programs.

use super::report::ReportLine;
use super::{Coloring, ErrorReport, MessageFormat, Ui, Verbosity, escape_json, sanitize_lines};
use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const CYAN: Style = AnsiColor::Cyan.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default().bold();

impl Ui {
    /// Prints a note, unless `--quiet` is set.
    pub fn note(&self, text: &str) {
        self.unless_quiet(|| self.print_labelled("note", CYAN, text, || json!({ "note": text })));
    }

    /// Prints a warning, unless `--quiet` is set.
    pub fn warn(&self, text: &str) {
        self.unless_quiet(|| self.warn_always(text));
    }

    /// Prints a hint about the next step, unless `--quiet` is set. In JSON Lines it is a note.
    pub fn hint(&self, text: &str) {
        self.unless_quiet(|| self.print_labelled("hint", GREEN, text, || json!({ "note": text })));
    }

    /// Prints the result of the work, unless `--quiet` is set: `text` for people, `value` for programs.
    pub fn summary(&self, text: &str, value: &Value) {
        self.unless_quiet(|| match self.message_format() {
            MessageFormat::Text => self.write_err(&line(&sanitize_lines(text))),
            MessageFormat::JsonLines => self.json(&json!({ "summary": value })),
        });
    }

    /// Prints a warning even with `--quiet`, such as for open intents or IDs in the spill file.
    pub fn warn_always(&self, text: &str) {
        self.print_labelled("warning", YELLOW, text, || json!({ "warning": text }));
    }

    /// Prints a line without a label, even with `--quiet`. For lines that the user requested, such as a trace. In JSON
    /// Lines, an empty line is left out.
    pub fn print_line(&self, text: &str) {
        match self.message_format() {
            MessageFormat::Text => self.write_err(&line(&sanitize_lines(text))),
            MessageFormat::JsonLines if text.is_empty() => {}
            MessageFormat::JsonLines => self.json(&json!({ "note": text })),
        }
    }

    /// Prints an error.
    pub fn error(&self, report: &ErrorReport) {
        if self.message_format() == MessageFormat::JsonLines {
            return self.json(&report.to_json());
        }
        let lines = report.lines().into_iter().map(|(part, text)| match part {
            ReportLine::Error => self.labelled("", "error", RED, &text),
            ReportLine::Cause => self.labelled("  ", "caused by", Style::new(), &text),
            ReportLine::Hint => self.labelled("  ", "hint", GREEN, &text),
        });
        self.write_err(&lines.collect::<String>());
    }

    fn unless_quiet(&self, print: impl FnOnce()) {
        if self.settings.verbosity == Verbosity::Normal {
            print();
        }
    }

    fn print_labelled(&self, label: &str, style: Style, text: &str, value: impl FnOnce() -> Value) {
        match self.message_format() {
            MessageFormat::Text => self.write_err(&self.labelled("", label, style, &sanitize_lines(text))),
            MessageFormat::JsonLines => self.json(&value()),
        }
    }

    fn json(&self, value: &Value) {
        self.write_err(&line(&escape_json(&value.to_string())));
    }

    /// Returns a text with a label. All lines after the first are indented, so that text from a server or a file cannot
    /// imitate a message of this program.
    fn labelled(&self, indent: &str, label: &str, style: Style, text: &str) -> String {
        let hanging = format!("\n{:1$}", "", indent.len() + label.len() + 2);
        let text = text.trim_end().replace('\n', &hanging);
        match self.terminal.coloring(self.settings.color, self.terminal.stderr) {
            Coloring::Plain => format!("{indent}{label}: {text}\n"),
            Coloring::Colored => format!("{indent}{style}{label}:{style:#} {text}\n"),
        }
    }
}

fn line(text: &str) -> String {
    format!("{}\n", text.trim_end_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::ui;
    use crate::ui::{ColorChoice, StreamKind, TerminalInfo, UiSettings};

    const PIPES: TerminalInfo = TerminalInfo {
        stdin: StreamKind::Pipe,
        stdout: StreamKind::Pipe,
        stderr: StreamKind::Pipe,
        width: 80,
        environment: None,
    };

    fn stderr_of(settings: UiSettings, print: impl Fn(&Ui)) -> String {
        let (ui, out, err) = ui(settings, PIPES, "");
        print(&ui);
        assert_eq!(out.text(), "", "messages never go to standard output");
        err.text()
    }

    fn report() -> ErrorReport {
        ErrorReport {
            exit_code: 3,
            kind: "not_found".to_owned(),
            message: "could not delete thread thread_abc: not found".to_owned(),
            causes: vec!["no such\nthread\u{1b}[2J".to_owned()],
            hint: Some("try `asst threads list`".to_owned()),
            status: Some(404),
            request_id: Some("req_1".to_owned()),
            ..ErrorReport::default()
        }
    }

    #[test]
    fn an_error_is_printed_with_its_causes_and_its_hint() {
        let text = stderr_of(UiSettings::default(), |ui| ui.error(&report()));
        let expected = "error: could not delete thread thread_abc: not found (404, request id req_1)\n  \
                        caused by: no such\n             thread[2J\n  hint: try `asst threads list`\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn each_message_is_one_json_object_for_programs() {
        let settings = UiSettings { message_format: MessageFormat::JsonLines, ..UiSettings::default() };
        let text = stderr_of(settings, |ui| {
            ui.error(&report());
            ui.warn("a\u{9b}b");
            ui.summary("3 done", &json!({"done": 3}));
        });
        let expected = concat!(
            r#"{"error":{"exit_code":3,"kind":"not_found","message":"could not delete thread thread_abc: not found: "#,
            r#"no such\nthread\u001b[2J","status":404,"type":null,"code":null,"param":null,"request_id":"req_1","#,
            r#""hint":"try `asst threads list`","retryable":false}}"#,
            "\n",
            r#"{"warning":"a\u009bb"}"#,
            "\n",
            r#"{"summary":{"done":3}}"#,
            "\n"
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn quiet_prints_only_errors_and_unconditional_warnings() {
        let quiet = UiSettings { verbosity: Verbosity::Quiet, ..UiSettings::default() };
        let text = stderr_of(quiet, |ui| {
            ui.note("n");
            ui.warn("w");
            ui.hint("h");
            ui.summary("s", &Value::Null);
            ui.warn_always("an intent is open");
            ui.error(&ErrorReport { message: "e".to_owned(), ..ErrorReport::default() });
        });
        assert_eq!(text, "warning: an intent is open\nerror: e\n");
    }

    #[test]
    fn only_the_label_is_coloured() {
        let settings = UiSettings { color: ColorChoice::Always, ..UiSettings::default() };
        assert_eq!(stderr_of(settings, |ui| ui.warn("w")), "\u{1b}[1m\u{1b}[33mwarning:\u{1b}[0m w\n");
    }
}
