//! The pages under `docs/` have lines of at most 120 characters (docs/style.md).

use std::path::{Path, PathBuf};

/// The maximum length of a line, in characters.
const MAX_LINE: usize = 120;

/// Returns the pages in a folder and in the folders below.
fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
}

/// Returns the numbers of the lines that are too long. Tables and code cannot be wrapped, and neither can a line whose
/// text is one word, such as a link.
fn long_lines(text: &str) -> Vec<usize> {
    let mut is_code = false;
    let is_long = |line: &str| {
        let fence = line.trim_start().starts_with("```");
        is_code ^= fence;
        let text = line.trim_start_matches([' ', '-', '*', '>']);
        let can_be_wrapped = !is_code && !fence && !text.starts_with('|') && text.contains(' ');
        can_be_wrapped && line.chars().count() > MAX_LINE
    };
    let long: Vec<bool> = text.lines().map(is_long).collect();
    long.iter().enumerate().filter(|(_, is_long)| **is_long).map(|(n, _)| n + 1).collect()
}

#[test]
fn lines_of_the_pages_have_at_most_120_characters() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    pages(&root.join("docs"), &mut found);
    assert!(found.len() > 20, "{found:?}");
    found.sort();
    let mut long = Vec::new();
    for page in found {
        let text = std::fs::read_to_string(&page).unwrap();
        let name = page.strip_prefix(root).unwrap().display();
        long.extend(long_lines(&text).into_iter().map(|line| format!("{name}:{line}")));
    }
    assert_eq!(long, Vec::<String>::new(), "wrap these lines");
}

#[test]
fn tables_code_and_links_may_be_longer() {
    let words = "é".repeat(60) + " " + &"a".repeat(60);
    let text =
        format!("{words}\n| {words} |\n```sh\n{words}\n```\n- {words}\n  {}\n{}\n", "x".repeat(130), "é".repeat(120));
    assert_eq!(long_lines(&text), [1, 6]);
}
