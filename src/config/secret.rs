//! A key or token. No `Debug` or `Display` output and no error shows it.

use secrecy::{ExposeSecret, SecretString};
use serde::de::{Deserialize, Deserializer};

use super::ConfigError;

/// The kind of a credential, which determines the header that carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// An API key: `api-key` on Azure, `Authorization: Bearer` elsewhere.
    Key,
    /// A token from a directory service: `Authorization: Bearer` everywhere.
    Token,
}

/// A credential that is known to be a valid header value.
#[derive(Debug, Clone)]
pub struct Secret {
    text: SecretString,
    kind: SecretKind,
}

impl Secret {
    /// Validates a credential. `place` names its source in errors.
    ///
    /// # Errors
    /// Returns an error if the text is empty, or contains control or non-ASCII characters, which a header cannot carry.
    pub(super) fn checked(text: &str, kind: SecretKind, place: &str) -> Result<Self, ConfigError> {
        if text.is_empty() {
            return Err(ConfigError::no_credential(format!("{place} is empty")));
        }
        if let Some(offset) = text.bytes().position(|byte| !(b' '..=b'~').contains(&byte)) {
            let what =
                if text.as_bytes()[offset].is_ascii() { "a control character" } else { "a character beyond ASCII" };
            return Err(ConfigError::no_credential(format!(
                "{place} contains {what} at byte {offset}, which no key contains"
            )));
        }
        Ok(Self { text: SecretString::from(text), kind })
    }

    /// Returns the text. Use it only to build the header.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// Returns the kind of the credential.
    pub fn kind(&self) -> SecretKind {
        self.kind
    }
}

/// Text from the configuration file that may be a secret.
#[derive(Debug, Clone)]
pub(super) struct Hidden(pub(super) SecretString);

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(SecretString::from(text)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_checked_and_never_shown() {
        let secret = Secret::checked("sk-topsecret", SecretKind::Key, "OPENAI_API_KEY").unwrap();
        assert!(!format!("{secret:?}").contains("topsecret"));
        for (bad, says) in [("", "empty"), ("sk-topsecret\n", "control"), ("sk-topsecr\u{e9}t", "beyond ASCII")] {
            let error = Secret::checked(bad, SecretKind::Key, "OPENAI_API_KEY").unwrap_err();
            assert!(error.to_string().contains(says) && error.to_string().contains("OPENAI_API_KEY"), "{bad:?}");
            assert!(!format!("{error:?}").contains("topsec"), "{bad:?}");
        }
    }
}
