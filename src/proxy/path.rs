//! Paths of requests. A path consists of a prefix, such as `/v1`, and the part that the protocol defines.
//!
//! The proxy removes the prefix, and forwards the rest unchanged. To recognise a create, it normalises the rest as any
//! server might: it decodes the path, drops empty segments, and ignores the case of letters. If the backend then
//! rejects the request, a harmless record remains. A create that is not recognised would lose an ID.

use crate::api;
use percent_encoding::percent_decode_str;

/// How often a path is decoded at most. A gateway may decode a path that the server behind it decodes again.
const MAX_DECODINGS: usize = 4;

/// The path of a request, split into its parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ForwardedPath<'a> {
    /// The undecoded part that is appended to the base URL of the backend.
    pub(super) forwarded: &'a str,
    /// The part that the protocol defines, such as `/threads/thread_1`, decoded and in the protocol's spelling. It
    /// identifies the endpoint.
    pub(super) protocol: String,
    /// `true` if servers could read the path in different ways, so that the effect of the request is uncertain.
    pub(super) ambiguous: bool,
}

/// The reason why a path is not forwarded.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PathError {
    /// The path could leave the base URL of the backend.
    Outside,
    /// The path names another project than the base URL.
    OtherProject,
}

/// Splits the path of a request. `base` is the path of the backend's base URL.
pub(super) fn split<'a>(path: &'a str, base: &str) -> Result<ForwardedPath<'a>, PathError> {
    let (plain, ambiguous) = decode(path);
    let leaves_base = |segment: &str| matches!(segment.split(';').next(), Some("." | ".."));
    if !path.starts_with('/') || plain.split('/').any(leaves_base) {
        return Err(PathError::Outside);
    }
    let (all, base) = (segments(&plain), segments(&decode(base).0));
    let (rest, forwarded) = match without_prefix(&all, &base).zip(skip_segments(path, base.len())) {
        Some(parts) if !base.is_empty() => parts,
        _ if without_prefix(&all, &base).is_none() && is_project(&all) && is_project(&base) => {
            return Err(PathError::OtherProject);
        }
        _ => (all.as_slice(), without_proxy_prefix(path)),
    };
    Ok(ForwardedPath { forwarded, protocol: protocol_path(rest), ambiguous })
}

/// Removes the prefix of the proxy's own base URL, `/v1` or `/openai`.
fn without_proxy_prefix(path: &str) -> &str {
    let without = |prefix: &str| path.strip_prefix(prefix).filter(|rest| rest.starts_with('/'));
    // In `/openai/v1`, the version stays in the forwarded path, because Azure OpenAI expects it there.
    without("/v1").or_else(|| without("/openai")).unwrap_or(path)
}

/// Decodes a path until decoding no longer changes it. Also returns `true` if servers could read the path in different
/// ways.
fn decode(path: &str) -> (String, bool) {
    let (mut plain, mut ambiguous) = (path.to_owned(), false);
    for _ in 0..MAX_DECODINGS {
        let bytes: Vec<u8> = percent_decode_str(&plain).collect();
        let next = String::from_utf8_lossy(&bytes).into_owned();
        ambiguous |= next.as_bytes() != bytes;
        if next == plain {
            break;
        }
        plain = next;
    }
    // A server that decodes before it splits the URL ends the path at `?` and `#`. Other servers keep them in a
    // segment.
    let has_separator = plain.contains(|letter: char| letter.is_control() || matches!(letter, '?' | '#'));
    // A URL parser treats backslashes as slashes.
    (plain.replace('\\', "/"), ambiguous || has_separator)
}

/// Returns the segments of a decoded path. Removes what some servers remove: parameters after `;`, trailing dots and
/// spaces, and empty segments.
fn segments(plain: &str) -> Vec<String> {
    let bare = |segment: &str| segment.split(';').next().unwrap_or_default().trim_end_matches(['.', ' ']).to_owned();
    plain.split('/').map(bare).filter(|segment| !segment.is_empty()).collect()
}

/// Returns the segments after a prefix, or `None` if they do not start with it. The case of letters is ignored, and `*`
/// in the prefix matches any segment.
fn without_prefix<'a>(segments: &'a [String], prefix: &[String]) -> Option<&'a [String]> {
    let matches = |segment: &String, pattern: &String| pattern == "*" || segment.eq_ignore_ascii_case(pattern);
    let starts_with_prefix = segments.len() >= prefix.len() && segments.iter().zip(prefix).all(|(a, b)| matches(a, b));
    starts_with_prefix.then(|| &segments[prefix.len()..])
}

/// Returns the part of an undecoded path after `count` segments. Returns `None` if one of them is empty or missing.
fn skip_segments(path: &str, count: usize) -> Option<&str> {
    let mut rest = path;
    for _ in 0..count {
        let first = rest.strip_prefix('/')?;
        let end = first.find('/').unwrap_or(first.len());
        if end == 0 {
            return None;
        }
        rest = &first[end..];
    }
    rest.starts_with('/').then_some(rest)
}

