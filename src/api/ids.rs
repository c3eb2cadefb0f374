//! IDs as newtypes, checked once when they enter the program.
//!
//! An ID has 1 to 256 characters out of letters, digits, `_` and `-`, so that it cannot leave its path segment. The
//! alphabet is this wide because servers also use UUIDs and database IDs
//! (docs/protocol/servers.md#self-hosted-servers). IDs in responses are never checked.

use super::Kind;

/// The maximum number of characters in an ID.
pub const LONGEST: usize = 256;

/// The maximum length of a column name for [`names_a_column`].
const LONGEST_NAME: usize = 40;

/// The reason why a text cannot be an ID in a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadId {
    #[error("{} ID cannot be empty", which(*.0))]
    Empty(Option<Kind>),
    #[error("an ID has at most {LONGEST} characters, this one has {0}")]
    TooLong(usize),
    #[error("`{0}` is not an ID; only commands that accept several IDs read them from standard input")]
    Mark(String),
    #[error("`{}` is not an ID: expected A-Z, a-z, 0-9, `_` or `-` at character {at}, found {found:?}", shown(.text))]
    Character { text: String, found: char, at: usize },
}

impl BadId {
    /// Adds the expected kind to [`BadId::Empty`].
    fn of(self, kind: Kind) -> Self {
        if self == Self::Empty(None) { Self::Empty(Some(kind)) } else { self }
    }
}

fn which(kind: Option<Kind>) -> String {
    kind.map_or_else(|| "an".to_owned(), |kind| format!("the {}", kind.name()))
}

/// Returns the first 40 characters of a rejected text, with control characters escaped for the terminal.
fn shown(text: &str) -> String {
    let cut: String = text.chars().take(40).flat_map(char::escape_debug).collect();
    if text.chars().count() > 40 { format!("{cut}…") } else { cut }
}

/// A lookup table of the bytes that an ID may contain: letters, digits, `_` and `-`.
const FITS: [bool; 256] = {
    let mut fits = [false; 256];
    let mut byte = 0;
    while byte < fits.len() {
        fits[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'_' | b'-');
        byte += 1;
    }
    fits
};

/// Checks that a text can be an ID in a path (docs/design/command_line.md#input).
pub fn check(text: &str) -> Result<(), BadId> {
    if text.is_empty() {
        return Err(BadId::Empty(None));
    }
    // A lookup table, because an import checks every ID here: a comparison of each character took a tenth of its time.
    let fits = text.bytes().fold(true, |fits, byte| fits & FITS[usize::from(byte)]);
    let other = |c: &char| !u8::try_from(*c).is_ok_and(|byte| FITS[usize::from(byte)]);
    if !fits && let Some((at, found)) = text.chars().enumerate().find(|(_, c)| other(c)) {
        return Err(BadId::Character { text: text.to_owned(), found, at: at + 1 });
    }
    if text.len() > LONGEST {
        return Err(BadId::TooLong(text.len()));
    }
    // Some commands read IDs from standard input if they get `-`.
    if text.bytes().all(|byte| matches!(byte, b'_' | b'-')) { Err(BadId::Mark(text.to_owned())) } else { Ok(()) }
}

/// The reason why [`plausible`] rejects a text, although the text may be valid in a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Implausible {
    #[error(transparent)]
    Bad(#[from] BadId),
    #[error("`{0}` is the name of a column, not an ID")]
    Column(String),
    #[error("`{0}` is not an ID: expected a digit or 20 letters behind the prefix; pass --any-id to send it anyway")]
    Body(String),
    #[error("`{0}` is a number, not an ID; pass --any-id to send it anyway")]
    Number(String),
    #[error("`{0}` is a word, not an ID; pass --any-id to send it anyway")]
    Word(String),
}

/// Checks that a text from a table, a list or a pipe is plausible as an ID.
///
/// Such input also contains words, numbers and column names. After a known prefix, the text needs a digit or
/// random-looking letters. Without a prefix, it needs both letters and digits.
pub fn plausible(text: &str) -> Result<(), Implausible> {
    check(text)?;
    let digit = text.bytes().any(|byte| byte.is_ascii_digit());
    let prefix = Kind::of_id(text).and_then(|kind| kind.prefixes().iter().find(|prefix| text.starts_with(**prefix)));
    if names_a_column(text) {
        return Err(Implausible::Column(text.to_owned()));
    }
    match prefix {
        Some(_) if digit => Ok(()),
        Some(prefix) if super::forms::is_random(&text.as_bytes()[prefix.len()..]) => Ok(()),
        Some(_) => Err(Implausible::Body(text.to_owned())),
        None if digit && text.bytes().any(|byte| byte.is_ascii_alphabetic()) || is_universal(text) => Ok(()),
        None if digit => Err(Implausible::Number(text.to_owned())),
        None => Err(Implausible::Word(text.to_owned())),
    }
}

/// Returns `true` if the text is a typical column name for IDs: `id`, `thread_id`, `file-id`, `runIds`, `thread_id_2`.
pub fn names_a_column(text: &str) -> bool {
    let name = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let name = if name.len() < text.len() { name.trim_end_matches(['_', '-']) } else { name };
    // An early return, because the checks below would dominate an import of a million IDs.
    if name.len() > LONGEST_NAME || name.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    let joined = ["_id", "_ids", "-id", "-ids"].iter().any(|end| lower.ends_with(end));
    let camel = ["Id", "Ids", "ID", "IDs"].iter().any(|end| name.strip_suffix(end).is_some_and(is_lower_word));
    let plain = matches!(lower.as_str(), "id" | "ids" | "uuid" | "guid");
    joined || camel || plain
}

