//! The differences of two texts by lines, with the changed words of each line. Plans, `asst diff` and Markdown show them.

use crate::manifest::Difference;
use serde_json::Value;
use similar::{ChangeTag, DiffOp, TextDiff};

/// The number of unchanged lines around a change.
const CONTEXT: usize = 3;

/// The number of characters from which a text of one line is shown like one of several lines.
const LONG_LINE: usize = 80;

/// The largest number of lines of one change whose words are compared. The comparison takes quadratic time.
const MOST_LINES: usize = 200;

/// A line of a text difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextLine {
    /// `-` for a removed line, `+` for an added one, and a space for an unchanged one.
    pub sign: char,
    /// The line without its line end, in pieces. The changed words have `true`.
    pub pieces: Vec<(bool, String)>,
}

impl TextLine {
    /// Returns the whole line without its sign.
    pub fn text(&self) -> String {
        self.pieces.iter().map(|(_, piece)| piece.as_str()).collect()
    }
}

/// Returns both texts of a difference that is shown by lines, or `None` for any other difference.
pub fn texts(difference: &Difference) -> Option<(&str, &str)> {
    let (Value::String(before), Value::String(after)) = (&difference.before, &difference.after) else { return None };
    let is_long = |text: &str| text.contains('\n') || text.chars().nth(LONG_LINE).is_some();
    (is_long(before) || is_long(after)).then_some((before, after))
}

/// Returns the groups of changed lines, each with the unchanged lines around it.
pub fn hunks(before: &str, after: &str) -> Vec<Vec<TextLine>> {
    let diff = TextDiff::from_lines(before, after);
    let ends_differ = before.ends_with('\n') != after.ends_with('\n');
    let mut hunks = Vec::new();
    for group in diff.grouped_ops(CONTEXT) {
        let mut lines = Vec::new();
        for op in &group {
            for (tag, pieces) in changes(&diff, op) {
                let has_end = pieces.last().is_some_and(|(_, piece)| piece.ends_with('\n'));
                lines.push(TextLine { sign: sign(tag), pieces: marked(pieces) });
                if ends_differ && !has_end && tag != ChangeTag::Equal {
                    lines.push(TextLine { sign: '\\', pieces: vec![(false, " no line end".to_owned())] });
                }
            }
        }
        hunks.push(lines);
    }
    hunks
}

/// A line in pieces, with its line end.
type Pieces = Vec<(bool, String)>;

fn changes<'a>(diff: &'a TextDiff<'a, 'a, 'a, str>, op: &DiffOp) -> Vec<(ChangeTag, Pieces)> {
    if op.old_range().len() + op.new_range().len() > MOST_LINES {
        let whole = |change: similar::Change<&str>| (change.tag(), vec![(false, change.value().to_owned())]);
        return diff.iter_changes(op).map(whole).collect();
    }
    // Without a deadline, the result does not depend on the speed of the machine.
    let changes = diff.iter_inline_changes_deadline(op, None);
    let pieces = |change: similar::InlineChange<'_, str>| {
        let pieces = change.values().iter().map(|(is_marked, piece)| (*is_marked, (*piece).to_owned()));
        (change.tag(), pieces.collect())
    };
    changes.map(pieces).collect()
}

const fn sign(tag: ChangeTag) -> char {
    match tag {
        ChangeTag::Delete => '-',
        ChangeTag::Insert => '+',
        ChangeTag::Equal => ' ',
    }
}

/// Removes the line end, joins neighbours, and removes the marks if they cover half of the line or more.
fn marked(pieces: Pieces) -> Pieces {
    let mut joined = Pieces::new();
    for (is_marked, piece) in pieces {
        let piece = piece.strip_suffix('\n').unwrap_or(&piece);
        match joined.last_mut() {
            _ if piece.is_empty() => {}
            Some((last, text)) if *last == is_marked => text.push_str(piece),
            _ => joined.push((is_marked, piece.to_owned())),
        }
    }
    let count = |with_marks: bool| {
        let pieces = joined.iter().filter(|(is_marked, _)| *is_marked || !with_marks);
        pieces.map(|(_, piece)| piece.chars().count()).sum::<usize>()
    };
    if count(true) * 2 < count(false) {
        return joined;
    }
    let text: String = joined.into_iter().map(|(_, piece)| piece).collect();
    vec![(false, text)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the lines with their signs, and with brackets around the marked words.
    fn shown(before: &str, after: &str) -> Vec<String> {
        let line = |line: &TextLine| {
            let piece = |(mark, piece): &(bool, String)| if *mark { format!("[{piece}]") } else { piece.clone() };
            format!("{}{}", line.sign, line.pieces.iter().map(piece).collect::<String>())
        };
        hunks(before, after).iter().flatten().map(line).collect()
    }

    #[test]
    fn the_changed_words_of_a_line_are_marked_if_most_of_it_stays() {
        for (before, after, expected) in [
            ("Be kind to all.\n", "Be nice to all.\n", &["-Be [kind] to all.", "+Be [nice] to all."][..]),
            ("Be kind.\nEnd\n", "Speak Dutch only!\nEnd\n", &["-Be kind.", "+Speak Dutch only!", " End"]),
            ("a\n", "a", &["-a", "+a", "\\ no line end"]),
            ("", "a b\n\n", &["+a b", "+"]),
            ("same\n", "same\n", &[]),
        ] {
            assert_eq!(shown(before, after), expected, "{before:?} to {after:?}");
        }
    }

    #[test]
    fn three_lines_stand_around_each_change() {
        let text = |changed: &str| -> String {
            (0..20).map(|n| if n == 9 { format!("{changed}\n") } else { format!("{n}\n") }).collect()
        };
        let (before, after) = (text("old"), text("new"));
        assert_eq!(shown(&before, &after), [" 6", " 7", " 8", "-old", "+new", " 10", " 11", " 12"]);
    }

    #[test]
    fn a_change_of_thousands_of_lines_is_shown_without_marks() {
        let text = |word: &str| format!("the {word} line of a long text\n").repeat(5_000);
        let shown = shown(&text("first"), &text("second"));
        assert_eq!(shown.len(), 10_000);
        assert!(shown.iter().all(|line| !line.contains('[')), "{:?}", shown.first());
    }
}
