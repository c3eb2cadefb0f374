//! Tests of the parts of the PDF reader, and property tests: no content causes a panic.
#![allow(clippy::unwrap_used)]

use super::encoding::GlyphNames;
use super::read_bytes;
use crate::extract::pieces::Pieces;
use crate::extract::samples::{pdf, pdf_with, stream};
use proptest::prelude::*;

fn text(bytes: Vec<u8>) -> Option<String> {
    let mut text = String::new();
    let mut emit = |piece: String| {
        text += &piece;
        Ok(())
    };
    let mut pieces = Pieces::new(1 << 20, &mut emit);
    read_bytes(bytes, &mut pieces).and_then(|()| pieces.finish("empty")).ok()?;
    Some(text)
}

#[test]
fn glyph_names_have_one_meaning() {
    let names = GlyphNames::default();
    for (name, expected) in [
        ("A", Some("A")),
        ("eacute", Some("é")),
        ("afii10017", Some("А")),
        ("f_f_i", Some("ffi")),
        ("uni0041", Some("A")),
        ("uni00410042", Some("AB")),
        ("u1F600", Some("😀")),
        ("a.swash", Some("a")),
        (".notdef", None),
        ("uniD800", None),
        ("uni004", None),
        ("uniäöü", None),
        ("u110000", None),
        ("a_unknown", None),
        ("g17", None),
        ("", None),
        ("_", None),
    ] {
        assert_eq!(names.text(name).as_deref(), expected, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_operators_causes_a_panic(
        parts in prop::collection::vec(prop::sample::select(vec![
            "BT", "ET", "/F1 10 Tf", "/F2 0 Tf", "/F9 1e38 Tf", "(text) Tj", "<4E2D> Tj", "<4E> Tj", "[(a) -1e30 (b) 7 /N] TJ", "q", "Q",
            "0 0 0 0 0 0 cm", "1e38 0 0 1e38 1e38 1e38 cm", "-1 0 0 -1 0 0 Tm", "0 -12 Td", "T*", "(x) '", "1 2 (y) \"", "1e30 Tc", "-5 Tw",
            "0 Tz", "/X Do", "/Y Do", "() Tj", "Tj", "[ (", "<<", "BI /W 1 ID x EI", "\\", "\0", ">>",
        ]), 0..40),
    ) {
        let form = stream("/Subtype /Form /Matrix [1 0 0 1 5 5]", b"BT /F1 9 Tf (form) Tj ET");
        let content = parts.join(" ");
        let _ = text(pdf_with("/XObject << /X 5 0 R /Y 99 0 R >>", content.as_bytes(), &[form]));
    }

    #[test]
    fn changed_bytes_cause_no_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = pdf(b"BT /F1 10 Tf (text) Tj /F2 9 Tf <4E2D6587> Tj ET");
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        let _ = text(bytes);
    }

    #[test]
    fn ascii_text_is_read_unchanged(words in prop::collection::vec("[a-zA-Z0-9]{1,8}", 1..8)) {
        let content = format!("BT /F1 10 Tf ({}) Tj ET", words.join(" "));
        prop_assert_eq!(text(pdf(content.as_bytes())), Some(words.join(" ")));
    }
}
