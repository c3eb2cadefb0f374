//! Lines with marked words, such as those of a text difference: styles with colour, and carets without.

use super::{Coloring, MessageFormat, OutputError, StreamKind, Ui, sanitize_lines};
use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

/// The meaning of a line, which selects its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Removed,
    Added,
}

/// A line in pieces, without its line end. Marked pieces stand out from the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedLine {
    pub tone: Tone,
    /// The pieces, each with `true` if it is marked.
    pub pieces: Vec<(bool, String)>,
}

impl MarkedLine {
    /// Returns a line without marks.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { tone: Tone::Plain, pieces: vec![(false, text.into())] }
    }

    /// Returns the text without marks.
    fn text(&self) -> String {
        self.pieces.iter().map(|(_, piece)| piece.as_str()).collect()
    }

    /// Returns the line with styles. The pieces lose their control characters before a style is added.
    fn styled(&self) -> String {
        let style = match self.tone {
            Tone::Plain => Style::new(),
            Tone::Removed => AnsiColor::Red.on_default(),
            Tone::Added => AnsiColor::Green.on_default(),
        };
        let piece = |(is_marked, piece): &(bool, String)| {
            let style = if *is_marked { style.invert().bold() } else { style };
            format!("{style}{}{style:#}", sanitize_lines(piece))
        };
        self.pieces.iter().map(piece).collect()
    }

    /// Returns a line with carets under the marked pieces, or `None` if no piece is marked.
    fn carets(&self) -> Option<String> {
        let mut carets = String::new();
        for (is_marked, piece) in &self.pieces {
            match is_marked {
                true => carets.push_str(&"^".repeat(piece.width())),
                // A tab stays a tab, so that both lines have the same tab stops.
                false => {
                    for (index, part) in piece.split('\t').enumerate() {
                        carets.push_str(if index > 0 { "\t" } else { "" });
                        carets.push_str(&" ".repeat(part.width()));
                    }
                }
            }
        }
        let carets = carets.trim_end_matches([' ', '\t']);
        (!carets.is_empty()).then(|| carets.to_owned())
    }
}

/// Returns the text of lines. `is_terminal` removes control characters, which could control the terminal.
fn rendered(lines: &[MarkedLine], coloring: Coloring, is_terminal: bool) -> String {
    let mut text = String::new();
    for line in lines {
        match coloring {
            Coloring::Colored => text.push_str(&line.styled()),
            Coloring::Plain if is_terminal => text.push_str(&sanitize_lines(&line.text())),
            Coloring::Plain => text.push_str(&line.text()),
        }
        text.push('\n');
        if let Some(carets) = line.carets().filter(|_| coloring == Coloring::Plain) {
            text.push_str(&carets);
            text.push('\n');
        }
    }
    text
}

impl Ui {
    /// Writes lines to standard output. Only a terminal gets colours.
    pub fn out_marked(&self, lines: &[MarkedLine]) -> Result<(), OutputError> {
        let is_terminal = self.terminal.stdout == StreamKind::Terminal;
        let coloring = match is_terminal {
            true => self.terminal.coloring(self.settings.color, StreamKind::Terminal),
            false => Coloring::Plain,
        };
        self.out(&rendered(lines, coloring, is_terminal))
    }

    /// Prints lines on stderr, like [`Ui::print_line`].
    pub fn print_marked(&self, lines: &[MarkedLine]) {
        match self.message_format() {
            MessageFormat::JsonLines => lines.iter().for_each(|line| self.print_line(&line.text())),
            MessageFormat::Text => {
                let coloring = self.terminal.coloring(self.settings.color, self.terminal.stderr);
                self.write_err(&rendered(lines, coloring, true));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(pieces: &[(bool, &str)]) -> MarkedLine {
        let pieces = pieces.iter().map(|(mark, piece)| (*mark, (*piece).to_owned())).collect();
        MarkedLine { tone: Tone::Added, pieces }
    }

    #[test]
    fn carets_stand_under_the_marked_words() {
        for (pieces, expected) in [
            (&[(false, "+ Be "), (true, "kind"), (false, ".")][..], "+ Be kind.\n     ^^^^\n"),
            (&[(false, "+\ta "), (true, "日本")], "+\ta 日本\n \t  ^^^^\n"),
            (&[(false, "+ same")], "+ same\n"),
        ] {
            assert_eq!(rendered(&[line(pieces)], Coloring::Plain, true), expected, "{pieces:?}");
        }
    }

    #[test]
    fn a_text_from_outside_adds_no_control_character() {
        let text = rendered(&[line(&[(false, "a\u{1b}[2J"), (true, "b\u{9b}0m")])], Coloring::Colored, true);
        assert_eq!(text, "\u{1b}[32ma[2J\u{1b}[0m\u{1b}[1m\u{1b}[7m\u{1b}[32mb0m\u{1b}[0m\n");
        assert_eq!(rendered(&[line(&[(false, "a\u{1b}[2J")])], Coloring::Plain, true), "a[2J\n");
    }
}
