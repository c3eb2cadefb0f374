//! Where a path leads: what stands before the protocol's own part of it belongs to the proxy.

use percent_encoding::percent_decode_str;

/// A path as the caller gave it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Own<'a> {
    /// What is appended to the base of the backend.
    pub(super) behind: &'a str,
    /// The protocol's own part, by which an endpoint is known.
    pub(super) protocol: &'a str,
}

/// Takes a path apart; `None` for one that could leave the base of the backend.
pub(super) fn own(path: &str) -> Option<Own<'_>> {
    // A URL reads encoded dots and backslashes as it reads plain ones.
    let plain = percent_decode_str(path).decode_utf8_lossy().replace('\\', "/");
    if !path.starts_with('/') || plain.split('/').any(|part| part == "." || part == "..") {
        return None;
    }
    let below = |prefix: &str| path.strip_prefix(prefix).filter(|rest| rest.starts_with('/'));
    let (behind, protocol) = match (below("/v1"), below("/openai"), below("/openai/v1")) {
        (Some(rest), ..) => (rest, rest),
        // The version is a part of the path there.
        (_, Some(behind), Some(rest)) => (behind, rest),
        (_, Some(rest), None) => (rest, rest),
        _ => (path, path),
    };
    Some(Own { behind, protocol })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_belongs_to_the_proxy() {
        let found = |path| own(path).map(|own| (own.behind, own.protocol));
        assert_eq!(found("/v1/threads/t_1"), Some(("/threads/t_1", "/threads/t_1")));
        assert_eq!(found("/openai/threads"), Some(("/threads", "/threads")));
        assert_eq!(found("/openai/v1/files"), Some(("/v1/files", "/files")));
        assert_eq!(found("/threads"), Some(("/threads", "/threads")));
        assert_eq!(found("/v1"), Some(("/v1", "/v1")));
        for out in ["/v1/../secret", "/v1/%2e%2E/secret", "/v1/a%5c..%5cb", "/v1/.", "*", ""] {
            assert_eq!(found(out), None, "{out}");
        }
    }
}
