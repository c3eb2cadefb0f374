//! The dialect of a request, which its path determines (docs/protocol/dialects.md).

use crate::api::Dialect;
use crate::http;
use crate::serve::error::ErrorResponse;
use axum::extract::Request;

/// The path prefixes of the protocol, each with its dialect.
pub(super) const PREFIXES: [(&str, Dialect); 5] = [
    ("/v1", Dialect::OpenAi),
    ("/openai/v1", Dialect::AzureOpenAi),
    ("/openai", Dialect::AzureOpenAi),
    ("/api/projects/{project}", Dialect::Foundry),
    ("", Dialect::OpenAi),
];

/// The dialect of a request and the version in its query.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct RequestDialect {
    pub(super) dialect: Dialect,
    pub(super) version: Option<String>,
}

impl RequestDialect {
    /// Returns the dialect of a request, which [`auth::check`](crate::serve::auth::check) determined.
    pub(super) fn of(request: &Request) -> Self {
        request.extensions().get().cloned().unwrap_or_default()
    }
}

/// Returns the dialect of a path, and the path without the prefix of the dialect.
pub(super) fn of_path(path: &str) -> (Dialect, &str) {
    PREFIXES
        .iter()
        .find_map(|(prefix, dialect)| Some((*dialect, without_prefix(path, prefix)?)))
        .unwrap_or((Dialect::OpenAi, path))
}

/// Removes a prefix from a path. A segment of the prefix in braces matches any segment. Returns `None` if the path does
/// not start with the prefix, or has nothing after it.
fn without_prefix<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    let mut rest = path;
    for part in prefix.split('/').skip(1) {
        let (first, _) = rest.strip_prefix('/')?.split_once('/')?;
        if first != part && !part.starts_with('{') {
            return None;
        }
        rest = &rest[1 + first.len()..];
    }
    Some(rest)
}

/// Returns the version in a query.
///
/// # Errors
/// Returns an error if the dialect requires a version, and it is missing or has no assistants. The message is that of
/// Azure's services.
pub(super) fn version(path: &str, dialect: Dialect, query: &str) -> Result<Option<String>, ErrorResponse> {
    let named = |pair: &str| Some(http::query_pair(pair)).filter(|(name, _)| name == "api-version");
    let version = query.split('&').find_map(named).map(|(_, version)| version).filter(|text| !text.is_empty());
    let required = dialect != Dialect::OpenAi && !path.starts_with("/openai/v1/");
    match version {
        None if required => {
            let message = "The api-version query parameter (?api-version=) is required for all requests.";
            Err(ErrorResponse::bad_request(message).code("MissingApiVersionParameter"))
        }
        Some(version) if required && !dialect.knows_version(&version) => {
            let version: String = version.chars().take(64).collect();
            let message = format!("The api-version '{version}' does not support assistants.");
            Err(ErrorResponse::bad_request(message).code("UnsupportedApiVersionValue"))
        }
        version => Ok(version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_version_parameter_may_be_encoded() {
        for query in
            ["api-version=v1", "api%2Dversion=v1", "limit=1&%61pi-version=%76%31", "api-version=v1&api-version=x"]
        {
            assert_eq!(
                version("/api/projects/p/files", Dialect::Foundry, query).ok().flatten().as_deref(),
                Some("v1"),
                "{query}"
            );
        }
        for query in ["", "api-version=", "xapi-version=v1", "api%252Dversion=v1"] {
            assert!(version("/api/projects/p/files", Dialect::Foundry, query).is_err(), "{query}");
        }
    }

    #[test]
    fn the_path_determines_the_dialect() {
        let table = [
            ("/v1/assistants", Dialect::OpenAi, "/assistants"),
            ("/threads/thread_1", Dialect::OpenAi, "/threads/thread_1"),
            ("/v1", Dialect::OpenAi, "/v1"),
            ("/openai/threads", Dialect::AzureOpenAi, "/threads"),
            ("/openai/v1/files", Dialect::AzureOpenAi, "/files"),
            ("/api/projects/p/threads/runs", Dialect::Foundry, "/threads/runs"),
            ("/api/projects", Dialect::OpenAi, "/api/projects"),
        ];
        for (path, dialect, rest) in table {
            assert_eq!(of_path(path), (dialect, rest), "{path}");
        }
    }
}
