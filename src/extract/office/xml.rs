//! The elements and texts of an XML part, as a stream with limits.

use super::limits::{Bounded, Limit, damaged};
use crate::extract::failure::ExtractionFailure;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::borrow::Cow;

/// The maximum depth of elements. The parser keeps the names of all open elements in memory.
const DEPTH: usize = 256;

/// A reader of an XML part.
pub(super) struct Xml<B> {
    reader: Reader<B>,
    buffer: Vec<u8>,
    depth: usize,
}

/// An item of an XML part. Names are without their prefix.
pub(super) enum Item<'b> {
    Start(Element<'b>),
    End(String),
    Text(Cow<'b, str>),
}

/// A start tag.
pub(super) struct Element<'b>(BytesStart<'b>);

impl Element<'_> {
    /// Returns the name without its prefix.
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// Returns an attribute by its name without prefix. `prefixed` selects those with or without a prefix.
    pub(super) fn attribute(&self, name: &str, prefixed: bool) -> Result<Option<String>, ExtractionFailure> {
        for attribute in self.0.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| broken().with_detail(error))?;
            let (local, prefix) = attribute.key.decompose();
            if local.as_ref() == name && prefix.is_some() == prefixed {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                return Ok(Some(value.map_err(|error| broken().with_detail(error))?.into_owned()));
            }
        }
        Ok(None)
    }
}

impl<B: Bounded> Xml<B> {
    pub(super) fn new(part: B) -> Self {
        let mut reader = Reader::from_reader(part);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0 }
    }

    #[cfg(test)]
    pub(super) fn part(&mut self) -> &mut B {
        self.reader.get_mut()
    }

    /// Returns the next item, or `None` at the end of the part.
    ///
    /// # Errors
    /// Returns an error if the XML is not well formed, declares entities, is nested too deep, or the part exceeds a
    /// limit.
    pub(super) fn next(&mut self) -> Result<Option<Item<'_>>, ExtractionFailure> {
        self.buffer.clear();
        self.reader.get_mut().next_token();
        let event = loop {
            // `into_owned` is necessary, because the borrow checker takes the buffer for borrowed when the loop
            // continues.
            let event = self.reader.read_event_into(&mut self.buffer).map(Event::into_owned);
            match event {
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => self.buffer.clear(),
                Ok(event) => break event,
                Err(error) => {
                    return Err(match self.reader.get_ref().exceeded() {
                        Some(limit) => limit.into(),
                        None => broken().with_detail(error),
                    });
                }
            }
        };
        Ok(Some(match event {
            Event::Start(element) | Event::Empty(element) => {
                self.depth += 1;
                if self.depth > DEPTH {
                    return Err(Limit::Depth.into());
                }
                Item::Start(Element(element))
            }
            Event::End(element) => {
                self.depth = self.depth.saturating_sub(1);
                Item::End(element.local_name().into_inner().to_owned())
            }
            Event::Text(text) => Item::Text(text.xml10_content().into_owned().into()),
            Event::CData(text) => Item::Text(text.xml10_content().into_owned().into()),
            Event::GeneralRef(reference) => Item::Text(character(&reference)?.to_string().into()),
            Event::DocType(_) => return Err(damaged("its XML has a document type declaration")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Item::Text(Cow::Borrowed("")),
            Event::Eof if self.depth > 0 => return Err(broken()),
            Event::Eof => return Ok(None),
        }))
    }

    /// Skips the rest of the element that was started last.
    pub(super) fn skip(&mut self) -> Result<(), ExtractionFailure> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside && self.next()?.is_some() {}
        Ok(())
    }
}

/// Returns the character of a reference. Only the five predefined names are known: others need a declaration.
fn character(reference: &quick_xml::events::BytesRef<'_>) -> Result<char, ExtractionFailure> {
    if let Some(letter) = reference.resolve_char_ref().map_err(|error| broken().with_detail(error))? {
        return Ok(letter);
    }
    match reference.as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(damaged("its XML refers to an unknown entity")),
    }
}

/// Returns the failure for XML that is not well formed.
pub(super) fn broken() -> ExtractionFailure {
    damaged("its XML is not well formed")
}
