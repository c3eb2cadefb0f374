//! Compares two texts by lines, and marks the changed words of each line. Plans, `asst diff` and Markdown use it.

use crate::manifest::Difference;
use serde_json::Value;
use similar::{ChangeTag, DiffOp, DiffTag, TextDiff};
use std::time::Duration;

/// The number of unchanged lines around a change.
const CONTEXT: usize = 3;

/// A text of one line with more characters than this is shown by lines, like a text of several lines.
const LONG_LINE: usize = 80;

/// The largest number of lines in one change whose words are compared. The comparison takes quadratic time.
const MOST_LINES: usize = 200;

/// The largest number of words in one change that are compared. Words that both sides share at the beginning and the
/// end do not count. The comparison takes quadratic time.
const MOST_WORDS: usize = 2_000;

/// The number of changed lines up to which lines are compared without a time limit. The result then does not depend on
/// the speed of the machine.
const MOST_EXACT_LINES: usize = 5_000;

/// The time limit for the comparison of more lines. At the limit, the lines that remain become one change.
const LINES_TIMEOUT: Duration = Duration::from_millis(500);

/// The character that is shown for a carriage return.
const RETURN: &str = "\u{240d}";

/// A line of a text difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextLine {
    /// `-` for a removed line, `+` for an added one, a space for an unchanged one, and `\` for a note about the line
    /// end.
    pub sign: char,
    /// The line without its line end, in pieces. Changed words are marked with `true`.
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
    let mut config = TextDiff::configure();
    if count_of_differing(before.lines(), after.lines()) > MOST_EXACT_LINES {
        config.timeout(LINES_TIMEOUT);
    }
    let diff = config.diff_lines(before, after);
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
    if op.old_range().len() + op.new_range().len() > MOST_LINES || words(diff, op) > MOST_WORDS {
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

/// Returns the number of words on both sides of a change. Words that both sides share at the beginning and the end do
/// not count.
fn words<'a>(diff: &'a TextDiff<'a, 'a, 'a, str>, op: &DiffOp) -> usize {
    match op.tag() {
        DiffTag::Replace => {
            let before = diff.old_slices().get(op.old_range()).unwrap_or_default();
            let after = diff.new_slices().get(op.new_range()).unwrap_or_default();
            let words = |lines: &'a [&'a str]| lines.iter().flat_map(|line| line.split_whitespace());
            count_of_differing(words(before), words(after))
        }
        DiffTag::Equal | DiffTag::Insert | DiffTag::Delete => 0,
    }
}

/// Returns the number of items on both sides. Items that both sides share at the beginning and the end do not count.
fn count_of_differing<'a>(before: impl Iterator<Item = &'a str>, after: impl Iterator<Item = &'a str>) -> usize {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.collect(), after.collect());
    let shorter = before.len().min(after.len());
    let first = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
    let last = before.iter().rev().zip(after.iter().rev()).take_while(|(one, other)| one == other).count();
    before.len() + after.len() - 2 * (first + last).min(shorter)
}

const fn sign(tag: ChangeTag) -> char {
    match tag {
        ChangeTag::Delete => '-',
        ChangeTag::Insert => '+',
        ChangeTag::Equal => ' ',
    }
}

/// Removes the line end, makes carriage returns visible, and joins neighbouring pieces with the same mark. Removes all
/// marks if they cover half of the line or more.
fn marked(pieces: Pieces) -> Pieces {
    let mut joined = Pieces::new();
    for (is_marked, piece) in pieces {
        // A line that differs only in its carriage return would otherwise look unchanged.
        let piece = piece.strip_suffix('\n').unwrap_or(&piece).replace('\r', RETURN);
        match joined.last_mut() {
            _ if piece.is_empty() => {}
            Some((last, text)) if *last == is_marked => text.push_str(&piece),
            _ => joined.push((is_marked, piece)),
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
            ("a b\r\nc\r\n", "a b\nc\r\n", &["-a b\u{240d}", "+a b", " c\u{240d}"]),
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

    #[test]
    fn long_changed_texts_end_within_seconds() {
        let numbers = |seed: u64, count: usize| {
            let next =
                |last: &u64| Some(last.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
            std::iter::successors(Some(seed), next).skip(1).take(count).map(|number| number >> 40)
        };
        let words = |seed: u64, count: usize| numbers(seed, count).map(|n| format!("{} ", n % 500)).collect::<String>();
        let one_line = |seed: u64| words(seed, 250_000);
        let many_lines = |seed: u64| numbers(seed, 300_000).map(|n| format!("{}\n", n % 100_000)).collect::<String>();
        let long_lines = |seed: u64| (0..99).map(|n| format!("{}\n", words(seed + n, 2_000))).collect::<String>();
        let texts: [(&str, &dyn Fn(u64) -> String); 3] =
            [("one line", &one_line), ("many lines", &many_lines), ("long lines", &long_lines)];
        for (name, text) in texts {
            let (start, shown) = (std::time::Instant::now(), shown(&text(1), &text(1_000)));
            assert!(start.elapsed() < Duration::from_secs(30), "{name}: {:?}", start.elapsed());
            assert!(shown.len() > 1 && shown.iter().all(|line| !line.contains('[')), "{name}");
        }
    }

    #[test]
    fn a_changed_word_in_a_line_of_thousands_is_marked() {
        let line = |word: &str| format!("{}{word} {}\n", "first ".repeat(9_000), "last ".repeat(9_000));
        let shown = shown(&line("old"), &line("new"));
        assert!(shown.len() == 2 && shown[0].contains(" [old] ") && shown[1].contains(" [new] "));
    }
}
