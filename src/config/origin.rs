//! The origin: the namespace in which an ID is valid (docs/design/configuration.md#origin). It is never derived from a
//! key.

use crate::api::Backend;
use crate::env::provenance;
use crate::http::{Url, is_loopback};

/// The values from which an origin is built.
#[derive(Debug, Clone, Copy)]
pub struct OriginParts<'a> {
    pub backend: Backend,
    pub base_url: Option<&'a str>,
    pub organization: Option<&'a str>,
    pub project: Option<&'a str>,
    /// The name of this machine. It is part of the origin of a server on a loopback address, which only this machine
    /// can reach.
    pub machine: &'a str,
    /// The UUID of the embedded server's store, as the server reports it.
    pub store: Option<&'a str>,
}

/// Returns the origin, or `None` if it depends on a value that the server has not reported yet.
pub fn origin(parts: &OriginParts<'_>) -> Option<String> {
    // A server that was started with `asst serve` is accessed as a compatible backend. Other backends cannot report a
    // UUID.
    if let (Backend::Local | Backend::Compatible, Some(uuid)) = (parts.backend, parts.store) {
        return Some(format!("asst:{uuid}"));
    }
    let url = parts.base_url.and_then(|url| Url::parse(url).ok());
    match (parts.backend, url) {
        (Backend::Local, _) => None,
        (Backend::OpenAi, _) => Some(match (parts.organization, parts.project) {
            (None, None) => "openai:default".to_owned(),
            (organization, project) => {
                format!("openai:{}/{}", organization.unwrap_or("default"), project.unwrap_or("default"))
            }
        }),
        (_, None) => None,
        (Backend::AzureOpenAi, Some(url)) => Some(format!("azure:{}", host(&url))),
        (Backend::Foundry, Some(url)) => {
            let in_path = url.path().split("/projects/").nth(1).and_then(|rest| rest.split('/').next());
            let project = parts.project.or(in_path).filter(|name| !name.is_empty()).unwrap_or("default");
            Some(format!("foundry:{}/{project}", host(&url)))
        }
        (Backend::Compatible, Some(url)) => {
            let path = url.path().trim_end_matches('/');
            let machine = if is_loopback(&url) { format!("@{}", parts.machine) } else { String::new() };
            Some(format!("url:{}://{}{path}{machine}", url.scheme(), host(&url)))
        }
    }
}

/// Returns the origin with the name of this machine filled in; see [`origin`].
pub(super) fn origin_here(parts: OriginParts<'_>) -> Option<String> {
    let machine = match parts.backend {
        Backend::Compatible => provenance::host_name(),
        _ => String::new(),
    };
    origin(&OriginParts { machine: &machine, ..parts })
}

/// Returns the host and the port of a URL. The URL parser has already converted the host to lower case and removed a
/// default port.
fn host(url: &Url) -> String {
    match (url.host_str().unwrap_or_default(), url.port()) {
        (host, Some(port)) => format!("{host}:{port}"),
        (host, None) => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_by_backend() {
        use Backend::{AzureOpenAi, Compatible, Foundry, Local, OpenAi};
        let table = [
            (OpenAi, "https://api.openai.com/v1", None, None, "openai:default"),
            (OpenAi, "https://api.openai.com/v1", Some("org-1"), Some("proj_2"), "openai:org-1/proj_2"),
            (OpenAi, "https://eu.api.openai.com/v1", None, Some("proj_2"), "openai:default/proj_2"),
            (
                Foundry,
                "https://Res.services.ai.azure.com/api/projects/Web",
                None,
                None,
                "foundry:res.services.ai.azure.com/Web",
            ),
            (Foundry, "https://res.services.ai.azure.com", None, Some("p"), "foundry:res.services.ai.azure.com/p"),
            (AzureOpenAi, "https://Res.openai.azure.com/", None, None, "azure:res.openai.azure.com"),
            (Compatible, "HTTPS://Gate.Example:443/Team/v1/", None, None, "url:https://gate.example/Team/v1"),
            (Compatible, "http://gate.example:8080", None, None, "url:http://gate.example:8080"),
            (Compatible, "http://127.0.0.1:8642/v1", None, None, "url:http://127.0.0.1:8642/v1@engine"),
            (Compatible, "http://LOCALHOST/v1", None, None, "url:http://localhost/v1@engine"),
            (Compatible, "http://[::1]:1/v1", None, None, "url:http://[::1]:1/v1@engine"),
        ];
        for (backend, url, organization, project, expected) in table {
            let parts =
                OriginParts { backend, base_url: Some(url), organization, project, machine: "engine", store: None };
            assert_eq!(origin(&parts).as_deref(), Some(expected), "{url}");
        }
        let mut local = OriginParts {
            backend: Local,
            base_url: None,
            organization: None,
            project: None,
            machine: "engine",
            store: None,
        };
        assert_eq!(origin(&local), None);
        local.store = Some("0c1d");
        assert_eq!(origin(&local).as_deref(), Some("asst:0c1d"));
    }
}
