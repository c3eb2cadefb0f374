//! Where the credential of a profile comes from, and fetching it on demand.
//!
//! Nothing is read before a request needs it: listing the ledger wants no key.

use std::fmt;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::ConfigError;
use super::file::others_can_read;
use super::secret::{Secret, SecretKind};
use super::token::{self, TokenCache};
use crate::env::vars;

/// How long a command may take to give a key; a person may have to unlock something meanwhile.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);

/// The most that a command may print: keys are short, and a runaway command is not.
const MAX_OUTPUT: u64 = 1 << 20;

/// The one place from which the credential of a profile comes.
#[derive(Clone)]
pub enum CredentialSource {
    /// The backend is called without one.
    None,
    /// The backend needs one and the profile names no source; the text says what to set.
    Missing { message: String, hint: String },
    /// An environment variable.
    Env { name: String, kind: SecretKind },
    /// A file.
    File(PathBuf),
    /// A shell command that prints a key.
    Command(String),
    /// A shell command that prints a token.
    Token(TokenCommand),
    /// Written in the configuration file.
    Literal(SecretString),
}

/// A command that prints a token, and the file in which the token is kept until it expires.
#[derive(Debug, Clone)]
pub struct TokenCommand {
    pub(super) command: String,
    pub(super) cache: TokenCache,
}

impl fmt::Debug for CredentialSource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A command line may hold a secret as well, so the sort is all that is shown.
        out.write_str(&self.describe())
    }
}

impl CredentialSource {
    /// Returns the sort of source, for `profiles show`.
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

    /// Tells whether fetching it may take a while: a person may be asked, and a file may be a pipe.
    pub fn may_take_a_while(&self) -> bool {
        match self {
            Self::File(_) | Self::Command(_) | Self::Token(_) => true,
            Self::None | Self::Missing { .. } | Self::Env { .. } | Self::Literal(_) => false,
        }
    }

    /// Fetches the credential; `None` where the backend is called without one. It may block for a minute.
    ///
    /// # Errors
    /// Where it cannot be had, or cannot be a key. No error shows it.
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
                let text = std::fs::read_to_string(path)
                    .map_err(|error| ConfigError::no_credential(format!("cannot read the key in {place}: {error}")))?;
                let text = text.strip_suffix('\n').unwrap_or(&text);
                Secret::checked(text.strip_suffix('\r').unwrap_or(text), SecretKind::Key, &place)
            }
            Self::Command(command) => {
                let output = run(command, "api_key_command", COMMAND_TIMEOUT)?;
                Secret::checked(output.expose_secret().trim(), SecretKind::Key, "the output of api_key_command")
            }
            Self::Token(token) => token.fetch(),
            Self::Literal(key) => Secret::checked(key.expose_secret(), SecretKind::Key, "api_key"),
        }
        .map(Some)
    }

    /// Forgets a token that was kept, after the backend has refused it. Tells whether there was one, so that
    /// fetching again can give another.
    pub fn forget_cached(&self) -> bool {
        match self {
            Self::Token(token) => token.cache.forget(),
            _ => false,
        }
    }

    /// Returns what is doubtful about the source.
    pub(super) fn warnings(&self) -> Vec<String> {
        match self {
            Self::File(path) if others_can_read(path) => {
                vec![format!("{} holds a key and can be read by others; `chmod 600` it", path.display())]
            }
            Self::Literal(_) => {
                vec![
                    "the key stands in the configuration file; api_key_env, api_key_file or api_key_command is safer"
                        .to_owned(),
                ]
            }
            _ => Vec::new(),
        }
    }
}

impl TokenCommand {
    fn fetch(&self) -> Result<Secret, ConfigError> {
        let place = "the token of token_command";
        if let Some(kept) = self.cache.read() {
            return Secret::checked(kept.expose_secret(), SecretKind::Token, place);
        }
        let output = run(&self.command, "token_command", COMMAND_TIMEOUT)?;
        let token = token::parse(output.expose_secret(), crate::env::clock::now())?;
        let secret = Secret::checked(token.text.expose_secret(), SecretKind::Token, place)?;
        // A token that cannot be kept is fetched again next time; that is slow, not wrong.
        let _ = self.cache.write(&token);
        Ok(secret)
    }
}

/// Runs a shell command and returns what it prints. Its stderr is the user's; its output is never shown.
pub(super) fn run(command: &str, key: &str, limit: Duration) -> Result<SecretString, ConfigError> {
    let failed = |what: String| ConfigError::no_credential(format!("{key} {what}"));
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("could not be started: {error}")))?;
    let output = read_output(&mut child, limit);
    if output.is_none() {
        let _ = child.kill();
        let _ = child.wait();
        return Err(failed(format!("did not end within {} seconds", limit.as_secs())));
    }
    let status = child.wait().map_err(|error| failed(format!("was lost: {error}")))?;
    if !status.success() {
        return Err(failed(format!("failed ({status})")).with_hint("what it said stands above, on stderr"));
    }
    let text = output.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    if text.trim().is_empty() {
        return Err(failed("printed nothing that is text".to_owned()));
    }
    Ok(SecretString::from(text))
}

/// Reads a child's output in a thread of its own, since a pipe cannot be waited for with a limit.
fn read_output(child: &mut Child, limit: Duration) -> Option<Vec<u8>> {
    let stdout = child.stdout.take()?;
    let (send, receive) = mpsc::sync_channel(1);
    let read = move || {
        let mut bytes = Vec::new();
        let whole = stdout.take(MAX_OUTPUT).read_to_end(&mut bytes).map(|_| bytes);
        let _ = send.send(whole.unwrap_or_default());
    };
    std::thread::Builder::new().spawn(read).ok()?;
    receive.recv_timeout(limit).ok()
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
        std::fs::write(file.path(), "sk-file\n\n").unwrap();
        assert!(!resolve(&source).unwrap_err().contains("sk-file"));
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
        let error = run("exec sleep 30", "api_key_command", Duration::from_millis(50)).unwrap_err();
        assert!(error.to_string().contains("did not end"));
        assert!(!format!("{:?}", command("echo sk-cmd")).contains("sk-cmd"));
    }

    #[test]
    fn a_token_is_kept_until_it_is_forgotten() {
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
        assert!(source.forget_cached());
        assert!(!source.forget_cached());
        assert_eq!(resolve(&source).unwrap(), "t2");
    }
}
