//! The dialects of the protocol: one wire format with three variants (docs/protocol/dialects.md).

use super::backend::Backend;

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

/// An edition of a service's interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    Stable,
    /// A preview version, which has more operations and tools.
    Preview,
}

impl Edition {
    /// Returns the edition of an API version. Without a version, it is the stable one.
    pub fn of_version(version: Option<&str>) -> Self {
        let preview = version.is_some_and(|version| version.ends_with("-preview"));
        if preview { Self::Preview } else { Self::Stable }
    }
}

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
            Self::Foundry => ["v1", "2025-05-01", "2025-05-15-preview"].contains(&version),
        }
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
mod tests {
    use super::*;

    #[test]
    fn only_versions_with_assistants_are_supported() {
        let azure = |version| Dialect::AzureOpenAi.knows_version(version);
        assert!(azure("2024-05-01-preview") && azure("2025-03-01-preview") && azure("2024-10-21"));
        assert!(!azure("2024-02-15-preview") && !azure("v1") && !azure("") && !azure("2024-05-01-beta"));
        let foundry = |version| Dialect::Foundry.knows_version(version);
        assert!(foundry("v1") && foundry("2025-05-15-preview") && !foundry("2024-05-01-preview"));
    }
}
