//! Decisions about redirects. Credentials never follow a redirect to another origin (docs/design/client.md#redirects).

use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, HeaderMap, LOCATION, RANGE};
use reqwest::{Method, StatusCode, Url};

use super::error::TransportError;

/// The maximum number of redirects of a request.
const MAX_REDIRECTS: usize = 10;

/// The maximum length of a target in bytes. For longer URLs, reqwest returns an error that looks like an invalid
/// setting.
const MAX_TARGET_BYTES: usize = 16 * 1024;
const MAX_HOST_BYTES: usize = 255;

/// Headers that a server of another origin may see. This is an allowlist, because any other header may be secret.
const PUBLIC: [reqwest::header::HeaderName; 3] = [ACCEPT, ACCEPT_LANGUAGE, RANGE];

/// The next step after a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RedirectAction {
    /// The response is not a redirect.
    Stay,
    /// A redirect within the same origin. The request is sent unchanged.
    Same(Url),
    /// A redirect to another origin. Only public headers are sent.
    Other(Url),
}

/// Decides how to continue after a response. `visited` holds the targets of earlier redirects, the current URL last. If
/// it is empty, `first` is the current URL.
pub(super) fn decide(
    method: &Method,
    first: &Url,
    visited: &[Url],
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<RedirectAction, TransportError> {
    if !status.is_redirection() {
        return Ok(RedirectAction::Stay);
    }
    let refuse = |reason: String| Err(TransportError::Redirect { status: status.as_u16(), reason });
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Err(TransportError::Status { status: status.as_u16() });
    }
    let current = visited.last().unwrap_or(first);
    let Some(location) = headers.get(LOCATION) else {
        return refuse("it has no target".to_owned());
    };
    let Some(mut target) = location.to_str().ok().and_then(|location| current.join(location).ok()) else {
        return refuse("its target is not a URL".to_owned());
    };
    target.set_fragment(None);
    if location.len().max(target.as_str().len()) > MAX_TARGET_BYTES {
        return refuse(format!("its target is longer than {} KiB", MAX_TARGET_BYTES / 1024));
    }
    if target.host_str().is_some_and(|host| host.len() > MAX_HOST_BYTES) {
        return refuse(format!("the host of its target is longer than {MAX_HOST_BYTES} bytes"));
    }
    let place = target.host_str().unwrap_or_default().to_owned();
    match (current.scheme(), target.scheme()) {
        ("https", "http") => return refuse(format!("from https to unencrypted http at {place}")),
        (_, "http" | "https") => {}
        (_, scheme) => return refuse(format!("to the scheme `{}`", super::escape_controls(scheme))),
    }
    // A URL may contain characters that a request cannot.
    if target.as_str().parse::<hyper::Uri>().is_err() {
        return refuse("its target cannot be sent in a request".to_owned());
    }
    if !target.username().is_empty() || target.password().is_some() {
        return refuse("its target contains a user or password".to_owned());
    }
    if target == *first || visited.contains(&target) {
        return refuse("it leads back to an earlier URL".to_owned());
    }
    if visited.len() >= MAX_REDIRECTS {
        return refuse(format!("the request was redirected more than {MAX_REDIRECTS} times"));
    }
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    let is_same_origin = current.origin() == target.origin();
    match (is_read, is_same_origin, status.as_u16()) {
        (true, true, _) | (false, true, 307 | 308) => Ok(RedirectAction::Same(target)),
        (true, false, _) => Ok(RedirectAction::Other(target)),
        (false, true, _) => refuse(format!("it would turn a {method} into a GET")),
        (false, false, _) => {
            refuse(format!("a {method} request is not forwarded to {}", target.origin().ascii_serialization()))
        }
    }
}

/// Returns the headers that may be sent to another origin.
pub(super) fn public(headers: &HeaderMap) -> HeaderMap {
    let kept = PUBLIC.into_iter().filter_map(|name| headers.get(&name).map(|value| (name.clone(), value.clone())));
    kept.filter(|(_, value)| !value.is_sensitive()).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn each_redirect_has_its_action() {
        let from = "https://a.example/v1/x";
        let table = [
            (Method::GET, from, 302, "/v1/y", "same https://a.example/v1/y"),
            (Method::GET, from, 303, "https://A.example:443/z#f", "same https://a.example/z"),
            (Method::GET, from, 307, "https://b.example/", "other https://b.example/"),
            (Method::GET, from, 301, "https://a.example:8443/", "other https://a.example:8443/"),
            (Method::GET, from, 301, "http://a.example/", "unencrypted"),
            (Method::GET, "http://a.example/", 301, "https://a.example/", "other https://a.example/"),
            (Method::GET, from, 302, "file:///etc/passwd", "scheme `file`"),
            (Method::GET, from, 302, "https://u:p@a.example/", "user or password"),
            (Method::GET, from, 302, "/v1/x", "earlier URL"),
            (Method::GET, from, 302, "https://[", "not a URL"),
            (Method::GET, from, 304, "/v1/y", "unexpected status"),
            (Method::GET, from, 200, "/v1/y", "stay"),
            (Method::POST, from, 308, "/v1/y", "same https://a.example/v1/y"),
            (Method::POST, from, 302, "/v1/y", "into a GET"),
            (Method::DELETE, from, 307, "https://b.example/", "not forwarded to https://b.example"),
        ];
        let long = |length: usize| format!("/{}", "x".repeat(length));
        let (fits, longer, longest, encoded) =
            (long(15_000), long(20_000), long(100_000), long(6_000).replace('x', "\u{e9}"));
        let host = format!("https://{}/", vec!["a".repeat(60); 20].join("."));
        let lengths = [
            (Method::GET, from, 302, fits.as_str(), "same https://a.example/xxx"),
            (Method::GET, from, 302, longer.as_str(), "longer than 16 KiB"),
            (Method::GET, from, 302, longest.as_str(), "longer than 16 KiB"),
            (Method::GET, from, 302, encoded.as_str(), "not a URL"),
            (Method::GET, from, 302, host.as_str(), "the host of its target"),
        ];
        for (method, from, status, location, expected) in table.into_iter().chain(lengths) {
            let mut headers = HeaderMap::new();
            headers.insert(LOCATION, HeaderValue::from_bytes(location.as_bytes()).unwrap());
            let from = Url::parse(from).unwrap();
            let got = match decide(&method, &from, &[], StatusCode::from_u16(status).unwrap(), &headers) {
                Ok(RedirectAction::Stay) => "stay".to_owned(),
                Ok(RedirectAction::Same(url)) => format!("same {url}"),
                Ok(RedirectAction::Other(url)) => format!("other {url}"),
                Err(error) => error.to_string(),
            };
            assert!(got.contains(expected) && !got.contains("u:p"), "{method} {location}: {got}");
        }
    }
}
