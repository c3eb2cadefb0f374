//! Files that are made to exhaust memory, time, or the stack.

use super::samples::{docx, package, pdf, pdf_with, relationships, stored, stream, word, xlsx, zip};
use super::{assert_invalid, extract, extract_within, limits};
use asst::extract::FailureCode;
use std::io::Write;
use std::time::{Duration, Instant};

/// Replaces the bytes at an offset within every header of the central directory.
fn patch_directory(mut archive: Vec<u8>, offset: usize, bytes: &[u8], only: impl Fn(usize) -> bool) -> Vec<u8> {
    let headers: Vec<usize> = memchr::memmem::find_iter(&archive, b"PK\x01\x02").collect();
    for (_, header) in headers.into_iter().enumerate().filter(|(number, _)| only(*number)) {
        archive[header + offset..header + offset + bytes.len()].copy_from_slice(bytes);
    }
    archive
}

fn text(content: &str) -> String {
    format!("<w:p><w:r><w:t>{content}</w:t></w:r></w:p>")
}

#[test]
fn a_zip_bomb_is_refused_by_its_ratio() {
    let bomb = docx(&text("bomb ").repeat(400_000));
    assert!(bomb.len() < 200_000, "{}", bomb.len());
    assert_invalid(&bomb, "a.docx", "200 times its compressed size");
}

#[test]
fn a_claim_of_4_gb_in_a_header_is_refused() {
    let claim = patch_directory(docx(&text("a")), 24, &0xFFFF_FFF0_u32.to_le_bytes(), |_| true);
    assert_invalid(&claim, "a.docx", "more than 64 MiB");
}

#[test]
fn overlapping_and_repeated_entries_are_refused() {
    let overlapping = patch_directory(docx(&text("a")), 42, &0_u32.to_le_bytes(), |_| true);
    assert_invalid(&overlapping, "a.docx", "overlap");
    let long = patch_directory(docx(&text("a")), 20, &100_000_u32.to_le_bytes(), |number| number == 0);
    assert_invalid(&long, "a.docx", "overlap");
    let mut twice = zip(&[("a.xml", "1"), ("b.xml", "2")]);
    while let Some(at) = memchr::memmem::find(&twice, b"b.xml") {
        twice[at] = b'a';
    }
    assert_invalid(&twice, "a.docx", "overlap");
}

#[test]
fn an_archive_with_too_many_entries_is_refused() {
    let names: Vec<String> = (0..10_001).map(|number| number.to_string()).collect();
    let parts: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert_invalid(&stored(&parts), "a.docx", "more than 10000 parts");
    // The claim alone allocates nothing that exceeds the memory of the worker.
    let mut claim = zip(&[("a", "")]);
    let end = claim.len() - 22;
    claim[end + 8..end + 12].copy_from_slice(&[0xFE, 0xFF, 0xFE, 0xFF]);
    assert_invalid(&claim, "a.docx", "damaged");
}

#[test]
fn an_encrypted_part_is_named() {
    let file = patch_directory(docx(&text("a")), 8, &[1, 0], |_| true);
    assert_invalid(&file, "a.docx", "encrypted with a password");
}

#[test]
fn entities_are_not_expanded() {
    let laughs = "<!DOCTYPE w:document [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    let document = format!("<?xml version=\"1.0\"?>{laughs}<w:document xmlns:w=\"w\">{}</w:document>", text("&b;"));
    assert_invalid(&package("word/document.xml", &document, &[]), "a.docx", "document type declaration");
    assert_invalid(&docx(&text("&b;")), "a.docx", "unknown entity");
}

#[test]
fn xml_that_is_not_well_formed_is_damage() {
    for body in ["<w:p>", "</w:p>", "<w:p></w:q>", "<w:p", "\u{1}<w:p w:a=>", "<w:p><w:r><w:t>a"] {
        assert_invalid(&docx(body), "a.docx", "damaged");
    }
    let bytes = zip(&[("_rels/.rels", "\u{FEFF}<Relationships>")]);
    assert_invalid(&bytes, "a.docx", "not well formed");
}

#[test]
fn deep_nesting_is_refused() {
    let deep = |levels: usize| docx(&format!("{}x{}", "<w:p>".repeat(levels), "</w:p>".repeat(levels)));
    assert_invalid(&deep(300), "a.docx", "nested too deep");
    assert_invalid(&deep(100_000), "a.docx", "nested too deep");
    let arrays = format!("BT /F1 9 Tf (before) Tj ET {} {}", "[".repeat(200_000), "]".repeat(200_000));
    let _ = extract(&pdf(arrays.as_bytes()), "a.pdf"); // Any result will do, but no crash of this process.
}

