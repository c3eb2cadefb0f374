//! The files of vector stores, and the passages in which searches find them.
//!
//! Each file of a vector store is a row with a status. Counts of vector stores and of batches are read from these rows.
//! The passages of a file are written in several transactions, while its status is `in_progress`. Until the last
//! transaction, and while passages are being removed, the row number of the file is in the table `hidden_item`.
//! Searches ignore the passages of such files.

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
pub(in crate::serve) use passages::{MAX_PASSAGES, NewPassage};
pub(in crate::serve) use rows::{Chunking, StatusCounts, StoreFilePage, StoreFileRow};
pub(in crate::serve) use search::{PassageText, Scopes};
