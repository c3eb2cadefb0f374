//! Tests of the printer through its public interface.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::ui::{Coloring, is_unsafe};
use crate::view::Col;
use proptest::prelude::*;
use serde_json::json;
use unicode_width::UnicodeWidthStr as _;

const COLUMNS: &[Col] =
    &[Col::id("id"), Col::text("name", "name"), Col::count("tools", "tools"), Col::time("created", "created_at")];
const NOW: i64 = 1_700_000_000;

fn options(format: Format, cardinality: Cardinality, target: OutputTarget) -> PrinterOptions {
    let now = Timestamp::from_second(NOW).unwrap();
    PrinterOptions {
        format,
        columns: Column::defaults(COLUMNS),
        cardinality,
        target,
        header: Header::Hidden,
        line_end: LineEnd::Lf,
        jq: None,
        now,
    }
}

const fn terminal(width: usize) -> OutputTarget {
    OutputTarget::Terminal { width, paint: Coloring::Plain }
}

fn print(options: PrinterOptions, items: &[Value]) -> Result<String, ViewError> {
    let mut printer = Printer::new(options);
    let mut text = printer.page(items)?;
    text.push_str(&printer.end()?);
    Ok(text)
}

fn many(format: Format, target: OutputTarget, items: &[Value]) -> String {
    print(options(format, Cardinality::Many, target), items).unwrap()
}

fn two() -> [Value; 2] {
    [
        json!({"id": "asst_1", "object": "assistant", "name": "a\tb\u{1b}[31m\n日本", "tools": [{}, {}], "created_at": NOW - 200}),
        json!({"id": "asst_22", "name": null, "created_at": "soon", "new": {"z": 1, "a": 2}}),
    ]
}

