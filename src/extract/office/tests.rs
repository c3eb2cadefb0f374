//! Property tests of the reader of documents: no bytes cause a panic.

use super::read;
use crate::extract::pieces::Pieces;
use crate::extract::samples::{docx, xlsx};
use proptest::prelude::*;
use std::io::Cursor;

fn text(bytes: Vec<u8>) {
    let mut emit = |_| Ok(());
    let mut pieces = Pieces::new(1 << 20, &mut emit);
    let _ = read(Cursor::new(bytes), &mut pieces);
}

proptest! {
    #[test]
    fn changed_bytes_of_an_archive_cause_no_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
        is_sheet in any::<bool>(),
    ) {
        let mut bytes = if is_sheet {
            xlsx("<row><c r=\"B2\" t=\"s\"><v>0</v></c></row>", "<si><t>text</t></si>")
        } else {
            docx("<w:p><w:r><w:t>text</w:t></w:r></w:p>")
        };
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        text(bytes.clone());
        bytes.truncate(cut.index(bytes.len()));
        text(bytes);
    }

    #[test]
    fn no_order_of_elements_causes_a_panic(
        parts in prop::collection::vec(prop::sample::select(vec![
            "<w:p>", "</w:p>", "<w:tc>", "</w:tc>", "<w:tr/>", "<w:tbl>", "</w:tbl>", "<w:t>x</w:t>", "<mc:Fallback>",
            "</mc:Fallback>", "<w:pPr>", "</w:pPr>", "<w:numPr/>", "<w:r>", "</w:r>", "<w:tab/>", "<c r=\"A9\">", "</c>", "<v>1</v>",
            "<row>", "</row>", "&amp;", "&#0;", "&#xFFFFFFFF;", "<c r=\"ZZZZ\" t=\"s\"/>", "<v>99999999999999999999</v>", "<!---->",
        ]), 0..40),
        is_sheet in any::<bool>(),
    ) {
        let content = parts.concat();
        text(if is_sheet { xlsx(&content, "<si/><t>") } else { docx(&content) });
    }
}
