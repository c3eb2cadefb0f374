//! The source of a profile's credential, and fetching the credential on demand.
//!
//! A credential is only read when a request needs it. Listing the ledger, for example, needs no key.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::ConfigError;
use super::command;
use super::file::others_can_read;
use super::secret::{Secret, SecretKind};
use super::token::{self, TokenCache};
use crate::env::credentials::ChildPurpose;
use crate::env::{text, vars};

/// The time limit of a command that prints a key. It leaves time for a user to unlock a key store.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);

/// The source of a profile's credential.
#[derive(Clone)]
pub enum CredentialSource {
    /// The backend needs no credential.
    None,
    /// The backend needs a credential, but the profile names no source. The hint explains what to set.
    Missing { message: String, hint: String },
    /// An environment variable.
    Env { name: String, kind: SecretKind },
    /// A file.
    File(PathBuf),
    /// A shell command that prints a key.
    Command(String),
    /// A shell command that prints a token.
    Token(TokenCommand),
    /// A key in the configuration file itself.
    Literal(SecretString),
}

/// A command that prints a token, and the cache file for the token.
#[derive(Debug, Clone)]
pub struct TokenCommand {
    pub(super) command: String,
    pub(super) cache: TokenCache,
}

impl fmt::Debug for CredentialSource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Only the type of source is printed, because a command line may contain a secret.
        out.write_str(&self.describe())
    }
}

impl CredentialSource {
    /// Returns a description of the source for `profiles show`, without secrets.
    pub fn describe(&self) -> String {
        match self {
            Self::None => "none".to_owned(),
            Self::Missing { .. } => "missing".to_owned(),
            Self::Env { name, .. } => format!("environment variable {name}"),
            Self::File(path) => format!("file {}", path.display()),
            Self::Command(_) => "command".to_owned(),
            Self::Token(_) => "token command".to_owned(),
            Self::Literal(_) => "configuration file".to_owned(),
        }
    }

    /// Returns `true` if fetching the credential may block: a command may prompt the user, and a file may be a pipe.
    pub fn may_block(&self) -> bool {
        match self {
            Self::File(_) | Self::Command(_) | Self::Token(_) => true,
            Self::None | Self::Missing { .. } | Self::Env { .. } | Self::Literal(_) => false,
        }
    }

    /// Fetches the credential. Returns `None` if the backend needs none. May block for a minute.
    ///
    /// # Errors
    /// Returns an error if the credential cannot be fetched, or is not valid as a key. The error never contains it.
    pub fn resolve(&self) -> Result<Option<Secret>, ConfigError> {
        self.resolve_with(&vars::get)
    }

    pub(super) fn resolve_with(&self, env: vars::Lookup<'_>) -> Result<Option<Secret>, ConfigError> {
        match self {
            Self::None => return Ok(None),
            Self::Missing { message, hint } => Err(ConfigError::no_credential(message).with_hint(hint)),
            Self::Env { name, kind } => {
                let text = env(name).ok_or_else(|| ConfigError::no_credential(format!("{name} is not set")))?;
                Secret::checked(&text, *kind, name)
            }
            Self::File(path) => {
                let place = path.display().to_string();
                let text = read_key(path.clone(), COMMAND_TIMEOUT)
                    .map_err(|error| ConfigError::no_credential(format!("cannot read the key in {place}: {error}")))?;
                let text = text.strip_suffix('\n').unwrap_or(&text);
                Secret::checked(text.strip_suffix('\r').unwrap_or(text), SecretKind::Key, &place)
            }
            Self::Command(line) => {
                let output = command::run(line, "api_key_command", ChildPurpose::KeyCommand, COMMAND_TIMEOUT)?;
                Secret::checked(output.expose_secret().trim(), SecretKind::Key, "the output of api_key_command")
            }
            Self::Token(token) => token.fetch(),
            Self::Literal(key) => Secret::checked(key.expose_secret(), SecretKind::Key, "api_key"),
        }
        .map(Some)
    }

    /// Deletes a cached token after the backend has rejected it. Returns `true` if there was one, so that a new fetch
    /// can return another token.
    pub fn discard_cached(&self) -> bool {
        match self {
            Self::Token(token) => token.cache.forget(),
            _ => false,
        }
    }

    /// Returns warnings about an unsafe source.
    pub(super) fn warnings(&self) -> Vec<String> {
        match self {
            Self::File(path) if others_can_read(path) => {
                vec![format!("{} contains a key, and other users can read it; run `chmod 600` on it", path.display())]
            }
            Self::Literal(_) => {
                vec![
                    "the configuration file contains the key; api_key_env, api_key_file or api_key_command is safer"
                        .to_owned(),
                ]
            }
            _ => Vec::new(),
        }
    }
}

