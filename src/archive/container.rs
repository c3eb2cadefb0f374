//! Objects with one list of items: vector stores with their files, and conversations with their items.

use super::names;
use crate::api::Kind;
use serde::{Deserialize, Serialize};

/// A kind of object that has one list of items. Each such object has a folder in the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Container {
    VectorStore,
    Conversation,
}

impl Container {
    /// All kinds, in the order of the manifest.
    pub const ALL: [Self; 2] = [Self::VectorStore, Self::Conversation];

    /// Returns the kind of the object in the API.
    pub const fn kind(self) -> Kind {
        match self {
            Self::VectorStore => Kind::VectorStore,
            Self::Conversation => Kind::Conversation,
        }
    }

    /// Returns the name of the folder that contains the folders of these objects.
    pub(super) const fn collection(self) -> &'static str {
        match self {
            Self::VectorStore => names::VECTOR_STORES,
            Self::Conversation => names::CONVERSATIONS,
        }
    }

    /// Returns the name of the file with the object.
    pub const fn object_file(self) -> &'static str {
        match self {
            Self::VectorStore => names::VECTOR_STORE,
            Self::Conversation => names::CONVERSATION,
        }
    }

    /// Returns the name of the file with the items.
    pub const fn items_file(self) -> &'static str {
        match self {
            Self::VectorStore => names::VECTOR_STORE_FILES,
            Self::Conversation => names::ITEMS,
        }
    }
}