/// Returns `true` if a path is that of a Foundry project.
fn is_project(segments: &[String]) -> bool {
    without_prefix(segments, &["api", "projects", "*"].map(str::to_owned)).is_some()
}

/// Returns the part of a path that the protocol defines, with its words in the protocol's spelling.
fn protocol_path(segments: &[String]) -> String {
    let prefixes: [&[&str]; 4] = [&["v1"], &["openai", "v1"], &["openai"], &["api", "projects", "*"]];
    let stripped = prefixes.iter().find_map(|prefix| {
        let prefix: Vec<String> = prefix.iter().map(|&word| word.to_owned()).collect();
        without_prefix(segments, &prefix).filter(|rest| !rest.is_empty())
    });
    let mut path = String::new();
    for segment in stripped.unwrap_or(segments) {
        path.push('/');
        path.push_str(api::standard_segment(segment).unwrap_or(segment));
    }
    path
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_of_the_proxy_is_removed() {
        let found = |path| split(path, "/").map(|path| (path.forwarded, path.protocol));
        for (path, forwarded, protocol) in [
            ("/v1/threads/t_1", "/threads/t_1", "/threads/t_1"),
            ("/openai/threads", "/threads", "/threads"),
            ("/openai/v1/files", "/v1/files", "/files"),
            ("/threads", "/threads", "/threads"),
            ("/v1", "/v1", "/v1"),
            ("/api/projects/p/threads", "/api/projects/p/threads", "/threads"),
        ] {
            assert_eq!(found(path).unwrap(), (forwarded, protocol.to_owned()), "{path}");
        }
        for outside in [
            "/v1/../secret",
            "/v1/%2e%2E/secret",
            "/v1/a%5c..%5cb",
            "/v1/.",
            "/v1/%252e%252e/x",
            "/v1/..;a=b/x",
            "*",
            "",
        ] {
            assert_eq!(found(outside), Err(PathError::Outside), "{outside}");
        }
    }

    #[test]
    fn the_path_of_the_base_url_is_not_repeated() {
        for (base, path, forwarded, protocol) in [
            ("/api/projects/P", "/api/projects/P/threads", "/threads", "/threads"),
            ("/api/projects/P", "/api/projects/p/threads/t/runs", "/threads/t/runs", "/threads/t/runs"),
            ("/api/projects/my%20p", "/api/projects/my%20p/files", "/files", "/files"),
            ("/api/projects/P", "/v1/threads", "/threads", "/threads"),
            ("/api/projects/P", "/threads", "/threads", "/threads"),
            ("/team/v1", "/team/v1/threads", "/threads", "/threads"),
            ("/team/v1", "/v1/threads", "/threads", "/threads"),
            ("/openai", "/openai/v1/threads", "/v1/threads", "/threads"),
            ("/openai", "/openai/threads", "/threads", "/threads"),
            ("/openai/v1", "/openai/v1/threads", "/threads", "/threads"),
        ] {
            let found = split(path, base).unwrap();
            assert_eq!((found.forwarded, found.protocol.as_str()), (forwarded, protocol), "{path} below {base}");
        }
        assert_eq!(split("/api/projects/other/threads", "/api/projects/P"), Err(PathError::OtherProject));
    }

    #[test]
    fn a_create_is_recognised_in_every_spelling() {
        for path in [
            "/v1/threads/",
            "/v1//threads",
            "//v1/threads",
            "/v1/threads//",
            "/v1/%74hreads",
            "/v1/%74%68%72%65%61%64%73",
            "/v1/%2574hreads",
            "/%76%31/threads",
            "/v1%2Fthreads",
            "/v1/THREADS",
            "/V1/Threads",
            "/v1/threads;a=b",
            "/v1/threads.",
            "/v1/threads%20",
            "/v1\\threads",
            "/openai//v1/threads/",
            "/OpenAI/threads",
            "/api//projects/p/threads",
        ] {
            let found = split(path, "/v1").unwrap();
            assert_eq!((found.protocol.as_str(), found.ambiguous), ("/threads", false), "{path}");
            assert!(path.ends_with(found.forwarded), "{path} is forwarded unchanged");
        }
        for path in [
            "/v1/threads%00",
            "/v1/threads%0a",
            "/v1/%c0%af",
            "/v1/threads%ff",
            "/v1/threads%2500",
            "/v1/threads%3Fa",
            "/v1/threads%2523",
        ] {
            assert!(split(path, "/v1").unwrap().ambiguous, "{path}");
        }
        assert!(!split("/v1/files/%C3%A9", "/v1").unwrap().ambiguous);
    }
}
