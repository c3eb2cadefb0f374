//! `--file-map`: the IDs that files of an archive have at the target.

use crate::api::ids;
use crate::env::input;
use crate::exit::Usage;
use anyhow::Result;
use std::collections::BTreeMap;

/// Reads a file with two IDs on each line: that in the archive, and that at the target. Empty lines and lines that begin
/// with `#` are skipped.
pub(super) fn read(path: &str) -> Result<BTreeMap<String, String>> {
    parse(path, &input::read_text(path)?).map_err(Into::into)
}

fn parse(path: &str, text: &str) -> Result<BTreeMap<String, String>, Usage> {
    let mut map = BTreeMap::new();
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let [old, new] = words.as_slice() else {
            let message = format!("{path}:{number}: expected two IDs, found {} words: {line}", words.len());
            return Err(Usage::hinted(message, "write OLD_ID NEW_ID on each line"));
        };
        for id in [old, new] {
            ids::check(id).map_err(|error| Usage::new(format!("{path}:{number}: {error}")))?;
        }
        if let Some(earlier) = map.insert((*old).to_owned(), (*new).to_owned()).filter(|earlier| earlier != new) {
            return Err(Usage::new(format!("{path}:{number}: {old} has two new IDs: {earlier} and {new}")));
        }
    }
    Ok(map)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_line_has_two_ids() {
        let map = parse("m", "# files\nfile-a\tfile-1\r\n\n file-b  file-2 \nfile-a file-1\n").unwrap();
        assert_eq!(
            map.into_iter().collect::<Vec<_>>(),
            [("file-a".to_owned(), "file-1".to_owned()), ("file-b".to_owned(), "file-2".to_owned())]
        );
        let error = |text: &str| parse("m", text).unwrap_err().message;
        assert_eq!(error("file-a file-1\nfile-b"), "m:2: expected two IDs, found 1 words: file-b");
        assert!(error("file-a ../x").starts_with("m:1: "));
        assert_eq!(error("file-a b\nfile-a c"), "m:2: file-a has two new IDs: b and c");
    }
}
