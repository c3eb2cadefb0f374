//! Vector stores. Their files are not a member of the object: separate requests list, add and remove them.

use super::values::{id_set, metadata, text};
use super::{Contents, Identity, OwnedMember, Reference, ResourceKind};
use crate::api::Endpoint;
use crate::api::vector_stores::{
    CreateFileBatch, CreateVectorStore, DeleteVectorStore, DeleteVectorStoreFile, GetVectorStore, ListVectorStoreFiles,
    ListVectorStores, UpdateVectorStore,
};
use serde_json::Value;

/// Vector stores.
pub static VECTOR_STORES: ResourceKind = ResourceKind {
    section: "vector_stores",
    noun: "vector store",
    list: ListVectorStores::SPEC,
    get: GetVectorStore::SPEC,
    create: CreateVectorStore::SPEC,
    update: Some(UpdateVectorStore::SPEC),
    delete: DeleteVectorStore::SPEC,
    identity: Identity::Metadata,
    members: &[
        OwnedMember::new("name", text),
        OwnedMember::new("expires_after", Value::clone),
        OwnedMember::new("metadata", metadata),
        OwnedMember::new("file_ids", id_set),
    ],
    contents: Some(&Contents {
        member: "file_ids",
        folder: Some("sync"),
        options: &["chunking_strategy"],
        list: ListVectorStoreFiles::SPEC,
        add: CreateFileBatch::SPEC,
        remove: DeleteVectorStoreFile::SPEC,
    }),
    references: &[Reference { path: "file_ids", section: "files" }],
    refused: &[],
};
