//! The worker of one file. It reads the text of the file, and writes passages as long as the process holds the lease.

use super::Indexer;
use super::cutter::Cutter;
use crate::db::DbError;
use crate::extract::{Extraction, ExtractionFailure, FailureCode, Input};
use crate::serve::store::{CommitOutcome, IndexingJob, MAX_PASSAGES, NewPassage, StoreError};
use tokio::task::spawn_blocking;

/// The error message for a file that the server could not index.
const FAILED: &str = "The server could not index the file. Try again.";

/// An error that ends an attempt to index a file.
#[derive(Debug, thiserror::Error)]
pub(super) enum IndexingError {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("file {file}: {problem}")]
    Internal { file: String, problem: String },
}

impl IndexingError {
    /// Returns `true` if a retry may succeed: the store is busy, or its server is unavailable.
    pub(super) fn is_temporary(&self) -> bool {
        matches!(self, Self::Store(StoreError::Db(error)) if error.is_temporary())
    }
}

impl From<DbError> for IndexingError {
    fn from(error: DbError) -> Self {
        Self::Store(error.into())
    }
}

impl Indexer {
    /// Indexes a file. Returns when the file is completed or failed, or when the process loses the lease. `item` is its
    /// row number.
    pub(super) async fn index(&self, item: i64) -> Result<(), IndexingError> {
        let Some(job) = self.store.indexing_job(item, &self.lease).await? else { return Ok(()) };
        if self.is_held_by_fault(&job.file) {
            self.mark_held(item);
            std::future::pending::<()>().await; // Ends when the file is removed or cancelled.
        }
        if self.store.begin_indexing(&job, &self.lease).await? == CommitOutcome::Conflict {
            return Ok(());
        }
        // An earlier process may have written passages before it died.
        loop {
            match self.store.remove_written(item, &self.lease).await? {
                Some(true) => {}
                Some(false) => break,
                None => return Ok(()),
            }
        }
        let Some((contents, _)) = self.store.blobs.read(&job.blob).await? else {
            return Err(internal(&job, "its contents are missing"));
        };
        let input = Input { file: contents.into_file().await?, name: job.name.clone(), media_type: None };
        let extraction = Extraction::start(input, self.limits.clone());
        match self.write_passages(&job, extraction).await? {
            Some(failure) => self.store_failure(&job, &failure).await,
            None => Ok(()),
        }
    }

    /// Fails a file whose indexing ended with an internal error.
    pub(super) async fn fail(&self, item: i64) -> Result<(), DbError> {
        self.store.fail_file(item, &self.lease, FailureCode::ServerError.as_str(), FAILED).await.map(drop)
    }

    /// Writes the passages of a text and completes the file. Returns a failure if the file cannot be indexed.
    ///
    /// While passages are written, the next piece of the text is cut.
    async fn write_passages(
        &self,
        job: &IndexingJob,
        mut extraction: Extraction,
    ) -> Result<Option<ExtractionFailure>, IndexingError> {
        let cutter = Cutter::new(job.chunking, self.store.has_vectors());
        let mut cutter = cutter.map_err(|error| internal(job, error))?;
        let (mut waiting, mut written) = (Vec::new(), 0);
        loop {
            let piece = match extraction.next().await {
                Some(Ok(piece)) => Some(piece),
                Some(Err(failure)) => return Ok(Some(failure)),
                None => None,
            };
            let is_last = piece.is_none();
            let cut = spawn_blocking(move || {
                let passages = cutter.push(piece.as_deref());
                (cutter, passages)
            });
            let (outcome, cut) = tokio::join!(self.write(job, &mut written, waiting), cut);
            if outcome? == CommitOutcome::Conflict {
                return Ok(None);
            }
            (cutter, waiting) = cut.map_err(|error| internal(job, error))?;
            if let Some(failure) = self.embed(job, &mut waiting).await? {
                return Ok(Some(failure));
            }
            if written + waiting.len() as i64 > MAX_PASSAGES {
                return Ok(Some(ExtractionFailure {
                    code: FailureCode::InvalidFile,
                    message: format!("The file has more than {MAX_PASSAGES} chunks."),
                    detail: None,
                }));
            }
            if is_last {
                break;
            }
        }
        if self.write(job, &mut written, waiting).await? == CommitOutcome::Committed {
            // A conflict means that the file was removed or cancelled.
            self.store.complete_file(job.item, &self.lease, cutter.totals()).await?;
        }
        Ok(None)
    }

    /// Writes passages, and adds their number to `written`.
    async fn write(
        &self,
        job: &IndexingJob,
        written: &mut i64,
        passages: Vec<NewPassage>,
    ) -> Result<CommitOutcome, IndexingError> {
        if passages.is_empty() {
            return Ok(CommitOutcome::Committed);
        }
        let first = *written;
        *written += passages.len() as i64;
        Ok(self.store.add_passages(job, &self.lease, first, passages).await?)
    }

    /// Fails a file. Reports the internal details to the operator.
    async fn store_failure(&self, job: &IndexingJob, failure: &ExtractionFailure) -> Result<(), IndexingError> {
        if let Some(detail) = &failure.detail {
            (self.report)(&format!("indexing: file {} in {}: {detail}", job.file, job.store));
        }
        self.store.fail_file(job.item, &self.lease, failure.code.as_str(), &failure.message).await?;
        Ok(())
    }
}

fn internal(job: &IndexingJob, problem: impl std::fmt::Display) -> IndexingError {
    IndexingError::Internal { file: job.file.clone(), problem: problem.to_string() }
}
