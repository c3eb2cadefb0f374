//! Reads the documents of Word, PowerPoint and Excel: ZIP archives of XML parts.
//!
//! Every part is read as a stream within the limits of `limits`. The memory of the ZIP reader and the XML parser is
//! limited by the worker process.

mod limits;
mod package;
mod paragraphs;
mod references;
mod relationships;
#[cfg(test)]
mod tests;
mod workbook;
mod xml;

use super::failure::ExtractionFailure;
use super::flow::Flow;
use super::pieces::Pieces;
use package::Package;
use relationships::Relationships;
use std::io::{Read, Seek};

/// Reads the text of a document.
///
/// # Errors
/// Returns an error if the archive has no document of a known type, or it is damaged, encrypted, or beyond a limit.
pub(super) fn read(file: impl Read + Seek, pieces: &mut Pieces<'_>) -> Result<(), ExtractionFailure> {
    let mut package = Package::open(file)?;
    let mut flow = Flow::new(pieces);
    let root = Relationships::of(&mut package, "")?;
    let main = root.first("/officeDocument").ok_or_else(unknown)?.to_owned();
    let element = references::root_element(&mut package, &main)?;
    match element.as_str() {
        "document" => document(&mut package, &main, &mut flow),
        "presentation" => presentation(&mut package, &main, &mut flow),
        "workbook" => workbook::read(&mut package, &main, &mut flow),
        _ => Err(unknown()),
    }
}

/// Reads a document of Word: its text, then its footnotes and endnotes.
fn document<R: Read + Seek>(
    package: &mut Package<R>,
    main: &str,
    flow: &mut Flow<'_, '_>,
) -> Result<(), ExtractionFailure> {
    let related = Relationships::of(package, main)?;
    paragraphs::read(&mut package.xml(main)?, flow)?;
    for kind in ["/footnotes", "/endnotes"] {
        if let Some(notes) = related.first(kind) {
            flow.blank();
            paragraphs::read(&mut package.xml(notes)?, flow)?;
        }
    }
    Ok(())
}

/// Reads the slides of a presentation in their order, each with its notes.
fn presentation<R: Read + Seek>(
    package: &mut Package<R>,
    main: &str,
    flow: &mut Flow<'_, '_>,
) -> Result<(), ExtractionFailure> {
    let related = Relationships::of(package, main)?;
    for slide in references::references(package, main, "sldId")? {
        let slide = related.target(&slide.relationship)?.to_owned();
        flow.blank();
        paragraphs::read(&mut package.xml(&slide)?, flow)?;
        let notes = Relationships::of(package, &slide)?;
        if let Some(notes) = notes.first("/notesSlide") {
            flow.blank();
            paragraphs::read(&mut package.xml(notes)?, flow)?;
        }
    }
    Ok(())
}

fn unknown() -> ExtractionFailure {
    ExtractionFailure::unsupported("The file is a ZIP archive without a document of Word, PowerPoint or Excel.")
}
