//! Ids as newtypes, checked once on entry.
//!
//! An id may be anything that cannot leave its path segment (servers give UUIDs and database ids too, PROTOCOL.md 12.5):
//! letters, digits, `_` and `-`, at most 256 of them. Ids in answers are never checked.

use super::Kind;

/// Most characters that an id may have.
pub const LONGEST: usize = 256;

/// Why a text is not an id that may enter a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadId {
    #[error("{} id cannot be empty", which(*.0))]
    Empty(Option<Kind>),
    #[error("an id has at most {LONGEST} characters, this one has {0}")]
    TooLong(usize),
    #[error("`{}` is not an id: {found:?} at character {at} is none of A-Z, a-z, 0-9, `_` and `-`", shown(.text))]
    Character { text: String, found: char, at: usize },
}

impl BadId {
    /// Says of which kind the id should have been.
    fn of(self, kind: Kind) -> Self {
        if self == Self::Empty(None) { Self::Empty(Some(kind)) } else { self }
    }
}

fn which(kind: Option<Kind>) -> String {
    kind.map_or_else(|| "an".to_owned(), |kind| format!("the {}", kind.name()))
}

/// Cuts what a message repeats of a rejected text, and escapes what a terminal would obey.
fn shown(text: &str) -> String {
    let cut: String = text.chars().take(40).flat_map(char::escape_debug).collect();
    if text.chars().count() > 40 { format!("{cut}…") } else { cut }
}

/// Which bytes an id may have: letters, digits, `_` and `-`.
const FITS: [bool; 256] = {
    let mut fits = [false; 256];
    let mut byte = 0;
    while byte < fits.len() {
        fits[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'_' | b'-');
        byte += 1;
    }
    fits
};

/// Checks that a text can be an id in a path (DESIGN.md 2.2).
pub fn check(text: &str) -> Result<(), BadId> {
    if text.is_empty() {
        return Err(BadId::Empty(None));
    }
    // Of an import this was a tenth before it was a look into a table.
    let fits = text.bytes().fold(true, |fits, byte| fits & FITS[usize::from(byte)]);
    let other = |c: &char| !u8::try_from(*c).is_ok_and(|byte| FITS[usize::from(byte)]);
    if !fits && let Some((at, found)) = text.chars().enumerate().find(|(_, c)| other(c)) {
        return Err(BadId::Character { text: text.to_owned(), found, at: at + 1 });
    }
    if text.len() > LONGEST { Err(BadId::TooLong(text.len())) } else { Ok(()) }
}

/// Returns the kind that an id plainly belongs to, where another was wanted: `run_…` given as a thread.
pub fn mistaken(wanted: Kind, id: &str) -> Option<Kind> {
    Kind::of_id(id).filter(|found| *found != wanted)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident: $kind:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The kind of object that this id names.
            pub const KIND: Kind = Kind::$kind;

            /// Returns the id's text.
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
    /// Id of an assistant.
    AssistantId: Assistant;
    /// Id of a thread.
    ThreadId: Thread;
    /// Id of a message.
    MessageId: Message;
    /// Id of a run.
    RunId: Run;
    /// Id of a run step.
    StepId: Step;
    /// Id of a file.
    FileId: File;
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_could_leave_its_segment_is_refused() {
        for bad in ["", "a/b", "..", "thread_1\n", "a b", "a?b", "a%2Fb", "tête", "\u{141}", "a#b", "a\\b", "a.b"] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
        assert_eq!(check(&"a".repeat(257)), Err(BadId::TooLong(257)));
        for good in ["thread_abc", "file-1", "6b29fc40-ca47-1067-b31d-00dd010662da", &"a".repeat(256)] {
            assert_eq!(check(good), Ok(()));
        }
    }

    #[test]
    fn a_message_repeats_little_and_nothing_raw() {
        let message = check(&format!("x\u{1b}[31m{}", "y".repeat(9_000))).unwrap_err().to_string();
        assert!(message.len() < 200 && !message.contains('\u{1b}'), "{message}");
    }

    #[test]
    fn a_known_prefix_of_another_kind_is_noticed() {
        assert_eq!(mistaken(Kind::Thread, "run_1"), Some(Kind::Run));
        assert_eq!(mistaken(Kind::Thread, "thread_1"), None);
        assert_eq!(mistaken(Kind::Thread, "6b29fc40"), None);
    }
}
