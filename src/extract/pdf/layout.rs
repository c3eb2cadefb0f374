//! Builds words and lines from the positions of glyphs. A PDF states only these positions, neither words nor lines.
//!
//! Glyphs stay in the order of the file. In the files of common programs, this is the reading order, also for columns.
//! Only a run of right-to-left script is reversed if the file has its glyphs from left to right.

use super::matrix::Point;
use crate::extract::failure::ExtractionFailure;
use crate::extract::flow::Flow;

/// A gap of this fraction of the font size separates two words.
const WORD_GAP: f64 = 0.15;
/// A distance between baselines of this fraction of the font size begins a new line. Superscripts are closer.
const LINE_GAP: f64 = 0.5;
/// A distance of this many font sizes begins a new paragraph.
const PARAGRAPH_GAP: f64 = 1.7;
/// A move against the direction of writing by this many font sizes begins a new line.
const STEP_BACK: f64 = 1.0;
/// Copies of a glyph within this fraction of the font size are one glyph, printed twice to look bold.
const BOLD_SHIFT: f64 = 0.1;

/// A glyph on the page.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub(super) start: Point,
    pub(super) end: Point,
    /// The direction of writing, of length 1.
    pub(super) direction: Point,
    pub(super) size: f64,
}

/// The relation of a glyph to the glyph before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Copy,
    Adjacent,
    Word,
    Line,
    Paragraph,
}

/// The text of a document while it is laid out.
pub(super) struct PageLayout<'p, 'e> {
    flow: Flow<'p, 'e>,
    last: Option<(Glyph, String)>,
    /// A run of right-to-left script, in the order of the file. `run_start` is the start of its first glyph.
    run: Vec<String>,
    run_start: Point,
}

impl<'p, 'e> PageLayout<'p, 'e> {
    pub(super) fn new(flow: Flow<'p, 'e>) -> Self {
        Self { flow, last: None, run: Vec::new(), run_start: Point::default() }
    }

    /// Ends a page or block. The next one is separated by a blank line.
    pub(super) fn end_block(&mut self) -> Result<(), ExtractionFailure> {
        self.end_run()?;
        self.flow.blank();
        self.last = None;
        Ok(())
    }

    /// Adds the text of a glyph.
    pub(super) fn add(&mut self, text: &str, glyph: Glyph) -> Result<(), ExtractionFailure> {
        let step = self.last.as_ref().map_or(Step::Adjacent, |(last, before)| step(last, &glyph, before == text));
        if step == Step::Copy {
            return Ok(());
        }
        let is_space = text.chars().all(char::is_whitespace);
        let is_reverse = text.chars().any(is_right_to_left);
        let continues = matches!(step, Step::Adjacent | Step::Word) && (is_reverse || is_space);
        if !continues {
            self.end_run()?;
        }
        if !self.run.is_empty() {
            if step == Step::Word || is_space {
                self.run.push(" ".to_owned());
            }
        } else {
            match step {
                Step::Paragraph => self.flow.blank(),
                Step::Line => self.flow.line(),
                Step::Word => self.flow.space(),
                Step::Adjacent | Step::Copy => {}
            }
        }
        if is_reverse {
            if self.run.is_empty() {
                self.run_start = glyph.start;
            }
            self.run.push(text.to_owned());
        } else if is_space {
            self.flow.space();
        } else {
            self.flow.text(text)?;
        }
        match &mut self.last {
            Some((last, before)) => {
                *last = glyph;
                before.clear();
                before.push_str(text);
            }
            None => self.last = Some((glyph, text.to_owned())),
        }
        Ok(())
    }

    /// Writes the pending run of right-to-left script in its reading order.
    fn end_run(&mut self) -> Result<(), ExtractionFailure> {
        let mut run = std::mem::take(&mut self.run);
        let length = run.len();
        while run.last().is_some_and(|text| text == " ") {
            run.pop();
        }
        let stands_reversed =
            self.last.as_ref().is_some_and(|(last, _)| last.start.minus(self.run_start).dot(last.direction) > 0.0);
        if stands_reversed {
            run.reverse();
        }
        for text in &run {
            if text == " " {
                self.flow.space();
            } else {
                self.flow.text(text)?;
            }
        }
        if run.len() < length {
            self.flow.space();
        }
        Ok(())
    }
}

fn step(last: &Glyph, glyph: &Glyph, is_same_text: bool) -> Step {
    let step = glyph.start.minus(last.end);
    let (along, across) = (step.dot(last.direction), step.across(last.direction));
    let size = glyph.size.max(last.size);
    if is_same_text && glyph.start.minus(last.start).length() < glyph.size * BOLD_SHIFT {
        Step::Copy
    } else if glyph.direction.dot(last.direction) < 0.9 || across > size * PARAGRAPH_GAP {
        Step::Paragraph
    } else if across > size * LINE_GAP || along < -size * STEP_BACK && !is_previous(last, glyph) {
        Step::Line
    } else if along > size * WORD_GAP {
        Step::Word
    } else {
        Step::Adjacent
    }
}

/// Returns `true` if the glyph ends where the last one starts. This is so if the file has a text from right to left.
fn is_previous(last: &Glyph, glyph: &Glyph) -> bool {
    last.start.minus(glyph.end).length() < glyph.size.max(last.size) * LINE_GAP
}

/// Returns `true` for the letters of Hebrew, Arabic, and related scripts.
fn is_right_to_left(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}')
}
