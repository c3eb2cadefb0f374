//! A plan as Markdown for a comment on a pull request (docs/provisioning.md#markdown).

use super::plan::Plan;
use super::planned::PlannedObject;
use super::text_diff::{hunks, texts};
use super::verdict::Action;
use crate::manifest::Difference;
use crate::ui::{counted, escape_line};
use serde_json::Value;
use std::fmt::Write;

/// The largest comment that hosting services accept, in characters. It is compared with the number of bytes, which is
/// never smaller than the number of characters.
pub const LARGEST_COMMENT: usize = 65_536;

/// The text about one object in the comment.
struct Part {
    line: String,
    /// The differences in a fence. Empty if there are none.
    details: String,
    /// `true` if the details are shown.
    is_open: bool,
}

/// Returns a plan as Markdown of at most `limit` bytes. The first line is a marker, by which a job finds the comment of
/// an earlier run. If the text is too long, the largest details are left out.
pub fn markdown(plan: &Plan, limit: usize) -> String {
    let (project, environment) = (&plan.manifest.project, &plan.manifest.environment);
    let mut head = format!("<!-- asst plan {project}/{environment} -->\n### asst plan: {project}/{environment}\n\n");
    if plan.has_differences() {
        head.push_str("| action | objects |\n|---|---|\n");
        for (name, count) in plan.counts() {
            let _ = writeln!(head, "| {name} | {count} |");
        }
    } else {
        let _ = writeln!(head, "No changes in {}.", counted(plan.compared as u64, "object"));
    }
    head.push('\n');
    let shown = plan.objects.iter().filter(|object| object.action != Action::Unchanged);
    fitted(&head, shown.map(part).collect(), limit.min(LARGEST_COMMENT))
}

/// Joins the parts, and leaves out the largest details and then the last parts until the text fits.
fn fitted(head: &str, mut parts: Vec<Part>, limit: usize) -> String {
    let mut length = head.len() + parts.iter().map(Part::length).sum::<usize>();
    let mut closed = parts.iter().filter(|part| part.is_closed()).count();
    let mut open: Vec<&mut Part> = parts.iter_mut().filter(|part| part.is_open).collect();
    open.sort_by_key(|part| part.details.len());
    while length + notes(closed, 0).len() > limit
        && let Some(largest) = open.pop()
    {
        length -= largest.length();
        largest.is_open = false;
        length += largest.length();
        closed += 1;
    }
    let mut dropped = 0;
    while length + notes(closed, dropped).len() > limit
        && let Some(last) = parts.pop()
    {
        length -= last.length();
        closed -= usize::from(last.is_closed());
        dropped += 1;
    }
    let parts: String = parts.iter().map(Part::text).collect();
    format!("{head}{parts}{}", notes(closed, dropped))
}

impl Part {
    /// Returns `true` if the part has details that are left out.
    fn is_closed(&self) -> bool {
        !self.is_open && !self.details.is_empty()
    }

    fn text(&self) -> String {
        match self.is_open {
            true => format!("<details><summary>{}</summary>\n\n{}\n</details>\n\n", self.line, self.details),
            false => format!("- {}\n", self.line),
        }
    }

    /// Returns the number of bytes of the text.
    fn length(&self) -> usize {
        let frame = if self.is_open { "<details><summary></summary>\n\n\n</details>\n\n".len() } else { "- \n".len() };
        frame + self.line.len() + if self.is_open { self.details.len() } else { 0 }
    }
}

/// Returns a line about the differences that are left out, and a line about the objects that are left out.
fn notes(closed: usize, dropped: usize) -> String {
    let differences = (closed > 0).then(|| format!("the differences of {}", counted(closed as u64, "object")));
    let objects = (dropped > 0).then(|| counted(dropped as u64, "further object"));
    let left_out = differences.into_iter().chain(objects);
    left_out.map(|what| format!("\nLeft out, because the comment would be too long: {what}.\n")).collect()
}

fn part(object: &PlannedObject) -> Part {
    let ids = object.ids.iter().map(|id| format!(" <code>{}</code>", escaped(id)));
    let line = format!(
        "<b>{}</b> <code>{}</code>{}: {}",
        object.action.name(),
        escaped(&escape_line(&object.key)),
        ids.collect::<String>(),
        escaped(&escape_line(&object.reason))
    );
    let mut lines = String::new();
    object.differences.iter().for_each(|difference| describe(&mut lines, difference));
    let details = if lines.is_empty() { lines } else { fenced(&lines) };
    Part { line, is_open: !details.is_empty(), details }
}

