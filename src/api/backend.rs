//! The kinds of server that speak the protocol (DESIGN.md 1).

use std::fmt;

/// A kind of backend. What it offers and how it is addressed follows from it.
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
    /// Every backend, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::OpenAi, Self::AzureOpenAi, Self::Foundry, Self::Compatible, Self::Local];

    /// Returns the name as the configuration writes it: `azure-openai`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::AzureOpenAi => "azure-openai",
            Self::Foundry => "foundry",
            Self::Compatible => "compatible",
            Self::Local => "local",
        }
    }

    /// Returns the backend of this name, as in [`Backend::name`].
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|backend| backend.name() == name)
    }

    /// Tells whether the backend lists threads; `None` where only asking tells.
    pub const fn lists_threads(self) -> Option<bool> {
        match self {
            Self::Foundry | Self::Local => Some(true),
            Self::OpenAi => Some(false),
            // Azure OpenAI's list works and is not documented (PROTOCOL.md 12.2).
            Self::AzureOpenAi | Self::Compatible => None,
        }
    }

    /// Tells whether the backend wants the beta header; Azure and Foundry must never see it (DESIGN.md 2.5).
    pub const fn takes_beta_header(self) -> bool {
        matches!(self, Self::OpenAi | Self::Compatible | Self::Local)
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
