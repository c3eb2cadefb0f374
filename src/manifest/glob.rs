//! Patterns of file paths: `*` and `?` within a name, and `**` for any number of folders.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

/// The maximum number of files of one pattern.
pub(super) const MAX_FILES: usize = 10_000;

/// Returns `true` if a path is a pattern.
pub(super) fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?'])
}

/// Returns a pattern in the form of the paths that it finds: without empty steps and `.`.
pub(super) fn normalised(pattern: &str) -> String {
    steps(pattern).join("/")
}

fn steps(pattern: &str) -> Vec<&str> {
    pattern.split('/').filter(|step| !step.is_empty() && *step != ".").collect()
}

/// Returns the folder of a normalised pattern: its steps before the first that has a wildcard, such as `data/`.
pub(super) fn fixed_part(pattern: &str) -> &str {
    let wildcard = pattern.find(['*', '?']).unwrap_or(pattern.len());
    let end = pattern[..wildcard].rfind('/').map_or(0, |slash| slash + 1);
    &pattern[..end]
}

/// Returns the files that match a pattern, relative to `folder` and in alphabetical order. Hidden files and folders match
/// only a name that begins with a dot. Links to folders are not followed by `**`. Stops after `MAX_FILES` + 1 files.
///
/// # Errors
/// If a folder cannot be read, or if a name that matches is not Unicode.
pub(super) fn matches(folder: &Path, pattern: &str) -> io::Result<BTreeSet<String>> {
    let mut steps = steps(pattern);
    steps.dedup_by(|one, other| *one == "**" && *other == "**");
    // A pattern that ends in `**` means every file below.
    let every = steps.last().filter(|last| **last == "**").map(|_| "*");
    let steps: Vec<&str> = steps.into_iter().chain(every).collect();
    let mut found = BTreeSet::new();
    walk(folder, String::new(), &steps, &mut found)?;
    Ok(found)
}

fn walk(folder: &Path, path: String, steps: &[&str], found: &mut BTreeSet<String>) -> io::Result<()> {
    let at = folder.join(&path);
    let Some((step, rest)) = steps.split_first() else {
        if at.is_file() {
            found.insert(path);
        }
        return Ok(());
    };
    let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    if !is_pattern(step) {
        return walk(folder, join(step), rest, found);
    }
    if *step == "**" {
        walk(folder, path.clone(), rest, found)?;
    }
    if !at.is_dir() {
        return Ok(());
    }
    let mut entries = fs::read_dir(&at)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if found.len() > MAX_FILES {
            break;
        }
        let name = entry.file_name();
        let shown = name.to_string_lossy();
        if shown.starts_with('.') && !step.starts_with('.') {
            continue;
        }
        let (is_match, after) = match *step == "**" {
            true => (entry.file_type()?.is_dir(), steps),
            false => (fits(&shown, step), rest),
        };
        if !is_match {
            continue;
        }
        let Some(name) = name.to_str() else {
            return Err(io::Error::other(format!("the name `{shown}` is not Unicode")));
        };
        walk(folder, join(name), after, found)?;
    }
    Ok(())
}

/// Returns `true` if a name matches a pattern without folders.
fn fits(name: &str, pattern: &str) -> bool {
    let (name, pattern): (Vec<char>, Vec<char>) = (name.chars().collect(), pattern.chars().collect());
    let (mut n, mut p) = (0, 0);
    // The last `*`, and the place in the name up to which it reaches.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match (pattern.get(p), star) {
            (Some('*'), _) => {
                star = Some((p, n));
                p += 1;
            }
            (Some(&character), _) if character == '?' || character == name[n] => {
                n += 1;
                p += 1;
            }
            (_, Some((at, reached))) => {
                star = Some((at, reached + 1));
                n = reached + 1;
                p = at + 1;
            }
            _ => return false,
        }
    }
    pattern[p..].iter().all(|character| *character == '*')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_patterns() {
        for (name, pattern, expected) in [
            ("rates.csv", "*.csv", true),
            ("rates.csv", "*", true),
            ("rates.csv", "r?tes.*", true),
            ("rates.csv", "*.md", false),
            ("a.b.csv", "*.b.*", true),
            ("aab", "*ab", true),
            ("", "*", true),
            ("é", "?", true),
            ("ab", "?", false),
        ] {
            assert_eq!(fits(name, pattern), expected, "{name} {pattern}");
        }
    }

    #[test]
    fn a_pattern_finds_files_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["a.md", "pages/b.md", "pages/deep/c.md", "pages/.hidden/d.md", "pages/e.txt", ".f.md"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        for (pattern, expected) in [
            ("*.md", &["a.md"][..]),
            ("pages/*", &["pages/b.md", "pages/e.txt"]),
            ("**/*.md", &["a.md", "pages/b.md", "pages/deep/c.md"]),
            ("pages/**/c.md", &["pages/deep/c.md"]),
            ("./pages/**", &["pages/b.md", "pages/deep/c.md", "pages/e.txt"]),
            ("missing/*.md", &[]),
            ("*/.hidden/*", &["pages/.hidden/d.md"]),
            ("**/**/./**//*.md", &["a.md", "pages/b.md", "pages/deep/c.md"]),
        ] {
            let found: Vec<String> = matches(folder.path(), pattern).unwrap().into_iter().collect();
            assert_eq!(found, expected, "{pattern}");
        }
        for (pattern, expected) in [("data/*.csv", "data/"), ("*.csv", ""), ("a/b/**/c", "a/b/"), ("a/b?/c", "a/")] {
            assert_eq!(fixed_part(pattern), expected, "{pattern}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_match_that_is_not_unicode_is_an_error() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"a\xff.md")), "x").unwrap();
        assert!(matches(folder.path(), "*.md").unwrap_err().to_string().contains("is not Unicode"));
        assert!(matches(folder.path(), "*.csv").unwrap().is_empty());
    }
}
