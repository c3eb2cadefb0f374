//! Interprets the text operators of content streams.

use super::font::{Font, Fonts};
use super::layout::{Glyph, PageLayout};
use super::matrix::{Matrix, Point};
use super::stream;
use crate::extract::failure::ExtractionFailure;
use crate::extract::flow::Flow;
use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction as Op;
use hayro_syntax::object::{Array, Dict, Name, Number, Object, Stream};
use hayro_syntax::page::Resources;
use std::rc::Rc;

/// The maximum depth of forms within forms.
const FORMS: usize = 16;
/// The maximum number of saved graphics states.
const STATES: usize = 512;

/// The part of the graphics state that places text.
#[derive(Clone)]
struct State {
    page: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    character_space: f64,
    word_space: f64,
    scale: f64,
    leading: f64,
    rise: f64,
    text: Matrix,
    line: Matrix,
}

/// An interpreter of all pages of a document.
pub(super) struct Interpreter<'p, 'e> {
    layout: PageLayout<'p, 'e>,
    fonts: Fonts,
    /// The number of characters with a Unicode value, and without.
    pub(super) known: u64,
    pub(super) unknown: u64,
}

impl<'p, 'e> Interpreter<'p, 'e> {
    pub(super) fn new(flow: Flow<'p, 'e>) -> Self {
        Self { layout: PageLayout::new(flow), fonts: Fonts::default(), known: 0, unknown: 0 }
    }

    /// Ends a page or a block. The text after it begins a new paragraph.
    pub(super) fn end_block(&mut self) -> Result<(), ExtractionFailure> {
        self.layout.end_block()
    }

    /// Interprets the content of a page.
    pub(super) fn run(&mut self, content: &[u8], resources: &Resources<'_>) -> Result<(), ExtractionFailure> {
        self.interpret(content, resources, State::new(), 0)
    }

    /// Interprets a form on its own.
    pub(super) fn form(&mut self, form: &Stream<'_>, resources: &Resources<'_>) -> Result<(), ExtractionFailure> {
        self.enter(form, resources, State::new(), 0)
    }

    fn interpret(
        &mut self,
        content: &[u8],
        resources: &Resources<'_>,
        mut state: State,
        depth: usize,
    ) -> Result<(), ExtractionFailure> {
        let mut saved: Vec<State> = Vec::new();
        let mut operators = TypedIter::new(content);
        while let Some(operator) = operators.next() {
            match operator {
                Op::SaveState(_) if saved.len() < STATES => saved.push(state.clone()),
                Op::RestoreState(_) => state = saved.pop().unwrap_or(state),
                Op::Transform(m) => state.page = matrix([m.0, m.1, m.2, m.3, m.4, m.5]).then(state.page),
                Op::BeginText(_) => state.set_line(Matrix::IDENTITY),
                Op::TextFont(font) => {
                    state.size = font.1.as_f64();
                    state.font = resources.get_font(font.0).and_then(|dict| self.fonts.get(&dict));
                }
                Op::NextLine(by) => state.next_line(by.0.as_f64(), by.1.as_f64()),
                Op::NextLineAndSetLeading(by) => {
                    state.leading = -by.1.as_f64();
                    state.next_line(by.0.as_f64(), by.1.as_f64());
                }
                Op::NextLineUsingLeading(_) => state.next_line(0.0, -state.leading),
                Op::SetTextMatrix(m) => state.set_line(matrix([m.0, m.1, m.2, m.3, m.4, m.5])),
                Op::ShowText(text) => self.show(&mut state, text.0.as_bytes())?,
                Op::NextLineAndShowText(text) => {
                    state.next_line(0.0, -state.leading);
                    self.show(&mut state, text.0.as_bytes())?;
                }
                Op::ShowTextWithParameters(text) => {
                    (state.word_space, state.character_space) = (text.0.as_f64(), text.1.as_f64());
                    state.next_line(0.0, -state.leading);
                    self.show(&mut state, text.2.as_bytes())?;
                }
                Op::ShowTexts(texts) => self.show_all(&mut state, texts.0)?,
                Op::XObject(name) => {
                    if let Some(form) = resources.get_x_object(name.0) {
                        self.enter(&form, resources, state.clone(), depth)?;
                    }
                }
                other => state.set(&other),
            }
        }
        Ok(())
    }

