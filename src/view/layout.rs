//! The widths of the columns of a terminal table, and the truncation of text to a width.

use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The number of spaces between two columns.
pub(super) const GAP: usize = 2;
/// The number of columns down to which columns are left out, before the remaining ones are truncated to a few
/// characters.
const MIN_COLUMNS: usize = 3;
const ELLIPSIS: char = '…';

/// The rank of a column. It determines the order in which columns are narrowed if the table is too wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnRank {
    /// The first ID, which identifies the row. It is narrowed last.
    Primary,
    /// Another ID.
    Id,
    /// Times and numbers.
    Short,
    Text,
}

/// Returns the widths of the columns so that a row fits into `width`. `natural` has the widths that show all texts
/// completely. A returned width of 0 means that the column is left out.
pub(super) fn fit(natural: &[usize], ranks: &[ColumnRank], width: usize) -> Vec<usize> {
    let width = width.max(1);
    let mut widths = natural.to_vec();
    for (rank, floor) in [(ColumnRank::Text, 12), (ColumnRank::Id, 12), (ColumnRank::Text, 8)] {
        shrink(&mut widths, ranks, rank, floor, width);
    }
    // Columns are left out first, because columns that are truncated to a few characters are not readable.
    while total(&widths) > width && shown(&widths) > MIN_COLUMNS && drop_last(&mut widths, ranks) {}
    for (rank, floor) in [(ColumnRank::Text, 4), (ColumnRank::Short, 4), (ColumnRank::Id, 8)] {
        shrink(&mut widths, ranks, rank, floor, width);
    }
    // If the row is still too wide, more columns are left out. Narrowed columns then receive the width that is free.
    while total(&widths) > width && shown(&widths) > 1 && drop_last(&mut widths, ranks) {}
    for index in 0..widths.len() {
        let left = width.saturating_sub(total(&widths));
        if widths[index] > 0 {
            widths[index] = natural[index].min(widths[index] + left);
        }
    }
    if total(&widths) > width {
        widths.iter_mut().filter(|alone| **alone > 0).for_each(|alone| *alone = width);
    }
    widths
}

/// Returns the number of columns that are not left out.
fn shown(widths: &[usize]) -> usize {
    widths.iter().filter(|width| **width > 0).count()
}

/// Leaves out the last shown column that is not the primary one. Returns `true` if there was such a column.
fn drop_last(widths: &mut [usize], ranks: &[ColumnRank]) -> bool {
    let last = (0..widths.len()).rev().find(|index| widths[*index] > 0 && ranks[*index] != ColumnRank::Primary);
    last.is_some_and(|last| std::mem::take(&mut widths[last]) > 0)
}

/// Returns the width of a row.
pub(super) fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * shown(widths).saturating_sub(1)
}

/// Narrows the widest columns of a rank step by step, until the row fits or all columns of the rank have the width
/// `floor`.
fn shrink(widths: &mut [usize], ranks: &[ColumnRank], rank: ColumnRank, floor: usize, width: usize) {
    loop {
        let excess = total(widths).saturating_sub(width);
        let of_rank: Vec<_> =
            (0..widths.len()).filter(|index| ranks[*index] == rank && widths[*index] > floor).collect();
        let Some(widest) = of_rank.iter().map(|index| widths[*index]).max().filter(|_| excess > 0) else { return };
        let tops: Vec<_> = of_rank.iter().copied().filter(|index| widths[*index] == widest).collect();
        let next = of_rank.iter().map(|index| widths[*index]).filter(|other| *other < widest).max().unwrap_or(floor);
        let step = (widest - next).min(excess.div_ceil(tops.len()));
        for index in tops {
            widths[index] -= step.min(total(widths).saturating_sub(width));
        }
    }
}

/// Truncates text to a width, with an ellipsis in place of the removed part.
pub(super) fn truncate(text: &str, width: usize) -> Cow<'_, str> {
    if text.len() <= width && text.is_ascii() || text.width() <= width {
        return Cow::Borrowed(text);
    }
    if width == 0 {
        return Cow::Borrowed("");
    }
    let mut sum = 0;
    let fitting = text.chars().take_while(|c| {
        sum += c.width().unwrap_or_default();
        sum < width
    });
    let mut cut: String = fitting.collect();
    cut.push(ELLIPSIS);
    // The width of a sequence can exceed the sum of its characters, as with emoji variation selectors.
    while cut.width() > width && cut.len() > ELLIPSIS.len_utf8() {
        cut.pop();
        cut.pop();
        cut.push(ELLIPSIS);
    }
    Cow::Owned(cut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_columns_are_narrowed_before_ids() {
        use ColumnRank::*;
        let ranks = [Primary, Text, Short, Text];
        assert_eq!(fit(&[30, 20, 3, 10], &ranks, 80), [30, 20, 3, 10]);
        assert_eq!(fit(&[30, 40, 3, 30], &ranks, 80), [30, 20, 3, 21]);
        assert_eq!(fit(&[30, 40, 3, 10], &ranks, 60), [30, 11, 3, 10]);
        assert_eq!(fit(&[30, 40, 3, 10], &ranks, 38), [30, 6, 0, 0]);
        assert_eq!(fit(&[32, 5, 7, 6], &[Primary, Text, Short, Short], 40), [32, 5, 0, 0]);
        assert_eq!(fit(&[30, 40, 3, 10], &ranks, 20), [20, 0, 0, 0]);
        assert_eq!(fit(&[5, 5], &[Text, Text], 3), [3, 0]);
    }

    #[test]
    fn wide_characters_count_with_their_display_width() {
        assert_eq!(truncate("日本語", 6), "日本語");
        assert_eq!(truncate("日本語", 5), "日本…");
        assert_eq!(truncate("日本語", 4), "日…");
        assert_eq!(truncate("abcdef", 1), "…");
        assert_eq!(truncate("abc", 3), "abc");
    }

    proptest! {
        #[test]
        fn truncated_text_never_exceeds_the_width(text in r"(\PC|[\u{fe0f}\u{200d}❤👩日é]){0,30}", width in 0usize..20) {
            prop_assert!(truncate(&text, width).width() <= width);
        }

        #[test]
        fn rows_fit_and_no_column_exceeds_its_natural_width(natural in prop::collection::vec(1usize..60, 1..7), seed in 0usize..4096, width in 1usize..120) {
            let all = [ColumnRank::Id, ColumnRank::Short, ColumnRank::Text, ColumnRank::Text];
            let mut ranks: Vec<_> = (0..natural.len()).map(|index| all[(seed >> (2 * index)) % 4]).collect();
            ranks[seed % natural.len()] = ColumnRank::Primary;
            let widths = fit(&natural, &ranks, width);
            prop_assert!(total(&widths) <= width, "{:?}", widths);
            prop_assert!(widths.iter().zip(&natural).all(|(fitted, natural)| fitted <= natural));
            let primary = seed % natural.len();
            prop_assert!(widths[primary] == natural[primary].min(width), "{:?}", widths);
        }
    }
}
