//! An endpoint that receives JSON: its URL, its key, and the transport.

use super::{EndpointSettings, address};
use crate::env::vars;
use crate::http::{
    self, HeaderMap, HeaderName, HeaderValue, HttpRequest, Method, Redactor, RequestBody, Transport, Url,
};
use secrecy::ExposeSecret;
use std::fmt;

/// An endpoint that receives JSON.
pub(super) struct JsonEndpoint {
    url: Url,
    headers: HeaderMap,
    pub(super) transport: Transport,
    /// Hides the key in messages.
    pub(super) redactor: Redactor,
    /// `true` if retries follow without a pause, which tests set.
    pub(super) without_pauses: bool,
}

impl fmt::Debug for JsonEndpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("JsonEndpoint").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

impl JsonEndpoint {
    /// Creates the endpoint without sending a request.
    ///
    /// # Errors
    /// Returns an error if the key is not a valid header value.
    pub(super) fn new(url: Url, settings: &EndpointSettings) -> Result<Self, String> {
        let mut headers = HeaderMap::new();
        if let Some(key) = &settings.key {
            for (name, value) in address::credentials(&url, key.expose_secret()) {
                let mut value = HeaderValue::try_from(value)
                    .map_err(|_| "the key contains a character that is not allowed in a header")?;
                value.set_sensitive(true);
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        let transport = http::TransportSettings {
            connect_timeout: settings.timeout.min(std::time::Duration::from_secs(30)),
            request_timeout: settings.timeout,
            trace: settings.trace.clone(),
            ..http::TransportSettings::default()
        };
        Ok(Self {
            redactor: Redactor::new(&headers),
            url,
            headers,
            transport: Transport::new(transport),
            without_pauses: vars::get(vars::ASST_NO_RETRY_DELAY).is_some(),
        })
    }

    /// Returns a request with this body. `accept` has the accepted media types.
    pub(super) fn request(&self, body: String, accept: &'static str) -> HttpRequest {
        let mut request = HttpRequest::new(Method::POST, self.url.clone()).body(RequestBody::Json(body.into()));
        request.headers = self.headers.clone();
        request.headers.insert(HeaderName::from_static("accept"), HeaderValue::from_static(accept));
        request
    }
}
