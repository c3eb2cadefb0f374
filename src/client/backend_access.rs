//! The address of a backend: base URL, API version, credential and headers (docs/design/configuration.md,
//! docs/protocol/dialects.md).

use super::error::ClientError;
use crate::api::{self, Backend};
use crate::env::secrets;
use crate::http::{self, HeaderName, HeaderValue, HttpRequest, Method, TransportError, Url};
use secrecy::{ExposeSecret, SecretString};

/// The header that carries a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `Authorization: Bearer`.
    Bearer,
    /// `api-key`, which Azure OpenAI requires for keys.
    ApiKey,
}

/// A credential, in the form of a header.
#[derive(Debug, Clone)]
pub struct AuthHeader {
    scheme: Scheme,
    /// `None` if the credential contains characters that a header cannot hold.
    value: Option<HeaderValue>,
}

impl AuthHeader {
    /// Creates a credential from its text.
    pub fn new(scheme: Scheme, text: &SecretString) -> Self {
        let text = text.expose_secret();
        secrets::add(text);
        let value = match scheme {
            Scheme::Bearer => HeaderValue::from_str(&format!("Bearer {text}")),
            Scheme::ApiKey => HeaderValue::from_str(text),
        };
        let mut value = value.ok();
        value.iter_mut().for_each(|value| value.set_sensitive(true));
        Self { scheme, value }
    }

    fn header(&self) -> Result<(HeaderName, HeaderValue), ClientError> {
        let name = match self.scheme {
            Scheme::Bearer => "authorization",
            Scheme::ApiKey => "api-key",
        };
        let value = self
            .value
            .clone()
            .ok_or_else(|| invalid_settings("the key contains characters that a header cannot hold"))?;
        Ok((HeaderName::from_static(name), value))
    }
}

/// The address and the credential of a backend.
#[derive(Debug, Clone)]
pub struct BackendAccess {
    pub backend: Backend,
    pub base: BaseUrl,
    pub api_version: Option<String>,
    pub key: Option<AuthHeader>,
    /// The headers by name. Any value may be a secret.
    pub headers: Vec<(String, SecretString)>,
    /// `true` if `OpenAI-Beta: assistants=v2` is sent to the endpoints that require it.
    pub beta: bool,
}

/// A base URL, parsed once. Requests only extend its path and query.
#[derive(Debug, Clone)]
pub struct BaseUrl {
    text: String,
    url: Result<Url, String>,
}

impl BaseUrl {
    /// Returns the path of the URL.
    pub(super) fn path(&self) -> &str {
        self.url.as_ref().map_or("/", Url::path)
    }
}

impl From<String> for BaseUrl {
    fn from(text: String) -> Self {
        let url = Url::parse(&text).map_err(|error| error.to_string());
        Self { text, url }
    }
}

const BETA_PATHS: [&str; 3] = ["/assistants", "/threads", "/vector_stores"];

impl BackendAccess {
    /// Returns the HTTP request without a body.
    pub fn http_request(
        &self,
        method: Method,
        path: &str,
        query: &[(String, String)],
    ) -> Result<HttpRequest, ClientError> {
        let mut call = HttpRequest::new(method, self.url(path, query)?);
        if self.beta && BETA_PATHS.iter().any(|begin| path.starts_with(begin)) {
            call = call.header(HeaderName::from_static("openai-beta"), HeaderValue::from_static("assistants=v2"));
        }
        self.with_profile_headers(call)
    }

    /// Adds the headers of the profile, including the credential.
    fn with_profile_headers(&self, mut call: HttpRequest) -> Result<HttpRequest, ClientError> {
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

    /// Returns the request that forwards a request of another program. The path is appended to the base URL, the query
    /// is kept, and the headers of the profile are added. If the query has no API version, that of the profile is
    /// added.
    pub(super) fn forwarded_request(
        &self,
        method: Method,
        path: &str,
        query: Option<&str>,
    ) -> Result<HttpRequest, ClientError> {
        // Azure OpenAI has no API versions below `/openai/v1`.
        let (path, versioned) = match path.strip_prefix("/v1") {
            Some(rest) if self.backend == Backend::AzureOpenAi && self.base.text.ends_with("/openai/v1") => {
                (rest, false)
            }
            Some(_) => (path, false),
            None => (path, !self.base.text.ends_with("/openai/v1")),
        };
        let mut url = self.url(path, &[])?;
        let added = url.query().filter(|_| versioned).map(str::to_owned);
        let given = query.filter(|query| !query.is_empty());
        let named = given.is_some_and(|query| query.split('&').any(names_version));
        let whole: Vec<&str> = given.into_iter().chain(added.as_deref().filter(|_| !named)).collect();
        url.set_query(Some(whole.join("&").as_str()).filter(|query| !query.is_empty()));
        self.with_profile_headers(HttpRequest::new(method, url))
    }

    /// Returns `true` unless the backend is known not to offer an operation. OpenAI has retired assistants and threads
    /// (docs/protocol/dialects.md#openai-after-the-shutdown). Foundry lacks some operations
    /// (docs/protocol/dialects.md#azure-ai-foundry-agents-classic).
    pub(super) fn offers(&self, method: api::Method, path: &str) -> bool {
        let retired =
            self.backend == Backend::OpenAi && ["/assistants", "/threads"].iter().any(|begin| path.starts_with(begin));
        !retired && api::is_offered_at(self.backend.dialect(), method, path, self.api_version.as_deref())
    }

    /// Returns `true` if a request was sent with the current key, and `false` if the key has been replaced since.
    pub(super) fn has_current_key(&self, call: &HttpRequest) -> bool {
        let header = self.key.as_ref().and_then(|key| key.header().ok());
        header.is_none_or(|(name, value)| call.headers.get(name) == Some(&value))
    }

    fn url(&self, path: &str, query: &[(String, String)]) -> Result<Url, ClientError> {
        let prefix = match self.backend {
            Backend::AzureOpenAi if !self.base.text.ends_with("/openai") && !self.base.text.ends_with("/openai/v1") => {
                "/openai"
            }
            _ => "",
        };
        let base = self.base.url.as_ref();
        let mut url = base.map_err(|error| invalid_settings(&format!("the base URL cannot be used: {error}")))?.clone();
        let whole = [url.path().trim_end_matches('/'), prefix, path].concat();
        url.set_path(&whole);
        let version = self.api_version.as_deref().map(|version| ("api-version".to_owned(), version.to_owned()));
        if version.is_some() || !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query.iter().cloned().chain(version));
        }
        Ok(url)
    }
}

