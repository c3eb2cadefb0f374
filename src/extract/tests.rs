//! Tests of plain text and HTML: types, encodings, pieces, and failures.
#![allow(clippy::unwrap_used)]

use super::decode::decode;
use super::failure::{ExtractionFailure, FailureCode};
use super::html::Html;
use super::kind::DocumentKind;
use super::pieces::{PIECE, Pieces};
use super::{Extraction, ExtractionLimits, Input};
use proptest::prelude::*;
use std::io::{self, Read, Write};

/// A reader that returns its bytes in blocks of irregular sizes.
struct Trickle<'a> {
    bytes: &'a [u8],
    sizes: Vec<usize>,
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes.pop().unwrap_or(usize::MAX).clamp(1, buffer.len());
        self.bytes.read(&mut buffer[..size])
    }
}

fn text_of(bytes: &[u8]) -> Result<String, ExtractionFailure> {
    let mut text = String::new();
    decode(bytes, &mut |piece| {
        text.push_str(piece);
        Ok(())
    })?;
    Ok(text)
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(unit).collect()
}

/// Reads a file as the server does.
async fn extract(bytes: &[u8], name: &str, media_type: Option<&str>) -> Result<Vec<String>, ExtractionFailure> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let input = Input { file, name: name.to_owned(), media_type: media_type.map(str::to_owned) };
    let mut extraction = Extraction::start(input, ExtractionLimits::default());
    let mut pieces = Vec::new();
    while let Some(piece) = extraction.next().await {
        pieces.push(piece?);
    }
    Ok(pieces)
}

#[test]
fn utf8_and_utf16_with_a_byte_order_mark_are_decoded() {
    let text = "Urlaub für alle\r\n休暇 𝒳\n";
    assert_eq!(text_of(text.as_bytes()).unwrap(), text);
    assert_eq!(text_of(format!("\u{FEFF}{text}").as_bytes()).unwrap(), text);
    assert_eq!(text_of(&utf16(text, u16::to_le_bytes)).unwrap(), text);
    assert_eq!(text_of(&utf16(text, u16::to_be_bytes)).unwrap(), text);
}

#[test]
fn other_encodings_are_refused_with_their_position() {
    for (bytes, words) in [
        (&b"f\xFCr"[..], "byte 1 is 0xFC"),
        (b"\xEF\xBB\xBFab\xE4", "byte 5 is 0xE4"),
        (b"abc\xE4\xB8", "byte 3 is 0xE4"),
        (b"a\0b", "byte 1 of the file is zero"),
        (b"a\0b\0", "byte 1 of the file is zero"),
        (b"\xFF\xFEa\0\0\0", "byte 4 of the file is zero"),
        (b"\xFF\xFEa\0b", "odd number"),
        (b"\xFF\xFEa\0\x00\xD8", "half of a pair"),
        (b"\xFF\xFEa\0\x00\xDCb\0c\0", "byte 4 has half of a pair"),
        (b"\xFF\xFE\0\0a\0\0\0", "UTF-32"),
        (b"\0\0\xFE\xFF\0\0\0a", "UTF-32"),
    ] {
        let failure = text_of(bytes).unwrap_err();
        assert_eq!(failure.code, FailureCode::InvalidFile, "{bytes:?}");
        assert!(failure.message.contains(words), "{bytes:?}: {failure}");
    }
}

#[test]
fn the_position_of_an_error_counts_all_blocks() {
    let mut bytes = "ä".repeat(100_000).into_bytes();
    bytes.push(0xFF);
    assert!(text_of(&bytes).unwrap_err().message.contains("byte 200000 is 0xFF"));
    let mut wide = utf16(&"𝒳".repeat(50_000), u16::to_le_bytes);
    wide.extend([0, 0]);
    assert!(text_of(&wide).unwrap_err().message.contains("byte 200002 of the file is zero"));
}

