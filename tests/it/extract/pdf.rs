//! PDF files: text, lines, fonts, and files that cannot be read.

use super::samples::{pdf, pdf_of, pdf_with, stream};
use super::{assert_invalid, extract, extract_within, limits};
use asst::extract::FailureCode;

fn text_of(content: &str) -> String {
    extract(&pdf(content.as_bytes()), "a.pdf").unwrap()
}

#[test]
fn lines_words_and_paragraphs_come_from_positions() {
    for (content, expected) in [
        (
            "BT /F1 10 Tf 50 700 Td (Leave) Tj 0 -12 Td (You have) Tj 0 -30 Td (30 days) Tj ET",
            "Leave\nYou have\n\n30 days",
        ),
        ("BT /F1 10 Tf 12 TL (a) Tj T* (b) Tj (c) ' 0 0 (d) \" ET", "a\nb\nc\nd"),
        ("BT /F1 10 Tf [(wo) 20 (rd) -400 (next)] TJ ET", "word next"),
        ("BT /F1 10 Tf (a) Tj ET BT /F1 10 Tf 1 0 0 1 100 0 Tm (b) Tj ET", "a b"),
        ("BT /F1 10 Tf (x) Tj 5 3 Td (2) Tj ET", "x2"),
        ("BT /F1 10 Tf (bold) Tj ET BT /F1 10 Tf 0.2 0 Td (X) Tj ET", "bold\nX"),
        ("BT /F1 10 Tf (X) Tj 0.3 0 Td (X) Tj ET", "X"),
        ("q 0 1 -1 0 0 0 cm BT /F1 10 Tf (turned) Tj 0 -12 Td (text) Tj ET Q", "turned\ntext"),
        ("BT /F1 10 Tf (caf\\351 \\(x\\) \\200) Tj ET", "café (x) €"),
        ("BT /F1 1 Tf 10 0 0 10 0 0 Tm 5 Tw (a b) Tj ET", "a b"),
    ] {
        assert_eq!(text_of(content), expected, "{content}");
    }
}

#[test]
fn predefined_chinese_maps_are_read_without_a_font_or_a_unicode_map() {
    let codes: String = "电子发票 G342".encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    assert_eq!(text_of(&format!("BT /F2 12 Tf <{codes}> Tj ET")), "电子发票 G342");
}

#[test]
fn legacy_east_asian_maps_are_read() {
    for (encoding, ordering, codes, expected) in [
        ("GBK-EUC-H", "GB1", "B1B1BEA9", "北京"),
        ("ETen-B5-H", "CNS1", "A578A55F", "台北"),
        ("90ms-RKSJ-H", "Japan1", "938C8B9E41", "東京A"),
        ("KSCms-UHC-H", "Korea1", "BCADBFEF", "서울"),
        ("90ms-RKSJ-V", "Japan1", "938C8B9E", "東京"),
        ("Identity-H", "Japan1", "00220023", "AB"),
    ] {
        let font = format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /{encoding} /DescendantFonts [ << /Type /Font /Subtype \
             /CIDFontType0 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering ({ordering}) /Supplement 0 >> >> ] >>"
        );
        let page = "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>";
        let file = pdf_of(
            &[
                b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
                b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
                page.as_bytes().to_vec(),
                stream("", format!("BT /F1 12 Tf <{codes}> Tj ET").as_bytes()),
                font.into_bytes(),
            ],
            "",
        );
        assert_eq!(extract(&file, "a.pdf").as_deref(), Ok(expected), "{encoding}");
    }
}

/// Returns a PDF file whose font `F9` has these entries, and a page that shows `text` with it.
fn with_font(entries: &str, text: &str, objects: &[Vec<u8>]) -> Vec<u8> {
    let form = "/XObject << /Form 5 0 R >>";
    let font =
        format!("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F9 << {entries} >> >> >>");
    let content = format!("BT /F9 10 Tf {text} Tj ET");
    let objects = [&[stream(&font, content.as_bytes())], objects].concat();
    pdf_with(form, b"/Form Do", &objects)
}

#[test]
fn glyph_names_and_unicode_maps_give_the_text() {
    let map = b"1 begincodespacerange <00> <FF> endcodespacerange 2 beginbfchar <41> <0416> <42> <00660069> endbfchar \
                1 beginbfrange <50> <52> <03B1> endbfrange";
    let program = b"%!PS-AdobeFont-1.0: X\n/Encoding 256 array\ndup 65 /Gamma put\ndup 66 /uni00E4 put\neexec\x80\xFF";
    for (entries, text, expected) in [
        (
            "/Subtype /Type1 /BaseFont /X /Encoding << /Differences [65 /a /eacute /f_i /u1F600 /B.alt] >>",
            "(ABCDE)",
            "aéfi😀B",
        ),
        ("/Subtype /Type1 /BaseFont /Symbol", "(abG)", "αβΓ"),
        ("/Subtype /Type1 /BaseFont /ZapfDingbats", "(4)", "✔"),
        ("/Subtype /Type1 /BaseFont /X /Encoding /MacRomanEncoding", "(\\212)", "ä"),
        ("/Subtype /Type1 /BaseFont /X", "(it's \\341)", "it’s Æ"),
        ("/Subtype /TrueType /BaseFont /X", "(it's \\344)", "it's ä"),
        ("/Subtype /Type1 /BaseFont /X /ToUnicode 6 0 R", "(ABCPR)", "ЖfiCαγ"),
        ("/Subtype /Type1 /BaseFont /X /FontDescriptor << /FontFile 7 0 R >>", "(ABC)", "ΓäC"),
        ("/Subtype /Type3 /FontMatrix [0.1 0 0 0.1 0 0] /Encoding << /Differences [1 /h /i] >>", "(\\001\\002)", "hi"),
    ] {
        let file = with_font(entries, text, &[stream("", map), stream("", program)]);
        assert_eq!(extract(&file, "a.pdf").as_deref(), Ok(expected), "{entries}");
    }
}

