//! A request that is not yet assigned to a connection.

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use super::body::StreamBody;

/// An HTTP request.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    pub method: Method,
    pub url: Url,
    /// The headers. Sensitive values are never shown in a trace, and no header is sent to another origin.
    pub headers: HeaderMap,
    pub body: RequestBody,
    pub connection: ConnectionPolicy,
}

/// The choice of the connection for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ConnectionPolicy {
    /// An idle connection of an earlier request, if there is one. The server may be about to close it. The request can
    /// then be lost, and it is unknown whether it arrived.
    #[default]
    Any,
    /// A new connection. If the request is lost, the cause is not a connection that was already closing.
    Fresh,
}

/// The body of a request. It can be sent again, except for a stream whose source can be read only once.
#[derive(Debug, Clone, Default)]
pub enum RequestBody {
    /// No body and no content type.
    #[default]
    Empty,
    /// A JSON text.
    Json(Bytes),
    /// A body that is streamed, such as an upload.
    Stream(StreamBody),
}

impl RequestBody {
    /// Returns `true` if the body can be sent, for the first time or again.
    pub(super) fn can_be_sent(&self) -> bool {
        match self {
            Self::Empty | Self::Json(_) => true,
            Self::Stream(stream) => stream.can_be_sent(),
        }
    }
}

impl HttpRequest {
    /// Returns a request without headers or body.
    pub fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: HeaderMap::new(), body: RequestBody::Empty, connection: ConnectionPolicy::Any }
    }

    /// Adds a header whose value may be shown.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Adds a header whose value must not be shown.
    #[must_use]
    pub fn secret_header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.headers.insert(name, value);
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: RequestBody) -> Self {
        self.body = body;
        self
    }

    /// Sets the choice of the connection.
    #[must_use]
    pub fn connection(mut self, connection: ConnectionPolicy) -> Self {
        self.connection = connection;
        self
    }

    /// Returns the headers, including those that describe the body.
    pub(super) fn all_headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        match &self.body {
            RequestBody::Empty => {}
            RequestBody::Json(_) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            }
            RequestBody::Stream(stream) => stream.add_headers(&mut headers),
        }
        headers
    }
}
