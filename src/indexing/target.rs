//! The objects whose indexing can be waited for: a vector store, one of its files, or a batch of files.

use crate::api::paging::StoreFilePaging;
use crate::api::vector_stores::{
    GetFileBatch, GetVectorStore, GetVectorStoreFile, ListFileBatchFiles, ListVectorStoreFiles, OfFileBatch,
    OfVectorStore, OfVectorStoreFile,
};
use crate::api::{Endpoint, Kind, Nothing, PathArgs, Spec};
use crate::app::{Call, Payload};
use anyhow::{Result, anyhow};

/// An object whose indexing is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Store(OfVectorStore),
    File(OfVectorStoreFile),
    Batch(OfFileBatch),
}

impl Target {
    /// Returns the object that a request created, from the IDs in its path and the ID in its response.
    ///
    /// # Errors
    /// Returns an error if the server sent an ID that cannot be part of a path.
    pub(super) fn created_by(spec: &Spec, parents: &[String], id: &str) -> Result<Self> {
        let texts: Vec<&str> = parents.iter().map(String::as_str).chain([id]).collect();
        let target = match spec.kind {
            Kind::VectorStoreFile => PathArgs::from_texts(&texts).map(Self::File),
            Kind::FileBatch => PathArgs::from_texts(&texts).map(Self::Batch),
            _ => PathArgs::from_texts(&texts).map(Self::Store),
        };
        // The text of the error assumes that a user entered the ID, so it gets a prefix.
        target.map_err(|error| anyhow!("the response has an invalid ID: {error}"))
    }

    /// Returns the request for the current state.
    pub fn get(&self) -> Call {
        match self {
            Self::Store(path) => get::<GetVectorStore>(path),
            Self::File(path) => get::<GetVectorStoreFile>(path),
            Self::Batch(path) => get::<GetFileBatch>(path),
        }
    }

    /// Returns the request for the list of files with a status, or `None` if the target is a single file.
    pub(super) fn files(&self, status: &str) -> Option<Call> {
        let query = StoreFilePaging { filter: Some(status.to_owned()), ..StoreFilePaging::default() };
        match self {
            Self::Store(path) => Some(Call::of::<ListVectorStoreFiles>(path, &query, Payload::None)),
            Self::Batch(path) => Some(Call::of::<ListFileBatchFiles>(path, &query, Payload::None)),
            Self::File(_) => None,
        }
    }

    /// Returns a description of the object for messages.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Store(path) => format!("vector store {}", path.vector_store_id.as_str()),
            Self::File(path) => format!("file {} of {}", path.file_id.as_str(), path.vector_store_id.as_str()),
            Self::Batch(path) => format!("file batch {} of {}", path.batch_id.as_str(), path.vector_store_id.as_str()),
        }
    }

    /// Returns the hint with the command that continues the wait.
    pub(super) fn wait_hint(&self) -> String {
        let command = match self {
            Self::Store(_) => "vector-stores get",
            Self::File(_) => "vector-stores files get",
            Self::Batch(_) => "vector-stores batches get",
        };
        format!("`asst {command} {} --wait` continues to wait", self.ids().join(" "))
    }

    /// Returns the command that lists the files with a status.
    pub(super) fn list_command(&self, status: &str) -> String {
        let command = if matches!(self, Self::Batch(_)) { "batches files" } else { "files list" };
        format!("asst vector-stores {command} {} --filter {status}", self.ids().join(" "))
    }

    fn ids(&self) -> Vec<&str> {
        match self {
            Self::Store(path) => path.texts(),
            Self::File(path) => path.texts(),
            Self::Batch(path) => path.texts(),
        }
    }
}

fn get<E: Endpoint<Query = Nothing>>(path: &E::Path) -> Call {
    Call::of::<E>(path, &Nothing {}, Payload::None)
}
