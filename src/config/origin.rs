//! The origin: the place in which an id means something (DESIGN.md 4.1). Never derived from a key.

use crate::api::Backend;
use crate::env::provenance;
use crate::http::{Url, is_loopback};

/// What an origin is made of.
#[derive(Debug, Clone, Copy)]
pub struct OriginParts<'a> {
    pub backend: Backend,
    pub base_url: Option<&'a str>,
    pub organization: Option<&'a str>,
    pub project: Option<&'a str>,
    /// The name of this machine, for servers that only it can reach.
    pub machine: &'a str,
    /// The UUID of the embedded server's store, which the server tells.
    pub store: Option<&'a str>,
}

/// Returns the origin, or `None` where only the server can tell it and has not yet.
pub fn origin(parts: &OriginParts<'_>) -> Option<String> {
    // A standing embedded server is reached as a compatible one; no other backend may name itself.
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

/// Returns the origin as [`origin`] with the name of this machine.
pub(super) fn origin_here(parts: OriginParts<'_>) -> Option<String> {
    let machine = match parts.backend {
        Backend::Compatible => provenance::machine(),
        _ => String::new(),
    };
    origin(&OriginParts { machine: &machine, ..parts })
}

/// Host and port; the URL parser has lower-cased the one and dropped the other where it is the default.
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