/// Puts lines into a fence that is longer than every run of backticks in them.
fn fenced(lines: &str) -> String {
    let longest = lines.split(|char| char != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}diff\n{lines}{fence}\n")
}

/// Adds the lines of a difference. A line that starts with a space is unchanged.
fn describe(lines: &mut String, difference: &Difference) {
    let Difference { path, before, after } = difference;
    let path = escape_line(path);
    if let Some((before, after)) = texts(difference) {
        let _ = writeln!(lines, "@@ {path} @@");
        for (index, hunk) in hunks(before, after).iter().enumerate() {
            if index > 0 {
                lines.push_str("@@ … @@\n");
            }
            for line in hunk {
                let _ = writeln!(lines, "{}{}", line.sign, without_controls(&line.text()));
            }
        }
        return;
    }
    for (sign, value) in [('-', before), ('+', after)] {
        match value {
            Value::Null => {}
            Value::String(text) => {
                let _ = writeln!(lines, "{sign}{path}: {}", without_controls(text).replace('\n', "\n  "));
            }
            value => drop(writeln!(lines, "{sign}{path}: {}", without_controls(&value.to_string()))),
        }
    }
}

/// Shows carriage returns, which would begin a line without a sign, and escapes all other control characters except line
/// feeds and tabs.
fn without_controls(text: &str) -> String {
    let text = text.replace('\r', "\u{240d}");
    let parts = text.split_inclusive(['\n', '\t']).map(|part| match part.strip_suffix(['\n', '\t']) {
        Some(line) => format!("{}{}", escape_line(line), &part[line.len()..]),
        None => escape_line(part).into_owned(),
    });
    parts.collect()
}

/// Escapes all characters of a text that have a meaning in Markdown or HTML.
fn escaped(text: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || " -./:;,_".contains(character);
    let mut escaped = String::new();
    for character in text.chars() {
        match is_plain(character) {
            true => escaped.push(character),
            false => drop(write!(escaped, "&#{};", u32::from(character))),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn long(size: usize) -> Part {
        Part { line: format!("object of {size}"), details: "x".repeat(size), is_open: true }
    }

    #[test]
    fn the_largest_details_are_left_out_first() {
        let text = fitted("head\n", vec![long(10), long(500), long(400)], 700);
        assert!(text.len() <= 700, "{text}");
        assert!(text.contains("- object of 500\n") && text.contains("<summary>object of 400</summary>"), "{text}");
        assert!(text.contains("too long: the differences of 1 object.\n"), "{text}");
    }

    #[test]
    fn the_limit_holds_for_any_number_of_objects() {
        for limit in [300, 1_000, LARGEST_COMMENT] {
            let text = fitted("head\n", (0..3_000).map(long).collect(), limit);
            assert!(text.len() <= limit, "{} of {limit}", text.len());
            assert!(text.contains("further objects.\n") || limit == LARGEST_COMMENT, "{limit}");
        }
    }

    #[test]
    fn the_length_of_a_part_is_that_of_its_text() {
        for is_open in [true, false] {
            let part = Part { is_open, ..long(7) };
            assert_eq!(part.length(), part.text().len(), "{is_open}");
        }
    }

    #[test]
    fn a_fence_is_longer_than_the_backticks_inside() {
        let mut lines = String::new();
        let difference = |before: Value, after: Value| Difference { path: "instructions".to_owned(), before, after };
        describe(&mut lines, &difference(json!("one\ntwo\n"), json!("one\n````sh\n")));
        assert_eq!(lines, "@@ instructions @@\n one\n-two\n+````sh\n");
        assert!(fenced(&lines).starts_with("`````diff\n"));
        lines.clear();
        describe(&mut lines, &difference(Value::Null, json!(0.5)));
        assert_eq!(lines, "+instructions: 0.5\n");
        lines.clear();
        let path = "metadata.a\n+b".to_owned();
        describe(&mut lines, &Difference { path, before: Value::Null, after: json!("c\r\td\u{1b}") });
        assert_eq!(lines, "+metadata.a\\n+b: c\u{240d}\td\\u{1b}\n");
    }

    #[test]
    fn a_text_of_the_backend_stays_text() {
        assert_eq!(escaped("hr/default/a-1_b.md: é; c, d"), "hr/default/a-1_b.md: é; c, d");
        assert_eq!(escaped("a\n</b>`[x]&"), "a&#10;&#60;/b&#62;&#96;&#91;x&#93;&#38;");
    }
}
