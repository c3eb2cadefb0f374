//! The kinds of object that the protocol keeps, and the id prefixes seen for them (docs/protocol/objects.md).

use std::fmt;

/// The prefix of files at Azure OpenAI, and the fewest characters that follow it.
const AZURE_FILE: &str = "assistant-";
const AZURE_SHORTEST: usize = 20;

/// A kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Assistant,
    Thread,
    Message,
    Run,
    Step,
    File,
    VectorStore,
    Upload,
    Conversation,
}

impl Kind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 9] = [
        Self::Assistant,
        Self::Thread,
        Self::Message,
        Self::Run,
        Self::Step,
        Self::File,
        Self::VectorStore,
        Self::Upload,
        Self::Conversation,
    ];

    /// Returns the name in the singular, as the ledger stores it and messages say it: `vector_store`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Assistant => "assistant",
            Self::Thread => "thread",
            Self::Message => "message",
            Self::Run => "run",
            Self::Step => "step",
            Self::File => "file",
            Self::VectorStore => "vector_store",
            Self::Upload => "upload",
            Self::Conversation => "conversation",
        }
    }

    /// Returns the prefix of ids that OpenAI gives to this kind. Other servers give any id, so it is a hint only.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Assistant => "asst_",
            Self::Thread => "thread_",
            Self::Message => "msg_",
            Self::Run => "run_",
            Self::Step => "step_",
            Self::File => "file-",
            Self::VectorStore => "vs_",
            Self::Upload => "upload_",
            Self::Conversation => "conv_",
        }
    }

    /// Returns every prefix that the services give to ids of this kind, the usual one first: Azure OpenAI names files
    /// `assistant-…`.
    pub const fn prefixes(self) -> &'static [&'static str] {
        match self {
            Self::Assistant => &["asst_"],
            Self::Thread => &["thread_"],
            Self::Message => &["msg_"],
            Self::Run => &["run_"],
            Self::Step => &["step_"],
            Self::File => &["file-", AZURE_FILE],
            Self::VectorStore => &["vs_"],
            Self::Upload => &["upload_"],
            Self::Conversation => &["conv_"],
        }
    }

    /// Returns the kind that goes by this name, the singular as in [`Kind::name`].
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Returns the kind whose prefix this id carries, if it carries one.
    pub fn of_id(id: &str) -> Option<Self> {
        let found = Self::ALL.into_iter().find(|kind| id.starts_with(kind.prefix()));
        // `assistant` is also a word: only what is as long as such an id counts.
        let azure = |rest: &str| rest.len() >= AZURE_SHORTEST && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        found.or_else(|| id.strip_prefix(AZURE_FILE).is_some_and(azure).then_some(Self::File))
    }

    /// Tells whether the ledger keeps objects of this kind (docs/design/ledger.md#stored-data).
    pub const fn recorded(self) -> bool {
        matches!(self, Self::Assistant | Self::Thread | Self::Run | Self::File | Self::VectorStore | Self::Conversation)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_prefix_is_the_first_of_all() {
        for kind in Kind::ALL {
            assert_eq!(kind.prefixes()[0], kind.prefix(), "{kind}");
        }
    }

    #[test]
    fn an_azure_file_is_a_file_and_the_word_assistant_is_not() {
        assert_eq!(Kind::of_id("assistant-AbCdEfGhIjKlMnOpQrSt1234"), Some(Kind::File));
        assert_eq!(Kind::of_id("assistant-AbCdEfGhIjKlMnOpQrSt12"), Some(Kind::File));
        for other in ["assistant-1", "assistant-", "assistant-message-from-the-support"] {
            assert_eq!(Kind::of_id(other), None, "{other}");
        }
    }
}