#[test]
fn the_extension_states_the_type_and_the_content_corrects_it() {
    let zip = b"PK\x03\x04\0\0\0\0";
    let compound = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0";
    for (name, media_type, head, expected) in [
        ("a.md", None, &b"# Title"[..], Ok(DocumentKind::Text)),
        ("A.HTML", None, b"hello", Ok(DocumentKind::Html)),
        ("Makefile", None, b"all:\n", Ok(DocumentKind::Text)),
        ("a.unknown", None, b"words", Ok(DocumentKind::Text)),
        ("a", Some("text/html; charset=utf-8"), b"words", Ok(DocumentKind::Html)),
        ("a", None, b"\n<!DOCTYPE HTML><p>", Ok(DocumentKind::Html)),
        ("a.txt", Some("text/html"), b"<html>", Ok(DocumentKind::Text)),
        ("a.php", None, b"<html><?php", Ok(DocumentKind::Text)),
        ("a.pdf", None, b"%PDF-1.7", Ok(DocumentKind::Pdf)),
        ("a.pdf", None, b"\0\x01garbage%PDF-1.7", Ok(DocumentKind::Pdf)),
        ("a.pdf", None, b"only text", Ok(DocumentKind::Text)),
        ("a.pdf", None, b"<html>not found</html>", Ok(DocumentKind::Html)),
        ("a.pdf", None, zip, Ok(DocumentKind::Office)),
        ("a.pdf", None, b"\x01\0", Err(FailureCode::InvalidFile)),
        ("report", None, b"%PDF-1.7", Ok(DocumentKind::Pdf)),
        ("a.docx", None, zip, Ok(DocumentKind::Office)),
        ("a.docx", None, b"%PDF-1.7", Ok(DocumentKind::Pdf)),
        ("a.docx", None, b"\x01\0", Err(FailureCode::InvalidFile)),
        ("a.docx", None, compound, Err(FailureCode::InvalidFile)),
        ("a", None, compound, Err(FailureCode::UnsupportedFile)),
        ("a.doc", None, compound, Err(FailureCode::UnsupportedFile)),
        ("a.png", Some("text/plain"), b"words", Err(FailureCode::UnsupportedFile)),
        ("a.zip", None, zip, Err(FailureCode::UnsupportedFile)),
        ("a.blob", None, b"\x01\0", Err(FailureCode::UnsupportedFile)),
        // The decoder refuses these as `invalid_file`.
        ("a.txt", None, b"\x01\0", Ok(DocumentKind::Text)),
        ("a", Some("text/plain"), b"\x01\0", Ok(DocumentKind::Text)),
        ("a.txt", None, b"", Err(FailureCode::InvalidFile)),
        ("folder.d/.txt", None, b"\x01\0", Err(FailureCode::UnsupportedFile)),
    ] {
        let found = DocumentKind::detect(name, media_type, head).map_err(|failure| failure.code);
        assert_eq!(found, expected, "{name} {media_type:?} {head:?}");
    }
}

#[test]
fn the_error_for_an_unsupported_type_names_supported_ones() {
    let failure = DocumentKind::detect("report.xls", None, b"x").unwrap_err();
    assert_eq!(failure.message, "The type of the file `report.xls` is not supported. Expected XLSX or CSV.");
}

#[tokio::test]
async fn text_arrives_in_pieces_of_bounded_size() {
    let text = "Ünïcödé words. ".repeat(20_000);
    let pieces = extract(text.as_bytes(), "a.txt", None).await.unwrap();
    assert!(pieces.len() > 3 && pieces.iter().all(|piece| piece.len() <= PIECE));
    assert_eq!(pieces.concat(), text);
}

#[tokio::test]
async fn a_file_without_text_is_invalid() {
    for (bytes, name) in
        [(&b""[..], "a.txt"), (b" \r\n\t", "a.md"), (b"<p> </p>", "a.html"), (b"\xEF\xBB\xBF", "a.txt")]
    {
        let failure = extract(bytes, name, None).await.unwrap_err();
        assert_eq!(failure.code.as_str(), "invalid_file", "{name} {bytes:?}");
    }
}

