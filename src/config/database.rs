//! The address of a shared ledger: its permitted sources, and the lookup of its password
//! (docs/design/configuration.md#shared-ledgers).

use super::ConfigError;
use super::command;
use super::profile::Profile;
use crate::env::credentials::ChildPurpose;
use crate::env::text;
use crate::env::vars::{self, Lookup};
use secrecy::{ExposeSecret, SecretString};
use std::path::Path;
use std::time::Duration;

/// The time limit of `ledger_command`.
const LIMIT: Duration = Duration::from_secs(60);

impl Profile {
    /// Returns the location of the profile's ledger, a path or a URL. Returns `None` if the profile names none.
    ///
    /// # Errors
    /// Returns an error if `ledger_command` prints nothing, or the profile sets both `ledger` and `ledger_command`.
    pub fn ledger_location(&self) -> Result<Option<SecretString>, ConfigError> {
        match (&self.ledger, &self.ledger_command) {
            (Some(_), Some(_)) => {
                Err(ConfigError::usage(format!("profile `{}` has both `ledger` and `ledger_command`", self.name))
                    .with_hint("keep one of them"))
            }
            (Some(place), None) => Ok(Some(place.expose().into())),
            (None, Some(line)) => {
                let output = command::run(line, "ledger_command", ChildPurpose::DatabaseCommand, LIMIT)?;
                Ok(Some(output.expose_secret().trim().to_owned().into()))
            }
            (None, None) => Ok(None),
        }
    }
}

/// Looks up a database password in the file that the PostgreSQL tools read: `PGPASSFILE`, or `~/.pgpass` by default.
/// `wanted` has the host, the port, the database, and the user.
/// Like those tools, ignores a file that other users can access.
pub fn stored_password(env: Lookup<'_>, home: &Path, wanted: [&str; 4]) -> Option<SecretString> {
    let path = env(vars::PGPASSFILE).map_or_else(|| home.join(".pgpass"), Into::into);
    let text = text::read_regular(&path).ok()?;
    if is_open_to_others(&path) {
        return None;
    }
    text.lines().find_map(|line| password_in(line, wanted)).map(Into::into)
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).is_ok_and(|found| found.mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

/// Parses a line `host:port:database:user:password` and returns its password if the other fields match. `*` matches
/// anything, and `\` escapes a colon or a backslash.
fn password_in(line: &str, wanted: [&str; 4]) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => fields.last_mut()?.extend(letters.next()),
            // Everything after the fourth colon is the password.
            ':' if fields.len() < 5 => fields.push(String::new()),
            letter => fields.last_mut()?.push(letter),
        }
    }
    let password = (fields.len() == 5).then(|| fields.pop())??;
    let fits = fields.iter().zip(wanted).all(|(field, wanted)| field == "*" || field == wanted);
    fits.then_some(password)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_found_as_postgresql_finds_it() {
        let find = |line: &str| password_in(line, ["db.example", "5432", "ledger", "kim"]);
        assert_eq!(find("db.example:5432:ledger:kim:se:cret").as_deref(), Some("se:cret"));
        assert_eq!(find(r"*:*:*:kim:a\\b\:c").as_deref(), Some(r"a\b:c"));
        assert_eq!(find("other:5432:ledger:kim:x"), None);
        assert_eq!(find("# db.example:5432:ledger:kim:x"), None);
        assert_eq!(find("db.example:5432:ledger:kim"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(".pgpass");
        std::fs::write(&path, "*:*:*:*:secret\n").unwrap();
        let find = |mode: u32| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            stored_password(&|_: &str| None, home.path(), ["h", "1", "d", "u"]).is_some()
        };
        assert!(find(0o600) && !find(0o644));
    }
}
