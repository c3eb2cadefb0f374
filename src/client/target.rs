//! How a backend is addressed: base, version, credential, headers (DESIGN.md 2.5, PROTOCOL.md 12).

use super::error::ClientError;
use crate::api::{self, Backend};
use crate::http::{Call, HeaderName, HeaderValue, Method, TransportError, Url};
use secrecy::{ExposeSecret, SecretString};

/// In which header a credential goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `Authorization: Bearer`.
    Bearer,
    /// `api-key`, as Azure OpenAI wants keys.
    ApiKey,
}

/// A credential and its header.
#[derive(Debug, Clone)]
pub struct Key {
    pub scheme: Scheme,
    pub text: SecretString,
}

impl Key {
    fn header(&self) -> Result<(HeaderName, HeaderValue), ClientError> {
        let text = self.text.expose_secret();
        let (name, text) = match self.scheme {
            Scheme::Bearer => ("authorization", format!("Bearer {text}")),
            Scheme::ApiKey => ("api-key", text.to_owned()),
        };
        let value = HeaderValue::from_str(&text).map_err(|_| unusable("the key does not fit into a header"))?;
        Ok((HeaderName::from_static(name), value))
    }
}

/// A backend as the wire sees it.
#[derive(Debug, Clone)]
pub struct Target {
    pub backend: Backend,
    /// With its path, without a slash at the end.
    pub base: String,
    pub api_version: Option<String>,
    pub key: Option<Key>,
    /// Headers by name; any may be a secret.
    pub headers: Vec<(String, SecretString)>,
    /// Whether `OpenAI-Beta: assistants=v2` is sent where the protocol wants it.
    pub beta: bool,
}

const BETA_PATHS: [&str; 3] = ["/assistants", "/threads", "/vector_stores"];

impl Target {
    /// Returns the request without a body.
    pub fn call(&self, method: Method, path: &str, query: &[(String, String)]) -> Result<Call, ClientError> {
        let mut call = Call::new(method, self.url(path, query)?);
        if self.beta && BETA_PATHS.iter().any(|begin| path.starts_with(begin)) {
            call = call.header(HeaderName::from_static("openai-beta"), HeaderValue::from_static("assistants=v2"));
        }
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes());
            let value = HeaderValue::from_str(value.expose_secret());
            if let (Ok(name), Ok(value)) = (name, value) {
                call = call.secret_header(name, value);
            }
        }
        if let Some(key) = &self.key {
            let (name, value) = key.header()?;
            call = call.secret_header(name, value);
        }
        Ok(call)
    }

    /// Tells whether the backend has an operation, as far as is known: OpenAI has given up assistants and threads
    /// (PROTOCOL.md 12.1), and Foundry never had some (12.3).
    pub(super) fn offers(&self, method: api::Method, path: &str) -> bool {
        let retired =
            self.backend == Backend::OpenAi && ["/assistants", "/threads"].iter().any(|begin| path.starts_with(begin));
        !retired && self.backend.dialect().offers_path(method, path, self.api_version.as_deref())
    }

    /// Tells whether a request was made with the key of now, not with one that was replaced meanwhile.
    pub(super) fn signed(&self, call: &Call) -> bool {
        let header = self.key.as_ref().and_then(|key| key.header().ok());
        header.is_none_or(|(name, value)| call.headers.get(name) == Some(&value))
    }

    fn url(&self, path: &str, query: &[(String, String)]) -> Result<Url, ClientError> {
        let prefix = match self.backend {
            Backend::AzureOpenAi if !self.base.ends_with("/openai") && !self.base.ends_with("/openai/v1") => "/openai",
            _ => "",
        };
        let mut url = Url::parse(&format!("{}{prefix}{path}", self.base))
            .map_err(|error| unusable(&format!("the base URL cannot be used: {error}")))?;
        let version = self.api_version.as_deref().map(|version| ("api-version".to_owned(), version.to_owned()));
        if version.is_some() || !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query.iter().cloned().chain(version));
        }
        Ok(url)
    }
}

fn unusable(reason: &str) -> ClientError {
    ClientError::Unreachable(TransportError::Settings { reason: reason.to_owned() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn target(backend: Backend, base: &str) -> Target {
        let key = Key { scheme: Scheme::Bearer, text: "sk-test".into() };
        Target { backend, base: base.into(), api_version: None, key: Some(key), headers: vec![], beta: true }
    }

    #[test]
    fn the_path_stands_behind_any_base() {
        let url = |target: Target| {
            let query = [("include[]".to_owned(), "a b".to_owned())];
            target.call(Method::GET, "/threads/t_1/runs", &query).unwrap().url.to_string()
        };
        let plain = target(Backend::Compatible, "http://127.0.0.1:9/api/v1");
        assert_eq!(url(plain), "http://127.0.0.1:9/api/v1/threads/t_1/runs?include%5B%5D=a+b");
        let version = Some("2024-05-01-preview".to_owned());
        let azure = Target { api_version: version, ..target(Backend::AzureOpenAi, "https://r.openai.azure.com") };
        assert_eq!(
            url(azure),
            "https://r.openai.azure.com/openai/threads/t_1/runs?include%5B%5D=a+b&api-version=2024-05-01-preview"
        );
    }

    #[test]
    fn the_beta_header_goes_where_it_is_wanted_only() {
        let beta = |path: &str| {
            let call = target(Backend::OpenAi, "https://api.openai.com/v1").call(Method::GET, path, &[]).unwrap();
            call.headers.contains_key("openai-beta")
        };
        assert!(beta("/assistants") && beta("/threads/t_1/messages"));
        assert!(!beta("/files"));
    }

    #[test]
    fn a_credential_is_marked_as_one() {
        let call = target(Backend::OpenAi, "https://api.openai.com/v1").call(Method::GET, "/files", &[]).unwrap();
        assert!(call.headers["authorization"].is_sensitive());
        assert!(!format!("{call:?}").contains("sk-test"));
    }
}
