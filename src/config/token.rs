//! Parsing the tokens that a command prints, and caching them until shortly before they expire.

use crate::json;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::ConfigError;
use super::file::others_can_read;
use crate::env::{clock, text};

/// The number of seconds before expiry from which a token is no longer used. A request that starts now must still be
/// valid when it arrives.
const MARGIN: i64 = 60;

/// A token and its expiry time, if known.
pub(super) struct Token {
    pub(super) text: SecretString,
    pub(super) expires_at: Option<i64>,
}

/// Parses a command's output: a bare token, a JWT, or the JSON of tools such as `az` and `gcloud`.
pub(super) fn parse(output: &str, now: i64) -> Result<Token, ConfigError> {
    let output = output.trim();
    if !output.starts_with('{') {
        return Ok(Token { text: SecretString::from(output), expires_at: jwt_expiry(output) });
    }
    let no_token = |why: &str| ConfigError::no_credential(format!("the output of token_command {why}"));
    let object = json::read(output).map_err(|_| no_token("starts like JSON, but is not valid JSON"))?;
    let text = ["accessToken", "access_token", "token"]
        .iter()
        .find_map(|name| object[*name].as_str())
        .ok_or_else(|| no_token("has no member accessToken, access_token or token"))?;
    // `expiresOn` of `az` is local time without a zone, so the unambiguous members take precedence.
    let expires_at = seconds(&object["expires_on"])
        .or_else(|| seconds(&object["expires_in"]).map(|left| now.saturating_add(left)))
        .or_else(|| seconds(&object["expiresOn"]))
        .or_else(|| jwt_expiry(text));
    Ok(Token { text: SecretString::from(text), expires_at })
}

fn seconds(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|float| float as i64)),
        Value::String(text) => {
            text.parse().ok().or_else(|| text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second))
        }
        _ => None,
    }
}

/// Returns the `exp` claim of a JWT. It is not verified, because it only limits the time in the cache.
fn jwt_expiry(token: &str) -> Option<i64> {
    let mut parts = token.split('.');
    let claims = parts.nth(1)?;
    parts.next()?;
    let claims = json::read(base64url(claims)?).ok()?;
    seconds(&claims["exp"])
}

fn base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut pool, mut bits) = (0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            _ => return None,
        };
        pool = (pool << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((pool >> bits) as u8);
            pool &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

/// The cache file for the token of one command and profile.
#[derive(Debug, Clone)]
pub(super) struct TokenCache {
    path: PathBuf,
}

impl TokenCache {
    /// Derives the file name from a hash of the command and the profile, so that it reveals neither.
    pub(super) fn new(dir: &Path, command: &str, profile: &str) -> Self {
        let digest = Sha256::new().chain_update(command).chain_update([0]).chain_update(profile).finalize();
        let name = digest.iter().fold(String::new(), |mut name, byte| {
            let _ = write!(name, "{byte:02x}");
            name
        });
        Self { path: dir.join(name) }
    }

    /// Returns the cached token, unless it is about to expire or other users can read the file.
    pub(super) fn read(&self) -> Option<SecretString> {
        if others_can_read(&self.path) {
            return None;
        }
        let kept = json::read(text::read_regular(&self.path).ok()?).ok()?;
        let fresh = kept["expires_at"].as_i64()? - MARGIN > clock::now();
        kept["token"].as_str().filter(|_| fresh).map(SecretString::from)
    }

    /// Caches a token if its expiry time is known and not too close.
    pub(super) fn write(&self, token: &Token) -> io::Result<()> {
        let Some(expires_at) = token.expires_at.filter(|end| end.saturating_sub(MARGIN) > clock::now()) else {
            return Ok(());
        };
        let dir = self.path.parent().unwrap_or(Path::new("."));
        create_private(dir)?;
        // Temporary files have mode 0600, and the rename makes the complete file visible at once.
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        file.write_all(json!({"token": token.text.expose_secret(), "expires_at": expires_at}).to_string().as_bytes())?;
        file.persist(&self.path)?;
        Ok(())
    }

    /// Deletes the token. Returns `true` if there was one.
    pub(super) fn forget(&self) -> bool {
        std::fs::remove_file(&self.path).is_ok()
    }
}

fn create_private(dir: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(dir)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(output: &str) -> (String, Option<i64>) {
        let token = parse(output, 1000).unwrap();
        (token.text.expose_secret().to_owned(), token.expires_at)
    }

    #[test]
    fn tokens_are_bare_or_jwt_or_json() {
        // {"exp":1700000000}
        let jwt = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3MDAwMDAwMDB9.c2ln";
        assert_eq!(read("opaque\n"), ("opaque".to_owned(), None));
        assert_eq!(read(jwt), (jwt.to_owned(), Some(1_700_000_000)));
        assert_eq!(read(r#"{"access_token":"a","expires_in":"60"}"#), ("a".to_owned(), Some(1060)));
        let az = r#"{"accessToken":"b","expiresOn":"2023-11-14 22:13:20.000000","expires_on":1700000000}"#;
        assert_eq!(read(az), ("b".to_owned(), Some(1_700_000_000)));
        let zoned = r#"{"token":"c","expiresOn":"2023-11-14T22:13:20Z"}"#;
        assert_eq!(read(zoned), ("c".to_owned(), Some(1_700_000_000)));
        for bad in ["{\"secret\":1}", "{secret"] {
            assert!(!parse(bad, 0).map(|_| ()).unwrap_err().to_string().contains("secret"), "{bad:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn tokens_are_kept_privately_and_only_while_they_last() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("tokens");
        let cache = TokenCache::new(&folder, "az", "prod");
        let token = |expires_at| Token { text: SecretString::from("t"), expires_at };
        for short in [None, Some(clock::now() + MARGIN - 1)] {
            cache.write(&token(short)).unwrap();
            assert!(cache.read().is_none(), "{short:?}");
        }
        cache.write(&token(Some(clock::now() + 3600))).unwrap();
        assert_eq!(cache.read().unwrap().expose_secret(), "t");
        assert_eq!(std::fs::metadata(&cache.path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(TokenCache::new(&folder, "az", "stage").read().is_none());
    }
}
