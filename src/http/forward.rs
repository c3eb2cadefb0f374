//! Forwarding of requests for another client. The request body is streamed, and the response is returned unchanged:
//! redirects are not followed, and nothing is decoded. Only the connection has a timeout, because the client sets its
//! own limits.

use bytes::Bytes;
use futures_util::Stream;
use reqwest::header::HeaderMap;
use reqwest::{Request, StatusCode};

use super::error::{Phase, TransportError};
use super::redact::Redactor;
use super::request::HttpRequest;
use super::trace::Exchange;
use super::transport::Transport;

/// The body of a forwarded request.
pub type ForwardedBody = reqwest::Body;

/// Creates a body from a stream of chunks.
pub fn forwarded_body<E>(body: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> ForwardedBody
where
    E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
{
    reqwest::Body::wrap_stream(body)
}

/// A response whose body is still arriving.
pub struct ForwardedResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    host: String,
    redactor: Redactor,
    response: reqwest::Response,
    trace: Option<Exchange>,
}

impl Transport {
    /// Sends a request with `body` in place of its own body. Returns the response, whatever its status code, once its
    /// headers have arrived.
    ///
    /// # Errors
    /// Returns an error if no response arrives.
    pub async fn forward(
        &self,
        call: &HttpRequest,
        body: Option<ForwardedBody>,
    ) -> Result<ForwardedResponse, TransportError> {
        let settings = self.settings();
        let client = self.client(&call.url, call.connection)?;
        let trace = settings.trace.as_ref().map(|to| to.request(call, &call.url, &call.headers));
        let mut request = Request::new(call.method.clone(), call.url.clone());
        *request.headers_mut() = call.headers.clone();
        *request.body_mut() = body;
        let host = super::authority(&call.url);
        let response = client.execute(request).await.map_err(|error| {
            let error = TransportError::explain(&error, &host, Phase::Response, settings.connect_timeout);
            if self.proxy_may_be_between(&call.url) { error.with_proxy() } else { error }
        })?;
        let redactor = Redactor::of_marked(&call.headers);
        let (status, mut headers) = (response.status(), response.headers().clone());
        redactor.redact_headers(&mut headers);
        if let Some(trace) = &trace {
            trace.response(status, &headers);
        }
        Ok(ForwardedResponse { status, headers, host, redactor, response, trace })
    }
}

impl ForwardedResponse {
    /// Overwrites the credentials of the request in a part of the body. The length stays the same.
    pub fn mask(&self, body: &mut [u8]) {
        self.redactor.mask(body);
    }

    /// Returns the next chunk of the body unchanged, or `None` at its end.
    ///
    /// # Errors
    /// Returns an error if the connection is closed early.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        let piece = self.response.chunk().await.map_err(|error| {
            TransportError::explain(&error, &self.host, Phase::Body, std::time::Duration::default())
        })?;
        if let (Some(trace), Some(piece)) = (&mut self.trace, &piece) {
            trace.piece(piece);
        }
        Ok(piece)
    }
}