#[test]
fn a_text_without_end_is_refused() {
    let long: String = (0..1_300_000).map(|number| format!("{number:07}")).collect();
    let document = word("document", &text(&long));
    let root = relationships(&[("rId1", "officeDocument", "word/document.xml")]);
    let file = stored(&[("_rels/.rels", &root), ("word/document.xml", &document)]);
    assert_invalid(&file, "a.docx", "more than 8 MiB");
}

#[test]
fn a_shared_string_cannot_multiply_the_text() {
    let string = format!("<si><t>{}</t></si>", "many words ".repeat(2_000));
    let rows = format!("<row>{}</row>", "<c t=\"s\"><v>0</v></c>".repeat(1_000));
    assert_invalid(&xlsx(&rows, &string), "a.xlsx", "exceeds the limit of 16 MiB");
}

#[test]
fn a_claim_of_a_million_cells_costs_nothing() {
    let sheet =
        "<dimension ref=\"A1:XFD1048576\"/><row r=\"1048576\" spans=\"1:16384\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    assert_eq!(extract(&xlsx(sheet, ""), "a.xlsx").unwrap(), "Days\n\t1");
}

/// Returns a PDF file whose forms show each other, so that the number of operators is 8 to the power of 15.
pub(super) fn endless_pdf() -> Vec<u8> {
    let form = |next: usize| {
        let entries =
            format!("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X {next} 0 R >> >>");
        stream(&entries, &b"/X Do ".repeat(8))
    };
    let forms: Vec<Vec<u8>> = (0..15).map(|number| form(6 + number)).chain([stream("", b"")]).collect();
    pdf_with("/XObject << /X 5 0 R >>", b"/X Do", &forms)
}

#[test]
fn a_pdf_that_takes_for_ever_ends_at_the_time_limit() {
    let mut limits = limits();
    limits.time = Duration::from_millis(300);
    let start = Instant::now();
    let failure = extract_within(&endless_pdf(), "a.pdf", limits).unwrap_err();
    assert_eq!(
        (failure.code, failure.message.as_str()),
        (FailureCode::InvalidFile, "Reading the document took longer than 0.3 s.")
    );
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn forms_within_forms_are_limited() {
    let form = |next: usize| {
        let entries = format!("/Subtype /Form /Resources << /XObject << /X {next} 0 R >> >>");
        stream(&entries, b"/X Do")
    };
    let chain: Vec<Vec<u8>> = (6..26).map(form).chain([stream("/Subtype /Form", b"")]).collect();
    assert_invalid(&pdf_with("/XObject << /X 5 0 R >>", b"/X Do", &chain), "a.pdf", "nested too deep");
    let own = form(5);
    assert_invalid(&pdf_with("/XObject << /X 5 0 R >>", b"/X Do", &[own]), "a.pdf", "The PDF");
}

#[cfg(unix)]
#[test]
fn a_pdf_that_needs_too_much_memory_ends_its_worker_only() {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let spaces = vec![b' '; 1 << 20];
    for _ in 0..64 {
        encoder.write_all(&spaces).unwrap();
    }
    let content = stream("/Filter /FlateDecode", &encoder.finish().unwrap());
    let bomb = super::samples::pdf_of(
        &[
            b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
            b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>".to_vec(),
            content,
        ],
        "",
    );
    let mut limits = limits();
    limits.memory = 128 << 20; // The debug build of the program takes most of it.
    let failure = extract_within(&bomb, "a.pdf", limits).unwrap_err();
    assert_eq!(failure.code, FailureCode::InvalidFile);
    assert!(failure.message.contains("needs too much memory"), "{failure:?}");
    assert!(failure.detail.is_some_and(|detail| detail.contains("signal")), "the detail names the signal");
}

#[test]
fn false_lengths_in_a_pdf_are_survived() {
    let whole = pdf(b"BT /F1 10 Tf (text) Tj ET");
    let text = String::from_utf8(whole).unwrap();
    for (from, to) in
        [("/Length 25", "/Length 10000000000"), ("/Size 5", "/Size 9999999999"), ("0 5\n", "0 4000000000\n")]
    {
        assert!(text.contains(from), "{from}");
        let changed = text.replace(from, to);
        match extract(changed.as_bytes(), "a.pdf") {
            Ok(found) => assert_eq!(found, "text", "{to}"),
            Err(failure) => assert_eq!(failure.code, FailureCode::InvalidFile, "{to}: {failure:?}"),
        }
    }
    let widths = "/Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [<< /W [0 4294967295 500] >>]";
    let form =
        stream(&format!("/Subtype /Form /Resources << /Font << /F << {widths} >> >> >>"), b"BT /F 9 Tf <0041> Tj ET");
    assert_invalid(&pdf_with("/XObject << /X 5 0 R >>", b"/X Do", &[form]), "a.pdf", "no Unicode value");
}

#[test]
fn a_word_part_is_not_read_as_another_root() {
    let file = package("word/document.xml", &word("workbook", "<w:sheet/>"), &[]);
    assert_invalid(&file, "a.docx", "no text");
}
