//! `--trace`: requests and answers as lines, keys hidden, bodies cut.

use std::sync::Arc;

use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url};

use super::call::{Body, Call};
use super::redact::{Redactor, escape_controls};

/// How much of a body is shown, unless all of it is.
const CUT: usize = 2 << 10;

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verbosity {
    /// The first 2 KiB of each body.
    Cut,
    /// Whole bodies.
    Full,
}

/// Takes the lines of a trace.
#[derive(Clone)]
pub struct Tracer {
    verbosity: Verbosity,
    line: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Tracer {
    /// Hands each line, without its end, to a function.
    pub fn new(verbosity: Verbosity, line: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { verbosity, line: Arc::new(line) }
    }

    /// Shows one sending of a call: after a redirect, URL and headers differ from the call's own.
    pub(super) fn request(&self, call: &Call, url: &Url, headers: &HeaderMap) -> Exchange {
        let exchange = Exchange { tracer: self.clone(), redactor: Redactor::new(&call.headers), shown: 0 };
        exchange.line(">", &format!("{} {url}", call.method));
        exchange.headers(">", headers);
        match &call.body {
            Body::Empty => {}
            Body::Json(bytes) => exchange.body(">", bytes),
            Body::Stream(stream) => exchange.line(">", &stream.summary()),
        }
        exchange
    }
}

/// One request and its answer.
pub(super) struct Exchange {
    tracer: Tracer,
    redactor: Redactor,
    shown: usize,
}

impl Exchange {
    pub(super) fn answer(&self, status: StatusCode, headers: &HeaderMap) {
        self.line("<", &status.to_string());
        self.headers("<", headers);
    }

    /// Shows a piece of the answer's body; pieces after the cut are dropped.
    pub(super) fn piece(&mut self, piece: &[u8]) {
        if self.shown < self.limit() {
            let end = piece.len().min(self.limit() - self.shown);
            self.body("<", if self.shown == 0 { piece } else { &piece[..end] });
        }
        self.shown = self.shown.saturating_add(piece.len());
    }

    pub(super) fn note(&self, text: &str) {
        self.line("*", text);
    }

    fn limit(&self) -> usize {
        if self.tracer.verbosity == Verbosity::Full { usize::MAX } else { CUT }
    }

    fn headers(&self, mark: &str, headers: &HeaderMap) {
        for (name, value) in self.redactor.headers(headers) {
            self.line(mark, &format!("{name}: {value}"));
        }
    }

    fn body(&self, mark: &str, bytes: &[u8]) {
        // Hiding comes before cutting: half a key is still half a key.
        let text = self.redactor.text(&String::from_utf8_lossy(bytes));
        let cut = text.floor_char_boundary(self.limit());
        text[..cut].lines().for_each(|line| self.line(mark, line));
        if cut < text.len() {
            self.line(mark, &format!("… ({} bytes in all; --trace=full shows them)", bytes.len()));
        }
    }

    fn line(&self, mark: &str, text: &str) {
        (self.tracer.line)(&format!("{mark} {}", escape_controls(&self.redactor.text(text))));
    }
}
