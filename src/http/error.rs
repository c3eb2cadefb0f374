//! Errors between this program and the backend, each with the information whether the request may have arrived.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use super::certificate::RejectedCertificate;

/// The delivery status of a failed request. A create is retried only on `No`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// The request certainly did not reach the server.
    No,
    /// The request may have reached the server.
    Maybe,
}

/// The phase of a request in which a timeout occurred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Waiting for the connection.
    Connect,
    /// Waiting for the response headers.
    Response,
    /// Waiting for the response body.
    Body,
}

impl fmt::Display for Phase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Connect => "no connection",
            Self::Response => "no response",
            Self::Body => "no further data",
        })
    }
}

/// An error from reading the source of an upload.
#[derive(Debug, thiserror::Error)]
#[error("the upload's source cannot be read: {0}")]
pub struct ReadFailed(pub io::Error);

/// The error of a request that received no complete response.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    #[error("cannot connect to {host}: {reason}")]
    Connect { host: String, reason: String },
    #[error("cannot find {host}: {reason}")]
    Dns { host: String, reason: String },
    #[error("cannot establish a secure connection to {host}: {reason}{}", issued_by(issuer.as_deref()))]
    Tls { host: String, reason: String, issuer: Option<String>, advice: Option<String> },
    #[error("{phase} within {}", seconds(*after))]
    Timeout { phase: Phase, after: Duration },
    #[error("{}", match sent { Sent::No => "nothing was sent within the time limit", Sent::Maybe => "no response \
    within the time limit" })]
    Deadline { sent: Sent },
    #[error("the connection was lost before the response was complete: {reason}")]
    Cut { reason: String },
    #[error("the response cannot be decoded: {reason}")]
    Garbled { reason: String },
    #[error("the response is longer than {} MiB", limit >> 20)]
    TooLarge { limit: u64 },
    #[error("the redirect of the server (status {status}) was not followed: {reason}")]
    Redirect { status: u16, reason: String },
    #[error("the server returned the unexpected status {status}")]
    Status { status: u16 },
    #[error("the proxy failed: {reason}")]
    Proxy { reason: String },
    #[error("cannot connect to {host}, or to the proxy in between: {reason}")]
    Between { host: String, reason: String },
    #[error("the upload's source cannot be read: {reason}")]
    Source { reason: String },
    #[error("{reason}")]
    Settings { reason: String },
    #[error("the request failed: {reason}")]
    Other { reason: String },
}

fn issued_by(issuer: Option<&str>) -> String {
    issuer.map(|issuer| format!(" (the certificate was issued by {issuer})")).unwrap_or_default()
}

fn seconds(after: Duration) -> String {
    format!("{} s", after.as_secs_f64())
}

impl TransportError {
    /// Returns whether the request may have reached the server.
    pub fn sent(&self) -> Sent {
        match self {
            Self::Connect { .. } | Self::Dns { .. } | Self::Tls { .. } | Self::Settings { .. } => Sent::No,
            Self::Proxy { .. } | Self::Between { .. } => Sent::No,
            Self::Timeout { phase: Phase::Connect, .. } => Sent::No,
            Self::Deadline { sent } => *sent,
            // A 303 means that the server processed the request. The other redirects mean that it did not.
            Self::Redirect { status, .. } if *status != 303 => Sent::No,
            _ => Sent::Maybe,
        }
    }