#[test]
fn widths_of_the_font_separate_words() {
    let narrow = "/Subtype /Type1 /BaseFont /X /FirstChar 65 /Widths [200 200]";
    let wide = "/Subtype /Type1 /BaseFont /X /FirstChar 65 /Widths [800 800]";
    let text = "(A) Tj 8 0 Td (B)";
    assert_eq!(extract(&with_font(narrow, text, &[]), "a.pdf").unwrap(), "A B");
    assert_eq!(extract(&with_font(wide, text, &[]), "a.pdf").unwrap(), "AB");
}

#[test]
fn hebrew_is_given_in_reading_order() {
    let map = b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <41> <5A> <05D0> endbfrange";
    let font = "/Subtype /Type1 /BaseFont /X /ToUnicode 6 0 R";
    // From left to right: the last letter of the last word comes first.
    let file = with_font(font, "[(BA) -500 (DC)] TJ ( 12)", &[stream("", map)]);
    assert_eq!(extract(&file, "a.pdf").unwrap(), "\u{5D2}\u{5D3} \u{5D0}\u{5D1} 12");
}

#[test]
fn form_fields_and_forms_are_part_of_the_page() {
    let appearance = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 99 20] /Resources << /Font << /F << /Subtype \
                             /Type1 /BaseFont /Helvetica >> >> >>",
        b"BT /F 9 Tf (Ada) Tj ET",
    );
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Annots [<< /Subtype /Widget /AP << /N 5 0 R >> >> << /F 2 /AP << /N \
          5 0 R >> >> << /AS /On /AP << /N << /On 5 0 R >> >> >>] /Resources << /Font << /F1 << /Subtype /Type1 /BaseFont \
          /Helvetica >> >> >> >>"
            .to_vec(),
        stream("", b"BT /F1 9 Tf (Name) Tj ET"),
        appearance,
    ];
    assert_eq!(extract(&pdf_of(&objects, ""), "form.pdf").unwrap(), "Name\n\nAda\n\nAda");
}

#[test]
fn a_password_is_named() {
    let encrypt =
        format!("/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{0}> /U <{0}> >> /ID [<00> <00>]", "5A".repeat(32));
    let file =
        pdf_of(&[b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(), b"<< /Type /Pages /Kids [] >>".to_vec()], &encrypt);
    assert_invalid(&file, "a.pdf", "encrypted with a password");
    let unknown = "/Encrypt << /Filter /Other /V 9 /R 9 >> /ID [<00> <00>]";
    let file =
        pdf_of(&[b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(), b"<< /Type /Pages /Kids [] >>".to_vec()], unknown);
    assert_invalid(&file, "a.pdf", "encrypted");
}

#[test]
fn a_page_without_text_and_a_page_without_unicode_are_invalid() {
    assert_invalid(&pdf(b"0 0 m 10 10 l S"), "scan.pdf", "text recognition");
    assert_invalid(&pdf(b"BT /Unknown 10 Tf (abc) Tj ET"), "a.pdf", "no Unicode value");
    let names = "/Subtype /Type1 /BaseFont /X /Encoding << /Differences [65 /g17 /g18] >>";
    assert_invalid(&with_font(names, "(AB)", &[]), "a.pdf", "no Unicode value");
}

#[test]
fn a_damaged_file_is_invalid_and_not_less_text() {
    let whole = pdf(b"BT /F1 10 Tf (text) Tj ET");
    for cut in [20, whole.len() / 2, whole.len() - 10] {
        assert_invalid(&whole[..cut], "a.pdf", "cut off");
    }
    // Trailing bytes are no damage.
    assert_eq!(extract(&[&whole[..], b"\0\0<html>"].concat(), "a.pdf").unwrap(), "text");
    let pages = b"<< /Type /Pages /Kids [3 0 R 9 0 R] /Count 2 >>".to_vec();
    let page = b"<< /Type /Page /Parent 2 0 R >>".to_vec();
    let missing = pdf_of(&[b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(), pages, page], "");
    assert_invalid(&missing, "a.pdf", "pages are missing");
    let broken = pdf_of(
        &[
            b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
            b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>".to_vec(),
            stream("/Filter /FlateDecode", b"this is not compressed"),
        ],
        "",
    );
    assert_invalid(&broken, "a.pdf", "cannot be decoded to its end");
    assert_invalid(b"%PDF-1.7\nnothing else\n%%EOF", "a.pdf", "damaged");
}

#[test]
fn the_limit_on_text_holds() {
    let content = format!("BT /F1 10 Tf ({}) Tj ET", "words ".repeat(30_000));
    let mut limits = limits();
    limits.text = 100_000;
    let failure = extract_within(&pdf(content.as_bytes()), "a.pdf", limits).unwrap_err();
    assert_eq!(failure.code, FailureCode::InvalidFile);
    assert!(failure.message.contains("exceeds the limit"), "{failure}");
}
