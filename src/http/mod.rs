//! The HTTP transport: connections, TLS, proxies, timeouts, redirects, and redaction.
//!
//! The module must not depend on the protocol. The callers interpret paths and error bodies, and decide whether to
//! retry.

mod body;
mod budget;
mod certificate;
mod chunk_reader;
mod date;
mod error;
mod forward;
mod inbound_auth;
mod mime;
mod pinned;
mod redact;
mod redirect;
mod request;
mod response;
pub mod sse;
#[cfg(test)]
mod tests;
mod tls;
mod trace;
mod transport;

pub use crate::env::secrets::REDACTED;
pub use body::{FormContents, OpenReader, StreamBody, UploadSource, upload};
pub use budget::{MemoryBudget, Reservation};
pub use chunk_reader::ProgressCallback;
pub use date::parse_date;
pub use error::{Phase, ReadFailed, Sent, TransportError};
pub use forward::{ForwardedBody, ForwardedResponse, forwarded_body};
pub use inbound_auth::{HostCheck, bearer_token, check_host, is_from_web_page, keys_are_equal};
pub use mime::type_of as mime_type_of;
pub use redact::{Redactor, escape_controls, is_secret, names_secret};
pub use request::{ConnectionPolicy, HttpRequest, RequestBody};
pub use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
pub use reqwest::{Method, StatusCode, Url};
pub use response::{DEFAULT_LIMIT, ERROR_LIMIT, HttpResponse};
pub use trace::{TraceLevel, Tracer};
pub use transport::{Transport, TransportSettings};

/// Returns the request ID that the server assigned. Secrets in it are hidden, because it is displayed and recorded.
pub fn request_id(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("x-request-id")?.to_str().ok()?;
    Some(crate::env::secrets::hide(text).into_owned())
}

/// Splits one pair of a query into its decoded name and value.
pub fn query_pair(pair: &str) -> (String, String) {
    let decoded = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    (decoded(name), decoded(value))
}

/// Returns the host and port of a URL for use in messages.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Returns a TLS configuration for connections other than HTTP. It trusts the system's roots and the certificates in
/// `ca_file`.
pub fn tls_config(ca_file: Option<&std::path::Path>) -> Result<rustls::ClientConfig, TransportError> {
    let mut config = tls::with_roots(ca_file)?;
    config.alpn_protocols.clear();
    Ok(config)
}

/// Returns `true` if a URL leads to this machine.
pub fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    match host.trim_matches(['[', ']']).parse::<std::net::IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback() || address.is_unspecified(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}
