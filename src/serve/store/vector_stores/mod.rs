//! The files of vector stores, and the passages in which searches find them.
//!
//! Each file of a vector store is a row with a status. Counts of vector stores and of batches are read from these rows.
//! Passages are written while a file is `in_progress`, in several transactions. Until the last one, and while passages
//! are being removed, the row's number is in `hidden_item`, and no search finds them.

mod attach;
mod embeddings;
mod frequencies;
mod indexing;
mod passages;
mod removal;
mod rows;
mod search;

pub(in crate::serve) use attach::NewStoreFile;
pub(in crate::serve) use embeddings::to_bytes;
pub(super) use frequencies::Frequencies;
pub(in crate::serve) use indexing::{IndexingJob, IndexingTotals};
pub(in crate::serve) use passages::{NewPassage, SEQUENCES};
pub(in crate::serve) use rows::{Chunking, StatusCounts, StoreFilePage, StoreFileRow};
pub(in crate::serve) use search::{PassageText, Scopes};
