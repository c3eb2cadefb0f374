//! Documents of Word, PowerPoint and Excel.

use super::samples::{docx, package, relationships, word, xlsx, zip};
use super::{assert_invalid, extract};
use asst::extract::FailureCode;

fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")
}

#[test]
fn word_gives_headings_paragraphs_lists_and_tables() {
    let cell = |text: &str| format!("<w:tc><w:tcPr/>{}</w:tc>", paragraph(text));
    let body = [
        "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>Leave</w:t></w:r></w:p>",
        "<w:p><w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>You have </w:t></w:r>\
         <w:r><w:t>30 days &amp; more&#33;</w:t><w:br/><w:t>Ask</w:t><w:tab/><w:t>us</w:t></w:r></w:p>",
        "<w:p><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>first</w:t></w:r></w:p>",
        &format!("<w:tbl><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr></w:tbl>", cell("Name"), cell("Days"), cell(""), cell("30")),
        &paragraph("End"),
    ]
    .concat();
    let text = extract(&docx(&body), "handbook.docx").unwrap();
    assert_eq!(text, "Leave\n\nYou have 30 days & more!\nAsk\tus\n- first\n\nName\tDays\n\t30\n\nEnd");
}

#[test]
fn word_text_that_is_not_shown_is_left_out() {
    let body = [
        "<w:p><w:r><w:t>a</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>",
        "<w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom><w:r><w:instrText>PAGE</w:instrText></w:r>",
        "<w:ins><w:r><w:t>b</w:t></w:r></w:ins>",
        "<mc:AlternateContent><mc:Choice><w:r><w:t>c</w:t></w:r></mc:Choice>\
         <mc:Fallback><w:r><w:t>c</w:t></w:r></mc:Fallback></mc:AlternateContent>",
        "<w:r><w:ruby><w:rt><w:r><w:t>kana</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>d</w:t></w:r></w:rubyBase></w:ruby></w:r>",
        "<!-- comment --><w:r><w:t><![CDATA[<e>]]></w:t></w:r></w:p>",
    ];
    assert_eq!(extract(&docx(&body.concat()), "a.docx").unwrap(), "abcd<e>");
}

#[test]
fn word_notes_follow_the_text_and_any_part_may_be_the_main_one() {
    let related = relationships(&[("rId1", "footnotes", "footnotes.xml"), ("rId2", "endnotes", "/word/endnotes.xml")]);
    let notes = |text: &str| word("notes", &paragraph(text));
    let document = word("document", &format!("<w:body>{}</w:body>", paragraph("Text")));
    let (foot, end) = (notes("Foot"), notes("End"));
    let parts = [
        ("word/_rels/document2.xml.rels", related.as_str()),
        ("word/footnotes.xml", &foot),
        ("word/endnotes.xml", &end),
    ];
    assert_eq!(extract(&package("word/document2.xml", &document, &parts), "a.docx").unwrap(), "Text\n\nFoot\n\nEnd");
}

#[test]
fn slides_come_in_their_order_with_their_notes() {
    let slide = |text: &str| {
        format!(
            "<p:sld xmlns:p=\"p\" xmlns:a=\"a\"><p:sp><p:txBody><a:p><a:pPr><a:tabLst><a:tab/></a:tabLst></a:pPr>\
             <a:r><a:t>{text}</a:t></a:r><a:fld type=\"slidenum\"><a:t>7</a:t></a:fld></a:p></p:txBody></p:sp></p:sld>"
        )
    };
    let presentation = "<p:presentation xmlns:p=\"p\" xmlns:r=\"r\"><p:sldIdLst><p:sldId id=\"256\" r:id=\"rId9\"/>\
                        <p:sldId id=\"257\" r:id=\"rId1\"/></p:sldIdLst></p:presentation>";
    let order = relationships(&[("rId1", "slide", "slides/slide1.xml"), ("rId9", "slide", "slides/slide2.xml")]);
    let notes = relationships(&[("rId1", "notesSlide", "../notesSlides/notesSlide1.xml")]);
    let (first, second, note) = (slide("Old"), slide("New"), slide("Say hello"));
    let parts = [
        ("ppt/_rels/presentation.xml.rels", order.as_str()),
        ("ppt/slides/slide1.xml", &first),
        ("ppt/slides/slide2.xml", &second),
        ("ppt/slides/_rels/slide2.xml.rels", &notes),
        ("ppt/notesSlides/notesSlide1.xml", &note),
    ];
    let text = extract(&package("ppt/presentation.xml", presentation, &parts), "talk.pptx").unwrap();
    assert_eq!(text, "New\n\nSay hello\n\nOld");
}

#[test]
fn sheets_give_rows_with_tabs() {
    let strings = "<si><t>Name</t></si><si><r><t>Da</t></r><r><t>ys</t></r><rPh><t>kana</t></rPh></si>";
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>\
                <row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>Ada\nL</t></is></c><c r=\"D2\"><f>1+1</f><v>45292</v></c></row>\
                <row r=\"3\"><c r=\"B3\" t=\"b\"><v>1</v></c><c t=\"e\"><v>#REF!</v></c><c r=\"XFD3\" t=\"str\"><v>end</v></c></row>\
                <row><c><v>1.5</v></c><c t=\"s\"><v>99</v></c><c><v>2</v></c></row>";
    let text = extract(&xlsx(rows, strings), "days.xlsx").unwrap();
    assert_eq!(text, "Days\nName\tDays\nAda L\t\t\t45292\n\tTRUE\t#REF!\tend\n1.5\t\t2");
}

#[test]
fn a_document_without_text_is_invalid() {
    assert_invalid(&docx(&paragraph(" ")), "a.docx", "contains no text");
}

#[test]
fn an_archive_without_a_document_is_unsupported() {
    let odt = zip(&[("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "<a/>")]);
    for file in [odt, package("x/thing.xml", "<thing/>", &[])] {
        let failure = extract(&file, "a.docx").unwrap_err();
        assert_eq!(failure.code, FailureCode::UnsupportedFile, "{failure:?}");
    }
}

#[test]
fn a_missing_part_is_damage_and_not_less_text() {
    let sheet = "<workbook xmlns:r=\"r\"><sheet name=\"Gone\" r:id=\"rId1\"/></workbook>";
    let related = relationships(&[("rId1", "worksheet", "sheet1.xml")]);
    let parts = [("xl/_rels/workbook.xml.rels", related.as_str())];
    assert_invalid(&package("xl/workbook.xml", sheet, &parts), "a.xlsx", "no part `xl/sheet1.xml`");
    assert_invalid(&package("xl/workbook.xml", sheet, &[]), "a.xlsx", "relationship");
    let root = relationships(&[("rId1", "officeDocument", "word/document.xml")]);
    assert_invalid(&zip(&[("_rels/.rels", &root)]), "a.docx", "no part `word/document.xml`");
}
