//! Text of two or four bytes a character within bytes of any kind: UTF-16 and UTF-32 in either byte order, with a byte order
//! mark or none, also behind text of one byte a character, as PowerShell appends. Only characters of ASCII matter for ids;
//! all others separate. Pure.

/// Characters that make a text; a prefix with the fewest letters has three.
const SHORTEST: usize = 6;

/// Characters that follow each other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) narrow: Vec<u8>,
    begin: usize,
    width: usize,
}

impl Text {
    /// Returns where a character stands in the bytes.
    pub(super) const fn place(&self, character: usize) -> usize {
        self.begin + character * self.width
    }
}

/// Returns the texts in the bytes, those of two bytes a character first.
pub(super) fn texts(bytes: &[u8]) -> Vec<Text> {
    [2, 4].into_iter().flat_map(|width| of_width(bytes, width)).collect()
}

fn of_width(bytes: &[u8], width: usize) -> Vec<Text> {
    let (mut texts, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let Some(zero) = memchr::memchr(0, &bytes[at..]) else { break };
        // A character stands before the first of its zeros.
        let begin = (at + zero).saturating_sub(1).max(at);
        let narrow: Vec<u8> = bytes[begin..].chunks(width).map_while(character).collect();
        let end = begin + narrow.len() * width;
        if narrow.len() < SHORTEST {
            // Zeros by the million, as in a file with a hole, are passed at once.
            let zeros = bytes[begin..].iter().take_while(|byte| **byte == 0).count();
            at = begin + (narrow.len() * width).max(zeros).max(1);
            continue;
        }
        texts.push(Text { narrow: [narrow, last(bytes, begin, end, width)].concat(), begin, width });
        at = end;
    }
    texts
}

/// Returns the character of a unit whose other bytes are zero.
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

/// Returns the last character where the zeros stand before each: what follows is no zero then.
fn last(bytes: &[u8], begin: usize, end: usize, width: usize) -> Vec<u8> {
    let zeros_before = begin + 1 >= width && bytes[begin + 1 - width..begin].iter().all(|byte| *byte == 0);
    let over = bytes.get(end + 1).is_none_or(|next| !next.is_ascii_alphanumeric());
    let found = bytes.get(end).filter(|byte| byte.is_ascii() && **byte != 0);
    found.filter(|_| zeros_before && begin > 0 && over).copied().into_iter().collect()
}
