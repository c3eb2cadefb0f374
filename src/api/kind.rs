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
    /// A file in a vector store. Its ID is that of the file.
    VectorStoreFile,
    FileBatch,
    Upload,
    UploadPart,
    Conversation,
    ConversationItem,
}

impl Kind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 13] = [
        Self::Assistant,
        Self::Thread,
        Self::Message,
        Self::Run,
        Self::Step,
        Self::File,
        Self::VectorStore,
        Self::VectorStoreFile,
        Self::FileBatch,
        Self::Upload,
        Self::UploadPart,
        Self::Conversation,
        Self::ConversationItem,
    ];

    /// Returns the singular name that the ledger stores and JSON output has, such as `vector_store`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Assistant => "assistant",
            Self::Thread => "thread",
            Self::Message => "message",
            Self::Run => "run",
            Self::Step => "step",
            Self::File => "file",
            Self::VectorStore => "vector_store",
            Self::VectorStoreFile => "vector_store_file",
            Self::FileBatch => "file_batch",
            Self::Upload => "upload",
            Self::UploadPart => "upload_part",
            Self::Conversation => "conversation",
            Self::ConversationItem => "conversation_item",
        }
    }

    /// Returns the singular name in words for messages, such as `vector store`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::VectorStore => "vector store",
            Self::VectorStoreFile => "vector store file",
            Self::FileBatch => "file batch",
            Self::UploadPart => "upload part",
            Self::ConversationItem => "conversation item",
            _ => self.name(),
        }
    }

    /// Returns the ID prefix that OpenAI uses for this kind, or an empty text if the prefixes of a kind vary. It is only
    /// a hint, because other servers use arbitrary IDs.
    pub const fn prefix(self) -> &'static str {
        match self.prefixes() {
            [first, ..] => first,
            [] => "",
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
            Self::VectorStoreFile => Self::File.prefixes(),
            Self::FileBatch => &["vsfb_"],
            Self::Upload => &["upload_"],
            Self::UploadPart => &["part_"],
            Self::Conversation => &["conv_"],
            // The prefix names the type of the item: `msg_`, `fc_`, `rs_`, and others.
            Self::ConversationItem => &[],
        }
    }

    /// Returns the kind with this singular name, the inverse of [`Kind::name`].
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Returns the kind whose prefix this ID has, or `None` if it has no known prefix. The ID of a vector store file is
    /// that of a file.
    pub fn of_id(id: &str) -> Option<Self> {
        let has_prefix = |kind: &Self| !kind.prefix().is_empty() && id.starts_with(kind.prefix());
        let found = Self::ALL.into_iter().find(has_prefix);
        // `assistant-` is also the start of ordinary words, so the rest must be as long as an ID of Azure.
        let azure = |rest: &str| rest.len() >= AZURE_SHORTEST && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        found.or_else(|| id.strip_prefix(AZURE_FILE).is_some_and(azure).then_some(Self::File))
    }

    /// Returns `true` if an ID with the prefix of `other` can name an object of this kind.
    pub fn takes_ids_of(self, other: Self) -> bool {
        self.prefixes().is_empty() || self.prefix() == other.prefix()
    }

    /// Returns the value of `object` in objects of this kind (docs/protocol/objects.md), or an empty text if the objects
    /// have no such member.
    pub const fn object_type(self) -> &'static str {
        match self {
            Self::Assistant => "assistant",
            Self::Thread => "thread",
            Self::Message => "thread.message",
            Self::Run => "thread.run",
            Self::Step => "thread.run.step",
            Self::File => "file",
            Self::VectorStore => "vector_store",
            Self::VectorStoreFile => "vector_store.file",
            Self::FileBatch => "vector_store.file_batch",
            Self::Upload => "upload",
            Self::UploadPart => "upload.part",
            Self::Conversation => "conversation",
            Self::ConversationItem => "",
        }
    }

    /// Returns the kind of the object that contains objects of this kind, and the member that holds its ID. Items of a
    /// conversation do not hold it.
    pub const fn parent(self) -> Option<(Self, &'static str)> {
        match self {
            Self::Message | Self::Run => Some((Self::Thread, "thread_id")),
            Self::Step => Some((Self::Run, "run_id")),
            Self::VectorStoreFile | Self::FileBatch => Some((Self::VectorStore, "vector_store_id")),
            Self::UploadPart => Some((Self::Upload, "upload_id")),
            Self::ConversationItem => Some((Self::Conversation, "conversation_id")),
            Self::Assistant | Self::Thread | Self::File | Self::VectorStore | Self::Upload | Self::Conversation => None,
        }
    }

    /// Returns `true` if the ledger records objects of this kind (docs/design/ledger.md#stored-data).
    pub const fn recorded(self) -> bool {
        match self {
            Self::Assistant | Self::Thread | Self::Run | Self::File => true,
            Self::VectorStore | Self::FileBatch | Self::Upload | Self::Conversation => true,
            Self::Message | Self::Step | Self::VectorStoreFile => false,
            Self::UploadPart | Self::ConversationItem => false,
        }
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
            assert_eq!(kind.prefixes().first().copied().unwrap_or_default(), kind.prefix(), "{kind}");
        }
    }

    #[test]
    fn the_words_of_a_kind_are_its_name_with_spaces() {
        for kind in Kind::ALL {
            assert_eq!(kind.words(), kind.name().replace('_', " "), "{kind}");
        }
    }

    #[test]
    fn an_id_has_the_kind_of_its_prefix() {
        for (id, kind) in [
            ("vs_1", Some(Kind::VectorStore)),
            ("vsfb_1", Some(Kind::FileBatch)),
            ("upload_1", Some(Kind::Upload)),
            ("part_1", Some(Kind::UploadPart)),
            ("conv_1", Some(Kind::Conversation)),
            ("msg_1", Some(Kind::Message)),
            ("file-1", Some(Kind::File)),
            ("6b29fc40", None),
            ("", None),
        ] {
            assert_eq!(Kind::of_id(id), kind, "{id}");
        }
        assert!(Kind::VectorStoreFile.takes_ids_of(Kind::File) && Kind::ConversationItem.takes_ids_of(Kind::Message));
        assert!(!Kind::VectorStore.takes_ids_of(Kind::FileBatch) && Kind::Run.takes_ids_of(Kind::Run));
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
