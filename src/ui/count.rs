//! Counts with a noun, for messages.

/// Returns a count with its noun in the right number, such as `1 row`, `2 rows`, or `3 near misses`. `noun` is the
/// singular.
pub fn counted(count: u64, noun: &str) -> String {
    let ends_with = |ends: &[&str]| ends.iter().any(|end| noun.ends_with(end));
    if count == 1 {
        format!("1 {noun}")
    } else if ends_with(&["s", "x", "ch", "sh"]) {
        format!("{count} {noun}es")
    } else if noun.ends_with('y') && !ends_with(&["ay", "ey", "oy", "uy"]) {
        format!("{count} {}ies", noun.trim_end_matches('y'))
    } else {
        format!("{count} {noun}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_count_1_has_a_singular_noun() {
        for (count, noun, expected) in [
            (0, "row", "0 rows"),
            (1, "row", "1 row"),
            (2, "row", "2 rows"),
            (1, "near miss", "1 near miss"),
            (2, "near miss", "2 near misses"),
            (2, "entry", "2 entries"),
            (2, "key", "2 keys"),
            (0, "ID", "0 IDs"),
        ] {
            assert_eq!(counted(count, noun), expected, "{count:?}");
        }
    }
}
