//! How backends speak the protocol: one wire, three dialects (PROTOCOL.md 12.2 and 12.3).

use super::{Backend, Method, Spec, endpoint_of};

/// A way of speaking the protocol.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// OpenAI's own, which compatible servers and the embedded one follow.
    #[default]
    OpenAi,
    /// Azure OpenAI's: below `/openai`, versioned, with an `api-key` header.
    AzureOpenAi,
    /// Azure AI Foundry "Agents (classic)": below a project, versioned, with a bearer token; fewer operations, more tools.
    Foundry,
}

/// The version of Foundry's interface that has more operations than the stable ones.
const FOUNDRY_PREVIEW: &str = "2025-05-15-preview";

impl Dialect {
    /// Returns the version that is asked for where none is configured; `None` where somebody has to say it.
    pub const fn default_version(self) -> Option<&'static str> {
        match self {
            Self::Foundry => Some("v1"),
            Self::OpenAi | Self::AzureOpenAi => None,
        }
    }

    /// Tells whether a version is one that has assistants of the second generation.
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

    /// Tells whether an operation exists, in this version of the interface.
    pub fn offers(self, spec: &Spec, version: Option<&str>) -> bool {
        match (self, spec.operation) {
            (Self::Foundry, "deleteMessage") => version == Some(FOUNDRY_PREVIEW),
            _ => true,
        }
    }

    /// Tells the same of a path, of an endpoint or not; what nobody knows of is not known to be missing.
    pub fn offers_path(self, method: Method, path: &str, version: Option<&str>) -> bool {
        let family = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        if self == Self::Foundry && ["uploads", "conversations"].contains(&family) {
            return false;
        }
        endpoint_of(method, path).is_none_or(|(spec, _)| self.offers(spec, version))
    }

    /// Tells whether a list comes in pages; Foundry sends all files at once.
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
