//! The known forms of IDs, for a search in arbitrary text.
//!
//! Text in one of these forms counts as an ID, and text that is close to one is reported as a near miss. Nothing that
//! is sent or received is checked against these forms, because other servers use arbitrary IDs
//! (docs/protocol/servers.md#self-hosted-servers).
//!
//! OpenAI, Azure OpenAI, Foundry and the embedded server put 24 letters and digits after the prefix. File IDs of OpenAI
//! and Azure have 22 to 24. Newer vector stores have 32 hexadecimal digits, as do the fine-tuning files of Azure;
//! file batches and uploads are assumed to follow vector stores. Conversations have 48 or 50.

use super::Kind;
use std::ops::RangeInclusive;

/// The minimum number of characters after a prefix that count as a truncated ID: letters of both cases and digits, or
/// hexadecimal digits only.
const SHORTEST_PIECE: usize = 8;
const SHORTEST_HEX_PIECE: usize = 12;
/// The maximum number of characters after a prefix.
pub const LONGEST: usize = 50;
/// The number of random characters from which a text counts as an ID of an unknown server.
const SHORTEST_FOREIGN: usize = 20;

/// The result of [`fit`]: how well the characters after a prefix match the known forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// A known form.
    Whole,
    /// Shorter than every known form, but random.
    Cut,
    /// Longer than every known form, and random at the beginning.
    Long,
    /// As long as a known form, but made of words, such as `PoolExecutorWorkerThread`.
    Words,
    /// Random, but not in a known form.
    Unknown,
    /// Not similar to an ID.
    None,
}

/// Returns the lengths of alphanumeric IDs and those of hexadecimal IDs.
fn lengths(kind: Kind) -> (RangeInclusive<usize>, &'static [usize]) {
    match kind {
        Kind::File => (22..=24, &[32]),
        Kind::VectorStore | Kind::FileBatch | Kind::Upload => (24..=24, &[32]),
        Kind::Conversation => (24..=24, &[48, 50]),
        _ => (24..=24, &[]),
    }
}

/// Returns how well `body`, the letters and digits after a prefix, fits the forms of `kind`.
pub fn fit(kind: Kind, body: &[u8]) -> Fit {
    let (mixed, hex) = lengths(kind);
    let longest = hex.iter().copied().max().unwrap_or(0);
    let is_hex = is_hex(body);
    if hex.contains(&body.len()) && is_hex {
        return Fit::Whole;
    }
    let head = &body[..body.len().min(*mixed.end())];
    let random = both_cases(head) && !wordy(head) && changes(head) * 3 + 1 >= head.len();
    match body.len() {
        length if mixed.contains(&length) && both_cases(body) => {
            if wordy(body) {
                Fit::Words
            } else {
                Fit::Whole
            }
        }
        length if length > *mixed.end() && random => Fit::Long,
        length if length < *mixed.start() && length >= SHORTEST_PIECE && random => Fit::Cut,
        length if (SHORTEST_HEX_PIECE..longest).contains(&length) && is_hex => Fit::Cut,
        length if length >= SHORTEST_FOREIGN && foreign(body) => Fit::Unknown,
        _ => Fit::None,
    }
}

/// Returns `true` if the characters before an ellipsis are the beginning of an ID rather than a word.
pub fn abbreviated(body: &[u8]) -> bool {
    let digits = body.iter().any(u8::is_ascii_digit) && body.iter().any(u8::is_ascii_alphabetic);
    body.len() >= 4 && (digits || both_cases(body) && !wordy(body))
}

/// Returns `true` if `word` looks like an ID from another server. `word` consists of letters, digits, hyphens and
/// underscores.
pub fn foreign(word: &[u8]) -> bool {
    let plain: Vec<u8> = word.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    let digits = plain.iter().filter(|byte| byte.is_ascii_digit()).count();
    plain.len() >= SHORTEST_FOREIGN && digits >= 3 && changes(&plain) * 3 >= plain.len()
}

/// Returns `true` if letters without a digit look random.
pub fn is_random(body: &[u8]) -> bool {
    body.len() >= SHORTEST_FOREIGN && both_cases(body) && !wordy(body)
}

fn is_hex(body: &[u8]) -> bool {
    let lower = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    body.iter().all(lower) && body.iter().any(u8::is_ascii_digit) && body.iter().any(u8::is_ascii_alphabetic)
}

