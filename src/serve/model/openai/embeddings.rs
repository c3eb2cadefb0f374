//! The embeddings endpoint of `--embed openai:URL`, which returns a vector for each text.

use super::endpoint::JsonEndpoint;
use super::error::EndpointError;
use super::{EndpointSettings, MAX_ATTEMPTS, address};
use crate::{http, json};
use serde::Deserialize;
use serde_json::json;

/// The model that is requested if the settings name no other.
pub const DEFAULT_EMBEDDING_MODEL: &str = "text-embedding-3-large";

/// The maximum number of texts in one request. Endpoints limit the total number of tokens.
const MAX_TEXTS: usize = 32;
/// The maximum number of numbers in a vector.
const MAX_DIMENSION: usize = 16_384;
/// The maximum size in bytes of a response.
const MAX_RESPONSE_BYTES: u64 = 16 << 20;

/// An embeddings endpoint.
#[derive(Debug)]
pub struct EmbeddingEndpoint {
    endpoint: JsonEndpoint,
    model: String,
}

/// The response of an endpoint.
#[derive(Debug, Deserialize)]
struct EmbeddingsResponse {
    data: Vec<IndexedEmbedding>,
}

#[derive(Debug, Deserialize)]
struct IndexedEmbedding {
    /// The index of the text in the request. Some endpoints leave it out.
    index: Option<usize>,
    embedding: Vec<f32>,
}

impl json::Closed<'_> for EmbeddingsResponse {}

impl EmbeddingEndpoint {
    /// Returns the endpoint with this name: `openai:URL`. No request is sent.
    ///
    /// # Errors
    /// Returns an error if the name has another form, if the URL is not usable, or if the key is not a valid header
    /// value.
    pub fn named(name: &str, model: &str, settings: &EndpointSettings) -> Result<Self, String> {
        let Some(base) = name.strip_prefix("openai:") else {
            return Err(format!("expected openai:URL, got `{name}`"));
        };
        let url = address::endpoint_url(base, address::EMBEDDINGS)?;
        Ok(Self { endpoint: JsonEndpoint::new(url, settings)?, model: model.to_owned() })
    }

    /// Returns the vectors of the texts, in the order of the texts. All vectors have the same length.
    ///
    /// # Errors
    /// Returns the reason as text if the endpoint fails after several attempts, or returns vectors of different
    /// lengths.
    pub(in crate::serve) async fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, String> {
        let mut vectors: Vec<Vec<f32>> = Vec::with_capacity(texts.len());
        for texts in texts.chunks(MAX_TEXTS) {
            let found =
                self.request(texts).await.map_err(|error| self.endpoint.redactor.text(&error.embedding_problem()))?;
            vectors.extend(found);
        }
        let dimension = vectors.first().map_or(0, Vec::len);
        match vectors.iter().find(|vector| vector.len() != dimension) {
            Some(other) => Err(format!("the endpoint returned vectors of {dimension} and of {} numbers", other.len())),
            None => Ok(vectors),
        }
    }

