//! The error of the store.

use crate::db::DbError;

/// An error from opening a store, or from changing rows or file contents.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("file contents: {0}")]
    Files(#[from] std::io::Error),
}