/// Reads a key file in a separate thread, because the file may be a pipe without a writer.
fn read_key(path: PathBuf, limit: Duration) -> io::Result<String> {
    let (send, receive) = mpsc::sync_channel(1);
    std::thread::Builder::new().spawn(move || send.send(text::read_small(&path)))?;
    let late = |_| io::Error::other(format!("no data arrived within {} seconds", limit.as_secs()));
    receive.recv_timeout(limit).map_err(late)?
}

impl TokenCommand {
    fn fetch(&self) -> Result<Secret, ConfigError> {
        let place = "the token of token_command";
        if let Some(kept) = self.cache.read() {
            return Secret::checked(kept.expose_secret(), SecretKind::Token, place);
        }
        let output = command::run(&self.command, "token_command", ChildPurpose::KeyCommand, COMMAND_TIMEOUT)?;
        let token = token::parse(output.expose_secret(), crate::env::clock::now())?;
        let secret = Secret::checked(token.text.expose_secret(), SecretKind::Token, place)?;
        // A token that cannot be cached is fetched again next time, which is only slower.
        let _ = self.cache.write(&token);
        Ok(secret)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn resolve(source: &CredentialSource) -> Result<String, String> {
        let env = |name: &str| (name == "KEY").then(|| "sk-env".to_owned());
        match source.resolve_with(&env) {
            Ok(secret) => Ok(secret.unwrap().expose().to_owned()),
            Err(error) => {
                assert_eq!(error.exit_code(), 4);
                Err(error.to_string())
            }
        }
    }

    fn command(text: &str) -> CredentialSource {
        CredentialSource::Command(text.to_owned())
    }

    #[test]
    fn variables_and_files_give_keys() {
        let env = |name: &str| CredentialSource::Env { name: name.to_owned(), kind: SecretKind::Key };
        assert_eq!(resolve(&env("KEY")).unwrap(), "sk-env");
        assert_eq!(resolve(&env("OTHER")).unwrap_err(), "OTHER is not set");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "sk-file\r\n").unwrap();
        let source = CredentialSource::File(file.path().to_path_buf());
        assert_eq!(resolve(&source).unwrap(), "sk-file");
        assert!(source.warnings().is_empty());
        std::fs::write(file.path(), "\u{feff}sk-file\n").unwrap();
        assert_eq!(resolve(&source).unwrap(), "sk-file");
        std::fs::write(file.path(), "sk-file\n\n").unwrap();
        assert!(!resolve(&source).unwrap_err().contains("sk-file"));
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_is_a_device_or_a_silent_pipe_is_refused() {
        let error = resolve(&CredentialSource::File("/dev/zero".into())).unwrap_err();
        assert_eq!(error, "cannot read the key in /dev/zero: expected a file or a pipe, found a device");
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        let error = read_key(fifo, Duration::from_millis(50)).unwrap_err();
        assert!(error.to_string().starts_with("no data arrived within"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_can_read_draws_a_warning() {
        use std::os::unix::fs::PermissionsExt;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(CredentialSource::File(file.path().to_path_buf()).warnings().len(), 1);
    }

    #[test]
    fn commands_give_keys_and_errors_never_show_them() {
        assert_eq!(resolve(&command("echo ' sk-cmd '")).unwrap(), "sk-cmd");
        for (bad, says) in
            [("echo sk-cmd; exit 3", "exit status: 3"), ("true", "nothing"), ("printf 'sk-cmd\\nx'", "control")]
        {
            let error = resolve(&command(bad)).unwrap_err();
            assert!(error.contains(says) && !error.contains("sk-cmd"), "{error}");
        }
        assert!(!format!("{:?}", command("echo sk-cmd")).contains("sk-cmd"));
    }

    #[test]
    fn a_token_is_cached_until_it_is_discarded() {
        let dir = tempfile::tempdir().unwrap();
        let count = dir.path().join("count");
        let command = format!(
            "echo x >> {0}; echo '{{\"accessToken\":\"t'$(wc -l < {0} | tr -d ' ')'\",\"expires_in\":3600}}'",
            count.display()
        );
        let cache = TokenCache::new(&dir.path().join("tokens"), &command, "prod");
        let source = CredentialSource::Token(TokenCommand { command, cache });
        assert_eq!(resolve(&source).unwrap(), "t1");
        assert_eq!(resolve(&source).unwrap(), "t1");
        assert!(source.discard_cached());
        assert!(!source.discard_cached());
        assert_eq!(resolve(&source).unwrap(), "t2");
    }
}
