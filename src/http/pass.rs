//! Passing a request on for somebody else: the body goes out as it comes in, and the answer comes back as it is. No
//! redirect is followed, nothing is decoded, and only connecting is limited in time: who asks decides on the rest.

use bytes::Bytes;
use futures_util::Stream;
use reqwest::header::HeaderMap;
use reqwest::{Request, StatusCode};

use super::call::Call;
use super::error::{Phase, TransportError};
use super::redact::Redactor;
use super::trace::Exchange;
use super::transport::Transport;

/// The body of a request that is passed on.
pub type Passing = reqwest::Body;

/// Makes a body of what comes.
pub fn passing<E>(body: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> Passing
where
    E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
{
    reqwest::Body::wrap_stream(body)
}

/// An answer as it comes.
pub struct Passed {
    pub status: StatusCode,
    pub headers: HeaderMap,
    host: String,
    redactor: Redactor,
    response: reqwest::Response,
    trace: Option<Exchange>,
}

impl Transport {
    /// Sends a request with a body, if there is one, and returns the answer, whatever its status, when its head is there.
    /// The call's own body is not sent.
    ///
    /// # Errors
    /// Where there is no answer.
    pub async fn pass(&self, call: &Call, body: Option<Passing>) -> Result<Passed, TransportError> {
        let settings = self.settings();
        let client = self.client(&call.url, call.connection)?;
        let trace = settings.trace.as_ref().map(|to| to.request(call, &call.url, &call.headers));
        let mut request = Request::new(call.method.clone(), call.url.clone());
        *request.headers_mut() = call.headers.clone();
        *request.body_mut() = body;
        let host = super::authority(&call.url);
        let response = client.execute(request).await.map_err(|error| {
            let error = TransportError::explain(&error, &host, Phase::Answer, settings.connect_timeout);
            if self.proxy_may_be_between(&call.url) { error.by_proxy() } else { error }
        })?;
        let redactor = Redactor::of_sensitive(&call.headers);
        let (status, mut headers) = (response.status(), response.headers().clone());
        redactor.hide_in(&mut headers);
        if let Some(trace) = &trace {
            trace.answer(status, &headers);
        }
        Ok(Passed { status, headers, host, redactor, response, trace })
    }
}

impl Passed {
    /// Overwrites the credentials of the request in a part of the body, whose length stays the same.
    pub fn mask(&self, body: &mut [u8]) {
        self.redactor.mask(body);
    }

    /// Returns the next piece of the body as it came; `None` at its end.
    ///
    /// # Errors
    /// Where the connection was cut.
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
