//! Documents that the tests build: ZIP archives with XML parts, and PDF files.

use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const RELATIONSHIP: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Returns a ZIP archive with compressed entries.
pub(crate) fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    archive(parts, SimpleFileOptions::default())
}

/// Returns a ZIP archive with entries that are not compressed.
pub(crate) fn stored(parts: &[(&str, &str)]) -> Vec<u8> {
    archive(parts, SimpleFileOptions::default().compression_method(CompressionMethod::Stored))
}

fn archive(parts: &[(&str, &str)], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Returns a part with relationships, each an ID, the last word of its type, and its target.
pub(crate) fn relationships(all: &[(&str, &str, &str)]) -> String {
    let mut part = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Relationships>".to_owned();
    for (id, kind, target) in all {
        part += &format!("<Relationship Id=\"{id}\" Type=\"{RELATIONSHIP}/{kind}\" Target=\"{target}\"/>");
    }
    part + "</Relationships>"
}

/// Returns a package with a main part, and others.
pub(crate) fn package(main: &str, content: &str, others: &[(&str, &str)]) -> Vec<u8> {
    let root = relationships(&[("rId1", "officeDocument", main)]);
    zip(&[&[("_rels/.rels", root.as_str()), (main, content)], others].concat())
}

/// Returns a document of Word with this body.
pub(crate) fn docx(body: &str) -> Vec<u8> {
    package("word/document.xml", &word("document", &format!("<w:body>{body}</w:body>")), &[])
}

/// Returns a part of Word with this root element.
pub(crate) fn word(root: &str, content: &str) -> String {
    format!("<?xml version=\"1.0\"?><w:{root} xmlns:w=\"w\" xmlns:mc=\"mc\">{content}</w:{root}>")
}

/// Returns a workbook with one sheet of these rows, and shared strings.
pub(crate) fn xlsx(rows: &str, strings: &str) -> Vec<u8> {
    let related = relationships(&[
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId2", "sharedStrings", "/xl/sharedStrings.xml"),
    ]);
    let workbook =
        "<workbook xmlns:r=\"r\"><sheets><sheet name=\"Days\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let others = [
        ("xl/_rels/workbook.xml.rels", related.as_str()),
        ("xl/worksheets/sheet1.xml", &sheet),
        ("xl/sharedStrings.xml", &format!("<sst>{strings}</sst>")),
    ];
    package("xl/workbook.xml", workbook, &others)
}

/// The fonts of [`pdf`]: `F1` is Helvetica with WinAnsi, `F2` a Chinese font with a predefined map and no `ToUnicode`.
const FONTS: &str = "/F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> \
    /F2 << /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [ << /Type /Font \
    /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> \
    >> ] >>";

/// Returns a PDF file of one page with this content.
pub(crate) fn pdf(content: &[u8]) -> Vec<u8> {
    pdf_with("", content, &[])
}

/// Returns a PDF file of one page, with further resources and further objects, which are numbered from 5.
pub(crate) fn pdf_with(resources: &str, content: &[u8], objects: &[Vec<u8>]) -> Vec<u8> {
    let page = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << {FONTS} >> \
         {resources} >> >>"
    );
    let mut all = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        page.into_bytes(),
        stream("", content),
    ];
    all.extend_from_slice(objects);
    pdf_of(&all, "")
}

/// Returns a stream object with further entries in its dictionary.
pub(crate) fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("<< {entries} /Length {} >>\nstream\n", content.len());
    [head.as_bytes(), content, b"\nendstream"].concat()
}

/// Returns a PDF file of these objects, which are numbered from 1. The first is the catalogue.
pub(crate) fn pdf_of(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(objects) {
        table += &format!("{:010} 00000 n \n", file.len());
        file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let start = file.len();
    let size = objects.len() + 1;
    let end = format!("{table}trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n");
    file.extend_from_slice(end.as_bytes());
    file
}
