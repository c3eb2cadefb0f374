//! Reads HTML as a stream, in constant memory. It builds no tree, so the nesting of elements has no limit.
//!
//! Blocks become lines, cells are separated by tabs, list items begin with a hyphen. Scripts, styles and comments are
//! dropped. Attributes are not read.

mod elements;
mod entities;
#[cfg(test)]
mod tests;

use super::failure::ExtractionFailure;
use super::flow::{Flow, is_space};
use super::pieces::Pieces;
use elements::ElementEffect;

/// The maximum length of an element name and of a character reference, in bytes. Longer ones are unknown.
const LONGEST_NAME: usize = 32;

/// A reader of HTML, which takes the document in parts.
pub(super) struct Html<'p, 'e> {
    flow: Flow<'p, 'e>,
    state: State,
    /// The name of the current element, in lower case, or the current character reference.
    name: String,
    /// The depth of elements whose content is not shown.
    hidden: usize,
    /// The depth of elements that keep white space.
    preformatted: usize,
    /// `true` if the current row of a table already has a cell.
    has_cell: bool,
}

/// The position of the reader in the syntax of HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    /// After `&`.
    Reference,
    /// After `<`.
    Open,
    /// Within the name of a tag.
    Name {
        closing: bool,
    },
    /// Within a tag, after its name. A quote after `=` begins a quoted value.
    Tag {
        closing: bool,
        value: bool,
    },
    Quoted {
        closing: bool,
        quote: char,
    },
    /// After `<!`, with the number of hyphens so far.
    Declaration {
        hyphens: usize,
    },
    /// Within a comment, with the number of hyphens before.
    Comment {
        hyphens: usize,
    },
    /// Within a declaration or a processing instruction, up to `>`.
    Ignored,
    /// Within a script, up to its end tag, of which `matched` characters were found.
    Raw {
        element: &'static str,
        matched: usize,
    },
}

impl<'p, 'e> Html<'p, 'e> {
    /// Creates a reader at the beginning of a document.
    pub(super) fn new(pieces: &'p mut Pieces<'e>) -> Self {
        let (state, name) = (State::Text, String::new());
        Self { flow: Flow::new(pieces), state, name, hidden: 0, preformatted: 0, has_cell: false }
    }

    /// Reads a further part of the document.
    pub(super) fn feed(&mut self, part: &str) -> Result<(), ExtractionFailure> {
        let mut rest = part;
        while let Some(letter) = rest.chars().next() {
            if self.state == State::Text {
                let end = rest.find(['<', '&']).unwrap_or(rest.len());
                let (text, tail) = rest.split_at(end);
                self.text(text)?;
                rest = tail;
                self.state = match rest.chars().next() {
                    Some('<') => State::Open,
                    Some(_) => State::Reference,
                    None => return Ok(()),
                };
                rest = rest.get(1..).unwrap_or_default();
                self.name.clear();
            } else if self.step(letter)? {
                rest = rest.get(letter.len_utf8()..).unwrap_or_default();
            }
        }
        Ok(())
    }

    /// Ends the document.
    pub(super) fn finish(mut self) -> Result<(), ExtractionFailure> {
        match self.state {
            State::Reference => self.reference(false),
            State::Open => self.text("<"),
            _ => Ok(()),
        }
    }

    /// Reads one character outside text. Returns `false` if the next state must read it again.
    fn step(&mut self, letter: char) -> Result<bool, ExtractionFailure> {
        match self.state {
            State::Text => return Ok(false),
            State::Reference => return self.step_reference(letter),
            State::Open => match letter {
                '!' => self.state = State::Declaration { hyphens: 0 },
                '?' => self.state = State::Ignored,
                '/' => self.state = State::Name { closing: true },
                'a'..='z' | 'A'..='Z' => {
                    self.state = State::Name { closing: false };
                    return Ok(false);
                }
                _ => {
                    self.state = State::Text;
                    self.text("<")?;
                    return Ok(false);
                }
            },
            State::Name { closing } => match letter {
                '>' => self.tag(closing)?,
                '/' => self.state = State::Tag { closing, value: false },
                _ if is_space(letter) => self.state = State::Tag { closing, value: false },
                // Nothing may stand between `</` and the name: the rest is a comment.
                _ if self.name.is_empty() && !letter.is_ascii_alphabetic() => self.state = State::Ignored,
                _ => self.name_letter(letter),
            },
            State::Tag { closing, value } => match letter {
                '>' => self.tag(closing)?,
                '"' | '\'' if value => self.state = State::Quoted { closing, quote: letter },
                '=' => self.state = State::Tag { closing, value: true },
                _ => self.state = State::Tag { closing, value: value && is_space(letter) },
            },
            State::Quoted { closing, quote } if letter == quote => self.state = State::Tag { closing, value: false },
            State::Quoted { .. } => {}
            State::Declaration { hyphens } => match letter {
                '-' if hyphens == 1 => self.state = State::Comment { hyphens: 0 },
                '-' => self.state = State::Declaration { hyphens: 1 },
                _ => {
                    self.state = State::Ignored;
                    return Ok(false);
                }
            },
            State::Comment { hyphens } => match letter {
                '>' if hyphens >= 2 => self.state = State::Text,
                '-' => self.state = State::Comment { hyphens: hyphens + 1 },
                _ => self.state = State::Comment { hyphens: 0 },
            },
            State::Ignored if letter == '>' => self.state = State::Text,
            State::Ignored => {}
            State::Raw { element, matched } => return Ok(self.step_raw(element, matched, letter)),
        }
        Ok(true)
    }