/// Returns `true` if both cases occur. Of 24 random letters and digits, two in a million have only one case.
fn both_cases(body: &[u8]) -> bool {
    body.iter().any(u8::is_ascii_lowercase) && body.iter().any(u8::is_ascii_uppercase)
}

/// Returns the number of changes between lower case, upper case and digits. Random text changes at more than half of
/// the positions, words only at their ends.
fn changes(body: &[u8]) -> usize {
    let class = |byte: u8| (byte.is_ascii_digit(), byte.is_ascii_uppercase());
    body.windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count()
}

/// Returns `true` if the text looks like camel-case words, optionally followed by a number. Each run of lower-case
/// letters must have at least two letters.
fn wordy(body: &[u8]) -> bool {
    let number = body.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let words = &body[..body.len() - number];
    let runs = words.split(|byte| !byte.is_ascii_lowercase()).filter(|run| !run.is_empty());
    let letters = words.iter().all(u8::is_ascii_alphabetic) && changes(words) * 5 <= words.len() * 2;
    letters && runs.clone().all(|run| run.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_forms_are_whole() {
        for (kind, body) in [
            (Kind::Thread, "AbCdEfGhIjKlMnOpQrSt1234"),
            (Kind::Thread, "qWnVbYxRtLkJhGfDsAzXcVbN"),
            (Kind::Assistant, "R9uhPxvRKGH3m0x5zBOhMjd2"),
            (Kind::File, "8hV6yxRGAp5TUP5Es6LyzK"),
            (Kind::File, "8hV6yxRGAp5TUP5Es6LyzKq"),
            (Kind::File, "6ca9bd640c8e4eaa9ec922604226ab6c"),
            (Kind::VectorStore, "67dedecdbee081919458a9f4fb1afa66"),
            (Kind::VectorStore, "AbCdEfGhIjKlMnOpQrSt1234"),
            (Kind::Conversation, "689667905b048191b4740501625afd940c7533ace33a2dab"),
        ] {
            assert_eq!(fit(kind, body.as_bytes()), Fit::Whole, "{body}");
        }
    }

    #[test]
    fn texts_that_are_close_to_an_id_are_near_misses() {
        for (body, wanted) in [
            ("AbCdEfGhIjKlMnOpQrSt123", Fit::Cut),
            ("qW3nVb9x", Fit::Cut),
            ("AbCdEfGhIjKlMnOpQrSt1234Budget", Fit::Long),
            ("AbCdEfGhIjKlMnOpQrSt1234andmanymorewordsbehindit", Fit::Long),
            ("PoolExecutorWorkerThread", Fit::Words),
            ("PoolExecutorWorkerThre12", Fit::Words),
            ("6ca9bd640c8e4eaa9ec922604226ab6c", Fit::Unknown),
            ("507f1f77bcf86cd799439011", Fit::Unknown),
        ] {
            assert_eq!(fit(Kind::Thread, body.as_bytes()), wanted, "{body}");
        }
        assert_eq!(fit(Kind::VectorStore, b"67dedecdbee08191"), Fit::Cut);
    }

    #[test]
    fn words_and_numbers_are_not_ids() {
        for body in [
            "",
            "id",
            "1",
            "short1",
            "IntegrationTests",
            "onlylettersonlylettersonly",
            "123456789012345678901234",
            "20261130T081500Z",
        ] {
            assert_eq!(fit(Kind::Run, body.as_bytes()), Fit::None, "{body}");
        }
        assert!(abbreviated(b"AbC12") && !abbreviated(b"forever") && !abbreviated(b"Upload"));
        assert!(foreign(b"6b29fc40-ca47-1067-b31d-00dd010662da") && !foreign(b"until_the_end_of_the_line_2"));
    }

    #[test]
    fn random_ids_have_a_known_form() {
        const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let mut state = 88_172_645_463_325_252_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            ALPHABET[usize::try_from((state >> 32) % 62).unwrap_or_default()]
        };
        let (mut letters, mut words) = (0, 0);
        for _ in 0..50_000 {
            let body: Vec<u8> = std::iter::repeat_with(&mut next).take(24).collect();
            letters += usize::from(body.iter().all(u8::is_ascii_alphabetic));
            match fit(Kind::Thread, &body) {
                Fit::Whole => {}
                Fit::Words => words += 1,
                other => panic!("{}: {other:?}", String::from_utf8_lossy(&body)),
            }
        }
        // One in 67 has no digit and must still count as an ID. The few exceptions happen to look like words.
        assert!(letters > 500 && words < 40, "{letters} {words}");
    }
}
