//! Tests of the layout of HTML.
#![allow(clippy::unwrap_used)]

use super::Html;
use crate::extract::pieces::Pieces;

fn text(document: &str) -> String {
    let mut text = String::new();
    let mut emit = |piece: String| {
        text.push_str(&piece);
        Ok(())
    };
    let mut pieces = Pieces::new(u64::MAX, &mut emit);
    let mut html = Html::new(&mut pieces);
    html.feed(document).unwrap();
    html.finish().unwrap();
    let _ = pieces.finish("");
    text
}

#[test]
fn blocks_become_lines_and_white_space_collapses() {
    for (document, expected) in [
        ("<h1>Leave</h1><p>You have\n  30 <b>days</b>.</p><p>Ask</p>", "Leave\n\nYou have 30 days.\n\nAsk"),
        ("<div>a</div><div>b</div>c", "a\nb\nc"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul><li>one</li><li>two <i>x</i></li></ul>end", "- one\n- two x\n\nend"),
        ("<p>a</p>\n\n\n<p></p><p>b", "a\n\nb"),
        ("<pre>a\n  b</pre>c", "a\n  b\n\nc"),
        ("wo<b>rd</b>s and<span> more</span>", "words and more"),
        ("全角\u{3000}空白", "全角\u{3000}空白"),
        ("<TITLE>T</TITLE><body>x", "T\n\nx"),
        ("a&nbsp;&nbsp;b", "a b"),
    ] {
        assert_eq!(text(document), expected, "{document}");
    }
}

#[test]
fn cells_are_separated_by_tabs() {
    let table =
        "<table><tr><th>Name</th><th>Days</th></tr>\n<tr><td><p>Ada</p></td> <td><p>30</p></td></tr></table>after";
    assert_eq!(text(table), "Name\tDays\nAda\t30\n\nafter");
    assert_eq!(text("<tr><td>a<td><td>c<tr><td>d<td><td>"), "a\t\tc\nd");
}

#[test]
fn scripts_styles_and_comments_are_dropped() {
    for (document, expected) in [
        ("a<script>if (a<b) { x(\"</p>\") }</script>b", "ab"),
        ("a<SCRIPT src='x>y'>1</sCript\n>b", "ab"),
        ("a<script></scripty></script>b", "ab"),
        ("a<style>p>a{}</style>b", "ab"),
        ("a<!-- <p> -- > -->b", "ab"),
        ("a<!-->b-->c", "ac"),
        ("a<!doctype x>b<?php echo 1 ?>c", "abc"),
        ("a<template><p>x</p><template>y</template></template>b", "a\n\nb"),
        ("a<a href=\"x>y\" title='<b>'>b</a>", "ab"),
        ("a<a title=x'y>b</a>'c", "ab'c"),
        ("</ x>a</>b", "ab"),
        ("a<script>never closed", "a"),
        ("a<p title=\"never closed>b", "a"),
    ] {
        assert_eq!(text(document), expected, "{document}");
    }
}

#[test]
fn character_references_are_decoded() {
    for (document, expected) in [
        ("&lt;&amp;&gt;&quot;&apos;", "<&>\"'"),
        ("&auml;&Auml;&euro;&hellip;&alpha;", "äÄ€…α"),
        ("&#228;&#xE4;&#XE4;&#128;&#146;", "äää€’"),
        ("&#0;&#xD800;&#99999999999;", "\u{FFFD}\u{FFFD}\u{FFFD}"),
        ("a &amp b &copy2026", "a & b &copy2026"),
        ("&euro &unknown; &; & &# &#x; &a", "&euro &unknown; &; & &# &#x; &a"),
        ("1 < 2 <3 a<", "1 < 2 <3 a<"),
        ("AT&T", "AT&T"),
        ("&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;", "&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;"),
    ] {
        assert_eq!(text(document), expected, "{document}");
    }
}

#[test]
fn deep_nesting_and_long_tags_need_no_memory() {
    let deep = format!("{}x{}", "<div>".repeat(200_000), "</div>".repeat(200_000));
    assert_eq!(text(&deep), "x");
    assert_eq!(text(&format!("<{} {}>x", "a".repeat(1_000_000), "b=\"c\" ".repeat(100_000))), "x");
    assert_eq!(text(&format!("x{}", "<td>".repeat(200_000))), "x");
}