/// Returns `true` if the part of a query sets the API version. Azure ignores the case of the name.
fn names_version(pair: &str) -> bool {
    http::query_pair(pair).0.eq_ignore_ascii_case("api-version")
}

fn invalid_settings(reason: &str) -> ClientError {
    ClientError::Unreachable(TransportError::Settings { reason: reason.to_owned() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn target(backend: Backend, base: &str) -> BackendAccess {
        let key = AuthHeader::new(Scheme::Bearer, &"sk-test".into());
        BackendAccess {
            backend,
            base: base.to_owned().into(),
            api_version: None,
            key: Some(key),
            headers: vec![],
            beta: true,
        }
    }

    #[test]
    fn the_path_is_appended_to_any_base_url() {
        let url = |target: BackendAccess| {
            let query = [("include[]".to_owned(), "a b".to_owned())];
            target.http_request(Method::GET, "/threads/t_1/runs", &query).unwrap().url.to_string()
        };
        let plain = target(Backend::Compatible, "http://127.0.0.1:9/api/v1");
        assert_eq!(url(plain), "http://127.0.0.1:9/api/v1/threads/t_1/runs?include%5B%5D=a+b");
        let version = Some("2024-05-01-preview".to_owned());
        let azure =
            BackendAccess { api_version: version, ..target(Backend::AzureOpenAi, "https://r.openai.azure.com") };
        assert_eq!(
            url(azure),
            "https://r.openai.azure.com/openai/threads/t_1/runs?include%5B%5D=a+b&api-version=2024-05-01-preview"
        );
    }

    #[test]
    fn the_base_url_is_used_unchanged() {
        let url = |base: &str| target(Backend::Compatible, base).http_request(Method::GET, "/files", &[]);
        for (base, whole) in [
            ("http://h/v1/", "http://h/v1/files"),
            ("http://h", "http://h/files"),
            ("http://h/a%20b/caf%C3%A9", "http://h/a%20b/caf%C3%A9/files"),
            ("http://[::1]:9/v1", "http://[::1]:9/v1/files"),
        ] {
            assert_eq!(url(base).unwrap().url.as_str(), whole, "{base:?}");
        }
        for base in ["", "h/v1", "http://"] {
            assert!(url(base).unwrap_err().to_string().contains("the base URL cannot be used"), "{base}");
        }
    }

    #[test]
    fn a_forwarded_request_keeps_its_path_and_query() {
        let url = |backend, base: &str, version: Option<&str>, path: &str, query| {
            let target = BackendAccess { api_version: version.map(str::to_owned), ..target(backend, base) };
            target.forwarded_request(Method::POST, path, query).unwrap().url.to_string()
        };
        let (plain, azure) = (Backend::Compatible, Backend::AzureOpenAi);
        assert_eq!(
            url(plain, "http://h/api/v1", None, "/x/%C3%A9", Some("a=%20+b")),
            "http://h/api/v1/x/%C3%A9?a=%20+b"
        );
        assert_eq!(url(plain, "http://h/v1", None, "/x", None), "http://h/v1/x");
        let own = Some("2024-10-21");
        assert_eq!(url(azure, "https://r", own, "/files", None), "https://r/openai/files?api-version=2024-10-21");
        let given = Some("api-version=2025-01-01&a=1");
        assert_eq!(url(azure, "https://r", own, "/files", given), "https://r/openai/files?api-version=2025-01-01&a=1");
        for given in ["api%2Dversion=2025-01-01", "%61pi-version=2025-01-01", "a=1&API-Version=2025-01-01"] {
            let expected = format!("https://r/openai/files?{given}");
            assert_eq!(url(azure, "https://r", own, "/files", Some(given)), expected, "{given:?}");
        }
        assert_eq!(url(azure, "https://r", own, "/v1/files", None), "https://r/openai/v1/files");
        assert_eq!(url(azure, "https://r/openai/v1", None, "/v1/files", None), "https://r/openai/v1/files");
        let foundry = url(Backend::Foundry, "https://h/api/projects/p", Some("v1"), "/threads", Some("limit=1"));
        assert_eq!(foundry, "https://h/api/projects/p/threads?limit=1&api-version=v1");
    }

    #[test]
    fn the_beta_header_is_sent_only_to_the_paths_that_need_it() {
        let beta = |path: &str| {
            let call =
                target(Backend::OpenAi, "https://api.openai.com/v1").http_request(Method::GET, path, &[]).unwrap();
            call.headers.contains_key("openai-beta")
        };
        assert!(beta("/assistants") && beta("/threads/t_1/messages"));
        assert!(!beta("/files"));
    }

    #[test]
    fn a_credential_header_is_marked_as_sensitive() {
        let call =
            target(Backend::OpenAi, "https://api.openai.com/v1").http_request(Method::GET, "/files", &[]).unwrap();
        assert!(call.headers["authorization"].is_sensitive());
        assert!(!format!("{call:?}").contains("sk-test"));
    }
}
