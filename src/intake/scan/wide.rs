//! Finds UTF-16 and UTF-32 text in arbitrary bytes. A pure function of its input.
//!
//! Both byte orders are supported, with and without a byte order mark. Such text may also follow single-byte text, as
//! when PowerShell appends to a file. IDs are ASCII, so every other character counts as a separator.

/// The minimum number of characters of a text. The shortest prefix has three.
const SHORTEST: usize = 6;

/// A run of consecutive ASCII characters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WideText {
    /// The characters, one byte each.
    pub(super) narrow: Vec<u8>,
    /// The offset of the first character in the bytes.
    begin: usize,
    /// The number of bytes of a character: 2 or 4.
    width: usize,
}

impl WideText {
    /// Returns the byte offset of a character.
    pub(super) const fn offset(&self, character: usize) -> usize {
        self.begin + character * self.width
    }
}

/// Returns the runs of text in the bytes, UTF-16 first.
pub(super) fn texts(bytes: &[u8]) -> Vec<WideText> {
    [2, 4].into_iter().flat_map(|width| of_width(bytes, width)).collect()
}

fn of_width(bytes: &[u8], width: usize) -> Vec<WideText> {
    let (mut texts, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let Some(zero) = memchr::memchr(0, &bytes[at..]) else { break };
        // The character is the byte before its first zero.
        let begin = (at + zero).saturating_sub(1).max(at);
        let narrow: Vec<u8> = bytes[begin..].chunks(width).map_while(character).collect();
        let end = begin + narrow.len() * width;
        if narrow.len() < SHORTEST {
            // Skips a long run of zeros at once, as in a file with a hole.
            let zeros = bytes[begin..].iter().take_while(|byte| **byte == 0).count();
            at = begin + (narrow.len() * width).max(zeros).max(1);
            continue;
        }
        texts.push(WideText { narrow: [narrow, last(bytes, begin, end, width)].concat(), begin, width });
        at = end;
    }
    texts
}

/// Returns the ASCII character of a unit whose other bytes are zero.
fn character(unit: &[u8]) -> Option<u8> {
    match unit {
        [byte, zeros @ ..]
            if byte.is_ascii() && *byte != 0 && !zeros.is_empty() && zeros.iter().all(|byte| *byte == 0) =>
        {
            Some(*byte)
        }
        _ => None,
    }
}

/// Returns the last character of a big-endian run. There the zeros precede each character, so none follows the last
/// one.
fn last(bytes: &[u8], begin: usize, end: usize, width: usize) -> Vec<u8> {
    let zeros_before = begin + 1 >= width && bytes[begin + 1 - width..begin].iter().all(|byte| *byte == 0);
    let over = bytes.get(end + 1).is_none_or(|next| !next.is_ascii_alphanumeric());
    let found = bytes.get(end).filter(|byte| byte.is_ascii() && **byte != 0);
    found.filter(|_| zeros_before && begin > 0 && over).copied().into_iter().collect()
}
