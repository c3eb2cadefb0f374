//! The file `config.toml` with the profiles of the user (docs/design/configuration.md).

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::duration::TimeLimit;
use super::price::StoragePrice;
use super::secret::Hidden;
use super::{ConfigError, toml_error};
use crate::env::credentials;
use crate::env::provenance::ProvenanceLevel;
use crate::env::text;

/// The reserved profile name of the embedded server.
pub(super) const LOCAL: &str = "local";

/// The parsed configuration file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// The default profile.
    pub default_profile: Option<String>,
    /// The profiles by name.
    #[serde(default)]
    pub profiles: BTreeMap<String, ProfileEntry>,
    /// The path of the file.
    #[serde(skip)]
    pub path: PathBuf,
    /// `true` if users other than the owner can read the file.
    #[serde(skip)]
    pub(super) exposed: bool,
}

/// A profile as written in the file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileEntry {
    pub backend: Option<String>,
    pub base_url: Option<String>,
    pub api_version: Option<String>,
    pub organization: Option<String>,
    pub project: Option<String>,
    pub origin: Option<String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Hidden>,
    pub beta: Option<bool>,
    pub ca_file: Option<PathBuf>,
    pub(super) proxy: Option<Hidden>,
    pub request_timeout: Option<TimeLimit>,
    pub retries: Option<u32>,
    pub rate: Option<Rate>,
    pub concurrency: Option<usize>,
    pub provenance: Option<ProvenanceLevel>,
    pub mark_intents: Option<bool>,
    pub keep_deleted: Option<bool>,
    pub storage_price: Option<StoragePrice>,
    pub(super) ledger: Option<Hidden>,
    pub ledger_command: Option<String>,
    pub max_wait: Option<TimeLimit>,
    pub api_key_env: Option<String>,
    pub api_key_file: Option<PathBuf>,
    pub(super) api_key_command: Option<String>,
    pub(super) token_command: Option<String>,
    pub(super) api_key: Option<Hidden>,
}

/// Requests per second: a number, or text such as `600/m`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "RawRate")]
pub struct Rate(pub f64);

#[derive(Deserialize)]
#[serde(untagged)]
enum RawRate {
    Number(f64),
    Whole(u32),
    Text(String),
}

impl std::str::FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::try_from(RawRate::Text(text.to_owned())).map_err(str::to_owned)
    }
}

impl TryFrom<RawRate> for Rate {
    type Error = &'static str;

    fn try_from(raw: RawRate) -> Result<Self, Self::Error> {
        let rate = match raw {
            RawRate::Number(rate) => Some(rate),
            RawRate::Whole(rate) => Some(f64::from(rate)),
            RawRate::Text(text) => {
                let (count, unit) = text.split_once('/').unwrap_or((&text, "s"));
                let seconds = match unit.trim() {
                    "s" | "sec" | "second" => Some(1.0),
                    "m" | "min" | "minute" => Some(60.0),
                    "h" | "hour" => Some(3600.0),
                    _ => None,
                };
                count.trim().parse::<f64>().ok().zip(seconds).map(|(count, seconds)| count / seconds)
            }
        };
        match rate {
            Some(rate) if rate.is_finite() && rate > 0.0 => Ok(Self(rate)),
            _ => Err("a rate is a number of requests per second, or text such as 600/m"),
        }
    }
}