    /// Returns `true` if a retry can help. It cannot for certificates, redirects, settings, and responses that are not
    /// HTTP.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Connect { .. }
                | Self::Dns { .. }
                | Self::Timeout { .. }
                | Self::Cut { .. }
                | Self::Proxy { .. }
                | Self::Between { .. }
                | Self::Other { .. }
        )
    }

    /// Returns a hint about a setting that the user can change.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Tls { advice, .. } => advice.as_deref(),
            Self::Timeout { phase: Phase::Connect, .. } => Some("check the base URL, HTTPS_PROXY and NO_PROXY"),
            Self::Timeout { .. } => Some("pass --request-timeout to allow more time"),
            Self::Deadline { .. } => Some("pass --timeout to allow more time"),
            Self::Proxy { .. } | Self::Between { .. } => {
                Some("check HTTPS_PROXY and NO_PROXY, or `proxy` in the profile")
            }
            Self::TooLarge { .. } => Some("for a list, pass a smaller --page-size"),
            Self::Redirect { .. } => Some("check the profile's base_url"),
            _ => None,
        }
    }

    /// Converts a connection error into one that mentions the proxy, because the error does not contain the proxy's
    /// address.
    pub(super) fn with_proxy(self) -> Self {
        match self {
            Self::Connect { host, reason } | Self::Dns { host, reason } => Self::Between { host, reason },
            other => other,
        }
    }

    /// Finds the reason in the source chain of reqwest's error.
    pub(super) fn explain(error: &reqwest::Error, host: &str, phase: Phase, connect_timeout: Duration) -> Self {
        if let Some(failed) = find::<ReadFailed>(error) {
            return Self::Source { reason: failed.0.to_string() };
        }
        let reason = root_cause(error);
        if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
            return Self::Garbled { reason };
        }
        let host = host.to_owned();
        if error.is_connect() {
            if let Some(tls) = find::<rustls::Error>(error) {
                return tls_error(host, tls);
            }
            let whole = chain(error);
            return match () {
                () if error.is_timeout() && whole.contains("timed out") => {
                    Self::Timeout { phase: Phase::Connect, after: connect_timeout }
                }
                () if error.is_dns() || whole.contains("dns error") => Self::Dns { host, reason },
                () if whole.contains("tls handshake eof") => Self::Connect {
                    host,
                    reason: "it closed the connection during the TLS handshake; the server may not use TLS".to_owned(),
                },
                () if whole.contains("tunnel") || whole.contains("proxy") => Self::Proxy { reason },
                () => Self::Connect { host, reason },
            };
        }
        match phase {
            _ if error.is_builder() => Self::Settings { reason },
            Phase::Body if error.is_decode() && find::<io::Error>(error).is_none_or(is_garbled) => {
                Self::Garbled { reason }
            }
            Phase::Body if find::<io::Error>(error).is_some_and(is_garbled) => Self::Garbled { reason },
            _ if error.is_request() || error.is_body() || error.is_decode() => Self::Cut { reason },
            _ => Self::Other { reason },
        }
    }
}

/// Returns `true` if bytes arrived but were malformed, such as a broken gzip stream or a chunk without a length.
fn is_garbled(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
}

fn tls_error(host: String, error: &rustls::Error) -> TransportError {
    let refused = match error {
        rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other)) => {
            other.0.downcast_ref::<RejectedCertificate>()
        }
        _ => None,
    };
    if let rustls::Error::InvalidMessage(_) = error {
        let advice = Some("the server may use plain HTTP, or may not be a web server: check the base URL".to_owned());
        return TransportError::Tls { host, reason: "the server does not use TLS".to_owned(), issuer: None, advice };
    }
    let Some(refused) = refused else {
        return TransportError::Tls { host, reason: error.to_string(), issuer: None, advice: None };
    };
    let advice = refused.advice.map(str::to_owned);
    TransportError::Tls { host, reason: refused.reason.clone(), issuer: refused.issuer.clone(), advice }
}

/// Searches the source chain for an error of type `E`. Also looks inside `io::Error`, which hides the error that it
/// wraps.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<E>() {
            return Some(found);
        }
        let wrapped = current.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match wrapped {
            Some(inner) => Some(inner),
            None => current.source(),
        };
    }
    None
}

/// Returns the text of the last error in the chain, which comes from the operating system or the peer. reqwest's own
/// text would repeat the URL.
fn root_cause(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    os_error_text(last)
}

/// Returns the text of an operating system error.
pub(super) fn os_error_text(error: &(dyn Error + 'static)) -> String {
    let text = error.to_string();
    // The text already describes the error number.
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    let mut next = error.source();
    while let Some(current) = next {
        text.push_str(&current.to_string());
        text.push('\n');
        next = current.source();
    }
    text
}
