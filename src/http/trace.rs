//! `--trace`: prints requests and responses as lines, with secrets redacted and bodies truncated.

use std::sync::Arc;

use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url};

use super::redact::{Redactor, escape_controls};
use super::request::{HttpRequest, RequestBody};

/// The number of body bytes that are shown without `--trace=full`.
const CUT: usize = 2 << 10;

/// The part of each body that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceLevel {
    /// The first 2 KiB of each body.
    Cut,
    /// Complete bodies.
    Full,
}

/// A writer of trace lines.
#[derive(Clone)]
pub struct Tracer {
    verbosity: TraceLevel,
    line: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Tracer {
    /// Creates a tracer that passes each line, without a line end, to a function.
    pub fn new(verbosity: TraceLevel, line: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { verbosity, line: Arc::new(line) }
    }

    /// Prints one sent request. After a redirect, the URL and the headers differ from those of `call`.
    pub(super) fn request(&self, call: &HttpRequest, url: &Url, headers: &HeaderMap) -> Exchange {
        let exchange = Exchange { tracer: self.clone(), redactor: Redactor::new(&call.headers), shown: 0 };
        exchange.line(">", &format!("{} {url}", call.method));
        exchange.headers(">", headers);
        match &call.body {
            RequestBody::Empty => {}
            RequestBody::Json(bytes) => exchange.body(">", bytes),
            RequestBody::Stream(stream) => exchange.line(">", &stream.summary()),
        }
        exchange
    }
}

/// The trace of one request and its response.
pub(super) struct Exchange {
    tracer: Tracer,
    redactor: Redactor,
    shown: usize,
}

impl Exchange {
    pub(super) fn response(&self, status: StatusCode, headers: &HeaderMap) {
        self.line("<", &status.to_string());
        self.headers("<", headers);
    }

    /// Prints a chunk of the response body. Chunks beyond the limit are dropped.
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
        if self.tracer.verbosity == TraceLevel::Full { usize::MAX } else { CUT }
    }

    fn headers(&self, mark: &str, headers: &HeaderMap) {
        for (name, value) in self.redactor.headers(headers) {
            self.line(mark, &format!("{name}: {value}"));
        }
    }

    fn body(&self, mark: &str, bytes: &[u8]) {
        // Redact before truncating: part of a key is still a secret.
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
