//! Validation of base URLs. A rejected URL is never printed, because it may contain a password.

use super::ConfigError;
use crate::http::Url;

/// The base URL of OpenAI.
pub(super) const OPENAI: &str = "https://api.openai.com/v1";

/// Returns the URL without a trailing slash. `place` is the source of the URL, for errors.
///
/// # Errors
/// Returns an error if `text` is not an http or https URL, or if it contains a user, a password, a query or a fragment.
pub(super) fn checked(text: &str, place: &str) -> Result<String, ConfigError> {
    let refused = |why: &str| ConfigError::usage(format!("{place} {why}"));
    let url = Url::parse(text.trim()).map_err(|error| {
        refused(&format!("is not a URL: {error}")).with_hint("a base URL looks like https://api.example.com/v1")
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused("is neither http:// nor https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let error = refused("contains a user or password");
        return Err(error.with_hint("remove it; set the key with api_key_env, api_key_file or api_key_command"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        let error = refused("contains a query or fragment");
        return Err(error.with_hint("remove it; set `api-version` with api_version"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Returns `true` if the host of a validated base URL belongs to OpenAI, in any region.
pub(super) fn is_openai(base_url: &str) -> bool {
    let url = Url::parse(base_url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    host == "api.openai.com" || host.ends_with(".api.openai.com")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn valid_base_urls_are_normalised_and_invalid_ones_are_never_shown() {
        assert_eq!(checked("https://Gate.Example/v1//", "base_url").unwrap(), "https://gate.example/v1");
        assert_eq!(checked("http://h:80", "base_url").unwrap(), "http://h");
        for bad in [
            "https://me:sk-secret@h/v1",
            "https://sk-secret@h",
            "https://h/v1?key=sk-secret",
            "sk-secret",
            "ftp://sk-secret",
        ] {
            let error = checked(bad, "base_url").unwrap_err();
            assert!(error.to_string().starts_with("base_url"), "{error}");
            assert!(!format!("{error:?}").contains("sk-secret"), "{bad:?}");
        }
    }

    #[test]
    fn openai_is_recognised_by_its_host() {
        assert!(is_openai("https://api.openai.com/v1") && is_openai("https://eu.api.openai.com/v1"));
        assert!(!is_openai("https://api.openai.com.evil.example/v1") && !is_openai("https://evilapi.openai.com/v1"));
    }
}
