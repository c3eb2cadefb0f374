//! A request, before it is known over which connection it goes.

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use super::body::StreamBody;

/// A request.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: Method,
    pub url: Url,
    /// The headers. Values marked as sensitive never show in a trace; none of them leaves the origin.
    pub headers: HeaderMap,
    pub body: Body,
    pub connection: Connection,
}

/// Over which connection a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Connection {
    /// One that an earlier request left open, if there is any. The server may be about to close it: then the request is
    /// lost, and nobody can tell whether it arrived.
    #[default]
    Any,
    /// One of its own, so that what is lost was lost while the server had it.
    Fresh,
}

/// What a request carries. Each can be sent again, except a stream whose source can be read only once.
#[derive(Debug, Clone, Default)]
pub enum Body {
    /// Nothing, and no content type.
    #[default]
    Empty,
    /// A JSON text.
    Json(Bytes),
    /// Something long.
    Stream(StreamBody),
}

impl Body {
    /// Tells whether it can be sent, again or for the first time.
    pub(super) fn can_be_sent(&self) -> bool {
        match self {
            Self::Empty | Self::Json(_) => true,
            Self::Stream(stream) => stream.can_be_sent(),
        }
    }
}

impl Call {
    /// Returns a request without headers and body.
    pub fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: HeaderMap::new(), body: Body::Empty, connection: Connection::Any }
    }

    /// Adds a header that may be shown.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Adds a header that must not be shown.
    #[must_use]
    pub fn secret_header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.headers.insert(name, value);
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Chooses the connection.
    #[must_use]
    pub fn connection(mut self, connection: Connection) -> Self {
        self.connection = connection;
        self
    }

    /// Returns the headers with what the body says about itself.
    pub(super) fn all_headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        match &self.body {
            Body::Empty => {}
            Body::Json(_) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            }
            Body::Stream(stream) => stream.describe(&mut headers),
        }
        headers
    }
}
