//! Endpoints of related APIs that create, change or delete objects in the ledger but have no command yet.
//!
//! They are declared here so that requests that pass through the program are recorded (docs/protocol/uploads.md,
//! docs/protocol/vector_stores.md, docs/protocol/conversations.md).

use super::details::{AlsoCreated, Details, Foundry};
use super::endpoint::{Class, Method, Shape, Spec, facts_of};
use super::kind::Kind;

const STORE: &[Kind] = &[Kind::VectorStore];
const CONVERSATION: &[Kind] = &[Kind::Conversation];

const fn make(operation: &'static str, title: &'static str, path: &'static str, kind: Kind) -> Spec {
    Spec {
        operation,
        title,
        method: Method::Post,
        class: Class::Once,
        path,
        kinds: &[],
        shape: Shape::One,
        kind,
        made: true,
        facts: facts_of(operation),
        details: Details { foundry: foundry(kind), ..Details::NONE },
    }
}

const fn foundry(kind: Kind) -> Foundry {
    match kind {
        Kind::Upload | Kind::Conversation => Foundry::never(""),
        _ => Foundry::SAME,
    }
}

const fn change(operation: &'static str, title: &'static str, path: &'static str, kinds: &'static [Kind]) -> Spec {
    Spec { class: Class::Repeatable, kinds, made: false, ..make(operation, title, path, kinds[0]) }
}

const fn remove(operation: &'static str, title: &'static str, path: &'static str, kinds: &'static [Kind]) -> Spec {
    Spec { method: Method::Delete, shape: Shape::Deleted, ..change(operation, title, path, kinds) }
}

const fn list(operation: &'static str, title: &'static str, path: &'static str, kinds: &'static [Kind]) -> Spec {
    Spec {
        method: Method::Get,
        class: Class::Read,
        kinds,
        shape: Shape::Page,
        made: false,
        ..make(operation, title, path, Kind::VectorStore)
    }
}

/// The list of all vector stores.
pub static LIST_STORES: Spec = list("listVectorStores", "list vector stores", "/vector_stores", &[]);
/// The list of the files in a vector store.
pub static LIST_STORE_FILES: Spec =
    list("listVectorStoreFiles", "list files of vector store", "/vector_stores/{vector_store_id}/files", STORE);

/// The endpoints of related APIs.
pub(super) static TABLE: &[Spec] = &[
    make("createVectorStore", "create vector store", "/vector_stores", Kind::VectorStore),
    change("modifyVectorStore", "update vector store", "/vector_stores/{vector_store_id}", STORE),
    remove("deleteVectorStore", "delete vector store", "/vector_stores/{vector_store_id}", STORE),
    make("createConversation", "create conversation", "/conversations", Kind::Conversation),
    change("updateConversation", "update conversation", "/conversations/{conversation_id}", CONVERSATION),
    remove("deleteConversation", "delete conversation", "/conversations/{conversation_id}", CONVERSATION),
    make("createUpload", "create upload", "/uploads", Kind::Upload),
    Spec {
        kinds: &[Kind::Upload],
        made: false,
        details: Details {
            also_creates: &[AlsoCreated { kind: Kind::File, member: "file", described_by: None }],
            foundry: Foundry::never(""),
            ..Details::NONE
        },
        ..make("completeUpload", "complete upload", "/uploads/{upload_id}/complete", Kind::Upload)
    },
];