    /// Looks for `</`, the name of the element, and a character that ends the name.
    fn step_raw(&mut self, element: &'static str, matched: usize, letter: char) -> bool {
        let end = element.len() + 2;
        let expected = match matched {
            0 => Some('<'),
            1 => Some('/'),
            at => element.as_bytes().get(at - 2).map(|byte| char::from(*byte)),
        };
        let is_over = matched == end && (is_space(letter) || matches!(letter, '>' | '/'));
        if is_over {
            self.name.clear();
            self.name.push_str(element);
            self.state = State::Tag { closing: true, value: false };
            return false;
        }
        let next = match expected {
            Some(expected) if letter.eq_ignore_ascii_case(&expected) => matched + 1,
            _ => usize::from(letter == '<'),
        };
        self.state = State::Raw { element, matched: next };
        true
    }

    fn step_reference(&mut self, letter: char) -> Result<bool, ExtractionFailure> {
        if letter.is_ascii_alphanumeric() || letter == '#' && self.name.is_empty() {
            if self.name.len() < LONGEST_NAME {
                self.name.push(letter);
                return Ok(true);
            }
        } else if letter == ';' {
            self.reference(true)?;
            return Ok(true);
        }
        self.reference(false)?;
        Ok(false)
    }

    /// Writes the character of a reference. An unknown reference is text.
    fn reference(&mut self, closed: bool) -> Result<(), ExtractionFailure> {
        self.state = State::Text;
        let name = std::mem::take(&mut self.name);
        match entities::decode(&name, closed) {
            Some(letter) => {
                let mut bytes = [0; 4];
                self.text(letter.encode_utf8(&mut bytes))
            }
            None => {
                self.text("&")?;
                self.text(&name)?;
                if closed { self.text(";") } else { Ok(()) }
            }
        }
    }

    fn name_letter(&mut self, letter: char) {
        if self.name.len() < LONGEST_NAME {
            self.name.push(letter.to_ascii_lowercase());
        }
    }

    /// Applies a complete tag to the layout.
    fn tag(&mut self, closing: bool) -> Result<(), ExtractionFailure> {
        self.state = State::Text;
        let name = std::mem::take(&mut self.name);
        match elements::layout(&name) {
            ElementEffect::Raw(element) if !closing => self.state = State::Raw { element, matched: 0 },
            ElementEffect::Raw(_) | ElementEffect::Inline => {}
            ElementEffect::Hidden => {
                self.hidden = if closing { self.hidden.saturating_sub(1) } else { self.hidden + 1 }
            }
            ElementEffect::Line => self.flow.line(),
            ElementEffect::Blank => self.flow.blank(),
            ElementEffect::Preformatted => {
                self.flow.blank();
                let depth = self.preformatted;
                self.preformatted = if closing { depth.saturating_sub(1) } else { depth + 1 };
            }
            ElementEffect::Item => {
                self.flow.line();
                if !closing && self.hidden == 0 {
                    self.flow.text("-")?;
                    self.flow.space();
                }
            }
            ElementEffect::Row => {
                if closing {
                    self.flow.end_row();
                } else {
                    self.flow.row();
                }
                self.has_cell = false;
            }
            ElementEffect::Cell if !closing => {
                if self.has_cell {
                    self.flow.cell();
                }
                self.has_cell = true;
            }
            ElementEffect::Cell => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), ExtractionFailure> {
        if self.hidden > 0 {
            Ok(())
        } else if self.preformatted > 0 {
            self.flow.text(text)
        } else {
            self.flow.words(text)
        }
    }
}
