//! Vector stores, their files, and batches of files (docs/protocol/vector_stores.md#objects).

use super::object::object;
use super::{LastError, List, Open, OpenEnum};
use serde_json::{Map, Value};

object! {
    /// A vector store.
    VectorStore {
        id: &str,
        object: &str,
        /// The time of creation in seconds since 1970.
        created_at: f64,
        name: &str,
        /// The size of the index in bytes.
        usage_bytes: i64,
        file_counts: &FileCounts,
        status: Open<'_, VectorStoreStatus>,
        expires_after: &ExpiresAfter,
        expires_at: f64,
        last_active_at: f64,
        metadata: &Map<String, Value>,
    }
}

object! {
    /// The number of files in each status.
    FileCounts {
        in_progress: i64,
        completed: i64,
        failed: i64,
        cancelled: i64,
        total: i64,
    }
}

object! {
    /// The lifetime of a vector store.
    ExpiresAfter {
        /// The time from which the days count: `last_active_at`.
        anchor: &str,
        days: i64,
    }
}

object! {
    /// A file of a vector store. Its ID is that of the file.
    VectorStoreFile {
        id: &str,
        object: &str,
        /// The size of the index in bytes.
        usage_bytes: i64,
        /// The time at which the file was added, in seconds since 1970.
        created_at: f64,
        vector_store_id: &str,
        status: Open<'_, IndexingStatus>,
        last_error: &LastError,
        chunking_strategy: &ChunkingStrategy,
        /// Texts, numbers, and booleans by name.
        attributes: &Map<String, Value>,
    }
}

object! {
    /// The way in which a file is divided into chunks.
    ChunkingStrategy {
        kind ("type"): Open<'_, ChunkingType>,
        /// The sizes, if the type is `static`.
        sizes ("static"): &StaticChunking,
    }
}

object! {
    /// The sizes of chunks.
    StaticChunking {
        max_chunk_size_tokens: i64,
        chunk_overlap_tokens: i64,
    }
}

object! {
    /// A batch of files that are added to a vector store.
    FileBatch {
        /// The ID of the batch. Some servers return the ID of the vector store instead.
        id: &str,
        /// `vector_store.files_batch` or `vector_store.file_batch`.
        object: &str,
        /// The time of creation in seconds since 1970.
        created_at: f64,
        vector_store_id: &str,
        status: Open<'_, IndexingStatus>,
        file_counts: &FileCounts,
    }
}

object! {
    /// A result of a vector store search (docs/protocol/vector_stores.md#search).
    SearchResult {
        file_id: &str,
        filename: &str,
        score: f64,
        attributes: &Map<String, Value>,
        content: List<'_, &Map<String, Value>>,
    }
}

/// The status of a vector store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VectorStoreStatus {
    Expired,
    InProgress,
    Completed,
}

impl OpenEnum for VectorStoreStatus {
    const VALUES: &'static [(Self, &'static str)] =
        &[(Self::Expired, "expired"), (Self::InProgress, "in_progress"), (Self::Completed, "completed")];
}

/// The status of a file in a vector store, or of a batch of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexingStatus {
    InProgress,
    Completed,
    Cancelled,
    Failed,
}

impl OpenEnum for IndexingStatus {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::InProgress, "in_progress"),
        (Self::Completed, "completed"),
        (Self::Cancelled, "cancelled"),
        (Self::Failed, "failed"),
    ];
}

impl IndexingStatus {
    /// Returns `true` if the status is final.
    pub const fn is_terminal(self) -> bool {
        !matches!(self, Self::InProgress)
    }
}

/// A type of chunking strategy. Requests can also state `auto`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkingType {
    Static,
    Other,
}

impl OpenEnum for ChunkingType {
    const VALUES: &'static [(Self, &'static str)] = &[(Self::Static, "static"), (Self::Other, "other")];
}
