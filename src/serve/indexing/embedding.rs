//! The embeddings of the passages of a file.

use super::Indexer;
use super::worker::IndexingError;
use crate::extract::{ExtractionFailure, FailureCode};
use crate::serve::store::{IndexingJob, NewPassage, to_bytes};

/// The error message for a file if the endpoint returned no embeddings.
const FAILED: &str = "The server could not get the embeddings of the file. Try again.";

impl Indexer {
    /// Sets the embeddings of passages, if the server has an embeddings endpoint. Returns the failure of the file if
    /// the endpoint returns no embeddings, or embeddings of another length than those in the vector store.
    pub(super) async fn embed(
        &self,
        job: &IndexingJob,
        passages: &mut [NewPassage],
    ) -> Result<Option<ExtractionFailure>, IndexingError> {
        let Some(endpoint) = self.embeddings.as_ref().filter(|_| !passages.is_empty()) else { return Ok(None) };
        let texts: Vec<&str> = passages.iter().map(|passage| passage.text.as_str()).collect();
        let vectors = match endpoint.embed(&texts).await {
            Ok(vectors) => vectors,
            Err(problem) => {
                let message = FAILED.to_owned();
                return Ok(Some(ExtractionFailure { code: FailureCode::ServerError, message, detail: Some(problem) }));
            }
        };
        let length = vectors.first().map_or(0, Vec::len);
        if let Some(known) = self.store.dimension(&job.store).await?.filter(|known| *known != length) {
            let message = format!(
                "The embeddings of the vector store have {known} numbers, those of the file have {length}. Use the \
                 same embeddings model, or a new vector store."
            );
            let detail = Some("the embeddings endpoint returned vectors of another length".to_owned());
            return Ok(Some(ExtractionFailure { code: FailureCode::ServerError, message, detail }));
        }
        for (passage, vector) in passages.iter_mut().zip(&vectors) {
            passage.embedding = Some(to_bytes(vector));
        }
        Ok(None)
    }
}
