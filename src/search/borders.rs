//! Borders in a text: where a chunk or a passage may begin.

use super::characters::{is_dense, is_ideographic};

/// The quality of a border, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Border {
    /// Between two letters.
    Letter,
    Word,
    Line,
    Sentence,
    Paragraph,
    /// Before a heading of Markdown.
    Heading,
}

/// The longest stretch of characters without a border.
const MAX_STRETCH: u32 = 12;

/// Finds the borders of a text, character by character.
#[derive(Debug, Clone, Default)]
pub(super) struct Borders {
    /// The number of line ends since the last visible character.
    lines: u32,
    has_space: bool,
    /// The end of a sentence, if no letter has followed it yet.
    sentence: Option<SentenceEnd>,
    /// The number of characters since the last border.
    stretch: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SentenceEnd {
    /// Ends a sentence if a space follows, as a full stop does.
    BeforeSpace,
    /// Ends a sentence, as an ideographic full stop does.
    Always,
}

impl Borders {
    /// Returns the border before this next character. Spaces belong to the text before them, so no border precedes one.
    pub(super) fn before(&mut self, c: char) -> Option<Border> {
        if !c.is_ascii_alphanumeric() && !is_ideographic(c) && c.is_whitespace() {
            self.has_space = true;
            self.lines += match c {
                '\n' => 1,
                '\u{b}' | '\u{c}' | '\u{2029}' => 2,
                _ => 0,
            };
            return None;
        }
        let border = self.border(c);
        self.stretch = if border.is_some() { 1 } else { self.stretch.saturating_add(1) };
        self.lines = 0;
        self.has_space = false;
        self.sentence = match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '\u{4e00}'..='\u{9fff}' => None,
            '.' | '!' | '?' | '…' | '؟' | '۔' | '।' | '॥' | '።' | '។' | '။' => {
                Some(SentenceEnd::BeforeSpace)
            }
            '。' | '！' | '？' | '｡' => Some(SentenceEnd::Always),
            _ if is_closing(c) => self.sentence,
            _ => None,
        };
        border
    }

    fn border(&self, c: char) -> Option<Border> {
        match (self.lines, self.has_space, self.sentence) {
            (1.., _, _) if c == '#' => Some(Border::Heading),
            (2.., _, _) => Some(Border::Paragraph),
            (_, true, Some(_)) => Some(Border::Sentence),
            (1, _, None) => Some(Border::Line),
            (_, true, None) => Some(Border::Word),
            (_, false, Some(SentenceEnd::Always)) if !is_closing(c) => Some(Border::Sentence),
            _ if self.stretch >= MAX_STRETCH || (c > '\u{e00}' && (is_ideographic(c) || is_dense(c))) => {
                Some(Border::Letter)
            }
            _ => None,
        }
    }

    /// Records spaces that are not line ends.
    pub(super) fn skip_spaces(&mut self) {
        self.has_space = true;
    }

    /// Records a word of ASCII letters, and returns the border before it.
    pub(super) fn before_plain_word(&mut self, length: usize) -> Option<Border> {
        let border = self.before('a');
        self.stretch = self.stretch.saturating_add(u32::try_from(length).unwrap_or(u32::MAX).saturating_sub(1));
        border
    }
}

/// Returns `true` for quotation marks and brackets that can follow the end of a sentence.
fn is_closing(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | ')' | ']' | '}' | '”' | '’' | '»' | '」' | '』' | '）' | '】' | '》' | '〉' | '。' | '！' | '？'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a text with a mark before each border: `|` letter, `_` word, `^` line, `.` sentence, `¶` paragraph,
    /// `#` heading.
    fn marked(text: &str) -> String {
        let mut borders = Borders::default();
        let mut marked = String::new();
        for c in text.chars() {
            if let Some(border) = borders.before(c) {
                marked.push(match border {
                    Border::Letter => '|',
                    Border::Word => '_',
                    Border::Line => '^',
                    Border::Sentence => '‖',
                    Border::Paragraph => '¶',
                    Border::Heading => '§',
                });
            }
            marked.push(c);
        }
        marked
    }

    #[test]
    fn borders_have_the_quality_of_what_they_separate() {
        for (text, expected) in [
            ("One two. Three", "One _two. ‖Three"),
            ("3.14 e.g.", "3.14 _e.g."),
            ("He said \"no.\" Then", "He _said _\"no.\" ‖Then"),
            ("a\nb\r\nc", "a\n^b\r\n^c"),
            ("a\n\nb\n \nc", "a\n\n¶b\n \n¶c"),
            ("text\n# Heading\n\ntext", "text\n§# _Heading\n\n¶text"),
            ("page\u{c}page", "page\u{c}¶page"),
            ("一二。三「四。」五", "|一|二。‖三「|四。」‖五"),
            ("abcdefghijklmnopqrstuvwxyz", "abcdefghijkl|mnopqrstuvwx|yz"),
            ("कख। ग", "कख। ‖ग"),
            ("ไทย", "|ไ|ท|ย"),
        ] {
            assert_eq!(marked(text), expected);
        }
    }
}
