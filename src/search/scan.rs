//! The scanner: finds words, identifiers, and runs in a text, and sends their terms to a sink. A run is a sequence of
//! letters of a script without spaces between words, such as Chinese.

use super::characters::{
    Class, ascii_class, class, is_ideographic, is_normal_letter, is_optional_mark, wide_separator,
};
use super::sink::Sink;
use super::word::{Run, Word};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// The longest term in characters. Longer words are cut into pieces of this length.
pub(super) const MAX_TERM_CHARS: usize = 128;

/// Sends the terms of a text to a sink.
///
/// A line end within a run of Han or Kana, or after a hyphen, does not end the run or the identifier: texts with fixed
/// line lengths, such as those of PDF files, break lines at any letter.
pub(super) fn scan(text: &str, sink: &mut impl Sink) {
    let mut reader = Reader::default();
    let mut rest = text;
    // Line ends since the last letter, while the reader is open.
    let mut lines = 0;
    loop {
        rest = rest.trim_start_matches(' ');
        let segment = Segment::of(rest);
        let (word, after) = rest.split_at_checked(segment.length).unwrap_or((rest, ""));
        if let Some(first) = word.chars().next() {
            if reader.is_open() && !(lines == 1 && reader.continues_with(first)) {
                reader.end(sink);
                sink.end_phrase();
            }
            lines = 0;
            segment.read(word, &mut reader, sink);
        }
        let Some(separator) = segment.separator else { break };
        match separator {
            ' ' | '\t' | '\r' | '\u{3000}' => {}
            '\n' if reader.is_open() && lines == 0 => lines = 1,
            _ => {
                reader.end(sink);
                if segment.ends_phrase {
                    sink.end_phrase();
                }
            }
        }
        rest = after.get(separator.len_utf8()..).unwrap_or_default();
    }
    reader.end(sink);
}

/// A stretch of text up to a character that ends words. Normalisation does not cross such a character.
struct Segment {
    /// The length in bytes.
    length: usize,
    /// The character that ends it, or `None` at the end of the text.
    separator: Option<char>,
    ends_phrase: bool,
    /// Contains only characters that normalisation keeps.
    is_normal: bool,
    /// Is one ASCII word: no joiner, no capital after a small letter, not too long.
    is_plain: bool,
}

impl Segment {
    /// Returns the segment at the start of the text.
    fn of(text: &str) -> Self {
        let (mut length, mut separator, mut ends_phrase) = (0, None, false);
        let (mut joiners, mut capitals, mut is_ascii, mut is_normal) = (0, 0, true, true);
        let bytes = text.as_bytes();
        while let Some(byte) = bytes.get(length) {
            match byte {
                b'a'..=b'z' | b'0'..=b'9' => length += 1,
                b'A'..=b'Z' => {
                    capitals += 1;
                    length += 1;
                }
                b'_' | b'-' => {
                    joiners += 1;
                    length += 1;
                }
                0..0x80 => {
                    separator = Some(char::from(*byte));
                    ends_phrase = ascii_class(*byte) == Class::Break;
                    break;
                }
                0x80.. => {
                    // All non-ASCII characters that follow, in one pass.
                    for c in text.get(length..).unwrap_or_default().chars().take_while(|c| !c.is_ascii()) {
                        if let Some(class) = wide_separator(c) {
                            separator = Some(c);
                            ends_phrase = class == Class::Break;
                            break;
                        }
                        is_ascii = false;
                        is_normal &= is_normal_letter(c);
                        length += c.len_utf8();
                    }
                    if separator.is_some() {
                        break;
                    }
                }
            }
        }
        let is_one_word = match capitals {
            0 => true,
            1 => bytes.first().is_some_and(u8::is_ascii_uppercase),
            _ => capitals == length,
        };
        let is_plain = is_ascii && joiners == 0 && is_one_word && length <= MAX_TERM_CHARS;
        let is_normal = is_ascii || is_normal;
        Self { length, separator, ends_phrase, is_normal, is_plain }
    }

    /// Sends the terms of its text.
    fn read(&self, word: &str, reader: &mut Reader, sink: &mut impl Sink) {
        if self.is_plain && !reader.is_open() {
            sink.ascii(word);
            return;
        }
        if self.is_normal || is_nfkc_quick(word.chars()) == IsNormalized::Yes {
            word.chars().for_each(|c| reader.push(c, sink));
        } else {
            word.nfkc().for_each(|c| reader.push(c, sink));
        }
        if !reader.may_continue() {
            reader.end(sink);
        }
    }
}

/// The state between two characters of a segment: a word with its identifier, or a run of letters, or neither.
#[derive(Default)]
struct Reader {
    word: Word,
    /// The parts of an identifier so far, without separators, and their number.
    whole: String,
    parts: usize,
    /// The joiner after the last part, if nothing followed yet.
    joiner: Option<char>,
    run: Run,
}

impl Reader {
    fn push(&mut self, c: char, sink: &mut impl Sink) {
        match class(c) {
            Class::Word => {
                self.run.end(sink);
                self.joiner = None;
                self.word.push(c);
                if self.word.count >= MAX_TERM_CHARS {
                    self.end_part(sink);
                }
            }
            Class::Dense => {
                self.end_identifier(sink);
                self.run.push(c, sink);
            }
            Class::Mark if is_optional_mark(c) => {}
            Class::Mark => {
                self.run.mark(c);
                self.word.mark(c);
            }
            Class::Joiner => {
                self.run.end(sink);
                self.end_part(sink);
                match self.joiner {
                    Some(last) if last != '_' || c != '_' => self.end_identifier(sink),
                    _ => self.joiner = Some(c),
                }
            }
            Class::Ignored => {}
            Class::Space => self.end(sink),
            Class::Break => {
                self.end(sink);
                sink.end_phrase();
            }
        }
    }

    /// Returns `true` if letters were read that are not sent yet.
    fn is_open(&self) -> bool {
        !self.run.last.is_empty() || !self.word.text.is_empty() || self.parts > 0
    }

    /// Returns `true` if the next line can continue the run or the identifier.
    fn may_continue(&self) -> bool {
        matches!(self.joiner, Some('-' | '\u{2010}')) || self.run.last.starts_with(is_ideographic)
    }

    /// Returns `true` if this first letter of the next line continues the run or the identifier.
    fn continues_with(&self, first: char) -> bool {
        match self.joiner {
            Some(_) => first.is_lowercase(),
            None => is_ideographic(first) && self.run.last.starts_with(is_ideographic),
        }
    }

    fn end(&mut self, sink: &mut impl Sink) {
        self.run.end(sink);
        self.end_identifier(sink);
    }

    /// Sends the word, in parts where a capital begins a new one.
    fn end_part(&mut self, sink: &mut impl Sink) {
        if self.word.text.is_empty() {
            return;
        }
        let (whole, parts) = (&mut self.whole, &mut self.parts);
        self.word.parts(|part| {
            sink.term(part, false);
            *parts += 1;
            if whole.len() <= 4 * MAX_TERM_CHARS {
                whole.push_str(part);
            }
        });
        self.word.clear();
    }

    fn end_identifier(&mut self, sink: &mut impl Sink) {
        if self.word.text.is_empty() && self.parts == 0 {
            self.joiner = None;
            return;
        }
        self.end_part(sink);
        if self.parts > 1 && self.whole.chars().count() <= MAX_TERM_CHARS {
            sink.whole(&self.whole);
        }
        self.whole.clear();
        self.parts = 0;
        self.joiner = None;
    }
}
