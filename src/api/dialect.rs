//! The dialects of the protocol: one wire format with three variants (docs/protocol/dialects.md).

use super::{Backend, Method, Spec, endpoint_of};

/// A variant of the protocol.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The dialect of OpenAI, of compatible servers, and of the embedded server.
    #[default]
    OpenAi,
    /// The dialect of Azure OpenAI: paths below `/openai`, a version parameter, and an `api-key` header.
    AzureOpenAi,
    /// The dialect of Azure AI Foundry "Agents (classic)".
    ///
    /// Paths are below a project, with a version parameter and a bearer token. It has fewer operations and more tools.
    Foundry,
}

/// The preview version of Foundry's API, which has more operations than the stable ones.
const FOUNDRY_PREVIEW: &str = "2025-05-15-preview";

impl Dialect {
    /// Returns the API version to use if none is configured, or `None` if the dialect has no default.
    pub const fn default_version(self) -> Option<&'static str> {
        match self {
            Self::Foundry => Some("v1"),
            Self::OpenAi | Self::AzureOpenAi => None,
        }
    }

    /// Returns `true` if the version supports the second generation of assistants.
    pub fn knows_version(self, version: &str) -> bool {
        match self {
            Self::OpenAi => true,
            Self::AzureOpenAi => {
                let date = version.strip_suffix("-preview").unwrap_or(version);
                let dated = date.len() == 10 && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
                dated && date >= "2024-05-01"
            }
            Self::Foundry => ["v1", "2025-05-01", FOUNDRY_PREVIEW].contains(&version),
        }
    }

    /// Returns `true` if an operation exists in this version of the API.
    pub fn offers(self, spec: &Spec, version: Option<&str>) -> bool {
        match (self, spec.operation) {
            (Self::Foundry, "deleteMessage") => version == Some(FOUNDRY_PREVIEW),
            _ => true,
        }
    }

    /// Returns `true` unless this version of the API lacks the operation at a path.
    ///
    /// The path need not belong to an endpoint. An unrecognised path is assumed to exist.
    pub fn offers_path(self, method: Method, path: &str, version: Option<&str>) -> bool {
        let family = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        if self == Self::Foundry && ["uploads", "conversations"].contains(&family) {
            return false;
        }
        endpoint_of(method, path).is_none_or(|(spec, _)| self.offers(spec, version))
    }

    /// Returns `true` if a list is paginated. Foundry returns all files at once.
    pub fn pages(self, spec: &Spec) -> bool {
        !(self == Self::Foundry && spec.operation == "listFiles")
    }
}

impl Backend {
    /// Returns the dialect that the backend speaks.
    pub const fn dialect(self) -> Dialect {
        match self {
            Self::OpenAi | Self::Compatible | Self::Local => Dialect::OpenAi,
            Self::AzureOpenAi => Dialect::AzureOpenAi,
            Self::Foundry => Dialect::Foundry,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_foundry_does_not_have() {
        let offered = |version| Dialect::Foundry.offers_path(Method::Delete, "/threads/t/messages/m", version);
        assert!(!offered(Some("v1")) && !offered(None) && offered(Some("2025-05-15-preview")));
        assert!(Dialect::Foundry.offers_path(Method::Get, "/threads/t/messages/m", Some("v1")));
        assert!(!Dialect::Foundry.offers_path(Method::Post, "/uploads", Some("v1")));
        assert!(!Dialect::Foundry.offers_path(Method::Get, "/conversations/conv_1/items", Some("v1")));
        assert!(Dialect::OpenAi.offers_path(Method::Post, "/uploads", None));
        let (files, _) = endpoint_of(Method::Get, "/files").unwrap();
        assert!(!Dialect::Foundry.pages(files) && Dialect::AzureOpenAi.pages(files));
    }

    #[test]
    fn versions_are_those_that_have_assistants() {
        let azure = |version| Dialect::AzureOpenAi.knows_version(version);
        assert!(azure("2024-05-01-preview") && azure("2025-03-01-preview") && azure("2024-10-21"));
        assert!(!azure("2024-02-15-preview") && !azure("v1") && !azure("") && !azure("2024-05-01-beta"));
        let foundry = |version| Dialect::Foundry.knows_version(version);
        assert!(foundry("v1") && foundry("2025-05-15-preview") && !foundry("2024-05-01-preview"));
    }
}
