//! Errors of the configuration. No message contains a key or the output of a command.

use std::fmt;

/// The kind of an error, which determines the exit code (docs/design/exit_codes.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigErrorKind {
    /// A flag or a file is invalid: exit code 2.
    Usage,
    /// No profile is chosen, and the environment defines none: exit code 4.
    NoProfile,
    /// The credential is not available: exit code 4.
    NoCredential,
    /// The file cannot be written: exit code 1.
    Failed,
}

/// An error in the configuration, with an optional hint.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct ConfigError {
    kind: ConfigErrorKind,
    message: String,
    hint: Option<String>,
}

impl ConfigError {
    pub(super) fn usage(message: impl fmt::Display) -> Self {
        Self { kind: ConfigErrorKind::Usage, message: message.to_string(), hint: None }
    }

    pub(super) fn failed(message: impl fmt::Display) -> Self {
        Self { kind: ConfigErrorKind::Failed, message: message.to_string(), hint: None }
    }

    pub(super) fn no_credential(message: impl fmt::Display) -> Self {
        Self { kind: ConfigErrorKind::NoCredential, message: message.to_string(), hint: None }
    }

    pub(super) fn no_profile() -> Self {
        Self {
            kind: ConfigErrorKind::NoProfile,
            message: "no profile is chosen and the environment names no backend".to_owned(),
            hint: Some(
                "set OPENAI_API_KEY, or choose a profile of config.toml with --profile NAME, or use the embedded server \
                 with --local"
                    .to_owned(),
            ),
        }
    }

    pub(super) fn with_hint(mut self, hint: impl fmt::Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> ConfigErrorKind {
        self.kind
    }

    /// Returns the hint, if there is one.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Returns the exit code of docs/design/exit_codes.md.
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            ConfigErrorKind::Usage => 2,
            ConfigErrorKind::NoProfile | ConfigErrorKind::NoCredential => 4,
            ConfigErrorKind::Failed => 1,
        }
    }
}
