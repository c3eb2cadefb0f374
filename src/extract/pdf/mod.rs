//! Reads the text of PDF files. Runs in a worker only: the parser may panic, or exhaust memory or time.
//!
//! `hayro-syntax` parses the file, `hayro-cmap` the character maps, including the predefined ones for Chinese, Japanese
//! and Korean. The text operators, the encodings of fonts, and the layout are here.

mod content;
mod encoding;
mod font;
mod layout;
mod matrix;
mod stream;
#[cfg(test)]
mod tests;

use super::failure::ExtractionFailure;
use super::flow::Flow;
use super::pieces::Pieces;
use content::Interpreter;
use hayro_syntax::object::{Array, Dict, Name, Stream};
use hayro_syntax::page::{Page, Resources};
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use std::fs::File;
use std::io::Read;

/// Reads the text of a PDF file, page by page.
///
/// # Errors
/// Returns an error if the file is damaged, cut off, or encrypted with a password, or if most of its characters have no
/// Unicode value.
pub(super) fn read(mut file: File, pieces: &mut Pieces<'_>) -> Result<(), ExtractionFailure> {
    let size = file.metadata().map_err(ExtractionFailure::server)?.len();
    let mut data = Vec::new();
    let reserved = usize::try_from(size).is_ok_and(|size| data.try_reserve_exact(size).is_ok());
    if !reserved {
        return Err(ExtractionFailure::invalid(format!("A PDF of {} MiB is too large.", size >> 20)));
    }
    file.read_to_end(&mut data).map_err(ExtractionFailure::server)?;
    read_bytes(data, pieces)
}

/// Reads the text of a PDF file in memory.
pub(super) fn read_bytes(data: Vec<u8>, pieces: &mut Pieces<'_>) -> Result<(), ExtractionFailure> {
    if is_cut_off(&data) {
        return Err(ExtractionFailure::invalid("The PDF is cut off: its end is missing."));
    }
    let pdf = Pdf::new(data).map_err(unreadable)?;
    let pages = pdf.pages();
    if stated_pages(&pdf).is_some_and(|stated| stated > pages.len()) {
        return Err(damaged("pages are missing"));
    }
    let mut interpreter = Interpreter::new(Flow::new(pieces));
    for page in pages.iter() {
        interpreter.run(&content(page)?, page.resources())?;
        interpreter.end_block()?;
        annotations(page, &mut interpreter)?;
    }
    if interpreter.unknown > interpreter.known {
        return Err(ExtractionFailure::invalid(
            "Most characters of the PDF have no Unicode value: its fonts lack a `ToUnicode` map. Export it again, or use \
             text recognition.",
        ));
    }
    Ok(())
}

/// Returns `true` if the file ends within its objects. Like other readers, ignores bytes after the end marker.
fn is_cut_off(data: &[u8]) -> bool {
    match memchr::memmem::rfind(data, b"%%EOF") {
        Some(end) => memchr::memmem::find(data.get(end..).unwrap_or_default(), b" obj").is_some(),
        None => true,
    }
}

/// Returns the number of pages that the catalogue states.
fn stated_pages(pdf: &Pdf) -> Option<usize> {
    let catalogue = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
    let pages = catalogue.get::<Dict<'_>>("Pages")?;
    usize::try_from(pages.get::<i32>("Count")?).ok()
}

/// Returns the operators of a page.
fn content(page: &Page<'_>) -> Result<Vec<u8>, ExtractionFailure> {
    let dict = page.raw();
    let streams: Vec<Stream<'_>> = match dict.get::<Stream<'_>>("Contents") {
        Some(stream) => vec![stream],
        None => dict.get::<Array<'_>>("Contents").map(|array| array.iter().collect()).unwrap_or_default(),
    };
    let mut content = Vec::new();
    for stream in streams {
        content.extend_from_slice(&stream::decode(&stream)?);
        content.push(b'\n');
    }
    Ok(content)
}

/// Reads the appearance of the annotations of a page: the values of form fields, and text boxes.
fn annotations(page: &Page<'_>, interpreter: &mut Interpreter<'_, '_>) -> Result<(), ExtractionFailure> {
    const HIDDEN: u32 = 1 << 1 | 1 << 5;
    let Some(all) = page.raw().get::<Array<'_>>("Annots") else { return Ok(()) };
    for annotation in all.iter::<Dict<'_>>() {
        let is_hidden = annotation.get::<u32>("F").is_some_and(|flags| flags & HIDDEN != 0);
        let normal = annotation.get::<Dict<'_>>("AP").filter(|_| !is_hidden);
        let form = normal.and_then(|appearance| {
            appearance.get::<Stream<'_>>("N").or_else(|| {
                let state = annotation.get::<Name<'_>>("AS")?;
                appearance.get::<Dict<'_>>("N")?.get::<Stream<'_>>(state)
            })
        });
        if let Some(form) = form {
            interpreter.form(&form, &Resources::new(Dict::empty()))?;
            interpreter.end_block()?;
        }
    }
    Ok(())
}

fn unreadable(error: LoadPdfError) -> ExtractionFailure {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
            ExtractionFailure::invalid("The PDF is encrypted with a password. Save it without one.")
        }
        LoadPdfError::Decryption(error) => ExtractionFailure::invalid(
            "The PDF is encrypted in a way that is not supported. Save it without encryption.",
        )
        .with_detail(format!("{error:?}")),
        LoadPdfError::Invalid => damaged("its structure cannot be read"),
    }
}

fn damaged(why: &str) -> ExtractionFailure {
    ExtractionFailure::invalid(format!("The PDF is damaged: {why}."))
}