#[test]
fn table_on_a_terminal_has_aligned_columns() {
    let expected = "\
ID       NAME        TOOLS  CREATED
asst_1   a b[31m …       2  3m
asst_22  -               -  soon
";
    assert_eq!(many(Format::Table, terminal(35), &two()), expected);
    let narrow = "\
ID       NAME          TOOLS
asst_1   a b[31m 日本      2
asst_22  -                 -
";
    assert_eq!(many(Format::Table, terminal(30), &two()), narrow);
    assert_eq!(many(Format::Table, terminal(80), &[]), "");
}

#[test]
fn only_the_header_is_coloured() {
    let target = OutputTarget::Terminal { width: 80, paint: Coloring::Colored };
    let text = many(Format::Table, target, &two());
    assert!(text.starts_with("\u{1b}[1mID ") && text.matches('\u{1b}').count() == 2, "{text}");
}

#[test]
fn table_in_a_pipe_has_tabs_and_whole_cells() {
    let expected = "asst_1\ta\\tb[31m\\n日本\t2\t2023-11-14T22:10:00Z\nasst_22\t\t\tsoon\n";
    assert_eq!(many(Format::Table, OutputTarget::Pipe, &two()), expected);
    let mut with_header = options(Format::Table, Cardinality::Many, OutputTarget::Pipe);
    with_header.header = Header::Shown;
    assert_eq!(print(with_header.clone(), &two()).unwrap(), format!("id\tname\ttools\tcreated\n{expected}"));
    assert_eq!(print(with_header, &[]).unwrap(), "id\tname\ttools\tcreated\n");
}

#[test]
fn first_page_fixes_the_widths_of_later_rows() {
    let item = |n: usize, id: &str| json!({"id": format!("{id}{n}"), "name": "n", "tools": [], "created_at": NOW});
    let mut printer = Printer::new(options(Format::Table, Cardinality::Many, terminal(30)));
    for n in 1..100 {
        assert_eq!(printer.item(&item(n, "t_")).unwrap(), "", "{n:?}");
    }
    let page = printer.item(&item(100, "t_")).unwrap();
    assert_eq!(page.lines().count(), 101);
    assert!(page.starts_with("ID     NAME  TOOLS  CREATED\nt_1    n         0  0s\n"), "{page}");
    assert_eq!(printer.item(&item(1, "t_")).unwrap(), "t_1    n         0  0s\n");
    let long = printer.item(&item(1, "thread_longer_than_all_")).unwrap();
    assert!(long.starts_with("thread_longer_than_all_1  ") && long.trim_end().width() <= 30, "{long}");
    assert_eq!(printer.end().unwrap(), "");
}

#[test]
fn json_of_a_list_is_one_array_at_the_end() {
    let mut printer = Printer::new(options(Format::Json, Cardinality::Many, OutputTarget::Pipe));
    assert_eq!(printer.page(&two()).unwrap(), "");
    assert_eq!(printer.end().unwrap(), serde_json::to_string_pretty(&two()).unwrap() + "\n");
    assert_eq!(many(Format::Json, OutputTarget::Pipe, &[]), "[]\n");
    assert_eq!(many(Format::Yaml, OutputTarget::Pipe, &[]), "[]\n");
    let one = print(options(Format::Json, Cardinality::One, OutputTarget::Pipe), &two()[..1]).unwrap();
    assert_eq!(one, serde_json::to_string_pretty(&two()[0]).unwrap() + "\n");
}

#[test]
fn items_without_an_id_fail_only_with_output_id() {
    let odd = [json!(null), json!(3), json!("text\u{9b}"), json!([]), json!({"id": null})];
    for format in [Format::Table, Format::Json, Format::Jsonl, Format::Yaml, Format::Csv] {
        for target in [OutputTarget::Pipe, terminal(40)] {
            for cardinality in [Cardinality::One, Cardinality::Many] {
                assert!(print(options(format, cardinality, target), &odd).is_ok(), "{format} {cardinality:?}");
            }
        }
    }
    let error =
        print(options(Format::Id, Cardinality::Many, OutputTarget::Pipe), &[json!({"id": "a"}), json!({"x": 1})])
            .unwrap_err();
    assert_eq!(error.to_string(), r#"expected an item with an `id`, got item 2: {"x":1}"#);
    assert_eq!(many(Format::Id, OutputTarget::Pipe, &two()), "asst_1\nasst_22\n");
}

#[test]
fn csv_always_has_a_header() {
    assert_eq!(many(Format::Csv, OutputTarget::Pipe, &[]), "id,name,tools,created\n");
    let expected = "id,name,tools,created\nasst_1,\"a\tb[31m\n日本\",2,2023-11-14T22:10:00Z\nasst_22,,,soon\n";
    assert_eq!(many(Format::Csv, OutputTarget::Pipe, &two()), expected);
}

#[test]
fn filter_receives_the_array_or_each_item() {
    let filtered = |format, cardinality, filter: &str| {
        let jq = Some(Jq::parse(filter).unwrap());
        print(PrinterOptions { jq, ..options(format, cardinality, OutputTarget::Pipe) }, &two()).unwrap()
    };
    assert_eq!(
        filtered(Format::Json, Cardinality::Many, "length, .[0].id, .[1].new"),
        "2\nasst_1\n{\"z\":1,\"a\":2}\n"
    );
    assert_eq!(filtered(Format::Table, Cardinality::Many, "length"), "2\n");
    assert_eq!(filtered(Format::Jsonl, Cardinality::Many, ".id"), "asst_1\nasst_22\n");
    assert_eq!(filtered(Format::Json, Cardinality::One, ".id"), "asst_1\nasst_22\n");
}

#[test]
fn long_filter_error_keeps_its_end() {
    let filter = r#"error("x" * 500 + "cannot index the cause")"#;
    let error = |cardinality| {
        let jq = Some(Jq::parse(filter).unwrap());
        print(PrinterOptions { jq, ..options(Format::Json, cardinality, OutputTarget::Pipe) }, &two())
            .unwrap_err()
            .to_string()
    };
    let of_object = error(Cardinality::One);
    assert!(of_object.ends_with("cannot index the cause") && of_object.chars().count() < 300, "{of_object}");
    assert!(error(Cardinality::Many).contains("cannot index the cause (the input is one array"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn table_fits_the_terminal_and_truncates_ids_last(
        rows in prop::collection::vec((r"[a-z_0-9]{1,30}", r"(\PC|[\t\n\u{1b}\u{fe0f}❤日]){0,40}", 0usize..2_000_000), 1..120),
        width in 1usize..100,
    ) {
        let items: Vec<_> = rows.iter().map(|(id, name, n)| json!({"id": id, "name": name, "tools": n, "created_at": n})).collect();
        let text = many(Format::Table, terminal(width), &items);
        prop_assert_eq!(text.lines().count(), rows.len() + 1);
        for (line, (id, ..)) in text.lines().skip(1).zip(&rows) {
            prop_assert!(line.width() <= width, "{} > {}: {:?}", line.width(), width, line);
            prop_assert!(id.len() > width || line.starts_with(id.as_str()), "{:?}", line);
        }
    }

    #[test]
    fn control_characters_never_reach_a_terminal(text in r"(\PC|[\x00-\x1f\x7f-\u{9f}\u{202e}\u{2066}]){0,30}") {
        let item = json!({"id": &text, "name": &text, text.as_str(): [&text]});
        for format in [Format::Table, Format::Json, Format::Jsonl, Format::Yaml, Format::Csv] {
            let shown = print(options(format, Cardinality::Many, terminal(40)), std::slice::from_ref(&item)).unwrap();
            let raw = |c: char| is_unsafe(c) && c != '\n' && c != '\t';
            prop_assert!(!shown.contains(raw), "{}: {:?}", format, shown);
        }
    }
}
