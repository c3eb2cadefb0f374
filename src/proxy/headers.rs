//! Selection of the headers to forward: all except those of a single connection (RFC 9110, 7.6.1) and the credential.

use crate::http::{HeaderMap, HeaderName, HeaderValue, HttpRequest};

const CONNECTION: &str = "connection";
/// Headers that concern a single connection.
const HOP_BY_HOP: [&str; 9] = [
    CONNECTION,
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Headers of the caller that are not forwarded. Some are meant for the proxy: its host name, its key, and `expect`.
/// The others select an account. The profile selects it instead, because the ledger records all objects under its
/// origin.
const REPLACED: [&str; 7] = [
    "host",
    "authorization",
    "api-key",
    "ocp-apim-subscription-key",
    "expect",
    "openai-organization",
    "openai-project",
];

/// Returns the headers that do not concern a single connection.
pub(super) fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let named = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let named: Vec<String> =
        named.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase()).collect();
    let is_end_to_end =
        |name: &HeaderName| !HOP_BY_HOP.contains(&name.as_str()) && !named.iter().any(|other| other == name.as_str());
    // `into_iter` would return the name of a repeated header only once.
    headers.iter().filter(|(name, _)| is_end_to_end(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Adds the caller's headers to a request. Headers of the profile take precedence. If the proxy must read the response
/// (`is_read`), requests it without compression.
pub(super) fn add_caller_headers(request: &mut HttpRequest, caller: &HeaderMap, is_read: bool) {
    let mut headers = end_to_end(caller);
    for name in REPLACED {
        headers.remove(name);
    }
    if is_read {
        headers.insert("accept-encoding", HeaderValue::from_static("identity"));
    }
    for (name, value) in std::mem::take(&mut request.headers) {
        if let Some(name) = name {
            headers.insert(name, value);
        }
    }
    request.headers = headers;
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::http::{Method, Url};

    #[test]
    fn headers_of_the_connection_and_of_the_caller_are_not_forwarded() {
        let mut caller = HeaderMap::new();
        for (name, value) in [
            ("host", "127.0.0.1:1"),
            ("connection", "close, X-Hop"),
            ("x-hop", "1"),
            ("te", "trailers"),
            ("expect", "100-continue"),
            ("authorization", "Bearer of-the-proxy"),
            ("api-key", "of-the-proxy"),
            ("accept-encoding", "gzip"),
            ("content-length", "7"),
            ("openai-project", "theirs"),
            ("openai-organization", "theirs"),
            ("ocp-apim-subscription-key", "theirs"),
        ] {
            caller.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        caller.append("x-many", HeaderValue::from_static("1"));
        caller.append("x-many", HeaderValue::from_static("2"));
        let url = Url::parse("http://h/v1/x").unwrap();
        let own = HeaderValue::from_static("ours");
        let key = HeaderValue::from_static("Bearer of-the-profile");
        let mut request = HttpRequest::new(Method::GET, url)
            .header(HeaderName::from_static("openai-project"), own)
            .secret_header(HeaderName::from_static("authorization"), key);
        add_caller_headers(&mut request, &caller, true);
        let mut found: Vec<String> =
            request.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        found.sort();
        assert_eq!(
            found,
            [
                "accept-encoding: identity",
                "authorization: Bearer of-the-profile",
                "content-length: 7",
                "openai-project: ours",
                "x-many: 1",
                "x-many: 2"
            ]
        );
        assert!(request.headers["authorization"].is_sensitive());
    }
}