impl ConfigFile {
    /// Reads the file. A missing file counts as an empty one.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or contains an unknown key or an invalid value.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = match text::read_regular(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(ConfigError::usage(format!("cannot read {}: {error}", path.display()))),
        };
        let mut file = Self::parse(path, &text)?;
        file.exposed = others_can_read(path);
        Ok(file)
    }

    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let mut file: Self = toml::from_str(text).map_err(|error| toml_error::explain(path, text, &error))?;
        if file.profiles.contains_key(LOCAL) {
            return Err(ConfigError::usage(format!(
                "{}: the profile name `local` is reserved for the embedded server",
                path.display()
            )));
        }
        let keys = file.profiles.values().filter_map(|profile| profile.api_key_env.as_deref());
        keys.for_each(credentials::register_key_variable);
        path.clone_into(&mut file.path);
        Ok(file)
    }

    /// Returns the profile with this name.
    ///
    /// # Errors
    /// Returns an error if there is no such profile. The hint suggests the most similar name.
    pub(super) fn profile(&self, name: &str) -> Result<&ProfileEntry, ConfigError> {
        self.profiles.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.profiles.keys().map(String::as_str).collect();
            let error = ConfigError::usage(format!("no profile `{name}` in {}", self.path.display()));
            match toml_error::nearest(name, known.iter().copied()) {
                Some(near) => error.with_hint(format!("did you mean `{near}`?")),
                None if known.is_empty() => error.with_hint("`asst profiles add` writes one; `--local` needs none"),
                None => error.with_hint(format!("the profiles are: {}", known.join(", "))),
            }
        })
    }
}

/// Returns `true` if users other than the owner can read the file.
#[cfg(unix)]
pub(super) fn others_can_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o044 != 0)
}

/// Returns `false`: file modes exist only on Unix.
#[cfg(not(unix))]
pub(super) fn others_can_read(_path: &Path) -> bool {
    false
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn parse(text: &str) -> Result<ConfigFile, ConfigError> {
        ConfigFile::parse(Path::new("config.toml"), text)
    }

    #[test]
    fn every_documented_key_is_read() {
        let file = parse(
            "default_profile = 'prod'\n[profiles.prod]\nbackend = 'foundry'\nbase_url = 'https://h/api/projects/p'\n\
             api_version = 'v1'\norganization = 'o'\nproject = 'p'\norigin = 'x'\nheaders = { a = 'b' }\nbeta = false\n\
             ca_file = 'ca.pem'\nproxy = 'http://p:1'\nrequest_timeout = '5m'\nretries = 2\nrate = '120/m'\n\
             concurrency = 4\nprovenance = 'ci'\nmark_intents = true\nkeep_deleted = true\nledger = 'l.db'\n\
             ledger_command = 'x'\nmax_wait = 60\napi_key_env = 'K'\n",
        )
        .unwrap();
        let entry = file.profile("prod").unwrap();
        assert_eq!(entry.rate, Some(Rate(2.0)));
        assert_eq!(entry.request_timeout, Some(TimeLimit(Duration::from_secs(300))));
        assert_eq!(entry.max_wait, Some(TimeLimit(Duration::from_secs(60))));
        assert_eq!(entry.provenance, Some(ProvenanceLevel::Ci));
    }

    #[test]
    fn an_unknown_key_is_reported_with_its_line_and_the_nearest_key() {
        let error = parse("[profiles.a]\nbackend = 'openai'\nbas_url = 'http://x'\n").unwrap_err();
        assert_eq!(error.to_string(), "config.toml, line 3: unknown key `bas_url`");
        assert_eq!(error.hint(), Some("did you mean `base_url`?"));
        assert_eq!(error.exit_code(), 2);
    }

    #[test]
    fn no_error_shows_a_key() {
        for text in [
            "[profiles.a]\nheaders = 'sk-secret'\n",
            "[profiles.a]\napi_key = sk-secret\n",
            "[profiles.a]\napi_key = 'sk-secret'\napi_key = 'sk-secret'\n",
            "[profiles.a]\nrequest_timeout = 'sk-secret'",
        ] {
            let error = parse(text).unwrap_err();
            assert!(!format!("{error:?} {error}").contains("sk-secret"), "{error}");
        }
        let file = parse("[profiles.a]\napi_key = 'sk-secret'\nheaders = { x = 'sk-secret' }\n").unwrap();
        assert!(!format!("{file:?}").contains("sk-secret"));
    }

    #[test]
    fn local_is_reserved_and_the_nearest_profile_is_suggested() {
        assert!(parse("[profiles.local]\n").unwrap_err().to_string().contains("reserved"));
        let file = parse("[profiles.staging]\n").unwrap();
        assert_eq!(file.profile("stagin").unwrap_err().hint(), Some("did you mean `staging`?"));
    }
}
