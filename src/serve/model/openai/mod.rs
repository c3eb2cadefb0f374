//! The model `openai:URL`, which is a chat completions endpoint. Its output is published as it arrives.

mod address;
mod embeddings;
mod endpoint;
mod error;
mod request;
mod stream_decoder;
#[cfg(test)]
mod tests;

pub use address::ModelNames;
pub use embeddings::{DEFAULT_EMBEDDING_MODEL, EmbeddingEndpoint};

use super::{IncompleteReason, InputNeeds, ModelInput, ModelReply, Round, TokenSink};
use crate::http::sse::{self, Parser};
use crate::http::{self, Tracer};
use crate::serve::model::failure::RunFailure;
use endpoint::JsonEndpoint;
use error::EndpointError;
use request::RequestForm;
use secrecy::SecretString;
use std::time::Duration;
use stream_decoder::StreamDecoder;

/// The maximum number of attempts for one round, including the first.
const MAX_ATTEMPTS: u32 = 4;
/// The maximum size in bytes of a response.
const MAX_RESPONSE_BYTES: usize = 16 << 20;

/// The settings for requests to an endpoint.
#[derive(Clone)]
pub struct EndpointSettings {
    /// The key. It is sent only to the endpoint and never shown.
    pub key: Option<SecretString>,
    /// The names of the models on the endpoint.
    pub names: ModelNames,
    /// The longest time without any bytes from the endpoint.
    pub timeout: Duration,
    pub trace: Option<Tracer>,
}

impl Default for EndpointSettings {
    fn default() -> Self {
        Self { key: None, names: ModelNames::default(), timeout: Duration::from_secs(120), trace: None }
    }
}

/// A chat completions endpoint.
#[derive(Debug)]
pub struct ChatEndpoint {
    endpoint: JsonEndpoint,
    names: ModelNames,
}

impl ChatEndpoint {
    /// Creates a model for an endpoint without sending a request.
    ///
    /// # Errors
    /// Returns an error if the URL is not usable, or if the key is not a valid header value.
    pub(super) fn new(url: &str, settings: EndpointSettings) -> Result<Self, String> {
        let url = address::endpoint_url(url, address::COMPLETIONS)?;
        Ok(Self { endpoint: JsonEndpoint::new(url, &settings)?, names: settings.names })
    }

    /// Returns the optional parts of the input that this model needs: the content of image files.
    pub(super) const fn needs() -> InputNeeds {
        InputNeeds { images: true, assistant_name: false }
    }

    /// Requests the next round. Dropping the future closes the connection to the endpoint.
    pub(super) async fn respond(&self, input: &ModelInput, sink: &TokenSink) -> Round {
        if input.completion_left == Some(0) {
            let reply = ModelReply::Incomplete(String::new(), IncompleteReason::Completion);
            return Round { reply, prompt_tokens: 0, completion_tokens: 0 };
        }
        match self.request_round(input, sink).await {
            Ok(round) => round,
            Err(failure) => {
                Round::failed(RunFailure { message: self.endpoint.redactor.text(&failure.message), ..failure })
            }
        }
    }

    /// Requests the next round, with retries. An adaptation of the request's form does not count as an attempt.
    async fn request_round(&self, input: &ModelInput, sink: &TokenSink) -> Result<Round, RunFailure> {
        let mut form = RequestForm::default();
        let mut attempts = 0;
        loop {
            let body = request::body(input, self.names.on_endpoint(&input.model), &form)?;
            let mut decoder = StreamDecoder::new(sink);
            let error = match self.send(body.to_string(), &mut decoder).await {
                Ok(()) => return decoder.round(input),
                Err(error) => error,
            };
            attempts += 1;
            if decoder.has_output() {
                return Err(error.failure()); // Published output cannot be withdrawn, so there is no retry.
            }
            if error.adapt(&mut form, input) {
                attempts -= 1;
                continue;
            }
            match error.pause(attempts).filter(|_| attempts < MAX_ATTEMPTS) {
                Some(_) if self.endpoint.without_pauses => {}
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error.failure()),
            }
        }
    }

    /// Sends one request and reads the whole response.
    async fn send(&self, body: String, decoder: &mut StreamDecoder<'_>) -> Result<(), EndpointError> {
        let request = self.endpoint.request(body, "text/event-stream, application/json");
        let mut response = self.endpoint.transport.send(&request).await.map_err(EndpointError::Transport)?;
        if !response.status.is_success() {
            let (status, headers) = (response.status.as_u16(), response.headers.clone());
            let bytes = response.bytes(http::ERROR_LIMIT).await.unwrap_or_default();
            return Err(EndpointError::status(status, &headers, &bytes));
        }
        if !sse::is_stream(&response.headers) {
            let bytes = response.bytes(MAX_RESPONSE_BYTES as u64).await.map_err(EndpointError::Transport)?;
            return decoder.push_whole(&bytes);
        }
        let (mut parser, mut length) = (Parser::default(), 0);
        while let Some(chunk) = response.chunk().await.map_err(EndpointError::Transport)? {
            length += chunk.len();
            if length > MAX_RESPONSE_BYTES {
                return Err(EndpointError::Malformed("it exceeds 16 MiB".to_owned()));
            }
            parser.push(&chunk);
            while let Some(event) = parser.next().map_err(|error| EndpointError::Malformed(error.to_string()))? {
                if decoder.push_event(&event.data)? {
                    return Ok(());
                }
            }
        }
        decoder.finish()
    }
}