    /// Interprets an external object if it is a form. Images have no text.
    fn enter(
        &mut self,
        form: &Stream<'_>,
        resources: &Resources<'_>,
        mut state: State,
        depth: usize,
    ) -> Result<(), ExtractionFailure> {
        let dict = form.dict();
        if dict.get::<Name<'_>>("Subtype").is_none_or(|name| name.as_ref() != b"Form") {
            return Ok(());
        }
        if depth >= FORMS {
            return Err(ExtractionFailure::invalid("The PDF exceeds a limit: its forms are nested too deep."));
        }
        let content = stream::decode(form)?;
        let own = dict.get::<Dict<'_>>("Resources").map(Resources::new);
        state.page = dict.get::<[f64; 6]>("Matrix").map_or(Matrix::IDENTITY, Matrix).then(state.page);
        self.interpret(&content, own.as_ref().unwrap_or(resources), state, depth + 1)
    }

    fn show_all(&mut self, state: &mut State, texts: &Array<'_>) -> Result<(), ExtractionFailure> {
        for item in texts.iter::<Object<'_>>() {
            match item {
                Object::String(text) => self.show(state, text.as_bytes())?,
                Object::Number(by) => state.advance(-by.as_f64() / 1000.0 * state.size, 0.0),
                _ => {}
            }
        }
        Ok(())
    }

    fn show(&mut self, state: &mut State, bytes: &[u8]) -> Result<(), ExtractionFailure> {
        let Some(font) = state.font.clone() else {
            // Without a font, the bytes have no meaning.
            self.unknown += bytes.len() as u64;
            return Ok(());
        };
        let mut rest = bytes;
        while !rest.is_empty() {
            let code = font.next_code(rest);
            rest = rest.get(code.length.max(1)..).unwrap_or_default();
            let mut glyph = state.glyph();
            let is_space = code.value == 32 && code.length == 1;
            state.advance(font.advance(code.value) / 1000.0 * state.size, 0.0);
            glyph.end = state.position();
            state.advance(0.0, state.character_space + if is_space { state.word_space } else { 0.0 });
            match font.text(code.value) {
                Some(text) => {
                    self.known += 1;
                    self.layout.add(&text, glyph)?;
                }
                None => {
                    self.unknown += 1;
                    self.layout.add("\u{FFFD}", glyph)?;
                }
            }
        }
        Ok(())
    }
}

impl State {
    fn new() -> Self {
        let identity = Matrix::IDENTITY;
        let (page, text, line) = (identity, identity, identity);
        let (size, scale) = (1.0, 1.0);
        let (character_space, word_space, leading, rise) = (0.0, 0.0, 0.0, 0.0);
        Self { page, font: None, size, character_space, word_space, scale, leading, rise, text, line }
    }

    fn set(&mut self, operator: &Op<'_, '_>) {
        match operator {
            Op::CharacterSpacing(by) => self.character_space = by.0.as_f64(),
            Op::WordSpacing(by) => self.word_space = by.0.as_f64(),
            Op::HorizontalScaling(percent) => self.scale = percent.0.as_f64() / 100.0,
            Op::TextLeading(by) => self.leading = by.0.as_f64(),
            Op::TextRise(by) => self.rise = by.0.as_f64(),
            _ => {}
        }
    }

    fn set_line(&mut self, line: Matrix) {
        (self.line, self.text) = (line, line);
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.set_line(Matrix::shift(x, y).then(self.line));
    }

    fn is_vertical(&self) -> bool {
        self.font.as_ref().is_some_and(|font| font.is_vertical)
    }

    /// Moves the position of the next glyph by a distance in the direction of writing, and by additional space.
    fn advance(&mut self, by: f64, space: f64) {
        let step = if self.is_vertical() {
            // In vertical writing, glyph advances are negative, and positive spacing also moves down.
            Matrix::shift(0.0, by - space)
        } else {
            Matrix::shift((by + space) * self.scale, 0.0)
        };
        self.text = step.then(self.text);
    }

    /// Returns the position of the next glyph on the page.
    fn position(&self) -> Point {
        self.text.then(self.page).point(0.0, self.rise)
    }

    /// Returns a glyph at the current position, whose end is not known yet.
    fn glyph(&self) -> Glyph {
        let matrix = self.text.then(self.page);
        let direction = if self.is_vertical() { matrix.vector(0.0, -1.0) } else { matrix.vector(self.scale, 0.0) };
        let size = matrix.vector(0.0, self.size).length();
        let start = self.position();
        Glyph { start, end: start, direction: direction.unit(), size }
    }
}

fn matrix(numbers: [Number; 6]) -> Matrix {
    Matrix(numbers.map(|number| number.as_f64()))
}