    /// Requests the vectors of texts, with retries.
    async fn request(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EndpointError> {
        let body = json!({ "model": self.model, "input": texts, "encoding_format": "float" }).to_string();
        let mut attempts = 0;
        loop {
            let error = match self.send(body.clone(), texts.len()).await {
                Ok(vectors) => return Ok(vectors),
                Err(error) => error,
            };
            attempts += 1;
            match error.pause(attempts).filter(|_| attempts < MAX_ATTEMPTS) {
                Some(_) if self.endpoint.without_pauses => {}
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
        }
    }

    /// Sends one request and reads the whole response.
    async fn send(&self, body: String, count: usize) -> Result<Vec<Vec<f32>>, EndpointError> {
        let request = self.endpoint.request(body, "application/json");
        let response = self.endpoint.transport.send(&request).await.map_err(EndpointError::Transport)?;
        if !response.status.is_success() {
            let (status, headers) = (response.status.as_u16(), response.headers.clone());
            let bytes = response.bytes(http::ERROR_LIMIT).await.unwrap_or_default();
            return Err(EndpointError::status(status, &headers, &bytes));
        }
        let bytes = response.bytes(MAX_RESPONSE_BYTES).await.map_err(EndpointError::Transport)?;
        vectors(&bytes, count).map_err(EndpointError::Malformed)
    }
}

/// Parses a response. Returns the vectors in the order of the texts, of which there are `count`.
fn vectors(body: &[u8], count: usize) -> Result<Vec<Vec<f32>>, String> {
    let response: EmbeddingsResponse =
        json::closed_bytes(body).map_err(|error| format!("expected embeddings: {error}"))?;
    if response.data.len() != count {
        return Err(format!("expected {count} embeddings, got {}", response.data.len()));
    }
    let mut vectors: Vec<Vec<f32>> = vec![Vec::new(); count];
    for (position, found) in response.data.into_iter().enumerate() {
        let index = found.index.unwrap_or(position);
        if !(1..=MAX_DIMENSION).contains(&found.embedding.len()) {
            return Err(format!(
                "expected 1 to {MAX_DIMENSION} numbers in an embedding, got {}",
                found.embedding.len()
            ));
        }
        if !found.embedding.iter().all(|number| number.is_finite()) {
            return Err("an embedding has a number that is too large".to_owned());
        }
        match vectors.get_mut(index).filter(|vector| vector.is_empty()) {
            Some(vector) => *vector = found.embedding,
            None => return Err(format!("the index {index} of an embedding is repeated or too large")),
        }
    }
    Ok(vectors)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_in_the_order_of_the_texts() {
        let body = r#"{"data":[{"index":1,"embedding":[3,4]},{"index":0,"embedding":[1,2.5]}],"model":"m"}"#;
        assert_eq!(vectors(body.as_bytes(), 2).unwrap(), [[1.0, 2.5], [3.0, 4.0]]);
        let body = r#"{"data":[{"embedding":[1]},{"embedding":[2]}]}"#;
        assert_eq!(vectors(body.as_bytes(), 2).unwrap(), [[1.0], [2.0]]);
    }

    #[test]
    fn malformed_responses_are_errors() {
        for (body, problem) in [
            ("<html>", "expected embeddings"),
            ("{}", "expected embeddings"),
            (r#"{"data":[]}"#, "expected 1 embeddings, got 0"),
            (r#"{"data":[{"embedding":[]}]}"#, "got 0"),
            (r#"{"data":[{"embedding":["x"]}]}"#, "expected embeddings"),
            (r#"{"data":[{"embedding":[1e39]}]}"#, "number"),
            (r#"{"data":[{"index":1,"embedding":[1]}]}"#, "index 1"),
        ] {
            let error = vectors(body.as_bytes(), 1).unwrap_err();
            assert!(error.contains(problem), "{body}: {error}");
        }
        let twice = r#"{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[2]}]}"#;
        assert!(vectors(twice.as_bytes(), 2).unwrap_err().contains("index 0"));
    }

    #[test]
    fn the_name_of_an_endpoint_contains_its_url() {
        let settings = EndpointSettings::default();
        for name in ["http://127.0.0.1:1/v1", "openai:ftp://x", "openai:nothing", "echo"] {
            assert!(EmbeddingEndpoint::named(name, "m", &settings).is_err(), "{name}");
        }
        let url = |base| address::endpoint_url(base, address::EMBEDDINGS).unwrap().to_string();
        assert_eq!(url("http://h:1"), "http://h:1/v1/embeddings");
        assert_eq!(url("http://h:1/v1/"), "http://h:1/v1/embeddings");
        assert_eq!(url("http://h:1/v1/embeddings?api-version=1"), "http://h:1/v1/embeddings?api-version=1");
    }
}
