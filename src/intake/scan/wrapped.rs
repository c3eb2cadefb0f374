//! Finds IDs whose prefix is split by a line break, such as `thr` and `ead_…` in the next line. A search for the prefix
//! does not find them. A pure function of its input.

use super::boundary::{begins_after, ends_before, indent};
use super::prefixes::LONGEST_PREFIX;
use crate::api::Kind;
use crate::api::forms::{self, Fit};

/// An ID that is split over two lines: its position and its joined text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WrappedId {
    pub(super) at: usize,
    pub(super) kind: Kind,
    pub(super) id: String,
}

/// A search for IDs at line breaks.
pub(super) struct WrappedIds {
    prefixes: Vec<(Kind, &'static str)>,
    /// Marks the pairs of adjacent letters in any prefix. Few line breaks separate such a pair, so this filter is fast.
    pairs: Box<[bool]>,
    /// Marks the characters that may end such a line.
    last: [bool; 256],
}

impl WrappedIds {
    pub(super) fn new(prefixes: &[(Kind, &'static str)]) -> Self {
        let mut pairs = vec![false; 1 << 16].into_boxed_slice();
        let mut last = [false; 256];
        for byte in prefixes.iter().flat_map(|(_, prefix)| prefix.bytes()).chain(*b"\r=\\") {
            last[usize::from(byte)] = true;
        }
        for two in prefixes.iter().flat_map(|(_, prefix)| prefix.as_bytes().windows(2)) {
            pairs[pair(two[0], two[1])] = true;
        }
        Self { prefixes: prefixes.to_vec(), pairs, last }
    }

    /// Returns the split IDs that begin in `from..to`.
    pub(super) fn find<'a>(&'a self, bytes: &'a [u8], from: usize, to: usize) -> impl Iterator<Item = WrappedId> + 'a {
        let near = &bytes[from..bytes.len().min(to + LONGEST_PREFIX)];
        let ends = memchr::memchr_iter(b'\n', near).map(move |end| from + end);
        // A cheap test that rejects most lines.
        let may = |end: &usize| end.checked_sub(1).is_some_and(|last| self.last[usize::from(bytes[last])]);
        ends.filter(may).filter_map(|end| self.over(bytes, end)).filter(move |found| (from..to).contains(&found.at))
    }

    fn over(&self, bytes: &[u8], end: usize) -> Option<WrappedId> {
        let (line, next) = (&bytes[..end], &bytes[end + 1..]);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        // Quoted-printable text and shell scripts mark a continued line.
        let line = line.strip_suffix(b"=").or_else(|| line.strip_suffix(b"\\")).unwrap_or(line);
        let next = &next[indent(next)..];
        if !self.pairs[pair(*line.last()?, *next.first()?)] {
            return None;
        }
        self.prefixes.iter().find_map(|(kind, prefix)| {
            (1..prefix.len()).find_map(|cut| {
                let (one, two) = prefix.as_bytes().split_at(cut);
                let (before, rest) = (line.strip_suffix(one)?, next.strip_prefix(two)?);
                let length =
                    rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).take(forms::LONGEST + 1).count();
                let whole = forms::fit(*kind, &rest[..length]) == Fit::Whole;
                let id = || format!("{prefix}{}", String::from_utf8_lossy(&rest[..length]));
                let bounded = begins_after(before) && ends_before(&rest[length..]);
                (whole && bounded).then(|| WrappedId { at: before.len(), kind: *kind, id: id() })
            })
        })
    }
}

const fn pair(one: u8, other: u8) -> usize {
    (one as usize) << 8 | other as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_may_be_cut_anywhere() {
        const BODY: &str = "AbCdEfGhIjKlMnOpQrSt1234";
        let wraps = WrappedIds::new(&[(Kind::Thread, "thread_"), (Kind::File, "file-")]);
        for (kind, prefix) in [(Kind::Thread, "thread_"), (Kind::File, "file-")] {
            for (cut, end) in
                (1..prefix.len()).flat_map(|cut| ["\n", "\r\n", "=\n", "\n    ", "\n> "].map(|end| (cut, end)))
            {
                let text = format!("on {}{end}{}{BODY}.\n", &prefix[..cut], &prefix[cut..]);
                let found: Vec<_> = wraps.find(text.as_bytes(), 0, text.len()).collect();
                assert_eq!(found, [WrappedId { at: 3, kind, id: format!("{prefix}{BODY}") }], "{text}");
            }
        }
        for text in ["a cat\nhread_pool_8\n", "t\n", "\n", "thread_AbC\nd", "xthr\nead_AbCdEfGhIjKlMnOpQrSt1234"] {
            assert_eq!(wraps.find(text.as_bytes(), 0, text.len()).count(), 0, "{text}");
        }
    }
}
