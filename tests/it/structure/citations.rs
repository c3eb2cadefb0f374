//! Checks citations (docs/style.md#citations). A citation of a page, such as `docs/protocol/runs.md#thread-lock`, must
//! name a page and a heading that exist. No text may name a document outside the repository.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The folders that are searched for citations.
const PLACES: [&str; 9] = ["src", "tests", "benches", "examples", "migrations", "docs", ".github", ".config", ".ci"];

/// Extensions of text files that people write. Files without an extension are scripts.
const EXTENSIONS: [&str; 11] = ["rs", "md", "toml", "sql", "sh", "py", "mjs", "js", "yaml", "yml", "txt"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Collects the files below a folder whose texts may cite a page.
fn texts(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let extension = path.extension().map(|end| end.to_string_lossy().into_owned());
        if path.is_dir() {
            texts(&path, found);
        } else if extension.is_none_or(|end| EXTENSIONS.contains(&end.as_str())) {
            found.push(path);
        }
    }
}

fn all_texts() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for place in PLACES {
        texts(&root().join(place), &mut found);
    }
    let top = std::fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path());
    found.extend(top.filter(|path| path.extension().is_some_and(|end| end == "md" || end == "toml")));
    found.sort();
    found
}

/// Returns the anchor that code hosts create for a heading.
fn anchor(heading: &str) -> String {
    let plain = heading.trim().to_lowercase();
    let kept = plain.chars().filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

/// Returns the anchors of a page. Headings within code blocks do not count.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut in_code = false;
    let mut found = BTreeSet::new();
    for line in text.lines() {
        in_code ^= line.trim_start().starts_with("```");
        let heading = line.trim_start_matches('#');
        if !in_code && heading.len() < line.len() && heading.starts_with(' ') {
            found.insert(anchor(heading));
        }
    }
    found
}

/// Returns the citations in a text: paths that begin with `docs/`, each with its optional anchor.
fn cited(text: &str) -> Vec<(String, Option<String>)> {
    const BEGIN: &str = "docs/";
    let mut found = Vec::new();
    for (at, _) in text.match_indices(BEGIN) {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|letter| letter.is_alphanumeric() || ['/', '_', '-', '.'].contains(&letter)) {
            continue;
        }
        let is_path = |letter: char| letter.is_ascii_alphanumeric() || ['/', '_', '-', '.'].contains(&letter);
        let rest = &text[at..];
        let path = &rest[..rest.find(|letter| !is_path(letter)).unwrap_or(rest.len())];
        let Some(end) = path.find(".md") else { continue };
        let (path, behind) = rest.split_at(end + ".md".len());
        let anchor = behind.strip_prefix('#').map(|behind| {
            let end = behind.find(|letter: char| !letter.is_alphanumeric() && !['-', '_'].contains(&letter));
            behind[..end.unwrap_or(behind.len())].to_owned()
        });
        found.push((path.to_owned(), anchor));
    }
    found
}

/// Returns the targets of a page's links to pages and headings of the repository.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let own = |target: &&str| !target.contains("://") && !target.contains(char::is_whitespace);
    targets.map(|(target, _)| target).filter(own).map(str::to_owned).collect()
}

/// The anchors of the pages that were read, as a cache.
#[derive(Default)]
struct Pages(BTreeMap<PathBuf, Option<BTreeSet<String>>>);

impl Pages {
    /// Returns the reason why a citation is wrong, or `None` if it is right.
    fn wrong(&mut self, path: &Path, anchor: Option<&str>) -> Option<&'static str> {
        let read = |path: &Path| std::fs::read_to_string(path).ok().map(|text| anchors(&text));
        let known = self.0.entry(path.to_owned()).or_insert_with(|| read(path));
        match (known, anchor) {
            (None, _) if path.is_dir() => None,
            (None, _) => Some("there is no such page"),
            (Some(known), Some(anchor)) if !known.contains(anchor) => Some("the page has no such heading"),
            _ => None,
        }
    }
}

#[test]
fn every_citation_names_a_page_and_a_heading_that_exist() {
    let mut pages = Pages::default();
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in all_texts() {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        for (path, anchor) in cited(&text) {
            count += 1;
            if let Some(why) = pages.wrong(&root().join(&path), anchor.as_deref()) {
                wrong.push(format!("{}: {path}#{}: {why}", file.display(), anchor.unwrap_or_default()));
            }
        }
    }
    assert!(count > 50, "{count} citations are too few: the search is broken");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_link_of_a_page_has_an_existing_target() {
    let mut pages = Pages::default();
    let mut wrong = Vec::new();
    for file in all_texts().into_iter().filter(|file| file.extension().is_some_and(|end| end == "md")) {
        let text = std::fs::read_to_string(&file).unwrap();
        for link in links(&text) {
            let (path, anchor) = link.split_once('#').map_or((link.as_str(), None), |(path, end)| (path, Some(end)));
            let target = if path.is_empty() { file.clone() } else { file.parent().unwrap().join(path) };
            let is_page = target.extension().is_some_and(|end| end == "md");
            let why = match is_page {
                true => pages.wrong(&target, anchor),
                false => (!target.exists()).then_some("there is no such file"),
            };
            wrong.extend(why.map(|why| format!("{}: {link}: {why}", file.display())));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn no_text_names_a_document_outside_the_repository() {
    // The names are assembled here, so that this file does not contain them.
    let outside = ["DESIGN", "PROTOCOL", "QUIRKS", "PERFORMANCE", "NEEDS", "PEERS", "RESEARCH", "CRATES", "WRITING"];
    let outside: Vec<String> = outside.iter().map(|name| format!("{name}.md")).collect();
    let mut wrong = Vec::new();
    for file in all_texts() {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        for (number, line) in text.lines().enumerate() {
            if outside.iter().any(|name| line.contains(name)) {
                wrong.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn anchors_and_citations_are_parsed_as_on_code_hosts() {
    let page = "# One page\n## `code` and (brackets), commas\n```sh\n# no heading\n```\n#tag\n";
    assert_eq!(anchors(page).into_iter().collect::<Vec<_>>(), ["code-and-brackets-commas", "one-page"]);
    // `@` replaces `docs/`, because this file must not cite pages that do not exist.
    let text = "see @a/b.md#some-heading, (@c.md) and other/@d.md; `@e.md#x`.".replace('@', "docs/");
    let found: Vec<String> =
        cited(&text).into_iter().map(|(path, anchor)| format!("{path}#{}", anchor.unwrap_or_default())).collect();
    assert_eq!(found, ["@a/b.md#some-heading", "@c.md#", "@e.md#x"].map(|one| one.replace('@', "docs/")));
    assert_eq!(links("[a](b.md#c), [d](https://x.example/y), [e](f)"), ["b.md#c", "f"]);
}