#[tokio::test]
async fn a_failure_after_pieces_is_reported_and_ends_the_text() {
    let mut bytes = "words ".repeat(100_000).into_bytes();
    bytes.push(0);
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bytes).unwrap();
    let mut extraction =
        Extraction::start(Input { file, name: "a.txt".to_owned(), media_type: None }, ExtractionLimits::default());
    let mut failures = Vec::new();
    while let Some(piece) = extraction.next().await {
        failures.extend(piece.err());
    }
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert!(failures[0].message.contains("byte 600000 of the file is zero"));
    assert!(extraction.next().await.is_none());
}

#[test]
fn the_limit_on_text_is_a_failure() {
    let mut emit = |_| Ok(());
    let mut pieces = Pieces::new(2 << 20, &mut emit);
    pieces.push(&"x".repeat(2 << 20)).unwrap();
    assert_eq!(pieces.push("x").unwrap_err().message, "The text of the file exceeds the limit of 2 MiB.");
}

proptest! {
    #[test]
    fn any_division_into_blocks_gives_the_same_text(
        text in any::<String>(),
        sizes in prop::collection::vec(1usize..9, 0..200),
        wide in any::<bool>(),
    ) {
        let text = text.replace('\0', "");
        let bytes = if wide { utf16(&text, u16::to_be_bytes) } else { text.clone().into_bytes() };
        let mut found = String::new();
        decode(Trickle { bytes: &bytes, sizes }, &mut |piece| { found.push_str(piece); Ok(()) }).unwrap();
        prop_assert_eq!(found, text.strip_prefix('\u{FEFF}').filter(|_| !wide).unwrap_or(&text));
    }

    #[test]
    fn no_bytes_cause_a_panic_of_the_decoder(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        mark in prop::sample::select(vec![&b""[..], b"\xFF\xFE", b"\xFE\xFF", b"\xEF\xBB\xBF"]),
        sizes in prop::collection::vec(1usize..9, 0..200),
        name in ".{0,12}",
    ) {
        let bytes = [mark, &bytes].concat();
        let mut ignored = Ok(());
        let _ = decode(Trickle { bytes: &bytes, sizes }, &mut |_| ignored.clone());
        ignored = Err(ExtractionFailure::invalid("stop"));
        prop_assert_eq!(decode(&bytes[..], &mut |_| ignored.clone()).is_err(), true);
        let _ = DocumentKind::detect(&name, Some(&name), &bytes);
    }

    #[test]
    fn html_in_parts_gives_the_same_text_as_the_whole(
        parts in prop::collection::vec(prop::sample::select(vec![
            "<", ">", "</", "<p>", "<td>", "<tr>", "<li>", "<script>", "</script", "</SCRIPT >", "<!--", "-->", "--!>", "<!", "<?x",
            "&amp", ";", "&#x4", "1;", "&#0;", "&", "text", " ", "\n", "é", "'", "\"", "=", "/", "<pre>", "</pre>", "<a b=\"",
        ]), 0..60),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let document = parts.concat();
        let whole = html_of(&[&document]);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| document.floor_char_boundary(cut.index(document.len() + 1))).collect();
        cuts.extend([0, document.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&str> = cuts.windows(2).map(|pair| &document[pair[0]..pair[1]]).collect();
        prop_assert_eq!(html_of(&pieces), whole);
    }
}

fn html_of(parts: &[&str]) -> String {
    let mut text = String::new();
    let mut emit = |piece: String| {
        text.push_str(&piece);
        Ok(())
    };
    let mut pieces = Pieces::new(u64::MAX, &mut emit);
    let mut html = Html::new(&mut pieces);
    parts.iter().for_each(|part| html.feed(part).unwrap());
    html.finish().unwrap();
    let _ = pieces.finish("");
    text
}
