//! The kinds of server that speak the protocol (docs/protocol/dialects.md#backends).

use std::fmt;

/// A kind of backend. It determines the available operations and the form of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Backend {
    /// api.openai.com and its regional hosts.
    OpenAi,
    /// An Azure OpenAI resource.
    AzureOpenAi,
    /// Azure AI Foundry "Agents (classic)".
    Foundry,
    /// Any other server behind a base URL.
    Compatible,
    /// The embedded server.
    Local,
}

impl Backend {
    /// All backends, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::OpenAi, Self::AzureOpenAi, Self::Foundry, Self::Compatible, Self::Local];

    /// Returns the name that the configuration uses, such as `azure-openai`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::AzureOpenAi => "azure-openai",
            Self::Foundry => "foundry",
            Self::Compatible => "compatible",
            Self::Local => "local",
        }
    }

    /// Returns the backend with this name, as in [`Backend::name`].
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|backend| backend.name() == name)
    }

    /// Returns whether the backend can list threads, or `None` if only a request can show it.
    pub const fn lists_threads(self) -> Option<bool> {
        match self {
            Self::Foundry | Self::Local => Some(true),
            Self::OpenAi => Some(false),
            // Azure OpenAI's list works, but it is not documented (docs/protocol/dialects.md#azure-openai).
            Self::AzureOpenAi | Self::Compatible => None,
        }
    }

    /// Returns whether the backend can list conversations, or `None` if only a request can show it. The API of Foundry's
    /// newer agents lists them, but its profiles have the backend `compatible`
    /// (docs/protocol/dialects.md#foundry-agents-new).
    pub const fn lists_conversations(self) -> Option<bool> {
        match self {
            Self::Local => Some(true),
            Self::OpenAi | Self::AzureOpenAi | Self::Foundry => Some(false),
            Self::Compatible => None,
        }
    }

    /// Returns `true` if requests carry the beta header. Requests to Azure and Foundry must not carry it
    /// (docs/design/configuration.md).
    pub const fn takes_beta_header(self) -> bool {
        matches!(self, Self::OpenAi | Self::Compatible | Self::Local)
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
