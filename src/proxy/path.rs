//! The target of a path. A prefix before the protocol's own part of the path belongs to the proxy.
//!
//! The path is forwarded unchanged. To recognise a create, it is read as any server might read it: decoded, without
//! empty segments, and in any case. A request that no backend treats as a create is recorded as rejected, which is
//! harmless. A create that is not recognised loses an ID.

use crate::api;
use percent_encoding::percent_decode_str;

/// The maximum number of decoding rounds. A gateway may decode a path that the server behind it decodes again.
const ROUNDS: usize = 4;

/// A path that was received from the caller.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ForwardedPath<'a> {
    /// The part that is appended to the base URL of the backend.
    pub(super) forwarded: &'a str,
    /// The protocol's own part in its normal form, which identifies the endpoint.
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

/// Splits a path into its parts. `base` is the path of the backend's base URL.
pub(super) fn own<'a>(path: &'a str, base: &str) -> Result<ForwardedPath<'a>, PathError> {
    let (plain, ambiguous) = decoded(path);
    let leaves = |segment: &str| matches!(segment.split(';').next(), Some("." | ".."));
    if !path.starts_with('/') || plain.split('/').any(leaves) {
        return Err(PathError::Outside);
    }
    let (whole, base) = (segments(&plain), segments(&decoded(base).0));
    let (rest, behind) = match below(&whole, &base).zip(raw_below(path, base.len())) {
        Some(found) if !base.is_empty() => found,
        _ if below(&whole, &base).is_none() && is_project(&whole) && is_project(&base) => {
            return Err(PathError::OtherProject);
        }
        _ => (whole.as_slice(), behind_the_proxy(path)),
    };
    Ok(ForwardedPath { forwarded: behind, protocol: protocol(rest), ambiguous })
}

/// Returns the path without the prefixes that address the proxy itself.
fn behind_the_proxy(path: &str) -> &str {
    let below = |prefix: &str| path.strip_prefix(prefix).filter(|rest| rest.starts_with('/'));
    // After `/openai`, a version is part of the path.
    below("/v1").or_else(|| below("/openai")).unwrap_or(path)
}

/// Decodes a path until decoding no longer changes it. Also returns `true` if servers may read it in different ways.
fn decoded(path: &str) -> (String, bool) {
    let (mut plain, mut ambiguous) = (path.to_owned(), false);
    for _ in 0..ROUNDS {
        let bytes: Vec<u8> = percent_decode_str(&plain).collect();
        let next = String::from_utf8_lossy(&bytes).into_owned();
        ambiguous |= next.as_bytes() != bytes;
        if next == plain {
            break;
        }
        plain = next;
    }
    // A server that decodes first ends the path at `?` and `#`; to any other they are part of a segment.
    let odd = plain.contains(|letter: char| letter.is_control() || matches!(letter, '?' | '#'));
    // A URL parser treats backslashes as slashes.
    (plain.replace('\\', "/"), ambiguous || odd)
}

/// Returns the segments of a decoded path, without parameters and without the trailing characters that some servers
/// remove.
fn segments(plain: &str) -> Vec<String> {
    let bare = |segment: &str| segment.split(';').next().unwrap_or_default().trim_end_matches(['.', ' ']).to_owned();
    plain.split('/').map(bare).filter(|segment| !segment.is_empty()).collect()
}

fn below<'a>(whole: &'a [String], prefix: &[String]) -> Option<&'a [String]> {
    let same = whole.len() >= prefix.len()
        && whole.iter().zip(prefix).all(|(one, other)| other == "*" || one.eq_ignore_ascii_case(other));
    same.then(|| &whole[prefix.len()..])
}

/// Returns the part of an undecoded path after `count` segments.
fn raw_below(path: &str, count: usize) -> Option<&str> {
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

fn is_project(segments: &[String]) -> bool {
    below(segments, &["api", "projects", "*"].map(str::to_owned)).is_some()
}

/// Returns the protocol's own part of a path, with its words in the protocol's spelling.
fn protocol(segments: &[String]) -> String {
    let prefixes: [&[&str]; 4] = [&["v1"], &["openai", "v1"], &["openai"], &["api", "projects", "*"]];
    let stripped = prefixes.iter().find_map(|prefix| {
        let prefix: Vec<String> = prefix.iter().map(|&word| word.to_owned()).collect();
        below(segments, &prefix).filter(|rest| !rest.is_empty())
    });
    let mut path = String::new();
    for segment in stripped.unwrap_or(segments) {
        path.push('/');
        path.push_str(api::word(segment).unwrap_or(segment));
    }
    path
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_belongs_to_the_proxy() {
        let found = |path| own(path, "/").map(|own| (own.forwarded, own.protocol));
        for (path, behind, protocol) in [
            ("/v1/threads/t_1", "/threads/t_1", "/threads/t_1"),
            ("/openai/threads", "/threads", "/threads"),
            ("/openai/v1/files", "/v1/files", "/files"),
            ("/threads", "/threads", "/threads"),
            ("/v1", "/v1", "/v1"),
            ("/api/projects/p/threads", "/api/projects/p/threads", "/threads"),
        ] {
            assert_eq!(found(path).unwrap(), (behind, protocol.to_owned()), "{path}");
        }
        for out in [
            "/v1/../secret",
            "/v1/%2e%2E/secret",
            "/v1/a%5c..%5cb",
            "/v1/.",
            "/v1/%252e%252e/x",
            "/v1/..;a=b/x",
            "*",
            "",
        ] {
            assert_eq!(found(out), Err(PathError::Outside), "{out}");
        }
    }

    #[test]
    fn the_path_of_the_base_is_not_doubled() {
        for (base, path, behind, protocol) in [
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
            let own = own(path, base).unwrap();
            assert_eq!((own.forwarded, own.protocol.as_str()), (behind, protocol), "{path} below {base}");
        }
        assert_eq!(own("/api/projects/other/threads", "/api/projects/P"), Err(PathError::OtherProject));
    }

    #[test]
    fn a_create_is_known_however_it_is_written() {
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
            let own = own(path, "/v1").unwrap();
            assert_eq!((own.protocol.as_str(), own.ambiguous), ("/threads", false), "{path}");
            assert!(path.ends_with(own.forwarded), "{path} is passed on as it is");
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
            assert!(own(path, "/v1").unwrap().ambiguous, "{path}");
        }
        assert!(!own("/v1/files/%C3%A9", "/v1").unwrap().ambiguous);
    }
}
