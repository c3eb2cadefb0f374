//! The URL of an endpoint, its credentials, and its names for models.

use crate::http::Url;

/// The last segments of the path of a chat completions endpoint.
pub(super) const COMPLETIONS: &str = "/chat/completions";
/// The last segment of the path of an embeddings endpoint.
pub(super) const EMBEDDINGS: &str = "/embeddings";

/// Returns the URL of an endpoint. `end` is the end of its path. `base` is a base URL like `OPENAI_BASE_URL`, or the
/// URL of the endpoint itself.
pub(super) fn endpoint_url(base: &str, end: &str) -> Result<Url, String> {
    let mut url = Url::parse(base)
        .map_err(|_| format!("expected openai:http://HOST:PORT/v1, got `openai:{}`", without_password(base)))?;
    if !["http", "https"].contains(&url.scheme()) || url.host_str().is_none() {
        return Err(format!("expected an http:// or https:// URL, got `{}`", without_password(base)));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let flag = if end == EMBEDDINGS { "--embed-key-env" } else { "--model-key-env" };
        return Err(format!("the URL contains a password; pass the key with {flag} NAME"));
    }
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').to_owned();
    match path.as_str() {
        "" => url.set_path(&format!("/v1{end}")),
        path if path.ends_with(end) => url.set_path(path),
        path => url.set_path(&format!("{path}{end}")),
    }
    Ok(url)
}

/// Removes everything before the last `@`, which may contain a password.
fn without_password(text: &str) -> &str {
    text.rsplit('@').next().unwrap_or_default()
}

/// Returns the headers with the key. Azure OpenAI requires a header of its own.
pub(super) fn credentials(url: &Url, key: &str) -> Vec<(&'static str, String)> {
    let mut headers = vec![("authorization", format!("Bearer {key}"))];
    if url.host_str().is_some_and(|host| host.ends_with(".azure.com")) {
        headers.push(("api-key", key.to_owned()));
    }
    headers
}

/// A mapping of model names to the names that the endpoint uses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelNames(Vec<(String, String)>);

impl ModelNames {
    /// Parses entries of the form `FROM=TO`. The name `*` matches all names without an entry of their own.
    ///
    /// # Errors
    /// Returns an error if an entry has another form or a name occurs twice.
    pub fn read<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut names = Self::default();
        for entry in entries {
            let pair = entry.split_once('=').map(|(from, to)| (from.trim(), to.trim()));
            let Some((from, to)) = pair.filter(|(from, to)| !from.is_empty() && !to.is_empty()) else {
                return Err(format!("expected FROM=TO, such as gpt-4o=llama3 or *=llama3, got `{entry}`"));
            };
            if names.0.iter().any(|(known, _)| known == from) {
                return Err(format!("`{from}` is mapped twice"));
            }
            names.0.push((from.to_owned(), to.to_owned()));
        }
        Ok(names)
    }

    /// Returns the endpoint's name for a model.
    pub(super) fn on_endpoint<'a>(&'a self, model: &'a str) -> &'a str {
        let entry = |name: &str| self.0.iter().find(|(from, _)| from == name).map(|(_, to)| to.as_str());
        entry(model).or_else(|| entry("*")).unwrap_or(model)
    }
}
