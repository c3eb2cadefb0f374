//! A query as terms, and the conditions with which a full-text index finds each term.

use super::scan::scan;
use super::sink::Sink;
use super::terms::frequent_form;

/// The largest number of distinct terms that are read from a query. Further terms are ignored.
pub const MAX_QUERY_TERMS: usize = 64;

/// A query, analysed like the chunks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pub(super) terms: Vec<QueryTerm>,
    /// Phrases without punctuation, as indices of terms in the order of the text. Whole identifiers are in none.
    pub(super) phrases: Vec<Vec<usize>>,
}

/// A term of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryTerm {
    pub(super) text: String,
    pub(super) kind: TermKind,
}

/// The kind of a term. It determines how the term is searched and weighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TermKind {
    /// A word or a part of an identifier.
    Word,
    /// Two neighbouring letters of a run.
    Pair,
    /// The only letter of a run. Finds all runs that contain it: it is the beginning of a term of each.
    Letter,
    /// A whole identifier.
    Whole,
}

impl Query {
    /// Analyses one query, which may consist of several texts. No phrase spans two texts.
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut query = Self::default();
        for text in texts {
            query.phrases.push(Vec::new());
            scan(text, &mut query);
        }
        query.phrases.retain(|phrase| !phrase.is_empty());
        query
    }

    /// Returns the distinct terms, in the order of the text. Statistics have one frequency for each.
    pub fn terms(&self) -> &[QueryTerm] {
        &self.terms
    }

    /// Returns `true` if the query has no term, for example because it is only punctuation. Such a query finds nothing.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Adds a term. Returns its index, or `None` if there are too many.
    fn add(&mut self, text: &str, kind: TermKind) -> Option<usize> {
        let known = self.terms.iter().position(|term| term.text == text);
        if known.is_some() || self.terms.len() >= MAX_QUERY_TERMS {
            return known;
        }
        self.terms.push(QueryTerm { text: text.to_owned(), kind });
        Some(self.terms.len() - 1)
    }

    fn add_to_phrase(&mut self, text: &str, kind: TermKind) {
        if let (Some(index), Some(phrase)) = (self.add(text, kind), self.phrases.last_mut()) {
            phrase.push(index);
        }
    }
}

impl Sink for Query {
    fn ascii(&mut self, word: &str) {
        self.add_to_phrase(&word.to_ascii_lowercase(), TermKind::Word);
    }

    fn term(&mut self, term: &str, is_letter: bool) {
        self.add_to_phrase(term, if is_letter { TermKind::Letter } else { TermKind::Word });
    }

    fn pair(&mut self, first: &str, second: &str) {
        self.add_to_phrase(&[first, second].concat(), TermKind::Pair);
    }

    fn whole(&mut self, term: &str) {
        self.add(term, TermKind::Whole);
    }

    fn tail(&mut self, _: &str) {}

    fn end_phrase(&mut self) {
        if self.phrases.last().is_some_and(|phrase| !phrase.is_empty()) {
            self.phrases.push(Vec::new());
        }
    }
}

impl QueryTerm {
    /// Returns the text that chunks must contain.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the condition for a chunk that contains the term.
    pub fn condition(&self) -> Condition {
        match self.kind {
            TermKind::Letter => Condition::Prefix(self.text.clone()),
            _ => Condition::Term(self.text.clone()),
        }
    }

    /// Returns the condition for a chunk that contains the term often, or `None` for a single letter of a run.
    pub(super) fn frequent(&self) -> Option<Condition> {
        (self.kind != TermKind::Letter).then(|| Condition::Term(frequent_form(&self.text)))
    }

    /// Returns the beginning that other forms of a word share with it: two thirds of it, and at least four letters.
    /// `None` for short words, for numbers, and for scripts without spaces.
    pub(super) fn stem(&self) -> Option<&str> {
        let count = self.text.chars().count();
        if self.kind != TermKind::Word || count < 4 || !self.text.starts_with(char::is_alphabetic) {
            return None;
        }
        let (end, _) = self.text.char_indices().nth((count * 2 / 3).max(4)).unwrap_or((self.text.len(), ' '));
        self.text.get(..end)
    }
}

/// A condition on the terms of a chunk, in the syntax of both engines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The chunk contains this term.
    Term(String),
    /// The chunk contains a term that begins like this.
    Prefix(String),
    /// The chunk contains these terms at consecutive positions.
    Phrase(Vec<String>),
    /// The chunk fulfils all conditions. There is at least one.
    All(Vec<Condition>),
    /// The chunk fulfils one of the conditions. There is at least one.
    Any(Vec<Condition>),
}

impl Condition {
    /// Returns the expression for `MATCH` of FTS5. To search one column of several, write `COLUMN : (EXPRESSION)`.
    pub fn fts5(&self) -> String {
        match self {
            Self::Term(term) => format!("\"{term}\""),
            Self::Prefix(term) => format!("\"{term}\" *"),
            Self::Phrase(terms) => format!("\"{}\"", terms.join(" ")),
            Self::All(parts) => join(parts, " AND ", Self::fts5),
            Self::Any(parts) => join(parts, " OR ", Self::fts5),
        }
    }

    /// Returns the text for a cast to `tsquery`. `to_tsquery` would parse it again with a dictionary.
    pub fn tsquery(&self) -> String {
        match self {
            Self::Term(term) => format!("'{term}'"),
            Self::Prefix(term) => format!("'{term}':*"),
            Self::Phrase(terms) => {
                let terms: Vec<String> = terms.iter().map(|term| format!("'{term}'")).collect();
                format!("({})", terms.join(" <-> "))
            }
            Self::All(parts) => join(parts, " & ", Self::tsquery),
            Self::Any(parts) => join(parts, " | ", Self::tsquery),
        }
    }
}

fn join(parts: &[Condition], operator: &str, write: impl Fn(&Condition) -> String) -> String {
    let parts: Vec<String> = parts.iter().map(write).collect();
    format!("({})", parts.join(operator))
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
