//! Glob patterns for paths, as `--include`, `--exclude`, manifests and `.gitignore` files use them.

use regex_lite::Regex;

/// A pattern for paths that are relative to a folder, with `/` between their parts.
#[derive(Debug, Clone)]
pub struct Glob {
    regex: Regex,
}

/// Whether `{a,b}` is a list of alternatives, as in flags, or plain text, as in `.gitignore` files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Braces {
    Alternatives,
    Text,
}

impl Glob {
    /// Parses the pattern of a flag. A pattern without `/` matches the name of a file in any folder.
    ///
    /// # Errors
    /// Returns an error if the pattern is empty, or if a bracket or a brace is not closed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let pattern = text.strip_prefix("./").unwrap_or(text);
        let is_anchored = pattern.contains('/');
        Self::new(pattern.trim_start_matches('/'), is_anchored, Braces::Alternatives)
            .map_err(|reason| format!("`{text}` is not a pattern: {reason}"))
    }

    /// Parses a pattern that matches only as a whole.
    ///
    /// # Errors
    /// Returns an error if the pattern is empty, or if a bracket or a brace is not closed.
    pub fn whole(text: &str) -> Result<Self, String> {
        Self::new(text, true, Braces::Alternatives)
    }

    /// Parses a pattern. If it is not anchored, it matches in any folder.
    ///
    /// # Errors
    /// Returns an error if the pattern is empty, or if a bracket or a brace is not closed.
    pub fn new(pattern: &str, is_anchored: bool, braces: Braces) -> Result<Self, String> {
        if pattern.is_empty() {
            return Err("it is empty".to_owned());
        }
        let start = if is_anchored { "" } else { "(?:.*/)?" };
        let regex = format!("(?s)^{start}{}$", translate(pattern, braces)?);
        Regex::new(&regex).map(|regex| Self { regex }).map_err(|error| error.to_string())
    }

    /// Returns `true` if the whole path matches.
    pub fn matches(&self, path: &str) -> bool {
        self.regex.is_match(path)
    }
}

/// Patterns that select paths. Without a pattern in `include`, every path is included.
#[derive(Debug, Clone, Default)]
pub struct GlobFilter {
    pub include: Vec<Glob>,
    pub exclude: Vec<Glob>,
}

impl GlobFilter {
    /// Returns `true` if a path is included and not excluded.
    pub fn selects(&self, path: &str) -> bool {
        let any = |globs: &[Glob]| globs.iter().any(|glob| glob.matches(path));
        (self.include.is_empty() || any(&self.include)) && !any(&self.exclude)
    }
}

/// Translates a pattern into a regular expression, which is matched in linear time.
fn translate(pattern: &str, braces: Braces) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = pattern.chars().peekable();
    let (mut depth, mut is_part_start) = (0_usize, true);
    while let Some(char) = rest.next() {
        let was_part_start = std::mem::replace(&mut is_part_start, char == '/');
        match char {
            '*' if rest.next_if_eq(&'*').is_some() => {
                while rest.next_if_eq(&'*').is_some() {}
                if was_part_start && rest.next_if_eq(&'/').is_some() {
                    out.push_str("(?:.*/)?");
                    is_part_start = true;
                } else {
                    out.push_str(".*");
                }
            }
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '[' => class(&mut rest, &mut out)?,
            '{' if braces == Braces::Alternatives => {
                depth += 1;
                out.push_str("(?:");
                is_part_start = was_part_start;
            }
            '}' if depth > 0 => {
                depth -= 1;
                out.push(')');
            }
            ',' if depth > 0 => {
                out.push('|');
                is_part_start = true;
            }
            '\\' => literal(rest.next().unwrap_or('\\'), &mut out),
            char => literal(char, &mut out),
        }
    }
    if depth > 0 { Err("a brace is not closed".to_owned()) } else { Ok(out) }
}

/// Translates a class of characters, such as `[a-z]` or `[!0-9]`.
fn class(rest: &mut impl Iterator<Item = char>, out: &mut String) -> Result<(), String> {
    const OPEN: &str = "a bracket is not closed";
    let mut members = Vec::new();
    let mut next = rest.next().ok_or(OPEN)?;
    let is_negated = next == '!' || next == '^';
    if is_negated {
        next = rest.next().ok_or(OPEN)?;
    }
    // A closing bracket in the first place is a member.
    loop {
        members.push(if next == '\\' { rest.next().ok_or(OPEN)? } else { next });
        next = rest.next().ok_or(OPEN)?;
        if next == ']' {
            break;
        }
    }
    out.push_str(if is_negated { "[^/" } else { "[" });
    let last = members.len() - 1;
    for (index, member) in members.iter().enumerate() {
        if *member == '-' && index != 0 && index != last { out.push('-') } else { literal(*member, out) }
    }
    out.push(']');
    Ok(())
}

fn literal(char: char, out: &mut String) {
    // `\<` and `\>` would be the borders of a word.
    if char.is_ascii_punctuation() && !"<>".contains(char) {
        out.push('\\');
    }
    out.push(char);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns_match_whole_paths() {
        for (pattern, path, expected) in [
            ("*.md", "a.md", true),
            ("*.md", "notes/deep/a.md", true),
            ("*.md", "a.mdx", false),
            ("notes/*.md", "notes/a.md", true),
            ("notes/*.md", "notes/deep/a.md", false),
            ("notes/*.md", "other/notes/a.md", false),
            ("notes/**/*.md", "notes/a.md", true),
            ("notes/**/*.md", "notes/x/y/a.md", true),
            ("notes/**", "notes/x/y", true),
            ("notes/**", "notes", false),
            ("**/build/**", "build/x", true),
            ("**/build/**", "a/build/x", true),
            ("/a.md", "a.md", true),
            ("/a.md", "b/a.md", false),
            ("./a.md", "a.md", true),
            ("*.{md,txt}", "b.txt", true),
            ("*.{md,txt}", "b.rs", false),
            ("{notes,help}/**/*.md", "help/a.md", true),
            ("a?.md", "ab.md", true),
            ("a?.md", "a/.md", false),
            ("[a-c].md", "b.md", true),
            ("[!a-c].md", "b.md", false),
            ("[]x].md", "].md", true),
            ("a\\*.md", "a*.md", true),
            ("a\\*.md", "ab.md", false),
            ("a+(b)|c.md", "a+(b)|c.md", true),
            ("ü*.md", "übung.md", true),
            ("*.md", "a\nb.md", true),
        ] {
            assert_eq!(Glob::parse(pattern).unwrap().matches(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn wrong_patterns_are_named() {
        for pattern in ["", "[a", "{a,b", "a[", "[!"] {
            assert!(Glob::parse(pattern).unwrap_err().contains("not a pattern"), "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn no_pattern_panics(pattern in "[a-c*?\\[\\]{},!/\\\\^-]{0,24}", path in "[a-c/.]{0,24}") {
            if let Ok(glob) = Glob::parse(&pattern) {
                glob.matches(&path);
            }
        }

        #[test]
        fn an_escaped_path_matches_itself(path in "[ -~]{1,24}") {
            let escaped: String = path.chars().flat_map(|char| ['\\', char]).collect();
            prop_assert!(Glob::new(&escaped, true, Braces::Alternatives).unwrap().matches(&path));
        }
    }
}