fn is_lower_word(text: &str) -> bool {
    (2..=20).contains(&text.len()) && text.bytes().skip(1).all(|byte| byte.is_ascii_lowercase())
}

/// Returns `true` if the text is a UUID or has 24 hexadecimal digits. Many servers use these as IDs.
pub fn is_universal(text: &str) -> bool {
    let hex = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut parts = text.split('-');
    let uuid = [8, 4, 4, 4, 12].iter().all(|length| parts.next().is_some_and(|part| hex(part, *length)));
    uuid && parts.next().is_none() || hex(text, 24)
}

/// Returns the kind that the prefix of `id` names if it differs from `wanted`, such as `run_…` given as a thread.
pub fn mistaken(wanted: Kind, id: &str) -> Option<Kind> {
    Kind::of_id(id).filter(|found| !wanted.takes_ids_of(*found))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident: $kind:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The kind of object that this ID names.
            pub const KIND: Kind = Kind::$kind;

            /// Returns the text of the ID.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl std::str::FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                check(text).map(|()| Self(text.to_owned())).map_err(|bad| bad.of(Self::KIND))
            }
        }
        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// The ID of an assistant.
    AssistantId: Assistant;
    /// The ID of a thread.
    ThreadId: Thread;
    /// The ID of a message.
    MessageId: Message;
    /// The ID of a run.
    RunId: Run;
    /// The ID of a run step.
    StepId: Step;
    /// The ID of a file.
    FileId: File;
    /// The ID of a vector store.
    VectorStoreId: VectorStore;
    /// The ID of a file in a vector store, which is the ID of the file.
    VectorStoreFileId: VectorStoreFile;
    /// The ID of a batch of files.
    FileBatchId: FileBatch;
    /// The ID of an upload.
    UploadId: Upload;
    /// The ID of a conversation.
    ConversationId: Conversation;
    /// The ID of an item in a conversation.
    ConversationItemId: ConversationItem;
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_could_leave_its_path_segment_is_refused() {
        for bad in [
            "",
            "a/b",
            "..",
            "thread_1\n",
            "a b",
            "a?b",
            "a%2Fb",
            "tête",
            "\u{141}",
            "a#b",
            "a\\b",
            "a.b",
            "-",
            "_",
            "--",
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
        assert_eq!(check(&"a".repeat(257)), Err(BadId::TooLong(257)));
        for good in ["thread_abc", "file-1", "6b29fc40-ca47-1067-b31d-00dd010662da", &"a".repeat(256)] {
            assert_eq!(check(good), Ok(()), "{good:?}");
        }
    }

    #[test]
    fn errors_show_at_most_40_characters_and_escape_control_characters() {
        let message = check(&format!("x\u{1b}[31m{}", "y".repeat(9_000))).unwrap_err().to_string();
        assert!(message.len() < 200 && !message.contains('\u{1b}'), "{message}");
    }

    #[test]
    fn a_plausible_id_is_neither_a_word_nor_a_date() {
        for good in [
            "thread_1",
            "thread_abc123",
            "run_qWnVbYxRtLkJhGfDsAzXcVbN",
            "asst_AbCdEfGhIjKlMnOpQrSt1234",
            "assistant-R9uhPxvRKGH3m0x5zBOhMjd2",
            "6b29fc40-ca47-1067-b31d-00dd010662da",
            "12345678-1234-1234-1234-123456789012",
            "507f1f77bcf86cd799439011",
            "6b29",
        ] {
            assert_eq!(plausible(good), Ok(()), "{good}");
        }
        for bad in [
            "thread_",
            "thread_zz",
            "asst_here",
            "file-",
            "file-upload",
            "thread_name",
            "1",
            "17",
            "live",
            "",
            "a b",
            "-",
            "2026-11-30",
            "null",
            "NULL",
        ] {
            assert!(plausible(bad).is_err(), "{bad}");
        }
        for column in [
            "id",
            "ID",
            "thread_id",
            "run_id",
            "asst_id",
            "file-id",
            "thread_ids",
            "THREAD_ID",
            "threadId",
            "runIDs",
            "thread_id_2",
            "openai_thread_id",
            "uuid",
        ] {
            assert_eq!(plausible(column), Err(Implausible::Column(column.to_owned())), "{column}");
        }
        assert!(!names_a_column("thread_AbCdEfGhIjKlMnOpQrSt12Id") && !names_a_column("thread_9id"));
    }

    #[test]
    fn a_prefix_of_another_kind_is_detected() {
        assert_eq!(mistaken(Kind::Thread, "run_1"), Some(Kind::Run));
        assert_eq!(mistaken(Kind::Thread, "thread_1"), None);
        assert_eq!(mistaken(Kind::Thread, "6b29fc40"), None);
        assert_eq!(mistaken(Kind::VectorStoreFile, "file-1"), None);
        assert_eq!(mistaken(Kind::ConversationItem, "msg_1"), None);
        assert_eq!(mistaken(Kind::FileBatch, "vs_1"), Some(Kind::VectorStore));
    }
}
