//! The kinds of objects in the protocol, and their known ID prefixes (docs/protocol/objects.md).

use std::fmt;

/// The prefix of file IDs at Azure OpenAI, and the minimum number of characters after it.
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

    /// Returns the singular name, as stored in the ledger and used in messages, such as `vector_store`.
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

    /// Returns the ID prefix that OpenAI uses for this kind. It is only a hint, because other servers use arbitrary
    /// IDs.
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

    /// Returns every known ID prefix of this kind, the usual one first. Azure OpenAI uses `assistant-…` for files.
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

    /// Returns the kind with this singular name, the inverse of [`Kind::name`].
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Returns the kind whose prefix this ID has, or `None` if it has no known prefix.
    pub fn of_id(id: &str) -> Option<Self> {
        let found = Self::ALL.into_iter().find(|kind| id.starts_with(kind.prefix()));
        // `assistant-` is also the start of ordinary words, so the rest must be as long as an ID of Azure.
        let azure = |rest: &str| rest.len() >= AZURE_SHORTEST && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        found.or_else(|| id.strip_prefix(AZURE_FILE).is_some_and(azure).then_some(Self::File))
    }

    /// Returns the value of `object` in objects of this kind (docs/protocol/objects.md).
    pub const fn object_type(self) -> &'static str {
        match self {
            Self::Assistant => "assistant",
            Self::Thread => "thread",
            Self::Message => "thread.message",
            Self::Run => "thread.run",
            Self::Step => "thread.run.step",
            Self::File => "file",
            Self::VectorStore => "vector_store",
            Self::Upload => "upload",
            Self::Conversation => "conversation",
        }
    }

    /// Returns the kind of the object that contains objects of this kind, and the member that holds its ID.
    pub const fn parent(self) -> Option<(Self, &'static str)> {
        match self {
            Self::Message | Self::Run => Some((Self::Thread, "thread_id")),
            Self::Step => Some((Self::Run, "run_id")),
            Self::Assistant | Self::Thread | Self::File | Self::VectorStore | Self::Upload | Self::Conversation => None,
        }
    }

    /// Returns `true` if the ledger records objects of this kind (docs/design/ledger.md#stored-data).
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
